"""Axioms of Talmon and Faliszewski, A Framework for Approval-Based Budgeting Methods (AAAI 2019, arXiv 1809.04382).

Their greedy rule by approvals is our greedy. The examples are ours, after their definitions: we did not find the
numbers of theirs.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Election
from tests.strategies import elections
from tests.tally.literature.contest import greedy


def test_limit_monotonicity_fails() -> None:
    """More money can unfund: 5 pay for b and c, 6 for a, which had most votes, and then for none of them."""
    costs, ballots = {"a": 6, "b": 3, "c": 2}, [("a", 3), ("b", 2), ("c", 1)]
    assert greedy(costs, ballots, 5).winners == ("b", "c")
    assert greedy(costs, ballots, 6).winners == ("a",)


@given(elections(rule="greedy"), st.data())
@settings(max_examples=60, deadline=None)
def test_discount_monotonicity_holds(election: Election, data: st.DataObject) -> None:
    """A funded project that becomes cheaper stays funded, by votes or by votes per cost, skipping or stopping."""
    result = count(election)
    for winner in result.winners:
        cheaper = data.draw(st.integers(1, result.costs[winner]))
        projects = tuple(replace(p, cost=cheaper) if p.id == winner else p for p in election.projects)
        assert winner in count(replace(election, projects=projects)).winners


def test_splitting_keeps_some_of_it() -> None:
    """A funded project split into parts with the same voters: at least one of the parts is funded."""
    costs, ballots = {"a": 6, "b": 5}, [("a", 3), ("b", 2)]
    assert greedy(costs, ballots, 6).winners == ("a",)
    split = greedy({"a1": 2, "a2": 4, "b": 5}, [(("a1", "a2"), 3), ("b", 2)], 6)
    assert split.winners == ("a1", "a2")
