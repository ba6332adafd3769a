"""`official`: what META says of the rule, the least score and the caps, without the shared files."""

from dataclasses import replace

import pytest

from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Election, Options, Project


def election(**meta: str) -> Election:
    """Three projects with 3, 2 and 1 votes: 60 for sport, 50 for sport and green, 40 for green; 110 to spend."""
    listed = [
        Project("a", 60, extra=(("category", "sport"),)),
        Project("b", 50, extra=(("category", "sport, green"),)),
        Project("c", 40, extra=(("category", "green"),)),
    ]
    made = Election.of(listed, [(("a", "b", "c"), 1), (("a", "b"), 1), (("a",), 1)], 110, rule="official")
    return replace(made, meta=tuple(meta.items()))


@pytest.mark.parametrize(
    ("meta", "winners"),
    [
        ({"rule": "greedy"}, ("a", "b")),
        ({"rule": "greedy-no-skip"}, ("a", "b")),
        ({"rule": "greedy-threshold", "min_project_score_threshold": "3"}, ("a",)),
        ({"rule": "greedy-threshold", "min_project_score_threshold": "2,0"}, ("a", "b")),
        ({"rule": "greedy", "min_project_score_threshold": "2.5"}, ("a",)),
        ({"rule": "greedy", "categories": "sport,green", "budget_per_category": "60,200"}, ("a", "c")),
        ({"rule": "greedy", "categories": "sport,green", "budget_per_category": "110,50"}, ("a", "b")),
        ({"rule": "greedy", "categories": "sport", "budget_per_category": "59"}, ("b", "c")),
    ],
)
def test_meta(meta: dict[str, str], winners: tuple[str, ...]) -> None:
    """Skip or stop, the least score rounded up, and money per category, a project of two counting in both."""
    assert count(election(**meta)).winners == winners


def test_stop_or_skip() -> None:
    """With 100 the second does not fit: greedy passes over it, no-skip ends there."""
    for rule, winners in (("greedy", ("a", "c")), ("greedy-no-skip", ("a",))):
        assert count(replace(election(rule=rule), budget=100)).winners == winners


def test_a_threshold_asked_for_comes_first() -> None:
    """--threshold beats META's own."""
    asked = replace(election(rule="greedy", min_project_score_threshold="3"), options=Options(threshold=1))
    assert count(asked).winners == ("a", "b")


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ({"rule": "equalshares"}, "equalshares"),
        ({}, "names the rule ''"),
        ({"rule": "greedy", "min_project_score_threshold": "some"}, "no number"),
        ({"rule": "greedy", "categories": "sport,green", "budget_per_category": "60"}, "2 names and 1 budgets"),
    ],
)
def test_refused(meta: dict[str, str], reason: str) -> None:
    """A rule nobody here knows, a threshold that is none, names without budgets: refused, not guessed."""
    with pytest.raises(BadElection, match=reason):
        count(election(**meta))
