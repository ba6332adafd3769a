"""Add1: raise the share step by step until the budget is used up; whole stretches of steps are skipped by proof.

Completion by raising the share: Peters, Skowron; Kraiczy, Robinson, Elkind, arXiv 2502.11797. The proof used to skip:
along one fixed order of purchases, purses never fall and prices never rise when the share grows. So if every winner's
price at share s stays below every rival's price at share t > s, and nothing is affordable at the end at t, then every
share between s and t buys the same projects.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rembuk.tally.election import Election
from rembuk.tally.market import Market, Stall
from rembuk.tally.offers import noise_of, priced
from rembuk.tally.purses import Run
from rembuk.tally.record import Record
from rembuk.tally.result import Search
from rembuk.tally.rules.greedy import fitting

STEPS = (1, 10, 100, 1000)


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


def search(market: Market) -> Search:
    """The last share whose purchases the budget can pay, or the first after which nothing more fits."""
    election = market.election
    step, raises, stride = step_of(election), 0, 1
    trail = follow(market, share_at(election, step, 0))
    while True:
        stopped = why_stop(market, trail)
        if stopped:
            break
        if stride > 1 and holds(market, trail, share_at(election, step, raises + stride)):
            raises, stride = raises + stride, stride * 2
            continue
        if stride > 1:
            stride = max(1, stride // 4)
            continue
        ahead = follow(market, share_at(election, step, raises + 1))
        if cost_of(election, ahead) > election.budget:
            stopped = "the next share would overspend"
            break
        stride = 2 if ahead.bought == trail.bought else 1
        raises, trail = raises + 1, ahead
    return Search(share_at(election, step, 0), step, share_at(election, step, raises), raises, stopped)


def share_at(election: Election, step: int, raises: int) -> Fraction:
    """The share after so many raises, exactly."""
    return Fraction(election.budget, election.voters) + raises * step


def follow(market: Market, share: Fraction) -> Trail:
    """Run once at this share."""
    run = Run(market, share, market.election.watch())
    bounds = []
    while choice := run.choice():
        bounds.append(choice.offer.high)
        run.buy(choice.offer)
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


def holds(market: Market, trail: Trail, share: Fraction) -> bool:
    """Whether every share from the trail's own up to this one surely buys exactly the trail."""
    proof = _Proof(market, share)
    for winner, bound in zip(trail.bought, trail.bounds, strict=True):
        if not proof.step(winner, bound):
            return False
    return proof.nothing_left()


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
        offer = priced(stall, self.purses[stall.types], self.share)
        self.purses[stall.types] = np.maximum(offer.gaps, 0.0)
        self.watch.take(projects[winner])
        del self.lows[winner]
        return True

    def _stays_above(self, index: int, bound: float) -> bool:
        if not self._could_afford(index):
            del self.lows[index]
            return True
        stall = self._living(index)
        self.lows[index] = priced(stall, self.purses[stall.types], self.share).low
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
