"""Comments written, counted, hidden and taken back, by role and phase, on both databases."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from rembuk.cycles.rules import PhaseKind
from rembuk.debate import store
from rembuk.debate.rules import Position, Refusal, Sort
from rembuk.errors import Refused
from rembuk.notices.store import notices_of
from rembuk.people.store import viewer_of
from rembuk.proposals import store as proposals
from rembuk.web.session import open_session
from rembuk.web.viewer import ANONYMOUS, Role, Viewer
from tests.proposals import scene


async def viewing(person: UUID) -> Viewer:
    """The viewer a person's session stands for."""
    _, session = await open_session(person, None, Role.RESIDENT)
    found = await viewer_of(session)
    assert found
    return found


async def stage() -> tuple[UUID, int, UUID]:
    """A cycle open for debate with one proposal: cycle, number, proposer."""
    await scene.lay_out()
    cycle, proposer = await scene.cycle(PhaseKind.PROPOSALS, PhaseKind.DEBATE), await scene.resident()
    return cycle, await scene.proposal(cycle, proposer), proposer


async def refused(work: Any) -> Any:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def test_say_reply_and_count(db: Any) -> None:
    """D1, D3, R2: comments and replies stand in threads, are counted by position, and their people are told."""
    _, number, proposer = await stage()
    proposal = await proposals.detail(number)
    neighbour = await viewing(await scene.resident())
    first = await store.say(number, neighbour, Position.AGAINST, "  Terlalu mahal. ")
    await store.say(number, neighbour, Position.QUESTION, "Kapan mulai?")
    answer = await store.reply(first, await viewing(proposer), "Harga sudah dibanding.")
    deeper = await store.reply(answer[1], neighbour, "Terima kasih.")
    seen = await store.threads(proposal, ANONYMOUS, sort=Sort.OLDEST)
    assert [thread.top.body for thread in seen.threads] == ["Terlalu mahal.", "Kapan mulai?"]
    assert [reply.id for reply in seen.threads[0].replies] == [answer[1], deeper[1]]
    assert (seen.counts[Position.AGAINST], seen.counts[Position.QUESTION], seen.total) == (1, 1, 4)
    assert (await proposals.detail(number)).comment_count == 4
    assert not seen.may_write
    assert len([n for n in await notices_of(proposer) if n.kind == "comment"]) == 3
    assert len(await notices_of(neighbour.person or proposer)) == 1
    only = await store.threads(proposal, neighbour, position=Position.AGAINST)
    assert [thread.top.id for thread in only.threads] == [first]
    assert only.may_write


async def test_role_mark_of_the_moment(db: Any) -> None:
    """D5: the mark is the role when it was written, and stays when the role ends."""
    _, number, proposer = await stage()
    official = await scene.resident(role="official")
    stranger = await scene.resident(role="facilitator", rw=scene.OTHER_RW)
    for person, role in ((official, "official"), (stranger, "facilitator"), (proposer, "proposer")):
        written = await store.say(number, await viewing(person), Position.QUESTION, "Bagaimana?")
        assert (await store.comment(written)).author_role == role
    from rembuk.people.tables import RoleGrant

    await RoleGrant.delete(force=True)
    assert {each.author_role for each in await store.comments_of((await proposals.detail(number)).id)} == {
        "official",
        "facilitator",
        "proposer",
    }


async def test_only_while_it_is_open(db: Any) -> None:
    """A1, A9: after debate closes nobody writes, also not by direct request; reading goes on."""
    cycle, number, proposer = await stage()
    viewer = await viewing(proposer)
    written = await store.say(number, viewer, Position.FOR, "Ayo.")
    await scene.open_only(cycle, PhaseKind.REVIEW)
    assert await refused(store.say(number, viewer, Position.FOR, "Telat.")) is Refusal.CLOSED
    assert await refused(store.reply(written, viewer, "Telat.")) is Refusal.CLOSED
    assert await refused(store.mark_helpful(written, viewer)) is Refusal.CLOSED
    seen = await store.threads(await proposals.detail(number), viewer)
    assert (len(seen.threads), seen.may_write) == (1, False)


async def test_who_may_not(db: Any) -> None:
    """A2: signed-out people and wrong texts are refused, each in its own words."""
    _, number, proposer = await stage()
    viewer = await viewing(proposer)
    assert await refused(store.say(number, ANONYMOUS, Position.FOR, "Halo")) is Refusal.NEEDS_ACCOUNT
    assert await refused(store.say(number, viewer, Position.FOR, " ")) is Refusal.EMPTY
    assert await refused(store.say(number, viewer, Position.FOR, "x" * 2001)) is Refusal.TOO_LONG
    assert await refused(store.say(number, viewer, Position.REPLY, "Halo")) is Refusal.NO_POSITION
    assert (await proposals.detail(number)).comment_count == 0


async def test_helpful_once(db: Any) -> None:
    """One person's mark counts once however often pressed at once, and the same button takes it back."""
    _, number, proposer = await stage()
    proposal, viewer = await proposals.detail(number), await viewing(proposer)
    written = await store.say(number, viewer, Position.FOR, "Ayo.")
    people = [await viewing(await scene.resident()) for _ in range(3)]
    await asyncio.gather(*(store.mark_helpful(written, each) for each in people))
    (thread,) = (await store.threads(proposal, people[0])).threads
    assert (thread.top.helpful_count, thread.top.found_helpful) == (3, True)
    assert (await store.mark_helpful(written, people[0]))[1] is False
    (thread,) = (await store.threads(proposal, people[0])).threads
    assert (thread.top.helpful_count, thread.top.found_helpful) == (2, False)


async def test_delete_one_s_own(db: Any) -> None:
    """D1: only the author deletes; the words leave the database, the replies stay."""
    _, number, proposer = await stage()
    mine, other = await viewing(proposer), await viewing(await scene.resident())
    written = await store.say(number, mine, Position.FOR, "Nomor saya rahasia.")
    await store.reply(written, other, "Setuju.")
    assert await refused(store.delete(written, other)) is Refusal.NOT_YOURS
    await store.delete(written, mine)
    assert (await store.comment(written)).body == ""
    assert await refused(store.reply(written, other, "Halo?")) is Refusal.GONE
    (thread,) = (await store.threads(await proposals.detail(number), other)).threads
    assert (thread.shown, len(thread.replies)) == (False, 1)
    assert (await proposals.detail(number)).comment_count == 1


async def test_hidden_and_restored(db: Any) -> None:
    """N2: hidden means out of list and count, restored means back with every mark."""
    _, number, proposer = await stage()
    proposal, author = await proposals.detail(number), await viewing(await scene.resident())
    written = await store.say(number, author, Position.FOR, "Kasar.")
    await store.mark_helpful(written, await viewing(proposer))
    await store.set_hidden(written, True)
    assert (await store.threads(proposal, ANONYMOUS)).threads == ()
    assert (await proposals.detail(number)).comment_count == 0
    assert (await store.threads(proposal, author)).threads[0].top.hidden
    auditor = await viewing(await scene.resident(role="auditor"))
    assert (await store.threads(proposal, auditor)).threads[0].top.body == "Kasar."
    assert await refused(store.reply(written, author, "Mengapa?")) is Refusal.UNKNOWN
    await store.set_hidden(written, False)
    (thread,) = (await store.threads(proposal, ANONYMOUS)).threads
    assert (thread.top.helpful_count, (await proposals.detail(number)).comment_count) == (1, 1)


async def test_many_at_once_are_counted(db: Any) -> None:
    """S2: after many comments at once the count beside the proposal is the fresh count."""
    _, number, _ = await stage()
    people = [await viewing(await scene.resident()) for _ in range(8)]
    await asyncio.gather(*(store.say(number, each, Position.FOR, "Setuju.") for each in people))
    assert (await proposals.detail(number)).comment_count == 8
