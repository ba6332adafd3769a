"""Every rule agrees with a second tally written in plain fractions, ties and order of purchase included."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.add1 import cost_of, follow, search, share_at, step_of, why_stop
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Utility
from rembuk.tally.market import Market
from tests.strategies import KINDS, elections
from tests.tally import naive

MANY = settings(max_examples=150, deadline=None)  # every number of the record is redone in laws/test_12_replay.py


@given(elections(kinds=KINDS, rule="greedy"))
@MANY
def test_greedy(election: Election) -> None:
    """L1: in order of score take what fits; a cheaper later one can win."""
    assert list(count(election).winners) == naive.greedy(election)


@given(elections(kinds=KINDS, rule="equal_shares"))
@MANY
def test_equal_shares(election: Election) -> None:
    """L7: equal shares without completion, every utility."""
    plain = replace(election, options=replace(election.options, completion=Completion.NONE))
    share = Fraction(plain.budget, plain.voters) if plain.voters else Fraction(0)
    if plain.voters:
        assert list(count(plain).winners) == naive.equal_shares(plain, share)


@given(elections(kinds=KINDS, rule="phragmen"))
@MANY
def test_phragmen(election: Election) -> None:
    """L7: sequential Phragmén stops at the first of the smallest that does not fit."""
    assert list(count(election).winners) == naive.phragmen(election)


@given(elections(rule="equal_shares", voters=8), st.sampled_from([Utility.COST, Utility.COUNT]), st.integers(1, 3))
@settings(max_examples=120, deadline=None)
def test_add1(election: Election, utility: Utility, step: int) -> None:
    """Add1 with its skipped stretches gives what raising the share one step at a time gives."""
    options = Options(utility=utility, completion=Completion.ADD1, step=step)
    asked = replace(election, options=options)
    if asked.voters == 0:
        return
    result = count(asked)
    raises, winners = _one_by_one(asked)
    assert result.search is not None
    assert (list(result.winners), result.search.raises) == (winners, raises)


@given(elections(rule="equal_shares", voters=8), st.integers(20, 60))
@settings(max_examples=60, deadline=None)
def test_long_add1(election: Election, factor: int) -> None:
    """Hundreds of raises, most of them skipped by proof, end where one run per raise ends."""
    dear = replace(
        election,
        projects=tuple(replace(p, cost=p.cost * factor + place) for place, p in enumerate(election.projects)),
        budget=election.budget * factor,
        options=Options(completion=Completion.ADD1, step=1),
    )
    if dear.voters == 0:
        return
    market, raises = Market(dear), 0
    trail = follow(market, share_at(dear, 1, 0))
    while not why_stop(market, trail):
        ahead = follow(market, share_at(dear, 1, raises + 1))
        if cost_of(dear, ahead) > dear.budget:
            break
        raises, trail = raises + 1, ahead
    found = search(market)
    assert found.raises == raises
    assert follow(market, found.final).bought == trail.bought


def _one_by_one(election: Election) -> tuple[int, list[str]]:
    costs = {project.id: project.cost for project in election.projects}
    raises, previous = 0, None
    while True:
        share = Fraction(election.budget, election.voters) + raises * step_of(election)
        winners = naive.equal_shares(election, share)
        left = election.budget - sum(costs[winner] for winner in winners)
        if left < 0:
            assert previous is not None
            return raises - 1, previous
        rest = [
            index
            for index, project in enumerate(election.projects)
            if project.id not in winners and election.ballots.approvals[index] and project.cost <= left
        ]
        if not rest:
            return raises, winners
        raises, previous = raises + 1, winners


def test_default_step() -> None:
    """The step of Add1 nobody published is share/1000 rounded up to 1, 10, 100 or 1,000."""
    steps = {}
    for budget in (500, 5_000, 50_000, 500_000, 50_000_000):
        election = Election.of([], [((), 1)], budget, rule="equal_shares")
        steps[budget] = step_of(election)
    assert steps == {500: 1, 5_000: 10, 50_000: 100, 500_000: 1000, 50_000_000: 1000}
