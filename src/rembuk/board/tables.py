"""Rows of the board: the queue, the leaves, their checkpoints and witnesses, the audit chain, acts of two."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class LeafQueue(Table, tablename="leaf_queue"):
    """A leaf promised to somebody and not yet on the board; the order of this table means nothing."""

    id = UUID(primary_key=True, default=UUID4())
    leaf_sha256 = Varchar(length=64, required=True)
    kind = Varchar(length=20, required=True)
    body = Text(required=True)
    leaf_queue_leaf = Unique([leaf_sha256], name="leaf_queue_leaf")


class BoardLeaf(Table, tablename="board_leaf"):
    """One leaf of the public log, numbered from 0 without a gap; never changed, never deleted."""

    id = UUID(primary_key=True, default=UUID4())
    idx = BigInt(required=True)
    kind = Varchar(length=20, required=True, index=True)
    body = Text(required=True)
    leaf_sha256 = Varchar(length=64, required=True)
    receipt = Varchar(length=20, required=True, index=True)
    board_leaf_idx = Unique([idx], name="board_leaf_idx")
    board_leaf_idx_natural = Check(idx >= 0, name="board_leaf_idx_natural")


class Checkpoint(Table, tablename="checkpoint"):
    """A signed root over the first `size` leaves, with the tree's right edge (`peaks`, in hex)."""

    id = UUID(primary_key=True, default=UUID4())
    size = BigInt(required=True)
    root = Varchar(length=64, required=True)
    peaks = Text()
    note = Text(required=True)
    at = Timestamptz(required=True, default=None)
    checkpoint_size = Unique([size], name="checkpoint_size")


class Witness(Table, tablename="witness"):
    """A university, press house or association that checks the board and cosigns; `key` is its note key."""

    id = UUID(primary_key=True, default=UUID4())
    name = Varchar(length=100, required=True)
    key = Varchar(length=200, required=True)
    witness_name = Unique([name], name="witness_name")


class Cosignature(Table, tablename="cosignature"):
    """One witness's signature line under one checkpoint."""

    id = UUID(primary_key=True, default=UUID4())
    size = BigInt(required=True)
    witness = Varchar(length=100, required=True)
    line = Text(required=True)
    cosignature_size_witness = Unique([size, witness], name="cosignature_size_witness")


class BoardPen(Table, tablename="board_pen"):
    """The one pen: whoever writes to the board touches this row first, so that two never number one leaf."""

    id = UUID(primary_key=True, default=UUID4())
    name = Varchar(length=20, required=True)
    touched_at = Timestamptz(required=True, default=None)
    board_pen_name = Unique([name], name="board_pen_name")


class AuditQueue(Table, tablename="audit_queue"):
    """An act that happened and is not yet chained."""

    id = UUID(primary_key=True, default=UUID4())
    at = Timestamptz(required=True, default=None)
    actor = Varchar(length=60, required=True)
    role = Varchar(length=30, required=True)
    action = Varchar(length=60, required=True)
    object = Varchar(length=200, required=True)
    reason = Text()
    before_sha256 = Varchar(length=64)
    after_sha256 = Varchar(length=64)


class Audit(Table, tablename="audit"):
    """One link of the audit chain, numbered from 0 without a gap; never changed, never deleted."""

    id = UUID(primary_key=True, default=UUID4())
    idx = BigInt(required=True)
    at = Timestamptz(required=True, default=None)
    actor = Varchar(length=60, required=True, index=True)
    role = Varchar(length=30, required=True)
    action = Varchar(length=60, required=True, index=True)
    object = Varchar(length=200, required=True, index=True)
    reason = Text()
    before_sha256 = Varchar(length=64)
    after_sha256 = Varchar(length=64)
    prev_sha256 = Varchar(length=64, required=True)
    sha256 = Varchar(length=64, required=True)
    audit_idx = Unique([idx], name="audit_idx")


class Act(Table, tablename="act"):
    """A deed that needs two persons: proposed by `first`, signed by `second`, used once."""

    id = UUID(primary_key=True, default=UUID4())
    action = Varchar(length=60, required=True, index=True)
    payload = Text(required=True)
    payload_sha256 = Varchar(length=64, required=True)
    first = UUID(required=True, default=None)
    second = UUID(null=True, default=None)
    state = Varchar(length=12, required=True)
    proposed_at = Timestamptz(required=True, default=None)
    act_two_persons = Check('"second" IS NULL OR "second" <> "first"', name="act_two_persons")
