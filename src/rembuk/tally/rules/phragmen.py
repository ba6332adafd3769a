"""Sequential Phragmén (Brill, Freeman, Janson, Lackner): buy what makes the largest new load smallest."""

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

import numpy as np

from rembuk.tally.election import Election
from rembuk.tally.market import Floats
from rembuk.tally.record import Record
from rembuk.tally.result import Decision
from rembuk.tally.rules import RULES, Outcome
from rembuk.tally.ties import TieBreak
from rembuk.tally.types import Ints

CLOSE = 1e-9


@RULES.put("phragmen")
def phragmen(election: Election) -> Outcome:
    """Fund by smallest new largest load; stop as soon as one of the projects with the smallest does not fit."""
    record, loads, ties = Record.fresh(election), Loads(election), TieBreak(election)
    while tied := loads.smallest(_open(record, loads)):
        winner = ties.first(tied)
        if any(record.project(index).cost > record.money for index in tied):
            break
        before, after = loads.rational(loads.held(winner)), loads.after(winner)
        loads.buy(winner)
        record.note(
            winner,
            Decision.FUNDED,
            supporters=loads.supporters[winner],
            load_before=before,
            load_after=after,
            tie=ties.tie(winner, tied),
        )
    _note_left(record, loads, ties)
    return Outcome(record.winners, tuple(record.steps))


def _open(record: Record, loads: "Loads") -> list[int]:
    election = record.election
    least = max(1, election.options.threshold)
    return [
        index
        for index, project in enumerate(election.projects)
        if index not in record.funded
        and project.cost <= election.budget
        and loads.supporters[index]
        and int(election.ballots.scores[index]) >= least
        and not record.watch.why_never(project)
        and not record.watch.why_not_yet(project)
    ]


@dataclass(slots=True)
class Loads:
    """What each ballot type carries: floats to rank by, and exact loads as `exact[j] / scale` per purchase j."""

    election: Election
    supporters: list[int] = field(init=False)
    carried: Floats = field(init=False)
    last: Ints = field(init=False)
    types: list[Ints] = field(init=False)
    exact: list[int] = field(default_factory=lambda: [0])
    scale: int = 1

    def __post_init__(self) -> None:
        ballots = self.election.ballots
        self.supporters = [int(votes) for votes in ballots.approvals]
        self.carried = np.zeros(len(ballots.counts))
        self.last = np.zeros(len(ballots.counts), dtype=np.int64)
        self.types = [ballots.owners[ballots.entries_of(p)] for p in range(ballots.projects)]

    def smallest(self, projects: list[int]) -> list[int]:
        """The projects whose purchase makes the smallest new largest load, exactly; empty when there are none."""
        if not projects:
            return []
        rough = {index: self._rough(index) for index in projects}
        bound = min(rough.values()) * (1 + CLOSE)
        close = [index for index, load in rough.items() if load <= bound]
        if len(close) == 1:
            return close
        loads = {index: self.after(index) for index in close}
        least = min(loads.values())
        return [index for index, load in loads.items() if load == least]

    def held(self, project: int) -> int:
        """What the supporters of a project carry together; over `scale`."""
        types = self.types[project]
        counts = self.election.ballots.counts[types].astype(np.float64)
        sums = np.bincount(self.last[types], weights=counts, minlength=len(self.exact)).tolist()
        return sum(load * int(bulk) for load, bulk in zip(self.exact, sums, strict=True) if bulk)

    def rational(self, amount: int, divisor: int = 1) -> Fraction:
        """An amount over `scale` (and a divisor) as a fraction."""
        return Fraction(amount, self.scale * divisor)

    def after(self, project: int) -> Fraction:
        """The load every supporter would carry after this purchase."""
        whole = self.election.projects[project].cost * self.scale + self.held(project)
        return self.rational(whole, self.supporters[project])

    def buy(self, project: int) -> None:
        """Put the new load on every supporter."""
        votes = self.supporters[project]
        whole = self.election.projects[project].cost * self.scale + self.held(project)
        common = gcd(whole, votes)
        factor = votes // common
        self.scale *= factor
        self.exact = [*(load * factor for load in self.exact), whole // common]
        types = self.types[project]
        self.last[types] = len(self.exact) - 1
        self.carried[types] = self.exact[-1] / self.scale

    def _rough(self, project: int) -> float:
        types = self.types[project]
        held = float((self.carried[types] * self.election.ballots.counts[types]).sum())
        return (self.election.projects[project].cost + held) / self.supporters[project]


def _note_left(record: Record, loads: Loads, ties: TieBreak) -> None:
    left = [index for index in range(len(record.election.projects)) if index not in record.funded]
    threshold = max(1, record.election.options.threshold)
    would = {index: loads.after(index) for index in left if loads.supporters[index]}
    for index in sorted(left, key=lambda i: (i not in would, would.get(i, Fraction(0)), ties.rank[i])):
        project = record.project(index)
        reason = record.watch.why_never(project) or record.watch.why_not_yet(project)
        facts = {"supporters": loads.supporters[index], "load_after": would.get(index)}
        if reason:
            record.note(index, Decision.HELD, constraint=reason, **facts)
        elif int(record.election.ballots.scores[index]) < threshold:
            record.note(index, Decision.BELOW_THRESHOLD, constraint=f"threshold {threshold}", **facts)
        elif project.cost > record.money:
            record.note(index, Decision.DOES_NOT_FIT, **facts)
        else:
            record.note(index, Decision.STOPPED, **facts)
