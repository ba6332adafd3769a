"""/petugas/uji-aturan: a finished round's ballots under up to three settings, side by side; nothing is kept.

Before a round opens, the settings of its draft are one of the three (`?konsep=<its address>`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rembuk.cycles import shares_shown
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleState
from rembuk.cycles.shares import Shares
from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.results import archive, store
from rembuk.results.compared import Trial
from rembuk.results.routes import whatif_form as fields
from rembuk.results.routes.asked import chosen_of, file, published_cycles, quoted
from rembuk.results.routes.whatif_form import LETTERS, Asked
from rembuk.results.rules import RULE_NAMES, Refusal
from rembuk.results.store import Comparison
from rembuk.results.whatif import Setting
from rembuk.web.currency import amount, shown_in
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, OFFICIAL, Role, viewer
from rembuk.web.i18n import gettext
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

AT = "/petugas/uji-aturan"
CANNOT = N_("Aturan ini tidak dapat menghitung surat suara jenis ini. Pilih nilai atau aturan lain.")
NO_FILES = N_("Pilih paling sedikit satu berkas .pb.")
OTHER_BALLOT = N_("Surat suara konsep itu berjenis lain. Yang dihitung tetap surat suara lama.")
OTHER_MONEY = N_("Uang dan jatah konsep itu tidak ikut dicoba, karena arsip ini memakai uang dan wilayah lain.")
NO_CHILDREN = N_("Bagian Suara Anak tidak ikut dicoba, karena dalam siklus lama anak tidak memilih.")
_RUPIAH = re.compile(r"Rp\s(\d{1,3}(?:\.\d{3})*)")


@dataclass(frozen=True)
class Answer:
    """What came of it: the comparison with the letters of its settings in order, or why there is none."""

    letters: tuple[str, ...] = ()
    comparison: Comparison | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> list[tuple[str, Trial]]:
        """The settings that could be counted, by letter."""
        trials = self.comparison.trials if self.comparison else []
        return [(letter, each) for letter, each in zip(self.letters, trials, strict=True) if each] if trials else []


@dataclass
class Desk:
    """Everything one view of the page needs: the round chosen, the draft tried on it, the form, what came of it."""

    finished: list[Cycle]
    drafts: list[Cycle]
    chosen: Cycle | None
    draft: Cycle | None
    asked: Asked
    form: Form
    settings: dict[str, Setting | None] = field(default_factory=dict)
    figures: dict[str, tuple[int, int]] = field(default_factory=dict)


@get(AT, guard=CITY_OFFICIAL | OFFICIAL | AUDITOR, seconds=120)
async def try_rules(request: Request) -> Response:
    """The form and what each setting would have done; the address keeps all of it, `unduh=csv` gives the table."""
    desk = await _desk(Form({name: list(request.query_params.getall(name)) for name in request.query_params}))
    with shown_in(desk.chosen.currency if desk.chosen else "IDR"):
        answer = await _answer(desk)
        if desk.chosen and answer.shown and desk.form.line("unduh") == "csv":
            return file(
                quoted(_table(answer)), "text/csv; charset=utf-8", f"uji-aturan-{desk.chosen.slug}.csv", shared=False
            )
        return _page(request, desk, answer)


@post(f"{AT}/berkas", guard=CITY_OFFICIAL, upload=True, seconds=120)
async def bring_in(request: Request) -> Response:
    """Pabulib files become an archived round, one district each, counted and shown to everybody as such."""
    form = await read_form(request)
    name = form.line("nama", required=True, least=3, most=80)
    sent = [(each.name, each.body) for each in form.files("berkas")]
    if not sent:
        form.errors.say("berkas", NO_FILES)
    if form.valid:
        try:
            slug = await archive.import_bodies(sent, name, viewer(request).person)
        except Refused as no:
            form.errors.say("nama" if no.reason is not Refusal.NO_FILES else "berkas", no.sentence())
        else:
            return redirect(f"{AT}?siklus={slug}", flash=N_("Berkas sudah masuk dan dihitung sebagai arsip."))
    desk = await _desk(Form())
    desk.form.errors.update(form.errors)
    return _page(request, desk, Answer(), name)


async def _desk(typed: Form) -> Desk:
    finished = await published_cycles()
    chosen = await chosen_of(typed.line("siklus"), finished)
    drafts = await _drafts({cycle.slug for cycle in finished})
    slug = typed.line("konsep")
    draft = next((cycle for cycle in drafts if cycle.slug == slug), None)
    if slug and draft is None:
        raise Refused(Refusal.NO_RESULT)
    atlas = await places.atlas()
    asked = await _asked(chosen)
    form = fields.completed(typed, await _of_draft(draft, asked, atlas) if draft else {})
    desk = Desk(finished, drafts, chosen, draft, asked, form)
    desk.settings = {letter: fields.setting_of(form, letter, asked, atlas) for letter in LETTERS}
    desk.figures = fields.figures_of(form, asked)
    return desk


async def _of_draft(draft: Cycle, asked: Asked, atlas: Atlas) -> dict[str, str]:
    found = fields.draft_fields(draft, await cycles.ceiling_lines(draft.id), atlas)
    return {name: found[name] for name in fields.ANYWHERE} if asked.archive else found


async def _drafts(finished: set[str]) -> list[Cycle]:
    """Rounds that are being set up or still run: the settings an official may want to try."""
    every = await cycles.cycles(drafts=True, kind="round")
    return [cycle for cycle in every if cycle.state is not CycleState.ARCHIVED and cycle.slug not in finished]


async def _asked(chosen: Cycle | None) -> Asked:
    if chosen is None:
        return Asked()
    return Asked(
        archive=chosen.kind == "archive",
        districts={area: name for area, (name, _) in (await store.named(chosen)).items()},
        issues=await store.issues_of(chosen),
        scale=int(chosen.currency.partition("/")[2] or 1),
        areas=any(fence.areas for fence in chosen.shares.fences),
    )


async def _answer(desk: Desk) -> Answer:
    used = {letter: each for letter, each in desk.settings.items() if each}
    if desk.chosen is None or not desk.form.valid or not (desk.form.has("siklus") or desk.draft):
        return Answer()
    try:
        found = await store.try_settings(desk.chosen, list(used.values()), desk.figures)
    except Refused as no:
        return Answer(problem=no.sentence())
    for letter, trial, faults in zip(used, found.trials, found.faults, strict=True):
        for fault in faults:
            desk.form.errors.say(f"{letter}_{desk.asked.field_of(fault.field)}", _in_currency(gettext(fault.words)))
        if trial is None and not faults and any(found.trials):
            desk.form.errors.say(f"{letter}_rule", CANNOT)
    return Answer(tuple(used), found, notes=tuple(_notes(desk, found)))


def _notes(desk: Desk, found: Comparison) -> Iterator[str]:
    """What of the settings could not be tried on these ballots."""
    if desk.draft and desk.asked.archive:
        yield OTHER_MONEY
    if desk.draft and desk.chosen and desk.draft.ballot_type != desk.chosen.ballot_type:
        yield OTHER_BALLOT
    if not found.young and any(each and each.children for each in desk.settings.values()):
        yield NO_CHILDREN


def _in_currency(sentence: str) -> str:
    """A sentence about rupiah with its sums in the currency of the page."""
    return _RUPIAH.sub(lambda found: amount(int(found[1].replace(".", ""))), sentence)


def _page(request: Request, desk: Desk, answer: Answer, name: str = "") -> Response:
    own = RULE_NAMES[desk.chosen.tally_rule] if desk.chosen else ""
    shares = desk.chosen.shares if desk.chosen else Shares()
    shown_trials = [
        (letter.upper(), fields.in_words(setting, own, shares, desk.asked), trial)
        for letter, trial in answer.shown
        if (setting := desk.settings[letter])
    ]
    trials = [trial for _, _, trial in shown_trials]
    filled, faulty = fields.folds(desk.form)
    return page(
        request,
        "results/whatif.html",
        status=422 if answer.problem or not desk.form.valid else 200,
        desk=desk,
        chosen=desk.chosen,
        archive=desk.asked.archive,
        values=desk.form.values,
        errors=desk.form.errors,
        on={letter for letter in LETTERS if desk.settings[letter]},
        filled=filled,
        faulty=faulty,
        own=own,
        own_shares=shares_shown.summary(shares),
        choices=_choices(desk.asked),
        currency=desk.chosen.currency.partition("/")[0] if desk.asked.archive and desk.chosen else "Rp",
        answer=answer,
        missing=answer.comparison.missing if answer.comparison else 0,
        shown=shown_trials,
        issues=_issues(trials),
        districts=list(zip(*(trial.districts for trial in trials), strict=True)),
        may_bring=viewer(request).has(Role.CITY_OFFICIAL),
        name=name,
    )


def _choices(asked: Asked) -> dict[str, list[tuple[str, str]]]:
    filed = {"official": RULE_NAMES["official"]} if asked.archive else {}
    listed: dict[str, Mapping[str, str]] = {
        "rule": fields.RULES | filed,
        "utility": fields.UTILITIES,
        "completion": fields.COMPLETIONS,
        "order": fields.ORDERS,
        "skip": fields.SKIPS,
        "quota": fields.QUOTAS,
        "hard": fields.HARD,
        "leftover": fields.LEFTOVERS,
    }
    return {name: list(words.items()) for name, words in listed.items()}


def _issues(trials: Sequence[Trial]) -> list[tuple[str, list[int]]]:
    """Money per issue of each setting, issues in order of name."""
    names = sorted({part.name for trial in trials for part in trial.issues})
    money = [{part.name: part.money for part in trial.issues} for trial in trials]
    return [(name, [each.get(name, 0) for each in money]) for name in names]


def _table(answer: Answer) -> Iterator[list[object]]:
    """The comparison as rows: what of, its name, the measure, then a column for each setting; money in whole units."""
    trials = [trial for _, trial in answer.shown]
    yield ["bagian", "nama", "ukuran", *(letter.upper() for letter, _ in answer.shown)]
    for measure in ("funded", "budget", "cost", "voters", "represented", "mean", "gini", "better", "worse"):
        yield ["semua", "", _MEASURES[measure], *(getattr(trial, measure) for trial in trials)]
    for name, money in _issues(trials):
        yield ["isu", name, _MEASURES["cost"], *money]
    for line in zip(*(trial.districts for trial in trials), strict=True):
        for measure in ("ceiling", "funded", "cost", "better", "worse"):
            yield ["wilayah", line[0].name, _MEASURES[measure], *(getattr(each, measure) for each in line)]
    for way, words in (("enters", "masuk"), ("leaves", "keluar")):
        for nth, trial in enumerate(trials):
            for each in getattr(trial, way):
                yield [words, each.title, each.place, *(each.cost if at == nth else "" for at in range(len(trials)))]


_MEASURES = {
    "funded": "usulan didanai",
    "budget": "pagu",
    "ceiling": "pagu",
    "cost": "terpakai",
    "voters": "pemilih",
    "represented": "pemilih terwakili",
    "mean": "rata-rata pilihan sendiri didanai",
    "gini": "gini per seratus",
    "better": "pemilih lebih untung",
    "worse": "pemilih lebih rugi",
}

HANDLERS = [try_rules, bring_in]
