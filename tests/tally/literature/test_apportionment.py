"""Largest remainders: the paradoxes told by Balinski and Young, Fair Representation (1982, 2nd edition 2001).

Populations are the apportionment populations of the census of 1880 (they add up to 49,371,340) and of 1790
(3,615,920); quotas as printed in the literature: Alabama 7.646 of 299 seats and 7.671 of 300.
"""

from fractions import Fraction

import pytest

from rembuk.tally.apportion import Claim, Share, apportion

CENSUS_1880 = {
    "Alabama": 1262505, "Arkansas": 802525, "California": 864694, "Colorado": 194327, "Connecticut": 622700,
    "Delaware": 146608, "Florida": 269493, "Georgia": 1542180, "Illinois": 3077871, "Indiana": 1978301,
    "Iowa": 1624615, "Kansas": 996096, "Kentucky": 1648690, "Louisiana": 939946, "Maine": 648936,
    "Maryland": 934943, "Massachusetts": 1783085, "Michigan": 1636937, "Minnesota": 780773, "Mississippi": 1131597,
    "Missouri": 2168380, "Nebraska": 452402, "Nevada": 62266, "New Hampshire": 346991, "New Jersey": 1131116,
    "New York": 5082871, "North Carolina": 1399750, "Ohio": 3198062, "Oregon": 174768, "Pennsylvania": 4282891,
    "Rhode Island": 276531, "South Carolina": 995577, "Tennessee": 1542359, "Texas": 1591749, "Vermont": 332286,
    "Virginia": 1512565, "West Virginia": 618457, "Wisconsin": 1315497,
}  # fmt: skip
CENSUS_1790 = {
    "Connecticut": 236841, "Delaware": 55540, "Georgia": 70835, "Kentucky": 68705, "Maryland": 278514,
    "Massachusetts": 475327, "New Hampshire": 141822, "New Jersey": 179570, "New York": 331589,
    "North Carolina": 353523, "Pennsylvania": 432879, "Rhode Island": 68446, "South Carolina": 206236,
    "Vermont": 85533, "Virginia": 630560,
}  # fmt: skip


def shared(census: dict[str, int], seats: int) -> dict[str, Share]:
    """The seats by largest remainder, as the record has them."""
    return {s.code: s for s in apportion(seats, [Claim(state, Fraction(n)) for state, n in census.items()])}


@pytest.mark.parametrize(
    ("seats", "quotas", "raised", "last"),
    [
        (299, {"Alabama": 7.646, "Illinois": 18.640, "Texas": 9.640}, True, "Illinois"),
        (300, {"Alabama": 7.671, "Illinois": 18.702, "Texas": 9.672}, False, "Alabama"),
    ],
)
def test_alabama_paradox(seats: int, quotas: dict[str, float], raised: bool, last: str) -> None:
    """1880: Alabama is rounded up to 8 in a house of 299 and not in a house of 300, where Illinois and Texas pass it.

    Nevada's quota is below 1 and the Constitution gives it one of the seats to be handed out, so one place fewer is
    left for the remainders than by our rule, under which `last` is raised too.
    """
    assert sum(CENSUS_1880.values()) == 49_371_340
    found = shared(CENSUS_1880, seats)
    assert {state: round(float(found[state].exact), 3) for state in quotas} == quotas
    missing = seats - sum(int(share.exact) for share in found.values())
    assert (found["Alabama"].rank <= missing - 1) is raised
    assert next(state for state, share in found.items() if share.rank == missing) == last
    assert found[last].result == int(found[last].exact) + 1
    assert found["Nevada"].result == 0


def test_the_paradox_without_nevada() -> None:
    """By our rule itself: one seat more, from 298 to 299, takes Florida's second; so a ceiling must be frozen once."""
    assert [shared(CENSUS_1880, seats)["Florida"].result for seats in (298, 299)] == [2, 1]


def test_hamiltons_bill() -> None:
    """1792: the bill of 120 seats that Washington vetoed, by Hamilton's own method."""
    assert sum(CENSUS_1790.values()) == 3_615_920
    seats = {state: share.result for state, share in shared(CENSUS_1790, 120).items()}
    assert seats == {
        "Connecticut": 8, "Delaware": 2, "Georgia": 2, "Kentucky": 2, "Maryland": 9, "Massachusetts": 16,
        "New Hampshire": 5, "New Jersey": 6, "New York": 11, "North Carolina": 12, "Pennsylvania": 14,
        "Rhode Island": 2, "South Carolina": 7, "Vermont": 3, "Virginia": 21,
    }  # fmt: skip


def test_frege_example_7() -> None:
    """Harrenstein, Lackner, Lackner on Frege's election system, Example 7: 20 seats by largest remainder."""
    claims = [Claim(party, Fraction(votes)) for party, votes in zip("abcdef", (79, 7, 6, 3, 2, 1), strict=True)]
    assert [share.result for share in apportion(20, claims)] == [16, 2, 1, 1, 0, 0]
