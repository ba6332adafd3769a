"""Questions about what waits and what was decided, and the acts of reporters and moderators."""

from rembuk.moderation.store.appeals import answer, appeal, appealable, open_appeals, verdicts
from rembuk.moderation.store.deciding import decide, lock_of, undo
from rembuk.moderation.store.flags import report
from rembuk.moderation.store.queue import count_waiting, held, notes_about, queue
from rembuk.moderation.store.record import decision, decisions_about, published
from rembuk.moderation.store.subjects import facts

__all__ = [
    "answer",
    "appeal",
    "appealable",
    "count_waiting",
    "decide",
    "decision",
    "decisions_about",
    "facts",
    "held",
    "lock_of",
    "notes_about",
    "open_appeals",
    "published",
    "queue",
    "report",
    "undo",
    "verdicts",
]
