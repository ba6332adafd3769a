"""Rows of the booth: the mark on the roll and the sealed envelope; neither carries a time (trust.md 5)."""

from piccolo.columns import UUID, Boolean, Bytea, Date, ForeignKey, Integer, Text
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Election
from rembuk.people.tables import RollEntry


class RollMark(Table, tablename="roll_mark"):
    """This resident has voted, by which channel, and how many times the ballot was replaced."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=False, index=True, on_delete=OnDelete.restrict)
    channel = Text(required=True, help_text="online | paper")
    seq = Integer(required=True)

    roll_mark_once = Unique([election, roll], name="roll_mark_once")
    roll_mark_channel_known = Check("channel IN ('online', 'paper')", name="roll_mark_channel_known")


class Envelope(Table, tablename="envelope"):
    """One sealed ballot; only added, never changed."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=False, index=True, on_delete=OnDelete.restrict)
    district = Text(required=True)
    seq = Integer(required=True)
    idem_key = Text(required=True)
    ciphertext = Bytea(required=True)
    signer_key = Text(null=True, default=None)
    signature = Text(null=True, default=None)
    leaf_sha256 = Text(required=True)

    envelope_seq_once = Unique([election, roll, seq], name="envelope_seq_once")
    envelope_idem_once = Unique([election, roll, idem_key], name="envelope_idem_once")
    envelope_leaf_once = Unique([election, leaf_sha256], name="envelope_leaf_once")


class Burned(Table, tablename="burned"):
    """A sealing that was opened to be checked and can never be cast."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    idem_key = Text(required=True)

    burned_once = Unique([election, idem_key], name="burned_once")


class BoothVisit(Table, tablename="booth_visit"):
    """The booth was opened and nothing sent yet: the one thing known of an unfinished ballot."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=False, index=True, on_delete=OnDelete.restrict)
    unsent = Boolean(default=True)

    booth_visit_once = Unique([election, roll], name="booth_visit_once")


class TurnoutFigure(Table, tablename="turnout_figure"):
    """How many of an RW's eligible residents had voted on a day; the only turnout pages ever show."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    kecamatan = Text(required=True, index=True)
    rw = Text(required=True)
    day = Date(required=True)
    marks = Integer(required=True)
    eligible = Integer(required=True)

    turnout_figure_once = Unique([election, rw, day], name="turnout_figure_once")
