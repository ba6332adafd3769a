"""What other rooms ask of the board: promises, leaves, proofs, the audit chain, acts signed by two."""

from rembuk.board.store.acts import act, propose_act, second_act, use_act, waiting_acts, withdraw_act
from rembuk.board.store.audit import audit, audit_head, audit_rows, broken_link
from rembuk.board.store.key import key_path, origin, prepare, promised, signer
from rembuk.board.store.log import append, append_audit_head, drain, promise, queue, sequence
from rembuk.board.store.proofs import (
    broken_leaf,
    checkpoints,
    consistency_proof,
    cosign,
    inclusion_proof,
    leaves,
    leaves_of,
    lookup,
    register_witness,
    size,
    witnesses,
)

__all__ = [
    "act",
    "append",
    "append_audit_head",
    "audit",
    "audit_head",
    "audit_rows",
    "broken_leaf",
    "broken_link",
    "checkpoints",
    "consistency_proof",
    "cosign",
    "drain",
    "inclusion_proof",
    "key_path",
    "leaves",
    "leaves_of",
    "lookup",
    "origin",
    "prepare",
    "promise",
    "promised",
    "propose_act",
    "queue",
    "register_witness",
    "second_act",
    "sequence",
    "signer",
    "size",
    "use_act",
    "waiting_acts",
    "withdraw_act",
    "witnesses",
]
