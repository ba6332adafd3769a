"""What was frozen comes back whole, and counts as a round with set-aside money, caps, children and a city round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rembuk.board.rules import canonical
from rembuk.cycles.freezing import FrozenProject, config_of
from rembuk.cycles.rules import Cycle, CycleState, Election, ElectionState, Phase, PhaseKind
from rembuk.cycles.shares import Cap, IssueCap, Leftover, Part, SetAside, Shares
from rembuk.tally.merge import merged
from rembuk.tally.stages import count_city
from rembuk.voting.agreement import Agreement, agreed, city_of

START = datetime(2026, 11, 1, tzinfo=UTC)
MILLION = 1_000_000
HOME, NEXT = "32.73.27", "32.73.02"
CHILDREN = f"{HOME}.anak"
EVERYTHING = Shares(
    fences=(
        SetAside("Air bersih", Part(percent=40), issue="clean_water", hard=True),
        SetAside("RW rawan", Part(30 * MILLION), areas=(f"{HOME}.1001.001",)),
    ),
    children=20,
    children_in=(HOME,),
    rw=Cap(number=1),
    issues=(IssueCap("flood", Part(percent=50)),),
    leftover=Leftover.SHARE,
    city=Cap(number=2),
)


def project(number: int, kecamatan: str, issue: str, rw: int, cost: int, **ties: str) -> FrozenProject:
    """A project of so many million rupiah."""
    area = f"{kecamatan}.1001.{rw:03d}"
    return FrozenProject(str(number), f"Usulan {number}", issue, area, "", cost * MILLION, kecamatan, **ties)  # type: ignore[arg-type]


PROJECTS = [
    project(1, HOME, "flood", 1, 30),
    project(2, HOME, "clean_water", 2, 40),
    project(3, HOME, "waste", 3, 20),
    project(4, HOME, "waste", 3, 10),
    project(5, NEXT, "flood", 1, 60),
    project(6, NEXT, "waste", 2, 90),
]


def frozen(shares: Shares = EVERYTHING, projects: list[FrozenProject] | None = None) -> dict[str, Any]:
    """The configuration of a small vote under these settings: Rp100 million in each of two kecamatan."""
    cycle = Cycle(
        id=UUID(int=1),
        slug="siklus-2026",
        name="Siklus 2026",
        year=2026,
        city="32.73",
        kind="round",
        state=CycleState.PUBLISHED,
        budget=210 * MILLION,
        quota_rule="equal",
        quota_options={"pot": 10 * MILLION},
        tally_rule="greedy",
        tally_options={},
        ballot_type="approval",
        max_choices=5,
        shares=shares,
    )
    vote = Election(UUID(int=2), cycle.id, "utama", ElectionState.DRAFT, "L1", "full")
    voting = Phase(PhaseKind.VOTING, START, START + timedelta(days=7))
    ceilings = {HOME: ("Gedebage", 100 * MILLION), NEXT: ("Coblong", 100 * MILLION)}
    names = {f"{HOME}.1001.003": "RW 03 Rancabolang"}
    return dict(config_of(cycle, vote, voting, ceilings, projects or PROJECTS, names=names))


def read_back(config: dict[str, Any]) -> Agreement:
    """The agreement in the very bytes that are hashed."""
    return agreed(canonical(config).decode())


def test_the_configuration_holds_every_setting() -> None:
    """G7, tally.md 2: fences in filling order with money in rupiah, caps by area and issue, city round, children."""
    config = frozen()
    home = next(each for each in config["districts"] if each["code"] == HOME)
    assert [(each["name"], each["floor"], each["hard"], each["ballots"]) for each in home["fences"]] == [
        ("Suara Anak", 20 * MILLION, False, CHILDREN),
        ("Air bersih", 40 * MILLION, True, ""),
        ("RW rawan", 30 * MILLION, False, ""),
    ]
    assert home["fences"][2]["areas"] == [f"{HOME}.1001.001"]
    assert {"name": "RW 03 Rancabolang", "area": f"{HOME}.1001.003", "issue": "", "number": 1, "money": None} in home[
        "limits"
    ]
    assert {"name": "Banjir", "area": "", "issue": "flood", "number": None, "money": 50 * MILLION} in home["limits"]
    assert config["children"] == [{"code": CHILDREN, "district": HOME, "name": "Suara Anak Gedebage"}]
    city = {name: config[name] for name in ("city_round", "city_pot", "most_per_district", "money_per_district")}
    assert city == {
        "city_round": "share",
        "city_pot": 10 * MILLION,
        "most_per_district": 2,
        "money_per_district": None,
    }


def test_a_kecamatan_without_flagged_area_sets_nothing_aside_for_it() -> None:
    """tally.md 2: a ring-fence of flagged areas is only where one of them is; children only where they vote."""
    agreement = read_back(frozen())
    other = agreement.district(NEXT)
    assert other is not None
    assert [each.name for each in other.fences] == ["Air bersih"]


def test_children_have_a_box_of_their_own() -> None:
    """G7: the children's box stands over the kecamatan's projects, with their own share as its ceiling."""
    agreement = read_back(frozen())
    children = agreement.district(CHILDREN)
    assert children is not None
    assert (children.parent, children.ceiling, children.contest) == (
        HOME,
        20 * MILLION,
        "siklus-2026/32.73.27/Suara Anak",
    )
    assert [each.id for each in children.projects] == ["1", "2", "3", "4"]
    assert [each.code for each in agreement.boxes] == [NEXT, HOME, CHILDREN]


def test_a_round_without_settings_has_one_contest_per_district() -> None:
    """G7: nothing set aside, nothing capped, no city round: the count is what it was."""
    assert not read_back(frozen(Shares())).has_stages
    assert read_back(frozen(Shares(leftover=Leftover.SHARE))).has_stages
    assert read_back(frozen(Shares(), [replace(PROJECTS[0], group="pompa"), *PROJECTS[1:]])).has_stages


def test_the_agreement_counts_as_a_city() -> None:
    """tally.md 2: one call from the frozen bytes and the ballots to fences, envelopes, city round and reserve."""
    agreement = read_back(frozen())
    home, other = ["1", "2", "3", "4"], ["5", "6"]
    ballots = {
        HOME: merged(home, [(("1", "3"), 6), (("2",), 3)]),
        CHILDREN: merged(home, [(("4",), 5)]),
        NEXT: merged(other, [(("5", "6"), 4)]),
    }
    result = count_city(city_of(agreement, ballots, b"1234"))
    fences = {each.name: each.result.winners for each in result.envelopes[HOME].fences}
    assert fences == {"Suara Anak": ("4",), "Air bersih": ("2",), "RW rawan": ("1",)}
    # the third project stands in the RW of the children's choice: at most one there, so it never wins
    assert result.envelopes[HOME].winners == ("4", "2", "1")
    # left over: 20 at home, 60 next door (40 more wait for clean water), and 10 of the city; flood is capped at 50
    assert result.pool == 90 * MILLION
    assert result.city.winners == ("6",)


def test_a_box_nobody_voted_in_buys_nothing() -> None:
    """tally.md 2: without a single child's ballot their share goes back to the kecamatan."""
    agreement = read_back(frozen())
    result = count_city(city_of(agreement, {HOME: merged(["1", "2", "3", "4"], [(("3",), 2)])}, None))
    assert result.envelopes[HOME].fences[0].result.winners == ()
    assert result.envelopes[HOME].winners == ("3",)
