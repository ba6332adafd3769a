"""The audit chain: every act of an official, noted in its own transaction and chained by the sequencer."""

from typing import Any
from uuid import UUID

from rembuk.board import rules
from rembuk.board.rules import AuditRow, Json
from rembuk.board.tables import Audit, AuditQueue
from rembuk.clock import now
from rembuk.database import transaction

CHUNK = 500
GENESIS = "0" * 64


@transaction
async def audit(
    actor: UUID | str | None,
    role: str,
    action: str,
    object: str,
    reason: str = "",
    *,
    before: Json = None,
    after: Json = None,
) -> None:
    """Note who did what to which thing and why, with digests of it before and after."""
    row = AuditQueue(
        at=now(),
        actor=str(actor or "system"),
        role=role,
        action=action,
        object=object,
        reason=reason,
        before_sha256="" if before is None else rules.digest(before),
        after_sha256="" if after is None else rules.digest(after),
    )
    await AuditQueue.insert(row)


async def chain() -> None:
    """Move queued audit rows into the chain, oldest first."""
    queued = await AuditQueue.select().order_by(AuditQueue.at).order_by(AuditQueue.id)
    index, prev = await audit_head()
    links = []
    for row in queued:
        line = audit_row({**row, "idx": index, "prev_sha256": prev})
        links.append(_link(line))
        index, prev = index + 1, line.sha256
    for start in range(0, len(links), CHUNK):
        await Audit.insert(*links[start : start + CHUNK])
        ids = [row["id"] for row in queued[start : start + CHUNK]]
        await AuditQueue.delete().where(AuditQueue.id.is_in(ids))


async def audit_head() -> tuple[int, str]:
    """How many lines the chain has, and the hash of the last (64 zeros while it is empty)."""
    last = await Audit.select(Audit.idx, Audit.sha256).order_by(Audit.idx, ascending=False).first()
    return (0, GENESIS) if last is None else (last["idx"] + 1, last["sha256"])


def audit_row(row: dict[str, Any]) -> AuditRow:
    """A row of the audit table as the line that is hashed."""
    return AuditRow(
        index=row["idx"],
        at=row["at"],
        actor=row["actor"],
        role=row["role"],
        action=row["action"],
        object=row["object"],
        reason=row["reason"],
        before_sha256=row["before_sha256"],
        after_sha256=row["after_sha256"],
        prev_sha256=row["prev_sha256"],
    )


def _link(line: AuditRow) -> Audit:
    return Audit(
        idx=line.index,
        at=line.at,
        actor=line.actor,
        role=line.role,
        action=line.action,
        object=line.object,
        reason=line.reason,
        before_sha256=line.before_sha256,
        after_sha256=line.after_sha256,
        prev_sha256=line.prev_sha256,
        sha256=line.sha256,
    )


async def audit_rows(start: int = 0, count: int = 100) -> list[AuditRow]:
    """Lines of the chain from this number on."""
    rows = await Audit.select().where(Audit.idx >= start).order_by(Audit.idx).limit(count)
    return [audit_row(row) for row in rows]


async def broken_link() -> int | None:
    """The number of the first line that does not follow from the one before, or None: invariant I12."""
    index, prev = 0, GENESIS
    while batch := await Audit.select().where(Audit.idx >= index).order_by(Audit.idx).limit(5_000):
        for row in batch:
            line = audit_row(row)
            if (line.index, line.prev_sha256, row["sha256"]) != (index, prev, line.sha256):
                return index
            index, prev = index + 1, line.sha256
    return None
