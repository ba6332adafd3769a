"""Rows of posts and paper: places, shifts, check-ins without persons or times, serials, blind entries (trust.md 5)."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Election
from rembuk.people.tables import Person, RollEntry


class Post(Table, tablename="post"):
    """A place where the people of some RWs vote on paper."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    district = Text(required=True, index=True)
    name = Text(required=True)
    place = Text(required=True)
    hours = Text(required=True)
    online = Boolean(default=True, help_text="false: the check-in list is entered afterwards")

    post_name_once = Unique([election, name], name="post_name_once")


class PostRw(Table, tablename="post_rw"):
    """An RW whose people vote on paper at this post and at no other one of its box (children have their own)."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    district = Text(required=True)
    rw = Text(required=True)

    post_rw_once = Unique([election, district, rw], name="post_rw_once")


class Shift(Table, tablename="shift"):
    """An officer works at a post on a day; without one its pages are not there."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    day = Date(required=True)

    shift_once = Unique([post, person, day], name="shift_once")


class CheckInCount(Table, tablename="check_in_count"):
    """How many were checked in on a day by which officers; `second` equals `first` when a code was shown."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    day = Date(required=True)
    first = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    second = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    number = Integer(required=True)

    check_in_count_once = Unique([post, day, first, second], name="check_in_count_once")
    check_in_count_some = Check("number > 0", name="check_in_count_some")


class IdentitySeen(Table, tablename="identity_seen"):
    """One officer saw this resident's identity; gone as soon as another one confirms, or the day is over."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=False, index=True, on_delete=OnDelete.restrict)
    officer = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    day = Date(required=True)

    identity_seen_once = Unique([post, roll], name="identity_seen_once")


class PaperBatch(Table, tablename="paper_batch"):
    """The paper box of a post: how many came, how many sheets lay in it, and the digest of what they say."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    checkins = Integer(default=0)
    sheets = Integer(default=0)
    destroyed = Integer(default=0)
    explanation = Text(default="")
    first = UUID(null=True, default=None)
    second = UUID(null=True, default=None)
    salt = Text(default="", secret=True)
    content_sha256 = Text(default="")
    state = Text(required=True, help_text="open | closed")

    paper_batch_once = Unique([post], name="paper_batch_once")
    paper_batch_state_known = Check("state IN ('open', 'closed')", name="paper_batch_state_known")
    paper_batch_fits = Check("sheets <= checkins", name="paper_batch_fits")


class PaperPad(Table, tablename="paper_pad"):
    """A pad of sheets made for a post on one day; `prints` says how often its pages were taken."""

    id = UUID(primary_key=True, default=UUID4())
    batch = ForeignKey(PaperBatch, null=False, index=True, on_delete=OnDelete.restrict)
    number = Integer(required=True)
    sheets = Integer(required=True)
    day = Date(required=True)
    prints = Integer(default=0)

    paper_pad_once = Unique([batch, number], name="paper_pad_once")


class PaperSheet(Table, tablename="paper_sheet"):
    """A printed sheet by its serial; nothing here or elsewhere says who got it."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    serial = Text(required=True)
    batch = ForeignKey(PaperBatch, null=False, index=True, on_delete=OnDelete.restrict)
    pad = ForeignKey(PaperPad, null=False, index=True, on_delete=OnDelete.restrict)
    state = Text(required=True, help_text="printed | entered | valid | invalid | double | destroyed")
    doubted = Boolean(default=False, help_text="two papers carry this serial: a third person decides")

    paper_sheet_serial_once = Unique([election, serial], name="paper_sheet_serial_once")
    paper_sheet_state_known = Check(
        "state IN ('printed', 'entered', 'valid', 'invalid', 'double', 'destroyed')", name="paper_sheet_state_known"
    )


class PaperEntry(Table, tablename="paper_entry"):
    """What one person read on a sheet, not seeing what others read; only added, never changed."""

    id = UUID(primary_key=True, default=UUID4())
    sheet = ForeignKey(PaperSheet, null=False, index=True, on_delete=OnDelete.restrict)
    nth = Integer(required=True)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    choices = Text(required=True, help_text="canonical JSON")
    entered_at = Timestamptz(required=True, default=None)

    paper_entry_nth_once = Unique([sheet, nth], name="paper_entry_nth_once")
    paper_entry_person_once = Unique([sheet, person], name="paper_entry_person_once")
    paper_entry_nth_known = Check("nth IN (1, 2, 3)", name="paper_entry_nth_known")


class PaperAudit(Table, tablename="paper_audit"):
    """The public dice that drew which sheets are compared with their entries, once for an election."""

    id = UUID(primary_key=True, default=UUID4())
    election = ForeignKey(Election, null=False, index=True, on_delete=OnDelete.restrict)
    dice = Text(required=True)
    drawn_by = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    day = Date(required=True)

    paper_audit_once = Unique([election], name="paper_audit_once")


class PaperCheck(Table, tablename="paper_check"):
    """What a checker read on a drawn sheet; only added, never changed."""

    id = UUID(primary_key=True, default=UUID4())
    sheet = ForeignKey(PaperSheet, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    choices = Text(required=True, help_text="canonical JSON")
    entered_at = Timestamptz(required=True, default=None)

    paper_check_person_once = Unique([sheet, person], name="paper_check_person_once")


class PostCase(Table, tablename="post_case"):
    """Too many online ballots were replaced by paper at this post: somebody has to ask why (T17)."""

    id = UUID(primary_key=True, default=UUID4())
    post = ForeignKey(Post, null=False, index=True, on_delete=OnDelete.restrict)
    checkins = Integer(required=True)
    overrides = Integer(required=True)
    opened_at = Timestamptz(required=True, default=None)
    answer = Text(default="")

    post_case_once = Unique([post], name="post_case_once")
