"""The debate under a proposal: read as threads, written one comment at a time, counted with every write."""

from typing import Any
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.permissions import Action
from rembuk.database import refuses, transaction
from rembuk.debate import rules
from rembuk.debate.rules import Comment, Debate, Position, Refusal, Sort
from rembuk.debate.tables import Comment as Row
from rembuk.debate.tables import Helpful
from rembuk.errors import Refused
from rembuk.notices.store import tell_about
from rembuk.people.store import names_of
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import Detail
from rembuk.web.viewer import Role, Viewer

refuses("helpful_once", Refusal.GONE)


async def threads(
    proposal: Detail, viewer: Viewer, *, sort: Sort = Sort.HELPFUL, position: Position | None = None, page: int = 1
) -> Debate:
    """What this viewer sees under a proposal, in this order, of this position or of all."""
    comments = await comments_of(proposal.id, viewer.person)
    found = rules.threaded(comments, viewer.person, sees_hidden(viewer, proposal.place.rw))
    chosen = [thread for thread in found if position in (None, thread.top.position)]
    shown, page, pages = rules.page_of(rules.ordered(chosen, sort), page)
    counts = rules.counted(comments)
    may = viewer.person is not None and await cycles.may(Action.COMMENT, proposal.cycle, roles_of(viewer))
    return Debate(proposal.number or 0, shown, counts, sum(counts.values()), sort, position, page, pages, may)


def sees_hidden(viewer: Viewer, rw: str) -> bool:
    """Whether a viewer reads hidden text here: moderators of the area and auditors (trust.md 7)."""
    return viewer.has_any((Role.MODERATOR, Role.AUDITOR), rw)


def roles_of(viewer: Viewer) -> tuple[str, ...]:
    """A viewer's roles by name, as the permission table knows them."""
    return tuple(grant.role.value for grant in viewer.grants) or (Role.PUBLIC.value,)


async def comments_of(proposal: UUID, reader: UUID | None = None) -> list[Comment]:
    """Every comment and reply under a proposal, hidden and deleted ones too, with names and helpful counts."""
    rows = await Row.select().where(Row.proposal == proposal)
    names = await names_of([row["author"] for row in rows])
    counts = await _helpful_counts(proposal)
    mine = await _found_helpful(proposal, reader) if reader else frozenset()
    return [_comment(row, names, counts.get(row["id"], 0), row["id"] in mine) for row in rows]


async def comment(comment_id: UUID) -> Comment:
    """One comment, hidden or not; Refused(UNKNOWN) when there is none."""
    row = await Row.select().where(Row.id == comment_id).first()
    if row is None:
        raise Refused(Refusal.UNKNOWN)
    return _comment(row, await names_of([row["author"]]), 0, False)


@transaction
async def say(number: int, viewer: Viewer, position: Position, body: str) -> UUID:
    """Write a comment; its role mark is the writer's of this moment (D5). The proposer is told (R2)."""
    proposal = await proposals.detail(number)
    author = await _insist(proposal, viewer, body)
    if position is Position.REPLY:
        raise Refused(Refusal.NO_POSITION)
    written = await _write(proposal, viewer, position, body)
    await _tell(proposal.proposer, author, "comment", proposal, written)
    return written


@transaction
async def reply(parent: UUID, viewer: Viewer, body: str) -> tuple[int, UUID]:
    """Write a reply under a comment (a reply to a reply joins the same thread); its author is told (R2)."""
    above = await comment(parent)
    proposal = await _visible(above)
    author = await _insist(proposal, viewer, body)
    if above.deleted:
        raise Refused(Refusal.GONE)
    written = await _write(proposal, viewer, Position.REPLY, body, above.parent or above.id)
    await _tell(above.author, author, "reply", proposal, written)
    return proposal.number or 0, written


@transaction
async def mark_helpful(comment_id: UUID, viewer: Viewer) -> tuple[int, bool]:
    """Find a comment helpful, or no longer: the proposal's number and whether it is marked now."""
    found = await comment(comment_id)
    proposal = await _visible(found)
    person = await _may_write(proposal, viewer)
    where = (Helpful.comment == comment_id) & (Helpful.person == person)
    if await Helpful.exists().where(where):
        await Helpful.delete().where(where)
        return proposal.number or 0, False
    await Helpful.insert(Helpful(comment=comment_id, person=person))
    return proposal.number or 0, True


@transaction
async def delete(comment_id: UUID, viewer: Viewer) -> int:
    """Take one's own words back: they are gone for good, replies stay under a placeholder (D1)."""
    found = await comment(comment_id)
    if viewer.person is None or found.author != viewer.person:
        raise Refused(Refusal.NOT_YOURS)
    proposal = await proposals.by_id(found.proposal)
    await Row.update({Row.deleted: True, Row.body: ""}).where(Row.id == comment_id)
    await _count(found.proposal)
    return proposal.number or 0


@transaction
async def set_hidden(comment_id: UUID, hidden: bool) -> Comment:
    """Hide a comment from list, counts and programs, or bring it back whole; moderation/ decides (N2)."""
    found = await comment(comment_id)
    await Row.update({Row.hidden: hidden}).where(Row.id == comment_id)
    await _count(found.proposal)
    return found


async def _insist(proposal: Detail, viewer: Viewer, body: str) -> UUID:
    author = await _may_write(proposal, viewer)
    if reason := rules.why_not_said(body):
        raise Refused(reason)
    return author


async def _may_write(proposal: Detail, viewer: Viewer) -> UUID:
    """Who writes; Refused when signed out, or when the phase or the role does not allow it (A1, A9)."""
    if viewer.person is None:
        raise Refused(Refusal.NEEDS_ACCOUNT)
    if not await cycles.may(Action.COMMENT, proposal.cycle, roles_of(viewer)):
        raise Refused(Refusal.CLOSED)
    return viewer.person


async def _visible(found: Comment) -> Detail:
    """The proposal of a comment everybody can see; Refused(UNKNOWN) when either is hidden."""
    proposal = await proposals.by_id(found.proposal)
    if found.hidden or proposal.hidden or proposal.number is None:
        raise Refused(Refusal.UNKNOWN)
    return proposal


async def _write(proposal: Detail, viewer: Viewer, position: Position, body: str, parent: UUID | None = None) -> UUID:
    written, area, author = uuid4(), proposal.place.rw, viewer.person
    mark = rules.role_mark(
        author == proposal.proposer,
        viewer.has_any((Role.OFFICIAL, Role.CITY_OFFICIAL), area),
        viewer.has_any((Role.FACILITATOR, Role.MODERATOR), area),
    )
    row = Row(
        id=written,
        proposal=proposal.id,
        parent=parent,
        author=author,
        author_role=mark,
        position=position.value,
        body=body.strip(),
        at=clock.now(),
    )
    await Row.insert(row)
    await _count(proposal.id)
    return written


async def _count(proposal: UUID) -> None:
    """Count afresh what everybody sees, and write it beside the proposal (S2)."""
    seen = Row.hidden.eq(False) & Row.deleted.eq(False)
    await proposals.write_comment_count(proposal, await Row.count().where((Row.proposal == proposal) & seen))


async def _tell(person: UUID, author: UUID, name: str, proposal: Detail, written: UUID) -> None:
    if person != author:
        link = f"/usulan/{proposal.number}/rembuk#k-{written}"
        await tell_about(person, "comment", name, link, number=proposal.number, title=proposal.title)


async def _helpful_counts(proposal: UUID) -> dict[UUID, int]:
    rows = await Helpful.raw(
        "SELECT h.comment AS id, COUNT(*) AS n FROM helpful h JOIN comment c ON c.id = h.comment"
        " WHERE c.proposal = {} GROUP BY h.comment",
        proposal,
    )
    return {UUID(str(row["id"])): int(row["n"]) for row in rows}


async def _found_helpful(proposal: UUID, person: UUID) -> frozenset[UUID]:
    rows = await Helpful.select(Helpful.comment).where(
        (Helpful.person == person) & (Helpful.comment.proposal == proposal)
    )
    return frozenset(row["comment"] for row in rows)


def _comment(row: dict[str, Any], names: dict[UUID, str], helpful: int, mine: bool) -> Comment:
    return Comment(
        row["id"],
        row["proposal"],
        row["parent"],
        row["author"],
        names.get(row["author"], ""),
        row["author_role"],
        Position(row["position"]),
        row["body"],
        row["at"],
        bool(row["hidden"]),
        bool(row["deleted"]),
        helpful,
        mine,
    )
