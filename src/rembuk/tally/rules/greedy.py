"""Greedy: in order of score take what fits; pass over what does not, or stop there (tally.md §1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from rembuk.tally.election import Election, Order
from rembuk.tally.record import Record
from rembuk.tally.result import Decision, Step
from rembuk.tally.rules import RULES, Outcome
from rembuk.tally.ties import TieBreak


@RULES.put("greedy")
def greedy(election: Election) -> Outcome:
    """Projects by votes (or votes per cost), ties by the chain, each taken if it fits and no limit holds it."""
    record = Record.fresh(election)
    take(record, range(len(election.projects)), skip=election.options.skip)
    return Outcome(record.winners, tuple(record.steps))


def take(record: Record, projects: Iterable[int], *, skip: bool = True, line: "Line | None" = None) -> None:
    """Go through `projects` in the order of the line (by default the election's own), writing one step for each."""
    line = line or Line(record.election, record.election.options.order)
    first = len(record.steps)
    _Pass(record, skip).through(line.sorted(projects), line)
    record.steps[first:] = _with_ties(record.steps[first:], line)


@dataclass(frozen=True)
class Line:
    """Projects waiting in line: the score that orders them (`scores`, when given) and the ties it leaves."""

    election: Election
    order: Order = Order.VOTES
    scores: tuple[Fraction, ...] | None = None

    def score(self, index: int) -> Fraction:
        """What the project is ordered by, highest first."""
        if self.scores is not None:
            return self.scores[index]
        votes = int(self.election.ballots.scores[index])
        per_cost = self.order is Order.VOTES_PER_COST
        return Fraction(votes, self.election.projects[index].cost) if per_cost else Fraction(votes)

    def sorted(self, projects: Iterable[int]) -> list[int]:
        """The projects, first in line first."""
        rank = TieBreak(self.election).rank
        return sorted(projects, key=lambda index: (-self.score(index), rank[index]))


@dataclass(slots=True)
class _Pass:
    record: Record
    skip: bool
    waiting: list[tuple[int, int, Fraction]] = field(default_factory=list)
    stopped: bool = False

    def through(self, order: Sequence[int], line: Line) -> None:
        for rank, index in enumerate(order, start=1):
            self._consider(rank, index, line.score(index))
        for rank, index, score in self.waiting:
            reason = self.record.watch.why_not_yet(self.record.project(index))
            self.record.note(index, Decision.HELD, rank=rank, score=score, constraint=reason)

    def _consider(self, rank: int, index: int, score: Fraction) -> None:
        decision, reason = self._decide(index)
        if decision is Decision.HELD and not self.record.watch.why_never(self.record.project(index)):
            self.waiting.append((rank, index, score))
            return
        self.stopped |= decision is Decision.DOES_NOT_FIT and not self.skip
        self.record.note(index, decision, rank=rank, score=score, constraint=reason or None)
        if decision is Decision.FUNDED:
            self._call_waiting()

    def _call_waiting(self) -> None:
        # a project whose requirement has just been met stood before everyone still in line
        while ready := next(filter(self._is_ready, self.waiting), None):
            self.waiting.remove(ready)
            self._consider(*ready)

    def _is_ready(self, waiting: tuple[int, int, Fraction]) -> bool:
        return not self.record.watch.why_not_yet(self.record.project(waiting[1]))

    def _decide(self, index: int) -> tuple[Decision, str]:
        project, election = self.record.project(index), self.record.election
        threshold = election.options.threshold
        if reason := self.record.watch.why_never(project):
            return Decision.HELD, reason
        if int(election.ballots.scores[index]) < threshold:
            return Decision.BELOW_THRESHOLD, f"threshold {threshold}"
        if self.stopped:
            return Decision.STOPPED, ""
        if reason := self.record.watch.why_not_yet(project):
            return Decision.HELD, reason
        if project.cost > self.record.money:
            return Decision.DOES_NOT_FIT, ""
        return Decision.FUNDED, ""


def _with_ties(steps: Sequence[Step], line: Line) -> list[Step]:
    index_of = {project.id: index for index, project in enumerate(line.election.projects)}
    ties = TieBreak(line.election)
    noted: dict[str, Step] = {}
    by_rank = sorted(steps, key=lambda step: step.rank or 0)
    for _, group in groupby(by_rank, key=lambda step: step.score):
        tied = list(group)
        if len({step.decision for step in tied}) > 1:
            members = [index_of[step.project] for step in tied]
            for step in tied:
                noted[step.project] = replace(step, tie=ties.tie(index_of[step.project], members))
    return [noted.get(step.project, step) for step in steps]


def fitting(record: Record, projects: Iterable[int]) -> Iterator[int]:
    """The projects that could still be funded: enough votes, affordable, held by nothing."""
    threshold = max(1, record.election.options.threshold)
    for index in projects:
        project = record.project(index)
        if project.cost > record.money or int(record.election.ballots.scores[index]) < threshold:
            continue
        if not record.watch.why_never(project) and not record.watch.why_not_yet(project):
            yield index
