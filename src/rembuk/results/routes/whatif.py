"""/petugas/uji-aturan: a finished round's ballots under up to three rules and quotas, side by side; nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rembuk.cycles import store as cycles
from rembuk.cycles.formula import MILLION
from rembuk.cycles.formula import RULE_NAMES as QUOTA_NAMES
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Refused
from rembuk.results import store
from rembuk.results.rules import RULE_NAMES, Refusal
from rembuk.results.whatif import NO_FENCE, Setting, Trial
from rembuk.tally.election import Completion, Order, Utility
from rembuk.web.currency import shown_in
from rembuk.web.forms import Form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, OFFICIAL
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

LETTERS = "abc"
UNUSED = "-"
OWN = N_("Seperti yang dipakai")
RULES = {"": OWN, **{name: RULE_NAMES[name] for name in ("equal_shares", "greedy", "phragmen")}}
UTILITIES = {
    Utility.COST: N_("Biaya usulan"),
    Utility.COUNT: N_("Jumlah usulan"),
    Utility.POINTS: N_("Poin pemilih"),
    Utility.BORDA: N_("Peringkat pemilih"),
}
COMPLETIONS = {
    Completion.NONE: N_("Tidak dilengkapi"),
    Completion.GREEDY: N_("Dilengkapi suara terbanyak"),
    Completion.ADD1: N_("Bagian dinaikkan sedikit demi sedikit"),
    Completion.ADD1U: N_("Bagian dinaikkan, lalu suara terbanyak"),
}
ORDERS = {Order.VOTES: N_("Suara terbanyak"), Order.VOTES_PER_COST: N_("Suara per rupiah")}
ASIDE = {
    "": OWN,
    NO_FENCE: N_("Tanpa jatah khusus"),
    "waste": N_("Jatah untuk sampah"),
    "clean_water": N_("Jatah untuk air bersih"),
    "flood": N_("Jatah untuk banjir"),
}
LEFTOVERS = {
    "": OWN,
    "none": N_("Sisa tidak dibagi"),
    "city_round": N_("Putaran kota"),
    "next_year": N_("Disimpan untuk tahun depan"),
}
QUOTAS = {"": OWN, **{name: QUOTA_NAMES[name] for name in ("equal", "per_capita", "need_weighted")}}
NO_PERCENT = N_("Isi persen jatahnya, 1 sampai 100.")
NO_PARTS = N_("Isi paling sedikit satu bobot di atas 0.")
USUAL = {
    "a": Setting(),
    "b": Setting("equal_shares", completion=Completion.GREEDY),
    "c": Setting("phragmen"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: a trial by letter (None: the rule cannot count these ballots), districts not read, why not."""

    trials: Mapping[str, Trial | None] = field(default_factory=dict)
    missing: int = 0
    problem: str = ""


@get("/petugas/uji-aturan", guard=CITY_OFFICIAL | OFFICIAL | AUDITOR, seconds=120)
async def try_rules(request: Request) -> Response:
    """The form and, once a round is chosen, what each setting would have done; the address keeps all of it."""
    finished = await _finished()
    form = Form({name: list(request.query_params.getall(name)) for name in request.query_params})
    chosen = _chosen(form, finished)
    settings = {letter: _asked(form, letter, chosen) for letter in LETTERS}
    answer = Answer()
    if form.has("siklus") and chosen and form.valid:
        answer = await _answer(chosen, {letter: each for letter, each in settings.items() if each})
    shown = [(letter.upper(), settings[letter], trial) for letter, trial in answer.trials.items() if trial]
    with shown_in(chosen.currency if chosen else "IDR"):
        return page(
            request,
            "results/whatif.html",
            status=422 if answer.problem or not form.valid else 200,
            cycles=finished,
            chosen=chosen,
            settings={letter: settings[letter] or USUAL[letter] for letter in LETTERS},
            on={letter for letter in LETTERS if settings[letter]},
            own=RULE_NAMES[chosen.tally_rule] if chosen else "",
            choices=CHOICES,
            errors=form.errors,
            answer=answer,
            failed=[letter.upper() for letter, trial in answer.trials.items() if trial is None],
            shown=shown,
            issues=_issues([trial for _, _, trial in shown]),
            districts=list(zip(*(trial.districts for _, _, trial in shown), strict=True)),
        )


async def _answer(cycle: Cycle, used: Mapping[str, Setting]) -> Answer:
    try:
        found, missing = await store.try_settings(cycle, await _filled(cycle, list(used.values())))
    except Refused as no:
        return Answer(problem=no.sentence())
    return Answer(dict(zip(used, found, strict=True)) if found else {}, missing)


CHOICES = {
    "rule": list(RULES.items()),
    "utility": [(name.value, words) for name, words in UTILITIES.items()],
    "completion": [(name.value, words) for name, words in COMPLETIONS.items()],
    "order": [(name.value, words) for name, words in ORDERS.items()],
    "quota": list(QUOTAS.items()),
    "aside": list(ASIDE.items()),
    "leftover": list(LEFTOVERS.items()),
}


async def _finished() -> list[Cycle]:
    published = set(await store.finished_cycles())
    return [cycle for cycle in await cycles.cycles() if cycle.id in published]


def _chosen(form: Form, finished: Sequence[Cycle]) -> Cycle | None:
    if not (slug := form.line("siklus")):
        return next((cycle for cycle in finished if cycle.kind == "round"), finished[0] if finished else None)
    if (named := next((cycle for cycle in finished if cycle.slug == slug), None)) is None:
        raise Refused(Refusal.NO_RESULT)
    return named


def _asked(form: Form, letter: str, cycle: Cycle | None) -> Setting | None:
    """The setting of one letter; the usual one when the form did not come with it; None when it is not used."""
    usual, name = USUAL[letter], f"{letter}_rule"
    if not form.has(name):
        return None if letter == "c" else usual
    rule = form.choice(name, {*RULES, UNUSED}, required=False)
    if rule == UNUSED and letter != "a":
        return None
    setting = Setting(
        rule=rule if rule and rule != UNUSED else "",
        utility=Utility(form.choice(f"{letter}_utility", UTILITIES, required=False) or "cost"),
        completion=Completion(form.choice(f"{letter}_completion", COMPLETIONS, required=False) or "none"),
        order=Order(form.choice(f"{letter}_order", ORDERS, required=False) or "votes"),
        threshold=_number(form, f"{letter}_threshold", 1, 1_000_000),
    )
    setting = _with_stages(form, letter, setting)
    return _with_quota(form, letter, setting) if cycle and cycle.kind == "round" else setting


def _with_stages(form: Form, letter: str, setting: Setting) -> Setting:
    """Money set aside, what is left over, and the most projects of an RW."""
    aside = form.choice(f"{letter}_aside", ASIDE, required=False) or ""
    percent = _number(form, f"{letter}_percent", 0, 100)
    if aside not in ("", NO_FENCE) and not percent:
        form.errors.say(f"{letter}_percent", NO_PERCENT)
    return replace(
        setting,
        aside=aside,
        percent=percent,
        leftover=form.choice(f"{letter}_leftover", LEFTOVERS, required=False) or "",
        per_rw=form.integer(f"{letter}_per_rw", least=0, most=1000),
    )


def _with_quota(form: Form, letter: str, setting: Setting) -> Setting:
    quota = form.choice(f"{letter}_quota", QUOTAS, required=False) or ""
    equal, population, poor = (_number(form, f"{letter}_{part}", 0, 1000) for part in ("equal", "population", "poor"))
    if quota == "need_weighted" and not equal + population + poor:
        form.errors.say(f"{letter}_equal", NO_PARTS)
    return replace(
        setting,
        quota=quota,
        total=form.rupiah(f"{letter}_total", least=MILLION) or 0,
        equal=equal,
        population=population,
        poor=poor,
    )


def _number(form: Form, name: str, usual: int, most: int) -> int:
    typed = form.integer(name, least=0, most=most)
    return usual if typed is None else typed


async def _filled(cycle: Cycle, settings: Sequence[Setting]) -> list[Setting]:
    """A quota without a total of its own shares what the round shared."""
    shared = sum((await cycles.ceilings(cycle.id)).values())
    return [each if each.total else each.sharing(shared) for each in settings]


def _issues(trials: Sequence[Trial]) -> list[tuple[str, list[int]]]:
    """Money per issue of each setting, issues in order of name."""
    names = sorted({part.name for trial in trials for part in trial.issues})
    money = [{part.name: part.money for part in trial.issues} for trial in trials]
    return [(name, [each.get(name, 0) for each in money]) for name in names]


HANDLERS = [try_rules]
