"""S2 to S5 by small examples that can be done by hand: fences, floors, requirements, city round, caps, reserve."""

from fractions import Fraction

from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.count import count
from rembuk.tally.election import District, Election, Options, Project
from rembuk.tally.limits import Limit
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.result import Decision
from rembuk.tally.stages import count_city, successor


def voted(projects: list[Project], votes: dict[str, int], rule: str = "greedy", empty: int = 0) -> Election:
    """An election where each project has voters of its own."""
    types = [((name,), number) for name, number in votes.items()]
    return Election.of(projects, [*types, ((), empty)], 0, rule=rule)


def city(*envelopes: Envelope, total: int, **changes: object) -> City:
    """A city with equal ceilings; districts are called x, y, z."""
    codes = "xyz"[: len(envelopes)]
    plan = QuotaPlan(total, tuple(District(code) for code in codes))
    return City("2026", plan, "equal", dict(zip(codes, envelopes, strict=True)), **changes)  # type: ignore[arg-type]


def test_hard_fence_waits_for_the_reserve() -> None:
    """40 are fenced for floods: f takes 30, 10 wait; the envelope has 60 for a, none for b; g may use the 10 later."""
    listed = [Project("a", 60), Project("b", 10), Project("f", 30, issue="flood"), Project("g", 20, issue="flood")]
    election = voted(listed, {"a": 5, "b": 4, "f": 3, "g": 2})
    fence = Fence("banjir", 40, issue="flood", hard=True)
    result = count_city(city(Envelope(election, (fence,)), total=100))
    assert result.winners == ("f", "a")
    assert (result.waiting, result.unspent, result.envelopes["x"].left) == (10, 0, 0)
    assert [(entry.project, entry.waiting) for entry in result.reserve] == [("b", 0), ("g", 10)]
    assert successor(result, "a") == "b"
    assert successor(result, "a", also=frozenset("b")) == "g"
    soft = Fence("banjir", 40, issue="flood")
    assert count_city(city(Envelope(election, (soft,)), total=100)).winners == ("f", "a", "b")


def test_floor_is_used_although_the_rule_would_not() -> None:
    """Law 10: ten voters hold 3 each, so equal shares cannot buy w for 30 with one supporter; the floor still does."""
    election = voted([Project("w", 30, issue="waste")], {"w": 1}, "equal_shares", empty=9)
    result = count_city(city(Envelope(election, (Fence("sampah", 30, issue="waste"),)), total=60))
    fence = result.envelopes["x"].fences[0].result
    assert fence.winners == ("w",)
    assert [(step.decision, step.part) for step in fence.steps] == [
        (Decision.NOT_ENOUGH_SUPPORT, "rule"),
        (Decision.FUNDED, "floor"),
    ]


def test_fence_with_its_own_ballots() -> None:
    """Suara Anak: a fence counted from its own ballots; adults' votes do not matter inside it."""
    listed = [Project("p", 10), Project("q", 10)]
    children = Election.of(listed, [(("q",), 3), (("p",), 1)], 0).ballots
    fence = Fence("anak", 10, projects=frozenset("pq"), ballots=children)
    result = count_city(city(Envelope(voted(listed, {"p": 9}), (fence,)), total=10))
    assert result.winners == ("q",)


def test_a_requirement_is_called_when_met() -> None:
    """p has most votes but needs q; once q is funded p comes before r, although r is next in line."""
    listed = [Project("p", 40, requires="q"), Project("q", 40), Project("r", 40)]
    election = Election.of(listed, [(("p",), 5), (("q",), 4), (("r",), 3)], 80, options=Options(threshold=1))
    assert count(election).winners == ("q", "p")


def test_city_round_by_share_not_by_number() -> None:
    """50 of 100 ballots in x is less than 8 of 10 in y: the 60 left over go to y."""
    x = Envelope(voted([Project("a", 60)], {"a": 50}, empty=50))
    y = Envelope(voted([Project("b", 60)], {"b": 8}, empty=2))
    result = count_city(city(x, y, total=80))
    assert result.city.winners == ("b",)
    assert result.city.steps[0].score == Fraction(4, 5)
    assert [entry.project for entry in result.reserve] == ["a"]


def test_cap_per_district_in_the_city_round() -> None:
    """At most one project of a district in the city round; the step names the cap."""
    x = Envelope(voted([Project("a", 30), Project("b", 30)], {"a": 5, "b": 4}))
    y = Envelope(voted([Project("c", 90)], {"c": 1}, empty=9))
    result = count_city(city(x, y, total=50, most_per_district=0))
    assert (result.city.winners, result.unspent) == ((), 50)
    assert [step.constraint for step in result.city.steps[:2]] == ["cap x city round"] * 2
    assert count_city(city(x, y, total=50, most_per_district=1)).city.winners == ("a",)
    assert count_city(city(x, y, total=50, money_per_district=29)).city.winners == ()


def test_left_over_money_kept() -> None:
    """Without a city round the money stays, and the reserve list is made all the same."""
    x = Envelope(voted([Project("a", 60)], {"a": 5}))
    for leftover in (Leftover.NONE, Leftover.NEXT_YEAR):
        result = count_city(city(x, total=50, leftover=leftover))
        assert (result.winners, result.unspent, result.pool) == ((), 50, 50)
        assert [entry.project for entry in result.reserve] == ["a"]


def test_groups_of_two_districts_are_two_groups() -> None:
    """A group name used in two districts binds neither across the border; inside, the city round respects it."""
    x = Envelope(voted([Project("a", 20, group="g"), Project("b", 20, group="g")], {"a": 5, "b": 4}))
    y = Envelope(voted([Project("c", 40, group="g")], {"c": 3}))
    result = count_city(city(x, y, total=60))
    assert result.winners == ("a", "c")
    assert result.unspent == 0
    assert {step.project: step.constraint for step in result.city.steps} == {"c": None, "b": "group x g"}


def test_a_cap_to_the_rupiah() -> None:
    """A cap of 50 lets 20 and 30 through, one of two lets two through; the next is held by it, though it fits."""
    listed = [Project("a", 20), Project("b", 30), Project("c", 1)]
    types = [(("a",), 3), (("b",), 2), (("c",), 1)]
    for cap in (Limit("RW", frozenset("abc"), money=50), Limit("RW", frozenset("abc"), number=2)):
        result = count(Election.of(listed, types, 100, limits=[cap]))
        assert result.winners == ("a", "b")
        assert result.steps[2].constraint == "cap RW"
    assert count(Election.of(listed, types, 100, limits=[Limit("RW", frozenset("abc"), money=51)])).winners == tuple(
        "abc"
    )
