"""Rows of counts: the ballots file by its digest, each count over it, and what was published."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle


class BallotsFile(Table, tablename="ballots_file"):
    """The opened ballots of one district: equal ballots merged, in an order that says nothing."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    area = Text(required=True)
    online_count = Integer(required=True)
    paper_count = Integer(default=0)
    eligible_count = Integer(default=0)
    content = Text(required=True, help_text="Pabulib .pb")
    packed = Bytea(null=True, default=None, help_text="the same ballots merged, as rembuk.tally.packed writes them")
    sha256 = Text(required=True)

    ballots_file_once = Unique([cycle, area], name="ballots_file_once")


class Count(Table, tablename="count"):
    """One count of one district by one rule; `official` is the rule fixed before the vote."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    area = Text(required=True)
    rule = Text(required=True)
    options = Text(default="{}")
    official = Boolean(default=False)
    published = Boolean(default=False)
    winner_count = Integer(required=True)
    cost = BigInt(required=True)
    ceiling = BigInt(required=True)
    ballot_count = Integer(required=True)
    document = Text(required=True, help_text="canonical JSON of the Result with every step")
    digest = Text(required=True)
    counted_at = Timestamptz(required=True, default=None)

    count_once = Unique([cycle, area, rule, options], name="count_once")


class DistrictProject(Table, tablename="district_project"):
    """A project as it stood on the ballot of its district, and how it fared; archives have no proposal."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    area = Text(required=True)
    project = Text(required=True, help_text="the id used in the ballots file")
    proposal_number = Integer(null=True, default=None)
    title = Text(required=True)
    issue = Text(default="")
    place = Text(default="")
    cost = BigInt(required=True)
    withdrawn = Boolean(default=False)

    district_project_once = Unique([cycle, area, project], name="district_project_once")


class Replacement(Table, tablename="replacement"):
    """A deed after the result: a funded project withdrawn or paid for by a company, and the reserve that steps in."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    number = Integer(required=True, help_text="from 1, in the order of the deeds")
    cause = Text(required=True, help_text="withdrawal | pledge")
    project = Text(required=True)
    withdrawn = Text(null=True, default=None, help_text="the project again when it is withdrawn: only once")
    freed = BigInt(required=True)
    successor = Text(null=True, default=None, help_text="the reserve that steps in, if one fits: only once")
    reason = Text(required=True)
    created_at = Timestamptz(required=True, default=None)

    replacement_numbered = Unique([cycle, number], name="replacement_numbered")
    replacement_withdrawn_once = Unique([cycle, withdrawn], name="replacement_withdrawn_once")
    replacement_successor_once = Unique([cycle, successor], name="replacement_successor_once")
    replacement_cause = Check("cause IN ('withdrawal', 'pledge')", name="replacement_cause")
    replacement_money = Check("freed > 0", name="replacement_money")
