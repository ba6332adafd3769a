"""Lackner, Skowron, Multi-Winner Voting with Approval Preferences (Springer 2023), by the numbers of the book.

The outcomes compared with are those of the book's companion `abcvoting` (folder examples/abcbook). Two of its rules
are ours: sequential Phragmén, and equal shares, which the book completes with Phragmén and we do not; where that
matters the test says so. Every cost is 1.
"""

from fractions import Fraction

from rembuk.tally.election import Completion, Utility
from tests.tally.literature.contest import greedy, phragmen, shares, unit

RUNNING = [("ab", 3), ("ac", 3), ("ad", 2), ("bcf", 1), ("e", 1), ("f", 1), ("g", 1)]
SEVEN = unit("abcdefg")


def loads(winners: object) -> list[Fraction]:
    """The largest load after each purchase."""
    return [step.load_after for step in winners.steps if step.is_funded]  # type: ignore[attr-defined]


def test_example_2_2() -> None:
    """Approvals alone elect a, b, c and one of d and f, who tie at two approvals: the id decides, and it is said."""
    result = greedy(SEVEN, RUNNING, 4)
    assert result.scores == {"a": 8, "b": 4, "c": 4, "d": 2, "e": 1, "f": 2, "g": 1}
    assert result.winners == ("a", "b", "c", "d")
    step = result.step_of("d")
    assert step is not None
    assert step.tie is not None
    assert (step.tie.rivals, step.tie.key) == (("f",), "id")


def test_example_2_9() -> None:
    """Sequential Phragmén elects a, b, c, d with largest loads 1/8, 11/32, 55/128, 5/8; with seats for all, f, e, g."""
    result = phragmen(SEVEN, RUNNING, 4)
    assert result.winners == ("a", "b", "c", "d")
    assert loads(result) == [Fraction(1, 8), Fraction(11, 32), Fraction(55, 128), Fraction(5, 8)]
    assert phragmen(SEVEN, RUNNING, 7).winners == ("a", "b", "c", "d", "f", "e", "g")


def test_example_2_11() -> None:
    """Equal shares: of 1/3 each, eight voters pay 1/8 for a; the supporters of b then hold 23/24, not 1."""
    result = shares(SEVEN, RUNNING, 4)
    assert result.winners == ("a",)
    assert result.steps[0].price == Fraction(1, 8)
    assert {step.project: step.behind for step in result.steps[1:3]} == {"b": Fraction(23, 24), "c": Fraction(23, 24)}


def test_example_2_11_completed() -> None:
    """Completed by approvals the committee of the book comes out: a, b, c, d."""
    assert shares(SEVEN, RUNNING, 4, completion=Completion.GREEDY).winners == ("a", "b", "c", "d")


def test_example_2_12_equal_shares() -> None:
    """Of 3/8 each, five pay 1/5 for c; then two pay 13/40 for a and two give their last 7/40; d lacks a tenth."""
    result = shares(unit("abcd"), [("cd", 3), ("ab", 2), ("ac", 2), ("bd", 1)], 3, Utility.COUNT)
    first, second, d, b = result.steps
    assert result.winners == ("c", "a")
    assert (first.price, first.full_payers, first.rest_payers) == (Fraction(1, 5), 5, 0)
    assert (second.price, second.full_payers, second.rest_payers) == (Fraction(13, 40), 2, 2)
    assert second.rest == 2 * Fraction(7, 40)
    assert (d.project, d.behind, b.project, b.behind) == ("d", Fraction(9, 10), "b", Fraction(19, 40))


def test_example_2_12_phragmen() -> None:
    """On the same ballots sequential Phragmén elects c, b, d at 1/5, 1/3, 29/60 and leaves a to the other rule."""
    result = phragmen(unit("abcd"), [("cd", 3), ("ab", 2), ("ac", 2), ("bd", 1)], 3)
    assert result.winners == ("c", "b", "d")
    assert loads(result) == [Fraction(1, 5), Fraction(1, 3), Fraction(29, 60)]


def test_proposition_a_2() -> None:
    """Equal shares may drop a winner when there is a seat more (third profile): e is elected of three, not of four."""
    profile = [("ade", 1), ("ac", 1), ("be", 1), ("cdf", 1)]
    of_three = shares(unit("abcdef"), profile, 3, Utility.COUNT)
    of_four = shares(unit("abcdef"), profile, 4, Utility.COUNT)
    assert set(of_three.winners) == set("ace")
    assert set(of_four.winners) == set("abcd")


def test_proposition_a_3_phragmen_one_voter_more() -> None:
    """Mora and Oliver (2015): a voter for a and b comes, and b, who was elected, is not (a, b, d become a, c, d)."""
    profile = [("ab", 10), ("c", 3), ("d", 12), ("abc", 21), ("cd", 6)]
    assert set(phragmen(unit("abcd"), profile, 3).winners) == set("abd")
    assert set(phragmen(unit("abcd"), [*profile, ("ab", 1)], 3).winners) == set("acd")


def test_proposition_a_3_phragmen_a_ballot_grows() -> None:
    """Mora and Oliver (2015): one who named c names a and b as well, and b is lost (a, b, c become a, c, d)."""
    before = [("c", 7), ("ab", 4), ("abc", 1), ("abd", 16), ("cd", 4)]
    after = [("c", 6), ("ab", 4), ("abc", 2), ("abd", 16), ("cd", 4)]
    assert set(phragmen(unit("abcd"), before, 3).winners) == set("abc")
    assert set(phragmen(unit("abcd"), after, 3).winners) == set("acd")


def test_proposition_a_3_equal_shares() -> None:
    """Without a completion: one more voter for e, who was elected, and e is out (a, b, e become a, d, h)."""
    named = ["abc", "ag", "de", "bdf", "af", "abc", "h", "ah", "bh", "bd", "def", "ceh"]
    profile = [(names, 1) for names in named]
    assert set(shares(unit("abcdefgh"), profile, 4, Utility.COUNT).winners) == set("abe")
    assert set(shares(unit("abcdefgh"), [*profile, ("e", 1)], 4, Utility.COUNT).winners) == set("adh")


def test_proposition_a_4() -> None:
    """Sequential Phragmén can be played: a voter for a, b and c who names c alone sees b and c elected, not b and f."""
    others = [("ab", 1), ("bf", 1), ("ce", 1), ("bef", 1), ("bdf", 1)]
    assert set(phragmen(unit("abcdef"), [("abc", 1), *others], 2).winners) == set("bf")
    assert set(phragmen(unit("abcdef"), [("c", 1), *others], 2).winners) == set("bc")
