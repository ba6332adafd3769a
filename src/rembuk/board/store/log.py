"""The log itself: leaves promised in a voter's transaction, and the one sequencer that posts them."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from rembuk.board import notes, rules
from rembuk.board.merkle import Frontier
from rembuk.board.rules import Json, Kind, Leaf, PostedLeaf, Promise
from rembuk.board.store.audit import audit_head, chain
from rembuk.board.store.key import origin, promised, signer
from rembuk.board.tables import BoardLeaf, BoardLease, Checkpoint, LeafQueue
from rembuk.clock import now
from rembuk.database import transaction

LEASE = timedelta(seconds=30)
CHUNK = 500
_PEN = "board"
_dice = secrets.SystemRandom()


@transaction
async def promise(leaf: Leaf) -> Promise:
    """Queue the leaf inside the caller's transaction and give the signed promise to show it within 60 s."""
    await LeafQueue.insert(LeafQueue(leaf_sha256=leaf.sha256, kind=leaf.kind.value, body=leaf.data.decode()))
    return promised(leaf.sha256)


@transaction
async def drain() -> int:
    """Chain the queued audit rows, post every queued leaf in random order, sign; how many were posted."""
    await _take_the_pen()
    await chain()
    queued = await LeafQueue.select(LeafQueue.id, LeafQueue.kind, LeafQueue.body)
    _dice.shuffle(queued)
    await _post([Leaf(Kind(row["kind"]), row["body"].encode()) for row in queued])
    for start in range(0, len(queued), CHUNK):
        ids = [row["id"] for row in queued[start : start + CHUNK]]
        await LeafQueue.delete().where(LeafQueue.id.is_in(ids))
    return len(queued)


@transaction
async def append(kind: Kind, body: dict[str, Json]) -> PostedLeaf:
    """Post everything queued, then this named leaf, then sign; where the leaf stands."""
    await drain()
    leaf = rules.leaf(kind, body)
    index = await _post([leaf])
    return PostedLeaf(index, leaf.kind, leaf.data.decode(), leaf.sha256)


@transaction
async def append_audit_head() -> PostedLeaf:
    """Post the length and the head of the audit chain, so that nobody can rewrite it later."""
    await drain()
    count, head = await audit_head()
    return await append(Kind.AUDIT_HEAD, {"count": count, "sha256": head})


@transaction
async def hold_lease(holder: str) -> bool:
    """Whether this process is the sequencer for the next 30 s; the first to ask keeps it while it asks."""
    moment = now()
    free = (BoardLease.holder == holder) | (BoardLease.until < moment)
    taken = (
        await BoardLease.update({BoardLease.holder: holder, BoardLease.until: moment + LEASE})
        .where((BoardLease.name == "sequencer") & free)
        .returning(BoardLease.id)
    )
    if taken or await BoardLease.exists().where(BoardLease.name == "sequencer"):
        return bool(taken)
    await BoardLease.insert(BoardLease(name="sequencer", holder=holder, until=moment + LEASE))
    return True


async def _take_the_pen() -> None:
    """Touch one row first: two writers then meet here, wait or retry, and never number the same leaf."""
    held = (
        await BoardLease.update({BoardLease.until: now()})
        .where(BoardLease.name == _PEN)
        .returning(BoardLease.id)
    )
    if not held:
        await BoardLease.insert(BoardLease(name=_PEN, holder="", until=now()))


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
    last = (
        await Checkpoint.select(Checkpoint.size, Checkpoint.peaks)
        .order_by(Checkpoint.size, ascending=False)
        .first()
    )
    return (
        Frontier(last["size"], tuple(bytes.fromhex(each) for each in last["peaks"].split()))
        if last
        else Frontier()
    )


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
