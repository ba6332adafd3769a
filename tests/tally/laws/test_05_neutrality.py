"""Laws 5 and 6: order, splitting and merging of ballots, names and the size of money change nothing."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.errors import Refused
from rembuk.tally.city import City
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Election, Options, Project, Utility
from rembuk.tally.stages import count_city
from tests.strategies import KINDS, choices, cities, elections, options, projects

MANY = settings(max_examples=60, deadline=None)


@given(st.data(), st.sampled_from(KINDS), projects(), st.randoms(use_true_random=False))
@MANY
def test_order_and_splitting(data: st.DataObject, kind: str, listed: list[Project], random: object) -> None:
    """The same ballots in another order, split or merged, give the same bytes."""
    ids = [project.id for project in listed]
    types = data.draw(st.lists(st.tuples(choices(ids, kind), st.integers(1, 4)), max_size=8))
    asked = {"kind": kind, "options": data.draw(options(kind)), "seed": b"s"}
    split = [(choice, 1) for choice, number in types for _ in range(number)]
    random.shuffle(split)  # type: ignore[attr-defined]
    if kind in ("approval", "knapsack", "points"):
        split = [(tuple(sorted(choice, reverse=True)), number) for choice, number in split]
    for rule in ("greedy", "equal_shares"):
        merged = Election.of(listed, types, 90, rule=rule, **asked)
        loose = Election.of(listed, split, 90, rule=rule, **asked)
        assert count(merged).canonical() == count(loose).canonical()


@given(st.data(), st.sampled_from(KINDS), projects())
@MANY
def test_order_of_projects(data: st.DataObject, kind: str, listed: list[Project]) -> None:
    """L4: the order of projects on the slip changes nothing, under any rule."""
    ids = [project.id for project in listed]
    types = data.draw(st.lists(st.tuples(choices(ids, kind), st.integers(1, 4)), max_size=8))
    asked = {"kind": kind, "options": data.draw(options(kind)), "seed": data.draw(st.sampled_from([None, b"s"]))}
    for rule in ("greedy", "equal_shares", "phragmen"):
        there = count(Election.of(listed, types, 90, rule=rule, **asked))
        back = count(Election.of(listed[::-1], types, 90, rule=rule, **asked))
        assert there.canonical() == back.canonical()


@given(st.data(), projects())
@MANY
def test_masks_and_ids(data: st.DataObject, listed: list[Project]) -> None:
    """A ballot given as a mask is the ballot given as ids."""
    masks = data.draw(st.lists(st.tuples(st.integers(0, 2 ** len(listed) - 1), st.integers(1, 3)), max_size=8))
    named = [(tuple(p.id for place, p in enumerate(listed) if mask >> place & 1), number) for mask, number in masks]
    assert count(Election.of(listed, masks, 70)).canonical() == count(Election.of(listed, named, 70)).canonical()


@given(elections(kinds=KINDS), st.integers(2, 10**9))
@MANY
def test_money_multiplied(election: Election, factor: int) -> None:
    """Multiplying all money changes no winner and no order."""
    dearer = replace(
        election,
        projects=tuple(replace(project, cost=project.cost * factor) for project in election.projects),
        budget=election.budget * factor,
        options=replace(election.options, step=election.options.step * factor),
    )
    assert count(dearer).winners == count(election).winners


@given(elections(kinds=KINDS))
@MANY
def test_counted_twice(election: Election) -> None:
    """L2: computing twice changes nothing."""
    assert count(election).canonical() == count(election).canonical()


@given(cities(), st.data())
@settings(max_examples=60, deadline=None)
def test_law_6_independence(city: City, data: st.DataObject) -> None:
    """L3: S1 to S3 of one kecamatan do not depend on another's ballots."""
    codes = sorted(city.envelopes)
    if len(codes) < 2:
        return
    other = city.envelopes[codes[1]]
    ids = [project.id for project in other.election.projects]
    types = data.draw(st.lists(st.tuples(choices(ids, "approval"), st.integers(1, 5)), max_size=6))
    fresh = Election.of(other.election.projects, types, 0).ballots
    changed = replace(other, election=replace(other.election, ballots=fresh))
    try:
        before = count_city(city).envelopes[codes[0]].document()
    except (Refused, BadElection):
        return
    after = count_city(replace(city, envelopes={**city.envelopes, codes[1]: changed})).envelopes[codes[0]].document()
    assert before == after


def test_large_money_is_exact() -> None:
    """10^15 rupiah and a difference of one, far below what floats can rank: exact fractions decide."""
    big = 10**15
    listed = [Project("a", big + 1), Project("b", big)]
    election = Election.of(listed, [(("a", "b"), 7)], 2 * big, options=Options(utility=Utility.COUNT))
    # one vote's worth each, but b is cheaper by one: with utility count it is bought first, though a has the smaller id
    assert count(election.with_rule("equal_shares")).steps[0].project == "b"
    # with utility cost both are worth their price, an exact tie, and the id decides
    assert count(election.with_rule("equal_shares", Options())).steps[0].project == "a"
    assert count(election.with_rule("greedy")).winners == ("a",)
    assert count(election.with_rule("phragmen")).steps[0].project == "b"


def test_exactly_affordable() -> None:
    """A sum that equals the cost exactly buys the project; one rupiah more does not, whatever floats make of thirds."""
    for cost, winners in ((10**15, ("a",)), (10**15 + 1, ())):
        election = Election.of(
            [Project("a", cost), Project("b", 3 * 10**15)],
            [(("a",), 1), (("b",), 2)],
            3 * 10**15,
            rule="equal_shares",
        )
        assert count(election).winners == winners
