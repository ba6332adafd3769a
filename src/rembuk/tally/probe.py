"""What a project lacked: how many more votes, or which lower cost, would have had it funded, found by counting again.

lacking(election, result)      {project id: Lack} for every project that lost and was not held by a limit

The votes are those of new voters who name only this project (`singleton-add` of Boehmer, Faliszewski, Janeczko,
Peters, Pierczyński, Schierreich, Skowron, Szufa, Evaluation of Project Performance in Participatory Budgeting,
IJCAI 2024), the cost is their `cost-red`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rembuk.tally.election import Completion, Election
from rembuk.tally.probe_add1 import Retry, at_cost
from rembuk.tally.result import Decision, Result
from rembuk.tally.rules import RULES
from rembuk.tally.types import Ballots

ADD1 = (Completion.ADD1, Completion.ADD1U)


@dataclass(frozen=True, slots=True)
class Lack:
    """More votes, or a lower cost, that would have had a project funded; None where none would.

    Under Add1 the votes are of the voters `served_least`, and only some numbers are tried: `not_enough` votes and the
    `too_dear` cost are those tried that do not get it funded (alone: even they do not, and no number was found).
    """

    more_votes: int | None = None
    fitting_cost: int | None = None
    served_least: bool = False
    not_enough: int | None = None
    too_dear: int | None = None


NOTHING = Lack()


def lacking(election: Election, result: Result) -> dict[str, Lack]:
    """What every project that lost lacked, but for those that a limit held or that were not counted."""
    places = [
        place
        for place, project in enumerate(election.projects)
        if project.id not in result.winners
        and (step := result.step_of(project.id))
        and step.decision is not Decision.HELD
    ]
    if election.rule == "equal_shares" and election.options.completion in ADD1 and election.voters and places:
        return _by_add1(election, Retry(election, result, places))
    names = [election.projects[place].id for place in places]
    return {name: Lack(more_votes(election, name), fitting_cost(election, name)) for name in names}


def _by_add1(election: Election, retry: Retry) -> dict[str, Lack]:
    found = {}
    for nth, place in enumerate(retry.places):
        votes, not_enough = retry.votes(nth)
        cost, too_dear = retry.cost(nth)
        found[election.projects[place].id] = Lack(votes, cost, True, not_enough, too_dear)
    return found


def more_votes(election: Election, project: str) -> int | None:
    """The number of new voters naming only this project that gets it funded while one fewer does not; None if none."""
    if election.ballots.kind == "points":
        return None
    place = next(i for i, other in enumerate(election.projects) if other.id == project)
    if election.projects[place].cost > election.budget:
        return None

    def wins(votes: int) -> bool:
        return _wins(replace(election, ballots=joined(election.ballots, place, votes)), project)

    most = max(election.voters, 1) * 2 + election.options.threshold
    return least(wins, most)


def fitting_cost(election: Election, project: str) -> int | None:
    """The largest cost below its own at which the project is funded while one more is too much; None if none."""
    own = next(other.cost for other in election.projects if other.id == project)
    steps = least(lambda less: _wins(at_cost(election, project, own - less), project), own - 1)
    return None if steps is None else own - steps


def least(wins: Callable[[int], bool], most: int) -> int | None:
    """A number from 1 to `most` that wins although one less does not, by bisection; None when `most` does not win."""
    if most < 1 or not wins(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    # the claim itself is counted once more; that one less is not enough was the last thing bisection saw
    return high if wins(high) else None


def _wins(election: Election, project: str) -> bool:
    return project in RULES[election.rule](election).winners


def joined(ballots: Ballots, place: int, votes: int) -> Ballots:
    """The ballots with some more that name only this project."""
    return Ballots(
        ballots.kind,
        ballots.projects,
        np.append(ballots.counts, votes),
        np.append(ballots.starts, ballots.starts[-1] + 1),
        np.append(ballots.chosen, place),
        None,
        ballots.most,
        ballots.repeats,
    )
