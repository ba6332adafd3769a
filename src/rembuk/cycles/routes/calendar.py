"""/petugas/siklus/…/kalender: the six phases with their dates; opening and closing one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rembuk import clock
from rembuk.cycles import rules, store
from rembuk.cycles.routes.writing import LISTED, address, person_of
from rembuk.cycles.rules import PHASE_NAMES, PHASES, Cycle, Phase, PhaseKind
from rembuk.errors import N_, Refused, Said
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import CITY_OFFICIAL
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

NOT_A_MOMENT = N_("Isi tanggal dan jamnya, misalnya 2026-11-29T20:00.")


def typed_moment(at: datetime) -> str:
    """A moment as a datetime-local field holds it, on the city's clock."""
    return clock.local(at).strftime("%Y-%m-%dT%H:%M")


def suggested(now: datetime) -> list[Phase]:
    """A calendar to begin with: six phases from tomorrow 08.00 on, each ending at 20.00 on its last day."""
    days = dict(zip(PHASES, (42, 21, 21, 8, 30, 180), strict=True))
    start = clock.local(now).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    evening = timedelta(hours=12)
    planned = rules.spread(start, days)
    return [Phase(p.kind, p.starts_at, p.ends_at - timedelta(days=1) + evening) for p in planned]


def _page(
    request: Request, cycle: Cycle, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    return page(
        request,
        "cycles/calendar.html",
        status=status,
        cycle=cycle,
        phases=[(kind.value, PHASE_NAMES[kind], rules.OPENING_MEANS[kind]) for kind in PHASES],
        values=values,
        errors=errors,
    )


@get(f"{LISTED}/{{slug:str}}/kalender", guard=CITY_OFFICIAL)
async def calendar_page(request: Request, slug: str) -> Response:
    """The dates as they are, or a calendar to begin with."""
    cycle = await store.by_slug(slug, drafts=True)
    phases = await store.phases(cycle.id) or suggested(clock.now())
    values = {}
    for phase in phases:
        values[f"{phase.kind}_starts"] = typed_moment(phase.starts_at)
        values[f"{phase.kind}_ends"] = typed_moment(phase.ends_at)
    return _page(request, cycle, values, {})


@post(f"{LISTED}/{{slug:str}}/kalender", guard=CITY_OFFICIAL)
async def set_calendar(request: Request, slug: str) -> Response:
    """Keep the dates, or say phase by phase what is wrong with them (A10)."""
    cycle, form = await store.by_slug(slug, drafts=True), await read_form(request)
    phases = _phases(form, {phase.kind: phase for phase in await store.phases(cycle.id)})
    if form.valid:
        for kind, words in rules.why_bad_dates(phases):
            form.errors.say(f"{kind}_starts", words)
    if not form.valid:
        return _page(request, cycle, form.values, form.errors, 422)
    try:
        await store.set_phases(cycle.id, phases, person_of(request))
    except Refused as no:
        return _page(request, cycle, form.values, {"": no.sentence()}, no.reason.status)
    return redirect(address(cycle), flash=N_("Kalender tersimpan."))


def _phases(form: Form, kept: Mapping[PhaseKind, Phase]) -> list[Phase]:
    found = []
    for kind in PHASES:
        old = kept.get(kind)
        starts = _moment(form, f"{kind}_starts", old.starts_at if old else None)
        ends = _moment(form, f"{kind}_ends", old.ends_at if old else None)
        if starts and ends:
            found.append(Phase(kind, starts, ends))
    return found


def _moment(form: Form, name: str, kept: datetime | None) -> datetime | None:
    """A typed moment on the city's clock; one left as it was keeps its seconds, which the field cannot show."""
    text = form.text(name)
    if kept and text == typed_moment(kept):
        return kept
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(clock.CITY_ZONE))
    except ValueError:
        form.errors.say(name, NOT_A_MOMENT)
        return None


@post(f"{LISTED}/{{slug:str}}/tahap", guard=CITY_OFFICIAL)
async def turn_phase(request: Request, slug: str) -> Response:
    """Open or close one phase; the booth is not among them, it needs two persons."""
    cycle, form = await store.by_slug(slug, drafts=True), await read_form(request)
    kind = form.choice("kind", [each.value for each in PHASES])
    action = form.choice("action", ["open", "close"])
    if kind is None or action is None:
        return redirect(address(cycle), flash=N_("Pilih tahap yang akan dibuka atau ditutup."), kind="bahaya")
    turn = store.open_phase if action == "open" else store.close_phase
    try:
        await turn(cycle.id, PhaseKind(kind), person_of(request), form.line("reason"))
    except Refused as no:
        return redirect(address(cycle), flash=no.sentence(), kind="bahaya")
    words = N_("Tahap {phase} sudah dibuka.") if action == "open" else N_("Tahap {phase} sudah ditutup.")
    return redirect(address(cycle), flash=Said(words, phase=PHASE_NAMES[PhaseKind(kind)]))


HANDLERS = [calendar_page, set_calendar, turn_phase]
