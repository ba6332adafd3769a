"""The price of a project at given purses, in floats, with a bound on how far off it can be."""

from dataclasses import dataclass

import numpy as np

from rembuk.tally.market import Floats, Stall

CLOSE = 1e-9
NOISE = 1e-13
TINY = 1e-300


@dataclass(frozen=True, eq=False, slots=True)
class Offer:
    """What a unit of a project costs now, its rank (lower first) with its slack, and what each payer would keep."""

    stall: Stall
    price: float
    rank: float
    slack: float
    gaps: Floats
    doubt: float | Floats

    @property
    def low(self) -> float:
        """The least the rank can truly be."""
        return self.rank - self.slack

    @property
    def high(self) -> float:
        """The most the rank can truly be."""
        return self.rank + self.slack


def noise_of(stall: Stall, share: float) -> float:
    """How far off a float sum over the purses of a project's supporters can be."""
    return NOISE * (share * stall.people + stall.cost)


def priced(stall: Stall, purses: Floats, share: float, *, tight: bool = False) -> Offer:
    """The least price p with sum of min(purse, p * units) = cost; `tight`: the supporters hold hardly more."""
    price, rich = _price(stall, purses)
    slack = CLOSE * price + noise_of(stall, share) / (1.0 if tight else rich)
    gaps = purses - (price if stall.units is None else price * stall.units)
    doubt = CLOSE * share + (slack if stall.units is None else slack * stall.units)
    return Offer(stall, price, price / stall.worth, slack / stall.worth, gaps, doubt)


def _price(stall: Stall, purses: Floats) -> tuple[float, float]:
    # Newton from below on a concave function: each pass marks who has less than the price, never too many
    counts, units, cost, weight = stall.counts, stall.units, float(stall.cost), stall.weight
    price = cost / weight
    while True:
        rich = purses >= (price if units is None else price * units)
        if np.count_nonzero(rich) == len(purses):
            return price, weight
        poor = ~rich
        spent = counts[poor]
        cost -= float(spent.dot(purses[poor]))
        left = weight - float(spent.sum() if units is None else spent.dot(units[poor]))
        if left < 0.5:
            return float((purses if units is None else purses / units).max()), 1.0
        counts, purses, weight = counts[rich], purses[rich], left
        units = None if units is None else units[rich]
        price = cost / weight
