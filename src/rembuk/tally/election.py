"""The frozen input of a count: projects, districts, ballots merged by what they say, and the election they make.

What a caller builds and counts (all money in whole units, rupiah for us):

    election = Election.of(
        projects=[Project("p1", cost=80_000_000, name="TPS 3R"), ...],
        types=[(0b101, 312), (0b010, 99), (0, 4)],    # bit i = i-th project, or tuples of ids: (("p1", "p3"), 312)
        budget=1_000_000_000,
        kind="approval",                              # approval | knapsack | ranked | points
        rule="greedy",                                # a name of RULES.names()
        options=Options(threshold=1),
        seed=bytes.fromhex("..."),                    # public dice; None means ties by project id
        contest="2026/32.73.27",
    )
    result = rembuk.tally.count.count(election)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rembuk.tally.limits import Limit, Watch
from rembuk.tally.merge import merged
from rembuk.tally.types import Ballots, Choice


class BadElection(ValueError):
    """An election that cannot be counted: the sentence says which project, ballot or option and why."""


class Order(StrEnum):
    """What greedy sorts by."""

    VOTES = "votes"
    VOTES_PER_COST = "votes_per_cost"


class Utility(StrEnum):
    """What a funded project is worth to its supporter in equal shares."""

    COST = "cost"
    COUNT = "count"
    POINTS = "points"
    BORDA = "borda"


class Completion(StrEnum):
    """What equal shares does with the money it leaves."""

    NONE = "none"
    GREEDY = "greedy"
    ADD1 = "add1"
    ADD1U = "add1u"


@dataclass(frozen=True, slots=True)
class Project:
    """One line of the ballot slip; cost > 0; `refusal` empty means eligible, else it is the reason why not."""

    id: str
    cost: int
    name: str = ""
    district: str = ""
    area: str = ""
    issue: str = ""
    refusal: str = ""
    group: str = ""
    requires: str = ""
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    """An area with a ceiling of its own (in Bandung a kecamatan) and the statistics a quota rule may use."""

    code: str
    name: str = ""
    residents: int = 0
    poor_families: int = 0
    lowest: int = 0
    highest: int | None = None
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a rule; `threshold` is the least score a project needs, `step` money per voter (0 = default)."""

    order: Order = Order.VOTES
    skip: bool = True
    threshold: int = 0
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE
    step: int = 0

    def pairs(self) -> dict[str, str]:
        """The options as text, for the record."""
        return {
            "order": str(self.order),
            "skip": "yes" if self.skip else "no",
            "threshold": str(self.threshold),
            "utility": str(self.utility),
            "completion": str(self.completion),
            "step": str(self.step),
        }


@dataclass(frozen=True)
class Election:
    """One contest: its projects, its merged ballots, its money and the rule agreed before the vote.

    `seed` None means ties by project id; `unit` is money per currency unit; `before` are projects that an earlier
    stage funded: they cost nothing here, but limits, groups and requirements know of them.
    """

    projects: tuple[Project, ...]
    ballots: Ballots
    budget: int
    rule: str = "greedy"
    options: Options = Options()
    seed: bytes | None = None
    contest: str = ""
    unit: int = 1
    limits: tuple[Limit, ...] = ()
    before: tuple[Project, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if reason := _why_bad(self):
            raise BadElection(reason)

    @classmethod
    def of(
        cls,
        projects: Iterable[Project],
        types: Iterable[tuple[Choice, int]],
        budget: int,
        *,
        kind: str = "approval",
        rule: str = "greedy",
        options: Options | None = None,
        seed: bytes | None = None,
        contest: str = "",
        limits: Iterable[Limit] = (),
        most: int = 0,
    ) -> "Election":
        """An election from projects and (choice, count) pairs; BadBallot or BadElection when they do not fit.

        `most` is the number of places on a ranked ballot (0: as many as the longest ballot has).
        """
        listed = tuple(projects)
        return cls(
            projects=listed,
            ballots=replace(merged([project.id for project in listed], types, kind), most=most),
            budget=budget,
            rule=rule,
            options=options or Options(),
            seed=seed,
            contest=contest,
            limits=tuple(limits),
        )

    @property
    def voters(self) -> int:
        """How many ballots were counted, empty ones included."""
        return self.ballots.voters

    def with_rule(self, rule: str, options: Options | None = None) -> "Election":
        """The same election under another rule, for comparison."""
        return replace(self, rule=rule, options=options or self.options)

    def under(self, rule: str, options: Options, seed: bytes | None) -> "Election":
        """The same election under another rule and other ties (None: by id)."""
        return replace(self, rule=rule, options=options, seed=seed)

    def watch(self) -> Watch:
        """A fresh watch over the limits, which knows what was funded before."""
        return Watch.after(self.limits, self.before)

    def about(self) -> Mapping[str, str]:
        """The description kept from the file it came from (empty when it came from elsewhere)."""
        return dict(self.meta)


def _why_bad(election: Election) -> str:
    seen: set[str] = set()
    for project in election.projects:
        if project.id in seen:
            return f"project {project.id!r} is there twice"
        seen.add(project.id)
        if type(project.cost) is not int or project.cost <= 0:
            return f"project {project.id!r} has a cost that is not a whole number above 0"
    if type(election.budget) is not int or election.budget < 0:
        return "the budget is not a whole number of at least 0"
    if election.options.threshold < 0 or election.options.step < 0:
        return "threshold and step cannot be below 0"
    if election.ballots.projects != len(election.projects):
        return "the ballots were merged for other projects"
    return ""
