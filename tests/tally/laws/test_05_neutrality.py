"""Law 5: order, splitting and merging of ballots, names of voters: same bytes; all money multiplied: same winners."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.city import City, Envelope
from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project, Utility
from rembuk.tally.merge import merged
from rembuk.tally.result import canonical
from rembuk.tally.stages import count_city
from rembuk.tally.types import Ballots
from tests.strategies import KINDS, choices, cities, elections, options, projects
from tests.tally.laws.counted import counted

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


@given(cities(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_in_a_city(city: City, random: Random) -> None:
    """Districts, projects, limits and ballots in another order, ballots not merged: the same bytes of the city."""
    if (result := counted(city)) is None:
        return

    def shuffled(envelope: Envelope) -> Envelope:
        places = list(range(len(envelope.election.projects)))
        random.shuffle(places)
        fences = tuple(replace(f, ballots=moved(f.ballots, places) if f.ballots else None) for f in envelope.fences)
        election = replace(
            envelope.election,
            projects=tuple(envelope.election.projects[place] for place in places),
            ballots=moved(envelope.election.ballots, places),
            limits=envelope.election.limits[::-1],
        )
        return Envelope(election, fences)

    districts = list(city.plan.districts)
    random.shuffle(districts)
    mixed = replace(
        city,
        plan=replace(city.plan, districts=tuple(districts)),
        envelopes={district.code: shuffled(city.envelopes[district.code]) for district in districts},
        citywide=shuffled(city.citywide) if city.citywide else None,
    )
    assert canonical(count_city(mixed).document()) == canonical(result.document())


def moved(ballots: Ballots, places: list[int]) -> Ballots:
    """The same ballots one by one, over the projects in another order, merged anew."""
    ids = [str(place) for place in range(ballots.projects)]
    loose = []
    for row, number in enumerate(ballots.counts.tolist()):
        part = slice(int(ballots.starts[row]), int(ballots.starts[row + 1]))
        named = [ids[index] for index in ballots.chosen[part].tolist()]
        points = None if ballots.points is None else ballots.points[part].tolist()
        loose += [(tuple(named if points is None else zip(named, points, strict=True)), 1)] * number
    again = merged([ids[place] for place in places], loose[::-1], ballots.kind)
    return replace(again, most=ballots.most)


@given(cities(), st.integers(2, 10**6))
@settings(max_examples=30, deadline=None)
def test_money_of_a_city_multiplied(city: City, factor: int) -> None:
    """All money of a city times the same number: quotas, spending and rest are that much larger, winners the same."""
    if (result := counted(city)) is None:
        return

    def times(money: int | None) -> int | None:
        return None if money is None else money * factor

    def dearer(envelope: Envelope) -> Envelope:
        election = envelope.election
        return Envelope(
            replace(
                election,
                projects=tuple(replace(p, cost=p.cost * factor) for p in election.projects),
                options=replace(election.options, step=election.options.step * factor),
                limits=tuple(replace(limit, money=times(limit.money)) for limit in election.limits),
            ),
            tuple(replace(fence, floor=fence.floor * factor) for fence in envelope.fences),
        )

    plan = city.plan
    districts = tuple(replace(d, lowest=d.lowest * factor, highest=times(d.highest)) for d in plan.districts)
    dear = replace(
        city,
        plan=replace(plan, total=plan.total * factor, pot=plan.pot * factor, unit=factor, districts=districts),
        envelopes={code: dearer(envelope) for code, envelope in city.envelopes.items()},
        citywide=dearer(city.citywide) if city.citywide else None,
        money_per_district=times(city.money_per_district),
    )
    found = count_city(dear)
    assert found.winners == result.winners
    assert (found.cost, found.unspent, found.waiting) == tuple(
        money * factor for money in (result.cost, result.unspent, result.waiting)
    )
    assert [entry.project for entry in found.reserve] == [entry.project for entry in result.reserve]


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
