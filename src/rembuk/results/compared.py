"""Settings over the same ballots side by side: funded, money, issues, districts, and who gains and who loses. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rembuk.results.figures import Part, parts_of
from rembuk.results.whatif import Base, Case, Outcome, Setting, Tried, tried
from rembuk.tally.election import BadElection
from rembuk.tally.explain import representation
from rembuk.tally.fairness import gini, overlooked


@dataclass(frozen=True, slots=True)
class TrialDistrict:
    """A district's line: money in whole units, voters who gain and who lose, whether a group was passed over.

    `measured` is False where money set aside, caps or the city round leave no measure of that.
    """

    name: str
    ceiling: int
    funded: int
    cost: int
    measured: bool
    passed_over: bool
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A project that wins or loses against the first setting."""

    title: str
    place: str
    cost: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A whole round under one setting; gains and losses are against the first one; `gini` in hundredths.

    `budget` is the ceilings and what was kept for the city.
    """

    funded: int
    budget: int
    cost: int
    voters: int
    represented: int
    mean: int
    gini: int
    issues: tuple[Part, ...]
    districts: tuple[TrialDistrict, ...]
    enters: tuple[Moved, ...]
    leaves: tuple[Moved, ...]
    better: int
    worse: int

    @property
    def passed_over(self) -> int:
        """Districts in which a group was passed over."""
        return sum(district.passed_over for district in self.districts)

    @property
    def measured(self) -> int:
        """Districts in which that could be told."""
        return sum(district.measured for district in self.districts)


def run(cases: Sequence[Case], base: Base, settings: Sequence[tuple[Setting, Mapping[str, int]]]) -> list[Trial | None]:
    """Count every setting with its ceilings and compare; None for one whose rule cannot count these ballots."""
    every: list[Outcome | None] = []
    for setting, ceilings in settings:
        try:
            every.append(tried(cases, base, setting, ceilings))
        except BadElection:
            every.append(None)
    return compared(every)


def compared(every: Sequence[Outcome | None]) -> list[Trial | None]:
    """The settings side by side, each against the first that could be counted; None stays None."""
    first = next((each for each in every if each is not None), None)
    return [None if each is None or first is None else _trial(each, first) for each in every]


def _trial(whole: Outcome, other: Outcome) -> Trial:
    mine, first = whole.districts, other.districts
    voters = sum(one.election.voters for one in mine)
    worth = np.concatenate([one.worth for one in mine])
    counts = np.concatenate([one.counts for one in mine])
    order = np.argsort(worth, kind="stable")
    values, held = worth[order].tolist(), counts[order].tolist()
    total = sum(value * number for value, number in zip(values, held, strict=True))
    districts = tuple(_district(one, rival) for one, rival in zip(mine, first, strict=True))
    return Trial(
        funded=sum(len(one.result.winners) for one in mine),
        budget=sum(one.election.budget for one in mine) + whole.pot,
        cost=sum(one.result.cost for one in mine),
        voters=voters,
        represented=int(counts[worth > 0].sum()),
        mean=total // voters if voters else 0,
        gini=hundredths(gini(values, held)),
        issues=_issues(mine),
        districts=districts,
        enters=tuple(_moved(mine, first)),
        leaves=tuple(_moved(first, mine)),
        better=sum(district.better for district in districts),
        worse=sum(district.worse for district in districts),
    )


def hundredths(value: Fraction) -> int:
    """A share of one in hundredths, halves up."""
    return int(value * 200 + 1) // 2


def _district(one: Tried, rival: Tried) -> TrialDistrict:
    # where money is set aside, capped, or given by the city, equal shares of the ceiling are no measure
    plain = not one.case.fences and not one.election.limits and one.result.cost <= one.election.budget
    found = overlooked(one.election, one.result) if plain else None
    gain = one.worth - rival.worth
    return TrialDistrict(
        name=one.case.name,
        ceiling=one.election.budget,
        funded=len(one.result.winners),
        cost=one.result.cost,
        measured=plain,
        passed_over=found is not None,
        better=int(one.counts[gain > 0].sum()),
        worse=int(one.counts[gain < 0].sum()),
    )


def _issues(mine: Sequence[Tried]) -> tuple[Part, ...]:
    sums: dict[str, int] = {}
    for one in mine:
        for name, _, money in representation(one.election, one.result).issues:
            sums[name] = sums.get(name, 0) + money
    return parts_of(sums)


def _moved(mine: Sequence[Tried], other: Sequence[Tried]) -> list[Moved]:
    """Projects that win in `mine` and not in `other`, district by district, in order of purchase."""
    found = []
    for one, rival in zip(mine, other, strict=True):
        projects = {project.id: project for project in one.election.projects}
        for winner in one.result.winners:
            if winner not in rival.result.winners:
                found.append(Moved(projects[winner].name or winner, one.case.name, projects[winner].cost))
    return found
