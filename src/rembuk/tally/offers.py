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


def priced(stall: Stall, purses: Floats, share: float, *, tight: bool = False, low: float = 0.0) -> Offer:
    """The least price p with sum of min(purse, p * units) = cost; `tight`: the supporters hold hardly more.

    `low`: a rank that this one is surely not below, to begin from (purses only fall, so ranks only rise).
    """
    price, rich = _price(stall, purses, low * stall.worth)
    slack = CLOSE * price + noise_of(stall, share) / (1.0 if tight else rich)
    gaps = purses - (price if stall.units is None else price * stall.units)
    doubt = CLOSE * share + (slack if stall.units is None else slack * stall.units)
    return Offer(stall, price, price / stall.worth, slack / stall.worth, gaps, doubt)


def _price(stall: Stall, purses: Floats, low: float) -> tuple[float, float]:
    # Newton from below on a concave function: each pass marks who has less than the price, never too many
    counts, units, least = stall.counts, stall.units, stall.cost / stall.weight
    price, before = max(least, low), -1
    money = counts * purses
    weights = counts if units is None else counts * units
    while True:
        rich = purses >= (price if units is None else price * units)
        many = int(np.count_nonzero(rich))
        if many == len(purses):
            return least, stall.weight
        left = float(weights.dot(rich))
        if left < 0.5:
            return float((purses if units is None else purses / units).max()), 1.0
        if many == before:
            return price, left
        price, before = (stall.cost - float(money.dot(~rich))) / left, many
