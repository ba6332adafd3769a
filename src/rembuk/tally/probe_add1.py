"""What a project lacked under Add1, where one count is a long search: counted again from where the course can change.

More votes are approvals added to the ballots of the voters served least by the result (least money of own funded
choices), so that the share of every voter and all steps stay what they were: `optimist-add` of Boehmer et al., IJCAI
2024, with a fixed order of voters. Few votes and costs are tried (`rungs`), and only those that leave the course as it
was until near its end; the sentence names the number that is enough and the one tried before it that is not.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rembuk.tally.add1 import walk
from rembuk.tally.course import Course, Start
from rembuk.tally.election import Completion, Election
from rembuk.tally.fairness import satisfaction
from rembuk.tally.market import Market
from rembuk.tally.record import Record
from rembuk.tally.result import Result
from rembuk.tally.rules.greedy import take
from rembuk.tally.types import Ballots, Ints


def rungs(most: int) -> list[int]:
    """The numbers that are tried, up to `most`: every one below 100, then steps of 2 to 5 in a hundred."""
    found, size = list(range(1, min(most, 99) + 1)), 1
    while size * 100 <= most:
        steps = (*range(100, 200, 5), *range(200, 500, 10), *range(500, 1000, 20))
        found += [step * size for step in steps if step * size <= most]
        size *= 10
    return found


def with_support(election: Election, result: Result, project: str, votes: int) -> Election:
    """The election in which so many more of the voters served least by its result also name this project."""
    place = next(place for place, other in enumerate(election.projects) if other.id == project)
    return replace(election, ballots=_supported(election.ballots, _others(election, result, place), place, votes))


def at_cost(election: Election, project: str, cost: int) -> Election:
    """The election with this project at another cost."""
    return replace(election, projects=tuple(replace(p, cost=cost) if p.id == project else p for p in election.projects))


def _others(election: Election, result: Result, place: int) -> Ints:
    """The ballot types that do not name a project, those served least by the result first."""
    ballots = election.ballots
    order = np.argsort(satisfaction(election, result), kind="stable")
    naming = np.zeros(len(ballots.counts), dtype=bool)
    naming[ballots.owners[ballots.entries_of(place)]] = True
    return order[~naming[order]]


def _supported(ballots: Ballots, others: Ints, place: int, votes: int) -> Ballots:
    before = np.concatenate(([0], np.cumsum(ballots.counts[others])))
    moved = np.clip(votes - before[:-1], 0, ballots.counts[others])
    others, moved = others[moved > 0], moved[moved > 0]
    counts = ballots.counts.copy()
    counts[others] -= moved
    rows = [np.append(ballots.chosen[ballots.starts[kind] : ballots.starts[kind + 1]], place) for kind in others]
    starts = ballots.starts[-1] + np.cumsum([len(row) for row in rows], dtype=np.int64)
    return replace(
        ballots,
        counts=np.concatenate((counts, moved)),
        starts=np.concatenate((ballots.starts, starts)),
        chosen=np.concatenate((ballots.chosen, *rows)),
    )


@dataclass
class Retry:
    """One Add1 count and its course; it tells for the projects at `places` what they lacked."""

    election: Election
    result: Result
    places: list[int]

    @cached_property
    def course(self) -> Course:
        """The count once more, with bounds for every project asked about."""
        return Course(Market(self.election), self.places)

    def votes(self, nth: int) -> tuple[int | None, int | None]:
        """More supporters that get it funded, and the next lower number tried, which does not; None where none."""
        election, place = self.election, self.places[nth]
        project, kind = election.projects[place], election.ballots.kind
        if kind in ("points", "ranked") or project.cost > election.budget:
            return None, None
        others = _others(election, self.result, place)
        tried = rungs(int(election.ballots.counts[others].sum()))

        def wins(rung: int) -> bool | None:
            start = self.course.start_by_votes(nth, tried[rung])
            if self.course.is_far(start):
                return None
            ballots = _supported(election.ballots, others, place, tried[rung])
            return self.funds(Market(replace(election, ballots=ballots)), place, start)

        guess = bisect_left(tried, float(self.course.last.needs[nth]))
        return _told(tried, edge(wins, len(tried), guess), 0)

    def cost(self, nth: int) -> tuple[int | None, int | None]:
        """A cost at which it is funded, and the next higher one tried, which is too much; None where none."""
        place = self.places[nth]
        project = self.election.projects[place]
        tried = rungs(project.cost - 1)[::-1]

        def wins(rung: int) -> bool | None:
            start = self.course.start_by_cost(nth, tried[rung])
            if self.course.is_far(start):
                return None
            market = self.course.market.repriced(at_cost(self.election, project.id, tried[rung]), place)
            return self.funds(market, place, start)

        step = self.result.step_of(project.id)
        turn = step.money_before if step and step.part == "completion" else 0
        dearest = max(turn, min(float(self.course.last.costs[nth]), project.cost))
        return _told(tried, edge(wins, len(tried), sum(cost > dearest for cost in tried)), project.cost)

    def funds(self, market: Market, place: int, start: Start) -> bool:
        """Whether the project wins in the changed election, whose course is known up to `start`."""
        trail = start.at[1] if start.at and start.is_end else walk(market, start.at).trail
        if place in trail.bought or market.election.options.completion is not Completion.ADD1U:
            return place in trail.bought
        record = Record.fresh(market.election)
        for index in trail.bought:
            record.pay(index)
        take(record, [index for index in range(len(market.election.projects)) if index not in record.funded])
        return place in record.funded


def _told(tried: list[int], found: tuple[int, int | None], own: int) -> tuple[int | None, int | None]:
    lost, won = found
    if lost < 0:
        return (None, None) if won is None else (tried[won], own)
    return None if won is None else tried[won], tried[lost]


def edge(wins: Callable[[int], bool | None], many: int, guess: int) -> tuple[int, int | None]:
    """Two neighbours of 0 … many - 1, of which the second wins and the first (-1: none at all) does not.

    Looked for from a guess in strides of 1, 2, 4, … until the answer turns, then by bisection. From where `wins` does
    not know (None) on, all is out of bounds; the second is None when no winner was met within them.
    """
    lost, won, bound, stride = -1, -1, many, 1
    rung = min(guess, many - 1)
    while won < 0:
        if bound - lost <= 1:
            return lost, None
        answer = wins(rung)
        if answer:
            won, stride = rung, 1
        elif answer is None:
            bound, rung = rung, (lost + rung) // 2
        else:
            lost, rung, stride = rung, min(rung + stride, bound - 1), stride * 2
        rung = max(rung, lost + 1)
    while won > 0 and lost < 0:
        rung = max(0, won - stride)
        lost, won, stride = (lost, rung, stride * 2) if wins(rung) else (rung, won, stride)
    while won - lost > 1:
        rung = (lost + won) // 2
        lost, won = (lost, rung) if wins(rung) else (rung, won)
    return lost, won
