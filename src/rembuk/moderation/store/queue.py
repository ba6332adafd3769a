"""What waits for a decision in an area: reports first, then words that need a look, then new proposals."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.debate.tables import Comment
from rembuk.errors import N_, Refused
from rembuk.moderation.rules import (
    NEW_FOR,
    REASON_WORDS,
    Action,
    QueueItem,
    Reason,
    Subject,
    Why,
    words_found,
)
from rembuk.moderation.store.record import decided_subjects
from rembuk.moderation.store.subjects import facts
from rembuk.moderation.tables import Flag, ModerationDecision
from rembuk.proposals.tables import Proposal
from rembuk.web.viewer import covers

MOST = 100
Key = tuple[Subject, UUID]


async def queue(areas: Sequence[str]) -> list[QueueItem]:
    """What waits in these areas: reported things first, the longest wait first; at most a hundred."""
    causes: dict[Key, list[Why]] = {}
    since: dict[Key, datetime] = {}
    for key, why, at in [*await _reported(areas), *await _worded(areas), *await _new(areas)]:
        causes.setdefault(key, []).append(why)
        since[key] = min(at, since.get(key, at))
    items = []
    for key in sorted(causes, key=lambda key: (causes[key][0].kind != "laporan", since[key]))[:MOST]:
        with suppress(Refused):  # deleted by its author since
            items.append(QueueItem(await facts(*key), since[key], tuple(causes[key])))
    return items


async def held(areas: Sequence[str]) -> list[QueueItem]:
    """What is hidden now in these areas, the latest first; at most a hundred: from here it can be restored."""
    query = ModerationDecision.select().where(ModerationDecision.action == Action.HIDE.value)
    rows = await query.order_by(ModerationDecision.at, ascending=False).limit(10 * MOST)
    items: dict[Key, QueueItem] = {}
    for row in rows:
        key = (Subject(row["subject_kind"]), row["subject"])
        if key in items or len(items) >= MOST:
            continue
        with suppress(Refused):  # deleted by its author since
            found = await facts(*key)
            if found.hidden and _within(areas, found.rw):
                why = Why("ditahan", REASON_WORDS[Reason(row["reason"])])
                items[key] = QueueItem(found, row["at"], (why,))
    return list(items.values())


async def count_waiting(areas: Sequence[str]) -> int:
    """How many things with a report wait in these areas."""
    return len({key for key, _, _ in await _reported(areas)})


async def _reported(areas: Sequence[str]) -> list[tuple[Key, Why, datetime]]:
    rows = await Flag.select().where(Flag.open.eq(True)).order_by(Flag.at)
    flags = [row for row in rows if _within(areas, row["rw"])]
    counts = Counter((row["subject"], row["reason"]) for row in flags)
    found, told = [], set()
    for row in flags:
        mark = (row["subject"], row["reason"])
        if mark not in told:
            told.add(mark)
            words = f"{REASON_WORDS[Reason(row['reason'])]}: {counts[mark]}"
            key = (Subject(row["subject_kind"]), row["subject"])
            found.append((key, Why("laporan", words), row["at"]))
    return found


async def notes_about(subject: UUID) -> list[str]:
    """What reporters wrote about a subject, without their names."""
    rows = await Flag.select(Flag.note).where(Flag.subject == subject).order_by(Flag.at)
    return [row["note"] for row in rows if row["note"]]


async def _worded(areas: Sequence[str]) -> list[tuple[Key, Why, datetime]]:
    """Comments of the last week whose words ask for a second look and that nobody looked at."""
    fresh = Comment.at > clock.now() - NEW_FOR
    shown = Comment.hidden.eq(False) & Comment.deleted.eq(False)
    columns = (Comment.id, Comment.body, Comment.at, Comment.proposal.rw)
    rows = [row for row in await Comment.select(*columns).where(fresh & shown) if words_found(row["body"])]
    mine = await _undecided(row for row in rows if _within(areas, row["proposal.rw"]))
    return [((Subject.COMMENT, row["id"]), Why("kata", ", ".join(words_found(row["body"]))), row["at"]) for row in mine]


async def _new(areas: Sequence[str]) -> list[tuple[Key, Why, datetime]]:
    """Proposals sent in the last week that nobody looked at."""
    fresh = (Proposal.sent_at > clock.now() - NEW_FOR) & (Proposal.state == "sent") & Proposal.hidden.eq(False)
    rows = await Proposal.select(Proposal.id, Proposal.rw, Proposal.sent_at.as_alias("at")).where(fresh)
    mine = await _undecided(row for row in rows if _within(areas, row["rw"]))
    return [((Subject.PROPOSAL, row["id"]), Why("baru", N_("Usulan baru")), row["at"]) for row in mine]


async def _undecided(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    waiting = list(rows)
    decided = await decided_subjects([row["id"] for row in waiting])
    return [row for row in waiting if row["id"] not in decided]


def _within(areas: Sequence[str], rw: str) -> bool:
    return any(covers(area, rw) for area in areas)
