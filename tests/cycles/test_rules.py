"""Calendars, permissions, ceilings and the frozen configuration, without a database."""

import csv
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.board.rules import canonical
from rembuk.cycles import formula, permissions, rules
from rembuk.cycles.formula import Need
from rembuk.cycles.freezing import FrozenProject, config_of, options_of
from rembuk.cycles.permissions import ROLES, STAFF, Action, Stage, allows
from rembuk.cycles.rules import (
    PHASES,
    Cycle,
    CycleState,
    Election,
    ElectionState,
    Phase,
    PhaseKind,
    Refusal,
)
from rembuk.places.pack import read_pack
from rembuk.places.rules import Level
from rembuk.voting.agreement import agreed

START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = dict.fromkeys(PhaseKind, 10)
DEMO = {"equal": 30, "population": 40, "poor": 30}
DEMO_TOTAL = 159_500_000_000


def calendar(**moved: tuple[int, int]) -> list[Phase]:
    """Six phases of ten days; a phase may be moved to other days after the start."""
    planned = {phase.kind: phase for phase in rules.spread(START, DAYS)}
    for name, (first, last) in moved.items():
        kind = PhaseKind(name)
        planned[kind] = Phase(kind, START + timedelta(days=first), START + timedelta(days=last))
    return list(planned.values())


def opened(*kinds: PhaseKind, closed: tuple[PhaseKind, ...] = ()) -> dict[PhaseKind, Phase]:
    """A calendar in which some phases are open and some were closed."""
    return {
        phase.kind: Phase(
            phase.kind,
            phase.starts_at,
            phase.ends_at,
            START if phase.kind in (*kinds, *closed) else None,
            START if phase.kind in closed else None,
        )
        for phase in calendar()
    }


def bandung() -> list[Need]:
    """The 30 kecamatan of Bandung with the figures of the pack."""
    pack = read_pack("32.73")
    found = {(f.area, f.name, f.year): f.amount for f in pack.statistics}
    return [
        Need(
            area.code,
            area.name,
            found[area.code, "population", 2024],
            found[area.code, "dtks_families", 2022],
        )
        for area in pack.areas.values()
        if area.level is Level.KECAMATAN
    ]


NEEDS = bandung()


def test_phases_one_after_the_other_are_fine() -> None:
    """A10: six phases in a row have nothing wrong."""
    assert rules.why_bad_dates(calendar()) == []


def test_proposals_and_debate_may_overlap() -> None:
    """A10: a phase may start before the previous one ends."""
    assert rules.why_bad_dates(calendar(debate=(5, 20))) == []


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"debate": (15, 15)}, "Tahap Musyawarah harus berakhir setelah dimulai."),
        ({"debate": (0, 20)}, "Tahap Musyawarah harus dimulai setelah Usulan dimulai."),
        ({"proposals": (0, 20)}, "Tahap Usulan harus berakhir sebelum Musyawarah berakhir."),
        ({"voting": (25, 40)}, "Tahap Suara harus dimulai setelah Pemeriksaan berakhir."),
        ({"results": (39, 50)}, "Tahap Hasil harus dimulai setelah Suara berakhir."),
    ],
)
def test_wrong_dates_are_said_in_words(moved: dict[str, tuple[int, int]], words: str) -> None:
    """A10: a violation is explained in words that name the other phase."""
    assert words in [sentence for _, sentence in rules.why_bad_dates(calendar(**moved))]


def test_a_phase_waits_for_the_one_before() -> None:
    """A4: the review does not open while residents may still edit; the booth not while anything is checked."""
    running = opened(PhaseKind.PROPOSALS)
    fault = rules.why_not_open(PhaseKind.REVIEW, running)
    assert fault is not None
    assert fault[0] is Refusal.EARLIER_RUNNING
    assert fault[1] == {"phase": "Pemeriksaan", "other": "Usulan"}
    assert rules.why_not_open(PhaseKind.DEBATE, running) is None
    assert rules.why_not_open(PhaseKind.VOTING, opened(PhaseKind.REVIEW)) is not None
    assert rules.why_not_open(PhaseKind.RESULTS, opened(PhaseKind.VOTING)) is not None


def test_results_wait_for_the_vote() -> None:
    """A7, M2: results and works do not open before the booth was closed, not even when it never opened."""
    for kind in (PhaseKind.RESULTS, PhaseKind.WORKS):
        fault = rules.why_not_open(kind, opened())
        assert fault is not None
        assert fault[0] is Refusal.VOTING_FIRST
        assert rules.why_not_open(kind, opened(closed=(PhaseKind.VOTING,))) is None


def test_a_closed_phase_stays_closed() -> None:
    """H3: what was closed is not opened again; what was overtaken does not open late."""
    past = opened(PhaseKind.REVIEW, closed=(PhaseKind.PROPOSALS,))
    assert rules.why_not_open(PhaseKind.PROPOSALS, past) == (Refusal.PHASE_OVER, {"phase": "Usulan"})
    late = rules.why_not_open(PhaseKind.DEBATE, past)
    assert late is not None
    assert late[0] is Refusal.LATER_BEGAN
    running = rules.why_not_open(PhaseKind.REVIEW, past)
    assert running is not None
    assert running[0] is Refusal.PHASE_RUNNING
    shut = rules.why_not_close(PhaseKind.VOTING, past)
    assert shut is not None
    assert shut[0] is Refusal.PHASE_NOT_OPEN


def test_what_has_happened_keeps_its_date() -> None:
    """T14: the start of an opened phase and the end of a closed one cannot be moved."""
    kept = opened(PhaseKind.REVIEW, closed=(PhaseKind.PROPOSALS,))
    assert rules.why_not_move(kept, calendar()) is None
    assert rules.why_not_move(kept, calendar(review=(21, 30))) is PhaseKind.REVIEW
    assert rules.why_not_move(kept, calendar(review=(20, 29))) is None
    assert rules.why_not_move(kept, calendar(proposals=(0, 9))) is PhaseKind.PROPOSALS


def test_turns_come_at_their_instant_and_closings_first() -> None:
    """T-CLOCK: at the shared instant the earlier phase closes before the next opens; late twice is once."""
    kept = opened(PhaseKind.PROPOSALS)
    assert rules.turns_due(kept.values(), START + timedelta(days=10, seconds=-1)) == []
    due = rules.turns_due(kept.values(), START + timedelta(days=10))
    assert [(turn.kind, turn.action) for turn in due] == [
        (PhaseKind.PROPOSALS, "close"),
        (PhaseKind.DEBATE, "open"),
    ]
    asleep = rules.turns_due(calendar(), START + timedelta(days=15))
    assert [turn.kind for turn in asleep] == [PhaseKind.DEBATE]


def test_the_current_phase_is_the_latest_open_one() -> None:
    """A11: with two phases open the later one is the active one."""
    assert rules.current(opened().values()) is None
    found = rules.current(opened(PhaseKind.PROPOSALS, PhaseKind.DEBATE).values())
    assert found is not None
    assert found.kind is PhaseKind.DEBATE


EXPECTED = {
    # action: (stages, roles), written out by hand from behaviours A1-A9 and trust.md 7
    Action.PROPOSE: ({"proposals"}, {"resident", "facilitator"}),
    Action.EDIT_OWN: ({"proposals"}, {"resident", "facilitator"}),
    Action.COMMENT: (
        {"proposals", "debate"},
        {"resident", "facilitator", "moderator", "official", "city_official"},
    ),
    Action.ENDORSE: ({"proposals", "debate"}, {"resident"}),
    Action.MERGE: ({"proposals", "debate", "review"}, {"facilitator", "moderator"}),
    Action.REVIEW: ({"review"}, {"official", "city_official"}),
    Action.VOTE: ({"voting"}, {"resident"}),
    Action.REPORT_WORK: ({"works"}, {"official", "city_official", "facilitator"}),
}
LIVE = {"waiting", "proposals", "debate", "review", "voting", "results", "works"}


def expected(action: Action, stage: Stage, role: str) -> bool:
    """What the table must say, from the behaviours and not from the code."""
    talking = {"resident", "facilitator", "moderator", "official", "city_official"}
    if action is Action.SEE:
        return stage.value != "draft" or role in STAFF
    if action in (Action.FLAG, Action.COMPLAIN):
        return stage.value in LIVE and role in talking
    if action is Action.MODERATE:
        return stage.value in LIVE and role == "moderator"
    if action is Action.SEE_COUNTS:
        return stage.value in {"results", "works", "archived"}
    if action is Action.PLAN:
        return role == "city_official"
    stages, roles = EXPECTED[action]
    return stage.value in stages and role in roles


def test_permission_matrix() -> None:
    """A1: every action is decided by role x phase; every one of the 1,134 cells is stated."""
    cells = list(product(Action, Stage, ROLES))
    assert len(cells) == 14 * 9 * 9
    wrong = [cell for cell in cells if allows(*cell) is not expected(*cell)]
    assert wrong == []


def test_nobody_but_staff_acts_in_a_draft() -> None:
    """A1: before the first phase opens only staff see a draft, and nobody but staff can act."""
    outside = {"public", "resident"}
    assert not any(allows(action, Stage.DRAFT, role) for action in Action for role in outside)


def test_an_archive_is_read_only() -> None:
    """A9: nothing is writable in an archive, for every role except the city official."""
    writing = set(Action) - {Action.SEE, Action.SEE_COUNTS}
    others = set(ROLES) - {"city_official"}
    assert not any(allows(action, Stage.ARCHIVED, role) for action in writing for role in others)


def test_counts_are_hidden_until_the_results() -> None:
    """A7: nobody sees counts before the results, staff and the technical admin neither."""
    before = set(Stage) - {Stage.RESULTS, Stage.WORKS, Stage.ARCHIVED}
    assert not any(allows(Action.SEE_COUNTS, stage, role) for stage in before for role in ROLES)


def test_two_open_phases_allow_what_either_allows() -> None:
    """A6: supporting goes on while proposals and debate overlap; one of several roles is enough."""
    stages = permissions.stages(CycleState.PUBLISHED, opened(PhaseKind.PROPOSALS, PhaseKind.DEBATE).values())
    assert stages == {Stage.PROPOSALS, Stage.DEBATE}
    assert permissions.allows_now(Action.PROPOSE, stages, ("official", "resident"))
    assert not permissions.allows_now(Action.VOTE, stages, ROLES)
    assert permissions.stages(CycleState.DRAFT, []) == {Stage.DRAFT}
    assert permissions.stages(CycleState.PUBLISHED, calendar()) == {Stage.WAITING}
    assert permissions.stages(CycleState.ARCHIVED, opened(PhaseKind.VOTING).values()) == {Stage.ARCHIVED}


def test_the_demo_formula_gives_the_published_quotas() -> None:
    """Q3: 30% equal, 40% population, 30% poor families reproduces quota_kecamatan_demo.csv to the rupiah."""
    text = read_pack("32.73").text("demo/quota_kecamatan_demo.csv")
    published = {row["kecamatan_code"]: int(row["quota_idr_synthetic"]) for row in csv.DictReader(text.splitlines())}
    lines = formula.shares(DEMO_TOTAL, "need_weighted", DEMO, NEEDS)
    assert {line.area: line.amount for line in lines} == published
    assert len(published) == 30


@given(
    st.integers(30, 10**6),
    st.sampled_from(["equal", "per_capita", "need_weighted"]),
    st.fixed_dictionaries({name: st.integers(1, 100) for name in formula.MIX}),
)
def test_quotas_sum_exactly(millions: int, rule: str, mix: dict[str, int]) -> None:
    """Q3: for any total in whole millions and any mix, the ceilings add up to the total shown, none below 0."""
    total = millions * formula.MILLION
    lines = formula.shares(total, rule, mix, NEEDS)
    assert sum(line.amount for line in lines) == total
    assert all(line.amount >= 0 and line.amount % formula.MILLION == 0 for line in lines)


def test_the_pot_and_bounds_are_kept() -> None:
    """Q3: a city pot is left out of the sum; floor and cap hold."""
    options = {**DEMO, "pot": 9_500_000_000, "lowest": 4_000_000_000, "highest": 6_000_000_000}
    amounts = [line.amount for line in formula.shares(DEMO_TOTAL, "need_weighted", options, NEEDS)]
    assert sum(amounts) == 150_000_000_000
    assert min(amounts) >= 4_000_000_000
    assert max(amounts) <= 6_000_000_000


def frozen(projects: list[FrozenProject]) -> Any:
    """The configuration of a small vote."""
    cycle = Cycle(
        id=UUID(int=1),
        slug="musrenbang-2026",
        name="Musrenbang 2026",
        year=2026,
        city="32.73",
        kind="round",
        state=CycleState.PUBLISHED,
        budget=5,
        quota_rule="equal",
        quota_options={},
        tally_rule="greedy",
        tally_options={},
        ballot_type="approval",
        max_choices=5,
    )
    vote = Election(UUID(int=2), cycle.id, "utama", ElectionState.DRAFT, "L1", "full")
    voting = Phase(PhaseKind.VOTING, START, START + timedelta(days=7))
    ceilings = {"32.73.02": ("Coblong", 3), "32.73.01": ("Sukasari", 2)}
    return dict(config_of(cycle, vote, voting, ceilings, projects))


def project(number: int, district: str) -> FrozenProject:
    """One project of a small vote."""
    return FrozenProject(str(number), f"Usulan {number}", "waste", f"{district}.1001.001", "RW 01", 1, district)


def test_the_frozen_configuration_does_not_depend_on_order() -> None:
    """T6: districts and projects are sorted, project 10 after project 9, so the hash depends on facts only."""
    listed = [project(number, "32.73.02") for number in (10, 9, 2)] + [project(3, "32.73.01")]
    config = frozen(listed)
    assert config == frozen(listed[::-1])
    assert [line["id"] for line in config["projects"]] == ["3", "2", "9", "10"]
    assert [each["contest"] for each in config["districts"]] == [
        "musrenbang-2026/32.73.01",
        "musrenbang-2026/32.73.02",
    ]


def test_the_booth_reads_what_was_frozen() -> None:
    """T6, G7: the voting room reads the frozen bytes back: same districts, projects, rule and options."""
    raw = canonical(frozen([project(1, "32.73.01"), project(2, "32.73.02")])).decode()
    agreement = agreed(raw)
    assert [(d.code, d.ceiling, [p.id for p in d.projects]) for d in agreement.districts] == [
        ("32.73.01", 2, ["1"]),
        ("32.73.02", 3, ["2"]),
    ]
    assert (agreement.rule, agreement.most, agreement.options["threshold"]) == ("greedy", 5, "1")


def test_options_are_complete() -> None:
    """G7, tally.md 1: every option of the count is written down; a project needs at least one vote by default."""
    assert options_of({})["threshold"] == "1"
    assert options_of({"utility": "count"})["utility"] == "count"
    assert set(options_of({})) == {"order", "skip", "threshold", "utility", "completion", "step"}


def test_every_phase_says_what_opening_and_closing_mean() -> None:
    """A11: each phase has its name and its consequences in words."""
    for kind in PHASES:
        assert rules.PHASE_NAMES[kind]
        assert rules.OPENING_MEANS[kind].endswith(".")
        assert rules.CLOSING_MEANS[kind].endswith(".")
