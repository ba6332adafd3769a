"""What a report or a decision is about: a proposal or a comment, with the place it belongs to."""

from uuid import UUID

from rembuk.debate import store as debate
from rembuk.debate.rules import Comment
from rembuk.errors import Refused
from rembuk.moderation.rules import Facts, Refusal, Subject
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import Detail


async def facts(kind: Subject, subject: UUID) -> Facts:
    """The facts of a proposal that was sent or of a comment; Refused(UNKNOWN) for drafts and deleted ones."""
    try:
        comment = await debate.comment(subject) if kind is Subject.COMMENT else None
        proposal = await proposals.by_id(comment.proposal if comment else subject)
    except Refused as gone:
        raise Refused(Refusal.UNKNOWN) from gone
    if proposal.number is None or (comment is not None and comment.deleted):
        raise Refused(Refusal.UNKNOWN)
    return of_comment(comment, proposal) if comment else of_proposal(proposal)


def of_proposal(proposal: Detail) -> Facts:
    """A proposal as a subject."""
    return Facts(
        kind=Subject.PROPOSAL,
        id=proposal.id,
        proposal=proposal.id,
        cycle=proposal.cycle,
        number=proposal.number or 0,
        title=proposal.title,
        text=f"{proposal.title}\n\n{proposal.problem}\n\n{proposal.proposed}".strip(),
        author=proposal.proposer,
        rw=proposal.place.rw,
        hidden=proposal.hidden,
        at=proposal.sent_at or proposal.created_at,
    )


def of_comment(comment: Comment, proposal: Detail) -> Facts:
    """A comment as a subject; its place is the proposal's."""
    return Facts(
        kind=Subject.COMMENT,
        id=comment.id,
        proposal=proposal.id,
        cycle=proposal.cycle,
        number=proposal.number or 0,
        title=proposal.title,
        text=comment.body,
        author=comment.author,
        rw=proposal.place.rw,
        hidden=comment.hidden,
        at=comment.at,
    )
