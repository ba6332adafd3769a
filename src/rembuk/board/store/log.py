"""The log itself: leaves promised in a voter's transaction, and the one sequencer that posts them."""

import secrets
from collections.abc import Mapping, Sequence
from uuid import uuid4

from rembuk.board import notes, rules
from rembuk.board.merkle import Frontier
from rembuk.board.rules import Json, Kind, Leaf, PostedLeaf, Promise, Refusal
from rembuk.board.store.audit import audit_head, chain
from rembuk.board.store.key import insist_on_key, origin, promised, ready, signer
from rembuk.board.tables import BoardLeaf, BoardPen, Checkpoint, LeafQueue
from rembuk.clock import now
from rembuk.database import Fixed, refuses, transaction
from rembuk.jobs import every

CHUNK = 500
SEALS_THE_CHAIN = (Kind.OPEN, Kind.OPENED, Kind.RESULT)
"""Leaves that follow a head of the audit chain: what officials did until then cannot be told otherwise later."""
_PEN = "board"
_QUEUE = Fixed("INSERT INTO leaf_queue (id, leaf_sha256, kind, body) VALUES ({}, {}, {}, {})")
_dice = secrets.SystemRandom()

refuses("leaf_queue_leaf", Refusal.QUEUED)


@transaction(isolation="read committed")
async def promise(leaf: Leaf) -> Promise:
    """Queue the leaf inside the caller's transaction and give the signed promise to show it within 60 s."""
    await queue(leaf)
    return promised(leaf.sha256)


async def queue(leaf: Leaf) -> None:
    """Queue the leaf inside the caller's transaction; its promise is `promised(leaf.sha256)`."""
    await ready()
    await _QUEUE(uuid4(), leaf.sha256, leaf.kind.value, leaf.data.decode())


@transaction(isolation="read committed")
async def drain() -> int:
    """Chain the queued audit rows, post every queued leaf in random order, sign; how many were posted."""
    await ready()
    await _take_the_pen()
    await chain()
    queued = await LeafQueue.select(LeafQueue.id, LeafQueue.kind, LeafQueue.body)
    _dice.shuffle(queued)
    await _post([Leaf(Kind(row["kind"]), row["body"].encode()) for row in queued])
    for start in range(0, len(queued), CHUNK):
        ids = [row["id"] for row in queued[start : start + CHUNK]]
        await LeafQueue.delete().where(LeafQueue.id.is_in(ids))
    return len(queued)


@transaction(isolation="read committed")
async def append(kind: Kind, body: Mapping[str, Json]) -> PostedLeaf:
    """Post everything queued, then (before what seals it) the audit chain's head, then this leaf; where it stands."""
    await drain()
    leaf = rules.leaf(kind, body)
    head = await _head() if kind in SEALS_THE_CHAIN else []
    index = await _post([*head, leaf]) + len(head)
    return PostedLeaf(index, leaf.kind, leaf.data.decode(), leaf.sha256)


async def _head() -> list[Leaf]:
    """The leaf with the length and head of the audit chain; none while the chain is empty."""
    count, head = await audit_head()
    return [rules.leaf(Kind.AUDIT_HEAD, {"count": count, "sha256": head})] if count else []


@transaction(isolation="read committed")
async def append_audit_head() -> PostedLeaf:
    """Post the length and the head of the audit chain, so that nobody can rewrite it later; every night, too."""
    await drain()
    count, head = await audit_head()
    return await append(Kind.AUDIT_HEAD, {"count": count, "sha256": head})


@every(5, "board.sequence")
async def sequence() -> None:
    """Bring the board up to date; runs in one process at a time, within the ten seconds we promise."""
    await drain()


async def _take_the_pen() -> None:
    """Touch one row first: two writers then meet here and wait, and never number the same leaf."""
    touch = BoardPen.update({BoardPen.touched_at: now()}).where(BoardPen.name == _PEN).returning(BoardPen.id)
    if not await touch:
        pen = BoardPen(name=_PEN, touched_at=now())
        await BoardPen.insert(pen).on_conflict(target=BoardPen.name, action="DO NOTHING")
        await touch  # somebody else may have made the row meanwhile: hold it, too


async def _post(leaves: Sequence[Leaf]) -> int:
    """Write the leaves after the last checkpoint and sign the new one; the index of the first."""
    edge = await _edge()
    if not leaves:
        return edge.size
    hashes = [leaf.sha256 for leaf in leaves]
    rows = [
        BoardLeaf(
            idx=edge.size + nth,
            kind=leaf.kind.value,
            body=leaf.data.decode(),
            leaf_sha256=leaf_sha256,
            receipt=rules.receipt_of(leaf_sha256),
        )
        for nth, (leaf, leaf_sha256) in enumerate(zip(leaves, hashes, strict=True))
    ]
    for start in range(0, len(rows), CHUNK):
        await BoardLeaf.insert(*rows[start : start + CHUNK])
    await _sign(edge.appended(bytes.fromhex(each) for each in hashes))
    return edge.size


async def _edge() -> Frontier:
    """The tree's right edge as last signed; raises Refused(NO_KEY) when another key signed it."""
    query = Checkpoint.select(Checkpoint.size, Checkpoint.peaks, Checkpoint.note)
    last = await query.order_by(Checkpoint.size, ascending=False).first()
    if last is None:
        return Frontier()
    insist_on_key(last["note"])
    return Frontier(last["size"], tuple(bytes.fromhex(each) for each in last["peaks"].split()))


async def _sign(edge: Frontier) -> None:
    text = notes.Checkpoint(origin(), edge.size, edge.root).text
    row = Checkpoint(
        size=edge.size,
        root=edge.root.hex(),
        peaks=" ".join(peak.hex() for peak in edge.peaks),
        note=signer().sign(text),
        at=now(),
    )
    await Checkpoint.insert(row)
