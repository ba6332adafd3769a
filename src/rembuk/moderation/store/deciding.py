"""Decisions: taken by a moderator of the area who has no stake, written down for good, told to everybody."""

from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board import rules as board
from rembuk.board.store import audit, promise
from rembuk.cycles import store as cycles
from rembuk.cycles.permissions import Action as Permission
from rembuk.database import refuses, transaction
from rembuk.debate import store as debate
from rembuk.debate.store import roles_of
from rembuk.errors import Refused
from rembuk.moderation import rules
from rembuk.moderation.rules import (
    ACTION_WORDS,
    REASON_WORDS,
    Action,
    Decision,
    Facts,
    Reason,
    Refusal,
    Ruling,
    Subject,
)
from rembuk.moderation.store.flags import close_flags
from rembuk.moderation.store.record import decision, is_undone
from rembuk.moderation.store.subjects import facts
from rembuk.moderation.tables import ModerationDecision
from rembuk.notices.store import tell_about
from rembuk.proposals import store as proposals
from rembuk.web.viewer import Role, Viewer

refuses("moderation_decision_undoes_key", Refusal.TOO_LATE)
_ROLE = Role.MODERATOR.value


async def lock_of(found: Facts, viewer: Viewer) -> Refusal | None:
    """Why this viewer may not decide on a subject, or None: other area, own text, own RW, own support."""
    person = viewer.person
    return rules.why_not_decide(
        is_moderator=person is not None and viewer.has(Role.MODERATOR, found.rw),
        may_now=await cycles.may(Permission.MODERATE, found.cycle, roles_of(viewer)),
        is_author=person == found.author,
        own_rw=viewer.rw == found.rw,
        endorsed=person is not None and await proposals.has_endorsed(found.proposal, person),
    )


@transaction
async def decide(viewer: Viewer, kind: Subject, subject: UUID, ruling: Ruling) -> UUID:
    """Take one decision: act on the subject, close its reports, write it down; Refused when it may not be."""
    found = await facts(kind, subject)
    if ruling.action is Action.REOPEN:
        raise Refused(Refusal.ALREADY)
    await _insist(viewer, found, ruling)
    return await record(viewer, found, ruling)


@transaction
async def undo(viewer: Viewer, act: UUID) -> UUID:
    """Take one's own fresh decision back by adding the opposite one; the first row stays (N5)."""
    before, person = await decision(act), viewer.person or UUID(int=0)
    if refusal := rules.why_not_undo(before, person, clock.now(), await is_undone(act)):
        raise Refused(refusal)
    found = await facts(before.kind, before.subject)
    ruling = Ruling(rules.UNDOING[before.action], Reason.MISTAKE)
    await _insist(viewer, found, ruling)
    return await record(viewer, found, ruling, undoes=before)


async def _insist(viewer: Viewer, found: Facts, ruling: Ruling) -> None:
    """Refused unless this viewer may take this decision on the subject as it is now."""
    refusal = await lock_of(found, viewer) or rules.why_not_act(ruling, found.hidden)
    if refusal:
        raise Refused(refusal)


async def record(viewer: Viewer, found: Facts, ruling: Ruling, undoes: Decision | None = None) -> UUID:
    """Do it and leave every trace of it; whoever calls has asked whether it may be done. Gives the act's id."""
    person, act = viewer.person or UUID(int=0), uuid4()
    row = ModerationDecision(
        id=act,
        subject_kind=found.kind.value,
        subject=found.id,
        kecamatan=found.kecamatan,
        moderator=person,
        action=ruling.action.value,
        reason=ruling.reason.value,
        public_text=ruling.public_text,
        remark=ruling.remark,
        number=found.number,
        undoes=undoes.id if undoes else None,
        at=clock.now(),
    )
    await ModerationDecision.insert(row)
    await _apply(found, ruling, person)
    reporters = await _settle(found, ruling, undoes)
    await _publish(act, person, found, ruling)
    await _tell(act, found, ruling, [] if undoes else reporters)
    return act


async def _apply(found: Facts, ruling: Ruling, person: UUID) -> None:
    """Make a hidden thing vanish or come back whole (N2); a proposal notes it in its way."""
    if ruling.action not in (Action.HIDE, Action.RESTORE):
        return
    hidden = ruling.action is Action.HIDE
    if found.kind is Subject.COMMENT:
        await debate.set_hidden(found.id, hidden)
    elif hidden:
        await proposals.hide(found.id, person, _ROLE, ruling.said)
    else:
        await proposals.restore(found.id, person, _ROLE, ruling.said)


async def _settle(found: Facts, ruling: Ruling, undoes: Decision | None) -> list[UUID]:
    """Close the reports a decision answers; taking it back opens them again."""
    if ruling.action is Action.REPLY:
        return []
    return await close_flags(found.id, open_again=undoes is not None and undoes.action is not Action.RESTORE)


async def _publish(act: UUID, person: UUID, found: Facts, ruling: Ruling) -> None:
    """A leaf without personal data on the board, and a line in the audit chain (N5)."""
    body: dict[str, board.Json] = {
        "decision": str(act),
        "subject": found.kind.value,
        "proposal": found.number,
        "action": ruling.action.value,
        "reason": ruling.reason.value,
        "text_sha256": board.digest(ruling.public_text),
        "day": clock.local(clock.now()).date().isoformat(),
    }
    await promise(board.leaf(board.Kind.MODERATION, body))
    hidden = {Action.HIDE: True, Action.RESTORE: False}.get(ruling.action, found.hidden)
    name, before = f"{found.kind.value}:{found.id}", {"hidden": found.hidden}
    await audit(person, _ROLE, ruling.action.value, name, ruling.reason.value, before=before, after={"hidden": hidden})


async def _tell(act: UUID, found: Facts, ruling: Ruling, reporters: list[UUID]) -> None:
    """The author hears what was decided and why; reporters hear that their report was looked at (R2)."""
    about: dict[str, object] = {
        "number": found.number,
        "title": found.title,
        "is_comment": found.kind is Subject.COMMENT,
    }
    if ruling.action not in (Action.KEEP, Action.REOPEN):
        about |= {"action": ACTION_WORDS[ruling.action].lower(), "text": ruling.public_text}
        about |= {"reason": REASON_WORDS[ruling.reason]}
        link = f"/penjagaan/{act}/banding" if ruling.action is Action.HIDE else "/penjagaan"
        await tell_about(found.author, "moderation", "moderation", link, **about)
    for reporter in reporters:
        await tell_about(reporter, "moderation", "report_done", "/penjagaan", **about)
