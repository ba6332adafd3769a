"""The facts of the first page, gathered from many rooms; front has no tables of its own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rounds import current
from rembuk.cycles.rules import Cycle, Phase, PhaseKind
from rembuk.errors import N_, Refused
from rembuk.front.rules import Facts
from rembuk.people import store as people
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Area, rw_label
from rembuk.proposals import store as proposals
from rembuk.proposals.listing import Filters, Order
from rembuk.proposals.rules import Card, Issue, Status
from rembuk.voting import store as voting
from rembuk.voting.rules import Turnout
from rembuk.web.i18n import gettext, language
from rembuk.web.viewer import Viewer
from rembuk.works import store as works
from rembuk.works.rules import WorkCard, WorkStatus

_VOTED_ON = (PhaseKind.VOTING, PhaseKind.RESULTS, PhaseKind.WORKS)
_RUNNING = (WorkStatus.BUILDING, WorkStatus.LATE, WorkStatus.PROCUREMENT, WorkStatus.FINISHED)
MOST_ROWS = 6


@dataclass(frozen=True)
class TurnoutRow:
    """The turnout of one RW (or of small ones together) as the first page draws it."""

    name: str
    marks: int
    eligible: int
    mine: bool


@dataclass(frozen=True)
class Home:
    """Everything the first page shows; money in whole rupiah."""

    cycle: Cycle
    phases: tuple[Phase, ...]
    phase: Phase | None
    facts: Facts
    ceiling: int | None
    costs: tuple[tuple[str, int], ...]
    cards: tuple[Card, ...]
    turnout_day: date | None
    turnout: Turnout | None
    turnout_rows: tuple[TurnoutRow, ...]
    work: WorkCard | None
    helpers: tuple[str, ...]
    proposing: Cycle | None

    @property
    def kind(self) -> PhaseKind | None:
        """The phase people stand in."""
        return self.phase.kind if self.phase else None

    @property
    def cost(self) -> int:
        """What all proposals counted here cost together."""
        return sum(cost for _, cost in self.costs)


async def home(viewer: Viewer, area: Area | None, atlas: Atlas, lot: tuple[int, int]) -> Home | None:
    """The first page of a kecamatan, or of the whole city; None without a cycle."""
    rounds = await cycles.rounds()
    if (round := current(rounds)) is None:
        return None
    cycle, phase, proposing = round.cycle, round.phase, current(rounds, PhaseKind.PROPOSALS)
    phases = tuple(await cycles.phases(cycle.id))
    kind = phase.kind if phase else None
    code = area.code if area else ""
    costs = await proposals.costs_by_issue(cycle.id, code, kind in _VOTED_ON)
    day, turnout, rows = await _turnout(cycle.id, code, viewer, atlas, kind)
    ceilings = await cycles.ceilings(cycle.id)
    return Home(
        cycle=cycle,
        phases=phases,
        phase=phase,
        facts=await _facts(cycle, phase, viewer, area),
        ceiling=ceilings.get(code) if area else sum(ceilings.values()) or None,
        costs=tuple((issue.value, costs[issue][1]) for issue in Issue if issue in costs),
        cards=await _cards(cycle.id, viewer, code, kind, lot),
        turnout_day=day,
        turnout=turnout,
        turnout_rows=rows,
        work=next(iter(await works.lately(code)), None),
        helpers=await _helpers(viewer),
        proposing=proposing.cycle if proposing else None,
    )


async def _facts(cycle: Cycle, phase: Phase | None, viewer: Viewer, area: Area | None) -> Facts:
    counts = await proposals.counts(Filters(cycle.id, area=area.code if area else ""))
    works_there = await works.counts(area.code if area else "") if phase and phase.kind is PhaseKind.WORKS else {}
    status = counts.by_status
    ballot = (Status.ON_BALLOT, Status.FUNDED, Status.RESERVE, Status.NOT_FUNDED)
    return Facts(
        place=area.name if area else gettext(N_("kota")),
        slug=area.slug if area else "",
        proposals=counts.total,
        on_ballot=sum(status[each] for each in ballot),
        funded=status[Status.FUNDED],
        works=sum(works_there.values()),
        works_running=sum(works_there.get(each, 0) for each in _RUNNING),
        until=clock.moment(phase.ends_at, language()) if phase else "",
        has_voted=await _has_voted(cycle.id, phase, viewer),
    )


async def _has_voted(cycle: UUID, phase: Phase | None, viewer: Viewer) -> bool:
    """Whether a ballot of this viewer was received; never what is on it."""
    if phase is None or phase.kind is not PhaseKind.VOTING or not viewer.signed_in:
        return False
    roll = viewer.roll
    if viewer.person:  # the line they signed in by may be of another round
        entry = await people.roll_of(viewer.person, cycle)
        roll = entry.id if entry else None
    if roll is None:
        return False
    try:
        mark = await voting.mark_of(await voting.voter_of(roll))
    except Refused:
        return False
    return mark.seq > 0 or mark.on_paper


async def _cards(
    cycle: UUID, viewer: Viewer, kecamatan: str, kind: PhaseKind | None, lot: tuple[int, int]
) -> tuple[Card, ...]:
    """Three proposals: around the viewer's RW, else by fair lot while people vote, else the newest."""
    if viewer.rw and viewer.kecamatan == kecamatan:
        return await proposals.near(cycle, viewer.rw)
    ballot_only = (Status.ON_BALLOT,) if kind is PhaseKind.VOTING else ()
    order = Order.RANDOM if kind is PhaseKind.VOTING else Order.NEWEST
    filters = Filters(cycle, area=kecamatan, statuses=ballot_only)
    return await proposals.cards(filters, order, 3, lot)


async def _turnout(
    cycle: UUID, kecamatan: str, viewer: Viewer, atlas: Atlas, kind: PhaseKind | None
) -> tuple[date | None, Turnout | None, tuple[TurnoutRow, ...]]:
    """The daily figures of a kecamatan, as far as they may be shown (S2); nothing before the vote."""
    if kind not in _VOTED_ON:
        return None, None, ()
    try:
        election = await cycles.election(cycle)
    except Refused:
        return None, None, ()
    day, whole = await voting.turnout(election.id, kecamatan or None)
    if not kecamatan or day is None:
        return day, whole if day else None, ()
    since, cells = await voting.turnout_by_rw(election.id, kecamatan)
    return since or day, whole, turnout_rows(cells, viewer, atlas)


def turnout_rows(cells: list[Turnout], viewer: Viewer, atlas: Atlas) -> tuple[TurnoutRow, ...]:
    """A few rows: those of the viewer's kelurahan with the own RW among them, else the highest ones."""
    home = viewer.kelurahan
    near = [cell for cell in cells if home and any(code.startswith(f"{home}.") for code in cell.areas)]
    chosen = near or sorted(cells, key=lambda cell: -cell.marks * 1000 // max(cell.eligible, 1))
    own_first = sorted(chosen, key=lambda cell: viewer.rw not in cell.areas)[:MOST_ROWS]
    return tuple(_row(cell, viewer, atlas) for cell in sorted(own_first, key=lambda cell: cell.areas))


def _row(cell: Turnout, viewer: Viewer, atlas: Atlas) -> TurnoutRow:
    name = f"{len(cell.areas)} RW kecil bersama"
    if len(cell.areas) == 1:
        code = cell.areas[0]
        name = rw_label(code.rpartition(".")[2]) if viewer.kelurahan == code.rpartition(".")[0] else atlas.label(code)
    return TurnoutRow(name, cell.marks, cell.eligible, viewer.rw in cell.areas)


async def _helpers(viewer: Viewer) -> tuple[str, ...]:
    """The names of the facilitators of the viewer's RW."""
    if not viewer.rw:
        return ()
    names = await people.names_of(await people.holders("facilitator", viewer.rw))
    return tuple(sorted(names.values()))[:3]
