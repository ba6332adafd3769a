"""Law 7: equal shares is a price system.

Every purchase is paid exactly, nobody pays for what they did not name or more than their purse, payers with money left
pay the same per unit, and nothing left is affordable.
"""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings

from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Project
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
