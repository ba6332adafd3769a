"""Vouching for people without papers: two persons, a cap, a paper whose hash stays, one in ten looked up again."""

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board import store as board
from rembuk.database import lock_row, refuses, transaction
from rembuk.errors import Refused
from rembuk.people.casework import (
    VOUCH_REASONS,
    Confirmer,
    Refusal,
    VouchFacts,
    drawn,
    sample_size,
    vouch_cap,
    why_not_confirm,
)
from rembuk.people.store.cases import new_entry, people_vote
from rembuk.people.store.roll import post_again
from rembuk.people.tables import RollEntry, Vouch
from rembuk.places.rules import covers

refuses("vouch_statement_once", Refusal.STATEMENT_USED)
_ANSWERS = ("met", "away", "unknown")


@transaction
async def offer_vouch(cycle: UUID, rw: str, voucher: UUID, reason: str, statement_sha256: str) -> UUID:
    """A facilitator speaks for somebody who lives in the RW; Refused past the cap, or for a statement used before."""
    await people_vote(cycle)
    if reason not in VOUCH_REASONS:
        raise Refused(Refusal.NO_VOUCH_REASON)
    if len(statement_sha256) != 64:
        raise Refused(Refusal.NO_STATEMENT)
    await _insist_cap(cycle, rw, voucher)
    row = Vouch(
        cycle=cycle,
        rw=rw,
        voucher=voucher,
        reason=reason,
        statement_sha256=statement_sha256,
        state="waiting",
        vouched_at=clock.now(),
    )
    await Vouch.insert(row)
    await board.audit(voucher, "facilitator", "offer vouch", f"vouch:{row.id}", reason)
    return UUID(str(row.id))


async def _insist_cap(cycle: UUID, rw: str, voucher: UUID, leave_out: int = 0) -> None:
    on_roll = await RollEntry.count().where(RollEntry.cycle == cycle, RollEntry.rw == rw, RollEntry.status == "active")
    theirs = (Vouch.cycle == cycle) & (Vouch.voucher == voucher) & (Vouch.state != "refused")
    cap = vouch_cap(on_roll)
    if await Vouch.count().where(theirs) - leave_out >= cap:
        raise Refused(Refusal.VOUCH_CAP, cap=cap)


@transaction
async def confirm_vouch(id: UUID, who: Confirmer) -> UUID:
    """The second person confirms, and the person comes on the roll; the line's id. Refused as why_not_confirm says."""
    row = await lock_row(Vouch.select().where(Vouch.id == id).first())
    vouch = _facts(row)
    await people_vote(vouch.cycle)
    if no := why_not_confirm(vouch, who):
        raise Refused(no)
    await _insist_cap(vouch.cycle, vouch.rw, vouch.voucher, leave_out=1)
    entry = new_entry(vouch.cycle, vouch.rw, "vouch", None)
    await RollEntry.insert(entry)
    settled: dict[Any, Any] = {Vouch.roll: entry.id, Vouch.confirmer: who.person, Vouch.state: "confirmed"}
    await Vouch.update(settled).where(Vouch.id == id)
    await board.audit(who.person, "second", "confirm vouch", f"vouch:{id}", vouch.reason)
    await post_again(vouch.cycle)
    return UUID(str(entry.id))


@transaction
async def refuse_vouch(id: UUID, by: UUID) -> None:
    """A second person does not confirm, or the voucher takes it back; nobody comes on the roll."""
    vouch = _facts(await lock_row(Vouch.select().where(Vouch.id == id).first()))
    if vouch.state != "waiting":
        raise Refused(Refusal.VOUCH_SETTLED)
    await Vouch.update({Vouch.state: "refused"}).where(Vouch.id == id)
    await board.audit(by, "second", "refuse vouch", f"vouch:{id}")


async def vouch(id: UUID) -> VouchFacts:
    """One vouching; Refused(NO_VOUCH)."""
    return _facts(await Vouch.select().where(Vouch.id == id).first())


async def vouches(cycle: UUID, scopes: Sequence[str] = ("",)) -> list[VouchFacts]:
    """The vouchings of a cycle in some areas, the newest first."""
    rows = await Vouch.select().where(Vouch.cycle == cycle).order_by(Vouch.vouched_at, ascending=False)
    return [_facts(row) for row in rows if any(covers(scope, row["rw"]) for scope in scopes)]


async def vouched_line(cycle: UUID, number: str) -> UUID | None:
    """The line of the roll behind the number on a vouching's paper ("J-" and 8 signs), or None."""
    rows = await Vouch.select(Vouch.id, Vouch.roll).where(Vouch.cycle == cycle, Vouch.state == "confirmed")
    return next((row["roll"] for row in rows if vouch_number(row["id"]) == number.strip().upper()), None)


def vouch_number(id: UUID) -> str:
    """The number written on the paper statement."""
    return f"J-{id.hex[:8].upper()}"


async def vouched_counts(cycle: UUID) -> dict[str, int]:
    """How many were vouched for in each RW."""
    rows = await Vouch.select(Vouch.rw).where(Vouch.cycle == cycle, Vouch.state == "confirmed")
    return dict(sorted(Counter(row["rw"] for row in rows).items()))


@transaction
async def draw_sample(cycle: UUID, by: UUID) -> int:
    """Draw one in ten of the vouched, by chance, to be looked up again; how many were drawn now."""
    query = Vouch.select(Vouch.id, Vouch.call_back).where(Vouch.cycle == cycle, Vouch.state == "confirmed")
    rows = await lock_row(query.order_by(Vouch.id))
    undrawn = [row["id"] for row in rows if not row["call_back"]]
    missing = sample_size(len(rows)) - (len(rows) - len(undrawn))
    if missing <= 0:
        raise Refused(Refusal.NO_SAMPLE)
    chosen = sorted(secrets.SystemRandom().sample(undrawn, missing))
    await Vouch.update({Vouch.call_back: "due"}).where(Vouch.id.is_in(chosen))
    await board.audit(
        by, "official", "draw call-backs", f"cycle:{cycle}", str(missing), after=[str(id) for id in chosen]
    )
    return missing


@transaction
async def record_call(id: UUID, answer: str, by: UUID) -> None:
    """What a third person found; somebody unknown is taken off the roll, unless people vote already (T4)."""
    found = _facts(await lock_row(Vouch.select().where(Vouch.id == id).first()))
    if found.call_back != "due" or answer not in _ANSWERS:
        raise Refused(Refusal.VOUCH_SETTLED)
    if by in (found.voucher, found.confirmer):
        raise Refused(Refusal.SAME_VOUCHER)
    await Vouch.update({Vouch.call_back: answer, Vouch.called_by: by}, force=True).where(Vouch.id == id)
    await board.audit(by, "official", "call back", f"vouch:{id}", answer)
    if answer == "unknown" and await _before_voting(found.cycle):
        await RollEntry.update({RollEntry.status: "removed"}).where(RollEntry.id == found.roll)
        await post_again(found.cycle)


async def _before_voting(cycle: UUID) -> bool:
    try:
        return not await people_vote(cycle)
    except Refused:
        return False


async def sample_recorded(cycle: UUID) -> bool:
    """Whether one in ten was drawn and every drawn one has its answer."""
    rows = await Vouch.select(Vouch.call_back).where(Vouch.cycle == cycle, Vouch.state == "confirmed")
    return drawn(sample_size(len(rows)), [row["call_back"] for row in rows if row["call_back"]])


def _facts(row: dict[str, Any] | None) -> VouchFacts:
    if row is None:
        raise Refused(Refusal.NO_VOUCH)
    return VouchFacts(**{name: row[name] for name in VouchFacts.__dataclass_fields__})
