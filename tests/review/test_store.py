"""Reviews on both databases: scope, secrecy of notes, verdicts, and the check before the vote."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from rembuk import clock
from rembuk.cycles import rules as cycle_rules
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleText, PhaseKind
from rembuk.errors import Reason, Refused
from rembuk.notices import store as notices
from rembuk.people import store as people
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import CostLine, State
from rembuk.proposals.tables import Proposal
from rembuk.review import store
from rembuk.review.rules import Draft, Question, Refusal, Verdict

START = datetime(2026, 8, 3, tzinfo=UTC)
YES = dict.fromkeys(Question, True)
LINE = CostLine("Tong pilah", "set", 2000, 1_850_000)
TEXT = CycleText("Rembuk", 2026, 10**9, "equal", {}, "greedy", {}, "approval", 5)
NOTE = "Catatan dalam: jangan dibaca warga"


async def reviewing() -> Cycle:
    """A cycle whose review is open."""
    made = await cycles.create(TEXT, "32.73", None)
    await cycles.set_phases(made.id, cycle_rules.spread(START, dict.fromkeys(PhaseKind, 14)), None)
    await cycles.publish(made.id, None)
    with clock.frozen(START):
        await cycles.open_phase(made.id, PhaseKind.REVIEW, None)
    return made


async def proposal(cycle: Cycle, number: int, rw: str, proposer: UUID, *, lines: bool = True) -> int:
    """A sent proposal in an RW."""
    row = Proposal(
        cycle=cycle.id,
        number=number,
        proposer=proposer,
        state="sent",
        issue="waste",
        title=f"Usulan {number}",
        kecamatan=rw[:8],
        kelurahan=rw[:13],
        rw=rw,
        cost=LINE.amount if lines else 50_000_000,
        created_at=START,
        sent_at=START,
    )
    await Proposal.insert(row)
    if lines:
        await proposals.write_lines(row.id, "proposed", (LINE,))
    return number


async def two_people() -> tuple[UUID, UUID]:
    """A resident who proposes and a person who reviews."""
    resident = await people.add_resident("Warga", "32.73.27.1003.005")
    return resident, await people.add_resident("Petugas", None)


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


def good(**changes: Any) -> Draft:
    """A review that can be finished."""
    return replace(Draft(Verdict.FEASIBLE, "Lahan fasum, kewenangan kelurahan.", NOTE, YES, (LINE,)), **changes)


async def test_a_reviewer_sees_only_their_areas(db: Any) -> None:
    """F1: the queue holds the proposals of the official's areas and nobody else's; a city official sees all."""
    resident, _ = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    await proposal(cycle, 2, "32.73.02.1006.004", resident)
    await proposal(cycle, 3, "32.73.27.1001.001", resident)
    assert [item.number for item in await store.queue(cycle.id, ("32.73.27",))] == [1, 3]
    assert [item.number for item in await store.queue(cycle.id, ("32.73.27.1003",))] == [1]
    assert [item.number for item in await store.queue(cycle.id, ("32.73.2",))] == []
    assert len(await store.queue(cycle.id, ("",))) == 3


async def test_late_ones_are_told_apart(db: Any) -> None:
    """F1: after ten working days an unanswered proposal is late; a checked one never is."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    await proposal(cycle, 2, "32.73.27.1003.005", resident)
    await store.finish(1, reviewer, "official", good())
    with clock.frozen(datetime(2026, 8, 17, 3, tzinfo=UTC)):
        assert [item.is_late for item in await store.queue(cycle.id, ("",))] == [False, False]
    with clock.frozen(datetime(2026, 8, 18, 3, tzinfo=UTC)):
        items = await store.queue(cycle.id, ("",))
    assert [(item.number, item.is_late) for item in items] == [(2, True), (1, False)]
    found = store.counts(items)
    assert (found.waiting, found.late, found.feasible, found.total) == (1, 1, 1, 2)
    assert list(store.counts_by_kecamatan(items)) == ["32.73.27"]


async def test_an_unfinished_review_is_not_public(db: Any) -> None:
    """F3, F4: a kept draft changes nothing outside; it comes back to its writer as it was."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    kept = good(verdict=Verdict.INFEASIBLE, reason="Belum", answers={Question.LAND: False})
    await store.save(1, reviewer, "official", kept)
    detail = await proposals.by_number(1)
    assert await store.draft_of(detail, reviewer) == kept
    assert (await store.draft_of(detail, resident)).verdict is Verdict.UNDECIDED
    assert await store.public_reviews(detail.id) == []
    assert detail.state is State.SENT
    assert await proposals.events(detail.id) == ()


async def test_a_finished_review_changes_the_proposal(db: Any) -> None:
    """F2, F6: state, checked cost, lines, event and a message to the proposer, all at once."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    cheaper = replace(LINE, volume_milli=1000, reason="Satu set cukup")
    verdict = good(verdict=Verdict.FEASIBLE_CHANGED, lines=(cheaper,))
    await store.finish(1, reviewer, "official", verdict)
    detail = await proposals.by_number(1)
    assert detail.state is State.FEASIBLE_CHANGED
    assert detail.reviewed_cost == 1_850_000
    assert detail.cost == LINE.amount
    assert detail.reviewed_lines == (cheaper,)
    [event] = await proposals.events(detail.id)
    assert (event.kind, event.actor_role) == ("reviewed", "official")
    [told] = await notices.notices_of(resident)
    assert "Lolos dengan perubahan" in told.subject
    assert "Rp\xa01.850.000" in told.body
    assert told.link == "/usulan/1"


async def test_internal_notes_do_not_leak(db: Any) -> None:
    """F4: the internal note is in no public review, event, message or proposal."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    await store.finish(1, reviewer, "official", good())
    detail = await proposals.by_number(1)
    public = [
        detail,
        await store.public_reviews(detail.id),
        await proposals.events(detail.id),
        await notices.notices_of(resident),
    ]
    assert NOTE not in repr(public)
    assert [review.internal_note for review in await store.staff_reviews(detail.id)] == [NOTE]


async def test_a_failed_proposal_needs_its_reason(db: Any) -> None:
    """F2: infeasible without an explanation is refused and leaves nothing behind; with one it is public."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    with refused(Refusal.NO_REASON):
        await store.finish(1, reviewer, "official", good(verdict=Verdict.INFEASIBLE, reason=" "))
    detail = await proposals.by_number(1)
    assert await store.staff_reviews(detail.id) == []
    no_land = "Lahan milik pribadi dan tidak dihibahkan."
    await store.finish(1, reviewer, "official", good(verdict=Verdict.INFEASIBLE, reason=no_land, lines=()))
    [review] = await store.public_reviews(detail.id)
    assert (review.verdict, review.reason) == (Verdict.INFEASIBLE, no_land)
    assert await store.frozen_projects(cycle.id) == []


async def reviewed_check(cycle_id: UUID) -> cycles.Check:
    """What this room asks for before the booth opens; other rooms ask for more."""
    every = await cycles.checks(PhaseKind.VOTING, cycle_id)
    return next(each for each in every if each.href == "/petugas/pemeriksaan")


async def test_only_checked_proposals_reach_the_ballot(db: Any) -> None:
    """F5: feasible and finished is on the ballot, at the checked cost; waiting or failed is not."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    for number in (1, 2):
        await proposal(cycle, number, "32.73.27.1003.005", resident)
    await store.finish(2, reviewer, "official", good())
    [project] = await store.frozen_projects(cycle.id)
    assert (project.id, project.cost, project.district) == ("2", LINE.amount, "32.73.27")
    check = await reviewed_check(cycle.id)
    assert not check.passed
    assert "1 dari 2" in check.words
    await store.finish(1, reviewer, "official", good())
    assert (await reviewed_check(cycle.id)).passed


async def test_a_verdict_can_be_corrected_while_the_phase_lasts(db: Any) -> None:
    """F2: a second finished review replaces the verdict; both stay readable; the same verdict may be repeated."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    await store.finish(1, reviewer, "official", good(verdict=Verdict.INFEASIBLE, lines=()))
    await store.finish(1, reviewer, "city_official", good())
    await store.finish(1, reviewer, "city_official", good(reason="Sudah dicek ulang di lapangan."))
    detail = await proposals.by_number(1)
    assert detail.state is State.FEASIBLE
    assert [review.nth for review in await store.public_reviews(detail.id)] == [1, 2, 3]


async def test_nothing_is_checked_outside_the_phase(db: Any) -> None:
    """A1: verdicts are refused once the review is closed, and from people without the role."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    with refused(Refusal.NOT_NOW):
        await store.finish(1, reviewer, "facilitator", good())
    await cycles.close_phase(cycle.id, PhaseKind.REVIEW, None)
    with refused(Refusal.NOT_NOW):
        await store.finish(1, reviewer, "official", good())
    with refused(Refusal.NOT_NOW):
        await store.save(1, reviewer, "official", good())


async def test_nobody_checks_their_own_proposal(db: Any) -> None:
    """T9: a proposer who is also an official cannot decide on it."""
    resident, _ = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    with refused(Refusal.OWN_PROPOSAL):
        await store.finish(1, resident, "official", good())


async def test_merged_and_withdrawn_ones_are_left_alone(db: Any) -> None:
    """F5: a withdrawn proposal is not in the queue and takes no verdict."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident)
    await Proposal.update({Proposal.state: "withdrawn"}).where(Proposal.number == 1)
    assert await store.queue(cycle.id, ("",)) == []
    with refused(Refusal.NOT_REVIEWABLE):
        await store.finish(1, reviewer, "official", good())


async def test_a_rough_sum_is_checked_as_one_line(db: Any) -> None:
    """F2: a proposal without lines shows its rough sum as one line to correct."""
    resident, reviewer = await two_people()
    cycle = await reviewing()
    await proposal(cycle, 1, "32.73.27.1003.005", resident, lines=False)
    draft = await store.draft_of(await proposals.by_number(1), reviewer)
    assert draft.cost == 50_000_000
    assert len(draft.lines) == 1
