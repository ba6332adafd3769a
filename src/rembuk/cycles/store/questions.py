"""Questions about cycles: which one runs, in which phase it is, what an official still has to see to."""

from uuid import UUID

from rembuk.cycles import permissions, rules, tables
from rembuk.cycles.permissions import Action, Stage
from rembuk.cycles.rules import Cycle, CycleState, Election, Event, Phase, PhaseKind, Refusal
from rembuk.cycles.store.rows import cycle_of, election_of, event_of, phase_of
from rembuk.errors import Refused

MAIN_ELECTION = "utama"


async def cycle(id: UUID) -> Cycle:
    """The cycle with this id; Refused(NO_CYCLE)."""
    row = await tables.Cycle.objects().where(tables.Cycle.id == id).first()
    if row is None:
        raise Refused(Refusal.NO_CYCLE)
    return cycle_of(row)


async def by_slug(slug: str, *, drafts: bool = False) -> Cycle:
    """The cycle with this short address; a draft only when asked, for staff (Q1); Refused(NO_CYCLE)."""
    row = await tables.Cycle.objects().where(tables.Cycle.slug == slug).first()
    if row is None or (row.state == CycleState.DRAFT.value and not drafts):
        raise Refused(Refusal.NO_CYCLE)
    return cycle_of(row)


async def cycles(*, drafts: bool = False, kind: str | None = None) -> list[Cycle]:
    """Cycles, the newest first; drafts only when asked, for staff; kind is round or archive."""
    query = tables.Cycle.objects().order_by(tables.Cycle.year, ascending=False)
    query = query.order_by(tables.Cycle.created_at, ascending=False)
    if not drafts:
        query = query.where(tables.Cycle.state != CycleState.DRAFT.value)
    if kind:
        query = query.where(tables.Cycle.kind == kind)
    return [cycle_of(row) for row in await query]


async def current_cycle(phase: PhaseKind | None = None) -> Cycle | None:
    """The round people look at first: the one that votes, else the newest published; None when there is none.

    With a phase, the newest published round in which it is open.
    """
    running = tables.Cycle.state == CycleState.PUBLISHED.value
    query = tables.Cycle.objects().where(running, tables.Cycle.kind == "round")
    query = query.order_by(tables.Cycle.year, ascending=False)
    rows = await query.order_by(tables.Cycle.created_at, ascending=False)
    for row in rows:
        if await is_open(row.id, phase or PhaseKind.VOTING):
            return cycle_of(row)
    return cycle_of(rows[0]) if rows and phase is None else None


async def phases(cycle_id: UUID) -> list[Phase]:
    """The phases of a cycle that have dates, in their order."""
    rows = await tables.PhaseRow.objects().where(tables.PhaseRow.cycle == cycle_id)
    return sorted(map(phase_of, rows), key=lambda phase: rules.PHASES.index(phase.kind))


async def phase(cycle_id: UUID) -> Phase | None:
    """The phase people stand in now: the latest one that is open; None between phases."""
    return rules.current(await phases(cycle_id))


async def is_open(cycle_id: UUID, kind: PhaseKind) -> bool:
    """Whether this phase of the cycle is open now."""
    row = tables.PhaseRow
    running = row.opened_at.is_not_null() & row.closed_at.is_null()
    return await row.exists().where(row.cycle == cycle_id, row.kind == kind.value, running)


async def stages(cycle_id: UUID) -> frozenset[Stage]:
    """The stages the cycle is in, for permissions."""
    found = await cycle(cycle_id)
    return permissions.stages(found.state, await phases(cycle_id))


async def may(action: Action, cycle_id: UUID, roles: tuple[str, ...]) -> bool:
    """Whether somebody with these roles may do this in the cycle now (A1)."""
    return permissions.allows_now(action, await stages(cycle_id), roles)


async def insist(action: Action, cycle_id: UUID, roles: tuple[str, ...]) -> None:
    """Refused(NOT_ALLOWED) unless somebody with these roles may do this in the cycle now (A1)."""
    if not await may(action, cycle_id, roles):
        raise Refused(Refusal.NOT_ALLOWED)


async def events(cycle_id: UUID) -> list[Event]:
    """Openings and closings so far, oldest first."""
    query = tables.PhaseEvent.objects().where(tables.PhaseEvent.cycle == cycle_id)
    return [event_of(row) for row in await query.order_by(tables.PhaseEvent.at)]


async def elections(cycle_id: UUID) -> list[Election]:
    """The votes of a cycle, by name."""
    query = tables.Election.objects().where(tables.Election.cycle == cycle_id)
    return [election_of(row) for row in await query.order_by(tables.Election.name)]


async def find_election(cycle_id: UUID, name: str = MAIN_ELECTION) -> Election | None:
    """One vote of a cycle, the main one by default, or None: an imported round has none."""
    mine = (tables.Election.cycle == cycle_id) & (tables.Election.name == name)
    row = await tables.Election.objects().where(mine).first()
    return election_of(row) if row else None


async def election(cycle_id: UUID, name: str = MAIN_ELECTION) -> Election:
    """One vote of a cycle, the main one by default; Refused(NO_ELECTION)."""
    if (found := await find_election(cycle_id, name)) is None:
        raise Refused(Refusal.NO_ELECTION)
    return found


async def election_by_id(id: UUID) -> Election:
    """The vote with this id; Refused(NO_ELECTION)."""
    row = await tables.Election.objects().where(tables.Election.id == id).first()
    if row is None:
        raise Refused(Refusal.NO_ELECTION)
    return election_of(row)
