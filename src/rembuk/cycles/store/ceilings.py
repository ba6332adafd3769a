"""The money of each district: by the published formula from the city's figures, or typed by hand."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from rembuk.board import store as board
from rembuk.cycles import formula, tables
from rembuk.cycles.feasible import Facts, faults
from rembuk.cycles.formula import Line, Need
from rembuk.cycles.rules import Refusal
from rembuk.cycles.store.plans import insist_unfrozen, locked_cycle
from rembuk.cycles.store.questions import cycle
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.places.rules import Level

# DTKS 2023 holds a kelurahan with more poor families than families; 2022 is the last sound year
RESIDENTS, POOR_FAMILIES = ("population", 2024), ("dtks_families", 2022)


async def needs() -> list[Need]:
    """Every kecamatan with the figures a formula may use, in order of code."""
    residents = await places.figures(*RESIDENTS, Level.KECAMATAN)
    poor = await places.figures(*POOR_FAMILIES, Level.KECAMATAN)
    return [
        Need(area.code, area.name, residents.get(area.code, 0), poor.get(area.code, 0))
        for area in await places.kecamatan_list()
    ]


async def preview(budget: int, rule: str, options: Mapping[str, int]) -> list[Line]:
    """What a formula would give each kecamatan; writes nothing; Refused says in words what cannot be."""
    return formula.shares(budget, rule, options, await needs())


@transaction
async def set_formula(
    cycle_id: UUID, budget: int, rule: str, options: Mapping[str, int], actor: UUID | None
) -> list[Line]:
    """Set total and formula of a cycle and compute its ceilings; Refused once frozen, or when the shares forbid it."""
    kept = await locked_cycle(cycle_id)
    await insist_unfrozen(cycle_id)
    lines = await preview(budget, rule, options)
    facts = Facts(budget, options.get("pot", 0), {line.area: (line.name, line.amount) for line in lines})
    if found := faults(kept.shares, facts):
        raise Refused(Refusal.INFEASIBLE, words=found[0].words)
    text = json.dumps(dict(options), sort_keys=True)
    row = tables.Cycle
    await row.update({row.budget: budget, row.quota_rule: rule, row.quota_options: text}).where(row.id == cycle_id)
    return await _keep(cycle_id, lines, actor)


@transaction
async def set_ceilings(cycle_id: UUID, actor: UUID | None) -> list[Line]:
    """Compute the ceilings of a cycle by its own total and formula; Refused once frozen."""
    await locked_cycle(cycle_id)
    await insist_unfrozen(cycle_id)
    kept = await cycle(cycle_id)
    return await _keep(cycle_id, await preview(kept.budget, kept.quota_rule, kept.quota_options), actor)


@transaction
async def keep_lines(cycle_id: UUID, lines: Sequence[Line], actor: UUID | None = None) -> list[Line]:
    """Ceilings as given: an archived round's own districts, or typed ones; they must add up (Q3)."""
    kept = await cycle(cycle_id)
    if sum(line.amount for line in lines) != kept.budget:
        raise Refused(Refusal.NOT_THE_TOTAL)
    return await _keep(cycle_id, lines, actor)


async def _keep(cycle_id: UUID, lines: Sequence[Line], actor: UUID | None) -> list[Line]:
    await tables.Ceiling.delete().where(tables.Ceiling.cycle == cycle_id)
    rows = [
        tables.Ceiling(
            cycle=cycle_id,
            area=line.area,
            name=line.name,
            amount=line.amount,
            weight=line.weight,
            exact=line.exact,
            remainder=line.remainder,
            rank=line.rank,
        )
        for line in lines
    ]
    if rows:
        await tables.Ceiling.insert(*rows)
    said = {line.area: line.amount for line in lines}
    await board.audit(actor, "city_official", "cycle.ceilings", str(cycle_id), after={**said})
    return await ceiling_lines(cycle_id)


async def ceiling_lines(cycle_id: UUID) -> list[Line]:
    """The ceilings of a cycle with the arithmetic that gave them, in order of area code."""
    query = tables.Ceiling.objects().where(tables.Ceiling.cycle == cycle_id)
    return [
        Line(row.area, row.name, row.amount, row.weight, row.exact, row.remainder, row.rank)
        for row in await query.order_by(tables.Ceiling.area)
    ]


async def ceilings(cycle_id: UUID) -> dict[str, int]:
    """The ceiling of each district by area code, whole rupiah."""
    return {line.area: line.amount for line in await ceiling_lines(cycle_id)}
