"""Messages to people: kept first, then carried by a channel in its own job until sent."""

from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.jobs import enqueue
from rembuk.notices import outbox
from rembuk.notices.rules import STOPPABLE, NoticeFacts, Refusal
from rembuk.notices.tables import Notice, NoticeStop
from rembuk.notices.words import rendered

PAGE = "page"
"""The channel that is /akun itself: being kept is being delivered."""


@transaction
async def tell(person: UUID, kind: str, subject: str, body: str, link: str = "", *, channel: str = PAGE) -> None:
    """Tell a person something: on /akun at once, and by another channel soon; nothing when they stopped this kind."""
    if kind in STOPPABLE and await _stopped(person, kind):
        return
    now = clock.now()
    notice = Notice(
        person=person,
        kind=kind,
        subject=subject,
        body=body,
        link=link,
        channel=channel,
        created_at=now,
        sent_at=now if channel == PAGE else None,
    )
    await Notice.insert(notice)
    if channel != PAGE:
        await enqueue(outbox.JOB, {"notice": str(notice.id)})


async def tell_about(person: UUID, kind: str, name: str, link: str = "", **facts: object) -> None:
    """Tell a person the words of templates/notices/<name>/, filled with the facts."""
    subject, body = rendered(name, **facts)
    await tell(person, kind, subject, body, link)


async def notices_of(person: UUID, most: int = 50) -> list[NoticeFacts]:
    """A person's messages, newest first."""
    rows = await Notice.select().where(Notice.person == person).order_by(Notice.created_at, ascending=False).limit(most)
    return [_facts(row) for row in rows]


async def unread_count(person: UUID) -> int:
    """How many messages a person has not opened yet."""
    return int(await Notice.count().where(Notice.person == person, Notice.read_at.is_null()))


@transaction
async def mark_read(person: UUID) -> None:
    """All messages of a person have been seen."""
    unread = (Notice.person == person) & Notice.read_at.is_null()
    await Notice.update({Notice.read_at: clock.now()}).where(unread)


async def stopped_kinds(person: UUID) -> frozenset[str]:
    """The kinds of message a person switched off."""
    rows = await NoticeStop.select(NoticeStop.kind).where(NoticeStop.person == person)
    return frozenset(row["kind"] for row in rows)


@transaction
async def choose_kinds(person: UUID, wanted: frozenset[str]) -> None:
    """Keep only the wanted stoppable kinds coming; raises Refused for a kind that is no choice."""
    if wanted - STOPPABLE.keys():
        raise Refused(Refusal.OWED)
    await NoticeStop.delete().where(NoticeStop.person == person)
    if stops := [NoticeStop(person=person, kind=kind) for kind in STOPPABLE if kind not in wanted]:
        await NoticeStop.insert(*stops)


async def _stopped(person: UUID, kind: str) -> bool:
    return bool(await NoticeStop.exists().where(NoticeStop.person == person, NoticeStop.kind == kind))


def _facts(row: dict[str, Any]) -> NoticeFacts:
    return NoticeFacts(
        row["id"],
        row["kind"],
        row["subject"],
        row["body"],
        row["link"],
        row["created_at"],
        row["read_at"] is not None,
    )
