"""Paper on both databases: checked in once, read twice, closed by two, audited by dice, counted with the rest."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as Board
from rembuk.board.store import leaves_of
from rembuk.board.tables import AuditQueue
from rembuk.clock import frozen, local, now
from rembuk.errors import Reason, Refused
from rembuk.notices.store import notices_of
from rembuk.people.codes import CodeProblem, make_code
from rembuk.people.store import person_for
from rembuk.posts import store
from rembuk.posts.rules import Fault, Reading, Refusal
from rembuk.posts.serials import make_serial
from rembuk.posts.tables import CheckInCount, PaperBatch, PaperCheck, PaperEntry, PaperPad, PaperSheet
from rembuk.voting import store as voting
from rembuk.voting.rules import Refusal as Voting
from rembuk.voting.tables import RollMark
from tests.city import city
from tests.posts.making import DICE, NIK, give_nik, officer, on_shift, post_in, states


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def test_a_whole_round_on_paper(db: Any) -> None:
    """K4, K5, I7, I8: sheets read twice, the box closed and audited, and what they say joins the count."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2)
    post = await post_in(made, sheets=4)
    for roll in post.rolls[:2]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    await made.cast(post.rolls[2], made.projects[post.district][:1])
    assert await store.not_ready(post.election) == [f"Kotak kertas Pos {post.district} belum ditutup."]
    await made.close()
    await post.enter(post.serials[0], "1 2")
    await post.enter(post.serials[1], "0")
    await post.close()
    assert await states(post) == ["destroyed", "destroyed", "valid", "valid"]
    assert await store.not_ready(post.election) == ["Dadu pemeriksaan lembar kertas belum dilempar."]
    await post.audit()
    assert await store.not_ready(post.election) == []
    ballots = (await store.paper_ballots(post.election))[post.district]
    ids = made.projects[post.district]
    assert sorted(each.projects for each in ballots) == [(), tuple(sorted(ids[:2]))]
    [leaf] = await leaves_of(Kind.PAPER_BATCH)
    body = json.loads(leaf.body)
    assert await store.paper_faults() == []
    assert (body["checkins"], body["sheets"], body["destroyed"]) == (2, {"valid": 2, "invalid": 0, "double": 0}, 2)


async def test_paper_replaces_an_online_ballot_and_nobody_is_told(db: Any) -> None:
    """K2: whether a ballot was there or not, the officer gets one answer; it is counted once, and only on paper."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=3)
    post = await post_in(made)
    voted, fresh = post.rolls[0], post.rolls[1]
    await made.cast(voted, made.projects[post.district][:1])
    for roll in (voted, fresh):  # it answers nothing at all, whichever it was
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    rows = {row["roll"]: (row["channel"], row["seq"]) for row in await RollMark.select()}
    assert rows == {voted: ("paper", 1), fresh: ("paper", 0)}
    for roll in (voted, fresh):
        with refused(Voting.CAST_ON_PAPER):
            await made.cast(roll, made.projects[post.district][:1])
        with refused(Refusal.ALREADY_HERE):
            await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[1])
    assert (await voting.mark_of(await voting.voter_of(voted))).on_paper


async def test_a_cast_and_a_check_in_at_once_end_on_paper(db: Any) -> None:
    """K2, T-STORM: sent at one moment, the paper stands and the mark is one."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=1)
    post = await post_in(made, sheets=0)
    roll = post.rolls[0]
    await asyncio.gather(
        made.cast(roll, made.projects[post.district][:1]),
        store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0]),
        store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[1]),
        return_exceptions=True,
    )
    [row] = await RollMark.select()
    assert row["channel"] == "paper"
    assert await store.paper_faults() == []


async def test_a_check_in_needs_the_code_or_two_officers(db: Any) -> None:
    """T17: one officer alone changes nothing; two accounts must have seen the same card on one day."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=1)
    post = await post_in(made, sheets=0)
    await give_nik(post.rolls[2])
    assert await store.check_in_by_identity(post.id, NIK, post.officers[0]) is False
    with refused(Refusal.SAME_OFFICER):
        await store.check_in_by_identity(post.id, NIK, post.officers[0])
    assert await RollMark.count() == 0
    assert await store.check_in_by_identity(post.id, NIK, post.officers[1]) is True
    assert await store.waiting_identities(post.id) == 0
    with refused(CodeProblem.TOO_SHORT):
        await store.check_in_by_code(post.id, "ABC", post.officers[0])
    with refused(Refusal.CODE_WRONG):
        await store.check_in_by_code(post.id, make_code().printed, post.officers[0])
    with refused(Refusal.NOT_ON_ROLL):
        await store.check_in_by_identity(post.id, "3273270101900002", post.officers[0])
    tomorrow = now() + timedelta(days=1)
    await give_nik(post.rolls[3], "3273270101900003")
    await store.check_in_by_identity(post.id, "3273270101900003", post.officers[0])
    await on_shift(post.id, post.officers[1], made.first, days=[1])
    with frozen(tomorrow):
        assert await store.check_in_by_identity(post.id, "3273270101900003", post.officers[1]) is False


async def test_nothing_joins_a_sheet_to_a_person_or_a_minute(db: Any) -> None:
    """K1, T-SECRET: check-ins are counts by day and officers; no table of paper speaks of the roll and of sheets."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=3)
    post = await post_in(made)
    for roll in list(made.codes)[:3]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    [row] = await CheckInCount.select()
    assert row["number"] == 3 and set(row) == {"id", "post", "day", "first", "second", "number"}
    assert await store.check_ins_by_day(post.id) == [(row["day"], 3)]
    for table in (PaperBatch, PaperPad, PaperSheet, PaperEntry, PaperCheck):
        assert "roll" not in {column._meta.name for column in table._meta.columns}
    assert not await AuditQueue.exists().where(AuditQueue.object.like("%roll%"))
    printed = set(post.serials)
    assert len(printed) == 6 and all(len(serial) == 10 for serial in printed)


async def test_people_of_other_rws_are_sent_to_their_post(db: Any) -> None:
    """K3: each RW votes at one post; the refusal names it, and an RW without one is told."""
    made = await city(districts=2, proposals=4, voters=4, with_codes=2)
    one = await post_in(made, 0, sheets=0)
    two = await post_in(made, 1, sheets=0)
    stranger = next(roll for roll in made.codes if roll in two.rolls)
    with refused(Refusal.OTHER_POST) as told:
        await store.check_in_by_code(one.id, made.codes[stranger].printed, one.officers[0])
    assert f"Pos {two.district}" in told.value.sentence()
    with refused(Refusal.RW_TAKEN):
        other = await store.create_post(made.election, one.district, "Pos baru", "Balai", "08.00", by=made.first)
        await store.assign_rws(other, [f"{one.district}.1001.001"], made.first)
    with refused(Refusal.OTHER_DISTRICT):
        await store.assign_rws(one.id, [f"{two.district}.1001.001"], made.first)
    await store.assign_rws(two.id, [], made.first)
    assert len(await store.rws_without_post(made.election, two.district)) == 2
    with refused(Refusal.NO_POST):
        await store.check_in_by_code(one.id, made.codes[stranger].printed, one.officers[0])
    mine = next(roll for roll in made.codes if roll in one.rolls)
    await store.check_in_by_code(one.id, made.codes[mine].printed, one.officers[0])
    with refused(Refusal.RW_IN_USE):
        await store.assign_rws(one.id, [], made.first)


async def test_only_officers_of_the_day_act_at_a_post(db: Any) -> None:
    """K3: yesterday's shift, another post's shift or none at all opens nothing."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=1)
    post = await post_in(made)
    stranger = await officer("Tamu", post.district)
    code = next(iter(made.codes.values())).printed
    with refused(Refusal.NO_SUCH_POST):
        await store.check_in_by_code(post.id, code, stranger)
    await on_shift(post.id, stranger, made.first, days=[1])
    with refused(Refusal.NO_SUCH_POST):
        await store.enter_sheet(post.id, post.serials[0], "1", None, stranger)
    with refused(Refusal.NOT_AN_OFFICER):
        await store.add_shift(post.id, made.election, local(now()).date(), made.first)
    with frozen(now() + timedelta(days=1)), refused(Refusal.NO_SUCH_POST):
        await store.check_in_by_code(post.id, code, post.officers[0])


async def test_a_sheet_is_entered_once_by_each_of_two(db: Any) -> None:
    """T5, K4: twice by one person, a third time, an unknown serial, another post's sheet: refused in words."""
    made = await city(districts=2, proposals=8, voters=4)
    post, other = await post_in(made, 0), await post_in(made, 1)
    with refused(Refusal.STILL_VOTING):
        await post.enter(post.serials[0], "1")
    await made.close()
    await post.enter(post.serials[0], "1 2", by=(0,))
    with refused(Refusal.ENTERED_BY_YOU):
        await post.enter(post.serials[0], "1 2", by=(0,))
    await post.enter(post.serials[0], "2 1", by=(1,))
    with refused(Refusal.ENTERED_TWICE):
        await post.enter(post.serials[0], "1 2", by=(2,))
    with refused(Refusal.OTHER_BATCH) as told:
        await post.enter(other.serials[0], "1")
    assert f"Pos {other.district}" in told.value.sentence()
    with refused(Refusal.UNKNOWN_SERIAL):
        await post.enter(make_serial(), "1")
    with refused(Refusal.NOT_A_SERIAL):
        await post.enter("7QK4", "1")
    neighbour = await officer("Tetangga", post.district, rw=f"{post.district}.1001.002")
    await on_shift(post.id, neighbour, made.first)
    with refused(Refusal.OWN_RW):
        await store.enter_sheet(post.id, post.serials[1], "1", None, neighbour)


async def test_a_third_person_settles_what_two_read_differently(db: Any) -> None:
    """K4, I8: the third reading counts; a serial seen on two papers waits for a third as well."""
    made = await city(districts=1, proposals=4, voters=4)
    post = await post_in(made)
    await made.close()
    one, two, three = post.serials[:3]
    await post.enter(one, "1", by=(0,))
    await post.enter(one, "2", by=(1,))
    assert (await store.balance_of(post.id)).differing == 1
    assert await store.waiting_for(await store.post_of(post.id), post.officers[2]) == [one]
    assert await store.waiting_for(await store.post_of(post.id), post.officers[1]) == []
    await post.enter(one, "3", by=(2,))
    with refused(Refusal.ENTERED_THRICE):
        await post.enter(one, "3", by=(3,))
    await post.enter(two, "1")
    await post.enter(two, "", by=(1,), fault=Fault.DOUBLE)
    assert (await store.balance_of(post.id)).differing == 1
    await post.enter(two, "", by=(3,), fault=Fault.DOUBLE)
    await post.enter(three, "1 2 3 4")
    balance = await store.balance_of(post.id)
    assert (balance.valid, balance.invalid, balance.double, balance.unresolved) == (1, 1, 1, 0)


async def test_more_sheets_than_people_never_close(db: Any, tampering: None) -> None:
    """T5, I8: the box stays open until the sheets are at most the check-ins and every difference is explained."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2)
    post = await post_in(made)
    for roll in list(made.codes)[:2]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    await made.close()
    await post.enter(post.serials[0], "1", by=(0,))
    with refused(Refusal.UNRESOLVED):
        await post.close()
    await post.enter(post.serials[0], "1", by=(1,))
    with refused(Refusal.NO_EXPLANATION):
        await post.close()
    for serial in post.serials[1:3]:
        await post.enter(serial, "2")
    with refused(Refusal.MORE_SHEETS):
        await post.close("Tidak tahu.")
    assert any("belum ditutup" in each for each in await store.not_ready(post.election))
    assert await store.paper_ballots(post.election) == {}


async def test_the_same_official_cannot_close_alone(db: Any) -> None:
    """I8: two officials explain; afterwards nothing is added, and the box says what it said."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2)
    post = await post_in(made)
    codes_of = [code.printed for code in made.codes.values()]
    await store.check_in_by_code(post.id, codes_of[0], post.officers[0])
    await made.close()
    act = await store.propose_close(post.id, "Lembarnya dibawa pulang.", made.first)
    with refused(Board.SAME_PERSON):
        await store.confirm_close(act.id, post.id, made.first)
    person = await person_for(next(iter(made.codes)))
    await store.confirm_close(act.id, post.id, made.second)
    [told] = await notices_of(person)
    assert f"Daftar hadir Pos {post.district} mencatat Anda" in told.body and told.link == "/status-saya"
    with refused(Refusal.BATCH_CLOSED):
        await post.enter(post.serials[0], "1", by=(0,))
    with refused(Refusal.BATCH_CLOSED):
        await store.make_pad(post.id, 3, made.first)
    late = await store.propose_list(post.id, ["UJI-0002"], post.officers[0])
    with refused(Refusal.BATCH_CLOSED):
        await store.confirm_list(late.id, post.officers[1])
    assert await store.not_ready(post.election) == []


async def test_one_difference_makes_the_audit_take_all(db: Any) -> None:
    """trust 6: 60 sheets a kecamatan by public dice; one that differs opens every sheet, two checkers overrule."""
    made = await city(districts=1, proposals=4, voters=70, with_codes=64)
    post = await post_in(made, sheets=64)
    lines = [line.serial for line in await store.check_in_list(await store.post_of(post.id)) if line.serial]
    act = await store.propose_list(post.id, lines, post.officers[0])
    assert (await store.confirm_list(act.id, post.officers[1])).taken == 64
    await made.close()
    await post.fill(Reading((made.projects[post.district][0],)))
    await post.close()
    with refused(Refusal.NO_DICE):
        await store.samples_of(post.election)
    await store.throw_dice(post.election, DICE, made.first)
    with refused(Refusal.DICE_THROWN):
        await store.throw_dice(post.election, DICE, made.first)
    [sample] = await store.samples_of(post.election)
    assert len(sample.drawn) == 60
    bad = sample.drawn[0].serial
    undrawn = next(serial for serial in post.serials if serial not in {each.serial for each in sample.drawn})
    with refused(Refusal.NOT_DRAWN):
        await store.check_sheet(post.election, undrawn, "1", None, made.first)
    with refused(Refusal.YOUR_ENTRY):
        await store.check_sheet(post.election, bad, "1", None, post.officers[0])
    assert await store.check_sheet(post.election, bad, "2", None, made.first) is False
    [sample] = await store.samples_of(post.election)
    assert len(sample.drawn) == 64 and sample.done == 0
    assert await store.not_ready(post.election) == ["Coblong: 64 lembar terpilih belum diperiksa."]
    await store.check_sheet(post.election, bad, "2", None, made.second)
    ballots = (await store.paper_ballots(post.election))[post.district]
    second = made.projects[post.district][1]
    assert sum(each.projects == (second,) for each in ballots) == 1
    assert len(await leaves_of(Kind.PAPER_BATCH)) == 2


async def test_too_many_replaced_ballots_open_a_case(db: Any) -> None:
    """T17: above 3 % a case is opened after the close, once; small posts stay unnamed in public."""
    made = await city(districts=1, proposals=4, voters=30, with_codes=20)
    post = await post_in(made, sheets=0)
    await made.cast(next(iter(made.codes)), made.projects[post.district][:1])
    for code in list(made.codes.values())[:12]:
        await store.check_in_by_code(post.id, code.printed, post.officers[0])
    assert await store.open_cases(post.election) == 0
    await made.cast(list(made.codes)[15], made.projects[post.district][:1])
    await made.close()
    assert (await store.open_cases(post.election), await store.open_cases(post.election)) == (1, 0)
    [case] = await store.cases_of(post.election)
    assert (case.checkins, case.overrides, case.answer) == (12, 1, "")
    await store.answer_case(post.id, "Warga itu memang datang sendiri.", made.first)
    [figures] = await store.post_figures(post.election)
    assert (figures.checkins, figures.overrides) == (12, 1)
    [turnout] = await store.turnout_by_channel(post.election)
    assert (turnout.online, turnout.paper, turnout.eligible) == (1, 12, 30)
