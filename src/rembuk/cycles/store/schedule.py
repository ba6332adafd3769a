"""The scheduler's round: phases open and close at their instant, when no official did it before."""

import logging
from datetime import datetime
from uuid import UUID

from rembuk import clock
from rembuk.cycles import rules
from rembuk.cycles.rules import CycleState, PhaseKind, Turn
from rembuk.cycles.store.deeds import FRESH, open_if_signed, shut
from rembuk.cycles.store.questions import cycles, phases
from rembuk.cycles.store.turns import begin, end
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.jobs import every

log = logging.getLogger(__name__)
SCHEDULER_SECONDS = 20


@every(SCHEDULER_SECONDS, "cycles.turn")
async def turn_phases() -> None:
    """Open and close what the calendar asks for by now; the scheduler's round, harmless to repeat."""
    if clock.moved():
        log.error("the wall clock was moved by more than 5 s: no phase turns until the server is started again")
        return
    for running in await cycles(kind="round"):
        if running.state is CycleState.PUBLISHED:
            await turn_if_due(running.id)


async def turn_if_due(cycle_id: UUID) -> None:
    """The same for one cycle: for the first request after an instant, before the scheduler comes round."""
    for turn in rules.turns_due(await phases(cycle_id), clock.now()):
        await _take(cycle_id, turn)


async def _take(cycle_id: UUID, turn: Turn) -> None:
    try:
        await _turn(cycle_id, turn, clock.now())
    except Refused as no:  # a check does not hold yet: the round comes again, the desk shows why
        log.info("phase %s waits: %s", turn.kind.value, no.sentence())


@transaction(isolation=FRESH)
async def _turn(cycle_id: UUID, turn: Turn, now: datetime) -> None:
    due = rules.turns_due(await phases(cycle_id), now)
    if turn not in due:
        return
    if turn.kind is PhaseKind.VOTING:
        await (open_if_signed(cycle_id) if turn.action == "open" else shut(cycle_id, None, ""))
    elif turn.action == "open":
        await begin(cycle_id, turn.kind, None, "")
    else:
        await end(cycle_id, turn.kind, None, "")
