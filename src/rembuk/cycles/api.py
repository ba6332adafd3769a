"""Cycles for programs: /api/v1/cycles."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from rembuk.cycles import store
from rembuk.cycles.formula import Line
from rembuk.cycles.rules import Cycle, CycleState, Election, ElectionState, Phase, PhaseKind
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import get


class CycleOut(msgspec.Struct, frozen=True):
    """One published process; budget in whole units of its currency."""

    slug: str
    name: str
    year: int
    city: str
    kind: str
    state: CycleState
    currency: str
    budget: int
    simulated: bool


class PhaseOut(msgspec.Struct, frozen=True):
    """One phase as planned and as it really opened and closed."""

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class VoteOut(msgspec.Struct, frozen=True):
    """The vote of a cycle: its state, its ballot, its rule, and the hash of what was frozen."""

    state: ElectionState
    ballot_type: str
    max_choices: int
    rule: str
    options: Mapping[str, str]
    config_sha256: str


class CyclePage(msgspec.Struct, frozen=True):
    """One process with its phases, the one that is open, and its vote (none for an imported round)."""

    cycle: CycleOut
    phases: list[PhaseOut]
    phase: PhaseKind | None
    vote: VoteOut | None


class CeilingOut(msgspec.Struct, frozen=True):
    """A district's money with the arithmetic that gave it; fractions as "a/b"."""

    area: str
    name: str
    amount: int
    weight: str
    exact: str
    remainder: str
    rank: int


class CeilingList(msgspec.Struct, frozen=True):
    """The ceilings of a cycle, the formula behind them, and their sum."""

    rule: str
    options: Mapping[str, int]
    total: int
    ceilings: list[CeilingOut]


def _cycle(cycle: Cycle) -> CycleOut:
    return CycleOut(
        slug=cycle.slug,
        name=cycle.name,
        year=cycle.year,
        city=cycle.city,
        kind=cycle.kind,
        state=cycle.state,
        currency=cycle.currency,
        budget=cycle.budget,
        simulated=cycle.simulated,
    )


def _phase(phase: Phase) -> PhaseOut:
    return PhaseOut(phase.kind, phase.starts_at, phase.ends_at, phase.opened_at, phase.closed_at)


def _vote(cycle: Cycle, election: Election) -> VoteOut:
    return VoteOut(
        state=election.state,
        ballot_type=cycle.ballot_type,
        max_choices=cycle.max_choices,
        rule=cycle.tally_rule,
        options=cycle.tally_options,
        config_sha256=election.config_sha256,
    )


def _ceiling(line: Line) -> CeilingOut:
    return CeilingOut(line.area, line.name, line.amount, line.weight, line.exact, line.remainder, line.rank)


@get("/api/v1/cycles", guard=PUBLIC)
async def cycles() -> list[CycleOut]:
    """Every published process, the newest first; archived rounds too."""
    return [_cycle(each) for each in await store.cycles()]


@get("/api/v1/cycles/{slug:str}", guard=PUBLIC)
async def cycle(slug: str) -> CyclePage:
    """One process with its calendar and its vote."""
    found = await store.by_slug(slug)
    now, vote = await store.phase(found.id), await store.find_election(found.id)
    return CyclePage(
        cycle=_cycle(found),
        phases=[_phase(each) for each in await store.phases(found.id)],
        phase=now.kind if now else None,
        vote=_vote(found, vote) if vote else None,
    )


@get("/api/v1/cycles/{slug:str}/ceilings", guard=PUBLIC)
async def ceilings(slug: str) -> CeilingList:
    """The ceiling of each district and how it was computed."""
    found = await store.by_slug(slug)
    lines = await store.ceiling_lines(found.id)
    total = sum(line.amount for line in lines)
    return CeilingList(found.quota_rule, found.quota_options, total, [_ceiling(line) for line in lines])


HANDLERS = [cycles, cycle, ceilings]
