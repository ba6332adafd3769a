"""Rows of a funded project until it stands: status, milestones, spending."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle
from rembuk.proposals.tables import Proposal


class Work(Table, tablename="work"):
    """One funded project being carried out."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict, unique=True)
    status = Text(required=True, help_text="waiting | procurement | building | finished | late")
    budget = BigInt(required=True)
    spent = BigInt(default=0)
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


class WorkNote(Table, tablename="work_note"):
    """A resident looked: it is as promised, or not yet."""

    id = UUID(primary_key=True, default=UUID4())
    work = ForeignKey(Work, null=False, index=True, on_delete=OnDelete.restrict)
    author = UUID(required=True, default=None)
    matches = Text(required=True, help_text="yes | not_yet")
    body = Text(required=True)
    at = Timestamptz(required=True, default=None)
