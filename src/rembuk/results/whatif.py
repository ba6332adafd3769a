"""What another rule or quota would have done with the ballots of a finished round: run, compared, never kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from rembuk.results.figures import Part, parts_of
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Completion, Election, Options, Order, Utility
from rembuk.tally.explain import representation
from rembuk.tally.fairness import gini, overlooked, satisfaction
from rembuk.tally.result import Result
from rembuk.tally.types import Ints

MOST_DISTRICTS = 30
MOST_PROJECTS = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One district of a finished round: its election as it was counted, rule, options and ceiling included."""

    area: str
    name: str
    election: Election


@dataclass(frozen=True, slots=True)
class Setting:
    """What to try: `rule` "" is the round's own with its options, `quota` "" its own ceilings; `total` in units."""

    rule: str = ""
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE
    order: Order = Order.VOTES
    threshold: int = 1
    quota: str = ""
    total: int = 0
    equal: int = 0
    population: int = 0
    poor: int = 0

    @property
    def options(self) -> Options:
        """The options of the rule."""
        return Options(self.order, True, self.threshold, self.utility, self.completion)

    def sharing(self, total: int) -> "Setting":
        """The same with this total to share."""
        return replace(self, total=total)


@dataclass(frozen=True, slots=True)
class Tried:
    """One district under one setting."""

    case: Case
    election: Election
    result: Result
    worth: Ints

    @property
    def counts(self) -> Ints:
        """How many voters cast each type of ballot."""
        return self.election.ballots.counts


@dataclass(frozen=True, slots=True)
class TrialDistrict:
    """A district's line: money in whole units, and whether a group was passed over."""

    name: str
    ceiling: int
    funded: int
    cost: int
    passed_over: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A project that wins or loses against the first setting."""

    title: str
    place: str
    cost: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A whole round under one setting; gains and losses are against the first one; `gini` in hundredths."""

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


def too_large(cases: Sequence[Case]) -> bool:
    """Whether a round is more than a page may count while somebody waits."""
    return len(cases) > MOST_DISTRICTS or any(len(case.election.projects) > MOST_PROJECTS for case in cases)


def tried(cases: Sequence[Case], setting: Setting, ceilings: Mapping[str, int]) -> list[Tried]:
    """Every district counted under a setting; `ceilings` by area replace its own; BadElection for impossible rules."""
    found = []
    for case in cases:
        election = case.election
        if setting.rule:
            election = election.with_rule(setting.rule, setting.options)
        election = replace(election, budget=ceilings.get(case.area, election.budget))
        result = count(election)
        found.append(Tried(case, election, result, satisfaction(election, result)))
    return found


def compared(every: Sequence[Sequence[Tried] | None]) -> list[Trial | None]:
    """The settings side by side, each against the first that could be counted; None stays None."""
    first = next((each for each in every if each is not None), None)
    return [None if each is None or first is None else _trial(each, first) for each in every]


def run(cases: Sequence[Case], settings: Sequence[tuple[Setting, Mapping[str, int]]]) -> list[Trial | None]:
    """Count every setting with its ceilings and compare; None for one whose rule cannot count these ballots."""
    every: list[Sequence[Tried] | None] = []
    for setting, ceilings in settings:
        try:
            every.append(tried(cases, setting, ceilings))
        except BadElection:
            every.append(None)
    return compared(every)


def _trial(mine: Sequence[Tried], first: Sequence[Tried]) -> Trial:
    voters = sum(one.election.voters for one in mine)
    worth = np.concatenate([one.worth for one in mine])
    counts = np.concatenate([one.counts for one in mine])
    order = np.argsort(worth, kind="stable")
    values, held = worth[order].tolist(), counts[order].tolist()
    total = sum(value * number for value, number in zip(values, held, strict=True))
    gain = np.sign(worth - np.concatenate([one.worth for one in first]))
    return Trial(
        funded=sum(len(one.result.winners) for one in mine),
        budget=sum(one.election.budget for one in mine),
        cost=sum(one.result.cost for one in mine),
        voters=voters,
        represented=int(counts[worth > 0].sum()),
        mean=total // voters if voters else 0,
        gini=hundredths(gini(values, held)),
        issues=_issues(mine),
        districts=tuple(_district(one) for one in mine),
        enters=tuple(_moved(mine, first)),
        leaves=tuple(_moved(first, mine)),
        better=int(counts[gain > 0].sum()),
        worse=int(counts[gain < 0].sum()),
    )


def hundredths(value: Fraction) -> int:
    """A share of one in hundredths, halves up."""
    return int(value * 200 + 1) // 2


def _district(one: Tried) -> TrialDistrict:
    found = overlooked(one.election, one.result)
    return TrialDistrict(
        one.case.name, one.election.budget, len(one.result.winners), one.result.cost, found is not None
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
