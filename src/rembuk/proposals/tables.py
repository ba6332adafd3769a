"""Rows of proposals from draft to ballot: text, place, costs, photos, support, and the timeline."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle
from rembuk.files.tables import StoredFile
from rembuk.people.tables import Person


class Proposal(Table, tablename="proposal"):
    """One proposal; a draft has no number, a sent one has the number people call it by."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    number = Integer(null=True, default=None, unique=True)
    proposer = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    helper = UUID(null=True, default=None, help_text="facilitator who wrote it for a resident")
    state = Text(
        required=True,
        help_text="draft | sent | feasible | feasible_changed | infeasible | merged | withdrawn",
    )
    outcome = Text(default="", help_text="after publication: funded | reserve | not_funded")
    hidden = Boolean(default=False)
    issue = Text(default="", help_text="waste | clean_water | flood")
    title = Text(default="")
    problem = Text(default="")
    proposed = Text(default="")
    beneficiaries = Text(default="")
    kecamatan = Text(default="", index=True)
    kelurahan = Text(default="")
    rw = Text(default="", index=True)
    landmark = Text(default="")
    latitude_e6 = Integer(null=True, default=None, help_text="micro-degrees, WGS84")
    longitude_e6 = Integer(null=True, default=None)
    cost = BigInt(default=0, help_text="as proposed, whole rupiah")
    reviewed_cost = BigInt(null=True, default=None, help_text="as checked by the city")
    search_text = Text(default="", help_text="title, text and number, folded for search")
    merged_into = Integer(null=True, default=None, help_text="number of the proposal it became part of")
    endorsement_count = Integer(default=0, help_text="written in the same transaction as the rows it counts")
    comment_count = Integer(default=0, help_text="visible comments; debate/ writes it with each of them")
    simulated = Boolean(default=False)
    version = Integer(default=1)
    created_at = Timestamptz(required=True, default=None)
    sent_at = Timestamptz(null=True, default=None)

    proposal_state_known = Check(
        "state IN ('draft','sent','feasible','feasible_changed','infeasible','merged','withdrawn')",
        name="proposal_state_known",
    )
    proposal_cost_positive = Check("cost >= 0", name="proposal_cost_positive")
    proposal_sent_numbered = Check("state = 'draft' OR number IS NOT NULL", name="proposal_sent_numbered")


class CostLine(Table, tablename="cost_line"):
    """One line of a proposal's costs, as proposed or as the reviewer corrected it."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Text(required=True, help_text="proposed | reviewed")
    nth = Integer(required=True)
    name = Text(required=True)
    unit = Text(required=True)
    volume_milli = BigInt(required=True, help_text="thousandths of a unit")
    unit_price = BigInt(required=True)
    amount = BigInt(required=True, help_text="whole rupiah, rounded half up")
    catalogue_key = Text(default="")
    reason = Text(default="", help_text="why the reviewer changed it")

    cost_line_once = Unique([proposal, kind, nth], name="cost_line_once")
    cost_line_positive = Check("amount >= 0 AND unit_price >= 0 AND volume_milli >= 0", name="cost_line_positive")


class ProposalPhoto(Table, tablename="proposal_photo"):
    """A photo of a proposal and the words that stand for it."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    file = ForeignKey(StoredFile, null=False, index=True, on_delete=OnDelete.restrict)
    nth = Integer(required=True)
    alt = Text(default="")

    proposal_photo_once = Unique([proposal, nth], name="proposal_photo_once")


class ProposalEvent(Table, tablename="proposal_event"):
    """One step of a proposal's way: what, who in which role, when and why."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Text(required=True, help_text="sent | edited | reviewed | on_ballot | hidden | restored | outcome | …")
    actor = UUID(null=True, default=None)
    actor_role = Text(default="")
    reason = Text(default="")
    at = Timestamptz(required=True, default=None)


class Endorsement(Table, tablename="endorsement"):
    """One resident supports one proposal, once."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    at = Timestamptz(required=True, default=None)

    endorsement_once = Unique([proposal, person], name="endorsement_once")


class Follow(Table, tablename="follow"):
    """One person wants to be told what becomes of one proposal."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    at = Timestamptz(required=True, default=None)

    follow_once = Unique([proposal, person], name="follow_once")
