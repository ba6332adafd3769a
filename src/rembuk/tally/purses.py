"""One run of equal shares at one share: floats rank, and whatever they cannot tell for sure is decided exactly."""

from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.ledger import Ledger, Purchase
from rembuk.tally.limits import Watch
from rembuk.tally.market import Floats, Market, Stall
from rembuk.tally.offers import TINY, Offer, noise_of, priced

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exact:
    """An exact price `numerator / (scale * rich)`, the types that give all they have, and those left with nothing."""

    numerator: int
    rich: int
    poor: Bools
    spent: Bools


@dataclass(frozen=True, slots=True)
class Choice:
    """The purchase of a round: the winner, all it tied with (itself included), and the best of the rest."""

    offer: Offer
    tied: tuple[int, ...] = ()
    runner_up: Offer | None = None


@dataclass(slots=True)
class Run:
    """Purses of all ballot types at one share; projects are bought one by one until nothing is affordable."""

    market: Market
    share: Fraction
    watch: Watch
    with_runner_up: bool = False
    whole: float = field(init=False)
    purses: Floats = field(init=False)
    ledger: Ledger = field(init=False)
    purchases: list[Purchase] = field(default_factory=list)
    stalls: dict[int, Stall] = field(init=False)
    heap: list[tuple[float, int]] = field(init=False)
    waiting: list[int] = field(default_factory=list)
    offers: dict[int, Offer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stalls = self.market.stalls
        self.whole = float(self.share)
        self.purses = np.full(len(self.market.election.ballots.counts), self.whole)
        self.ledger = Ledger(self.market, self.share.numerator, self.share.denominator)
        self.stalls = {stall.index: stall for stall in stalls}
        self.heap = [(self.market.floor(stall), stall.index) for stall in stalls]
        heapify(self.heap)

    @property
    def bought(self) -> list[int]:
        """Projects bought so far, in order."""
        return [purchase.stall.index for purchase in self.purchases]

    def choice(self) -> Choice | None:
        """The project to buy now, or None when no project's supporters can afford it."""
        near = self._near()
        if not near:
            return None
        winner, tied = self._best(near)
        rest = [offer for offer in near if offer is not winner]
        for offer in rest:
            heappush(self.heap, (offer.low, offer.stall.index))
        runner_up = self._best(rest)[0] if rest and self.with_runner_up else None
        return Choice(winner, tied, runner_up)

    def buy(self, offer: Offer) -> None:
        """Take the price of a project from the purses of its supporters."""
        stall, gaps = offer.stall, offer.gaps
        unsure = np.abs(gaps) <= offer.doubt
        if np.count_nonzero(unsure):
            self._buy_exactly(offer, unsure)
        else:
            poor = gaps < 0
            rich = round(stall.weights(~poor))
            self.purchases.append(Purchase(stall, offer.price, stall.types[poor], rich))
            self.purses[stall.types] = np.maximum(gaps, 0.0)
        self.watch.take(self.market.election.projects[stall.index])
        self.offers.clear()
        for index in self.waiting:
            heappush(self.heap, (0.0, index))
        self.waiting.clear()

    def exact(self, offer: Offer) -> Exact:
        """The exact price of an offer, and exactly who cannot pay it in full."""
        self.ledger.catch_up(self.purchases)
        ledger, stall = self.ledger, offer.stall
        unsure = np.abs(offer.gaps) <= offer.doubt
        poor = (offer.gaps < 0) & ~unsure
        numerator = stall.cost * ledger.scale - ledger.money(stall.types[poor])
        rich = round(stall.weights(~poor))
        purses = {int(place): ledger.purse(int(stall.types[place])) for place in np.flatnonzero(unsure)}
        while short := [p for p, purse in purses.items() if purse * rich < numerator * stall.unit(p)]:
            for place in short:
                numerator -= purses.pop(place) * int(stall.counts[place])
                rich -= stall.unit(place) * int(stall.counts[place])
                poor[place] = True
        spent = poor.copy()
        spent[[p for p, purse in purses.items() if purse * rich == numerator * stall.unit(p)]] = True
        return Exact(numerator, rich, poor, spent)

    def price(self, exact: Exact) -> Fraction:
        """The price of one unit of utility."""
        return self.ledger.rational(exact.numerator, exact.rich)

    def behind(self) -> dict[int, Fraction]:
        """The money that the supporters of each project still hold together."""
        self.ledger.catch_up(self.purchases)
        held = self.ledger.holdings(self.purses > 0)
        return {index: self.ledger.rational(held[index]) for index in self.stalls}

    def _buy_exactly(self, offer: Offer, unsure: Bools) -> None:
        stall, exact = offer.stall, self.exact(offer)
        kept = np.where(exact.spent, 0.0, offer.gaps)
        purchase = Purchase(stall, offer.price, stall.types[exact.poor], exact.rich)
        self.ledger.enter(purchase, exact.numerator)
        self.purchases.append(purchase)
        for place in np.flatnonzero(unsure & ~exact.spent):
            purse = self.ledger.purse(int(stall.types[place]))
            kept[place] = max(purse / self.ledger.scale, TINY)
        self.purses[stall.types] = kept

    def _near(self) -> list[Offer]:
        near: list[Offer] = []
        highs: list[float] = []
        wanted = 2 if self.with_runner_up else 1
        while self.heap and (len(highs) < wanted or self.heap[0][0] <= highs[wanted - 1]):
            low, index = heappop(self.heap)
            if offer := self._offer(index, low):
                near.append(offer)
                highs = sorted([*highs, offer.high])
        return near

    def _best(self, offers: list[Offer]) -> tuple[Offer, tuple[int, ...]]:
        bound = min(offer.high for offer in offers)
        close = [offer for offer in offers if offer.low <= bound]
        if len(close) == 1:
            return close[0], ()
        ranks = {offer.stall.index: self.price(self.exact(offer)) / offer.stall.worth for offer in close}
        least = min(ranks.values())
        tied = tuple(index for index, rank in ranks.items() if rank == least)
        first = self.market.ties.first(tied)
        return next(offer for offer in close if offer.stall.index == first), tied

    def _offer(self, index: int, low: float) -> Offer | None:
        project = self.market.election.projects[index]
        if index in self.offers:
            return self.offers[index]
        if self.watch.why_never(project):
            return None
        if self.watch.why_not_yet(project):
            self.waiting.append(index)
            return None
        stall = self.stalls[index]
        noise = noise_of(stall, self.whole)
        if self.whole * stall.people < stall.cost - noise:
            return None
        purses = self.purses[stall.types]
        held = float(stall.counts.dot(purses))
        if held < stall.cost - noise:
            return None
        tight = held < stall.cost + noise
        stall, purses = self._alive(index, purses)
        if tight and not self._can_afford(stall):
            return None
        self.offers[index] = priced(stall, purses, self.whole, tight=tight, low=low)
        return self.offers[index]

    def _can_afford(self, stall: Stall) -> bool:
        self.ledger.catch_up(self.purchases)
        return self.ledger.money(stall.types) >= stall.cost * self.ledger.scale

    def _alive(self, index: int, purses: Floats) -> tuple[Stall, Floats]:
        # voters who have spent everything are left out for good
        stall, alive = self.stalls[index], purses > 0
        if np.count_nonzero(alive) < len(purses):
            stall, purses = stall.only(alive), purses[alive]
            self.stalls[index] = stall
        return stall, purses
