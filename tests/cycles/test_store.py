"""A cycle from draft to closed booth, on both databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import rules, store, tables
from rembuk.cycles.checks import _CHECKERS, Check
from rembuk.cycles.formula import Line
from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.permissions import Action
from rembuk.cycles.rules import Cycle, CycleState, CycleText, ElectionState, Phase, PhaseKind, Refusal
from rembuk.cycles.store import Deed
from rembuk.errors import Reason, Refused
from rembuk.places import store as places
from rembuk.voting.rehearsing import rehearse

START = datetime(2026, 8, 1, tzinfo=UTC)
DEMO = {"equal": 30, "population": 40, "poor": 30}
TEXT = CycleText(
    name="Musyawarah Anggaran Warga",
    year=2026,
    budget=159_500_000_000,
    quota_rule="need_weighted",
    quota_options=DEMO,
    tally_rule="equal_shares",
    tally_options={"completion": "add1u"},
    ballot_type="approval",
    max_choices=5,
)
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()
PROJECTS = [
    FrozenProject("1", "Bank sampah", "waste", "32.73.27.1003.005", "RW 05 Rancabolang", 59_600_000, "32.73.27"),
    FrozenProject("2", "Sumur resapan", "flood", "32.73.02.1006.004", "RW 04 Lebak Siliwangi", 40_000_000, "32.73.02"),
]


def calendar() -> list[Phase]:
    """Six phases of ten days each."""
    return rules.spread(START, dict.fromkeys(PhaseKind, 10))


def day(number: float) -> Any:
    """The clock standing still some days after the start."""
    return clock.frozen(START + timedelta(days=number))


async def published() -> Cycle:
    """A published cycle with a calendar."""
    made = await store.create(TEXT, "32.73", FIRST)
    await store.set_phases(made.id, calendar(), FIRST)
    return await store.publish(made.id, FIRST)


async def with_ceilings(cycle: Cycle) -> None:
    """Two districts with money enough, and the key of the box."""
    await rehearse(cycle.id, FIRST, SECOND)
    half = cycle.budget // 2
    await store.keep_lines(cycle.id, [Line("32.73.02", "Coblong", half), Line("32.73.27", "Gedebage", half)])


async def frozen() -> Cycle:
    """A cycle frozen by two persons, its review just closed."""
    await board.prepare()
    cycle = await published()
    await with_ceilings(cycle)
    act = await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)
    await store.confirm(act.id, SECOND, PROJECTS)
    return cycle


async def opened() -> Cycle:
    """A cycle whose booth two persons opened on day 31."""
    cycle = await frozen()
    with day(31):
        act = await store.propose(Deed.OPEN, cycle.id, FIRST)
        await store.confirm(act.id, SECOND)
    return cycle


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def test_a_draft_gets_its_address_and_election(db: Any) -> None:
    """Q1: a new cycle is a draft with a short address from its name, and not among the public ones."""
    made = await store.create(TEXT, "32.73", FIRST)
    assert made.slug == "musyawarah-anggaran-warga-2026"
    assert made.state is CycleState.DRAFT
    assert await store.cycles() == []
    assert await store.cycles(drafts=True) == [made]
    assert await store.current_cycle() is None
    assert (await store.election(made.id)).state is ElectionState.DRAFT
    assert made.tally_options == {"completion": "add1u"}


async def test_the_address_follows_the_name_only_in_a_draft(db: Any) -> None:
    """Q1: name changes update the short address only while draft; two cycles cannot share one."""
    made = await store.create(TEXT, "32.73", FIRST)
    other = CycleText(**{**_fields(TEXT), "name": "Rembuk Warga"})
    assert (await store.change(made.id, other, FIRST)).slug == "rembuk-warga-2026"
    await store.set_phases(made.id, calendar(), FIRST)
    await store.publish(made.id, FIRST)
    assert (await store.change(made.id, TEXT, FIRST)).slug == "rembuk-warga-2026"
    with refused(Refusal.SLUG_TAKEN):
        await store.create(other, "32.73", FIRST)


def _fields(text: CycleText) -> dict[str, Any]:
    return {name: getattr(text, name) for name in CycleText.__dataclass_fields__}


async def test_publishing_needs_a_full_calendar(db: Any) -> None:
    """Q1, A10: a draft without its six dates is not published; wrong dates are refused in words."""
    made = await store.create(TEXT, "32.73", FIRST)
    with refused(Refusal.NO_PHASES):
        await store.publish(made.id, FIRST)
    backwards = [Phase(p.kind, p.ends_at, p.starts_at) for p in calendar()]
    with pytest.raises(Refused) as no:
        await store.set_phases(made.id, backwards, FIRST)
    assert "harus berakhir setelah dimulai" in no.value.sentence()
    assert await store.phases(made.id) == []


async def test_an_empty_draft_can_be_deleted_and_nothing_else(db: Any) -> None:
    """Q2: an empty draft goes; one somebody put data into stays, and so does a published one."""
    made = await store.create(TEXT, "32.73", FIRST)
    await store.set_phases(made.id, calendar(), FIRST)
    await store.delete(made.id, FIRST)
    assert await store.cycles(drafts=True) == []
    full = await store.create(TEXT, "32.73", FIRST)
    await tables.PhaseEvent.insert(tables.PhaseEvent(cycle=full.id, kind="works", action="open", at=START))
    with refused(Refusal.NOT_EMPTY):
        await store.delete(full.id, FIRST)
    assert (await store.election(full.id)).state is ElectionState.DRAFT
    await store.set_phases(full.id, calendar(), FIRST)
    await store.publish(full.id, FIRST)
    with refused(Refusal.NOT_DRAFT):
        await store.delete(full.id, FIRST)


async def test_phases_open_and_close_as_events(db: Any) -> None:
    """A2, A3, T14: a phase is open because somebody opened it, whatever the clock says; each turn is recorded."""
    cycle = await published()
    assert not await store.is_open(cycle.id, PhaseKind.PROPOSALS)
    await store.open_phase(cycle.id, PhaseKind.PROPOSALS, FIRST, "Warga siap")
    assert await store.is_open(cycle.id, PhaseKind.PROPOSALS)
    assert await store.may(Action.PROPOSE, cycle.id, ("resident",))
    assert (await store.current_cycle(PhaseKind.PROPOSALS)) == cycle
    assert await store.current_cycle(PhaseKind.VOTING) is None
    with day(5):
        await store.close_phase(cycle.id, PhaseKind.PROPOSALS, SECOND)
    with refused(Refusal.NOT_ALLOWED):
        await store.insist(Action.PROPOSE, cycle.id, ("resident",))
    with refused(Refusal.PHASE_OVER):
        await store.open_phase(cycle.id, PhaseKind.PROPOSALS, FIRST)
    events = await store.events(cycle.id)
    assert [(e.kind, e.action, e.actor, e.reason) for e in events if e.actor == FIRST] == [
        (PhaseKind.PROPOSALS, "open", FIRST, "Warga siap")
    ]
    assert len(events) == 2


async def test_a_draft_opens_no_phase(db: Any) -> None:
    """A1: nothing opens in a cycle that is not published; an archive takes no writing (A9)."""
    made = await store.create(TEXT, "32.73", FIRST)
    await store.set_phases(made.id, calendar(), FIRST)
    with refused(Refusal.NOT_PUBLISHED):
        await store.open_phase(made.id, PhaseKind.PROPOSALS, FIRST)
    await store.archive(made.id, FIRST)
    with refused(Refusal.ARCHIVED):
        await store.change(made.id, TEXT, FIRST)


async def test_opening_twice_at_once_is_one_event(db: Any) -> None:
    """S1, T-CLOCK: two officials and the scheduler at the same moment open a phase once."""
    cycle = await published()
    kind = PhaseKind.PROPOSALS
    with day(1):
        results = await asyncio.gather(
            store.open_phase(cycle.id, kind, FIRST),
            store.open_phase(cycle.id, kind, SECOND),
            store.turn_phases(),
            return_exceptions=True,
        )
    assert [type(each) for each in results if isinstance(each, Exception)].count(Refused) in (1, 2)
    assert len([e for e in await store.events(cycle.id) if e.kind is kind]) == 1


async def test_the_scheduler_turns_phases_at_their_instant(db: Any) -> None:
    """T14: at the planned instant the scheduler closes and opens; doing it again changes nothing."""
    cycle = await published()
    for number, kind in ((0, PhaseKind.PROPOSALS), (10, PhaseKind.DEBATE), (20, PhaseKind.REVIEW)):
        with day(number):
            await store.turn_phases()
            await store.turn_phases()
        found = await store.phase(cycle.id)
        assert found is not None
        assert found.kind is kind
    assert len(await store.events(cycle.id)) == 5
    with day(30):
        await store.turn_phases()
    assert await store.phase(cycle.id) is None
    assert (await store.election(cycle.id)).state is ElectionState.DRAFT


async def test_a_check_of_another_room_holds_up_a_phase(db: Any) -> None:
    """A10: a phase opens only when every room's checks hold; the first that does not is said."""
    cycle = await published()
    passed = [False]

    async def not_yet(cycle_id: Any) -> list[Check]:
        return [Check("Bekal pos lengkap", passed[0]), Check("Cuaca", False, blocks=False)]

    store.before(PhaseKind.PROPOSALS)(not_yet)
    try:
        with pytest.raises(Refused) as no:
            await store.open_phase(cycle.id, PhaseKind.PROPOSALS, FIRST)
        assert no.value.sentence() == "Belum bisa: Bekal pos lengkap"
        passed[0] = True
        assert await store.open_phase(cycle.id, PhaseKind.PROPOSALS, FIRST)
    finally:
        _CHECKERS[PhaseKind.PROPOSALS].remove(not_yet)


async def test_ceilings_by_formula_add_up(db: Any) -> None:
    """Q3: the demo formula gives the published quotas out of the database, and they sum to the total shown."""
    await places.load_pack("32.73")
    cycle = await published()
    lines = await store.set_ceilings(cycle.id, FIRST)
    assert len(lines) == 30
    assert sum(line.amount for line in lines) == cycle.budget
    assert (await store.ceilings(cycle.id))["32.73.01"] == 4_604_000_000
    assert lines[0].exact
    assert lines[0].rank
    await store.set_formula(cycle.id, 3_000_000_000, "equal", {}, FIRST)
    assert set((await store.ceilings(cycle.id)).values()) == {100_000_000}
    assert (await store.cycle(cycle.id)).budget == 3_000_000_000


async def test_typed_ceilings_must_add_up(db: Any) -> None:
    """Q3: typed or imported ceilings that miss the total are refused."""
    cycle = await published()
    with refused(Refusal.NOT_THE_TOTAL):
        await store.keep_lines(cycle.id, [Line("32.73.01", "Sukasari", cycle.budget - 1)])
    assert await store.ceilings(cycle.id) == {}


async def test_freezing_takes_two_persons(db: Any) -> None:
    """T6: one person cannot freeze; two can, and the hash of exactly this goes on the board."""
    await board.prepare()
    cycle = await published()
    await with_ceilings(cycle)
    act = await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)
    assert [each.id for each in await store.pending(cycle.id)] == [act.id]
    with refused(BoardRefusal.SAME_PERSON):
        await store.confirm(act.id, FIRST, PROJECTS)
    assert (await store.election(cycle.id)).state is ElectionState.DRAFT
    vote = await store.confirm(act.id, SECOND, PROJECTS)
    assert vote.state is ElectionState.FROZEN
    leaves = await board.leaves_of(Kind.CONFIG)
    assert json.loads(leaves[0].body)["sha256"] == vote.config_sha256
    assert json.loads(vote.config)["budget"] == cycle.budget
    assert await store.pending(cycle.id) == []


async def test_what_changed_meanwhile_is_not_frozen(db: Any) -> None:
    """T6: when a project changed between the two signatures, the second is refused and nothing is frozen."""
    await board.prepare()
    cycle = await published()
    await with_ceilings(cycle)
    act = await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)
    with refused(BoardRefusal.OTHER_PAYLOAD):
        await store.confirm(act.id, SECOND, PROJECTS[:1])
    assert (await store.election(cycle.id)).config == ""
    assert (await store.pending(cycle.id))[0].second is None


async def test_asking_again_replaces_the_request(db: Any) -> None:
    """T6: a second request for the same deed takes the first one back."""
    await board.prepare()
    cycle = await published()
    await with_ceilings(cycle)
    old = await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)
    new = await store.propose(Deed.FREEZE, cycle.id, SECOND, PROJECTS[:1])
    assert [each.id for each in await store.pending(cycle.id)] == [new.id]
    with refused(BoardRefusal.ALREADY_SIGNED):
        await store.confirm(old.id, THIRD, PROJECTS)


async def test_nothing_frozen_can_be_changed(db: Any) -> None:
    """T6, I11: after freezing neither text, ceilings, voting dates nor keys move."""
    cycle = await frozen()
    for attempt in (
        store.change(cycle.id, TEXT, FIRST),
        store.set_ceilings(cycle.id, FIRST),
        store.name_trustees(cycle.id, "ab" * 32),
    ):
        with refused(Refusal.FROZEN):
            await attempt
    moved = [
        Phase(p.kind, p.starts_at, p.ends_at + timedelta(hours=1)) if p.kind is PhaseKind.VOTING else p
        for p in calendar()
    ]
    moved[4] = Phase(PhaseKind.RESULTS, calendar()[4].starts_at + timedelta(hours=1), calendar()[4].ends_at)
    with refused(Refusal.FROZEN):
        await store.set_phases(cycle.id, moved, FIRST)
    with refused(Refusal.FROZEN):
        await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)


async def test_freezing_needs_projects_ceilings_and_a_key(db: Any) -> None:
    """F5: nothing is frozen without projects that passed, without ceilings, or without a key to seal to."""
    cycle = await published()
    with refused(Refusal.NO_PROJECTS):
        await store.propose(Deed.FREEZE, cycle.id, FIRST, [])
    with refused(Refusal.NO_CEILINGS):
        await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)
    await with_ceilings(cycle)
    await store.name_trustees(cycle.id, "")
    with refused(Refusal.NO_KEY):
        await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)


async def test_nothing_is_frozen_while_the_review_runs(db: Any) -> None:
    """T6: freezing waits until proposals, debate and review are closed, else a later verdict would differ."""
    cycle = await published()
    await with_ceilings(cycle)
    await store.open_phase(cycle.id, PhaseKind.REVIEW, FIRST)
    with refused(Refusal.EARLIER_RUNNING):
        await store.propose(Deed.FREEZE, cycle.id, FIRST, PROJECTS)


async def test_the_booth_opens_and_closes_by_two(db: Any) -> None:
    """A5, T14: one person neither opens nor closes the booth; after the close leaf the state is closed."""
    cycle = await opened()
    assert await store.is_open(cycle.id, PhaseKind.VOTING)
    assert (await store.election(cycle.id)).state is ElectionState.OPEN
    with refused(Refusal.TWO_PERSONS):
        await store.close_phase(cycle.id, PhaseKind.VOTING, FIRST)
    with day(33):
        act = await store.propose(Deed.CLOSE, cycle.id, FIRST)
        vote = await store.confirm(act.id, SECOND)
    assert vote.state is ElectionState.CLOSED
    assert not await store.is_open(cycle.id, PhaseKind.VOTING)
    assert len(await board.leaves_of(Kind.OPEN)) == 1
    assert len(await board.leaves_of(Kind.CLOSE)) == 1
    with refused(Refusal.WRONG_STATE):
        await store.propose(Deed.OPEN, cycle.id, FIRST)


async def test_an_unfrozen_booth_does_not_open(db: Any) -> None:
    """A5: opening before freezing is refused."""
    cycle = await published()
    with refused(Refusal.NOT_FROZEN):
        await store.propose(Deed.OPEN, cycle.id, FIRST)


async def test_an_opening_signed_early_waits_for_its_instant(db: Any) -> None:
    """T14: signed by two before the date, the booth opens by the scheduler at the date, not before."""
    cycle = await frozen()
    with day(25):
        act = await store.propose(Deed.OPEN, cycle.id, FIRST)
        assert (await store.confirm(act.id, SECOND)).state is ElectionState.FROZEN
    with day(29.9):
        await store.turn_phases()
        assert not await store.is_open(cycle.id, PhaseKind.VOTING)
    with day(30):
        await store.turn_phases()
        assert (await store.election(cycle.id)).state is ElectionState.OPEN
    with day(40):
        await store.turn_if_due(cycle.id)
        await store.turn_phases()
    assert (await store.election(cycle.id)).state is ElectionState.CLOSED
    assert len(await board.leaves_of(Kind.CLOSE)) == 1


async def test_a_closed_vote_moves_on_step_by_step(db: Any) -> None:
    """A7, L6: opened, counted, certified follow one another; no step is skipped or repeated."""
    cycle = await opened()
    with refused(Refusal.WRONG_STATE):
        await store.advance(cycle.id, ElectionState.OPENED)
    with day(41):
        await store.turn_phases()
    with refused(Refusal.WRONG_STATE):
        await store.advance(cycle.id, ElectionState.COUNTED)
    assert (await store.advance(cycle.id, ElectionState.OPENED, seed="1234")).seed == "1234"
    assert (await store.advance(cycle.id, ElectionState.COUNTED)).state is ElectionState.COUNTED
    with refused(Refusal.WRONG_STATE):
        await store.advance(cycle.id, ElectionState.COUNTED)
