"""An election written down as papers do: what each project costs, who names which, and the money."""

from collections.abc import Iterable, Mapping

from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project, Utility
from rembuk.tally.result import Result

Ballots = Iterable[tuple[Iterable[str], int]]


def unit(names: str) -> dict[str, int]:
    """Candidates for seats: each costs 1, so a budget of k elects k of them."""
    return dict.fromkeys(names, 1)


def contest(costs: Mapping[str, int], ballots: Ballots, budget: int, rule: str, **options: object) -> Election:
    """One approval election; ties by id, so that a paper's alphabetical order is ours."""
    listed = [Project(name, cost) for name, cost in costs.items()]
    asked = Options(**options)  # type: ignore[arg-type]
    return Election.of(listed, [(tuple(named), n) for named, n in ballots], budget, rule=rule, options=asked)


def greedy(costs: Mapping[str, int], ballots: Ballots, budget: int, **options: object) -> Result:
    """Counted by approvals."""
    return count(contest(costs, ballots, budget, "greedy", **options))


def phragmen(costs: Mapping[str, int], ballots: Ballots, budget: int) -> Result:
    """Counted by sequential Phragmén."""
    return count(contest(costs, ballots, budget, "phragmen"))


def shares(
    costs: Mapping[str, int],
    ballots: Ballots,
    budget: int,
    utility: Utility = Utility.COST,
    completion: Completion = Completion.NONE,
    step: int = 0,
) -> Result:
    """Counted by equal shares."""
    asked = contest(costs, ballots, budget, "equal_shares", utility=utility, completion=completion, step=step)
    return count(asked)
