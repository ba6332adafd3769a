"""Law 9: EJR up to one project, against brute force, for at most eight voters and six projects.

Twice over: the outcome of equal shares against every bundle of projects and the voters who name all of it, under both
utilities; and the certificate that the result page shows (`fairness.overlooked`) against every group of voters, on
outcomes fair and unfair.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project, Utility
from rembuk.tally.fairness import overlooked
from rembuk.tally.result import Result
from tests.strategies import elections, projects
from tests.tally import naive


def groups(size: int) -> Iterator[tuple[int, ...]]:
    """Every group of somebody."""
    return chain.from_iterable(combinations(range(size), number) for number in range(1, size + 1))


def passed_over(election: Election, result: Result) -> bool:
    """EJR+ up to one project by brute force: any unfunded project, any group of its supporters."""
    voters = naive.people(election)
    for index, project in enumerate(election.projects):
        fans = [naive.worth(election, result, voter) for voter in voters if index in voter]
        if project.id in result.winners or len(fans) < max(1, election.options.threshold):
            continue
        for group in groups(len(fans)):
            share = Fraction(len(group) * election.budget, len(voters))
            if all(fans[member] + project.cost <= share for member in group):
                return True
    return False


def breaks_ejr(election: Election, result: Result) -> bool:
    """EJR up to one project as defined (Peters, Pierczyński, Skowron 2021): every group, every bundle all agree on."""
    voters = naive.people(election)
    costs = [project.cost for project in election.projects]
    lost = [i for i, project in enumerate(election.projects) if project.id not in result.winners]

    for group in groups(len(voters)):
        agreed = sorted(frozenset.intersection(*(voters[member] for member in group)))
        share = Fraction(len(group) * election.budget, len(voters))
        for bundle in chain.from_iterable(combinations(agreed, number) for number in range(1, len(agreed) + 1)):
            money = sum(costs[i] for i in bundle)
            if money > share:
                continue
            got = [
                (naive.worth(election, result, voters[m]), max((costs[i] for i in lost if i in voters[m]), default=0))
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
    """The polynomial test and trying every group agree; and no group found means EJR up to one holds."""
    election, result = drawn
    found = overlooked(election, result)
    assert (found is not None) == passed_over(election, result)
    if found is None:
        assert not breaks_ejr(election, result)


@settings(max_examples=150, deadline=None)
@given(elections(rule="equal_shares"))
def test_equal_shares_passes_nobody_over(election: Election) -> None:
    """With utility cost, equal shares has the certificate, whatever its completion."""
    if election.options.utility.value == "cost":
        assert overlooked(election, count(election)) is None


@st.composite
def few_people(draw: st.DrawFn) -> Election:
    """One to eight voters, one by one, over one to six projects, with money for some of them."""
    listed = draw(projects(most=6, dearest=30))
    ids = [project.id for project in listed]
    ballots = draw(st.lists(st.lists(st.sampled_from(ids), unique=True, max_size=6), min_size=1, max_size=8))
    types = [(tuple(ballot), 1) for ballot in ballots]
    return Election.of(listed, types, draw(st.integers(0, 120)), rule="equal_shares", seed=b"dice")


@given(few_people())
@settings(max_examples=100, deadline=None)
def test_ejr_up_to_one(election: Election) -> None:
    """No group that agrees gets less than it could have bought with its shares, by more than one project."""
    for utility in (Utility.COST, Utility.COUNT):
        plain = replace(election, options=Options(utility=utility))
        assert is_fair(plain, set(count(plain).winners))


def test_the_brute_force_can_say_no() -> None:
    """Six of nine take all the money by votes: the three who could pay for theirs are found."""
    listed = [Project("a", 40), Project("b", 50), Project("c", 30)]
    election = Election.of(listed, [(("a", "b"), 6), (("c",), 3)], 90, rule="greedy")
    assert count(election).winners == ("a", "b")
    assert not is_fair(election, {"a", "b"})
    assert breaks_ejr(election, count(election))


def is_fair(election: Election, winners: set[str]) -> bool:
    """Brute force over all groups of voters and all sets of projects."""
    voters = [set(units) for units, number in naive.ballots(election) for _ in range(number)]
    worth = [p.cost if election.options.utility is Utility.COST else 1 for p in election.projects]
    won = {index for index, project in enumerate(election.projects) if project.id in winners}
    for bundle in subsets(range(len(election.projects))):
        money = sum(election.projects[index].cost for index in bundle)
        group = [voter for voter in voters if set(bundle) <= voter]
        # the whole group of supporters is the hardest test for its members with least utility
        needed = Fraction(money * len(voters), election.budget) if election.budget else None
        if not bundle or needed is None or len(group) < needed:
            continue
        goal = sum(worth[index] for index in bundle)
        served = [voter for voter in group if happy(voter, won, worth, set(bundle), goal)]
        if len(group) - len(served) >= max(needed, 1):
            return False
    return True


def happy(voter: set[int], won: set[int], worth: list[int], bundle: set[int], goal: int) -> bool:
    """Whether a voter has the bundle's worth already, or would with one more project of it."""
    has = sum(worth[index] for index in voter & won)
    more = max((worth[index] for index in bundle - won), default=0)
    return has >= goal or has + more > goal or bundle <= won


def subsets(items: range) -> chain[tuple[int, ...]]:
    """All subsets, smallest first."""
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
