"""Rows of pledges: who pays how much for which project."""

from piccolo.columns import UUID, BigInt, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle


class Pledge(Table, tablename="pledge"):
    """A company's pledge; `number` is that of its deed after the result, which says where the money went."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    number = Integer(required=True)
    project = Text(required=True)
    company = Text(required=True)
    amount = BigInt(required=True)
    reason = Text(required=True)
    created_at = Timestamptz(required=True, default=None)

    pledge_numbered = Unique([cycle, number], name="pledge_numbered")
    pledge_amount = Check("amount > 0", name="pledge_amount")
