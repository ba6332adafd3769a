"""Reports by people: once per person and subject, acknowledged, closed by a decision."""

from uuid import UUID

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.permissions import Action as Permission
from rembuk.database import refuses, transaction
from rembuk.debate.store import roles_of
from rembuk.errors import Refused
from rembuk.moderation.rules import NOTE_LONGEST, REPORT_REASONS, Facts, Reason, Refusal, Subject
from rembuk.moderation.store.subjects import facts
from rembuk.moderation.tables import Flag
from rembuk.notices.store import tell_about
from rembuk.web.viewer import Viewer

refuses("flag_once", Refusal.REPORTED)


@transaction
async def report(kind: Subject, subject: UUID, viewer: Viewer, reason: str, note: str) -> Facts:
    """Report something visible, with a reason, once (N1); the reporter gets an acknowledgement."""
    found = await facts(kind, subject)
    if found.hidden or viewer.person is None:
        raise Refused(Refusal.UNKNOWN)
    if reason not in {value for value, _ in REPORT_REASONS}:
        raise Refused(Refusal.NO_REASON)
    if not await cycles.may(Permission.FLAG, found.cycle, roles_of(viewer)):
        raise Refused(Refusal.CLOSED)
    if await Flag.exists().where((Flag.subject == subject) & (Flag.reporter == viewer.person)):
        raise Refused(Refusal.REPORTED)
    row = Flag(
        subject_kind=kind.value,
        subject=subject,
        kecamatan=found.kecamatan,
        rw=found.rw,
        reporter=viewer.person,
        reason=Reason(reason).value,
        note=note[:NOTE_LONGEST],
        at=clock.now(),
    )
    await Flag.insert(row)
    await tell_about(viewer.person, "moderation", "report", "", number=found.number, title=found.title)
    return found


async def close_flags(subject: UUID, *, open_again: bool = False) -> list[UUID]:
    """Close (or open again) every report about a subject; who made them."""
    where = Flag.subject == subject
    rows = await Flag.select(Flag.reporter).where(where & Flag.open.eq(not open_again))
    await Flag.update({Flag.open: open_again}).where(where)
    return [row["reporter"] for row in rows]
