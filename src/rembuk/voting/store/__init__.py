"""What the booth asks and writes: the poll, the mark, casting, the receipt, turnout."""

from rembuk.voting.store.casting import Receipt, burn, cast, has_unsent, receipt_of, sealed, slot_of, visited
from rembuk.voting.store.ceremony import (
    Ceremony,
    ceremony_of,
    propose_key,
    record_trial,
    settle_key,
    trial_envelope,
    waiting_key,
)
from rembuk.voting.store.poll import closing_time, mark_of, poll_of, voter_for, voter_of
from rembuk.voting.store.readiness import key_named, key_tried, roll_committed, witnesses_there
from rembuk.voting.store.turnout import beyond_the_roll, children_turnout, refresh_turnout, turnout, turnout_by_rw

__all__ = [
    "Ceremony",
    "Receipt",
    "beyond_the_roll",
    "burn",
    "cast",
    "ceremony_of",
    "children_turnout",
    "closing_time",
    "has_unsent",
    "key_named",
    "key_tried",
    "mark_of",
    "poll_of",
    "propose_key",
    "receipt_of",
    "record_trial",
    "refresh_turnout",
    "roll_committed",
    "sealed",
    "settle_key",
    "slot_of",
    "trial_envelope",
    "turnout",
    "turnout_by_rw",
    "visited",
    "voter_for",
    "voter_of",
    "waiting_key",
    "witnesses_there",
]
