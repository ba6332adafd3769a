"""Raising the share: Kraiczy, Robinson, Elkind, Streamlining Equal Shares (arXiv 2502.11797).

Their example of three projects is the one pabutools' tests of add-opt call the paper's; numbers times ten here. Theirs
is a rule where all payers pay alike, so our shares at which the outcome turns differ from theirs, and are worked out.
"""

from fractions import Fraction

from rembuk.tally.add1 import follow
from rembuk.tally.election import Completion, Utility
from rembuk.tally.market import Market
from tests.tally.literature.contest import contest, shares

COSTS = {"p1": 20, "p2": 32, "p3": 60}
BALLOTS = [(("p1",), 1), (("p1", "p3"), 1), (("p2", "p3"), 2), (("p3",), 1)]


def bought(share: Fraction) -> set[str]:
    """What one share buys."""
    election = contest(COSTS, BALLOTS, 100, "equal_shares", utility=Utility.COUNT)
    return {election.projects[index].id for index in follow(Market(election), share).bought}


def test_three_projects() -> None:
    """At 20 each p1 and p2 are bought, p3's four supporters hold 38 of 60; nothing more fits, so Add1 stays."""
    for completion in (Completion.NONE, Completion.ADD1):
        result = shares(COSTS, BALLOTS, 100, Utility.COUNT, completion, step=1)
        assert result.winners == ("p1", "p2")
        assert result.steps[2].behind == 38


def test_more_money_buys_something_else() -> None:
    """A larger share is no larger set: from 22 each on p3 costs less a vote than p2 and replaces it.

    After p1, p3's supporters hold share - 10 and three times the share; its price (60 - (share - 10)) / 3 is 16, that
    of p2, at a share of 22. There the id decides; above it p2's two supporters have less than 32 left.
    """
    assert bought(Fraction(22)) == {"p1", "p2"}
    assert bought(Fraction(22) + Fraction(1, 10**6)) == {"p1", "p3"}
    assert bought(Fraction(25)) == {"p1", "p3"}
    assert bought(Fraction(32)) == {"p1", "p2", "p3"}


def test_more_money_spends_less() -> None:
    """Not monotone: three voters with 3 each buy y and z for 9; with 4 each they buy x for 7 and nothing more.

    All three projects have two supporters, so the id decides between those they can pay: at 3 each x is out of reach.
    """
    costs, ballots = {"x": 7, "y": 6, "z": 3}, [("xz", 1), ("y", 1), ("xyz", 1)]
    assert shares(costs, ballots, 9).winners == ("y", "z")
    result = shares(costs, ballots, 12)
    assert result.winners == ("x",)
    assert [(step.project, step.behind) for step in result.steps[1:]] == [("y", Fraction(9, 2)), ("z", 1)]
