"""How evenly an outcome serves the voters: money of one's own choices, its Gini index, and groups passed over.

fairness(election, result)        Fairness; every number exact, none of it part of the hashed result
overlooked(election, result)      None is the certificate of EJR+ up to one project; else the group it names

Satisfaction of a voter = cost of the funded projects on the voter's own ballot (cost utility of tally.md 7).
EJR+ and its polynomial test: Brill, Peters, "Robust and Verifiable Proportionality Axioms for Multiwinner Voting",
EC 2023 (arXiv 2302.01989); cost satisfaction in budgeting: Brill, Forster, Lackner, Maly, Peters (arXiv 2302.03672).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rembuk.tally.election import Election
from rembuk.tally.result import Decision, Result
from rembuk.tally.types import Ints

NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Overlooked:
    """Supporters of an unfunded project whose shares pay for it and all of theirs that was funded: a group passed over.

    Each of the `group` voters sees at most `most` of own choices funded, and `most + cost <= entitled`, the sum of
    their equal shares of the budget.
    """

    project: str
    cost: int
    group: int
    most: int
    entitled: Fraction


@dataclass(frozen=True, slots=True)
class Fairness:
    """Money per voter: the equal `share` of the budget, mean and median satisfaction, its Gini index from 0 to 1.

    `checked` unfunded projects were tested for a group passed over; `overlooked` is the worst case or None.
    """

    share: Fraction
    mean: Fraction
    median: Fraction
    gini: Fraction
    checked: int
    overlooked: Overlooked | None


def fairness(election: Election, result: Result) -> Fairness:
    """The figures of one outcome; all 0 when nobody voted."""
    worth = satisfaction(election, result)
    voters = election.voters
    order = np.argsort(worth, kind="stable")
    values, counts = worth[order].tolist(), election.ballots.counts[order].tolist()
    total = sum(value * count for value, count in zip(values, counts, strict=True))
    return Fairness(
        share=Fraction(election.budget, voters) if voters else Fraction(0),
        mean=Fraction(total, voters) if voters else Fraction(0),
        median=_median(values, counts),
        gini=gini(values, counts),
        checked=len(_candidates(election, result)),
        overlooked=overlooked(election, result),
    )


def satisfaction(election: Election, result: Result) -> Ints:
    """The money of own funded choices of one voter of each ballot type; shape (types,), in money units."""
    won = set(result.winners)
    money = np.array([p.cost if p.id in won else 0 for p in election.projects], dtype=np.int64)
    ballots = election.ballots
    sums = np.zeros(len(ballots.counts), dtype=np.int64)
    if len(ballots.chosen):
        np.add.at(sums, ballots.owners, money[ballots.chosen])
    return sums


def overlooked(election: Election, result: Result) -> Overlooked | None:
    """The group with the most unused money among all that EJR+ up to one project would not pass over; None if none.

    For an unfunded project, the group at a level t is every supporter with at most t of own choices funded; it is
    passed over when t + cost <= its shares together. Only the levels t that occur need to be tried.
    """
    if not election.voters:
        return None
    worth = satisfaction(election, result)
    found: Overlooked | None = None
    for index in _candidates(election, result):
        seen = _worst(election, worth, index)
        if seen and (found is None or _slack(seen) > _slack(found)):
            found = seen
    return found


def _worst(election: Election, worth: Ints, index: int) -> Overlooked | None:
    ballots, project = election.ballots, election.projects[index]
    types = ballots.owners[ballots.entries_of(index)]
    order = np.argsort(worth[types], kind="stable")
    levels, groups = worth[types][order], np.cumsum(ballots.counts[types][order])
    share = election.budget / election.voters
    # floats only rank; whatever comes within their doubt of the best is compared exactly
    slack = groups * share - levels - float(project.cost)
    doubt = NEAR * (election.budget + project.cost)
    near = np.flatnonzero(slack >= max(slack.max(), 0.0) - doubt)
    every = (
        Overlooked(project.id, project.cost, int(groups[at]), int(levels[at]), _entitled(election, int(groups[at])))
        for at in near
    )
    return max((one for one in every if _slack(one) >= 0), key=_slack, default=None)


def _entitled(election: Election, group: int) -> Fraction:
    return Fraction(group * election.budget, election.voters)


def _slack(seen: Overlooked) -> Fraction:
    return seen.entitled - seen.most - seen.cost


def _candidates(election: Election, result: Result) -> list[int]:
    """Unfunded projects that votes alone could have funded: eligible, above the threshold, held back by no limit."""
    won, least = set(result.winners), max(1, election.options.threshold)
    held = {step.project for step in result.steps if step.decision is Decision.HELD}
    scores = election.ballots.scores
    return [
        index
        for index, project in enumerate(election.projects)
        if project.id not in won | held and not project.refusal and scores[index] >= least
    ]


def gini(values: Sequence[int], counts: Sequence[int]) -> Fraction:
    """Half the mean difference between two voters over the mean, exact; values ascending, each held by so many voters.

    0 when all have the same, so also when all have 0.
    """
    voters, before, weighted = sum(counts), 0, 0
    total = sum(value * count for value, count in zip(values, counts, strict=True))
    if total == 0:
        return Fraction(0)
    for value, count in zip(values, counts, strict=True):
        # the sum of 2 * rank - voters - 1 over the ranks before+1 … before+count
        weighted += value * count * (2 * before + count - voters)
        before += count
    return Fraction(weighted, voters * total)


def _median(values: list[int], counts: list[int]) -> Fraction:
    voters = sum(counts)
    if not voters:
        return Fraction(0)
    middle = list(_at(values, counts, ((voters - 1) // 2, voters // 2)))
    return Fraction(sum(middle), 2)


def _at(values: list[int], counts: list[int], ranks: tuple[int, ...]) -> Iterator[int]:
    for rank in ranks:
        before = 0
        for value, count in zip(values, counts, strict=True):
            before += count
            if rank < before:
                yield value
                break
