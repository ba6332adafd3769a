"""How proposals hang together: exclusive groups and requirements, until the ballot is frozen."""

from uuid import UUID

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import Json
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.database import transaction
from rembuk.errors import Refused, Said
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import Detail, State
from rembuk.proposals.tables import Proposal
from rembuk.review import rules
from rembuk.review.rules import Refusal, Tie
from rembuk.review.tables import ProposalTie


async def ties(cycle_id: UUID, kecamatan: str = "") -> dict[str, Tie]:
    """The ties of a cycle, or of a kecamatan in it, by the number of the proposal."""
    mine = ProposalTie.proposal.cycle == cycle_id
    if kecamatan:
        mine = mine & (ProposalTie.proposal.kecamatan == kecamatan)
    columns = (ProposalTie.proposal.number.as_alias("number"), ProposalTie.group_name, ProposalTie.requires)
    rows = await ProposalTie.select(*columns).where(mine)
    return {str(row["number"]): Tie(row["group_name"], row["requires"]) for row in rows}


async def tie_words(detail: Detail) -> list[Said]:
    """What everybody may read about how a proposal hangs together with others."""
    found = await ties(detail.cycle, detail.place.kecamatan)
    return rules.tie_sentences(str(detail.number), found) if found else []


@transaction
async def set_tie(number: int, tie: Tie, actor: UUID, role: str) -> None:
    """Tie a proposal to others of its kecamatan, or let it go with an empty tie; Refused once the ballot is frozen."""
    detail = await proposals.by_number(number)
    if not rules.is_reviewable(detail.state):
        raise Refused(Refusal.NOT_REVIEWABLE)
    vote = await cycles.locked_election(detail.cycle)
    if vote.state is not ElectionState.DRAFT:
        raise Refused(CycleRefusal.FROZEN)
    before = await ties(detail.cycle, detail.place.kecamatan)
    if reason := rules.why_not_tie(str(number), tie, before, await _numbers(detail)):
        raise Refused(reason, required=tie.requires)
    await ProposalTie.delete().where(ProposalTie.proposal == detail.id)
    if tie:
        row = ProposalTie(proposal=detail.id, group_name=tie.group, requires=tie.requires, by=actor, at=clock.now())
        await ProposalTie.insert(row)
    await board.audit(
        actor, role, "proposal.tie", f"proposal/{number}", before=_said(before.get(str(number))), after=_said(tie)
    )


def _said(tie: Tie | None) -> dict[str, Json]:
    return {"group": tie.group, "requires": tie.requires} if tie else {}


async def _numbers(detail: Detail) -> list[str]:
    """The numbers a proposal may require: sent ones of its kecamatan and cycle that are not out."""
    states = [state.value for state in State if rules.is_reviewable(state)]
    here = (Proposal.cycle == detail.cycle) & (Proposal.kecamatan == detail.place.kecamatan)
    rows = await Proposal.select(Proposal.number).where(here & Proposal.state.is_in(states))
    return [str(row["number"]) for row in rows]
