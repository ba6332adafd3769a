"""Rows of moderation: what was reported, what was decided, by whom and why."""

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.people.tables import Person


class Flag(Table, tablename="flag"):
    """A report by one person about one proposal or comment."""

    id = UUID(primary_key=True, default=UUID4())
    subject_kind = Text(required=True, help_text="proposal | comment")
    subject = UUID(required=True, default=None, index=True)
    kecamatan = Text(required=True, index=True)
    rw = Text(required=True)
    reporter = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    reason = Text(required=True)
    note = Text(default="")
    open = Boolean(default=True)
    at = Timestamptz(required=True, default=None)

    flag_once = Unique([subject, reporter], name="flag_once")
    flag_subject_known = Check("subject_kind IN ('proposal', 'comment')", name="flag_subject_known")


class ModerationDecision(Table, tablename="moderation_decision"):
    """One act of a moderator; rows are only added, a later one may take it back."""

    id = UUID(primary_key=True, default=UUID4())
    subject_kind = Text(required=True)
    subject = UUID(required=True, default=None, index=True)
    kecamatan = Text(required=True, index=True)
    moderator = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    action = Text(required=True, help_text="keep | hide | restore | reply | reopen")
    reason = Text(required=True)
    public_text = Text(default="", help_text="what everybody may read")
    remark = Text(default="", help_text="internal")
    number = Integer(default=0, help_text="of the proposal it is about")
    undoes = UUID(null=True, default=None, unique=True, help_text="the decision this one takes back")
    at = Timestamptz(required=True, default=None)


class Appeal(Table, tablename="appeal"):
    """The author of something hidden asks a moderator of another kecamatan to look again, once."""

    id = UUID(primary_key=True, default=UUID4())
    decision = ForeignKey(ModerationDecision, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    text = Text(required=True)
    state = Text(required=True, help_text="open | upheld | overturned")
    answer = Text(default="", help_text="what everybody may read")
    answered_by = UUID(null=True, default=None)
    at = Timestamptz(required=True, default=None)
    answered_at = Timestamptz(null=True, default=None)

    appeal_once = Unique([decision], name="appeal_once")
    appeal_state_known = Check("state IN ('open', 'upheld', 'overturned')", name="appeal_state_known")
