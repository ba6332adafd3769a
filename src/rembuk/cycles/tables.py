"""Rows of a cycle: its phases, its election with the state that is the phase lock, its ceilings."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class Cycle(Table, tablename="cycle"):
    """One yearly process of a city, or an archived round of another one that was imported."""

    id = UUID(primary_key=True, default=UUID4())
    slug = Text(required=True, unique=True)
    name = Text(required=True)
    year = Integer(required=True)
    city = Text(required=True)
    kind = Text(required=True, help_text="round | archive")
    state = Text(required=True, help_text="draft | published | archived")
    currency = Text(default="IDR")
    budget = BigInt(required=True)
    quota_rule = Text(required=True)
    quota_options = Text(default="{}", help_text="canonical JSON")
    shares = Text(default="{}", help_text="canonical JSON: money set aside, caps, what is left over")
    tally_rule = Text(required=True)
    tally_options = Text(default="{}", help_text="canonical JSON")
    ballot_type = Text(required=True)
    max_choices = Integer(default=0, help_text="0 = no limit")
    voting_age = Integer(default=17, help_text="years, reached in the month of voting at the latest")
    kk_cap = Integer(default=12, help_text="more people on one family card open a case")
    simulated = Boolean(default=False)
    created_at = Timestamptz(required=True, default=None)

    cycle_budget_positive = Check("budget >= 0", name="cycle_budget_positive")
    cycle_age_known = Check("voting_age BETWEEN 10 AND 21", name="cycle_age_known")
    cycle_kk_cap_known = Check("kk_cap BETWEEN 1 AND 99", name="cycle_kk_cap_known")


class PhaseRow(Table, tablename="phase"):
    """One phase of a cycle as planned, and when it really opened and closed."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Text(required=True, help_text="proposals | debate | review | voting | results | works")
    starts_at = Timestamptz(required=True, default=None)
    ends_at = Timestamptz(required=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)

    phase_once = Unique([cycle, kind], name="phase_once")
    phase_order = Check("ends_at > starts_at", name="phase_order")


class PhaseEvent(Table, tablename="phase_event"):
    """A phase was opened or closed: by whom, when, why; never changed afterwards."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Text(required=True)
    action = Text(required=True, help_text="open | close")
    actor = UUID(null=True, default=None)
    reason = Text(default="")
    at = Timestamptz(required=True, default=None)


class Election(Table, tablename="election"):
    """One vote inside a cycle; its row is the lock every cast and every change of phase takes."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    name = Text(required=True)
    state = Text(required=True, help_text="draft | frozen | open | closed | opened | counted | certified")
    level = Text(default="L1")
    publication = Text(default="full", help_text="full | totals | auditor")
    config = Text(default="", help_text="canonical JSON frozen at opening")
    config_sha256 = Text(default="")
    trustee_key = Text(default="", help_text="X25519 public key, hex")
    witness_quorum = Integer(default=0, help_text="cosignatures the result needs")
    auditor_quorum = Integer(default=0, help_text="sworn recounts every unpublished box needs")
    seed = Text(default="", help_text="public dice, as thrown")

    election_once = Unique([cycle, name], name="election_once")
    election_state_known = Check(
        "state IN ('draft', 'frozen', 'open', 'closed', 'opened', 'counted', 'certified')",
        name="election_state_known",
    )


class Ceiling(Table, tablename="ceiling"):
    """The money of one district, with the arithmetic that gave it."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    area = Text(required=True, help_text="area code; for an archive the district's own key")
    name = Text(required=True)
    amount = BigInt(required=True)
    weight = Text(default="", help_text="exact, as a fraction")
    exact = Text(default="", help_text="exact share in rupiah, as a fraction")
    remainder = Text(default="")
    rank = Integer(default=0)

    ceiling_once = Unique([cycle, area], name="ceiling_once")
    ceiling_positive = Check("amount >= 0", name="ceiling_positive")
