"""The shelf of tally rules: each takes an election and gives winners in order with the steps that led there."""

from collections.abc import Callable
from dataclasses import dataclass

from rembuk.shelf import Shelf
from rembuk.tally.election import Election
from rembuk.tally.result import Search, Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule gives: winners in order of purchase, every step, and how a search for a share went."""

    winners: tuple[str, ...]
    steps: tuple[Step, ...]
    search: Search | None = None


Rule = Callable[[Election], Outcome]
RULES: Shelf[Rule] = Shelf("rembuk.tally.rules")
