"""Deeds that need two persons: proposed by one, signed by another, used once for exactly what was signed."""

from typing import Any
from uuid import UUID

from rembuk.board import rules
from rembuk.board.rules import ActRecord, ActState, Json, Refusal
from rembuk.board.store.audit import audit
from rembuk.board.tables import Act
from rembuk.clock import now
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused


@transaction
async def propose_act(action: str, payload: Json, person: UUID) -> ActRecord:
    """Lay a deed before a second person; the payload says exactly what would be done."""
    row = Act(
        action=action,
        payload=rules.canonical(payload).decode(),
        payload_sha256=rules.digest(payload),
        first=person,
        state=ActState.PROPOSED.value,
        proposed_at=now(),
    )
    await Act.insert(row)
    await audit(person, "first", f"act.propose.{action}", str(row.id), after=payload)
    return await act(row.id)


@transaction
async def second_act(id: UUID, person: UUID) -> ActRecord:
    """Sign another person's deed; raises Refused for the same person or a deed no longer waiting."""
    record = await _locked(id)
    if reason := rules.why_not_second(record, person):
        raise Refused(reason)
    await Act.update({Act.second: person, Act.state: ActState.SIGNED.value}).where(Act.id == id)
    await audit(person, "second", f"act.sign.{record.action}", str(id), after=record.payload_sha256)
    return await act(id)


@transaction
async def use_act(id: UUID, action: str, payload: Json) -> ActRecord:
    """Spend a signed act on the deed it names; raises Refused unless two signed this very payload, once."""
    record = await _locked(id)
    if reason := rules.why_not_use(record, action, rules.digest(payload)):
        raise Refused(reason)
    await Act.update({Act.state: ActState.USED.value}).where(Act.id == id)
    return await act(id)


@transaction
async def withdraw_act(id: UUID, person: UUID) -> ActRecord:
    """Take a deed back before it was used; either of the two may."""
    record = await _locked(id)
    if record.state not in (ActState.PROPOSED, ActState.SIGNED):
        raise Refused(Refusal.ALREADY_SIGNED)
    await Act.update({Act.state: ActState.WITHDRAWN.value}).where(Act.id == id)
    await audit(person, "second", f"act.withdraw.{record.action}", str(id))
    return await act(id)


async def act(id: UUID) -> ActRecord:
    """The act with this id; raises Refused(NO_SUCH_ACT)."""
    return _record(await Act.select().where(Act.id == id).first())


async def waiting_acts(action: str | None = None, state: ActState = ActState.PROPOSED) -> list[ActRecord]:
    """Acts that wait for their second person (or, SIGNED, for use), oldest first; of one action when given."""
    query = Act.select().where(Act.state == state.value).order_by(Act.proposed_at)
    rows = await (query.where(Act.action == action) if action else query)
    return [_record(row) for row in rows]


async def _locked(id: UUID) -> ActRecord:
    return _record(await lock_row(Act.select().where(Act.id == id).first()))


def _record(row: dict[str, Any] | None) -> ActRecord:
    if row is None:
        raise Refused(Refusal.NO_SUCH_ACT)
    return ActRecord(
        id=row["id"],
        action=row["action"],
        payload=row["payload"],
        payload_sha256=row["payload_sha256"],
        first=row["first"],
        second=row["second"],
        state=ActState(row["state"]),
        proposed_at=row["proposed_at"],
    )
