"""At 10^15 rupiah floats cannot tell one rupiah: purses and prices that meet, or miss by one, are decided exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project, Utility
from rembuk.tally.explain import explain
from rembuk.tally.replay import replayed
from tests.tally.laws import test_12_replay as redo

BIG = 10**15


@pytest.mark.parametrize(("less", "rest", "left"), [(1, 1, ()), (2, 0, ("d",)), (4, 0, ("c", "d")), (0, 0, ())])
def test_a_rupiah_in_a_purse(less: int, rest: int, left: tuple[str, ...]) -> None:
    """Two hold 10^15 each; one pays 1 for a, both pay for b: whose purse is short is said, and the last rupiah buys."""
    listed = [Project("a", 1), Project("b", 2 * BIG - less), Project("c", 1), Project("d", 1)]
    types = [(("a", "b", "c"), 1), (("b", "d"), 1)]
    election = Election.of(listed, types, 2 * BIG, rule="equal_shares", options=Options(utility=Utility.COUNT))
    asked = replace(election, projects=(*listed[:2], replace(listed[2], group="g"), listed[3]))
    result = count(asked)
    redo.buy(asked, [step for step in result.steps if step.is_funded], Fraction(BIG))
    b = result.step_of("b")
    assert b is not None
    if b.is_funded:
        assert b.rest_payers == rest
    assert set(left) <= set(result.winners)


@st.composite
def large(draw: st.DrawFn) -> Election:
    """Costs, budget and so purses that differ by a few rupiah in 10^15, points or approvals."""
    kind = draw(st.sampled_from(["approval", "points"]))
    near = st.builds(lambda many, off: many * BIG + off, st.integers(1, 3), st.integers(-3, 3))
    listed = [Project(name, draw(near)) for name in "abcd"]
    named = st.lists(st.sampled_from("abcd"), unique=True, min_size=1)
    ballots = draw(st.lists(st.tuples(named, st.integers(1, 3)), min_size=1, max_size=4))
    types = [
        (tuple(names) if kind == "approval" else tuple((name, draw(st.integers(1, 3))) for name in names), number)
        for names, number in ballots
    ]
    utility = draw(st.sampled_from([Utility.COST, Utility.COUNT] + [Utility.POINTS] * 2 * (kind == "points")))
    options = Options(utility=utility)
    return Election.of(listed, types, draw(near), kind=kind, rule="equal_shares", options=options)


@given(large())
@settings(max_examples=60, deadline=None)
def test_large_money_is_redone(election: Election) -> None:
    """Every price, payer, tie and rest of such a count is that of plain fractions."""
    result = count(election)
    bought = [step for step in result.steps if step.is_funded]
    purses = redo.buy(election, bought, Fraction(election.budget, election.voters))
    left = [step for step in result.steps if not step.is_funded]
    redo.dropped(election, left, {p.id for p in election.projects} - {s.project for s in bought}, purses)


def test_told_with_a_runner_up_and_cents() -> None:
    """The sentences of a purchase that some paid with the rest of their purse, in a currency with cents."""
    listed = [Project("a", 200), Project("b", 1000), Project("c", 100)]
    types = [(("a", "b"), 1), (("b",), 1), (("a", "c"), 1), (("c",), 1)]
    options = Options(utility=Utility.COUNT)
    election = Election.of(listed, types, 2400, rule="equal_shares", options=options)
    election = replace(election, unit=100)
    result = count(election)
    assert result.winners == ("c", "a", "b")
    told = explain(election, result, probe=False, language="en")["b"].sentence
    assert "1 person gave what was left of their share" in told or "paid the full price" in told
    said = replayed(election, result, language="en")
    assert said[0].endswith("Its effective votes are 2; next came “a” with 2. The money left falls from 24 to 23.") or (
        "next came a with 2." in said[0] and "from 24 to 23" in said[0]
    )


def test_an_old_price_in_a_finer_unit() -> None:
    """A purse after 5/2 and then, elsewhere, 10/3 were paid: 5 - 5/2 is given as the rest for w, exactly."""
    listed = [Project("x", 10), Project("y", 5), Project("w", 7)]
    types = [(("x",), 3), (("y", "w"), 1), (("y",), 1), (("w",), 1)]
    options = Options(utility=Utility.COUNT)
    result = count(Election.of(listed, types, 30, rule="equal_shares", options=options))
    assert result.winners == ("y", "x", "w")
    assert [step.price for step in result.steps] == [Fraction(5, 2), Fraction(10, 3), Fraction(9, 2)]
    assert (result.steps[2].rest_payers, result.steps[2].rest) == (1, Fraction(5, 2))
