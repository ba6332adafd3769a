"""Appeals: an author asks once, a moderator of another kecamatan answers, everybody can read how it ended."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board.store import audit
from rembuk.database import lock_row, refuses, transaction
from rembuk.errors import Refused
from rembuk.moderation import rules
from rembuk.moderation.rules import Action, Appeal, Decision, Facts, Reason, Refusal, Ruling, Verdict
from rembuk.moderation.store.deciding import record
from rembuk.moderation.store.record import decision
from rembuk.moderation.store.subjects import facts
from rembuk.moderation.tables import Appeal as Row
from rembuk.notices.store import tell_about
from rembuk.web.viewer import Role, Viewer

refuses("appeal_once", Refusal.NO_APPEAL)


async def appealable(act: UUID, viewer: Viewer) -> tuple[Decision, Facts]:
    """The decision and its subject, for the author who may appeal it now; Refused otherwise."""
    hiding = await decision(act)
    found = await facts(hiding.kind, hiding.subject)
    again = bool(await Row.exists().where(Row.decision == act))
    if refusal := rules.why_not_appeal(hiding, found, viewer.person, clock.now(), again):
        raise Refused(refusal)
    return hiding, found


@transaction
async def appeal(act: UUID, viewer: Viewer, text: str) -> None:
    """Ask for a second look at something of one's own that was hidden; once, with words."""
    _, found = await appealable(act, viewer)
    if not text.strip():
        raise Refused(Refusal.APPEAL_EMPTY)
    row = Row(decision=act, person=found.author, text=text.strip(), state=Verdict.OPEN.value, at=clock.now())
    await Row.insert(row)


async def open_appeals(viewer: Viewer) -> list[Appeal]:
    """The appeals this viewer may answer, the longest wait first."""
    rows = await Row.select().where(Row.state == Verdict.OPEN.value).order_by(Row.at)
    appeals = []
    for row in rows:
        with suppress(Refused):  # deleted by its author since
            appeals.append(await _appeal(row))
    return [each for each in appeals if _why_not(each, viewer) is None]


async def verdicts(acts: Sequence[UUID]) -> dict[UUID, Verdict]:
    """How the appeals against these decisions stand, by decision."""
    if not acts:
        return {}
    rows = await Row.select(Row.decision, Row.state).where(Row.decision.is_in(list(acts)))
    return {row["decision"]: Verdict(row["state"]) for row in rows}


@transaction
async def answer(appeal_id: UUID, viewer: Viewer, verdict: Verdict, text: str) -> None:
    """Uphold a decision or overturn it, in words everybody may read; overturned, the text comes back (N2)."""
    rows = await lock_row(Row.select().where(Row.id == appeal_id).limit(1))
    if not rows or verdict is Verdict.OPEN:
        raise Refused(Refusal.UNKNOWN)
    asked = await _appeal(rows[0])
    if refusal := _why_not(asked, viewer):
        raise Refused(refusal)
    if not text.strip():
        raise Refused(Refusal.NO_TEXT)
    changed: dict[Any, Any] = {Row.state: verdict.value, Row.answer: text.strip()}
    changed |= {Row.answered_by: viewer.person, Row.answered_at: clock.now()}
    await Row.update(changed).where(Row.id == appeal_id)
    if verdict is Verdict.OVERTURNED and asked.facts.hidden:
        await record(viewer, asked.facts, Ruling(Action.RESTORE, Reason.MISTAKE, text.strip()))
    await audit(viewer.person, Role.MODERATOR.value, f"appeal {verdict.value}", f"appeal:{appeal_id}")
    about: dict[str, object] = {"number": asked.facts.number, "title": asked.facts.title}
    about |= {"won": verdict is Verdict.OVERTURNED, "text": text.strip()}
    await tell_about(asked.facts.author, "moderation", "appeal", "/penjagaan", **about)


def _why_not(asked: Appeal, viewer: Viewer) -> Refusal | None:
    return rules.why_not_answer(
        asked,
        moderates_there=viewer.has(Role.MODERATOR, asked.decision.kecamatan),
        moderates=viewer.has(Role.MODERATOR),
        person=viewer.person,
    )


async def _appeal(row: dict[str, Any]) -> Appeal:
    about = await decision(row["decision"])
    found = await facts(about.kind, about.subject)
    return Appeal(row["id"], about, found, row["text"], Verdict(row["state"]), row["answer"], row["at"])
