"""The money inside each kecamatan as an official sets it: held against the round, kept, checked again when frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Json
from rembuk.cycles import tables
from rembuk.cycles.checks import voters_by_box
from rembuk.cycles.feasible import Facts, Fault, faults
from rembuk.cycles.freezing import FrozenProject, options_of
from rembuk.cycles.rules import Cycle, CycleText, Refusal
from rembuk.cycles.shares import Shares, shares_text
from rembuk.cycles.store.ceilings import ceiling_lines, preview, set_formula
from rembuk.cycles.store.plans import insist_unfrozen, locked_cycle
from rembuk.cycles.store.questions import cycle
from rembuk.database import transaction
from rembuk.errors import Refused

Ceilings = Mapping[str, tuple[str, int]]
"""Name and money in rupiah by district code."""


@dataclass(frozen=True)
class Wanted:
    """What an official asks for: the settings, and what is kept for the city, in rupiah."""

    shares: Shares
    pot: int = 0


async def ceilings_with(kept: Cycle, pot: int) -> Ceilings:
    """The ceilings with so much kept for the city: those that stand, else what the formula gives (or none)."""
    lines = await ceiling_lines(kept.id) if pot == kept.pot else []
    if not lines and kept.kind == "round":
        try:
            lines = await preview(kept.budget, kept.quota_rule, {**kept.quota_options, "pot": pot})
        except Refused:  # a pot beyond the budget is told by its own fault
            return {}
    return {line.area: (line.name, line.amount) for line in lines}


async def share_faults(
    cycle_id: UUID, wanted: Wanted, projects: Sequence[FrozenProject] = (), text: CycleText | None = None
) -> list[Fault]:
    """What cannot be kept of these settings in this cycle, with what is known by now; writes nothing.

    `text` is what an official would change about the cycle itself: its ballot and its threshold.
    """
    kept = await cycle(cycle_id)
    facts = Facts(
        budget=kept.budget,
        pot=wanted.pot,
        ceilings=await ceilings_with(kept, wanted.pot),
        ballot_type=(text or kept).ballot_type,
        threshold=int(options_of((text or kept).tally_options)["threshold"]),
        projects=projects,
        voters=await voters_by_box(cycle_id),
    )
    return faults(wanted.shares, facts)


async def insist_feasible(cycle_id: UUID, wanted: Wanted, projects: Sequence[FrozenProject] = ()) -> None:
    """Refused(INFEASIBLE) with the first bound that fails and what would mend it."""
    if found := await share_faults(cycle_id, wanted, projects):
        raise Refused(Refusal.INFEASIBLE, words=found[0].words)


@transaction
async def set_shares(cycle_id: UUID, wanted: Wanted, projects: Sequence[FrozenProject], actor: UUID | None) -> Cycle:
    """Keep the settings; a changed pot computes the ceilings anew; Refused(FROZEN, INFEASIBLE)."""
    kept = await locked_cycle(cycle_id)
    await insist_unfrozen(cycle_id)
    await insist_feasible(cycle_id, wanted, projects)
    text = shares_text(wanted.shares)
    await tables.Cycle.update({tables.Cycle.shares: text}).where(tables.Cycle.id == cycle_id)
    if wanted.pot != kept.pot:
        await set_formula(cycle_id, kept.budget, kept.quota_rule, {**kept.quota_options, "pot": wanted.pot}, actor)
    before: dict[str, Json] = {"shares": shares_text(kept.shares), "pot": kept.pot}
    after: dict[str, Json] = {"shares": text, "pot": wanted.pot}
    await board.audit(actor, "city_official", "cycle.shares", kept.slug, before=before, after=after)
    return await cycle(cycle_id)
