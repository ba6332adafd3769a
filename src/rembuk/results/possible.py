"""Settings that cannot be tried: the bound that fails and what would mend it, in the words of the set-up. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rembuk.cycles import feasible, formula
from rembuk.cycles.feasible import Facts, Fault
from rembuk.cycles.formula import Need
from rembuk.cycles.shares import children_box
from rembuk.errors import Refused
from rembuk.results.whatif import Base, Case, Setting, on_slip
from rembuk.tally.apportion import QuotaRefusal

FIELDS = {
    QuotaRefusal.NOT_IN_UNITS: "total",
    QuotaRefusal.POT_TOO_LARGE: "pot",
    QuotaRefusal.BELOW_LOWEST: "lowest",
    QuotaRefusal.CROSSED_BOUNDS: "lowest",
    QuotaRefusal.ABOVE_HIGHEST: "highest",
    QuotaRefusal.NOT_THE_SUM: "ceilings",
    QuotaRefusal.OUT_OF_BOUNDS: "ceilings",
    QuotaRefusal.NO_CEILING: "ceilings",
}
"""The field of the form beside which a refusal of a quota stands; any other stands beside the formula."""


@dataclass(frozen=True)
class Known:
    """What is known of a round: its own ceilings, the figures of its districts, and who might vote, by box."""

    ceilings: Mapping[str, int]
    needs: Sequence[Need]
    eligible: Mapping[str, int] = field(default_factory=dict)


def divided(setting: Setting, base: Base, known: Known) -> tuple[dict[str, int], list[Fault]]:
    """The ceilings a setting gives, by area, and what forbids them; none are changed when nothing is asked."""
    if not setting.quota.rule:
        return dict(known.ceilings), []
    shared = sum(known.ceilings.values()) + base.pot
    total, options = setting.quota.plan(known.ceilings, shared, setting.pot_of(base))
    try:
        lines = formula.shares(total, setting.quota.rule, options, known.needs)
    except Refused as no:
        name = FIELDS.get(no.reason, "quota") if isinstance(no.reason, QuotaRefusal) else "quota"
        return {}, [Fault(name, no.sentence())]
    return {line.area: line.amount for line in lines}, []


def faults(
    setting: Setting, base: Base, cases: Sequence[Case], ceilings: Mapping[str, int], known: Known
) -> list[Fault]:
    """What cannot be kept of a setting over these districts; what the round itself agreed is never at fault."""
    if setting.is_as_used(base):
        return []
    pot = setting.pot_of(base)
    here = {case.area: (case.name, ceilings.get(case.area, case.election.budget)) for case in cases}
    boxes = {box for case in cases for box in (case.area, children_box(case.area))}
    facts = Facts(
        budget=sum(ceilings.values()) + pot,
        pot=pot,
        ceilings=here,
        ballot_type=cases[0].election.ballots.kind if cases else "",
        threshold=setting.options.threshold if setting.rule else 0,
        projects=on_slip(cases),
        voters={box: number for box, number in known.eligible.items() if box in boxes},
    )
    found = feasible.faults(setting.shares(base), facts)
    # a project that requires another, or shuts it out, was agreed long ago: nothing here can mend it
    return [each for each in found if each.field]
