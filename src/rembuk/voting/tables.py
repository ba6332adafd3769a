"""Rows of the booth: the mark on the roll and the sealed envelope; neither carries a time (trust.md 5)."""

from piccolo.columns import UUID, Boolean, Bytea, Date, ForeignKey, Integer, Text, Timestamptz
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


class KeyCeremony(Table, tablename="key_ceremony"):
    """The opening key two persons settled: how many of how many open, whose they are, the sealed trial envelope."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    public_key = Text(required=True, help_text="X25519, hex")
    quorum = Integer(required=True)
    trustees = Integer(required=True)
    organisations = Text(required=True, help_text="canonical JSON, one for each trustee")
    trial = Bytea(required=True, help_text="a sealed random token")
    answer = Text(required=True, help_text="what a right opening answers")

    key_ceremony_once = Unique([election], name="key_ceremony_once")


class TrialRecord(Table, tablename="trial_record"):
    """A quorum opened the trial envelope: which shares, noted by whom."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    shares = Text(required=True, help_text="numbers from 1, ascending, joined by dashes")
    person = UUID(required=True, default=None)
    at = Timestamptz(required=True, default=None)


class BoxExport(Table, tablename="box_export"):
    """The box was taken out by two persons: its hash, the salt its order is drawn by, how many envelopes lie in it."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    salt = Bytea(required=True)
    sha256 = Text(required=True)
    counts = Text(required=True, help_text="canonical JSON: envelopes by district")
    opened = Text(default="", help_text="SHA-256 of the opened file handed in, waiting for its second person")
    content = Bytea(default=b"", help_text="that file, gzipped")
    at = Timestamptz(required=True, default=None)

    box_export_once = Unique([election], name="box_export_once")


class ContactSample(Table, tablename="contact_sample"):
    """Marked residents an auditor asked whether they had voted: how many, drawn by which dice, what they said."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    dice = Text(default="", help_text="public dice the sample was drawn by")
    wanted = Integer(required=True)
    confirmed = Integer(default=0)
    unreached = Integer(default=0)
    denied = Integer(default=0)
    skipped = Text(default="", help_text="why nobody was asked: pilots only")
    decided = Text(default="", help_text="why two persons open although somebody said they had not voted")
    person = UUID(null=True, default=None)
    at = Timestamptz(null=True, default=None)

    contact_sample_once = Unique([election], name="contact_sample_once")


class Destruction(Table, tablename="destruction"):
    """The sealed envelopes of an election are gone: how many, with the minutes two persons signed."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    envelopes = Integer(required=True)
    code_keys = Integer(required=True)
    shares = Integer(required=True, help_text="word shares the trustees destroyed before witnesses")
    place = Text(required=True)
    witnesses = Text(required=True, help_text="organisations that watched")
    readings = Integer(default=0, help_text="readings of paper sheets")
    lists = Integer(default=0, help_text="lists of who came to a post")
    minutes = Text(required=True, help_text="the text whose SHA-256 is on the board")
    sha256 = Text(required=True)
    at = Timestamptz(required=True, default=None)
    rewritten_at = Timestamptz(null=True, default=None, help_text="when no file of the database held the rows any more")

    destruction_once = Unique([election], name="destruction_once")


class AuditorRecount(Table, tablename="auditor_recount"):
    """A sworn auditor counted a box again whose ballots are not published, and says whether it is the result."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    area = Text(required=True)
    person = UUID(required=True, default=None)
    winners_sha256 = Text(required=True, help_text="of the canonical JSON list of ids the auditor found")
    agrees = Boolean(required=True)
    at = Timestamptz(required=True, default=None)

    auditor_recount_once = Unique([election, area, person], name="auditor_recount_once")
