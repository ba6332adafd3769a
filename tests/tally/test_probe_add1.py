"""Under Add1 too, what a project lacked is proven: a whole count from the start agrees with the one begun late."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project, Utility
from rembuk.tally.explain import explain, lacking
from rembuk.tally.market import Market
from rembuk.tally.probe_add1 import Retry, at_cost, edge, rungs, with_support
from rembuk.tally.rules import RULES
from tests.strategies import choices, projects

ADD1 = (Completion.ADD1, Completion.ADD1U)


@st.composite
def raised(draw: st.DrawFn) -> Election:
    """An election by equal shares and Add1, with fine steps and room for several raises."""
    listed = draw(projects(most=6))
    ids = [project.id for project in listed]
    types = draw(st.lists(st.tuples(choices(ids, "approval"), st.integers(1, 9)), min_size=1, max_size=14))
    chosen = Options(
        threshold=1,
        utility=draw(st.sampled_from([Utility.COST, Utility.COUNT])),
        completion=draw(st.sampled_from(ADD1)),
        step=draw(st.integers(1, 3)),
    )
    budget = draw(st.integers(20, 200))
    return Election.of(listed, types, budget, rule="equal_shares", options=chosen, seed=b"dice", contest="c")  # type: ignore[arg-type]


def winners(election: Election) -> tuple[str, ...]:
    """Who wins, counted from the start."""
    return RULES[election.rule](election).winners


@given(raised())
@settings(max_examples=120, deadline=None)
def test_claims_hold(election: Election) -> None:
    """M3: so many more of those served least, or that cost, get it funded; the number tried before does not."""
    result = count(election)
    for name, lack in lacking(election, result).items():
        assert lack.served_least
        for votes, wins in ((lack.more_votes, True), (lack.not_enough, False)):
            if votes:
                assert (name in winners(with_support(election, result, name, votes))) is wins
        for cost, wins in ((lack.fitting_cost, True), (lack.too_dear, False)):
            if cost:
                assert (name in winners(at_cost(election, name, cost))) is wins


@given(raised(), st.data())
@settings(max_examples=120, deadline=None)
def test_begun_late_is_begun_at_the_start(election: Election, data: st.DataObject) -> None:
    """Whatever cost or number of votes is tried, the count begun where the course may change gives the same answer."""
    result = count(election)
    places = [place for place, project in enumerate(election.projects) if project.id not in result.winners]
    assume(places)
    retry = Retry(election, result, places)
    nth = data.draw(st.integers(0, len(places) - 1))
    project = election.projects[places[nth]]
    cheaper = at_cost(election, project.id, data.draw(st.integers(1, project.cost)))
    start = retry.course.start_by_cost(nth, cheaper.projects[places[nth]].cost)
    market = retry.course.market.repriced(cheaper, places[nth])
    assert retry.funds(market, places[nth], start) == (project.id in winners(cheaper))
    votes = data.draw(st.integers(1, 12))
    more = with_support(election, result, project.id, votes)
    start = retry.course.start_by_votes(nth, votes)
    assert retry.funds(Market(more), places[nth], start) == (project.id in winners(more))


def test_those_served_least_are_added_first() -> None:
    """Two of the four who see nothing funded are added before anyone who sees a funded project."""
    listed = [Project("a", 60), Project("b", 50)]
    types = [(("a",), 6), ((), 4)]
    options = Options(threshold=1, completion=Completion.ADD1U)
    election = Election.of(listed, types, 100, rule="equal_shares", options=options)
    result = count(election)
    assert result.winners == ("a",)
    more = with_support(election, result, "b", 2)
    assert more.voters == 10
    assert more.ballots.approvals.tolist() == [6, 2]
    assert with_support(election, result, "b", 5).ballots.approvals.tolist() == [6, 5]
    told = explain(election, result)["b"].sentence
    assert "dari pemilih yang paling sedikit terlayani" in told or "pun belum terpilih" in told


@pytest.mark.parametrize("first", range(12))
@pytest.mark.parametrize("guess", [0, 3, 11, 40])
@pytest.mark.parametrize("far", [12, 5])
def test_edge(first: int, guess: int, far: int) -> None:
    """The first winner is met from any guess; what cannot be known is never asked for an answer twice."""
    lost, won = edge(lambda rung: None if rung >= far else rung >= first, 12, guess)
    assert (lost, won) == ((first - 1, first) if first < far else (far - 1, None))


def test_rungs() -> None:
    """Every number below 100, then in steps of at most a twentieth, nothing beyond the most."""
    tried = rungs(7_000_000)
    assert tried[:99] == list(range(1, 100))
    assert tried == sorted(set(tried))
    assert tried[-1] == 7_000_000
    assert all(after * 100 <= before * 105 for before, after in pairwise(tried[98:]))


def test_real_size() -> None:
    """A made-up district of 24 projects and 8,000 voters: every claim is counted from the start as well."""
    made = np.random.default_rng(4)
    listed = [Project(f"p{n:02d}", int(made.integers(40, 300)) * 1_000_000) for n in range(24)]
    liked = made.random(24) ** 2
    types = [
        (tuple(p.id for p, like in zip(listed, liked, strict=True) if made.random() < like * 0.4), 10)
        for _ in range(800)
    ]
    options = Options(threshold=1, completion=Completion.ADD1U)
    election = Election.of(listed, types, 1_200_000_000, rule="equal_shares", options=options, seed=b"dice")
    result = count(election)
    lacks = lacking(election, result)
    assert sum(bool(lack.fitting_cost) for lack in lacks.values()) >= 3
    for name, lack in list(lacks.items())[:5]:
        if lack.fitting_cost:
            assert name in winners(at_cost(election, name, lack.fitting_cost))
            assert name not in winners(at_cost(election, name, lack.too_dear or 0))
        if lack.more_votes:
            assert name in winners(with_support(election, result, name, lack.more_votes))
            if lack.not_enough:
                assert name not in winners(with_support(election, result, name, lack.not_enough))
