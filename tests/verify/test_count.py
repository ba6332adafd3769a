"""The verifier's count against the product's, on any election and any city, and against published outcomes."""

import json
import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rembuk_verify as verify
from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Order, Project, Utility
from tests import strategies

CAMPAIGN = os.environ.get("REMBUK_TEST_CAMPAIGN") == "1"
ELECTIONS = 500 if CAMPAIGN else 60
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


def row_of(project: Project) -> dict[str, Any]:
    """A project as the frozen configuration has it."""
    keys = ("id", "cost", "issue", "area", "group", "requires", "refusal")
    return {key: getattr(project, key) for key in keys}


def contest_of(election: Election) -> verify.Contest:
    """The same election as the verifier holds it, its ballots read from the file the product writes."""
    agreed = {
        "rule": election.rule,
        "options": election.options.pairs(),
        "type": election.ballots.kind,
        "most": election.ballots.most if election.ballots.kind == "ranked" else 0,
        "seed": election.seed or b"",
    }
    rows = [row_of(project) for project in election.projects]
    limits = [(limit.projects, limit.number, limit.money) for limit in election.limits]
    bare = verify.Contest(agreed, rows, election.budget, election.contest, limits=limits)
    types = verify.merge(bare, verify.read_pb(pabulib.write(election))[2])
    return verify.Contest(agreed, rows, election.budget, election.contest, limits=limits, types=types)


def winners_of(election: Election) -> list[str]:
    """The winners the verifier finds."""
    contest = contest_of(election)
    return [contest.ids[each] for each in verify.count(contest)]


def with_places(election: Election) -> Election:
    """A ranked election says how many places its ballots have, as every frozen configuration does."""
    if election.ballots.kind != "ranked":
        return election
    return replace(election, ballots=replace(election.ballots, most=len(election.projects)))


@pytest.mark.slow
@settings(max_examples=ELECTIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.elections(kinds=("approval", "ranked", "points")))
def test_both_counts_agree(election: Election) -> None:
    """T-VERIFY, I9: random elections, every rule, option and tie. Sabotage: any one comparison turned round."""
    election = with_places(election)
    result = count(election)
    assert winners_of(election) == list(result.winners)
    contest = contest_of(election)
    assert dict(zip(contest.ids, contest.scores, strict=True)) == result.scores


@pytest.mark.slow
@settings(max_examples=ELECTIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.bounded_elections(kinds=("approval", "ranked", "points")))
def test_limits_groups_requirements_and_refusals_agree(election: Election) -> None:
    """T-VERIFY: what may hold a project back, under every rule. Sabotage: shut_out looks at numbers only."""
    election = with_places(election)
    assert winners_of(election) == list(count(election).winners)


@settings(max_examples=60, deadline=None)
@given(strategies.elections(rule="equal_shares", most=9, voters=20))
def test_add1_agrees_also_when_the_steps_are_many(election: Election) -> None:
    """T-VERIFY: raises skipped by proof skip nothing. Sabotage: `proven` gives the trail back always."""
    for completion in (Completion.ADD1, Completion.ADD1U):
        options = replace(election.options, completion=completion, step=1)
        larger = replace(
            election,
            budget=election.budget * 8,
            options=options,
            projects=tuple(replace(project, cost=project.cost * 8) for project in election.projects),
        )
        assert winners_of(larger) == list(count(larger).winners)


@settings(max_examples=ELECTIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.bounded_elections(kinds=("approval", "ranked", "points")), st.data())
def test_the_rule_of_a_file_agrees(election: Election, data: st.DataObject) -> None:
    """T-VERIFY: `official`, whatever META asks: stopping, a least score, caps. Sabotage: forget the caps."""
    election = with_places(election)
    parts = {column: data.draw(st.lists(st.sampled_from("abc"), max_size=3)) for column in ("category", "neighborhood")}
    meta = {"rule": data.draw(st.sampled_from(["greedy", "greedy-threshold", "greedy-no-skip"]))}
    if data.draw(st.booleans()):
        meta["min_project_score_threshold"] = data.draw(st.sampled_from(["0", "2", "1,5", "3.0", " "]))
    for column, names in (("category", "categories"), ("neighborhood", "neighborhoods")):
        if data.draw(st.booleans()):
            meta[names] = ",".join(dict.fromkeys(parts[column])) or "a"
            caps = [str(data.draw(st.integers(0, election.budget))) for _ in meta[names].split(",")]
            meta[f"budget_per_{column}"] = ",".join(caps)
    extra = st.sampled_from(["a", "b", "a, c", "c,b", "d", ""])
    projects = [
        replace(each, extra=(("category", data.draw(extra)), ("neighborhood", data.draw(extra))))
        for each in election.projects
    ]
    asked = replace(election, rule="official", meta=tuple(meta.items()), projects=tuple(projects))
    plain = contest_of(replace(election, rule="greedy"))
    agreed = {**plain.agreed, "rule": "official", "meta": meta}
    rows = [{**row, **dict(each.extra)} for row, each in zip(plain.rows, projects, strict=True)]
    contest = verify.Contest(
        agreed, rows, election.budget, election.contest, limits=list(plain.limits), types=plain.types
    )
    assert [contest.ids[each] for each in verify.count(contest)] == list(count(asked).winners)


def test_a_rule_of_a_file_that_is_unknown_is_not_guessed() -> None:
    """`official` without META, with another rule or with a cap too few: an error, never a quiet default."""
    agreed = {"options": {"threshold": "0"}, "type": "approval", "most": 0, "seed": b"", "rule": "official"}
    rows = [{"id": "a", "cost": 1, "category": "x"}]
    for more in ({}, {"meta": {}}, {"meta": {"rule": "quadratic"}},
                 {"meta": {"rule": "greedy", "categories": "x,y", "budget_per_category": "1"}}):  # fmt: skip
        with pytest.raises((ValueError, LookupError)):
            verify.count(verify.Contest({**agreed, **more}, rows, 1, "c", types={((0,), ()): 1}))


OVERTAKEN: list[tuple[list[int], dict[tuple[str, ...], int], int, Completion, list[str]]] = [
    ([550, 290, 260], {("0",): 3, ("0", "1", "2"): 3, ("1",): 2}, 550, Completion.ADD1U, ["0"]),
    ([590, 60, 390], {("0",): 7, ("0", "1", "2"): 12, ("0", "2"): 4, ("1",): 3}, 590, Completion.ADD1, ["2", "1"]),
    (
        [600, 30, 400, 130],
        {("1", "2"): 7, ("0",): 7, ("0", "1", "3"): 5, ("1", "2", "3"): 1},
        850,
        Completion.ADD1U,
        ["1", "0", "3"],
    ),
]


@pytest.mark.parametrize(("costs", "ballots", "budget", "completion", "winners"), OVERTAKEN)
def test_a_rival_that_becomes_cheaper_on_the_way_is_not_skipped(
    costs: list[int],
    ballots: dict[tuple[str, ...], int],
    budget: int,
    completion: Completion,
    winners: list[str],
) -> None:
    """T-VERIFY: a larger share lets a rival overtake. Sabotage: `proven` does not look at rivals."""
    projects = [Project(str(nth), cost) for nth, cost in enumerate(costs)]
    options = Options(threshold=1, completion=completion, step=1)
    election = Election.of(
        projects, ballots.items(), budget, rule="equal_shares", options=options, seed=b"1", contest="c"
    )
    assert winners_of(election) == list(count(election).winners) == winners


def outcomes() -> list[tuple[str, str]]:
    """The published outcomes (in CI those small enough for a few seconds each): file and rule."""
    if not EXPECTED.exists():
        return []
    instances = json.loads(EXPECTED.read_text())["instances"]
    small = [name for name in instances if CAMPAIGN or (DATA / name).stat().st_size < 60_000]
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
    assert sorted(winners_of(replace(read, rule=tally_rule, options=options))) == expected["winners"]


def test_unknown_options_are_not_guessed() -> None:
    """A rule or option the verifier does not know is an error, never a quiet default."""
    agreed = {"options": {"threshold": "1"}, "type": "approval", "most": 0, "seed": b"", "rule": "greedy"}
    rows = [{"id": "a", "cost": 1}]
    wrong: list[dict[str, Any]] = [
        {"options": {"threshold": "1", "mood": "good"}},
        {"rule": "dictator"},
        {"rule": "equal_shares", "options": {"threshold": "1", "completion": "magic"}},
        {"rule": "equal_shares", "options": {"threshold": "1", "utility": "joy"}},
        {"rule": "equal_shares", "options": {"threshold": "1", "utility": "borda"}},
    ]
    for change in wrong:
        with pytest.raises((ValueError, LookupError)):
            verify.count(verify.Contest({**agreed, **change}, rows, 1, "c", types={((0,), ()): 1}))


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
    assert winners_of(election) == list(count(election).winners) == ["a"]


def test_proofs_skip_nothing_among_many_voters() -> None:
    """T-VERIFY: thousands of small raises over hundreds of ballot types."""
    for seed in range(3):
        dice = random.Random(seed)
        types = [(mask, dice.randint(1, 9)) for mask in {dice.randrange(1, 1 << 10) for _ in range(250)}]
        projects = [Project(str(nth), dice.randrange(40, 500) * 1_000) for nth in range(10)]
        options = Options(threshold=1, completion=Completion.ADD1U, step=1)
        election = Election.of(projects, types, 1_500_000, rule="equal_shares", options=options, seed=b"1")
        assert winners_of(election) == list(count(election).winners)
