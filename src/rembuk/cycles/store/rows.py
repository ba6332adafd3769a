"""Rows of a cycle as the frozen dataclasses everybody else sees."""

import json

from rembuk.cycles import tables
from rembuk.cycles.rules import (
    Cycle,
    CycleState,
    Election,
    ElectionState,
    Event,
    Phase,
    PhaseKind,
)
from rembuk.cycles.shares import shares_of


def cycle_of(row: tables.Cycle) -> Cycle:
    """A cycle's row."""
    return Cycle(
        id=row.id,
        slug=row.slug,
        name=row.name,
        year=row.year,
        city=row.city,
        kind=row.kind,
        state=CycleState(row.state),
        budget=row.budget,
        quota_rule=row.quota_rule,
        quota_options=json.loads(row.quota_options),
        tally_rule=row.tally_rule,
        tally_options=json.loads(row.tally_options),
        ballot_type=row.ballot_type,
        max_choices=row.max_choices,
        voting_age=row.voting_age,
        kk_cap=row.kk_cap,
        simulated=row.simulated,
        currency=row.currency,
        shares=shares_of(row.shares),
    )


def phase_of(row: tables.PhaseRow) -> Phase:
    """A phase's row."""
    return Phase(PhaseKind(row.kind), row.starts_at, row.ends_at, row.opened_at, row.closed_at)


def event_of(row: tables.PhaseEvent) -> Event:
    """An event's row."""
    return Event(PhaseKind(row.kind), row.action, row.at, row.actor, row.reason)


def election_of(row: tables.Election) -> Election:
    """An election's row."""
    return Election(
        id=row.id,
        cycle=row.cycle,
        name=row.name,
        state=ElectionState(row.state),
        level=row.level,
        publication=row.publication,
        config=row.config,
        config_sha256=row.config_sha256,
        trustee_key=row.trustee_key,
        seed=row.seed,
        witness_quorum=row.witness_quorum,
        auditor_quorum=row.auditor_quorum,
    )
