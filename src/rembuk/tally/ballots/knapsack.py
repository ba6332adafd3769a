"""Knapsack: spend the ceiling oneself; counted as approval of what was put in (tally.md §1)."""

from rembuk.tally.ballots import BALLOTS, Slip, Spoiled, ids_of, names, why_badly_named
from rembuk.tally.types import Choice


class Knapsack:
    """Spoiled as an approval is, or when what it names costs more than the ceiling; exactly equal is sound."""

    def parse(self, text: str) -> Choice:
        """The ids put in, in any order."""
        return names(text)

    def why_spoiled(self, choice: Choice, slip: Slip) -> Spoiled | None:
        """The first reason this choice cannot be counted, or None when it can."""
        ids = ids_of(choice, slip)
        if ids is None:
            return Spoiled.UNREADABLE
        if reason := why_badly_named(ids, slip):
            return reason
        return Spoiled.OVER_CEILING if sum(slip.costs[name] for name in ids) > slip.ceiling else None


BALLOTS.put("knapsack")(Knapsack())
