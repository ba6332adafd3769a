"""What the booth asks and writes: the poll, the mark, casting, the receipt, turnout."""

from rembuk.voting.store.casting import Receipt, burn, cast, has_unsent, receipt_of, sealed, slot_of, visited
from rembuk.voting.store.poll import closing_time, mark_of, poll_of, voter_for, voter_of
from rembuk.voting.store.readiness import key_named, roll_committed
from rembuk.voting.store.turnout import refresh_turnout, turnout, turnout_by_rw

__all__ = [
    "Receipt",
    "burn",
    "cast",
    "closing_time",
    "has_unsent",
    "key_named",
    "mark_of",
    "poll_of",
    "receipt_of",
    "refresh_turnout",
    "roll_committed",
    "sealed",
    "slot_of",
    "turnout",
    "turnout_by_rw",
    "visited",
    "voter_for",
    "voter_of",
]
