"""The sentences of the city round and the reserve list, in the three languages of the pages. Pure."""

from collections.abc import Mapping
from fractions import Fraction

from rembuk.money import percent, rupiah, thousands
from rembuk.tally.city import City
from rembuk.tally.city_result import CityResult
from rembuk.tally.result import Decision, Step

Spoken = Mapping[str, str]
WON = {
    "id": "Didanai dari putaran kota: urutan ke-{rank}, dipilih {approvals} dari {ballots} pemilih kecamatannya "
    "({share}). Biaya {cost} muat dalam sisa {money}.",
    "su": "Dibiayaan tina putaran kota: urutan ka-{rank}, dipilih ku {approvals} ti {ballots} pamilih kacamatanna "
    "({share}). Waragad {cost} cekap ku sésa {money}.",
    "en": "Funded in the city round: number {rank}, chosen by {approvals} of {ballots} voters of its district "
    "({share}). Its cost of {cost} fits in the {money} left.",
}
TOO_DEAR = {
    "id": "Urutan ke-{rank} di putaran kota, dipilih {approvals} dari {ballots} pemilih kecamatannya ({share}). "
    "Biaya {cost} melebihi sisa {money}.",
    "su": "Urutan ka-{rank} di putaran kota, dipilih ku {approvals} ti {ballots} pamilih kacamatanna ({share}). "
    "Waragad {cost} ngaleuwihan sésa {money}.",
    "en": "Number {rank} in the city round, chosen by {approvals} of {ballots} voters of its district ({share}). "
    "Its cost of {cost} exceeds the {money} left.",
}
HELD = {
    "id": "Urutan ke-{rank} di putaran kota ({share}), tetapi tertahan oleh {limit}.",
    "su": "Urutan ka-{rank} di putaran kota ({share}), tapi katahan ku {limit}.",
    "en": "Number {rank} in the city round ({share}), but held back by {limit}.",
}
LIMITS = {
    "cap": {"id": "batas {}", "su": "wates {}", "en": "the cap {}"},
    "group": {"id": "kelompok {}", "su": "kelompok {}", "en": "the group {}"},
    "requires": {"id": "usulan {}", "su": "usulan {}", "en": "proposal {}"},
    "not": {"id": "{}", "su": "{}", "en": "{}"},
}
CAP = {
    "id": "putaran kota untuk satu kecamatan",
    "su": "putaran kota pikeun hiji kacamatan",
    "en": "of the city round for one district",
}
FENCE = {
    "id": "Dari jatah {name}. ",
    "su": "Tina jatah {name}. ",
    "en": "From the money set aside for {name}. ",
}
RESERVE = {"id": " Cadangan ke-{nth}.", "su": " Cadangan ka-{nth}.", "en": " Number {nth} on the reserve list."}


def of_place(why: Spoken, how: str) -> Spoken:
    """The reason of a project with the place it got: the fence in front, its number on the reserve list behind."""
    kind, _, what = how.partition(":")
    if kind == "fence":
        return {lang: FENCE[lang].format(name=what) + text for lang, text in why.items()}
    if kind == "reserve":
        return {lang: text + RESERVE[lang].format(nth=what) for lang, text in why.items()}
    return why


def of_city(city: City, result: CityResult) -> dict[str, Spoken]:
    """Why each project the city round looked at was funded or not, by id, in every language."""
    home = {project.id: code for code, each in city.envelopes.items() for project in each.election.projects}
    voters = {code: found.result.voters for code, found in result.envelopes.items()}
    return {
        step.project: _sentence(
            step, home[step.project], result.city.approvals[step.project], voters[home[step.project]]
        )
        for step in result.city.steps
    }


def _sentence(step: Step, home: str, approvals: int, ballots: int) -> Spoken:
    texts = {Decision.FUNDED: WON, Decision.HELD: HELD}.get(step.decision, TOO_DEAR)
    share = Fraction(approvals, ballots)
    kind, _, what = (step.constraint or "").partition(" ")
    what = what.removeprefix(f"{home} ")
    return {
        lang: text.format(
            rank=step.rank,
            approvals=thousands(approvals),
            ballots=thousands(ballots),
            share=percent(share.numerator, share.denominator),
            cost=rupiah(step.cost),
            money=rupiah(step.money_before),
            limit=LIMITS.get(kind, LIMITS["not"])[lang].format(CAP[lang] if what == "city round" else what),
        )
        for lang, text in texts.items()
    }
