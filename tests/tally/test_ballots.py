"""Each ballot type on the shelf: how it is read and when it is spoiled."""

import pytest

from rembuk.tally.ballots import BALLOTS, Slip, Spoiled
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Election, Project
from rembuk.tally.types import BadBallot, Choice

SLIP = Slip({"a": 40, "b": 60, "c": 1}, ceiling=100, most=2, points=5)

SPOILED = [
    ("approval", ("a", "b"), None),
    ("approval", (), None),
    ("approval", 0b011, None),
    ("approval", 0b111, Spoiled.TOO_MANY),
    ("approval", 0b1000, Spoiled.UNREADABLE),
    ("approval", ("a", "a"), Spoiled.NAMED_TWICE),
    ("approval", ("a", "x"), Spoiled.NOT_ON_BALLOT),
    ("approval", (("a", 1),), Spoiled.UNREADABLE),
    ("knapsack", ("a", "b"), None),
    ("knapsack", ("a", "b", "c"), Spoiled.TOO_MANY),
    ("ranked", ("b", "a"), None),
    ("ranked", 0b01, Spoiled.UNREADABLE),
    ("points", (("a", 3), ("b", 2)), None),
    ("points", (("a", 3), ("b", 3)), Spoiled.TOO_MANY_POINTS),
    ("points", (("a", 0),), Spoiled.BAD_POINTS),
    ("points", ("a",), Spoiled.UNREADABLE),
    ("points", (("x", 1),), Spoiled.NOT_ON_BALLOT),
]


@pytest.mark.parametrize(("kind", "choice", "reason"), SPOILED)
def test_why_spoiled(kind: str, choice: Choice, reason: Spoiled | None) -> None:
    """G2, G7: a ballot with an unknown, a repeated or one project too many is spoiled, and it is said why."""
    assert BALLOTS[kind].why_spoiled(choice, SLIP) is reason


def test_knapsack_to_the_rupiah() -> None:
    """G1: exactly the ceiling is allowed, one rupiah over is refused."""
    for ceiling, reason in ((100, None), (99, Spoiled.OVER_CEILING)):
        slip = Slip({"a": 40, "b": 60}, ceiling=ceiling)
        assert BALLOTS["knapsack"].why_spoiled(("a", "b"), slip) is reason


def test_least_choices() -> None:
    """G3: a ballot with too few is spoiled, an empty one is a vote."""
    slip = Slip({"a": 1, "b": 1}, least=2)
    assert BALLOTS["approval"].why_spoiled(("a",), slip) is Spoiled.TOO_FEW
    assert BALLOTS["approval"].why_spoiled((), slip) is None


def test_parse() -> None:
    """Every type reads its own writing; spaces and the empty text are fine."""
    assert BALLOTS["approval"].parse(" a, b ") == ("a", "b")
    assert BALLOTS["ranked"].parse("") == ()
    assert BALLOTS["points"].parse("a:3, b:2") == (("a", 3), ("b", 2))
    with pytest.raises(ValueError, match="invalid literal"):
        BALLOTS["points"].parse("a:many")


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("approval", ("x",)),
        ("approval", ("a", "a")),
        ("approval", ("a", "b", "a")),
        ("approval", 4),
        ("approval", -1),
        ("points", ("a",)),
        ("points", 1),
        ("points", (("a", -1),)),
        ("points", (("a", 1), ("a", 2))),
        ("ranked", ("a", "a")),
        ("shouting", ("a",)),
    ],
)
def test_merging_refuses(kind: str, choice: Choice) -> None:
    """L5: what is not a ballot cannot enter an election."""
    with pytest.raises(BadBallot):
        Election.of([Project("a", 1), Project("b", 1)], [(choice, 1)], 1, kind=kind)


@pytest.mark.parametrize(
    "changes",
    [
        {"projects": [Project("a", 1), Project("a", 2)]},
        {"projects": [Project("a", 0)]},
        {"projects": [Project("a", 1.5)]},  # type: ignore[arg-type]
        {"budget": -1},
        {"rule": "dictator"},
    ],
)
def test_bad_elections(changes: dict[str, object]) -> None:
    """An election that cannot be counted is refused with a sentence."""
    asked = {"projects": [Project("a", 1)], "types": [((), 1)], "budget": 5, **changes}
    with pytest.raises(BadElection):
        count(Election.of(**asked))  # type: ignore[arg-type]
