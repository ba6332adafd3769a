"""What was decided: rows only added, read by the public without names and by colleagues with them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rembuk.errors import Refused
from rembuk.moderation.rules import Action, Decision, Reason, Refusal, Subject
from rembuk.moderation.tables import ModerationDecision
from rembuk.people.store import names_of


async def decision(act: UUID) -> Decision:
    """One decision; Refused(UNKNOWN) when there is none."""
    rows = await ModerationDecision.select().where(ModerationDecision.id == act)
    if not rows:
        raise Refused(Refusal.UNKNOWN)
    return (await _decisions(rows))[0]


async def decisions_about(subject: UUID) -> list[Decision]:
    """Every decision about a subject, newest first."""
    query = ModerationDecision.select().where(ModerationDecision.subject == subject)
    return await _decisions(await query.order_by(ModerationDecision.at, ascending=False))


async def published(kecamatan: str = "", page: int = 1, size: int = 30) -> tuple[list[Decision], int]:
    """One page of all decisions (of one kecamatan), newest first, and how many there are."""
    where = ModerationDecision.kecamatan == kecamatan if kecamatan else ModerationDecision.kecamatan != ""
    total = await ModerationDecision.count().where(where)
    query = ModerationDecision.select().where(where).order_by(ModerationDecision.at, ascending=False)
    rows = await query.order_by(ModerationDecision.id).limit(size).offset((page - 1) * size)
    return await _decisions(rows), int(total)


async def is_undone(act: UUID) -> bool:
    """Whether a later decision took this one back."""
    return bool(await ModerationDecision.exists().where(ModerationDecision.undoes == act))


async def decided_subjects(subjects: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these were decided on at least once."""
    if not subjects:
        return frozenset()
    query = ModerationDecision.select(ModerationDecision.subject)
    return frozenset(row["subject"] for row in await query.where(ModerationDecision.subject.is_in(list(subjects))))


async def _decisions(rows: Sequence[dict[str, Any]]) -> list[Decision]:
    names = await names_of([row["moderator"] for row in rows])
    return [
        Decision(
            id=row["id"],
            kind=Subject(row["subject_kind"]),
            subject=row["subject"],
            kecamatan=row["kecamatan"],
            moderator=row["moderator"],
            moderator_name=names.get(row["moderator"], ""),
            action=Action(row["action"]),
            reason=Reason(row["reason"]),
            public_text=row["public_text"],
            remark=row["remark"],
            number=row["number"],
            undoes=row["undoes"],
            at=row["at"],
        )
        for row in rows
    ]
