"""Phases opened and closed as recorded events, always under the cycle's lock."""

from uuid import UUID

from rembuk import clock
from rembuk.board import store as board
from rembuk.cycles import rules, tables
from rembuk.cycles.checks import checks
from rembuk.cycles.rules import Cycle, CycleState, Phase, PhaseKind, Refusal, Turn
from rembuk.cycles.store.plans import locked_cycle
from rembuk.cycles.store.questions import phases
from rembuk.database import transaction
from rembuk.errors import Refused


@transaction
async def open_phase(cycle_id: UUID, kind: PhaseKind, actor: UUID | None, reason: str = "") -> list[Phase]:
    """Open a phase and record who did; the booth needs two persons (`confirm`): Refused(TWO_PERSONS)."""
    if kind is PhaseKind.VOTING:
        raise Refused(Refusal.TWO_PERSONS)
    return await begin(cycle_id, kind, actor, reason)


@transaction
async def close_phase(cycle_id: UUID, kind: PhaseKind, actor: UUID | None, reason: str = "") -> list[Phase]:
    """Close a phase and record who did; the booth needs two persons (`confirm`): Refused(TWO_PERSONS)."""
    if kind is PhaseKind.VOTING:
        raise Refused(Refusal.TWO_PERSONS)
    return await end(cycle_id, kind, actor, reason)


async def begin(cycle_id: UUID, kind: PhaseKind, actor: UUID | None, reason: str) -> list[Phase]:
    """Open a phase inside the caller's transaction, when every check of every room holds."""
    kept = await locked_cycle(cycle_id)
    if kept.state is not CycleState.PUBLISHED:
        raise Refused(Refusal.NOT_PUBLISHED)
    if fault := rules.why_not_open(kind, await _by_kind(cycle_id)):
        raise Refused(fault[0], **fault[1])
    if missing := [check.words for check in await checks(kind, cycle_id) if check.blocks and not check.passed]:
        raise Refused(Refusal.CHECK_FAILS, words=missing[0])
    return await _note(kept, Turn(kind, "open", clock.now()), actor, reason)


async def end(cycle_id: UUID, kind: PhaseKind, actor: UUID | None, reason: str) -> list[Phase]:
    """Close a phase inside the caller's transaction."""
    kept = await locked_cycle(cycle_id)
    if fault := rules.why_not_close(kind, await _by_kind(cycle_id)):
        raise Refused(fault[0], **fault[1])
    return await _note(kept, Turn(kind, "close", clock.now()), actor, reason)


async def _by_kind(cycle_id: UUID) -> dict[PhaseKind, Phase]:
    return {phase.kind: phase for phase in await phases(cycle_id)}


async def _note(kept: Cycle, turn: Turn, actor: UUID | None, reason: str) -> list[Phase]:
    if clock.moved():  # nobody shall end the vote by setting a clock (trust.md 5)
        raise Refused(Refusal.CLOCK_MOVED)
    row, kind = tables.PhaseRow, turn.kind.value
    column = row.opened_at if turn.action == "open" else row.closed_at
    await row.update({column: turn.at}).where(row.cycle == kept.id, row.kind == kind)
    event = tables.PhaseEvent(cycle=kept.id, kind=kind, action=turn.action, actor=actor, reason=reason, at=turn.at)
    await tables.PhaseEvent.insert(event)
    who = "city_official" if actor else "scheduler"
    await board.audit(actor, who, f"phase.{turn.action}", f"{kept.slug}/{kind}", reason)
    return await phases(kept.id)
