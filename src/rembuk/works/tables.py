"""Rows of a funded project until it stands: status, milestones, the account book, pictures, what residents saw."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle
from rembuk.files.tables import StoredFile
from rembuk.proposals.tables import Proposal


class Work(Table, tablename="work"):
    """One funded project being carried out."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict, unique=True)
    status = Text(required=True, help_text="waiting | procurement | building | finished | late")
    budget = BigInt(required=True)
    spent = BigInt(default=0, help_text="sum of the account book, written in the same transaction")
    carried_out_by = Text(default="")
    late_reason = Text(default="")
    updated_at = Timestamptz(required=True, default=None)

    work_status_known = Check(
        "status IN ('waiting', 'procurement', 'building', 'finished', 'late')", name="work_status_known"
    )
    work_spent_within = Check("spent >= 0 AND spent <= budget", name="work_spent_within")


class Milestone(Table, tablename="milestone"):
    """One step of the works with its planned and real date."""

    id = UUID(primary_key=True, default=UUID4())
    work = ForeignKey(Work, null=False, index=True, on_delete=OnDelete.restrict)
    nth = Integer(required=True)
    title = Text(required=True)
    planned_on = Date(required=True)
    finished_on = Date(null=True, default=None)
    note = Text(default="")

    milestone_once = Unique([work, nth], name="milestone_once")


class Expense(Table, tablename="expense"):
    """One line of the account book of works; a wrong line is voided with a reason, never taken out."""

    id = UUID(primary_key=True, default=UUID4())
    work = ForeignKey(Work, null=False, index=True, on_delete=OnDelete.restrict)
    paid_on = Date(required=True)
    what = Text(required=True)
    payee = Text(default="")
    gross = BigInt(required=True, help_text="whole rupiah, tax included")
    tax = BigInt(default=0)
    receipt = ForeignKey(StoredFile, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    author = UUID(required=True, default=None)
    at = Timestamptz(required=True, default=None)
    void_reason = Text(default="")

    expense_positive = Check("gross > 0 AND tax >= 0 AND tax <= gross", name="expense_positive")


class WorkPhoto(Table, tablename="work_photo"):
    """A picture of the place before, during or after the works."""

    id = UUID(primary_key=True, default=UUID4())
    work = ForeignKey(Work, null=False, index=True, on_delete=OnDelete.restrict)
    file = ForeignKey(StoredFile, null=False, index=True, on_delete=OnDelete.restrict)
    moment = Text(required=True, help_text="before | during | after")
    alt = Text(required=True)
    at = Timestamptz(required=True, default=None)

    work_photo_moment_known = Check("moment IN ('before', 'during', 'after')", name="work_photo_moment_known")


class WorkNote(Table, tablename="work_note"):
    """A resident looked: it is as promised, or not yet."""

    id = UUID(primary_key=True, default=UUID4())
    work = ForeignKey(Work, null=False, index=True, on_delete=OnDelete.restrict)
    author = UUID(required=True, default=None)
    matches = Text(required=True, help_text="yes | not_yet")
    body = Text(required=True)
    at = Timestamptz(required=True, default=None)
