"""What a proposal may say, cost and become; no database."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.proposals import rules
from rembuk.proposals.listing import (
    PRIME,
    Group,
    counts_of,
    lot,
    page_count,
    place_in_lot,
)
from rembuk.proposals.outlines import coarse
from rembuk.proposals.rules import CostLine, Detail, Issue, Place, Plan, Refusal, State, Status
from rembuk.proposals.words import Candidate, Sketch, fold, most_alike, search_text, slug

AUTHOR = UUID(int=1)
OTHER = UUID(int=2)
PROBLEM = "Setiap hujan deras air masuk ke dua puluh rumah di gang ini."


def detail(**changes: object) -> Detail:
    """A sent proposal with every step answered well."""
    facts: dict[str, object] = {
        "id": uuid4(),
        "cycle": uuid4(),
        "number": 7,
        "proposer": AUTHOR,
        "helper": None,
        "state": State.SENT,
        "outcome": "",
        "hidden": False,
        "issue": Issue.FLOOD,
        "title": "Saluran mampet di RW 05",
        "problem": PROBLEM,
        "proposed": "Mengeruk saluran sepanjang 120 meter.",
        "beneficiaries": "",
        "place": Place("32.73.27.1003.005"),
        "cost": 1_000_000,
        "reviewed_cost": None,
        "simulated": False,
        "version": 1,
        "endorsement_count": 0,
        "comment_count": 0,
        "created_at": datetime(2026, 8, 1, tzinfo=UTC),
        "sent_at": None,
        "merged_into": None,
    }
    return Detail(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("milli", "price", "rupiah"),
    [(1000, 950, 950), (1500, 333, 500), (1, 499, 0), (1, 500, 1), (2500, 1, 3), (0, 99, 0)],
)
def test_amount_is_rounded_half_up(milli: int, price: int, rupiah: int) -> None:
    """Volume times price, the half rupiah up."""
    assert rules.amount_of(milli, price) == rupiah


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_amount_is_within_half_a_rupiah(milli: int, price: int) -> None:
    """No line is ever further than half a rupiah from the exact product."""
    assert abs(rules.amount_of(milli, price) * 1000 - milli * price) <= 500


@given(st.integers(0, 10**9))
def test_volume_reads_back_what_it_writes(milli: int) -> None:
    """A volume written for people is read as the same volume."""
    assert rules.parse_volume(rules.volume_words(milli).replace(".", "")) == milli


@pytest.mark.parametrize("text", ["", "dua", "-1", "1,2345", "1.2.3", "1e3", "٣x"])
def test_volume_refuses(text: str) -> None:
    """What is no volume is refused, never guessed."""
    with pytest.raises(ValueError, match="volume"):
        rules.parse_volume(text)


@pytest.mark.parametrize(
    ("title", "said"),
    [("", "masih kosong"), ("Got", "terlalu pendek"), ("a" * 61, "terlalu panjang"), ("a" * 60, None)],
)
def test_title_limits(title: str, said: str | None) -> None:
    """B1: missing, too short and too long are told apart; 60 letters are allowed."""
    fault = rules.problem_faults("flood", title, PROBLEM).get("title")
    assert (fault is None) if said is None else said in (fault or "")


def test_issue_and_problem_are_asked_for() -> None:
    """B1: a missing category and a missing text each have their own sentence."""
    assert set(rules.problem_faults("", "Saluran mampet", "")) == {"issue", "problem"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "fault"),
    [
        ("", "", None),
        ("-6,945", "107.69", None),
        ("-6.9", "", "lintang"),
        ("nan", "107", "angka"),
        ("95", "107", "angka"),
    ],
)
def test_point_comes_whole_or_not_at_all(latitude: str, longitude: str, fault: str | None) -> None:
    """B2: a map point is optional, but half a point or words are refused."""
    said = rules.place_faults(True, "", latitude, longitude).get("latitude")
    assert (said is None) if fault is None else fault in (said or "")


def test_plan_needs_a_sum() -> None:
    """B1: a plan without any amount is refused, with one it passes."""
    assert "rough" in rules.plan_faults(Plan("Mengeruk saluran sepanjang gang."))
    line = CostLine("Pengerukan", "m³", 12_500, 165_000)
    plan = Plan("Mengeruk saluran sepanjang gang.", lines=(line,), rough=5)
    assert rules.plan_faults(plan) == {}
    assert plan.cost == 2_062_500


@pytest.mark.parametrize(
    ("editor", "changes", "open_", "reason"),
    [
        (AUTHOR, {}, True, None),
        (AUTHOR, {}, False, Refusal.PHASE_CLOSED),
        (OTHER, {}, True, Refusal.NOT_YOURS),
        (OTHER, {"helper": OTHER}, True, None),
        (AUTHOR, {"state": State.FEASIBLE}, True, Refusal.SETTLED),
        (AUTHOR, {"hidden": True}, True, Refusal.SETTLED),
    ],
)
def test_who_may_edit(editor: UUID, changes: dict[str, object], open_: bool, reason: Refusal | None) -> None:
    """A4: the author only, and only while the submission phase is open."""
    assert rules.why_not_edit(detail(**changes), editor, open_) is reason


@pytest.mark.parametrize("state", list(State))
def test_support_only_where_it_can_help(state: State) -> None:
    """A6: never outside the phase, never on archived or refused proposals, never on a draft."""
    assert rules.why_not_endorse(state, False, False) in (Refusal.SUPPORT_CLOSED, Refusal.UNKNOWN)
    allowed = rules.why_not_endorse(state, False, True) is None
    assert allowed is (state in (State.SENT, State.FEASIBLE, State.FEASIBLE_CHANGED))
    assert rules.why_not_endorse(state, True, True) is Refusal.UNKNOWN


def test_way_of_a_proposal() -> None:
    """A draft is only sent; a verdict may be reopened by an objection; a withdrawal is final."""
    assert rules.may_become(State.DRAFT, State.SENT)
    assert not rules.may_become(State.DRAFT, State.FEASIBLE)
    assert rules.may_become(State.INFEASIBLE, State.SENT)
    assert not any(rules.may_become(State.WITHDRAWN, after) for after in State)


def test_outcome_outweighs_state() -> None:
    """M3: once published, a proposal is called by its outcome."""
    assert rules.status_of("feasible", "funded") is Status.FUNDED
    assert rules.status_of("feasible", "") is Status.ON_BALLOT


def test_missing_step_names_the_first() -> None:
    """A draft says which step to mend first."""
    assert rules.missing_step(detail(), True) is None
    assert rules.missing_step(detail(title=""), False) == 1
    assert rules.missing_step(detail(), False) == 2
    assert rules.missing_step(detail(cost=0), True) == 4


def test_folding_forgets_case_and_accents() -> None:
    """C5: search knows neither case nor accents nor punctuation, but keeps the number."""
    assert fold("Café  di RW-05: SUMUR résapan!") == "cafe di rw 05 sumur resapan"
    assert search_text(12, "Sumur", "Résapan") == "#12 sumur resapan"
    assert slug("40 sumur résapan, di halaman!") == "40-sumur-resapan-di-halaman"


def test_similar_proposals() -> None:
    """The same idea in the same RW comes first; another matter does not come at all."""
    same = Candidate(UUID(int=5), 5, "Sumur resapan di gang mawar", PROBLEM, "flood", "32.73.27.1003.005")
    far = Candidate(UUID(int=6), 6, "Sumur resapan di halaman", PROBLEM, "flood", "32.73.01.1001.001")
    else_ = Candidate(UUID(int=7), 7, "Bank sampah remaja", "Plastik menumpuk.", "waste", "32.73.27.1003.005")
    mine = Sketch("Bikin sumur resapan", "", "flood", "32.73.27.1003.005")
    assert [found.candidate.number for found in most_alike(mine, [far, else_, same])] == [5, 6]


def test_counts_free_their_own_kind() -> None:
    """C4: the count beside a filter applies every other kind, not its own."""
    groups = [
        Group("waste", "sent", "", 2, 20),
        Group("flood", "sent", "", 3, 30),
        Group("flood", "merged", "", 1, 9),
    ]
    counts = counts_of(groups, [Issue.WASTE], [Status.SENT])
    assert (counts.total, counts.cost) == (2, 20)
    assert counts.by_issue[Issue.FLOOD] == 3
    assert counts.by_status[Status.MERGED] == 0


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_pages_hold_everything(total: int, size: int) -> None:
    """C1: fewer, equal and more than one page."""
    pages = page_count(total, size)
    assert pages * size >= total
    assert (pages - 1) * size < max(total, 1)


@given(st.text(), st.sets(st.integers(1, PRIME - 1), max_size=50))
def test_fair_order_meets_nobody_twice(visitor: str, numbers: set[int]) -> None:
    """C2: two proposals never stand in the same place of one visitor's order."""
    mine = lot(visitor, "2026-11-21")
    assert len({place_in_lot(number, *mine) for number in numbers}) == len(numbers)


def test_fair_order_is_fair() -> None:
    """C2: over many visitors each of 14 proposals comes first about equally often."""
    first = [0] * 14
    for visitor in range(4200):
        mine = lot(str(visitor), "2026-11-21")
        first[min(range(14), key=lambda n: place_in_lot(n + 1, *mine))] += 1
    assert max(first) < 420
    assert min(first) > 200


def test_coarse_outlines_still_touch() -> None:
    """Two areas that share an edge share it on the grid too; straight runs lose their middle points."""
    assert coarse("M0 0l10 0l10 0l0 20l-20 0z") == "M0 0l21 0 0 21-21 0z"
    left, right = coarse("M0 0l10.4 0.2l0 20l-10 0z"), coarse("M10.4 0.2l10 0l0 20l-10 0z")
    assert left == "M0 0l9 0 0 21-9 0z"
    assert right.startswith("M9 0l12 0")


def test_too_small_an_outline_stays_whole() -> None:
    """An area smaller than the grid keeps its own points."""
    assert coarse("M5 5l1 0l0 1z") == "M5 5l1 0l0 1z"
