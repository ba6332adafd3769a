"""Complaints kept: a number at once, one step at a time, the writer told of each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board.store import audit
from rembuk.complaints.rules import Complaint, Refusal, State, Words, due_on, why_not_act
from rembuk.complaints.tables import Complaint as Row
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.database import refuses, transaction
from rembuk.errors import N_, Reason, Refused
from rembuk.notices.store import tell
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import TITLE
from rembuk.proposals.rules import Refusal as ProposalRefusal


class Busy(Reason):
    """Two people were given the same number at the same moment."""

    AGAIN = (409, N_("Pengaduan belum tersimpan karena sedang ramai. Kirim sekali lagi."))


refuses("complaint_number_key", Busy.AGAIN)
ATTEMPTS = 5


async def send(author: UUID, words: Words) -> int:
    """Keep a complaint; its number. Somebody has three working days to pass it on."""
    for _ in range(ATTEMPTS):
        try:
            return await _send(author, words)
        except Refused as refused:
            if refused.reason is not Busy.AGAIN:
                raise
    raise Refused(Busy.AGAIN)


@transaction
async def _send(author: UUID, words: Words) -> int:
    now = clock.now()
    row = Row(
        id=uuid4(),
        number=await _next_number(),
        author=author,
        hide_name=words.hide_name,
        body=words.body.strip(),
        rw=words.rw,
        landmark=words.landmark.strip(),
        photo=words.photo,
        state=State.NEW.value,
        due_on=due_on(State.NEW, clock.local(now).date()),
        at=now,
    )
    await Row.insert(row)
    return int(row.number)


async def _next_number() -> int:
    row = await Row.select(Row.number).order_by(Row.number, ascending=False).first()
    return int(row["number"]) + 1 if row else 1


async def complaint(number: int) -> Complaint:
    """One complaint; Refused(UNKNOWN) when there is none."""
    row = await Row.select().where(Row.number == number).first()
    if row is None:
        raise Refused(Refusal.UNKNOWN)
    return _complaint(row)


async def own(author: UUID) -> tuple[Complaint, ...]:
    """A person's own complaints, the newest first."""
    rows = await Row.select().where(Row.author == author).order_by(Row.number, ascending=False).limit(100)
    return tuple(_complaint(row) for row in rows)


async def queue(areas: Sequence[str]) -> tuple[Complaint, ...]:
    """Complaints of these areas that wait for somebody, the most urgent first; "" is everywhere."""
    waiting = Row.state.is_in([State.NEW.value, State.FORWARDED.value])
    rows = await Row.select().where(waiting).order_by(Row.due_on).order_by(Row.number).limit(500)
    return tuple(
        _complaint(row)
        for row in rows
        if any(area in ("", row["rw"]) or row["rw"].startswith(f"{area}.") for area in areas)
    )


@transaction
async def forward(number: int, unit: str, actor: UUID, *, on_site: bool = False) -> None:
    """Pass a complaint on to a unit, with its own days to answer; Refused(NO_UNIT, DONE)."""
    before = await _open(number)
    if not unit:
        raise Refused(Refusal.NO_UNIT)
    due = due_on(State.FORWARDED, clock.local(clock.now()).date(), on_site)
    await Row.update({Row.unit: unit, Row.state: State.FORWARDED.value, Row.due_on: due}).where(Row.id == before.id)
    await audit(actor, "facilitator", "forward_complaint", f"pengaduan {number}", unit)
    await tell(
        before.author,
        "complaint",
        f"Pengaduan {number} diteruskan",
        f"{unit} menjawab paling lambat {due:%d-%m-%Y}.",
        f"/pengaduan/{number}",
    )


@transaction
async def answer(number: int, state: State, words: str, actor: UUID) -> None:
    """Answer a complaint, or close it with a reason; Refused(NO_REASON, DONE)."""
    before = await _open(number)
    if not words.strip():
        raise Refused(Refusal.NO_REASON)
    await Row.update({Row.state: state.value, Row.answer: words.strip(), Row.answered_at: clock.now()}).where(
        Row.id == before.id
    )
    await audit(actor, "facilitator", f"{state.value}_complaint", f"pengaduan {number}", words.strip())
    await tell(before.author, "complaint", f"Jawaban pengaduan {number}", words.strip(), f"/pengaduan/{number}")


@transaction
async def make_proposal(number: int, actor: UUID) -> UUID:
    """Turn a complaint into a draft of its writer, who must still agree, complete and send it; the draft's id."""
    before = await _open(number)
    cycle = await cycles.current_cycle(PhaseKind.PROPOSALS)
    if cycle is None:
        raise Refused(ProposalRefusal.PHASE_CLOSED)
    draft = await proposals.start(cycle.id, before.author, before.rw, actor)
    await proposals.save_problem(draft, actor, "", before.body[: TITLE[1]], before.body)
    if before.photo:
        await proposals.add_photo(draft, actor, before.photo, "")
    said = "Fasilitator menyiapkan draf usulan dari pengaduan ini. Periksa, lengkapi, lalu kirim kalau Anda setuju."
    await answer(number, State.CLOSED, said, actor)
    await tell(before.author, "complaint", "Draf usulan untuk Anda", said, f"/usulan/draf/{draft}/1")
    return draft


async def _open(number: int) -> Complaint:
    before = await complaint(number)
    if reason := why_not_act(before.state):
        raise Refused(reason)
    return before


def _complaint(row: dict[str, Any]) -> Complaint:
    return Complaint(**{**row, "state": State(row["state"])})
