"""The rounds everybody may see, with what is open in them: which one people look at, where they stand in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rembuk.cycles import rules
from rembuk.cycles.rules import Cycle, CycleState, Phase, PhaseKind


@dataclass(frozen=True, slots=True)
class Round:
    """A round that is no draft any more, with the phases that are open now."""

    cycle: Cycle
    open: tuple[Phase, ...]

    @property
    def phase(self) -> Phase | None:
        """The phase people stand in now: the latest one that is open; None between phases."""
        return rules.current(self.open)

    def is_open(self, kind: PhaseKind) -> bool:
        """Whether this phase is open now."""
        return any(phase.kind is kind for phase in self.open)


def current(rounds: Sequence[Round], phase: PhaseKind | None = None) -> Round | None:
    """Of rounds with the newest first: the one that votes, else the newest published; None when there is none.

    With a phase, the newest published round in which it is open.
    """
    running = [each for each in rounds if each.cycle.state is CycleState.PUBLISHED]
    open_now = (each for each in running if each.is_open(phase or PhaseKind.VOTING))
    return next(open_now, running[0] if running and phase is None else None)
