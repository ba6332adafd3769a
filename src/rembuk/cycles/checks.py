"""What must be true before a phase opens: each room names its own checks here, so that no room looks left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from rembuk.cycles.rules import PhaseKind


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to see to before a phase opens: in words, whether it holds, whether it blocks."""

    words: str
    passed: bool
    blocks: bool = True
    href: str = ""


Checker = Callable[[UUID], Awaitable[list[Check]]]
_CHECKERS: dict[PhaseKind, list[Checker]] = {kind: [] for kind in PhaseKind}


def before(kind: PhaseKind) -> Callable[[Checker], Checker]:
    """Decorator: ask this function of the cycle's id whenever the phase is about to open."""

    def put(checker: Checker) -> Checker:
        if checker not in _CHECKERS[kind]:
            _CHECKERS[kind].append(checker)
        return checker

    return put


async def checks(kind: PhaseKind, cycle_id: UUID) -> list[Check]:
    """Every check of every room for opening this phase, in the order the rooms were loaded."""
    return [check for checker in _CHECKERS[kind] for check in await checker(cycle_id)]
