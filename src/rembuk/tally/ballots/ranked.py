"""Ranked: name projects from the best down; the place counts (longest ballot - place, or Borda)."""

from rembuk.tally.ballots import BALLOTS, Slip, Spoiled, ids_of, names, why_badly_named
from rembuk.tally.types import Choice


class Ranked:
    """Spoiled when it names an unknown project, one twice, or more than `most`; a mask has no order, so it is too."""

    def parse(self, text: str) -> Choice:
        """The ids, best first."""
        return names(text)

    def why_spoiled(self, choice: Choice, slip: Slip) -> Spoiled | None:
        """The first reason this choice cannot be counted, or None when it can."""
        ids = None if isinstance(choice, int) else ids_of(choice, slip)
        return Spoiled.UNREADABLE if ids is None else why_badly_named(ids, slip)


BALLOTS.put("ranked")(Ranked())
