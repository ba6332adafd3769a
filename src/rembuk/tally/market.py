"""Who stands behind each project and with what weight: the part of an equal-shares count that no share changes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.election import BadElection, Election, Utility
from rembuk.tally.ties import TieBreak
from rembuk.tally.types import Ints

Floats = NDArray[np.float64]
LARGEST_EXACT = 2**53


@dataclass(frozen=True, eq=False, slots=True)
class Stall:
    """A project for sale: its supporters' ballot types, how many cast each, and the units each of them would buy."""

    index: int
    cost: int
    worth: int
    types: Ints
    counts: Floats
    units: Floats | None
    weight: float
    people: float

    def only(self, kept: NDArray[np.bool_]) -> "Stall":
        """The same project seen by some of its supporters."""
        counts, units = self.counts[kept], None if self.units is None else self.units[kept]
        people = float(counts.sum())
        weight = people if units is None else float(counts.dot(units))
        return Stall(self.index, self.cost, self.worth, self.types[kept], counts, units, weight, people)

    def unit(self, place: int) -> int:
        """Units bought by one voter of the type at this place."""
        return 1 if self.units is None else int(self.units[place])

    def weights(self, chosen: NDArray[np.bool_]) -> float:
        """Units bought together by the voters of the chosen types."""
        if self.units is None:
            return float(self.counts[chosen].sum())
        return float((self.counts[chosen] * self.units[chosen]).sum())


@dataclass(frozen=True)
class Market:
    """All projects that can be bought in an election, and the units of utility on every ballot."""

    election: Election

    @cached_property
    def units(self) -> Ints:
        """Units of utility per entry of the ballots: 1 under cost and count, points or Borda otherwise."""
        ballots, utility = self.election.ballots, self.election.options.utility
        if utility is Utility.POINTS:
            if ballots.points is None:
                raise BadElection("utility points needs ballots with points")
            return ballots.points
        if utility is Utility.BORDA:
            if ballots.kind != "ranked":
                raise BadElection("utility borda needs ranked ballots")
            return ballots.lengths[ballots.owners] - 1 - ballots.positions
        return np.ones_like(ballots.chosen)

    @property
    def is_uniform(self) -> bool:
        """Whether every supporter of a project gets the same from it."""
        return self.election.options.utility in (Utility.COST, Utility.COUNT)

    @cached_property
    def stalls(self) -> list[Stall]:
        """Every project with votes at or above the threshold, whatever its cost."""
        if int(self.election.ballots.weighed(self.units).sum()) >= LARGEST_EXACT:
            raise BadElection("the points of all ballots together are too many to count exactly")
        least = max(1, self.election.options.threshold)
        scores = self.election.ballots.scores
        every = (self._stall(index) for index in range(len(self.election.projects)) if scores[index] >= least)
        return [stall for stall in every if stall.weight > 0]

    def repriced(self, election: Election, index: int) -> "Market":
        """The market of the same election but for the cost of one project; everything else is shared."""
        market = Market(election)
        stalls = [market._stall(index) if stall.index == index else stall for stall in self.stalls]
        vars(market).update(units=self.units, stalls=stalls)
        return market

    def _stall(self, index: int) -> Stall:
        ballots, project = self.election.ballots, self.election.projects[index]
        entries = ballots.entries_of(index)
        entries = entries[self.units[entries] > 0]
        types = ballots.owners[entries]
        counts = ballots.counts[types].astype(np.float64)
        units = None if self.is_uniform else self.units[entries].astype(np.float64)
        people = float(counts.sum())
        weight = people if units is None else float(counts.dot(units))
        worth = project.cost if self.election.options.utility is Utility.COST else 1
        return Stall(index, project.cost, worth, types, counts, units, weight, people)

    def floor(self, stall: Stall) -> float:
        """A rank below which the project can never come, whatever the share."""
        return stall.cost / stall.weight / stall.worth * (1 - 1e-9)

    @cached_property
    def ties(self) -> TieBreak:
        """The tie chain of the election."""
        return TieBreak(self.election)

    def entries(self, types: Ints) -> tuple[Ints, Ints]:
        """All entries of some ballot types: (entry, place of its type in `types`)."""
        ballots = self.election.ballots
        lengths = ballots.lengths[types]
        ends = np.cumsum(lengths)
        shift = np.repeat(ballots.starts[types] - (ends - lengths), lengths)
        return np.arange(len(shift)) + shift, np.repeat(np.arange(len(types)), lengths)
