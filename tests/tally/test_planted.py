"""Faults that once survived when planted: a certificate at the wrong share, and float ranks taken for exact ones."""

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rembuk.tally.add1 import OVERSPENDS, follow, holds
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project, Utility
from rembuk.tally.market import Market
from tests.strategies import elections
from tests.tally import naive


@given(elections(rule="equal_shares", voters=10), st.fractions(1, 30, max_denominator=7), st.integers(1, 400))
@settings(max_examples=120, deadline=None)
def test_certificate_covers_every_share_between(election: Election, share: Fraction, percent: int) -> None:
    """When a stretch is skipped by proof, each share in it buys the same; red when rivals are priced elsewhere."""
    assume(election.voters)
    market, far = Market(election), share * (100 + percent) / 100
    trail = follow(market, share)
    if holds(market, trail, far):
        for part in range(1, 9):
            assert follow(market, share + (far - share) * part / 8).bought == trail.bought


def test_certificate_prices_rivals_at_the_far_share() -> None:
    """b is out of reach at share 4, and at 10 cheaper than a was at 4: the stretch from 4 to 10 may not be skipped."""
    listed = [Project("a", 12), Project("b", 30)]
    election = Election.of(listed, [(("a",), 3), (("b",), 4)], 28, rule="equal_shares")
    market = Market(election)
    trail = follow(market, Fraction(4))
    assert [listed[index].id for index in trail.bought] == ["a"]
    assert [listed[index].id for index in follow(market, Fraction(10)).bought] == ["b", "a"]
    assert not holds(market, trail, Fraction(10))
    assert holds(market, trail, Fraction(7))


def unlucky() -> list[tuple[int, int, int]]:
    """Costs and a number of supporters whose ranks are equal, though floats put the dearer project first."""
    found = []
    for votes in (3, 5, 6, 7, 9, 11, 13, 49):
        for cost in range(7, 140):
            for other in (cost + 1, cost * 3 + 1):
                if other / votes / other < cost / votes / cost:
                    found.append((cost, other, votes))
    return found


def test_equal_ranks_go_to_the_tie_chain() -> None:
    """Equal prices per rupiah are a tie, whatever the floats say; red when a float rank has no slack."""
    assert len(unlucky()) > 100
    for cost, dearer, votes in unlucky():
        listed = [Project("z", cost), Project("a", dearer)]
        types = [(("z",), votes), (("a",), votes)]
        election = Election.of(listed, types, 2 * votes * dearer, rule="equal_shares", seed=b"dice")
        first = count(election).steps[0]
        assert (first.project, first.tie is not None) == ("z", True), (cost, dearer, votes)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)), min_size=2, max_size=5), st.data())
@settings(max_examples=100, deadline=None)
def test_near_ties_as_in_fractions(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Multiples of thirds and sevenths that meet exactly: the order of purchase is that of plain fractions."""
    unit = data.draw(st.sampled_from([3, 7, 21, 10**9 + 7]))
    listed = [Project(f"p{place}", cost * unit) for place, (cost, _, _) in enumerate(rows)]
    types = [((f"p{place}",), votes * 7) for place, (_, votes, _) in enumerate(rows)]
    types += [((f"p{place}", f"p{(place + 1) % len(rows)}"), both * 3) for place, (_, _, both) in enumerate(rows)]
    options = Options(utility=data.draw(st.sampled_from([Utility.COST, Utility.COUNT])))
    budget = unit * data.draw(st.integers(1, 12))
    election = Election.of(listed, types, budget, rule="equal_shares", options=options)
    assert list(count(election).winners) == naive.equal_shares(election, Fraction(budget, election.voters))


def test_two_hundred_raises_end_where_they_must() -> None:
    """From 520 each to 749, skipped in strides: at 750 b comes first and with a overspends 4,160; so a alone is bought.

    Red when a stretch is proven at another share than its end: the search then passes 750, or never ends.
    """
    listed = [Project("a", 1200), Project("b", 3000), Project("c", 1000)]
    types = [(("a",), 3), (("b",), 4), (("c",), 1)]
    options = Options(completion=Completion.ADD1, step=1)
    result = count(Election.of(listed, types, 4160, rule="equal_shares", options=options))
    assert result.winners == ("a",)
    assert result.search is not None
    assert (result.search.raises, result.search.final, result.search.stopped) == (229, Fraction(749), OVERSPENDS)
