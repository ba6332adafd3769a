"""Questions about works and reports on them; each write is one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board.rules import Json
from rembuk.board.store import audit
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.money import rupiah
from rembuk.proposals import store as proposals
from rembuk.web.viewer import covers
from rembuk.works.rules import (
    STATUS_WORDS,
    Expense,
    FundedProposal,
    Milestone,
    Moment,
    Note,
    OverdueWork,
    Picture,
    Refusal,
    Work,
    WorkCard,
    WorkStatus,
    why_not_note,
    why_not_report,
    why_not_spend,
)
from rembuk.works.tables import Expense as ExpenseRow
from rembuk.works.tables import Milestone as MilestoneRow
from rembuk.works.tables import Work as WorkRow
from rembuk.works.tables import WorkNote, WorkPhoto

Write = Callable[[UUID], Awaitable[object]]
"""Something a person writes about works, as it is done."""
FUNDED = "funded"
_CARD = (
    "SELECT w.id, p.number, p.title, p.issue, p.rw, c.year, w.status, w.budget, w.spent,"
    " (SELECT COUNT(*) FROM milestone m WHERE m.work = w.id) AS milestone_count,"
    " (SELECT COUNT(*) FROM milestone m WHERE m.work = w.id AND m.finished_on IS NOT NULL) AS done_count,"
    " w.carried_out_by, w.late_reason, w.updated_at, p.outcome"
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


async def cards_in(areas: Sequence[str]) -> tuple[WorkCard, ...]:
    """Every work of these areas, the latest year first."""
    rows = await WorkRow.raw(f"{_CARD} WHERE NOT p.hidden ORDER BY c.year DESC, p.number")
    return tuple(_card(row) for row in rows if any(covers(area, row["rw"]) for area in areas))


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
    """The works of a proposal by its number, in five statements; Refused(UNKNOWN) when there are none."""
    rows = await WorkRow.raw(f"{_CARD} WHERE NOT p.hidden AND p.number = {{}}", number)
    if not rows:
        raise Refused(Refusal.UNKNOWN)
    row = rows[0]
    milestones = await MilestoneRow.select().where(MilestoneRow.work == row["id"]).order_by(MilestoneRow.nth)
    notes = await WorkNote.select().where(WorkNote.work == row["id"]).order_by(WorkNote.at, ascending=False).limit(50)
    paid = await ExpenseRow.select().where(ExpenseRow.work == row["id"]).order_by(ExpenseRow.paid_on, ExpenseRow.at)
    pictures = await WorkPhoto.select().where(WorkPhoto.work == row["id"]).order_by(WorkPhoto.at)
    return Work(
        card=_card(row),
        carried_out_by=row["carried_out_by"],
        late_reason=row["late_reason"],
        updated_at=row["updated_at"],
        stopped=row["outcome"] != FUNDED,
        milestones=tuple(_milestone(each) for each in milestones),
        notes=tuple(Note(each["matches"] == "yes", each["body"], each["at"]) for each in notes),
        expenses=tuple(_expense(each) for each in paid),
        pictures=tuple(Picture(each["file"], Moment(each["moment"]), each["alt"]) for each in pictures),
    )


def _card(row: dict[str, Any]) -> WorkCard:
    names = ("number", "title", "issue", "rw", "year", "budget", "spent", "done_count", "milestone_count")
    return WorkCard(id=UUID(str(row["id"])), status=WorkStatus(row["status"]), **{name: row[name] for name in names})


def _milestone(row: dict[str, Any]) -> Milestone:
    return Milestone(row["nth"], row["title"], row["planned_on"], row["finished_on"], row["note"])


def _expense(row: dict[str, Any]) -> Expense:
    names = ("paid_on", "what", "gross", "tax", "payee", "receipt", "id", "void_reason")
    return Expense(**{name: row[name] for name in names})


async def overdue(areas: Sequence[str], today: date) -> tuple[OverdueWork, ...]:
    """Works in these areas whose next step should be done by now, the longest waiting first."""
    rows = await WorkRow.raw(
        "SELECT p.number, p.title, p.rw, w.carried_out_by, MIN(m.planned_on) AS planned_on"
        " FROM work w JOIN proposal p ON p.id = w.proposal JOIN milestone m ON m.work = w.id"
        " WHERE NOT p.hidden AND w.status <> 'finished' AND m.finished_on IS NULL AND m.planned_on < {}"
        " GROUP BY p.number, p.title, p.rw, w.carried_out_by ORDER BY MIN(m.planned_on), p.number",
        today,
    )
    mine = [row for row in rows if any(covers(area, row["rw"]) for area in areas)]
    return tuple(OverdueWork(**{**row, "planned_on": _as_date(row["planned_on"])}) for row in mine)


async def not_begun(areas: Sequence[str]) -> tuple[FundedProposal, ...]:
    """Funded proposals of these areas that have no works yet, by number; the cost is the reviewed one."""
    rows = await WorkRow.raw(
        "SELECT p.number, p.title, p.issue, p.rw, COALESCE(p.reviewed_cost, p.cost) AS budget FROM proposal p"
        " WHERE p.outcome = 'funded' AND NOT p.hidden AND NOT EXISTS (SELECT 1 FROM work w WHERE w.proposal = p.id)"
        " ORDER BY p.number"
    )
    return tuple(FundedProposal(**row) for row in rows if any(covers(area, row["rw"]) for area in areas))


def _as_date(value: "date | str") -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value  # SQLite forgets the type of MIN(…)


@transaction
async def plan(number: int, carried_out_by: str, milestones: Sequence[Milestone], actor: UUID) -> UUID:
    """Begin the works of a funded proposal at its reviewed cost, with who does them and their steps."""
    proposal = await proposals.by_number(number)
    if proposal.outcome != FUNDED:
        raise Refused(Refusal.NOT_FUNDED)
    if not milestones:
        raise Refused(Refusal.NO_STEPS)
    if await WorkRow.exists().where(WorkRow.proposal == proposal.id):
        raise Refused(Refusal.ALREADY_PLANNED)
    row = WorkRow(
        id=uuid4(),
        cycle=proposal.cycle,
        proposal=proposal.id,
        status=WorkStatus.WAITING.value,
        budget=proposal.cost if proposal.reviewed_cost is None else proposal.reviewed_cost,
        carried_out_by=carried_out_by,
        updated_at=clock.now(),
    )
    await WorkRow.insert(row)
    await MilestoneRow.insert(
        *(
            MilestoneRow(work=row.id, nth=nth, title=each.title, planned_on=each.planned_on)
            for nth, each in enumerate(milestones, 1)
        )
    )
    told: Json = {"by": carried_out_by, "steps": len(milestones)}
    await audit(actor, "official", "plan_work", f"pekerjaan {number}", after=told)
    return UUID(str(row.id))


@transaction
async def report(number: int, status: WorkStatus, actor: UUID, late_reason: str = "") -> None:
    """Note how far the works are; Refused when it cannot be so."""
    before = await _going_on(number)
    if reason := why_not_report(status, before.milestones, late_reason):
        raise Refused(reason)
    await WorkRow.update(
        {WorkRow.status: status.value, WorkRow.late_reason: late_reason.strip(), WorkRow.updated_at: clock.now()}
    ).where(WorkRow.id == before.card.id)
    await audit(actor, "official", "report_work", f"pekerjaan {number}", late_reason, after={"status": status.value})
    if status is not before.card.status:
        news = {"state": STATUS_WORDS[status], "why": late_reason.strip()}
        await proposals.announce(number, "works", f"/pelaksanaan/{number}", owners=True, **news)


@transaction
async def finish(number: int, nth: int, on: date, actor: UUID, note: str = "") -> None:
    """Note that a step of the works was done, and when."""
    before = await _going_on(number)
    if nth not in [step.nth for step in before.milestones]:
        raise Refused(Refusal.NO_SUCH_STEP)
    if on > clock.local(clock.now()).date():
        raise Refused(Refusal.IN_THE_FUTURE)
    await MilestoneRow.update({MilestoneRow.finished_on: on, MilestoneRow.note: note}).where(
        (MilestoneRow.work == before.card.id) & (MilestoneRow.nth == nth)
    )
    await WorkRow.update({WorkRow.updated_at: clock.now()}).where(WorkRow.id == before.card.id)
    told: Json = {"step": nth, "on": on.isoformat()}
    await audit(actor, "official", "finish_step", f"pekerjaan {number}", note, after=told)


@transaction
async def spend(number: int, line: Expense, actor: UUID) -> None:
    """Write one line into the account book; Refused(OVERSPENT) above what is left of the budget."""
    before = await _going_on(number)
    if reason := why_not_spend(line, before.left, clock.local(clock.now()).date()):
        raise Refused(reason, spent=rupiah(before.card.spent + line.gross), budget=rupiah(before.card.budget))
    row = ExpenseRow(
        work=before.card.id,
        paid_on=line.paid_on,
        what=line.what,
        payee=line.payee,
        gross=line.gross,
        tax=line.tax,
        receipt=line.receipt,
        author=actor,
        at=clock.now(),
    )
    await ExpenseRow.insert(row)
    await _paid(before, line.gross)
    told: Json = {"line": str(row.id), "gross": line.gross, "tax": line.tax}
    await audit(actor, "official", "spend", f"pekerjaan {number}", after=told)


@transaction
async def void(number: int, line: UUID, reason: str, actor: UUID) -> None:
    """Take a wrong line out of the sum; the line stays to be read, with the reason."""
    before = await _locked(number)
    wrong = next((each for each in before.expenses if each.id == line and not each.void_reason), None)
    if wrong is None:
        raise Refused(Refusal.NO_SUCH_LINE)
    if not reason.strip():
        raise Refused(Refusal.SAY_WHY_VOID)
    await ExpenseRow.update({ExpenseRow.void_reason: reason.strip()}).where(ExpenseRow.id == line)
    await _paid(before, -wrong.gross)
    await audit(actor, "official", "void_expense", f"pekerjaan {number}", reason, after={"line": str(line)})


async def _going_on(number: int) -> Work:
    """The works, locked; Refused(STOPPED) when their proposal lost its money after the result."""
    before = await _locked(number)
    if before.stopped:
        raise Refused(Refusal.STOPPED)
    return before


async def _locked(number: int) -> Work:
    """The works, after locking their row: two lines written at once must not pass the budget together."""
    proposal = await proposals.by_number(number)
    await lock_row(WorkRow.select(WorkRow.id).where(WorkRow.proposal == proposal.id))
    return await work(number)


async def _paid(before: Work, change: int) -> None:
    spent = before.card.spent + change
    await WorkRow.update({WorkRow.spent: spent, WorkRow.updated_at: clock.now()}).where(WorkRow.id == before.card.id)


@transaction
async def show(number: int, picture: Picture, actor: UUID) -> None:
    """Add a picture of the place that files/ keeps already."""
    before = await work(number)
    row = WorkPhoto(
        work=before.card.id, file=picture.file, moment=picture.moment.value, alt=picture.alt, at=clock.now()
    )
    await WorkPhoto.insert(row)
    told: Json = {"file": str(picture.file), "moment": picture.moment.value}
    await audit(actor, "official", "show_work", f"pekerjaan {number}", after=told)


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
