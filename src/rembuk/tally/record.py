"""The record while it is being written: one numbered step after another, with the money before and after."""

from dataclasses import dataclass, field
from typing import Any

from rembuk.tally.election import Election, Project
from rembuk.tally.limits import Watch
from rembuk.tally.result import Decision, Step


@dataclass(slots=True)
class Record:
    """Steps so far, what is funded, what money is left, and the limits that watch over both."""

    election: Election
    money: int
    watch: Watch
    part: str = "rule"
    steps: list[Step] = field(default_factory=list)
    funded: list[int] = field(default_factory=list)

    @classmethod
    def fresh(cls, election: Election) -> "Record":
        """A record at the start: the whole budget, nothing funded."""
        return cls(election, election.budget, election.watch())

    def project(self, index: int) -> Project:
        """The project with this index."""
        return self.election.projects[index]

    def note(self, index: int, decision: Decision, **facts: Any) -> None:
        """Write one step; a funded project is paid from the money that is left."""
        project = self.project(index)
        before = self.money
        if decision is Decision.FUNDED:
            self.pay(index)
        number = len(self.steps) + 1
        facts.setdefault("part", self.part)
        self.steps.append(Step(number, project.id, decision, project.cost, before, self.money, **facts))

    def pay(self, index: int) -> None:
        """Spend the money of a project and let the limits know."""
        self.money -= self.project(index).cost
        self.funded.append(index)
        self.watch.take(self.project(index))

    @property
    def winners(self) -> tuple[str, ...]:
        """Ids funded so far, in order."""
        return tuple(self.project(index).id for index in self.funded)
