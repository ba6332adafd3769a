"""What may hold a project back besides money: caps on number and rupiah, one of a group, a project it requires."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Bounded(Protocol):
    """What a limit needs to know of a project."""

    @property
    def id(self) -> str: ...
    @property
    def cost(self) -> int: ...
    @property
    def group(self) -> str: ...
    @property
    def requires(self) -> str: ...
    @property
    def refusal(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `number` projects and `money` rupiah among `projects`; None means no bound of that kind."""

    name: str
    projects: frozenset[str]
    number: int | None = None
    money: int | None = None


@dataclass(slots=True)
class Watch:
    """The limits of one count and what has been used of them; it says why a project cannot be taken now."""

    limits: Sequence[Limit]
    taken: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    _of: dict[str, list[Limit]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for limit in self.limits:
            for project in limit.projects:
                self._of.setdefault(project, []).append(limit)

    @classmethod
    def after(cls, limits: Sequence[Limit], funded: Iterable[Bounded]) -> "Watch":
        """A watch that already knows the projects funded before."""
        watch = cls(limits)
        for project in funded:
            watch.take(project)
        return watch

    def why_never(self, project: Bounded) -> str:
        """The limit that shuts this project out for good, or "" when none does."""
        if project.refusal:
            return f"not eligible: {project.refusal}"
        if project.group and project.group in self.groups:
            return f"group {project.group}"
        for limit in self._of.get(project.id, ()):
            if limit.number is not None and self.numbers.get(limit.name, 0) >= limit.number:
                return f"cap {limit.name}"
            if limit.money is not None and self.money.get(limit.name, 0) + project.cost > limit.money:
                return f"cap {limit.name}"
        return ""

    def why_not_yet(self, project: Bounded) -> str:
        """The project this one waits for, or "" when it waits for none."""
        waits = project.requires and project.requires not in self.taken
        return f"requires {project.requires}" if waits else ""

    def take(self, project: Bounded) -> None:
        """Note a funded project."""
        self.taken.add(project.id)
        if project.group:
            self.groups.add(project.group)
        for limit in self._of.get(project.id, ()):
            self.numbers[limit.name] = self.numbers.get(limit.name, 0) + 1
            self.money[limit.name] = self.money.get(limit.name, 0) + project.cost
