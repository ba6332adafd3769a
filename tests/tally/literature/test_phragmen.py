"""Sequential Phragmén in the papers: what it guarantees, what it does not, and Phragmén's own ballots."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.election import Utility
from rembuk.tally.fairness import overlooked
from tests.tally.literature.contest import contest, phragmen, shares, unit

LETTERS = "abcdefghijklmn"


def test_ejr_fails() -> None:
    """After Brill, Freeman, Janson, Lackner (AAAI 2017, arXiv 2102.12305): four of 24 voters share a and b, get one.

    Twelve seats: a sixth of the voters who agree on two candidates are owed a voter who sees two of them elected.
    Sequential Phragmén elects all twelve that the crowd wants; equal shares keeps to what is owed.
    """
    crowd = LETTERS[4:]
    ballots = [("abc", 2), ("abd", 2), ("cd" + crowd, 6), ("d" + crowd, 5), (crowd, 9)]
    election = contest(unit(LETTERS), ballots, 12, "phragmen")
    result = phragmen(unit(LETTERS), ballots, 12)
    assert max(len(set(named) & set(result.winners)) for named in ("abc", "abd")) == 1
    passed = overlooked(election, result)
    assert passed is not None
    assert (passed.project, passed.group, passed.most, passed.entitled) == ("a", 4, 1, 2)
    fair = shares(unit(LETTERS), ballots, 12, Utility.COUNT)
    assert overlooked(election, fair) is None
    assert max(len(set(named) & set(fair.winners)) for named in ("abc", "abd")) >= 2


def test_phragmens_own_ballots() -> None:
    """After Janson, Phragmén's and Thiele's election methods (arXiv 1611.08826), who retells Phragmén: A, Q, B."""
    ballots = [("ABC", 1034), ("PQR", 519), ("ABQ", 90), ("APQ", 47)]
    result = phragmen(unit("ABCPQR"), ballots, 3)
    assert result.winners == ("A", "Q", "B")
    first, second, third = (step.load_after for step in result.steps if step.is_funded)
    assert first == Fraction(1, 1171)
    assert second == (1 + 137 * first) / 656
    assert third == (1 + 1034 * first + 90 * second) / 1124


def test_ars_electionis() -> None:
    """Mora's page on Phragmén (Universitat Autònoma de Barcelona, Ars Electionis): b first, each of 86 carrying 1/86.

    For the second seat a's 43 supporters would carry 1/86 + 1/43, those of c only (1 + 20/86) / 39.
    """
    ballots = [("ab", 43), ("b", 21), ("bc", 20), ("bd", 2), ("cd", 19)]
    result = phragmen(unit("abcd"), ballots, 2)
    assert result.winners == ("b", "c")
    assert [step.load_after for step in result.steps[:3]] == [
        Fraction(1, 86),
        (1 + Fraction(20, 86)) / 39,
        Fraction(1, 86) + Fraction(1, 43),
    ]


def test_frege_example_7() -> None:
    """Harrenstein, Lackner, Lackner on Frege's election system, Example 7: party lists get what D'Hondt gives."""
    seats = _seats([79, 7, 6, 3, 2, 1], 20)
    assert seats == [18, 1, 1, 0, 0, 0]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_party_lists_are_dhondt(votes: list[int], places: int) -> None:
    """Brill, Laslier, Skowron (2018): where voters keep to one party's list, Phragmén is D'Hondt, ties apart."""
    quotients = sorted((Fraction(v, n) for v in votes for n in range(1, places + 2)), reverse=True)
    tied = 0 < places < len(quotients) and quotients[places - 1] == quotients[places]
    if not tied:
        seats = _seats(votes, places)
        if len(set(votes)) == len(votes):
            assert seats == _dhondt(votes, places)
        assert sum(seats) == places


def _seats(votes: list[int], places: int) -> list[int]:
    lists = [[f"{party}{n:02d}" for n in range(places)] for party in range(len(votes))]
    costs = {name: 1 for names in lists for name in names}
    won = phragmen(costs, zip(lists, votes, strict=True), places).winners
    return [sum(name in won for name in names) for names in lists]


def _dhondt(votes: list[int], places: int) -> list[int]:
    seats = [0] * len(votes)
    for _ in range(places):
        best = max(range(len(votes)), key=lambda party: Fraction(votes[party], seats[party] + 1))
        seats[best] += 1
    return seats
