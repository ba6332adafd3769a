"""Sentences whose numbers can be checked, and who is represented."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from rembuk.tally.count import compare, count
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.explain import explain, representation
from rembuk.tally.limits import Limit
from rembuk.tally.rules import RULES
from tests.strategies import elections


def small(**changes: object) -> Election:
    """Three projects, ten voters, money for one large or two small ones."""
    listed = [
        Project("a", 60_000_000, "Bank sampah", issue="waste", area="1.1"),
        Project("b", 50_000_000, "Sumur resapan", issue="flood", area="1.2"),
        Project("c", 40_000_000, "Keran umum", issue="clean_water", area="1.2"),
    ]
    types = [(("a",), 5), (("b",), 3), (("c", "b"), 1), ((), 1)]
    election = Election.of(listed, types, 100_000_000, options=Options(threshold=1), seed=b"x")
    return replace(election, **changes)  # type: ignore[arg-type]


def test_greedy_sentences() -> None:
    """M3: won, did not fit: each with its numbers, what was missing, and the price at which it would have fitted."""
    told = explain(small(), count(small()))
    assert told["a"].sentence == (
        "Didanai: urutan ke-1 dengan 5 suara; biaya Rp\N{NO-BREAK SPACE}60.000.000 "
        "muat dalam sisa pagu Rp\N{NO-BREAK SPACE}100.000.000."
    )
    assert (told["b"].funded, told["b"].more_votes, told["b"].fitting_cost) == (False, 1, 40_000_000)
    assert "Perlu 1 dukungan lagi." in told["b"].sentence
    assert "Dengan biaya Rp\N{NO-BREAK SPACE}40.000.000, usulan ini akan didanai." in told["b"].sentence
    assert told["c"].funded


def test_constraints_are_named() -> None:
    """M3: a threshold, a cap, a group and a refusal are named in the sentence."""
    capped = small(limits=(Limit("RW 05", frozenset({"b", "c"}), number=0),))
    assert "tertahan oleh batas RW 05" in explain(capped, count(capped))["c"].sentence
    high = small(options=Options(threshold=4))
    assert "syaratnya paling sedikit 4" in explain(high, count(high))["c"].sentence
    listed = small().projects
    refused = small(projects=(replace(listed[0], refusal="tanah sengketa"), *listed[1:]))
    assert "tanah sengketa" in explain(refused, count(refused))["a"].sentence


def test_every_rule_explains() -> None:
    """L7, M3: each rule on the shelf says something about each project, in plain words without dashes."""
    for rule, result in compare(small()).items():
        for told in explain(small().with_rule(rule), result).values():
            assert told.sentence.startswith(("Didanai: ", "Belum terpilih: ")), rule
            assert "!" not in told.sentence
            assert "—" not in told.sentence


@given(elections(rule="greedy", most=5, voters=6))
@settings(max_examples=40, deadline=None)
def test_claims_hold(election: Election) -> None:
    """Each "N more votes" and "at Rp X" is true, and one less is not enough."""
    for told in explain(election, count(election)).values():
        place = next(i for i, project in enumerate(election.projects) if project.id == told.project)
        if told.more_votes is not None:
            wins = [told.project in winners(with_votes(election, place, told.more_votes - less)) for less in (0, 1)]
            assert wins == [True, False]
        if told.fitting_cost is not None:
            wins = [told.project in winners(at_cost(election, place, told.fitting_cost + more)) for more in (0, 1)]
            assert wins == [True, False]


def winners(election: Election) -> tuple[str, ...]:
    """Who wins."""
    return RULES[election.rule](election).winners


def with_votes(election: Election, place: int, votes: int) -> Election:
    """The election with so many more ballots for one project."""
    ballots = election.ballots
    more = replace(
        ballots,
        counts=np.append(ballots.counts, votes),
        starts=np.append(ballots.starts, len(ballots.chosen) + 1),
        chosen=np.append(ballots.chosen, place),
    )
    return replace(election, ballots=more)


def at_cost(election: Election, place: int, cost: int) -> Election:
    """The election with one project at another cost."""
    listed = list(election.projects)
    listed[place] = replace(listed[place], cost=cost)
    return replace(election, projects=tuple(listed))


def test_representation() -> None:
    """Voters with a funded choice, and money per issue and area."""
    seen = representation(small(), count(small()))
    assert (seen.voters, seen.represented) == (10, 6)
    assert seen.issues == (("clean_water", 1, 40_000_000), ("flood", 0, 0), ("waste", 1, 60_000_000))
    assert seen.areas == (("1.1", 1, 60_000_000), ("1.2", 1, 40_000_000))
