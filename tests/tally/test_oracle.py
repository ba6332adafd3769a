"""An outside oracle: pabutools 1.2.3 finds the same winners on random elections and on files we wrote."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Order, Utility
from tests.strategies import elections

pytest.importorskip("pabutools")

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def theirs(election: Election, name: str) -> list[str]:
    """Winners by pabutools, read from the file we write."""
    from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
    from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pb"
        path.write_text(pabulib.write(election, about={"min_length": "0"}), encoding="utf-8")
        instance, profile = parse_pabulib(str(path))
    profile = profile.as_multiprofile()
    rules = {
        "greedy": lambda: greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat),
        "card": lambda: greedy_utilitarian_welfare(instance, profile, sat_class=Cardinality_Sat),
        "mes_cost": lambda: method_of_equal_shares(instance, profile, sat_class=Cost_Sat),
        "mes_count": lambda: method_of_equal_shares(instance, profile, sat_class=Cardinality_Sat),
        "phragmen": lambda: sequential_phragmen(instance, profile),
    }
    return sorted(project.name for project in rules[name]())


CASES = {
    "greedy": ("greedy", Options()),
    "card": ("greedy", Options(order=Order.VOTES_PER_COST)),
    "mes_cost": ("equal_shares", Options()),
    "mes_count": ("equal_shares", Options(utility=Utility.COUNT)),
    "phragmen": ("phragmen", Options(completion=Completion.NONE)),
}


@given(elections(most=4))
@FEW
def test_same_winners(election: Election) -> None:
    """P1: our .pb opens in pabutools and gives the same winners under every rule it shares with us."""
    # pabutools buys what nobody voted for, our platform does not; both agree when every project has a vote
    assume(election.voters and all(election.ballots.approvals))
    for name, (rule, options) in CASES.items():
        asked = replace(election, rule=rule, options=options, seed=None)
        assert sorted(count(asked).winners) == theirs(asked, name), name
