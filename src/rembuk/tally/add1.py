"""Add1: raise the share step by step until the budget is used up; whole stretches of steps are skipped by proof.

Completion by raising the share: Peters, Skowron; Kraiczy, Robinson, Elkind, arXiv 2502.11797. The proof used to skip:
along one fixed order of purchases, purses never fall and prices never rise when the share grows. So if every winner's
price at share s stays below every rival's price at share t > s, and nothing is affordable at the end at t, then every
share between s and t buys the same projects.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Protocol

import numpy as np

from rembuk.tally.election import Election
from rembuk.tally.market import Floats, Market, Stall
from rembuk.tally.offers import noise_of, priced
from rembuk.tally.purses import Run
from rembuk.tally.record import Record
from rembuk.tally.result import Search
from rembuk.tally.rules.greedy import fitting

STEPS = (1, 10, 100, 1000)
OVERSPENDS = "the next share would overspend"


def step_of(election: Election) -> int:
    """The raise per voter: the published one, else share/1000 rounded up to 1, 10, 100 or 1,000 whole units."""
    if election.options.step:
        return election.options.step
    thousandth = Fraction(election.budget, election.voters * 1000 * election.unit)
    return next((step for step in STEPS if step >= thousandth), STEPS[-1]) * election.unit


@dataclass(frozen=True, slots=True)
class Trail:
    """What one share buys, in order, and a bound that no rival's rank may reach for the order to stay the same."""

    bought: tuple[int, ...]
    bounds: tuple[float, ...]


class Observer(Protocol):
    """Who looks on while the share is raised; what it sees covers every raise from `first` to `last`."""

    def see(self, purses: Floats, bound: float) -> None:
        """The purses before a purchase, and a rank that the winner stays below; infinity when nothing can be bought."""
        ...

    def keep(self, first: int, last: int, trail: Trail) -> None:
        """What was seen since the last call happened at these raises."""
        ...

    def drop(self) -> None:
        """What was seen since the last call proved nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Walk:
    """Where raising the share ended: how many raises, what that share buys, and why no raise follows."""

    raises: int
    trail: Trail
    stopped: str


def search(market: Market) -> Search:
    """The last share whose purchases the budget can pay, or the first after which nothing more fits."""
    election = market.election
    step = step_of(election)
    found = walk(market)
    return Search(
        share_at(election, step, 0), step, share_at(election, step, found.raises), found.raises, found.stopped
    )


def walk(market: Market, start: tuple[int, Trail] | None = None, observer: Observer | None = None) -> Walk:
    """Raise the share until a reason to stop; `start`: a raise known to be reached, and what it buys."""
    election, stride = market.election, 1
    step = step_of(election)
    raises, trail = start or (0, follow(market, share_at(election, step, 0), observer))
    if observer and not start:
        observer.keep(0, 0, trail)
    while not (stopped := why_stop(market, trail)):
        if stride > 1:
            if holds(market, trail, share_at(election, step, raises + stride), observer):
                if observer:
                    observer.keep(raises + 1, raises + stride, trail)
                raises, stride = raises + stride, stride * 2
            else:
                stride = max(1, stride // 4)
            continue
        ahead = follow(market, share_at(election, step, raises + 1), observer)
        if observer:
            observer.keep(raises + 1, raises + 1, ahead)
        if cost_of(election, ahead) > election.budget:
            stopped = OVERSPENDS
            break
        stride = 2 if ahead.bought == trail.bought else 1
        raises, trail = raises + 1, ahead
    return Walk(raises, trail, stopped)


def share_at(election: Election, step: int, raises: int) -> Fraction:
    """The share after so many raises, exactly."""
    return Fraction(election.budget, election.voters) + raises * step


def follow(market: Market, share: Fraction, observer: Observer | None = None) -> Trail:
    """Run once at this share."""
    run = Run(market, share, market.election.watch())
    bounds = []
    while choice := run.choice():
        if observer:
            observer.see(run.purses, choice.offer.high)
        bounds.append(choice.offer.high)
        run.buy(choice.offer)
    if observer:
        observer.see(run.purses, inf)
    return Trail(tuple(run.bought), tuple(bounds))


def cost_of(election: Election, trail: Trail) -> int:
    """What a trail's purchases cost together."""
    return sum(election.projects[index].cost for index in trail.bought)


def why_stop(market: Market, trail: Trail) -> str:
    """Why no further raise is needed after this trail, or "" when one is."""
    election = market.election
    record = Record.fresh(election)
    record.money -= cost_of(election, trail)
    for index in trail.bought:
        record.watch.take(election.projects[index])
    # what nobody gets any utility from (last under Borda) no share will ever buy
    rest = {stall.index for stall in market.stalls} - set(trail.bought)
    return "nothing more fits" if next(fitting(record, sorted(rest)), None) is None else ""


def holds(market: Market, trail: Trail, share: Fraction, observer: Observer | None = None) -> bool:
    """Whether every share from the trail's own up to this one surely buys exactly the trail."""
    proof = _Proof(market, share)
    for winner, bound in zip(trail.bought, trail.bounds, strict=True):
        if observer:
            observer.see(proof.purses, bound)
        if not proof.step(winner, bound):
            break
    else:
        if proof.nothing_left():
            if observer:
                observer.see(proof.purses, inf)
            return True
    if observer:
        observer.drop()
    return False


class _Proof:
    """The forced run at the far share: purses after the trail's purchases, and the least each rival can cost."""

    def __init__(self, market: Market, share: Fraction) -> None:
        self.market = market
        self.share = float(share)
        self.watch = market.election.watch()
        self.purses = np.full(len(market.election.ballots.counts), self.share)
        self.stalls = {stall.index: stall for stall in market.stalls}
        self.lows = {stall.index: market.floor(stall) for stall in market.stalls}

    def step(self, winner: int, bound: float) -> bool:
        projects = self.market.election.projects
        for index in [index for index, low in self.lows.items() if low <= bound and index != winner]:
            if self.watch.why_not_yet(projects[index]):
                continue
            if self.watch.why_never(projects[index]):
                del self.lows[index]
            elif not self._stays_above(index, bound):
                return False
        stall = self._living(winner)
        offer = priced(stall, self.purses[stall.types], self.share, low=self.lows[winner])
        self.purses[stall.types] = np.maximum(offer.gaps, 0.0)
        self.watch.take(projects[winner])
        del self.lows[winner]
        return True

    def _stays_above(self, index: int, bound: float) -> bool:
        if not self._could_afford(index):
            del self.lows[index]
            return True
        stall = self._living(index)
        self.lows[index] = priced(stall, self.purses[stall.types], self.share, low=self.lows[index]).low
        return self.lows[index] > bound

    def _could_afford(self, index: int) -> bool:
        stall = self.stalls[index]
        least = stall.cost - noise_of(stall, self.share)
        return self.share * stall.people >= least and float(stall.counts.dot(self.purses[stall.types])) >= least

    def _living(self, index: int) -> Stall:
        stall = self.stalls[index]
        alive = self.purses[stall.types] > 0
        if np.count_nonzero(alive) < len(alive):
            stall = self.stalls[index] = stall.only(alive)
        return stall

    def nothing_left(self) -> bool:
        projects = self.market.election.projects
        return not any(
            self._could_afford(index)
            for index in list(self.lows)
            if not self.watch.why_never(projects[index]) and not self.watch.why_not_yet(projects[index])
        )
