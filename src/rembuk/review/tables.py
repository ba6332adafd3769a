"""Rows of the technical review: one per round of checking, kept when a later one replaces it."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.people.tables import Person
from rembuk.proposals.tables import Proposal


class Review(Table, tablename="review"):
    """An official's verdict on a proposal; public once finished, the internal note never."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    reviewer = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    nth = Integer(required=True)
    verdict = Text(required=True, help_text="undecided | feasible | feasible_changed | infeasible")
    reason = Text(default="")
    internal_note = Text(default="")
    cost = BigInt(default=0)
    checklist = Text(default="{}", help_text="canonical JSON: question -> yes | no")
    lines = Text(default="[]", help_text="checked costs of an unfinished review, JSON; finished ones are cost lines")
    finished = Boolean(default=False)
    at = Timestamptz(required=True, default=None)

    review_once = Unique([proposal, nth], name="review_once")
    review_verdict_known = Check(
        "verdict IN ('undecided', 'feasible', 'feasible_changed', 'infeasible')", name="review_verdict_known"
    )
    review_infeasible_says_why = Check(
        "NOT finished OR verdict <> 'infeasible' OR length(reason) > 0", name="review_infeasible_says_why"
    )


class ProposalTie(Table, tablename="proposal_tie"):
    """A proposal that shares an exclusive group with others, or requires another one of its kecamatan."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, unique=True, index=True, on_delete=OnDelete.restrict)
    group_name = Text(default="", help_text="at most one of a group wins in its kecamatan")
    requires = Text(default="", help_text="number of the proposal it requires")
    by = UUID(null=True, default=None)
    at = Timestamptz(required=True, default=None)

    proposal_tie_says_something = Check("group_name <> '' OR requires <> ''", name="proposal_tie_says_something")
