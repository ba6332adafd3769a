"""What cannot be counted is refused where it is set up, each with the sentence that says why."""

import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from rembuk.errors import Refused
from rembuk.tally.apportion import Claim, QuotaRefusal, apportion
from rembuk.tally.ballots import BALLOTS, Slip, Spoiled
from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.city_file import read_city
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, District, Election, Options, Project, Utility
from rembuk.tally.pabulib import BadFile
from rembuk.tally.packed import BadPack, pack, unpack
from rembuk.tally.quotas import QuotaPlan, quotas
from rembuk.tally.result import canonical
from rembuk.tally.stages import count_city, successor
from rembuk.tally.types import BadBallot, Ballots
from tests.tally.test_command import city as city_on_disk

TWO = (District("01", residents=1, poor_families=0), District("02", residents=3, poor_families=0))
SPLITS = [
    ("equal", QuotaPlan(10, ()), QuotaRefusal.NO_AREAS),
    ("equal", QuotaPlan(10, TWO, pot=11), QuotaRefusal.POT_TOO_LARGE),
    ("equal", QuotaPlan(10, (replace(TWO[0], lowest=6, highest=5), TWO[1])), QuotaRefusal.CROSSED_BOUNDS),
    ("equal", QuotaPlan(10, (replace(TWO[0], highest=4), replace(TWO[1], highest=5))), QuotaRefusal.ABOVE_HIGHEST),
    ("equal", QuotaPlan(1, (replace(TWO[0], highest=0), replace(TWO[1], highest=0))), QuotaRefusal.ABOVE_HIGHEST),
    ("per_capita", QuotaPlan(10, (District("01"), District("02"))), QuotaRefusal.NO_FIGURE),
    ("need_weighted", QuotaPlan(10, TWO, mix={"poor": 1}), QuotaRefusal.NO_FIGURE),
    ("need_weighted", QuotaPlan(10, TWO, mix={"equal": 0}), QuotaRefusal.NO_FIGURE),
    ("need_weighted", QuotaPlan(10, TWO, mix={"equal": 2, "population": -1}), QuotaRefusal.NO_FIGURE),
    ("fixed", QuotaPlan(10, TWO), QuotaRefusal.NO_CEILING),
    ("fixed", QuotaPlan(10, (replace(TWO[0], ceiling=-1), replace(TWO[1], ceiling=11))), QuotaRefusal.NO_CEILING),
    ("fixed", QuotaPlan(10, (replace(TWO[0], ceiling=4, lowest=5), TWO[1])), QuotaRefusal.OUT_OF_BOUNDS),
    ("fixed", QuotaPlan(10, (replace(TWO[0], ceiling=4, highest=3), TWO[1])), QuotaRefusal.OUT_OF_BOUNDS),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "plan", "reason"), SPLITS)
def test_quotas(rule: str, plan: QuotaPlan, reason: QuotaRefusal) -> None:
    """Each plan that cannot be met names the bound or figure that fails."""
    with pytest.raises(Refused) as refused:
        quotas(rule, plan)
    assert (refused.value.reason, refused.value.reason.status) == (reason, 422)
    assert "{" not in refused.value.sentence()


def test_bounds_met_exactly_are_no_refusal() -> None:
    """A bound that is just met stands: lowest together the total, highest together the total, a typed ceiling at it."""
    tight = (District("01", lowest=4, highest=4, ceiling=4), District("02", lowest=6, highest=6, ceiling=6))
    for rule in ("equal", "fixed"):
        assert quotas(rule, QuotaPlan(10, tight)).ceilings == {"01": 4, "02": 6}
    assert quotas("equal", QuotaPlan(10, (TWO[0],), pot=10)).ceilings == {"01": 0}


def test_weights_below_nothing() -> None:
    """A negative weight is refused by the area."""
    with pytest.raises(Refused) as refused:
        apportion(1, [Claim("a", Fraction(-1))])
    assert refused.value.facts == {"area": "a"}


def envelope(*ids: str, **project: object) -> Envelope:
    """An envelope in which each project has one voter."""
    listed = [Project(name, 10, **project) for name in ids]  # type: ignore[arg-type]
    return Envelope(Election.of(listed, [((name,), 1) for name in ids], 0))


def plan(pot: int = 0) -> QuotaPlan:
    """One district and 50 rupiah."""
    return QuotaPlan(50, (District("x"),), pot=pot)


SET_UP = [
    ({"envelopes": {"y": envelope("a")}}, "not the same"),
    ({"plan": plan(5), "leftover": Leftover.NONE}, "city pot"),
    ({"citywide": envelope("a")}, "in two envelopes"),
    ({"envelopes": {"x": envelope("a", requires="b")}}, "'b' is required in x"),
    ({"citywide": envelope("k", requires="b")}, "'b' is required in the city"),
    ({"envelopes": {"x": replace(envelope("a"), fences=(Fence("f", -1),))}}, "below 0"),
    ({"envelopes": {"x": replace(envelope("a"), fences=(Fence("f", 1, ballots=envelope("a", "b").election.ballots),))}},
     "over other projects"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), SET_UP)
def test_cities(changes: dict[str, object], reason: str) -> None:
    """A city that does not hang together is refused when it is put together."""
    with pytest.raises(BadElection, match=reason):
        City(**{"contest": "c", "plan": plan(), "quota": "equal", "envelopes": {"x": envelope("a")}, **changes})  # type: ignore[arg-type]


def test_ceilings_and_fences() -> None:
    """Ceilings other than those frozen, and fences beyond a ceiling, stop the count; both at the last rupiah do not."""
    city = City("c", plan(), "equal", {"x": envelope("a")}, frozen_ceilings={"x": 50})
    assert count_city(city).winners == ("a",)
    with pytest.raises(BadElection, match="frozen at open"):
        count_city(replace(city, frozen_ceilings={"x": 49}))
    full = replace(city, envelopes={"x": replace(envelope("a"), fences=(Fence("f", 25), Fence("g", 25)))})
    assert count_city(full).winners == ("a",)
    over = replace(city, envelopes={"x": replace(envelope("a"), fences=(Fence("f", 25), Fence("g", 26)))})
    with pytest.raises(BadElection, match="exceed its ceiling"):
        count_city(over)


def test_nobody_steps_in() -> None:
    """No reserve fits: nobody; a project that was not funded has no money to give."""
    result = count_city(City("c", plan(), "equal", {"x": envelope("a")}))
    assert successor(result, "a") is None
    with pytest.raises(KeyError):
        successor(result, "z")


def test_elections() -> None:
    """Options below 0, ballots of others, too many points, an unknown rule: a sentence, never a wrong count."""
    for options in (Options(threshold=-1), Options(step=-1)):
        with pytest.raises(BadElection, match="below 0"):
            Election.of([Project("a", 1)], [], 1, options=options)
    two = Election.of([Project("a", 1), Project("b", 1)], [], 1)
    with pytest.raises(BadElection, match="merged for other projects"):
        replace(two, projects=two.projects[:1])
    many = Election.of([Project("a", 1)], [((("a", 10**9),), 10**7)], 1, kind="points", rule="equal_shares")
    with pytest.raises(BadElection, match="too many to count"):
        count(replace(many, options=Options(utility=Utility.POINTS)))
    with pytest.raises(BadBallot, match="not on the ballot"):
        Election.of([Project("a", 1)], [((("b", 1),), 1)], 1, kind="points")
    for number in (True, -1, 1.0):
        with pytest.raises(BadBallot, match="count is not a whole number"):
            Election.of([Project("a", 1)], [((), number)], 1)  # type: ignore[list-item]
    with pytest.raises(TypeError, match="float"):
        canonical({"a": 0.5})


def test_slips() -> None:
    """Knapsack and points: what is read, and what cannot be."""
    slip = Slip({"a": 1}, ceiling=1)
    assert BALLOTS["knapsack"].parse("a, b") == ("a", "b")
    assert BALLOTS["knapsack"].why_spoiled(0b10, slip) is Spoiled.UNREADABLE
    assert BALLOTS["knapsack"].why_spoiled(("a", "a"), slip) is Spoiled.NAMED_TWICE
    assert BALLOTS["points"].parse(" ") == ()
    assert BALLOTS["points"].why_spoiled((), slip) is None


@pytest.mark.parametrize("changes", [{"kind": "points"}, {"chosen": [2, 0]}, {"chosen": [1, 1]}])
def test_packs_that_cannot_stand(changes: dict[str, object]) -> None:
    """Well-sealed bytes of ballots that cannot be: refused on reading."""
    import numpy as np

    fields = {"kind": "ranked", "chosen": [1, 0], **changes}
    ballots = Ballots(str(fields["kind"]), 2, np.array([5]), np.array([0, 2]), np.array(fields["chosen"]))
    with pytest.raises(BadPack, match="cannot stand"):
        unpack(pack(ballots))


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (5, 9, "head that cannot be"),  # the kind
        (6, 8, "head that cannot be"),  # the flags
        (7, 3, "head that cannot be"),  # a width that is none
        (7, 0, "head that cannot be"),  # counts of no width
        (20, 255, "cut short"),  # more types than there are bytes
        (12, 8, "more or fewer bytes"),  # a wider mask needs more
    ],
)
def test_packs_with_a_false_head(at: int, value: int, reason: str) -> None:
    """A head that does not fit its bytes is refused although the checksum is right."""
    ballots = Election.of([Project("a", 1), Project("b", 1)], [(("a",), 3), (("a", "b"), 1)], 1).ballots
    data = bytearray(pack(ballots)[:-4])
    data[at] = value
    sealed = bytes(data) + zlib.crc32(bytes(data)).to_bytes(4, "little")
    if (at, value) == (12, 8):
        sealed = bytes(data) + b"\0"
        sealed += zlib.crc32(sealed).to_bytes(4, "little")
    with pytest.raises(BadPack, match=reason):
        unpack(sealed)


def test_city_files(tmp_path: Path) -> None:
    """A city.json that is not there, not text, has a district twice, cents, or a box about other projects."""
    with pytest.raises(BadFile):
        read_city(tmp_path / "none.json", tmp_path)
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(BadFile, match="UTF-8"):
        read_city(tmp_path / "latin.json", tmp_path)
    x = {"code": "x", "residents": 3, "ballots": "x.pb"}
    cases: list[tuple[list[dict[str, object]], str]] = [
        ([x, x], "twice"),
        ([{**x, "code": 5}], "code is missing or not text"),
        ([{**x, "ballots": "cents.pb"}], "not whole rupiah"),
        ([{**x, "fences": [{"name": "anak", "floor": 1, "ballots": "y.pb"}]}], "lists other projects"),
        ([{**x, "residents": True}], "residents is not a whole number"),
        ([{**x, "fences": ["f"]}], "a ring-fence is not a JSON object"),
    ]
    for districts, reason in cases:
        config = city_on_disk(tmp_path, districts=districts)
        cents = (tmp_path / "x.pb").read_text().replace(";60;", ";60.5;")
        (tmp_path / "cents.pb").write_text(cents)
        with pytest.raises(BadFile, match=reason):
            read_city(config, tmp_path)
