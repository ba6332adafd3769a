"""Approval: tick the projects one supports, at most `most` of them (`most` = 1 is choose-1)."""

from rembuk.tally.ballots import BALLOTS, Slip, Spoiled, ids_of, names, why_badly_named
from rembuk.tally.types import Choice


class Approval:
    """Spoiled when it names an unknown project, one twice, or more than `most`; cost does not matter."""

    def parse(self, text: str) -> Choice:
        """The ids ticked, in any order."""
        return names(text)

    def why_spoiled(self, choice: Choice, slip: Slip) -> Spoiled | None:
        """The first reason this choice cannot be counted, or None when it can."""
        ids = ids_of(choice, slip)
        return Spoiled.UNREADABLE if ids is None else why_badly_named(ids, slip)


BALLOTS.put("approval")(Approval())
