"""Questions to the board: leaves, checkpoints, a receipt's place, and proofs anybody can check."""

import json
from typing import Any
from weakref import WeakKeyDictionary

from piccolo.engine.base import Engine

from rembuk.board import notes, rules
from rembuk.board.merkle import Tree
from rembuk.board.rules import (
    ConsistencyProof,
    InclusionProof,
    Kind,
    Place,
    PostedLeaf,
    Refusal,
    SignedCheckpoint,
)
from rembuk.board.store.key import signer
from rembuk.board.tables import BoardLeaf, Checkpoint, Cosignature, LeafQueue
from rembuk.database import engine
from rembuk.errors import Refused

_READ_AT_ONCE = 5_000
_trees: WeakKeyDictionary[Engine[Any], Tree] = WeakKeyDictionary()


async def size() -> int:
    """How many leaves the last checkpoint covers."""
    last = await Checkpoint.select(Checkpoint.size).order_by(Checkpoint.size, ascending=False).first()
    return last["size"] if last else 0


async def leaves(start: int = 0, count: int = 100) -> list[PostedLeaf]:
    """Leaves of the log from this number on."""
    query = BoardLeaf.select(BoardLeaf.idx, BoardLeaf.kind, BoardLeaf.body, BoardLeaf.leaf_sha256)
    rows = await query.where(BoardLeaf.idx >= start).order_by(BoardLeaf.idx).limit(count)
    return [PostedLeaf(row["idx"], Kind(row["kind"]), row["body"], row["leaf_sha256"]) for row in rows]


async def leaves_of(kind: Kind) -> list[PostedLeaf]:
    """Every leaf of a kind, oldest first (not meant for envelopes)."""
    query = BoardLeaf.select(BoardLeaf.idx, BoardLeaf.kind, BoardLeaf.body, BoardLeaf.leaf_sha256)
    rows = await query.where(BoardLeaf.kind == kind.value).order_by(BoardLeaf.idx)
    return [PostedLeaf(row["idx"], kind, row["body"], row["leaf_sha256"]) for row in rows]


async def checkpoints(count: int | None = 20) -> list[SignedCheckpoint]:
    """The newest checkpoints first, with their witnesses' lines; all of them when count is None."""
    query = Checkpoint.select(Checkpoint.size, Checkpoint.root, Checkpoint.note, Checkpoint.at)
    query = query.order_by(Checkpoint.size, ascending=False)
    rows = await (query if count is None else query.limit(count))
    if not rows:
        return []
    lines: dict[int, list[tuple[str, str]]] = {}
    seen = await Cosignature.select().where(Cosignature.size >= rows[-1]["size"]).order_by(Cosignature.witness)
    for each in seen:
        lines.setdefault(each["size"], []).append((each["witness"], each["line"]))
    return [
        SignedCheckpoint(
            row["size"],
            row["root"],
            notes.with_cosignatures(row["note"], [line for _, line in lines.get(row["size"], [])]),
            row["at"],
            tuple(name for name, _ in lines.get(row["size"], [])),
        )
        for row in rows
    ]


async def lookup(typed: str) -> Place | None:
    """Where the leaf of this receipt code stands, or None; raises Refused when it is no receipt code."""
    code = rules.parsed_receipt(typed)
    row = await BoardLeaf.select(BoardLeaf.idx, BoardLeaf.leaf_sha256).where(BoardLeaf.receipt == code).first()
    if row is None:
        return await _queued(code)
    first = (
        await Checkpoint.select(Checkpoint.size).where(Checkpoint.size > row["idx"]).order_by(Checkpoint.size).first()
    )
    witnesses = await Cosignature.select(Cosignature.witness).where(Cosignature.size > row["idx"])
    covering = first["size"] if first else None
    return Place(row["leaf_sha256"], row["idx"], covering, len({each["witness"] for each in witnesses}))


async def _queued(code: str) -> Place | None:
    query = LeafQueue.select(LeafQueue.leaf_sha256)
    row = await query.where(LeafQueue.leaf_sha256.like(rules.hash_prefix(code) + "%")).first()
    return Place(row["leaf_sha256"]) if row else None


async def inclusion_proof(index: int, at_size: int | None = None) -> InclusionProof:
    """The proof that leaf `index` is in the tree of `at_size` leaves; raises Refused(OUTSIDE_BOARD)."""
    tree = await _tree()
    at_size = tree.size if at_size is None else at_size
    if not 0 <= index < at_size <= tree.size:
        raise Refused(Refusal.OUTSIDE_BOARD)
    posted = (await leaves(index, 1))[0]
    path = tuple(step.hex() for step in tree.inclusion(index, at_size))
    return InclusionProof(posted, at_size, tree.root(at_size).hex(), path)


async def consistency_proof(first: int, second: int | None = None) -> ConsistencyProof:
    """The proof that the first `first` leaves have not changed since; raises Refused(OUTSIDE_BOARD)."""
    tree = await _tree()
    second = tree.size if second is None else second
    if not 0 < first <= second <= tree.size:
        raise Refused(Refusal.OUTSIDE_BOARD)
    path = tuple(step.hex() for step in tree.consistency(first, second))
    return ConsistencyProof(first, second, tree.root(first).hex(), tree.root(second).hex(), path)


async def root_at(at_size: int) -> bytes:
    """The root over the first so many leaves of this database; raises Refused(OUTSIDE_BOARD)."""
    tree = await _tree()
    if not 0 < at_size <= tree.size:
        raise Refused(Refusal.OUTSIDE_BOARD)
    return tree.root(at_size)


async def _tree() -> Tree:
    """The tree of this database, kept in memory and brought up to the last checkpoint."""
    tree = _trees.setdefault(engine(), Tree())
    upto = await size()
    while tree.size < upto:
        query = BoardLeaf.select(BoardLeaf.idx, BoardLeaf.leaf_sha256).where(BoardLeaf.idx >= tree.size)
        for row in await query.order_by(BoardLeaf.idx).limit(min(_READ_AT_ONCE, upto - tree.size)):
            if row["idx"] == tree.size:  # another request may have read the same rows meanwhile
                tree.append(bytes.fromhex(row["leaf_sha256"]))
    return tree


async def broken_leaf() -> int | None:
    """The number of the first leaf or checkpoint that does not hold, or None: invariants I5 and I6."""
    signed = {each.size: each for each in await checkpoints(None)}
    tree = Tree()
    closed: set[str | None] = set()  # the board serves every election of a city: one closes while another is open
    for start in range(0, await size(), _READ_AT_ONCE):
        for posted in await leaves(start, _READ_AT_ONCE):
            leaf = rules.Leaf(posted.kind, posted.body.encode())
            election = json.loads(posted.body).get("election") if posted.kind in (Kind.ENVELOPE, Kind.CLOSE) else None
            late = election in closed and posted.kind is Kind.ENVELOPE
            if posted.index != tree.size or leaf.sha256 != posted.leaf_sha256 or late:
                return tree.size
            tree.append(bytes.fromhex(leaf.sha256))
            if posted.kind is Kind.CLOSE:
                closed.add(election)
            checkpoint = signed.pop(tree.size, None)
            if checkpoint and not _holds(checkpoint, tree):
                return posted.index
    return min(signed, default=None)


def _holds(checkpoint: SignedCheckpoint, tree: Tree) -> bool:
    try:
        said = notes.parse_checkpoint(notes.open_note(checkpoint.note, signer().verifier))
    except notes.BadNote:
        return False
    return (said.size, said.root) == (tree.size, tree.root())
