"""The board for programs: /api/v1/board, enough to mirror it, to prove a leaf, and to cosign."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar.params import JSONBody, QueryParameter

from rembuk.board import store
from rembuk.board.notes import DASH
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import get, post
from rembuk.web.throttle import throttle

MOST = 1_000
COSIGNATURES_AN_HOUR = 120
Number = Annotated[int, QueryParameter(ge=0, le=2**53)]
Count = Annotated[int, QueryParameter(ge=1, le=MOST)]


class LeafOut(msgspec.Struct, frozen=True):
    """A leaf of the board: `body` is the canonical JSON that was hashed."""

    index: int
    kind: str
    body: str
    leaf_sha256: str


class CheckpointOut(msgspec.Struct, frozen=True):
    """A signed checkpoint (C2SP signed note) with the witnesses that cosigned it; hashes in hex."""

    size: int
    root: str
    note: str
    witnesses: list[str]


class InclusionOut(msgspec.Struct, frozen=True):
    """The audit path of one leaf (RFC 6962), hashes in hex."""

    leaf: LeafOut
    size: int
    root: str
    path: list[str]


class ConsistencyOut(msgspec.Struct, frozen=True):
    """The proof that an older board is a prefix of a newer one (RFC 6962), hashes in hex."""

    first: int
    second: int
    old_root: str
    new_root: str
    path: list[str]


class PlaceOut(msgspec.Struct, frozen=True):
    """Where a receipt stands: `found`, and its index once it is on the board (promised within 60 seconds)."""

    found: bool
    index: int | None = None
    leaf_sha256: str | None = None
    witnesses: int = 0


class KeysOut(msgspec.Struct, frozen=True):
    """The board's public key and its witnesses', as C2SP note keys."""

    origin: str
    board: str
    witnesses: list[str]


class CosignatureIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A witness's cosignature line (tlog-cosignature v1) for the checkpoint of this size."""

    size: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    line: Annotated[str, msgspec.Meta(min_length=20, max_length=300)]


@get("/api/v1/board/keys", guard=PUBLIC)
async def keys() -> KeysOut:
    """The keys everything on the board is signed with."""
    verifier = await store.prepare()
    return KeysOut(store.origin(), verifier.text, [each.text for each in await store.witnesses()])


@get("/api/v1/board/leaves", guard=PUBLIC)
async def leaves(start: Number = 0, count: Count = 100) -> list[LeafOut]:
    """Leaves in order of their number, at most 1,000 at once."""
    return [_leaf(each.index, each.kind, each.body, each.leaf_sha256) for each in await store.leaves(start, count)]


@get("/api/v1/board/checkpoints", guard=PUBLIC)
async def checkpoints(count: Count = 20) -> list[CheckpointOut]:
    """The newest signed checkpoints, newest first."""
    found = await store.checkpoints(count)
    return [CheckpointOut(each.size, each.root, each.note, list(each.witnesses)) for each in found]


@get("/api/v1/board/inclusion", guard=PUBLIC)
async def inclusion(index: Number, size: Number | None = None) -> InclusionOut:
    """The proof that a leaf is in the board of this size (the last one when not given)."""
    proof = await store.inclusion_proof(index, size)
    leaf = proof.leaf
    out = _leaf(leaf.index, leaf.kind, leaf.body, leaf.leaf_sha256)
    return InclusionOut(out, proof.size, proof.root, list(proof.path))


@get("/api/v1/board/consistency", guard=PUBLIC)
async def consistency(first: Number, second: Number | None = None) -> ConsistencyOut:
    """The proof that nothing among the first leaves has changed since."""
    proof = await store.consistency_proof(first, second)
    return ConsistencyOut(proof.first, proof.second, proof.old_root, proof.new_root, list(proof.path))


@get("/api/v1/board/receipts/{code:str}", guard=PUBLIC)
async def receipt(code: str) -> PlaceOut:
    """Where the leaf of a receipt code stands."""
    place = await store.lookup(code)
    if place is None:
        return PlaceOut(found=False)
    return PlaceOut(True, place.index, place.leaf_sha256, place.witnesses)


@post("/api/v1/board/cosignatures", guard=PUBLIC, signed=True)
async def cosign(data: JSONBody[CosignatureIn]) -> CheckpointOut:
    """Keep a registered witness's cosignature; its own signature is what lets it in, 120 an hour for each."""
    line = data.line if data.line.startswith(DASH) else f"{DASH}{data.line}"
    # only what the witness itself signed counts against it: nobody else can use its turns up
    await throttle("cosign", await store.signer_of(data.size, line), COSIGNATURES_AN_HOUR, timedelta(hours=1))
    await store.cosign(data.size, line)
    found = await store.checkpoints(None)
    chosen = next(each for each in found if each.size == data.size)
    return CheckpointOut(chosen.size, chosen.root, chosen.note, list(chosen.witnesses))


def _leaf(index: int, kind: str, body: str, leaf_sha256: str) -> LeafOut:
    return LeafOut(index, str(kind), body, leaf_sha256)


HANDLERS = [keys, leaves, checkpoints, inclusion, consistency, receipt, cosign]
