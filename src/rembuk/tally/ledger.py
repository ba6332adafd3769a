"""The exact side of equal shares: purses and prices as whole numbers over one common denominator."""

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.market import Market, Stall
from rembuk.tally.types import Ints


@dataclass(slots=True)
class Purchase:
    """One purchase: who pays the rest of the purse, and the exact price once it has been worked out."""

    stall: Stall
    price: float
    poor: Ints
    rich: int


@dataclass(slots=True)
class Ledger:
    """Shares and prices of one run as `share / scale` and `prices[j] / scale`; it catches up only when asked."""

    market: Market
    share: int
    scale: int
    prices: list[int] = field(default_factory=list)
    won_at: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        self.won_at = np.full(len(self.market.election.projects), np.iinfo(np.int64).max)

    def catch_up(self, purchases: list[Purchase]) -> None:
        """Work out the exact prices of all purchases that have none yet."""
        for purchase in purchases[len(self.prices) :]:
            self.enter(purchase, purchase.stall.cost * self.scale - self.money(purchase.poor))

    def enter(self, purchase: Purchase, numerator: int) -> None:
        """Note the price `numerator / (scale * rich)` of the next purchase."""
        common = gcd(numerator, purchase.rich)
        factor = purchase.rich // common
        if factor != 1:
            self.scale *= factor
            self.share *= factor
            self.prices = [price * factor for price in self.prices]
        self.won_at[purchase.stall.index] = len(self.prices)
        self.prices.append(numerator // common)

    def money(self, types: Ints) -> int:
        """What the voters of these types, none of them spent, hold together; over `scale`."""
        ballots = self.market.election.ballots
        counts = ballots.counts[types]
        entries, owners = self.market.entries(types)
        won = self.won_at[ballots.chosen[entries]]
        bought = won < len(self.prices)
        units = (counts[owners] * self.market.units[entries])[bought].astype(np.float64)
        sums = np.bincount(won[bought], weights=units, minlength=len(self.prices)).tolist()
        paid = sum(price * int(bulk) for price, bulk in zip(self.prices, sums, strict=True) if bulk)
        return self.share * int(counts.sum()) - paid

    def purse(self, kind: int) -> int:
        """What one voter of this type, not spent, still holds; over `scale`."""
        ballots = self.market.election.ballots
        held = self.share
        for entry in range(int(ballots.starts[kind]), int(ballots.starts[kind + 1])):
            won = int(self.won_at[ballots.chosen[entry]])
            if won < len(self.prices):
                held -= self.prices[won] * int(self.market.units[entry])
        return held

    def holdings(self, alive: NDArray[np.bool_]) -> list[int]:
        """What the living supporters (by type) of every project hold together; over `scale`."""
        ballots, units = self.market.election.ballots, self.market.units
        supports = alive[ballots.owners] & (units > 0)
        people = np.zeros(ballots.projects, dtype=np.int64)
        np.add.at(people, ballots.chosen[supports], ballots.counts[ballots.owners[supports]])
        held = [self.share * votes for votes in people.tolist()]
        for project in np.flatnonzero(self.won_at < len(self.prices)):
            payers = ballots.entries_of(int(project))
            payers = payers[supports[payers]]
            entries, place = self.market.entries(ballots.owners[payers])
            both = units[entries] > 0
            paid = np.zeros(ballots.projects, dtype=np.int64)
            bulk = ballots.counts[ballots.owners[payers]] * units[payers]
            np.add.at(paid, ballots.chosen[entries[both]], bulk[place[both]])
            price = self.prices[int(self.won_at[project])]
            held = [money - price * bulk if bulk else money for money, bulk in zip(held, paid.tolist(), strict=True)]
        return held

    def rational(self, amount: int, divisor: int = 1) -> Fraction:
        """An amount over `scale` (and a divisor) as a fraction of money."""
        return Fraction(amount, self.scale * divisor)
