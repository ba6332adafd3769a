"""What equal shares buys in the pictures of two papers on proportionality; every cost is 1.

Page numbers as in the tests of pabutools (tests/test_priceability.py), which checks there which committees have a
price system; here it is what our rules elect.
"""

from rembuk.tally.election import Utility
from tests.tally.literature.contest import phragmen, shares, unit

HALVES = [("abcd", 1), ("abce", 1), ("abcf", 1), ("ghi", 1), ("jkl", 1), ("mno", 1)]


def test_peters_skowron_page_2() -> None:
    """Peters, Skowron, Proportionality and the Limits of Welfarism (EC 2020, arXiv 1911.11747), page 2.

    Twelve seats, six voters: three who agree on a, b, c and three who agree on nothing. Welfarist rules elect a, b, c
    and all nine of the others; with a price system each half gets six.
    """
    for result in (
        shares(unit("abcdefghijklmno"), HALVES, 12, Utility.COUNT),
        phragmen(unit("abcdefghijklmno"), HALVES, 12),
    ):
        assert set("abcdef") <= set(result.winners)
        assert [sum(name in result.winners for name in named) for named in ("ghi", "jkl", "mno")] == [2, 2, 2]


def test_peters_skowron_page_15() -> None:
    """The same paper, page 15, five seats: five candidates of everybody come before one of each voter's own.

    Both committees have a price system; equal shares takes the one everybody approves.
    """
    ballots = [(own + "fghij", 1) for own in "abcde"]
    assert set(shares(unit("abcdefghij"), ballots, 5, Utility.COUNT).winners) == set("fghij")


def test_market_based_explanations_page_13() -> None:
    """Peters, Pierczyński, Shah, Skowron, Market-Based Explanations of Collective Decisions (AAAI 2021), page 13.

    Nine seats, three groups of three: the three candidates of all, and two of each group.
    """
    ballots = [("abcdef", 3), ("abcghi", 3), ("abcjkl", 3)]
    costs = unit("abcdefghijkl")
    for result in (shares(costs, ballots, 9, Utility.COUNT), phragmen(costs, ballots, 9)):
        assert set("abc") <= set(result.winners)
        assert [sum(name in result.winners for name in own) for own in ("def", "ghi", "jkl")] == [2, 2, 2]
