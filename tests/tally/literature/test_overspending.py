"""Where equal shares does badly: Papasotiropoulos, Pishbin, Skibski, Skowron, Wąs, Bounded Overspending.

arXiv 2409.15005. We did not find the paper's own numbering, so each test says "after"; the ballots are those of
pabutools' tests of the rule (tests/rules/test_bos.py).
"""

from fractions import Fraction

from rembuk.tally.election import Completion
from tests.tally.literature.contest import greedy, shares

SIX = {"A": 300, "B": 300, "C": 400, "D": 240, "E": 170, "F": 100}
TEN = [("A", 1), ("ABCE", 1), ("ABC", 3), ("ACF", 1), ("DE", 2), ("DEF", 1), ("BDF", 1)]


def test_ten_voters() -> None:
    """After their larger example: 100 each; A and D, then E for all that three have left; 290 are not spent."""
    result = shares(SIX, TEN, 1000)
    assert result.winners == ("A", "D", "E")
    a, d, e, f, b, c = result.steps
    assert (a.price, d.price, e.price, e.rest_payers) == (50, 60, 50, 3)
    assert d.tie is not None
    assert d.tie.rivals == ("E",)
    assert [(step.project, step.behind) for step in (f, b, c)] == [("F", 90), ("B", 190), ("C", 200)]
    assert result.left == 290


def test_ten_voters_completed() -> None:
    """Add1 by 1: at 105 each F is affordable too and the 190 left pay for nothing more."""
    result = shares(SIX, TEN, 1000, completion=Completion.ADD1, step=1)
    assert set(result.winners) == set("ADEF")
    assert result.search is not None
    assert (result.search.final, result.search.raises, result.search.stopped) == (105, 5, "nothing more fits")


def test_a_small_project_blocks_a_large_one() -> None:
    """After the case of 403 and 11 voters: 310,000 for a project that 97 % want, and 6,000 for one of eleven people.

    The eleven can pay theirs, the 403 lack what the eleven hold; no completion helps, since then it does not fit. By
    votes the large one is funded: a reason why a city may want a threshold, or greedy.
    """
    costs, ballots = {"A": 310_000, "B": 6_000}, [("A", 403), ("B", 11)]
    for completion in Completion:
        result = shares(costs, ballots, 310_000, completion=completion, step=1)
        assert result.winners == ("B",), completion
    assert result.step_of("A") is not None
    behind = next(step.behind for step in result.steps if step.project == "A")
    assert behind == Fraction(403 * 310_000, 414)
    assert greedy(costs, ballots, 310_000).winners == ("A",)
    assert shares(costs, ballots, 316_000).winners == ("B",)
    assert set(shares(costs, ballots, 318_462).winners) == {"A", "B"}
