"""What a ballot must be, who may send it, and which turnout figures single nobody out."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.cycles.freezing import FrozenProject
from rembuk.errors import Refused
from rembuk.money import NBSP
from rembuk.voting import rules
from rembuk.voting.rules import Mark, Poll, Refusal, State, Turnout, Voter

COSTS = {"1": 40_000_000, "2": 30_000_000, "3": 25_000_000, "4": 30_000_001}


def poll(kind: str = "knapsack", *, ceiling: int = 70_000_000, limit: int = 0, state: State = State.OPEN) -> Poll:
    """One district with four projects."""
    projects = tuple(FrozenProject(id, f"Usulan {id}", "flood", "a.b.c", "", cost, "a") for id, cost in COSTS.items())
    return Poll(UUID(int=1), UUID(int=2), state, "a", "Gedebage", kind, limit, ceiling, projects, "00" * 32, 64)


def test_a_knapsack_holds_exactly_its_ceiling() -> None:
    """G1: exactly the ceiling is taken, one rupiah over is refused, and the page can say by how much."""
    assert rules.why_not(("1", "2"), poll(), Mark()) is None
    assert rules.why_not(("1", "4"), poll(), Mark()) is Refusal.OVER_CEILING
    told = Refused(Refusal.OVER_CEILING, **rules.facts(("1", "4"), poll()))
    assert f"Rp{NBSP}1 di atas pagu" in told.sentence()


def test_an_approval_ballot_ignores_cost_and_counts_choices() -> None:
    """G2: cost is ignored; choice K+1 is refused, with the number to take off."""
    two = poll("approval", ceiling=1, limit=2)
    assert rules.why_not(("1", "2"), two, Mark()) is None
    assert rules.why_not(("1", "2", "3"), two, Mark()) is Refusal.TOO_MANY
    assert "Lepas 1 usulan" in Refused(Refusal.TOO_MANY, **rules.facts(("1", "2", "3"), two)).sentence()
    assert rules.why_not(("1", "2", "3", "4"), poll("approval", limit=0), Mark()) is None


def test_only_what_is_on_the_ballot_can_be_chosen() -> None:
    """G7: another district's, an unselected or an invented project is refused; so is one ticked twice by hand."""
    for kind in ("approval", "knapsack"):
        assert rules.why_not(("9",), poll(kind), Mark()) is Refusal.NOT_ON_BALLOT
    assert rules.canonical(["2", "1", "2"]) == ("1", "2")


def test_a_blank_ballot_is_a_ballot() -> None:
    """H2: taking a vote back is a blank ballot."""
    assert rules.why_not((), poll(), Mark(seq=3)) is None


@pytest.mark.parametrize("state", [state for state in State if state is not State.OPEN])
def test_nothing_is_taken_unless_the_booth_is_open(state: State) -> None:
    """A5, H3: before opening and after closing every ballot is refused, whoever sends it."""
    assert rules.why_not(("1",), poll(state=state), Mark()) is Refusal.NOT_OPEN


def test_paper_and_a_removed_entry_refuse() -> None:
    """K2, J2: voted on paper, or no longer on the roll: each its own reason."""
    assert rules.why_not((), poll(), Mark(on_paper=True)) is Refusal.CAST_ON_PAPER
    assert rules.why_not((), poll(), Mark(active=False)) is Refusal.NOT_ACTIVE
    assert Mark(seq=1).advanced() == Mark(seq=2)


def test_who_needs_a_signature() -> None:
    """trust 3: somebody who came by a code signs; a phone session has nothing to sign with."""
    voter = Voter(uuid4(), uuid4(), "a")
    assert not voter.is_unsigned
    assert replace(voter, by_code=True).is_unsigned
    assert not replace(voter, by_code=True, signing_seed=b"x" * 32).is_unsigned
    assert "78" * 8 not in repr(replace(voter, signing_seed=b"x" * 32))


def test_each_voter_has_an_order_of_their_own() -> None:
    """Fair order: the same for one voter whenever they return, another for others, nothing lost."""
    projects = [FrozenProject(str(n), "", "flood", "", "", 1, "a") for n in range(20)]
    orders = {tuple(each.id for each in rules.shuffled(projects, UUID(int=n))) for n in range(10)}
    assert len(orders) == 10
    assert rules.shuffled(projects, UUID(int=3)) == rules.shuffled(reversed(projects), UUID(int=3))
    assert all(sorted(order, key=int) == [each.id for each in projects] for order in orders)


cells = st.lists(
    st.integers(0, 40).flatmap(lambda eligible: st.tuples(st.integers(0, eligible), st.just(eligible))), max_size=8
).map(lambda pairs: [Turnout((f"rw{nth}",), *pair) for nth, pair in enumerate(pairs)])


@given(cells)
def test_no_published_cell_singles_anybody_out(given_cells: list[Turnout]) -> None:
    """P4, T-KANON: every shown cell keeps the rule, also what subtraction from the parent leaves."""
    shown = rules.publishable(given_cells)
    assert all(rules.is_safe(cell) for cell in shown)
    areas = [code for cell in shown for code in cell.areas]
    assert len(areas) == len(set(areas))
    hidden = [cell for cell in given_cells if not set(cell.areas) <= set(areas)]
    parent = rules.merged(given_cells)
    left = Turnout((), parent.marks - sum(c.marks for c in shown), parent.eligible - sum(c.eligible for c in shown))
    assert (left.marks, left.eligible) == (sum(c.marks for c in hidden), sum(c.eligible for c in hidden))
    assert not hidden or not shown, "what is left out of the cells can be had by subtraction from the parent"


@given(cells)
def test_every_cell_is_told_once_or_all_are_kept_back(given_cells: list[Turnout]) -> None:
    """P4: each area stands in one shown cell, or nothing is shown; safe cells stay as they are when all are."""
    shown = rules.publishable(given_cells)
    told = sorted(code for cell in shown for code in cell.areas)
    assert told in ([], sorted(code for cell in given_cells for code in cell.areas))
    if all(rules.is_safe(cell) for cell in given_cells):
        assert shown == sorted(given_cells, key=lambda cell: cell.areas)


@pytest.mark.parametrize(
    ("marks", "eligible", "safe"),
    [(3, 9, False), (3, 10, True), (0, 10, False), (10, 10, False), (9, 10, True), (1, 10, True), (0, 0, False)],
)
def test_what_a_small_cell_is(marks: int, eligible: int, safe: bool) -> None:
    """P5, trust 4.7: at least ten eligible, and neither nobody nor everybody voted; in numbers of its own."""
    assert rules.is_safe(Turnout(("a",), marks, eligible)) is safe
    beside = Turnout(("b",), 20, 40)
    assert ([beside] == rules.publishable([beside, Turnout(("a",), marks, eligible)])) is False
