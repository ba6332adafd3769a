"""Law 7: equal shares is a price system; law 9: EJR up to one project, against brute force."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

from hypothesis import given, settings

from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project, Utility
from tests.strategies import KINDS, elections
from tests.tally import naive

MANY = settings(max_examples=100, deadline=None)


@given(elections(kinds=KINDS, rule="equal_shares"))
@MANY
def test_price_system(election: Election) -> None:
    """Every purchase is paid exactly by its supporters from their purses, and nothing left is affordable."""
    plain = replace(election, options=replace(election.options, completion=Completion.NONE))
    if not plain.voters:
        return
    result, types = count(plain), naive.ballots(plain)
    place = {project.id: index for index, project in enumerate(plain.projects)}
    purses = [Fraction(plain.budget, plain.voters)] * len(types)
    for step in result.steps:
        if not step.is_funded:
            continue
        assert step.price is not None
        paid = [
            min(purse, step.price * units.get(place[step.project], 0))
            for (units, _), purse in zip(types, purses, strict=True)
        ]
        assert sum(part * number for part, (_, number) in zip(paid, types, strict=True)) == step.cost
        poor = sum(
            number
            for part, purse, (units, number) in zip(paid, purses, types, strict=True)
            if 0 < purse < step.price * units.get(place[step.project], 0) and part == purse
        )
        assert step.rest_payers == poor
        purses = [purse - part for purse, part in zip(purses, paid, strict=True)]
        assert min(purses) >= 0
    least = max(1, plain.options.threshold)
    for index, project in enumerate(plain.projects):
        if project.id not in result.winners and plain.ballots.scores[index] >= least:
            held = sum(p * n for p, (units, n) in zip(purses, types, strict=True) if units.get(index))
            assert held < project.cost
            assert next(s for s in result.steps if s.project == project.id).behind in (held, None)


def test_spent_to_the_last_rupiah() -> None:
    """Who paid exactly all of the share in full has nothing left, and is no payer of anything later."""
    listed = [Project("a", 20), Project("b", 10)]
    types = [(("a",), 1), (("a", "b"), 1), (("b",), 1)]
    first, second = count(Election.of(listed, types, 30, rule="equal_shares")).steps
    assert (first.project, first.price, first.full_payers, first.rest_payers) == ("a", 10, 2, 0)
    assert (second.project, second.price, second.full_payers, second.rest_payers) == ("b", 10, 1, 0)


@given(elections(rule="equal_shares", most=6, voters=5))
@settings(max_examples=100, deadline=None)
def test_law_9_ejr_up_to_one(election: Election) -> None:
    """EJR up to one project: no cohesive group gets less than it could have bought, by more than one project."""
    for utility in (Utility.COST, Utility.COUNT):
        plain = replace(election, options=Options(utility=utility))
        if 0 < plain.voters <= 8:
            assert is_fair(plain, set(count(plain).winners))


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
