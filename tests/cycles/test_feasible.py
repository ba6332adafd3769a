"""Settings of the shares: what they are worth, how they are kept, and which are refused with what would mend them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.cycles.feasible import Facts, faults, is_circular
from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.shares import (
    Cap,
    IssueCap,
    Leftover,
    Part,
    SetAside,
    Shares,
    frozen_fences,
    frozen_limits,
    shares_of,
    shares_text,
)
from rembuk.cycles.shares_shown import cap_sentences, leftover_sentences, shown_fences, summary

MILLION = 1_000_000
HOME, NEXT = "32.73.27", "32.73.02"


def project(number: int, cost: int, **said: str) -> FrozenProject:
    """A project of so many million rupiah in the home kecamatan."""
    made = FrozenProject(str(number), f"Usulan {number}", "flood", f"{HOME}.1003.005", "", cost * MILLION, HOME)
    return replace(made, **said)  # type: ignore[arg-type]


PROJECTS = (project(1, 40), project(2, 30), project(3, 25, issue="clean_water"))
FACTS = Facts(
    budget=200 * MILLION,
    pot=0,
    ceilings={HOME: ("Gedebage", 120 * MILLION), NEXT: ("Coblong", 80 * MILLION)},
    projects=PROJECTS,
    voters={HOME: 500, NEXT: 300},
)
WATER = SetAside("Air bersih", Part(percent=25), issue="clean_water")


def words(shares: Shares, facts: Facts = FACTS) -> list[str]:
    """What is refused, in words."""
    return [str(fault.words).replace("\N{NO-BREAK SPACE}", " ") for fault in faults(shares, facts)]


def test_nothing_set_is_always_feasible() -> None:
    """tally.md 2: a round without ring-fences and caps has nothing to refuse."""
    assert faults(Shares(), FACTS) == []
    assert faults(Shares(), Facts(0, 0, {})) == []


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            Shares(fences=(WATER,), children=80),
            "Jatah khusus dan Suara Anak berjumlah 105% dari pagu. Kurangi menjadi paling banyak 100%.",
        ),
        (
            Shares(fences=(replace(WATER, floor=Part(100 * MILLION)),)),
            "Di Coblong, jatah khusus berjumlah Rp 100.000.000, melebihi pagunya Rp 80.000.000. "
            "Kurangi Rp 20.000.000, atau pakai persen.",
        ),
        (
            Shares(fences=(WATER, replace(WATER, name="air BERSIH", issue="", areas=(f"{HOME}.1003",)))),
            'Dua jatah khusus bernama "Air bersih". Beri nama yang berbeda.',
        ),
        (
            Shares(children=10, children_in=(HOME,)),
            "Di Gedebage, bagian Suara Anak Rp 12.000.000 tidak cukup untuk usulan termurah Rp 25.000.000. "
            "Naikkan menjadi 21%, atau jangan pilih kecamatan ini untuk Suara Anak.",
        ),
        (
            Shares(rw=Cap(money=10 * MILLION)),
            "Batas per RW Rp 10.000.000 lebih kecil daripada usulan termurah Rp 25.000.000. "
            "Naikkan menjadi Rp 25.000.000.",
        ),
        (
            Shares(fences=(WATER,), issues=(IssueCap("clean_water", Part(percent=20)),)),
            "Di Coblong, batas Air bersih Rp 16.000.000 lebih kecil daripada jatah khususnya Rp 20.000.000. "
            "Samakan, atau turunkan jatahnya.",
        ),
        (
            Shares(issues=(IssueCap("flood", Part(percent=10)),)),
            "Batas Banjir, Gedebage Rp 12.000.000 lebih kecil daripada usulan termurah Rp 30.000.000. "
            "Naikkan menjadi Rp 30.000.000.",
        ),
        (
            Shares(city=Cap(number=2)),
            "Batas per kecamatan hanya berlaku dalam putaran kota. Pilih putaran kota, atau kosongkan.",
        ),
    ],
)
def test_a_bound_that_fails_is_named_with_what_would_mend_it(shares: Shares, said: str) -> None:
    """Q3, tally.md 2: infeasible settings are refused with the bound that fails and what would mend it."""
    assert said in words(shares)


def test_what_mends_it_mends_it() -> None:
    """Q3: the per cent that the refusal names for Suara Anak is the smallest that is not refused."""
    assert words(Shares(children=21, children_in=(HOME,))) == []
    assert words(Shares(children=20, children_in=(HOME,))) != []
    assert words(Shares(rw=Cap(money=25 * MILLION))) == []


def test_a_pot_needs_a_city_round() -> None:
    """Q3: money kept for the city without a round to spend it is refused, and more than there is too."""
    kept = replace(FACTS, pot=10 * MILLION)
    assert words(Shares(), kept)[0].startswith("Simpanan kota Rp 10.000.000 belum punya putaran kota")
    assert words(Shares(leftover=Leftover.SHARE), kept) == []
    over = replace(FACTS, pot=300 * MILLION)
    assert words(Shares(leftover=Leftover.SHARE), over) == [
        "Simpanan kota Rp 300.000.000 melebihi pagu kota Rp 200.000.000. Kurangi Rp 100.000.000."
    ]


def test_a_threshold_stays_below_the_voters() -> None:
    """Q3: a threshold no project could reach is refused, where a score is a number of people; children count apart."""
    high = replace(FACTS, threshold=301)
    assert words(Shares(), high) == [
        "Ambang 301 suara melebihi 300 pemilih di Coblong. Turunkan menjadi paling banyak 300."
    ]
    assert words(Shares(), replace(high, ballot_type="points")) == []
    assert words(Shares(), replace(high, voters={})) == []
    few = replace(FACTS, threshold=20, voters={f"{HOME}.anak": 12})
    assert "12 pemilih di Suara Anak Gedebage" in words(Shares(), few)[0]


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ((project(1, 40, requires="9"),), "memerlukan usulan nomor 9, yang tidak ada di surat suara Gedebage"),
        ((project(1, 40, requires="2"), project(2, 30, district=NEXT)), "yang tidak ada di surat suara Gedebage"),
        ((project(1, 40, requires="2"), project(2, 30, requires="1")), "yang pada akhirnya memerlukan usulan nomor 1"),
        (
            (project(1, 40, requires="2", group="pompa"), project(2, 30, group="pompa")),
            "dari kelompok keduanya hanya satu yang menang",
        ),
    ],
)
def test_a_requirement_that_cannot_be_met_is_refused(projects: tuple[FrozenProject, ...], said: str) -> None:
    """tally.md 2: what a project requires must be on the same ballot, not in a ring, not its own rival."""
    assert said in words(Shares(), replace(FACTS, projects=projects))[0]
    assert words(Shares(), replace(FACTS, projects=(project(1, 40, requires="2"), project(2, 30)))) == []


def test_a_ring_is_found_however_long() -> None:
    """tally.md 2: circular requirements of any length; a chain is none."""
    assert is_circular("1", {"1": "2", "2": "3", "3": "1"})
    assert not is_circular("1", {"1": "2", "2": "3"})
    assert not is_circular("0", {"0": "1", "1": "2", "2": "1"})


PARTS = st.one_of(st.builds(Part, st.integers(1, 10**12)), st.builds(Part, st.just(0), st.integers(1, 100)))
CAPS = st.builds(Cap, st.none() | st.integers(1, 99), st.none() | st.integers(1, 10**12))
NAMES = st.text(min_size=1, max_size=20)
FENCES = st.builds(SetAside, NAMES, PARTS, st.sampled_from(["", "waste", "flood"]), st.tuples(NAMES), st.booleans())
SHARES = st.builds(
    Shares,
    st.lists(FENCES, max_size=3).map(tuple),
    st.integers(0, 100),
    st.lists(NAMES, max_size=3).map(tuple),
    CAPS,
    CAPS,
    st.lists(st.builds(IssueCap, st.sampled_from(["waste", "flood"]), PARTS), max_size=2).map(tuple),
    st.sampled_from(list(Leftover)),
    CAPS,
)


@settings(max_examples=60)
@given(SHARES)
def test_settings_come_back_as_they_were_kept(shares: Shares) -> None:
    """Q1: the one canonical text gives the same settings back, and the same settings give the same text."""
    text = shares_text(shares)
    assert shares_of(text) == shares
    assert shares_text(shares_of(text)) == text


@settings(max_examples=60)
@given(st.integers(0, 10**13), st.integers(0, 100))
def test_a_percentage_never_passes_the_ceiling(ceiling: int, percent: int) -> None:
    """Q3: a percentage is rounded down to a whole million: never more than its part, less than a million missing."""
    money = Part(percent=percent).of(ceiling)
    assert money % MILLION == 0
    assert 0 <= ceiling * percent - 100 * money < 100 * MILLION


def test_nothing_set_is_an_empty_text() -> None:
    """Q1: cycles from before these settings read as nothing set."""
    assert shares_text(Shares()) == "{}"
    assert shares_of("{}") == Shares()


def test_fences_and_caps_name_their_areas() -> None:
    """tally.md 2: children first, then issues; a cap per RW and kelurahan that has a project, with words for it."""
    shares = Shares(fences=(WATER,), children=30, rw=Cap(1), kelurahan=Cap(money=5))
    assert [each["name"] for each in frozen_fences(shares, HOME, 100 * MILLION)] == ["Suara Anak", "Air bersih"]
    limits = frozen_limits(
        shares, 100 * MILLION, [f"{HOME}.1003.005", f"{HOME}.1003.005"], {f"{HOME}.1003": "Kelurahan A"}
    )
    assert [(each["name"], each["area"]) for each in limits] == [
        (f"{HOME}.1003.005", f"{HOME}.1003.005"),
        ("Kelurahan A", f"{HOME}.1003"),
    ]


def test_the_preview_says_what_it_means_in_rupiah() -> None:
    """Q3: amounts in rupiah, a warning where a share buys nothing, caps and leftovers as sentences."""
    shares = Shares(
        fences=(replace(WATER, floor=Part(percent=10), hard=True),),
        children=30,
        rw=Cap(number=1, money=50 * MILLION),
        issues=(IssueCap("flood", Part(percent=50)),),
        leftover=Leftover.SHARE,
        city=Cap(number=2),
    )
    children, water = shown_fences(shares, HOME, 120 * MILLION, PROJECTS)
    assert (children.amount, water.amount, children.warning) == (36 * MILLION, 12 * MILLION, "")
    assert "Usulan termurah" in str(water.warning)
    none = shown_fences(shares, HOME, 120 * MILLION, PROJECTS[:2])[1]
    assert str(none.warning) == "Belum ada usulan untuk jatah ini, jadi uangnya akan ditahan untuk cadangan."
    assert [str(each).replace("\N{NO-BREAK SPACE}", " ") for each in cap_sentences(shares, 120 * MILLION)] == [
        "Setiap RW: paling banyak 1 usulan dan Rp 50.000.000.",
        "Banjir: paling banyak Rp 60.000.000 di kecamatan ini.",
    ]
    assert len(leftover_sentences(shares, 5 * MILLION)) == 3
    assert [str(each) for each in summary(shares)][:2] == ["Suara Anak 30%", "Air bersih 10%"]
