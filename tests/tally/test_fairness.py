"""Money of own funded choices: exact figures, and the group the certificate names (law 9 tries every group)."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.explain import representation
from rembuk.tally.fairness import Overlooked, fairness, overlooked, satisfaction
from tests.strategies import elections
from tests.tally import naive


@settings(max_examples=100, deadline=None)
@given(elections(kinds=("approval", "points", "ranked")))
def test_figures_are_those_of_the_voters_one_by_one(election: Election) -> None:
    """Satisfaction, mean, median and Gini by their definitions, each voter against each other."""
    result = count(election)
    each = sorted(naive.worth(election, result, voter) for voter in naive.people(election))
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
