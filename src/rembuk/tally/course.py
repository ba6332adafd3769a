"""The course of an Add1 count, kept so that a small change of one project can be counted without starting again.

While the share is raised, an observer bounds for every project that lost: the most it may cost, and the fewest more
supporters it needs, to be bought at all at these raises. Below those bounds the project stays
unbought, so the count goes exactly as it went: a changed count may begin at the first raise where they are reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from rembuk.tally.add1 import OVERSPENDS, Trail, Walk, walk
from rembuk.tally.election import Utility
from rembuk.tally.market import Floats, Market
from rembuk.tally.types import Ints

SURE = 1e-7
WORK, NEAR = 14_000_000, 6


@dataclass(frozen=True, eq=False, slots=True)
class Range:
    """Raises `first` to `last`, what they buy, and per observed project the bounds on cost and on more supporters."""

    first: int
    last: int
    trail: Trail
    costs: Floats
    needs: Floats


@dataclass(slots=True)
class Course:
    """Everything an Add1 count went through, for the projects at `places`."""

    market: Market
    places: Sequence[int]
    ranges: list[Range] = field(default_factory=list)
    end: Walk = field(init=False)
    crowd: "_Crowd" = field(init=False)

    def __post_init__(self) -> None:
        self.crowd = _Crowd(self.market, self.places)
        self.end = walk(self.market, observer=self)

    def see(self, purses: Floats, bound: float) -> None:
        """Bound all observed projects at this moment of a run (an Observer of `add1.walk`)."""
        self.crowd.see(purses, bound, float(purses.max()))

    def keep(self, first: int, last: int, trail: Trail) -> None:
        """The bounds seen hold at these raises."""
        self.ranges.append(Range(first, last, trail, *self.crowd.bounds()))

    def drop(self) -> None:
        """Forget the bounds seen."""
        self.crowd.fresh()

    @property
    def last(self) -> Range:
        """The range of the share that counted (a last raise that would overspend is after it)."""
        return next(span for span in reversed(self.ranges) if span.first <= self.end.raises)

    def start_by_cost(self, nth: int, cost: int) -> "Start":
        """Where a count may begin in which the nth observed project costs so much."""
        return self._start([bool(span.costs[nth] >= cost) for span in self.ranges])

    def start_by_votes(self, nth: int, votes: int) -> "Start":
        """Where a count may begin in which it has so many more supporters."""
        return self._start([bool(span.needs[nth] <= votes) for span in self.ranges])

    def is_far(self, start: "Start") -> bool:
        """Whether a count from here would have more raises to go through again than can be waited for."""
        far = WORK // (len(self.market.election.ballots.chosen) * len(self.places) + 1)
        return self.end.raises - (start.at[0] if start.at else 0) > max(far, NEAR)

    def _start(self, may: list[bool]) -> "Start":
        first = next((place for place, each in enumerate(may) if each), None)
        if first == 0:
            return Start(None, is_end=False)
        if first is None:
            return Start((self.end.raises, self.end.trail), is_end=self.end.stopped == OVERSPENDS)
        before = self.ranges[first - 1]
        return Start((before.last, before.trail), is_end=False)


@dataclass(frozen=True, slots=True)
class Start:
    """A raise known to be reached with what it buys (None: begin at the start); `is_end`: no raise follows it."""

    at: tuple[int, Trail] | None
    is_end: bool


class _Crowd:
    """The supporters of all observed projects, one project after the other, as flat arrays."""

    def __init__(self, market: Market, places: Sequence[int]) -> None:
        election = market.election
        ballots = election.ballots
        entries = [ballots.entries_of(place) for place in places]
        # no part may be empty for reduceat: where nobody supports a project, a type that nobody cast stands in
        nobody = np.zeros(1, dtype=np.int64)
        self.types: Ints = np.concatenate([ballots.owners[each] if len(each) else nobody for each in entries])
        cast = [ballots.counts[ballots.owners[each]] if len(each) else nobody for each in entries]
        units = np.concatenate([market.units[each] if len(each) else nobody for each in entries])
        self.counts = np.concatenate(cast).astype(np.float64)
        self.sizes = np.array([len(each) for each in cast])
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.own = np.array([float(election.projects[place].cost) for place in places])
        self.worth = self.own if election.options.utility is Utility.COST else np.ones(len(places))
        self.by_cost = election.options.utility is Utility.COST
        # what a supporter pays at rank 1, and how many such payments all supporters of a type make
        self.pays = np.repeat(self.worth, self.sizes) * units
        self.all_pay = self.counts * self.pays
        self.fresh()

    def fresh(self) -> None:
        """Forget what was seen."""
        self.costs = np.zeros(len(self.own))
        self.needs = np.full(len(self.own), inf)

    def see(self, purses: Floats, bound: float, share: float) -> None:
        """One moment of a run: what is paid at the project's own cost, and at which cost all of it would be paid."""
        held = purses[self.types]
        slope, given = self.paid(held, bound, self.pays, self.all_pay)
        paid = slope + given
        each = np.maximum(np.minimum(bound * self.worth, share), SURE)
        np.minimum(self.needs, (self.own - paid) / each, out=self.needs)
        if not self.by_cost:
            np.maximum(self.costs, paid, out=self.costs)
            return
        # Newton from above on a concave function: each step stays above the root
        root = self.root(slope / self.own, given, self.own)
        if bound < inf:
            part = root / self.own
            slope, given = self.paid(held, bound, self.pays * np.repeat(part, self.sizes), self.all_pay)
            root = self.root(slope / self.own, given, root)
        np.maximum(self.costs, root, out=self.costs)

    def paid(self, held: Floats, bound: float, pays: Floats, all_pay: Floats) -> tuple[Floats, Floats]:
        """What those pay in full who can (at own cost), and what the others have, by project."""
        if bound == inf:
            return np.zeros(len(self.own)), np.add.reduceat(self.counts * held, self.starts)
        rich = held > bound * pays
        full = np.add.reduceat(all_pay * rich, self.starts) * bound
        return full, np.add.reduceat(self.counts * held * ~rich, self.starts)

    def root(self, slope: Floats, given: Floats, before: Floats) -> Floats:
        """Where the tangent gives as much as it costs; where it does not fall below, the bound of before."""
        left = np.maximum(1 - slope, SURE)
        return np.where(left > SURE, np.minimum(before, given / left), before)

    def bounds(self) -> tuple[Floats, Floats]:
        """The bounds of all that was seen, on the safe side; then forget it."""
        found = self.costs * (1 + SURE) + SURE, self.needs * (1 - SURE) - SURE
        self.fresh()
        return found
