"""What must be true before a phase opens: each room names its own checks here, so that no room looks left."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from rembuk.cycles.rules import PhaseKind


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to see to before a phase opens: a text to translate with its facts, whether it holds, whether it
    blocks."""

    text: str
    passed: bool
    blocks: bool = True
    href: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The text with its facts filled in, in Indonesian."""
        return self.text.format(**self.facts)


Checker = Callable[[UUID], Awaitable[list[Check]]]
_CHECKERS: dict[PhaseKind, list[Checker]] = {kind: [] for kind in PhaseKind}


def before(kind: PhaseKind) -> Callable[[Checker], Checker]:
    """Decorator: ask this function of the cycle's id whenever the phase is about to open."""

    def put(checker: Checker) -> Checker:
        if checker not in _CHECKERS[kind]:
            _CHECKERS[kind].append(checker)
        return checker

    return put


Committer = Callable[[UUID], Awaitable[None]]
_COMMITTERS: list[Committer] = []


def upon_opening(committer: Committer) -> Committer:
    """Decorator: let this function post its leaves just before `open`, in the same transaction (trust.md 3)."""
    if committer not in _COMMITTERS:
        _COMMITTERS.append(committer)
    return committer


Electors = Callable[[UUID], Awaitable[Mapping[str, int]]]
_ELECTORS: list[Electors] = []


def counts_voters(electors: Electors) -> Electors:
    """Decorator: let this function say how many may vote in each box of a cycle, by its code."""
    if electors not in _ELECTORS:
        _ELECTORS.append(electors)
    return electors


async def voters_by_box(cycle_id: UUID) -> dict[str, int]:
    """How many may vote in each box of a cycle; empty while there is no roll."""
    return {box: count for electors in _ELECTORS for box, count in (await electors(cycle_id)).items()}


async def commit_before_open(cycle_id: UUID) -> None:
    """Post what every room commits to before the booth opens: who may vote, whose signature counts."""
    for committer in _COMMITTERS:
        await committer(cycle_id)


async def checks(kind: PhaseKind, cycle_id: UUID) -> list[Check]:
    """Every check of every room for opening this phase, in the order the rooms were loaded."""
    return [check for checker in _CHECKERS[kind] for check in await checker(cycle_id)]
