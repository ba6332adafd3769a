"""The shelf of quota rules: how the city's money becomes one ceiling per district.

plan = QuotaPlan(total=..., pot=..., districts=(District("32.73.27", residents=..., ...), ...), unit=1_000_000)
split = quotas("need_weighted", plan)      Refused with QuotaRefusal when it cannot be done
split.ceilings                             {"32.73.27": 1_250_000_000, ...}; sums to total - pot
split.shares                               the record: weight, exact fraction, remainder, rank, result
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from rembuk.errors import Refused
from rembuk.shelf import Shelf
from rembuk.tally.apportion import Claim, QuotaRefusal, Share, apportion
from rembuk.tally.election import District

FIGURES = ("equal", "population", "poor")


@dataclass(frozen=True)
class QuotaPlan:
    """What is split: total rupiah, the city pot kept apart, districts with bounds, the unit, and the mix of needs."""

    total: int
    districts: tuple[District, ...]
    pot: int = 0
    unit: int = 1
    mix: Mapping[str, int] = field(default_factory=lambda: {"equal": 1, "population": 1, "poor": 1})

    @property
    def shared(self) -> int:
        """What the districts get together."""
        return self.total - self.pot


@dataclass(frozen=True, slots=True)
class Split:
    """The ceilings and how each came about."""

    rule: str
    shares: tuple[Share, ...]

    @property
    def ceilings(self) -> dict[str, int]:
        """Rupiah by district code."""
        return {share.code: share.result for share in self.shares}


QuotaRule = Callable[[QuotaPlan], tuple[Share, ...]]
QUOTAS: Shelf[QuotaRule] = Shelf("rembuk.tally.quotas")


def quotas(rule: str, plan: QuotaPlan) -> Split:
    """The plan split by the rule of this name (one of QUOTAS.names()); Refused when it cannot be."""
    if plan.pot > plan.total:
        raise Refused(QuotaRefusal.POT_TOO_LARGE, pot=plan.pot, total=plan.total)
    return Split(rule, QUOTAS[rule](plan))


def by_weight(plan: QuotaPlan, weights: Mapping[str, Fraction]) -> tuple[Share, ...]:
    """The plan's money in proportion to these weights, within the districts' bounds."""
    claims = [Claim(d.code, weights[d.code], d.lowest, d.highest) for d in plan.districts]
    return apportion(plan.shared, claims, plan.unit)
