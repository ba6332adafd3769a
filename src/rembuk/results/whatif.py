"""What another rule or quota would have done with the ballots of a finished round: run, compared, never kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from rembuk.results.figures import Part, parts_of
from rembuk.results.stages import from_city_round, whole_result
from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Completion, District, Election, Options, Order, Utility
from rembuk.tally.explain import representation
from rembuk.tally.fairness import gini, overlooked, satisfaction
from rembuk.tally.limits import Limit
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.result import Result
from rembuk.tally.stages import count_city
from rembuk.tally.types import Ints

MOST_DISTRICTS = 30
MOST_PROJECTS = 200
NO_FENCE = "none"


@dataclass(frozen=True, slots=True)
class Case:
    """One district of a finished round: its election as it was counted, rule, options, ceiling and limits included."""

    area: str
    name: str
    election: Election
    fences: tuple[Fence, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """What the round itself did with the money left over; as it stands, nothing (an archive)."""

    contest: str = ""
    leftover: Leftover = Leftover.NONE
    pot: int = 0
    most_per_district: int | None = None
    money_per_district: int | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What to try: `rule` "" is the round's own with its options, `quota` "" its own ceilings; `total` in units.

    `aside` "" keeps the money set aside, "none" drops it, else it is an issue that gets `percent` of every ceiling.
    `leftover` "" is the round's own. `per_rw` None keeps the limits, 0 drops them, else so many projects in each RW.
    """

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
    aside: str = ""
    percent: int = 0
    leftover: str = ""
    per_rw: int | None = None

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


def tried(cases: Sequence[Case], base: Base, setting: Setting, ceilings: Mapping[str, int]) -> list[Tried]:
    """Every district counted under a setting; `ceilings` by area replace its own; BadElection for impossible ones."""
    asked = [_changed(case, setting, ceilings) for case in cases]
    if not _staged(asked, base, setting):
        return [_tried(case, case.election, count(case.election)) for case in asked]
    city = _city(asked, base, setting)
    result = count_city(city)
    found = []
    for case in asked:
        election = city.envelopes[case.area].election
        whole = whole_result(result.envelopes[case.area], from_city_round(result, election), election)
        found.append(_tried(case, replace(election, budget=case.election.budget), whole))
    return found


def _tried(case: Case, election: Election, result: Result) -> Tried:
    return Tried(case, election, result, satisfaction(election, result))


def _changed(case: Case, setting: Setting, ceilings: Mapping[str, int]) -> Case:
    election = case.election
    if setting.rule:
        election = election.with_rule(setting.rule, setting.options)
    election = replace(election, budget=ceilings.get(case.area, election.budget))
    if setting.per_rw is not None:
        election = replace(election, limits=_per_rw(election, setting.per_rw))
    fences = case.fences
    if setting.aside:
        floor = election.budget * setting.percent // 100
        fences = () if setting.aside == NO_FENCE or not floor else (Fence(setting.aside, floor, setting.aside),)
    return replace(case, election=election, fences=fences)


def _per_rw(election: Election, most: int) -> tuple[Limit, ...]:
    inside: dict[str, set[str]] = {}
    for project in election.projects:
        if project.area and most:
            inside.setdefault(project.area, set()).add(project.id)
    return tuple(Limit(area, frozenset(ids), most) for area, ids in sorted(inside.items()))


def _staged(cases: Sequence[Case], base: Base, setting: Setting) -> bool:
    """Whether more than one contest per district is asked for; a plain archive is counted by its file's own rule."""
    return _leftover(base, setting) is Leftover.CITY_ROUND or any(case.fences for case in cases)


def _leftover(base: Base, setting: Setting) -> Leftover:
    return Leftover(setting.leftover) if setting.leftover else base.leftover


def _city(cases: Sequence[Case], base: Base, setting: Setting) -> City:
    leftover = _leftover(base, setting)
    pot = base.pot if leftover is Leftover.CITY_ROUND else 0
    districts = tuple(District(case.area, case.name, ceiling=case.election.budget) for case in cases)
    return City(
        contest=base.contest,
        plan=QuotaPlan(sum(case.election.budget for case in cases) + pot, districts, pot),
        quota="fixed",
        envelopes={case.area: Envelope(case.election, case.fences) for case in cases},
        seed=cases[0].election.seed,
        leftover=leftover,
        most_per_district=base.most_per_district,
        money_per_district=base.money_per_district,
    )


def compared(every: Sequence[Sequence[Tried] | None]) -> list[Trial | None]:
    """The settings side by side, each against the first that could be counted; None stays None."""
    first = next((each for each in every if each is not None), None)
    return [None if each is None or first is None else _trial(each, first) for each in every]


def run(cases: Sequence[Case], base: Base, settings: Sequence[tuple[Setting, Mapping[str, int]]]) -> list[Trial | None]:
    """Count every setting with its ceilings and compare; None for one whose rule cannot count these ballots."""
    every: list[Sequence[Tried] | None] = []
    for setting, ceilings in settings:
        try:
            every.append(tried(cases, base, setting, ceilings))
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
    # where money is set aside, capped, or given by the city, equal shares of the ceiling are no measure
    plain = not one.case.fences and not one.election.limits and one.result.cost <= one.election.budget
    found = overlooked(one.election, one.result) if plain else None
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
