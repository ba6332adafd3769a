"""Why shares: the majority of a divided city takes everything under greedy, and its share under equal shares.

The story that opens Peters, Pierczyński, Skowron (NeurIPS 2021): two halves of a city, 60 and 40 voters in a hundred.
"""

from rembuk.tally.count import count
from rembuk.tally.election import Election, Project

LEFT, RIGHT = [f"L{n}" for n in range(1, 6)], [f"R{n}" for n in range(1, 6)]


def circleville(rule: str) -> tuple[str, ...]:
    """Ten projects of 20 each, a budget of 100, sixty voters for the left ones and forty for the right ones."""
    listed = [Project(name, 20) for name in LEFT + RIGHT]
    return count(Election.of(listed, [(tuple(LEFT), 60), (tuple(RIGHT), 40)], 100, rule=rule)).winners


def test_halves() -> None:
    """Greedy funds the left half alone; equal shares and Phragmén fund three and two."""
    assert set(circleville("greedy")) == set(LEFT)
    for rule in ("equal_shares", "phragmen"):
        winners = circleville(rule)
        assert sum(name in LEFT for name in winners) == 3, rule
        assert sum(name in RIGHT for name in winners) == 2, rule
