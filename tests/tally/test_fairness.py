"""Money of own funded choices: exact figures, and the EJR+ certificate against every possible group."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.explain import representation
from rembuk.tally.fairness import Overlooked, fairness, overlooked, satisfaction
from rembuk.tally.result import Result
from tests.strategies import elections


def people(election: Election) -> list[frozenset[int]]:
    """The ballots one by one, as sets of indexes."""
    ballots = election.ballots
    rows = [
        frozenset(ballots.chosen[ballots.starts[row] : ballots.starts[row + 1]].tolist())
        for row in range(len(ballots.counts))
    ]
    return [row for row, number in zip(rows, ballots.counts.tolist(), strict=True) for _ in range(number)]


def groups(size: int) -> Iterator[tuple[int, ...]]:
    """Every group of somebody."""
    return chain.from_iterable(combinations(range(size), number) for number in range(1, size + 1))


def worth(election: Election, result: Result, voter: frozenset[int]) -> int:
    """What a voter sees funded, one project at a time."""
    return sum(election.projects[i].cost for i in voter if election.projects[i].id in result.winners)


def passed_over(election: Election, result: Result) -> bool:
    """EJR+ up to one project by brute force: any unfunded project, any group of its supporters."""
    voters = people(election)
    for index, project in enumerate(election.projects):
        fans = [worth(election, result, voter) for voter in voters if index in voter]
        if project.id in result.winners or len(fans) < max(1, election.options.threshold):
            continue
        for group in groups(len(fans)):
            share = Fraction(len(group) * election.budget, len(voters))
            if all(fans[member] + project.cost <= share for member in group):
                return True
    return False


def breaks_ejr(election: Election, result: Result) -> bool:
    """EJR up to one project as defined (Peters, Pierczyński, Skowron 2021): every group, every bundle all agree on."""
    voters = people(election)
    costs = [project.cost for project in election.projects]
    lost = [i for i, project in enumerate(election.projects) if project.id not in result.winners]

    def dearest(voter: frozenset[int]) -> int:
        return max((costs[i] for i in lost if i in voter), default=0)

    for group in groups(len(voters)):
        agreed = sorted(frozenset.intersection(*(voters[member] for member in group)))
        share = Fraction(len(group) * election.budget, len(voters))
        for bundle in chain.from_iterable(combinations(agreed, number) for number in range(1, len(agreed) + 1)):
            money = sum(costs[i] for i in bundle)
            if money > share:
                continue
            got = [
                (worth(election, result, voters[m]), max((costs[i] for i in lost if i in voters[m]), default=0))
                for m in group
            ]
            if all(own < money and own + best <= money for own, best in got):
                return True
    return False


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[Election, Result]:
    """A tiny election and any outcome at all of it, fair or not."""
    listed = [Project(name, draw(st.integers(1, 6))) for name in "abcd"[: draw(st.integers(2, 4))]]
    ids = [project.id for project in listed]
    ballots = draw(st.lists(st.lists(st.sampled_from(ids), unique=True, max_size=4), min_size=1, max_size=6))
    election = Election.of(listed, [(tuple(ballot), 1) for ballot in ballots], draw(st.integers(1, 20)))
    winners = tuple(draw(st.lists(st.sampled_from(ids), unique=True)))
    return election, replace(count(election), winners=winners)


@settings(max_examples=400, deadline=None)
@given(outcomes())
def test_the_certificate_is_what_brute_force_says(drawn: tuple[Election, Result]) -> None:
    """Law 9: the polynomial test and trying every group agree; and no group found means EJR up to one holds."""
    election, result = drawn
    found = overlooked(election, result)
    assert (found is not None) == passed_over(election, result)
    if found is None:
        assert not breaks_ejr(election, result)


@settings(max_examples=150, deadline=None)
@given(elections(rule="equal_shares"))
def test_equal_shares_passes_nobody_over(election: Election) -> None:
    """Law 9: with utility cost, equal shares has the certificate, whatever its completion."""
    if election.options.utility.value == "cost":
        assert overlooked(election, count(election)) is None


@settings(max_examples=100, deadline=None)
@given(elections(kinds=("approval", "points", "ranked")))
def test_figures_are_those_of_the_voters_one_by_one(election: Election) -> None:
    """Satisfaction, mean, median and Gini by their definitions, each voter against each other."""
    result = count(election)
    each = sorted(worth(election, result, voter) for voter in people(election))
    seen = fairness(election, result)
    voters = len(each)
    if not voters:
        assert (seen.share, seen.mean, seen.median, seen.gini) == (0, 0, 0, 0)
        return
    apart = sum(abs(one - other) for one in each for other in each)
    assert seen.mean == Fraction(sum(each), voters)
    assert seen.median == Fraction(each[(voters - 1) // 2] + each[voters // 2], 2)
    assert seen.gini == (Fraction(apart, 2 * voters * sum(each)) if sum(each) else 0)
    assert 0 <= seen.gini < 1
    assert seen.share == Fraction(election.budget, voters)


def minority(rule: str) -> Election:
    """Six voters agree on two cheap projects; three others on one they could pay for with their own shares."""
    listed = [Project("a", 40), Project("b", 50), Project("c", 30)]
    return Election.of(listed, [(("a", "b"), 6), (("c",), 3)], 90, rule=rule, options=Options(threshold=1))


def test_a_group_passed_over_is_named() -> None:
    """The numbers anybody can check: three of nine voters hold a third of 90, their project costs just that."""
    election = minority("greedy")
    result = count(election)
    assert result.winners == ("a", "b")
    assert overlooked(election, result) == Overlooked("c", 30, 3, 0, Fraction(30))
    assert satisfaction(election, result).tolist().count(90) == 1
    assert fairness(election, result).gini == Fraction(1, 3)
    assert overlooked(minority("equal_shares"), count(minority("equal_shares"))) is None


def test_what_no_vote_could_fund_is_not_held_against_an_outcome() -> None:
    """A refused project, one below the threshold and one held by a limit are nobody's claim."""
    listed = [Project("a", 40), Project("c", 30, refusal="tanah sengketa"), Project("d", 30)]
    election = Election.of(listed, [(("c", "d"), 3), (("a",), 6)], 90, options=Options(threshold=4))
    result = count(election)
    assert result.winners == ("a",)
    assert fairness(election, result).checked == 0
    assert overlooked(election, result) is None


@pytest.mark.parametrize("money", [10**15, 10**15 + 1])
def test_large_money_is_exact(money: int) -> None:
    """A rupiah more or less decides, far beyond what a float can tell."""
    listed = [Project("a", money), Project("b", money)]
    election = Election.of(listed, [(("a",), 1), (("b",), 1)], 2 * 10**15, options=Options(threshold=1))
    lost = overlooked(election, replace(count(election), winners=("a",)))
    assert (lost is not None) == (money == 10**15)


def test_the_example_on_the_page() -> None:
    """docs/algorithms/representation.md: the numbers worked out there are what is computed."""
    page = (Path(__file__).parents[2] / "docs" / "algorithms" / "representation.md").read_text("utf-8")
    election = pabulib.parse(page.split("```pb\n")[1].split("```")[0]).election.with_rule("greedy")
    result = count(election)
    seen, served = fairness(election, result), representation(election, result)
    found = seen.overlooked
    assert found
    told = (
        f"Represented {served.represented} of {served.voters}, share {seen.share}, mean {seen.mean}, "
        f"median {seen.median}, Gini {seen.gini}, passed over {found.group} supporters of {found.project}"
    )
    assert told in page.replace("\n", " ")
    fair = count(election.with_rule("equal_shares"))
    assert f"Equal shares: {', '.join(fair.winners)}, Gini {fairness(election, fair).gini}, nobody passed over" in page
