"""Support for a proposal: given once, taken back by the same hand, counted with each write."""

from uuid import UUID

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.proposals.rules import Refusal, State, why_not_endorse
from rembuk.proposals.store.rows import Columns
from rembuk.proposals.tables import Endorsement, Proposal


async def support_is_open(cycle: UUID) -> bool:
    """Whether support may be given now: in the proposal and the debate phase only."""
    return await cycles.is_open(cycle, PhaseKind.PROPOSALS) or await cycles.is_open(cycle, PhaseKind.DEBATE)


# Read committed: who waits for the proposal's row then sees what the one before has written.
@transaction(isolation="read committed")
async def endorse(number: int, person: UUID) -> int:
    """Give support once; a second time changes nothing. The count after it, or Refused."""
    proposal = await _supportable(number)
    where = (Endorsement.proposal == proposal) & (Endorsement.person == person)
    if not await Endorsement.exists().where(where):
        await Endorsement.insert(Endorsement(proposal=proposal, person=person, at=clock.now()))
        counted: Columns = {Proposal.endorsement_count: Proposal.endorsement_count + 1}
        await Proposal.update(counted).where(Proposal.id == proposal)
    return await _count(proposal)


@transaction(isolation="read committed")
async def unendorse(number: int, person: UUID) -> int:
    """Take support back; without any it changes nothing. The count after it, or Refused."""
    proposal = await _supportable(number)
    where = (Endorsement.proposal == proposal) & (Endorsement.person == person)
    if await Endorsement.exists().where(where):
        await Endorsement.delete().where(where)
        counted: Columns = {Proposal.endorsement_count: Proposal.endorsement_count - 1}
        await Proposal.update(counted).where(Proposal.id == proposal)
    return await _count(proposal)


async def _supportable(number: int) -> UUID:
    columns = (Proposal.id, Proposal.cycle, Proposal.state, Proposal.hidden)
    row = await lock_row(Proposal.select(*columns).where(Proposal.number == number)).first()
    if row is None:
        raise Refused(Refusal.UNKNOWN)
    is_open = await support_is_open(row["cycle"])
    if reason := why_not_endorse(State(row["state"]), row["hidden"], is_open):
        raise Refused(reason)
    found: UUID = row["id"]
    return found


async def _count(proposal: UUID) -> int:
    row = await Proposal.select(Proposal.endorsement_count).where(Proposal.id == proposal).first()
    return int(row["endorsement_count"]) if row else 0


@transaction
async def recount_endorsements(cycle: UUID) -> None:
    """Write every count of a cycle afresh from the rows: after rows were brought in by another way."""
    await Proposal.raw(
        "UPDATE proposal SET endorsement_count ="
        " (SELECT COUNT(*) FROM endorsement e WHERE e.proposal = proposal.id) WHERE cycle = {}",
        cycle,
    )


async def write_comment_count(proposal: UUID, count: int) -> None:
    """Write how many visible comments a proposal has; debate/ calls it inside each of its writes."""
    await Proposal.update({Proposal.comment_count: count}).where(Proposal.id == proposal)
