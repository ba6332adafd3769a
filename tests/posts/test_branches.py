"""Refusals at a post that the other tests do not meet, and what the checker of paper says of each contradiction."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Refusal as Board
from rembuk.clock import local, now
from rembuk.cycles import store as cycles
from rembuk.errors import Reason, Refused
from rembuk.people.tables import RollEntry
from rembuk.posts import store
from rembuk.posts.rules import MOST_IN_A_PAD, Reading, Refusal
from rembuk.posts.serials import make_serial
from rembuk.posts.store.pads import open_batch
from rembuk.posts.tables import CheckInCount, PaperBatch, PaperEntry, PaperSheet
from tests.city import city
from tests.posts.making import DICE, PostOf, officer, post_in


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def small(**more: Any) -> PostOf:
    """A post of one kecamatan with a pad."""
    return await post_in(await city(districts=1, proposals=4, voters=4, with_codes=3, **more))


async def test_posts_that_are_not_there(db: Any) -> None:
    """K3: an unknown post has no balance, no box, no sheets; a box nobody votes in gets no post."""
    post, nobody = await small(), uuid4()
    for question in (store.balance_of, store.post_of, open_batch):
        with refused(Refusal.NO_SUCH_POST):
            await question(nobody)
    with refused(Refusal.NO_VOTE):
        await store.create_post(post.election, "32.73.99", "Pos", "Balai", "08.00", by=post.city.first)
    assert await store.posts_of(uuid4()) == []


@pytest.mark.parametrize("sheets", [0, -1, MOST_IN_A_PAD + 1])
async def test_a_pad_has_a_size(db: Any, sheets: int) -> None:
    """K4: no empty pad and none too thick."""
    post = await small()
    with refused(Refusal.TOO_MANY_SHEETS):
        await store.make_pad(post.id, sheets, post.city.first)


async def test_words_of_a_post_are_corrected_and_officers_come_and_go(db: Any) -> None:
    """K3: name, place and hours change with an audit line; a shift is one a day and can be dropped."""
    post = await small()
    first = post.city.first
    await store.change_post(post.id, "Pos Baru", "Aula", "09.00", online=False, by=first)
    facts = await store.post_of(post.id)
    assert (facts.name, facts.place, facts.hours, facts.online) == ("Pos Baru", "Aula", "09.00", False)
    today, guest = local(now()).date(), await officer("Tamu", "32.73.99")
    with refused(Refusal.NOT_AN_OFFICER):
        await store.add_shift(post.id, guest, today, first)
    before = len(await store.shifts_of(post.id))
    await store.add_shift(post.id, post.officers[0], today, first)
    assert len(await store.shifts_of(post.id)) == before
    await store.drop_shift(post.id, post.officers[0], today, first)
    with refused(Refusal.NO_SUCH_POST):
        await store.check_in_by_code(post.id, post.city.codes[post.rolls[0]].printed, post.officers[0])


async def test_nobody_is_checked_in_who_may_not(db: Any) -> None:
    """K1, J2: not before opening, not off the roll, not with another election's code; nothing is marked."""
    post = await small()
    code = post.city.codes[post.rolls[0]].printed
    await RollEntry.update({RollEntry.status: "removed"}).where(RollEntry.id == post.rolls[0])
    with refused(Refusal.NOT_ACTIVE):
        await store.check_in_by_code(post.id, code, post.officers[0])
    await RollEntry.update({RollEntry.status: "active"}).where(RollEntry.id == post.rolls[0])
    await post.city.close()
    with refused(Refusal.NOT_OPEN):
        await store.check_in_by_code(post.id, code, post.officers[0])
    assert await CheckInCount.count() == 0


async def test_an_empty_list_and_another_act(db: Any) -> None:
    """K1: a list holds lines; an act signed for something else confirms no list and closes no box."""
    post = await small()
    with refused(Refusal.EMPTY_LIST):
        await store.propose_list(post.id, ["", "  "], post.officers[0])
    act = await board.propose_act("election.open", {"post": str(post.id), "lines": []}, post.officers[0])
    with refused(Board.NO_SUCH_ACT):
        await store.confirm_list(act.id, post.officers[1])
    act = await board.propose_act("election.open", {"post": str(post.id)}, post.officers[0])
    with refused(Board.NO_SUCH_ACT):
        await store.confirm_close(act.id, post.id, post.city.second)


async def test_a_list_tells_what_does_not_fit(db: Any) -> None:
    """K1, K2: an unknown line, a line twice, somebody here already: told, the others are taken."""
    post = await small()
    await store.check_in_by_code(post.id, post.city.codes[post.rolls[0]].printed, post.officers[0])
    numbers = [line.number for line in await store.check_in_list(await store.post_of(post.id))]
    act = await store.propose_list(post.id, [*numbers, "TIDAKADA", numbers[0].lower()], post.officers[0])
    assert [lines for _, lines in await store.waiting_lists(post.id)] == [sorted({*numbers, "TIDAKADA"})]
    assert await store.waiting_lists(uuid4()) == []
    report = await store.confirm_list(act.id, post.officers[1])
    assert report.taken == len(numbers) - 1 and len(report.conflicts) == 2
    again = await store.propose_list(post.id, numbers, post.officers[0])
    assert (await store.confirm_list(again.id, post.officers[1])).taken == 0


async def test_a_second_request_to_close_replaces_the_first(db: Any) -> None:
    """I8: only the newest explanation can be signed; a closed box takes no further pad."""
    post = await small()
    await post.city.close()
    old = await store.propose_close(post.id, "", post.city.first)
    new = await store.propose_close(post.id, "", post.city.first)
    assert [act.id for act, _ in await store.waiting_closes(post.id)] == [new.id]
    with pytest.raises(Refused):
        await store.confirm_close(old.id, post.id, post.city.second)
    await store.confirm_close(new.id, post.id, post.city.second)
    with refused(Refusal.BATCH_CLOSED):
        await store.make_pad(post.id, 3, post.city.first)


async def test_a_check_of_sheets_has_its_own_refusals(db: Any) -> None:
    """trust 6: only a drawn sheet, by somebody who did not enter it, once; a case needs an answer."""
    post = await small()
    first, second = post.city.first, post.city.second
    for roll in post.rolls[:2]:
        await store.check_in_by_code(post.id, post.city.codes[roll].printed, post.officers[0])
    await post.city.close()
    await post.enter(post.serials[0], "1")
    await post.enter(post.serials[1], "2")
    await post.close()
    drawn = post.serials[0]
    with refused(Refusal.UNKNOWN_SERIAL):
        await store.check_sheet(post.election, make_serial(), "1", None, first)
    with refused(Refusal.NO_DICE):
        await store.check_sheet(post.election, drawn, "1", None, first)
    await store.throw_dice(post.election, DICE, first)
    with refused(Refusal.YOUR_ENTRY):
        await store.check_sheet(post.election, drawn, "1", None, post.officers[0])
    assert await store.check_sheet(post.election, drawn, "1", None, first)
    with refused(Refusal.CHECKED):
        await store.check_sheet(post.election, drawn, "1", None, second)
    with refused(Refusal.NO_ANSWER):
        await store.answer_case(post.id, "", first)


@pytest.mark.usefixtures("tampering")
async def test_each_contradiction_of_paper_is_told(db: Any) -> None:
    """I8: counted after one reading, counted unread, counted otherwise, read and destroyed, more sheets than people."""
    post = await small()
    assert await store.paper_faults() == []
    await _read(post, 0, post.officers[:1], Reading(("1",)), "valid")
    await _read(post, 1, post.officers[:2], Reading(("1",)), "invalid")
    await _read(post, 2, [], Reading(("1",)), "valid")
    await _read(post, 3, post.officers[:2], Reading(("1",)), "destroyed")
    await PaperBatch.update({PaperBatch.state: "closed"}).where(PaperBatch.post == post.id)
    await CheckInCount.insert(
        CheckInCount(post=post.id, day=local(now()).date(), first=post.officers[0], second=post.officers[1], number=5)
    )
    said = " ".join(await store.paper_faults())
    for words in ("2 sheets counted without two equal", "something else", "read and destroyed", "check-ins counted"):
        assert words in said, said


async def _read(post: PostOf, nth: int, people: list[UUID], reading: Reading, state: str) -> None:
    """A sheet as a wrong hand would leave it."""
    [row] = await PaperSheet.select(PaperSheet.id).where(PaperSheet.serial == post.serials[nth])
    for number, person in enumerate(people, start=1):
        moment = now() + timedelta(seconds=number)
        entry = PaperEntry(sheet=row["id"], nth=number, person=person, choices=reading.text, entered_at=moment)
        await PaperEntry.insert(entry)
    await PaperSheet.update({PaperSheet.state: state}).where(PaperSheet.id == row["id"])


async def test_a_post_without_people_and_a_vote_without_terms(db: Any) -> None:
    """K3: a post nobody is sent to lists nobody; before the freezing there is no post; before the close no check."""
    from tests.cycles.test_store import published

    post = await post_in(await city(districts=1, proposals=4, voters=4), rws=[])
    assert await store.check_in_list(await store.post_of(post.id)) == []
    with refused(Refusal.BOX_OPENED):
        await store.check_sheet(post.election, post.serials[0], "1", None, post.city.first)
    unfrozen = (await cycles.election((await published()).id)).id
    with refused(Refusal.NO_VOTE):
        await store.create_post(unfrozen, "32.73.27", "Pos", "Balai", "08.00", by=post.city.first)
