"""The verifier's count against the product's, on any election, and against published outcomes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import rembuk_verify as verify
from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Order, Project, Utility
from tests import strategies

DATA = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
EXPECTED = DATA / "expected.json"
RULES = {
    "greedy_cost": ("greedy", Options()),
    "greedy_card": ("greedy", Options(order=Order.VOTES_PER_COST)),
    "mes_cost": ("equal_shares", Options()),
    "mes_card": ("equal_shares", Options(utility=Utility.COUNT)),
    "mes_points": ("equal_shares", Options(utility=Utility.POINTS)),
    "mes_borda_pabutools": ("equal_shares", Options(utility=Utility.BORDA)),
    "phragmen": ("phragmen", Options()),
}


def contest_of(election: Election) -> verify.Contest:
    """The same election as the verifier holds it, its ballots read from the file the product writes."""
    contest = verify.Contest(
        ids=[project.id for project in election.projects],
        costs=[project.cost for project in election.projects],
        budget=election.budget,
        rule=election.rule,
        options=election.options.pairs(),
        kind=election.ballots.kind,
        most=election.ballots.most if election.ballots.kind == "ranked" else 0,
        seed=election.seed or b"",
        name=election.contest,
    )
    verify.merge(contest, verify.read_pb(pabulib.write(election))[2])
    return contest


def with_places(election: Election) -> Election:
    """A ranked election says how many places its ballots have, as every frozen configuration does."""
    if election.ballots.kind != "ranked":
        return election
    return replace(election, ballots=replace(election.ballots, most=len(election.projects)))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.elections(kinds=("approval", "ranked", "points")))
def test_both_counts_agree(election: Election) -> None:
    """T-VERIFY, I9: 500 random elections, every rule, option and tie. Sabotage: any one comparison turned round."""
    election = with_places(election)
    contest = contest_of(election)
    winners = [contest.ids[each] for each in verify.count(contest)]
    result = count(election)
    assert winners == list(result.winners)
    assert dict(zip(contest.ids, contest.scores, strict=True)) == result.scores


@settings(max_examples=60, deadline=None)
@given(strategies.elections(rule="equal_shares", most=9, voters=20))
def test_add1_agrees_also_when_the_steps_are_many(election: Election) -> None:
    """T-VERIFY: raises skipped by proof skip nothing. Sabotage: holds_until returns True always."""
    for completion in (Completion.ADD1, Completion.ADD1U):
        options = replace(election.options, completion=completion, step=1)
        larger = replace(
            election,
            budget=election.budget * 8,
            options=options,
            projects=tuple(replace(project, cost=project.cost * 8) for project in election.projects),
        )
        contest = contest_of(larger)
        assert [contest.ids[each] for each in verify.count(contest)] == list(count(larger).winners)


def outcomes() -> list[tuple[str, str]]:
    """The published outcomes small enough for a few seconds each: (file, rule)."""
    if not EXPECTED.exists():
        return []
    instances = json.loads(EXPECTED.read_text())["instances"]
    small = [name for name in instances if (DATA / name).stat().st_size < 60_000]
    return [(name, rule) for name in sorted(small) for rule in sorted(instances[name]["expected"]) if rule in RULES]


@pytest.mark.parametrize(("name", "rule"), outcomes())
def test_published_outcomes(name: str, rule: str) -> None:
    """T-VERIFY: real elections, outcomes computed elsewhere (ties by id)."""
    expected = json.loads(EXPECTED.read_text())["instances"][name]["expected"][rule]
    read = pabulib.read(DATA / name).election
    ballots = read.ballots
    if ballots.kind == "ranked" and ballots.lengths.max() > ballots.most:
        pytest.skip("ballots longer than their places")
    if read.unit != 1 or ballots.repeats is not None or (ballots.points is not None and ballots.points.min() < 1):
        pytest.skip("cents, a project twice on a ballot or zero points: no ballot of the platform's own has them")
    tally_rule, options = RULES[rule]
    contest = contest_of(replace(read, rule=tally_rule, options=options))
    assert sorted(contest.ids[each] for each in verify.count(contest)) == expected["winners"]


def test_unknown_options_are_not_guessed() -> None:
    """A rule or option the verifier does not know is an error, never a quiet default."""
    contest = verify.Contest(["a"], [1], 1, "greedy", {"mood": "good"}, "approval", 0, b"", "c")
    contest.tally()
    for options, rule in (({"mood": "good"}, "greedy"), ({}, "dictator"), ({"completion": "magic"}, "greedy")):
        contest.options, contest.rule = options, rule
        with pytest.raises((ValueError, LookupError)):
            verify.count(contest)


def test_add1_does_not_wait_for_what_nobody_gains_from() -> None:
    """T-VERIFY: under Borda the last place is worth nothing; no share buys it, and the search must still end."""
    election = Election.of(
        [Project("a", 10), Project("b", 10)],
        [(("a", "b"), 3)],
        30,
        kind="ranked",
        rule="equal_shares",
        options=Options(utility=Utility.BORDA, completion=Completion.ADD1, threshold=1, step=1),
        most=2,
    )
    contest = contest_of(election)
    assert [contest.ids[each] for each in verify.count(contest)] == list(count(election).winners) == ["a"]
