"""Questions about works and reports on them; each write is one transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board.store import audit
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.money import rupiah
from rembuk.proposals import store as proposals
from rembuk.works.rules import (
    Milestone,
    Note,
    Refusal,
    Work,
    WorkCard,
    WorkStatus,
    why_not_note,
    why_not_report,
)
from rembuk.works.tables import Milestone as MilestoneRow
from rembuk.works.tables import Work as WorkRow
from rembuk.works.tables import WorkNote

_CARD = (
    "SELECT w.id, p.number, p.title, p.issue, p.rw, c.year, w.status, w.budget, w.spent,"
    " (SELECT COUNT(*) FROM milestone m WHERE m.work = w.id) AS milestone_count,"
    " (SELECT COUNT(*) FROM milestone m WHERE m.work = w.id AND m.finished_on IS NOT NULL) AS done_count,"
    " w.carried_out_by, w.late_reason, w.updated_at"
    " FROM work w JOIN proposal p ON p.id = w.proposal JOIN cycle c ON c.id = w.cycle"
)


async def counts(kecamatan: str = "") -> dict[WorkStatus, int]:
    """How many works of a kecamatan (or of the city) are in each state, in one statement."""
    rows = await WorkRow.raw(
        "SELECT w.status, COUNT(*) AS count FROM work w JOIN proposal p ON p.id = w.proposal"
        " WHERE NOT p.hidden AND ({} = '' OR p.kecamatan = {}) GROUP BY w.status",
        kecamatan,
        kecamatan,
    )
    return {WorkStatus(row["status"]): row["count"] for row in rows}


async def cards(
    kecamatan: str = "", status: WorkStatus | None = None, limit: int = 24, start: int = 0
) -> tuple[WorkCard, ...]:
    """Works of a kecamatan (or of the city), the latest year first, in one statement."""
    rows = await WorkRow.raw(
        f"{_CARD} WHERE NOT p.hidden AND ({{}} = '' OR p.kecamatan = {{}}) AND ({{}} = '' OR w.status = {{}})"
        " ORDER BY c.year DESC, p.number LIMIT {} OFFSET {}",
        *(kecamatan, kecamatan, status or "", status or "", limit, start),
    )
    return tuple(_card(row) for row in rows)


async def lately(kecamatan: str, limit: int = 1) -> tuple[WorkCard, ...]:
    """Works of a kecamatan that are being done now, the last reported first."""
    rows = await WorkRow.raw(
        f"{_CARD} WHERE NOT p.hidden AND p.kecamatan = {{}} AND w.status IN ('building', 'late')"
        " ORDER BY w.updated_at DESC LIMIT {}",
        kecamatan,
        limit,
    )
    return tuple(_card(row) for row in rows)


async def work(number: int) -> Work:
    """The works of a proposal by its number, in three statements; Refused(UNKNOWN) when there are none."""
    rows = await WorkRow.raw(f"{_CARD} WHERE NOT p.hidden AND p.number = {{}}", number)
    if not rows:
        raise Refused(Refusal.UNKNOWN)
    row = rows[0]
    milestones = await MilestoneRow.select().where(MilestoneRow.work == row["id"]).order_by(MilestoneRow.nth)
    notes = await WorkNote.select().where(WorkNote.work == row["id"]).order_by(WorkNote.at, ascending=False).limit(50)
    return Work(
        card=_card(row),
        carried_out_by=row["carried_out_by"],
        late_reason=row["late_reason"],
        updated_at=row["updated_at"],
        milestones=tuple(_milestone(each) for each in milestones),
        notes=tuple(Note(each["matches"] == "yes", each["body"], each["at"]) for each in notes),
    )


def _card(row: dict[str, Any]) -> WorkCard:
    names = ("number", "title", "issue", "rw", "year", "budget", "spent", "done_count", "milestone_count")
    return WorkCard(id=UUID(str(row["id"])), status=WorkStatus(row["status"]), **{name: row[name] for name in names})


def _milestone(row: dict[str, Any]) -> Milestone:
    return Milestone(row["nth"], row["title"], row["planned_on"], row["finished_on"], row["note"])


@transaction
async def plan(number: int, budget: int, carried_out_by: str, milestones: Sequence[Milestone]) -> UUID:
    """Begin the works of a funded proposal with its budget in whole rupiah and its steps; the id of the works."""
    proposal = await proposals.by_number(number)
    row = WorkRow(
        id=uuid4(),
        cycle=proposal.cycle,
        proposal=proposal.id,
        status=WorkStatus.WAITING.value,
        budget=budget,
        carried_out_by=carried_out_by,
        updated_at=clock.now(),
    )
    await WorkRow.insert(row)
    rows = [
        MilestoneRow(
            work=row.id,
            nth=each.nth,
            title=each.title,
            planned_on=each.planned_on,
            finished_on=each.finished_on,
            note=each.note,
        )
        for each in milestones
    ]
    if rows:
        await MilestoneRow.insert(*rows)
    return UUID(str(row.id))


@transaction
async def report(number: int, status: WorkStatus, spent: int, actor: UUID, late_reason: str = "") -> None:
    """Note how far the works are and what is spent so far (whole rupiah); Refused when it cannot be so."""
    before = await work(number)
    if reason := why_not_report(status, spent, before.card.budget, late_reason):
        raise Refused(reason, spent=rupiah(spent), budget=rupiah(before.card.budget))
    await WorkRow.update(
        {
            WorkRow.status: status.value,
            WorkRow.spent: spent,
            WorkRow.late_reason: late_reason.strip(),
            WorkRow.updated_at: clock.now(),
        }
    ).where(WorkRow.id == before.card.id)
    told = {"status": status.value, "spent": spent}
    await audit(actor, "official", "report_work", f"pekerjaan {number}", late_reason, after=told)


@transaction
async def finish(number: int, nth: int, on: date, note: str = "") -> None:
    """Note that a step of the works was done, and when."""
    before = await work(number)
    await MilestoneRow.update({MilestoneRow.finished_on: on, MilestoneRow.note: note}).where(
        (MilestoneRow.work == before.card.id) & (MilestoneRow.nth == nth)
    )
    await WorkRow.update({WorkRow.updated_at: clock.now()}).where(WorkRow.id == before.card.id)


@transaction
async def look(number: int, person: UUID, matches: bool, body: str) -> None:
    """Keep what a resident saw: as promised, or not yet; Refused before the works have begun."""
    before = await work(number)
    if reason := why_not_note(before.card.status, body):
        raise Refused(reason)
    await WorkNote.insert(
        WorkNote(
            work=before.card.id,
            author=person,
            matches="yes" if matches else "not_yet",
            body=body.strip(),
            at=clock.now(),
        )
    )
