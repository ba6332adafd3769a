"""Ballots merged by what they say: each different ballot once, with how many people cast it, as flat arrays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Choice = int | tuple[str, ...] | tuple[tuple[str, int], ...]
"""A mask (bit i = i-th project), ids (in order of preference when ranked), or (id, points) pairs."""

KINDS = ("approval", "knapsack", "ranked", "points")


class BadBallot(ValueError):
    """A ballot that cannot stand: it names an unknown project, one twice, or no points; `row` says which, if known."""

    def __init__(self, reason: str, row: int = -1) -> None:
        super().__init__(reason)
        self.row = row


@dataclass(frozen=True, eq=False)
class Ballots:
    """Ballot type i chose `chosen[starts[i]:starts[i+1]]` (in that order) and was cast `counts[i]` times."""

    kind: str
    projects: int
    counts: Ints
    starts: Ints
    chosen: Ints
    points: Ints | None = None
    most: int = 0
    repeats: Ints | None = None

    @cached_property
    def voters(self) -> int:
        """How many ballots were cast, empty ones included."""
        return int(self.counts.sum())

    @cached_property
    def lengths(self) -> Ints:
        """How many projects each type names; shape (types,)."""
        return np.diff(self.starts)

    @cached_property
    def owners(self) -> Ints:
        """The type of each entry of `chosen`; shape (entries,)."""
        return np.repeat(np.arange(len(self.counts)), self.lengths)

    @cached_property
    def positions(self) -> Ints:
        """The place of each entry on its ballot, from 0; shape (entries,)."""
        return np.arange(len(self.chosen)) - self.starts[self.owners]

    @cached_property
    def approvals(self) -> Ints:
        """How many ballots name each project; shape (projects,)."""
        return self.weighed(np.ones_like(self.chosen))

    @cached_property
    def scores(self) -> Ints:
        """The score of each project: approvals, points, or (places on the ballot - position) when ranked."""
        if self.points is not None:
            return self.weighed(self.points)
        if self.kind == "ranked":
            return self.weighed(self.longest - self.positions)
        # a published file that repeats a project within a vote was scored with the repeats; purses see it once
        return self.approvals if self.repeats is None else self.approvals + self.repeats

    @cached_property
    def longest(self) -> int:
        """The places a ballot has: `most` as agreed, or as many as the longest ballot has when none was agreed."""
        return self.most or (int(self.lengths.max()) if len(self.counts) else 0)

    def weighed(self, values: Ints) -> Ints:
        """The sum over ballots of one whole value per entry, by project; shape (projects,)."""
        sums = np.zeros(self.projects, dtype=np.int64)
        np.add.at(sums, self.chosen, values * self.counts[self.owners])
        return sums

    @cached_property
    def by_project(self) -> tuple[Ints, Ints]:
        """Entries sorted by project: (order, bounds); entries of project p are order[bounds[p]:bounds[p+1]]."""
        order = np.argsort(self.chosen, kind="stable")
        bounds = np.searchsorted(self.chosen[order], np.arange(self.projects + 1))
        return order, bounds

    def entries_of(self, project: int) -> Ints:
        """The entries that name this project."""
        order, bounds = self.by_project
        return order[bounds[project] : bounds[project + 1]]
