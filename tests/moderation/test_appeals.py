"""Appeals: by the author, once; answered from another kecamatan; overturned, the text comes back."""

from datetime import timedelta
from uuid import UUID

from rembuk import clock
from rembuk.debate import store as debate
from rembuk.debate.rules import Position
from rembuk.moderation import store
from rembuk.moderation.rules import Action, Reason, Refusal, Ruling, Subject, Verdict
from rembuk.notices.store import notices_of
from rembuk.people.tables import RoleGrant
from rembuk.proposals import store as proposals
from rembuk.web.viewer import Role, Viewer
from tests.clients import Client
from tests.debate.test_store import viewing
from tests.moderation.test_store import HIDE, Stage, refused, set_up
from tests.proposals import scene

WHY = "Kata itu bahasa daerah."


async def other_moderator() -> Viewer:
    """A moderator of another kecamatan."""
    person = await scene.resident(rw=scene.OTHER_RW, role="moderator")
    await RoleGrant.update({RoleGrant.area: "32.73.26"}).where(RoleGrant.person == person)
    return await viewing(person)


async def hidden_comment(stage: Stage) -> tuple[UUID, UUID]:
    """A comment of the neighbour that was hidden; the decision."""
    comment = await debate.say(stage.number, stage.neighbour, Position.AGAINST, "Teu pararuguh.")
    return comment, await store.decide(stage.moderator, Subject.COMMENT, comment, HIDE)


async def test_overturned(db: object) -> None:
    """trust 7: a moderator of another kecamatan brings the text back, in words everybody may read."""
    stage = await set_up()
    comment, act = await hidden_comment(stage)
    await store.appeal(act, stage.neighbour, WHY)
    assert await refused(store.appeal(act, stage.neighbour, WHY)) is Refusal.NO_APPEAL
    assert await store.open_appeals(stage.moderator) == []
    other = await other_moderator()
    (waiting,) = await store.open_appeals(other)
    assert (waiting.text, waiting.decision.id) == (WHY, act)
    same = store.answer(waiting.id, stage.moderator, Verdict.UPHELD, "Tetap.")
    assert await refused(same) is Refusal.SAME_AREA
    assert await refused(store.answer(waiting.id, other, Verdict.UPHELD, " ")) is Refusal.NO_TEXT
    await store.answer(waiting.id, other, Verdict.OVERTURNED, "Bukan kata kasar.")
    assert not (await debate.comment(comment)).hidden
    assert await store.verdicts([act]) == {act: Verdict.OVERTURNED}
    again = store.answer(waiting.id, other, Verdict.UPHELD, "Tidak jadi.")
    assert await refused(again) is Refusal.ANSWERED
    told = [notice.subject for notice in await notices_of(stage.neighbour.person or stage.proposer)]
    assert any(subject.startswith("Banding Anda diterima") for subject in told)


async def test_upheld(db: object) -> None:
    """An upheld decision stays, and the answer is on record."""
    stage = await set_up()
    comment, act = await hidden_comment(stage)
    await store.appeal(act, stage.neighbour, WHY)
    other = await other_moderator()
    (waiting,) = await store.open_appeals(other)
    await store.answer(waiting.id, other, Verdict.UPHELD, "Tetap menyerang orang.")
    assert (await debate.comment(comment)).hidden
    assert await store.open_appeals(other) == []


async def test_who_and_when(db: object) -> None:
    """Only the author, only what is hidden now, only for seven days; residents answer none."""
    stage = await set_up()
    _, act = await hidden_comment(stage)
    stranger = await viewing(await scene.resident())
    assert await refused(store.appeal(act, stranger, WHY)) is Refusal.UNKNOWN
    assert await refused(store.appeal(act, stage.neighbour, " ")) is Refusal.APPEAL_EMPTY
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert await refused(store.appeal(act, stage.neighbour, WHY)) is Refusal.NO_APPEAL
    kept = await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, Ruling(Action.KEEP, Reason.FINE))
    assert await refused(store.appeal(kept, await viewing(stage.proposer), WHY)) is Refusal.NO_APPEAL
    await store.appeal(act, stage.neighbour, WHY)
    other = await other_moderator()
    (waiting,) = await store.open_appeals(other)
    assert not waiting.is_late(clock.now() + timedelta(hours=47))
    assert waiting.is_late(clock.now() + timedelta(hours=49))
    assert await refused(store.answer(waiting.id, stranger, Verdict.UPHELD, "x")) is Refusal.NOT_MODERATOR


async def test_pages(client: Client) -> None:
    """The author's form, the other moderator's list, the answer in the public record."""
    stage = await set_up()
    act = await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, HIDE)
    await client.sign_in(stage.neighbour.person)
    assert (await client.get(f"/penjagaan/{act}/banding")).status_code == 404
    await client.sign_in(stage.proposer)
    assert "Ajukan banding" in (await client.get(f"/penjagaan/{act}/banding")).text
    assert (await client.post(f"/penjagaan/{act}/banding", {"text": ""})).status_code == 422
    assert (await client.post(f"/penjagaan/{act}/banding", {"text": WHY})).status_code == 303
    assert "Banding menunggu" in (await client.get("/penjagaan")).text
    other = await other_moderator()
    await client.sign_in(other.person, Role.MODERATOR)
    page = await client.get("/meja/banding")
    assert WHY in page.text
    (waiting,) = await store.open_appeals(other)
    place = f"/meja/banding/{waiting.id}"
    assert (await client.post(place, {"verdict": "open", "text": "x"})).status_code == 422
    assert (await client.post(place, {"verdict": "overturned", "text": "Boleh."})).status_code == 303
    assert not (await proposals.detail(stage.number)).hidden
    assert "Banding diterima" in (await client.get("/penjagaan")).text
