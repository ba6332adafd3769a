"""Questions about single proposals: whole, its way so far, a person's own, and ones that are alike."""

from collections.abc import Sequence
from uuid import UUID

from rembuk.errors import Refused
from rembuk.proposals.rules import Detail, Event, Place, Refusal, State
from rembuk.proposals.store.rows import DETAIL_COLUMNS, LINE_COLUMNS, Row, detail_of, event_of
from rembuk.proposals.tables import CostLine, Endorsement, Proposal, ProposalEvent, ProposalPhoto
from rembuk.proposals.words import Candidate, Likeness, Sketch, most_alike

CANDIDATES_MOST = 300


async def detail(number: int) -> Detail:
    """A sent, visible proposal by its number, in three statements; Refused(UNKNOWN) for every other."""
    found = await by_number(number)
    if found.hidden:
        raise Refused(Refusal.UNKNOWN)
    return found


async def by_number(number: int) -> Detail:
    """A sent proposal by its number, hidden ones too: for its proposer and staff; or Refused(UNKNOWN)."""
    where = (Proposal.number == number) & (Proposal.state != State.DRAFT.value)
    return await _whole(await Proposal.select(*DETAIL_COLUMNS).where(where).first())


async def by_id(proposal: UUID) -> Detail:
    """Any proposal by its id, drafts too; Refused(UNKNOWN) when there is none."""
    return await _whole(await Proposal.select(*DETAIL_COLUMNS).where(Proposal.id == proposal).first())


async def _whole(row: Row | None) -> Detail:
    if row is None:
        raise Refused(Refusal.UNKNOWN)
    lines = await CostLine.select(*LINE_COLUMNS).where(CostLine.proposal == row["id"]).order_by(CostLine.nth)
    photos = (
        await ProposalPhoto.select(ProposalPhoto.file, ProposalPhoto.nth, ProposalPhoto.alt)
        .where(ProposalPhoto.proposal == row["id"])
        .order_by(ProposalPhoto.nth)
    )
    return detail_of(row, lines, photos)


async def events(proposal: UUID) -> tuple[Event, ...]:
    """The way of a proposal so far, earliest first."""
    columns = (ProposalEvent.kind, ProposalEvent.actor_role, ProposalEvent.reason, ProposalEvent.at)
    where = ProposalEvent.proposal == proposal
    rows = await ProposalEvent.select(*columns).where(where).order_by(ProposalEvent.at)
    return tuple(event_of(row) for row in rows)


async def has_endorsed(proposal: UUID, person: UUID) -> bool:
    """Whether this person supports this proposal."""
    return await Endorsement.exists().where((Endorsement.proposal == proposal) & (Endorsement.person == person))


async def own(person: UUID) -> tuple[Detail, ...]:
    """All a person proposed or wrote for somebody, drafts, hidden and refused ones too, newest first."""
    rows = (
        await Proposal.select(*DETAIL_COLUMNS)
        .where((Proposal.proposer == person) | (Proposal.helper == person))
        .order_by(Proposal.created_at, ascending=False)
        .limit(100)
    )
    return tuple(detail_of(row, (), ()) for row in rows)


async def last_reasons(proposals: Sequence[UUID]) -> dict[UUID, str]:
    """For each proposal the reason of its latest event that gave one."""
    if not proposals:
        return {}
    rows = (
        await ProposalEvent.select(ProposalEvent.proposal, ProposalEvent.reason)
        .where(ProposalEvent.proposal.is_in(list(proposals)) & (ProposalEvent.reason != ""))
        .order_by(ProposalEvent.at)
    )
    return {row["proposal"]: row["reason"] for row in rows}


async def alike(cycle: UUID, mine: Sketch, but: UUID | None = None) -> tuple[Likeness, ...]:
    """Up to three visible proposals of the same kecamatan that resemble this one, in one statement."""
    if not mine.title.strip():
        return ()
    rows = (
        await Proposal.select(
            Proposal.id, Proposal.number, Proposal.title, Proposal.problem, Proposal.issue, Proposal.rw
        )
        .where(
            (Proposal.cycle == cycle)
            & (Proposal.kecamatan == Place(mine.rw).kecamatan)
            & Proposal.state.not_in([State.DRAFT.value, State.WITHDRAWN.value, State.MERGED.value])
            & (Proposal.hidden == False)  # noqa: E712 - Piccolo compares columns, not values
        )
        .order_by(Proposal.number, ascending=False)
        .limit(CANDIDATES_MOST)
    )
    return most_alike(mine, [Candidate(**row) for row in rows if row["id"] != but])
