"""Writing a proposal step by step, sending it, and changing it while its phase is open."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.tables import Cycle
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.proposals.rules import (
    PHOTOS_MOST,
    CostLine,
    Detail,
    Place,
    Plan,
    Refusal,
    State,
    missing_step,
    why_not_edit,
)
from rembuk.proposals.store.reading import by_id
from rembuk.proposals.store.rows import Columns
from rembuk.proposals.tables import CostLine as CostLineRow
from rembuk.proposals.tables import Proposal, ProposalEvent, ProposalPhoto
from rembuk.proposals.words import search_text


@transaction
async def start(cycle: UUID, proposer: UUID, rw: str | None, helper: UUID | None = None) -> UUID:
    """A new empty draft, placed in the proposer's RW; Refused(PHASE_CLOSED) outside the proposal phase."""
    if not await cycles.is_open(cycle, PhaseKind.PROPOSALS):
        raise Refused(Refusal.PHASE_CLOSED)
    place = Place(rw or "")
    row = Proposal(
        id=uuid4(),
        cycle=cycle,
        proposer=proposer,
        helper=helper,
        state=State.DRAFT.value,
        rw=place.rw,
        kelurahan=place.kelurahan,
        kecamatan=place.kecamatan,
        created_at=clock.now(),
    )
    await Proposal.insert(row)
    return UUID(str(row.id))


async def editable(proposal: UUID, editor: UUID) -> Detail:
    """The proposal if this person may change it now; otherwise Refused with the reason (A4)."""
    found = await by_id(proposal)
    is_open = await cycles.is_open(found.cycle, PhaseKind.PROPOSALS)
    if reason := why_not_edit(found, editor, is_open):
        raise Refused(reason)
    return found


async def own_draft(proposal: UUID, person: UUID) -> Detail:
    """A proposal for its own author to read, in any phase; Refused(UNKNOWN) for everybody else."""
    found = await by_id(proposal)
    if person not in (found.proposer, found.helper):
        raise Refused(Refusal.UNKNOWN)
    return found


async def _change(before: Detail, editor: UUID, what: str, columns: Columns) -> None:
    """Write columns; on a sent proposal also refresh search, raise the version and note the edit."""
    if before.state is not State.DRAFT:
        texts = {name: columns.get(name, getattr(before, name)) for name in ("title", "problem", "proposed")}
        landmark = columns.get("landmark", before.place.landmark)
        columns = columns | {
            "search_text": search_text(before.number, *texts.values(), landmark),
            "version": before.version + 1,
        }
        await note(before.id, "edited", editor, "proposer", what)
    await Proposal.update(columns).where(Proposal.id == before.id)


async def note(proposal: UUID, kind: str, actor: UUID | None, role: str, reason: str = "") -> None:
    """Add one step to the way of a proposal."""
    await ProposalEvent.insert(
        ProposalEvent(proposal=proposal, kind=kind, actor=actor, actor_role=role, reason=reason, at=clock.now())
    )


@transaction
async def save_problem(proposal: UUID, editor: UUID, issue: str, title: str, problem: str) -> None:
    """Keep step 1."""
    before = await editable(proposal, editor)
    columns: Columns = {"issue": issue, "title": title.strip(), "problem": problem.strip()}
    await _change(before, editor, "Judul dan uraian", columns)


@transaction
async def save_place(proposal: UUID, editor: UUID, place: Place) -> None:
    """Keep step 2."""
    before = await editable(proposal, editor)
    columns: Columns = {
        "rw": place.rw,
        "kelurahan": place.kelurahan,
        "kecamatan": place.kecamatan,
        "landmark": place.landmark.strip(),
        "latitude_e6": place.latitude_e6,
        "longitude_e6": place.longitude_e6,
    }
    await _change(before, editor, "Tempat", columns)


@transaction
async def add_photo(proposal: UUID, editor: UUID, file: UUID, alt: str) -> None:
    """Hang a kept photo on a proposal; Refused(PHOTOS_FULL) at the sixth."""
    before = await editable(proposal, editor)
    if len(before.photos) >= PHOTOS_MOST:
        raise Refused(Refusal.PHOTOS_FULL)
    nth = max((photo.nth for photo in before.photos), default=0) + 1
    await ProposalPhoto.insert(ProposalPhoto(proposal=proposal, file=file, nth=nth, alt=alt.strip()))
    await _change(before, editor, "Foto", {"version": before.version})


@transaction
async def drop_photo(proposal: UUID, editor: UUID, nth: int) -> None:
    """Take one photo off a proposal; a number that hangs nowhere changes nothing."""
    before = await editable(proposal, editor)
    where = (ProposalPhoto.proposal == proposal) & (ProposalPhoto.nth == nth)
    await ProposalPhoto.delete().where(where)
    await _change(before, editor, "Foto", {"version": before.version})


@transaction
async def save_plan(proposal: UUID, editor: UUID, plan: Plan) -> None:
    """Keep step 4: the lines and their sum, or one rough sum when there are no lines."""
    before = await editable(proposal, editor)
    await write_lines(proposal, "proposed", plan.lines)
    columns: Columns = {
        "proposed": plan.proposed.strip(),
        "beneficiaries": plan.beneficiaries.strip(),
        "cost": plan.cost,
    }
    await _change(before, editor, "Rencana dan biaya", columns)


async def write_lines(proposal: UUID, kind: str, lines: Sequence[CostLine]) -> None:
    """Put these lines in place of all earlier ones of the kind ("proposed" or "reviewed")."""
    where = (CostLineRow.proposal == proposal) & (CostLineRow.kind == kind)
    await CostLineRow.delete().where(where)
    rows = [
        CostLineRow(
            proposal=proposal,
            kind=kind,
            nth=nth,
            name=line.name,
            unit=line.unit,
            volume_milli=line.volume_milli,
            unit_price=line.unit_price,
            amount=line.amount,
            catalogue_key=line.catalogue_key,
            reason=line.reason,
        )
        for nth, line in enumerate(lines, start=1)
    ]
    if rows:
        await CostLineRow.insert(*rows)


@transaction
async def drop_draft(proposal: UUID, editor: UUID) -> None:
    """Throw a draft away with all that hangs on it; Refused(ALREADY_SENT) for a sent one."""
    before = await own_draft(proposal, editor)
    if before.state is not State.DRAFT:
        raise Refused(Refusal.ALREADY_SENT, number=before.number)
    await CostLineRow.delete().where(CostLineRow.proposal == proposal)
    await ProposalPhoto.delete().where(ProposalPhoto.proposal == proposal)
    await Proposal.delete().where(Proposal.id == proposal)


# Read committed: whoever waits for the cycle's row reads the number the one before has taken.
@transaction(isolation="read committed")
async def send(proposal: UUID, editor: UUID, reason: str = "") -> int:
    """Send a draft: it gets the next number, once and without a gap; or Refused with what is missing."""
    before = await own_draft(proposal, editor)
    await lock_row(Cycle.select(Cycle.id))
    before = await own_draft(proposal, editor)
    if before.state is not State.DRAFT:
        raise Refused(Refusal.ALREADY_SENT, number=before.number)
    await editable(proposal, editor)
    if step := missing_step(before, await places.find(before.place.rw) is not None):
        raise Refused(Refusal.INCOMPLETE, step=step)
    number = await _next_number()
    columns: Columns = {
        "state": State.SENT.value,
        "number": number,
        "sent_at": clock.now(),
        "search_text": search_text(number, before.title, before.problem, before.proposed, before.place.landmark),
    }
    await Proposal.update(columns).where(Proposal.id == proposal)
    role = "facilitator" if before.helper else "resident"
    await note(proposal, "sent", editor, role, reason)
    return number


async def _next_number() -> int:
    row = (
        await Proposal.select(Proposal.number)
        .where(Proposal.number.is_not_null())
        .order_by(Proposal.number, ascending=False)
        .first()
    )
    return int(row["number"]) + 1 if row else 1
