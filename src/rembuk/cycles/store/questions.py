"""Questions about cycles: which one runs, in which phase it is, what an official still has to see to."""

from types import SimpleNamespace
from typing import cast
from uuid import UUID

from rembuk.cycles import permissions, rules, tables
from rembuk.cycles.permissions import Action, Stage
from rembuk.cycles.rounds import Round, current
from rembuk.cycles.rules import Cycle, CycleState, Election, Event, Phase, PhaseKind, Refusal
from rembuk.cycles.store.rows import cycle_of, election_of, event_of
from rembuk.database import Fixed, Row
from rembuk.errors import Refused

MAIN_ELECTION = "utama"
_DATES = "p.kind AS phase_kind, p.starts_at, p.ends_at, p.opened_at, p.closed_at"
_ROUNDS = Fixed(
    f"""SELECT c.*, {_DATES} FROM cycle AS c LEFT JOIN phase AS p
    ON p.cycle = c.id AND p.opened_at IS NOT NULL AND p.closed_at IS NULL
    WHERE c.kind = 'round' AND c.state <> 'draft' ORDER BY c.year DESC, c.created_at DESC, c.id"""  # noqa: S608
)
_PHASES = Fixed(f"SELECT {_DATES} FROM phase AS p WHERE p.cycle = {{}}")  # noqa: S608
_OPEN = Fixed(
    """SELECT 1 AS is_open FROM phase
    WHERE cycle = {} AND kind = {} AND opened_at IS NOT NULL AND closed_at IS NULL LIMIT 1"""
)


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


async def rounds() -> tuple[Round, ...]:
    """Every round that is no draft, the newest first, with what is open in each; one statement for all a page asks."""
    found: dict[UUID, tuple[Row, list[Phase]]] = {}
    for row in await _ROUNDS():
        _, its = found.setdefault(row["id"], (row, []))
        its += [_phase_of(row)] if row["phase_kind"] else []
    return tuple(Round(cycle_of(_fields(row)), tuple(its)) for row, its in found.values())


def _fields(row: Row) -> tables.Cycle:
    """The columns by name: all that is read of it, for a tenth of what building Piccolo's own row costs."""
    return cast("tables.Cycle", SimpleNamespace(**row))


async def current_cycle(phase: PhaseKind | None = None) -> Cycle | None:
    """The round people look at first: the one that votes, else the newest published; None when there is none.

    With a phase, the newest published round in which it is open.
    """
    found = current(await rounds(), phase)
    return found.cycle if found else None


async def phases(cycle_id: UUID) -> list[Phase]:
    """The phases of a cycle that have dates, in their order."""
    found = [_phase_of(row) for row in await _PHASES(cycle_id)]
    return sorted(found, key=lambda phase: rules.PHASES.index(phase.kind))


def _phase_of(row: Row) -> Phase:
    return Phase(PhaseKind(row["phase_kind"]), row["starts_at"], row["ends_at"], row["opened_at"], row["closed_at"])


async def phase(cycle_id: UUID) -> Phase | None:
    """The phase people stand in now: the latest one that is open; None between phases."""
    return rules.current(await phases(cycle_id))


async def is_open(cycle_id: UUID, kind: PhaseKind) -> bool:
    """Whether this phase of the cycle is open now."""
    return bool(await _OPEN(cycle_id, kind.value))


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
