"""What a finished review needs, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from rembuk.proposals.rules import CostLine, State
from rembuk.review import rules
from rembuk.review.rules import Draft, Question, Refusal, Verdict

PROPOSED = (CostLine("Tong pilah", "set", 2000, 1_850_000), CostLine("Papan", "unit", 1000, 1_200_000))
YES = dict.fromkeys(Question, True)
GOOD = Draft(Verdict.FEASIBLE, "Lahan fasum, kewenangan kelurahan.", "", YES, PROPOSED)


def reason_of(draft: Draft) -> Refusal | None:
    """The refusal a draft meets."""
    fault = rules.why_not_finish(draft, PROPOSED)
    return fault[0] if fault else None


def test_a_full_review_can_be_finished() -> None:
    """F2: verdict, public reason, checklist and cost together are enough."""
    assert reason_of(GOOD) is None
    assert GOOD.cost == 4_900_000


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (replace(GOOD, verdict=Verdict.UNDECIDED), Refusal.UNDECIDED),
        (replace(GOOD, reason="terlalu pendek"), Refusal.NO_REASON),
        (replace(GOOD, verdict=Verdict.INFEASIBLE, reason=""), Refusal.NO_REASON),
        (replace(GOOD, answers={Question.LAND: True}), Refusal.CHECKLIST),
        (replace(GOOD, answers={**YES, Question.LAND: False}), Refusal.DOUBTFUL),
        (replace(GOOD, lines=()), Refusal.NO_COST),
        (replace(GOOD, lines=(replace(PROPOSED[0], volume_milli=1000), PROPOSED[1])), Refusal.CHANGED_ANYTHING),
        (
            replace(
                GOOD,
                verdict=Verdict.FEASIBLE_CHANGED,
                lines=(replace(PROPOSED[0], volume_milli=1000), PROPOSED[1]),
            ),
            Refusal.NO_LINE_REASON,
        ),
        (
            replace(GOOD, verdict=Verdict.FEASIBLE_CHANGED, lines=(*PROPOSED, CostLine("Pajak", "paket", 1000, 5))),
            Refusal.NO_LINE_REASON,
        ),
    ],
)
def test_what_is_missing_is_said(draft: Draft, expected: Refusal) -> None:
    """F2: infeasible needs an explanation, feasible a price; a changed line needs its reason."""
    assert reason_of(draft) is expected


def test_infeasible_needs_no_price() -> None:
    """F2: a proposal that fails needs the reason, not a cost; a "no" in the checklist is allowed."""
    answers = {**YES, Question.AUTHORITY: False}
    assert reason_of(replace(GOOD, verdict=Verdict.INFEASIBLE, answers=answers, lines=())) is None


def test_changed_lines_are_named() -> None:
    """F2: the line that differs is named by its place; reason and catalogue key are no difference."""
    after = (replace(PROPOSED[0], reason="sama", catalogue_key="tong3"), replace(PROPOSED[1], unit_price=1))
    assert rules.changed_lines(PROPOSED, after) == [2]
    assert rules.changed_lines(PROPOSED, PROPOSED[:1]) == [2]
    fault = rules.why_not_finish(replace(GOOD, verdict=Verdict.FEASIBLE_CHANGED, lines=after), PROPOSED)
    assert fault == (Refusal.NO_LINE_REASON, {"line": 2})


def test_a_rough_sum_becomes_one_line() -> None:
    """F2: a proposal without lines is checked as one line of its rough sum."""
    assert rules.lines_to_check(PROPOSED, 7) == PROPOSED
    assert [line.amount for line in rules.lines_to_check((), 50_000_000)] == [50_000_000]


def test_the_clock_of_the_review() -> None:
    """J-clock: ten working days after the review opened, or after sending when that came later."""
    assert rules.due_on(date(2026, 9, 1), date(2026, 9, 7)) == date(2026, 9, 21)
    assert rules.due_on(date(2026, 9, 8), date(2026, 9, 7)) == date(2026, 9, 22)
    assert rules.due_on(date(2026, 9, 7), None) == date(2026, 9, 21)


def test_what_is_not_checked() -> None:
    """F5: drafts, merged and withdrawn proposals are not checked."""
    closed = {State.DRAFT, State.MERGED, State.WITHDRAWN}
    assert {state for state in State if not rules.is_reviewable(state)} == closed
