"""Reports, the queue, decisions and their traces, on both databases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from rembuk import clock
from rembuk.board import store as board
from rembuk.cycles.rules import PhaseKind
from rembuk.debate import store as debate
from rembuk.debate.rules import Position
from rembuk.errors import Refused
from rembuk.moderation import store
from rembuk.moderation.rules import Action, Reason, Refusal, Ruling, Subject
from rembuk.notices.store import notices_of
from rembuk.proposals import store as proposals
from rembuk.proposals.listing import Filters
from rembuk.web.viewer import ANONYMOUS, Viewer
from tests.debate.test_store import viewing
from tests.proposals import scene

HIDE = Ruling(Action.HIDE, Reason.RUDE, "Kata kasar.", "Sudah dua kali.")
RESTORE = Ruling(Action.RESTORE, Reason.MISTAKE)
KEEP = Ruling(Action.KEEP, Reason.FINE)
OTHER_AREA = "32.73.26"


class Stage:
    """A cycle open for debate, one proposal, its proposer, a neighbour, a moderator from another RW."""

    cycle: UUID
    number: int
    proposal: UUID
    proposer: UUID
    neighbour: Viewer
    moderator: Viewer


async def set_up() -> Stage:
    stage = Stage()
    await scene.lay_out()
    stage.cycle = await scene.cycle(PhaseKind.PROPOSALS, PhaseKind.DEBATE)
    stage.proposer = await scene.resident()
    stage.number = await scene.proposal(stage.cycle, stage.proposer)
    stage.proposal = (await proposals.detail(stage.number)).id
    stage.neighbour = await viewing(await scene.resident())
    stage.moderator = await viewing(await scene.resident(rw=f"{scene.KELURAHAN}.006", role="moderator"))
    return stage


async def refused(work: Any) -> Any:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def test_report_once(db: Any) -> None:
    """N1: signed in, once, with a reason; the reporter is thanked; one line in the queue for two reports."""
    stage = await set_up()
    await store.report(Subject.PROPOSAL, stage.proposal, stage.neighbour, "rude", "Tolong dilihat")
    again = store.report(Subject.PROPOSAL, stage.proposal, stage.neighbour, "spam", "")
    assert await refused(again) is Refusal.REPORTED
    second = await viewing(await scene.resident())
    assert await refused(store.report(Subject.PROPOSAL, stage.proposal, second, "fine", "")) is Refusal.NO_REASON
    anonymous = store.report(Subject.PROPOSAL, stage.proposal, ANONYMOUS, "rude", "")
    assert await refused(anonymous) is Refusal.UNKNOWN
    await store.report(Subject.PROPOSAL, stage.proposal, second, "rude", "")
    (item,) = await store.queue([scene.KECAMATAN])
    assert item.is_reported
    assert [why.words for why in item.why] == ["Kasar atau menyerang orang: 2", "Usulan baru"]
    assert await store.notes_about(stage.proposal) == ["Tolong dilihat"]
    assert [n.subject for n in await notices_of(stage.neighbour.person or stage.proposer)] == [
        "Laporan Anda kami terima"
    ]


async def test_queue_is_for_its_area(db: Any) -> None:
    """N3: a queue holds its own area only; words and new proposals come without a report, reports first."""
    stage = await set_up()
    rude = await debate.say(stage.number, stage.neighbour, Position.AGAINST, "Dasar goblok.")
    fine = await debate.say(stage.number, stage.neighbour, Position.FOR, "Bagus.")
    assert await store.queue([OTHER_AREA]) == []
    assert await store.queue(["32.73.2"]) == []
    kinds = {(item.facts.id, item.why[0].kind) for item in await store.queue([scene.RW])}
    assert kinds == {(stage.proposal, "baru"), (rude, "kata")}
    await store.report(Subject.COMMENT, fine, stage.moderator, "other", "")
    assert next(item.facts.id for item in await store.queue([""])) == fine
    assert await store.count_waiting([scene.KECAMATAN]) == 1
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert [item.facts.id for item in await store.queue([""])] == [fine]


async def test_hide_and_restore_a_proposal(db: Any) -> None:
    """N2: hidden, it is gone from detail, list and counts; restored, everything is back, support included."""
    stage = await set_up()
    await proposals.endorse(stage.number, stage.neighbour.person or stage.proposer)
    await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, HIDE)
    with pytest.raises(Refused):
        await proposals.detail(stage.number)
    assert await proposals.cards(Filters(cycle=stage.cycle)) == ()
    assert await proposals.count_by_kecamatan(Filters(cycle=stage.cycle)) == {}
    again = store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, HIDE)
    assert await refused(again) is Refusal.ALREADY
    await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, RESTORE)
    assert (await proposals.detail(stage.number)).endorsement_count == 1
    kinds = [event.kind for event in await proposals.events(stage.proposal)]
    assert kinds[-2:] == ["hidden", "restored"]


async def test_every_act_leaves_its_traces(db: Any) -> None:
    """N4, N5, R2: a public row without the remark, a leaf without personal data, an audit line, a notice."""
    stage = await set_up()
    comment = await debate.say(stage.number, stage.neighbour, Position.AGAINST, "Kasar sekali.")
    reporter = await viewing(await scene.resident())
    await store.report(Subject.COMMENT, comment, reporter, "rude", "")
    act = await store.decide(stage.moderator, Subject.COMMENT, comment, HIDE)
    (kept,), total = await store.published()
    assert (kept.id, kept.public_text, kept.remark, total) == (act, "Kata kasar.", "Sudah dua kali.", 1)
    assert (await store.published(OTHER_AREA))[1] == 0
    await board.drain()
    (leaf,) = [leaf for leaf in await board.leaves() if leaf.kind.value == "moderation"]
    assert str(act) in leaf.body and '"action":"hide"' in leaf.body
    assert not any(text in leaf.body for text in ("Kata kasar", "dua kali", str(stage.moderator.person)))
    line = next(row for row in await board.audit_rows() if row.action == "hide")
    assert (line.actor, line.role, line.reason) == (str(stage.moderator.person), "moderator", "rude")
    assert line.before_sha256 != line.after_sha256
    (told,) = await notices_of(stage.neighbour.person or stage.proposer)
    assert "Kata kasar." in told.body and "dua kali" not in told.body
    assert next(notice.subject for notice in await notices_of(reporter.person or stage.proposer)) == (
        "Laporan Anda sudah ditinjau"
    )
    assert await store.count_waiting([""]) == 0


async def test_no_decision_in_one_s_own_matter(db: Any) -> None:
    """trust 7, N3: other area, own RW, own text, own support, no moderator: refused with the reason."""
    stage = await set_up()
    decide = store.decide
    far = await viewing(await scene.resident(role="facilitator"))
    assert await refused(decide(far, Subject.PROPOSAL, stage.proposal, KEEP)) is Refusal.NOT_MODERATOR
    own_rw = await viewing(await scene.resident(role="moderator"))
    assert await refused(decide(own_rw, Subject.PROPOSAL, stage.proposal, KEEP)) is Refusal.OWN_RW
    from rembuk.proposals.tables import Endorsement

    assert stage.moderator.person
    await Endorsement.insert(Endorsement(proposal=stage.proposal, person=stage.moderator.person, at=clock.now()))
    assert await refused(decide(stage.moderator, Subject.PROPOSAL, stage.proposal, KEEP)) is Refusal.ENDORSED
    await Endorsement.delete(force=True)
    mine = await debate.say(stage.number, stage.moderator, Position.FOR, "Tulisan saya.")
    assert await refused(decide(stage.moderator, Subject.COMMENT, mine, HIDE)) is Refusal.OWN_TEXT
    away = Viewer(stage.moderator.person, None, "", None, (), None)
    assert await refused(decide(away, Subject.PROPOSAL, stage.proposal, KEEP)) is Refusal.NOT_MODERATOR
    assert (await store.published())[1] == 0


async def test_undo(db: Any) -> None:
    """5.11: a fresh decision is taken back by another row; reports wait again; not twice, not later."""
    stage = await set_up()
    await store.report(Subject.PROPOSAL, stage.proposal, stage.neighbour, "rude", "")
    act = await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, HIDE)
    assert await store.count_waiting([""]) == 0
    await store.undo(stage.moderator, act)
    assert not (await proposals.detail(stage.number)).hidden
    assert await store.count_waiting([""]) == 1
    assert await refused(store.undo(stage.moderator, act)) is Refusal.TOO_LATE
    assert [each.action for each in await store.decisions_about(stage.proposal)] == [Action.RESTORE, Action.HIDE]
    kept = await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, KEEP)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert await refused(store.undo(stage.moderator, kept)) is Refusal.TOO_LATE
    await store.undo(stage.moderator, kept)
    assert await store.count_waiting([""]) == 1


async def test_an_answer_leaves_it_waiting(db: Any) -> None:
    """N4: an answer is public and decides nothing; empty it is refused."""
    stage = await set_up()
    await store.report(Subject.PROPOSAL, stage.proposal, stage.neighbour, "rude", "")
    empty = store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, Ruling(Action.REPLY, Reason.OTHER))
    assert await refused(empty) is Refusal.NO_TEXT
    answer = Ruling(Action.REPLY, Reason.OTHER, "Kami sedang memeriksa.")
    await store.decide(stage.moderator, Subject.PROPOSAL, stage.proposal, answer)
    assert await store.count_waiting([""]) == 1
    assert any("Kami sedang memeriksa." in notice.body for notice in await notices_of(stage.proposer))


async def test_drafts_and_strangers(db: Any) -> None:
    """A draft, a deleted comment and an unknown id cannot be reported or decided."""
    stage = await set_up()
    draft = await scene.draft(stage.cycle, stage.proposer)
    comment = await debate.say(stage.number, stage.neighbour, Position.FOR, "Hapus saya.")
    await debate.delete(comment, stage.neighbour)
    for kind, subject in (
        (Subject.PROPOSAL, draft),
        (Subject.COMMENT, comment),
        (Subject.COMMENT, UUID(int=7)),
        (Subject.PROPOSAL, UUID(int=7)),
    ):
        assert await refused(store.report(kind, subject, stage.neighbour, "rude", "")) is Refusal.UNKNOWN
        assert await refused(store.decide(stage.moderator, kind, subject, HIDE)) is Refusal.UNKNOWN
