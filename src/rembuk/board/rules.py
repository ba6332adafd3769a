"""What a leaf is, how it is written and hashed, what a receipt code says, and what two persons must sign."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from rembuk.board.merkle import leaf_hash
from rembuk.errors import N_, Reason, Refused

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LENGTH = 20


class Kind(StrEnum):
    """The kinds of leaf the board knows (trust.md 4.4)."""

    CEREMONY = "ceremony"
    CONFIG = "config"
    ROLL_TOTALS = "roll_totals"
    ROLL_KEYS = "roll_keys"
    OPEN = "open"
    ENVELOPE = "envelope"
    PAPER_BATCH = "paper_batch"
    MODERATION = "moderation"
    AUDIT_HEAD = "audit_head"
    WITHDRAWAL = "withdrawal"
    TEST_OPENING = "test_opening"
    CLOSE = "close"
    OPENED = "opened"
    SEED = "seed"
    RESULT = "result"
    CERTIFICATION = "certification"
    REPLACEMENT = "replacement"
    PLEDGE = "pledge"
    RECOUNT = "recount"
    CONTACTS = "contacts"
    DESTROYED = "destroyed"
    WITNESS = "witness"


class ActState(StrEnum):
    """How far an act of two persons has come."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Refusal(Reason):
    """Why the board says no."""

    NO_KEY = (503, N_("Kunci papan bukti tidak ada atau sudah berganti. Hubungi pengelola sistem."))
    QUEUED = (409, N_("Catatan ini sudah diterima dan menunggu masuk papan bukti."))
    NOT_A_RECEIPT = (
        422,
        N_("Kode bukti berisi 20 huruf dan angka, misalnya 7QK4-M2XD-PWH9-3TRA-B6CE."),
    )
    NO_SUCH_ACT = (404, N_("Tindakan ini tidak ada."))
    SAME_PERSON = (409, N_("Tindakan ini harus disetujui orang lain. Anda sudah menandatanganinya."))
    ALREADY_SIGNED = (409, N_("Tindakan ini sudah ditandatangani atau dibatalkan."))
    NOT_SIGNED = (409, N_("Tindakan ini belum disetujui orang kedua."))
    OTHER_PAYLOAD = (409, N_("Isi tindakan ini berbeda dari yang disetujui dua orang. Ajukan lagi."))
    NO_SUCH_WITNESS = (404, N_("Saksi ini belum terdaftar."))
    BAD_COSIGNATURE = (422, N_("Tanda tangan saksi tidak cocok dengan papan bukti."))
    WITNESS_KNOWN = (409, N_("Saksi dengan nama ini sudah terdaftar."))
    WITNESS_WITHDRAWN = (409, N_("Kunci ini pernah dicabut. Lembaga harus membuat kunci baru."))
    NOT_A_WITNESS_KEY = (422, N_("Salin kunci saksi satu baris, persis seperti yang dicetak programnya."))
    NOT_COSIGNED = (
        409,
        N_("Hasil perlu tanda tangan {number} saksi papan bukti, baru ada {signed}. Minta saksi memeriksa papan."),
    )
    ROLLED_BACK = (409, N_("Basis data ini tidak memuat papan bukti yang sudah ditandatangani: {words}"))
    OUTSIDE_BOARD = (404, N_("Nomor itu di luar papan bukti."))


@dataclass(frozen=True)
class Leaf:
    """One leaf of the board: its kind and its canonical bytes, which hold no personal data."""

    kind: Kind
    data: bytes

    @property
    def sha256(self) -> str:
        """Its RFC 6962 leaf hash, 64 lower-case hex digits."""
        return leaf_hash(self.data).hex()

    @property
    def receipt(self) -> str:
        """Its receipt code without dashes."""
        return receipt_of(self.sha256)


@dataclass(frozen=True)
class Promise:
    """The server's signed word that a leaf will stand on the board within 60 seconds."""

    leaf_sha256: str
    note: str

    @property
    def receipt(self) -> str:
        """The receipt code as people read it: 7QK4-M2XD-PWH9-3TRA-B6CE."""
        return grouped(receipt_of(self.leaf_sha256))


@dataclass(frozen=True)
class Place:
    """Where a leaf stands: its index and the checkpoint that covers it; both None while it is queued."""

    leaf_sha256: str
    index: int | None = None
    size: int | None = None
    witnesses: int = 0

    @property
    def waiting(self) -> bool:
        """Whether the leaf is promised but not yet on the board."""
        return self.index is None


@dataclass(frozen=True)
class PostedLeaf:
    """A leaf as it stands on the board."""

    index: int
    kind: Kind
    body: str
    leaf_sha256: str


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint as published: number of leaves, root (hex), signed note, time, and its witnesses."""

    size: int
    root: str
    note: str
    at: datetime
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class InclusionProof:
    """The audit path of one leaf up to the root of the tree of `size` leaves; hashes in hex."""

    leaf: PostedLeaf
    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class ConsistencyProof:
    """The path that shows the tree of `first` leaves to be a prefix of that of `second`; hashes in hex."""

    first: int
    second: int
    old_root: str
    new_root: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class AuditRow:
    """One line of the audit chain; hashes are hex, `before` and `after` are digests of what changed."""

    index: int
    at: datetime
    actor: str
    role: str
    action: str
    object: str
    reason: str
    before_sha256: str
    after_sha256: str
    prev_sha256: str

    @property
    def sha256(self) -> str:
        """The hash the next line must carry."""
        return sha256(self.line).hexdigest()

    @property
    def line(self) -> bytes:
        """The canonical JSON that is hashed and published."""
        return canonical(
            {
                "idx": self.index,
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": self.actor,
                "role": self.role,
                "action": self.action,
                "object": self.object,
                "reason": self.reason,
                "before": self.before_sha256,
                "after": self.after_sha256,
                "prev": self.prev_sha256,
            }
        )


@dataclass(frozen=True)
class ActRecord:
    """What one person proposed and another signed."""

    id: UUID
    action: str
    payload: str
    payload_sha256: str
    first: UUID
    second: UUID | None
    state: ActState
    proposed_at: datetime


def canonical(value: Json) -> bytes:
    """Canonical JSON: sorted keys, no spaces, NFC, UTF-8; raises TypeError on a float."""
    return json.dumps(
        _plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"canonical JSON holds no {type(value).__name__}")


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return sha256(canonical(value)).hexdigest()


def leaf(kind: Kind, body: Mapping[str, Json]) -> Leaf:
    """The leaf of this kind with this body; the kind is written into it."""
    return Leaf(kind, canonical({**body, "kind": kind.value}))


def envelope_leaf(election: UUID, ciphertext: bytes) -> Leaf:
    """The leaf that stands for one sealed ballot: its election and the SHA-256 of its ciphertext, no more."""
    return leaf(Kind.ENVELOPE, {"election": str(election), "sha256": sha256(ciphertext).hexdigest()})


def receipt_of(leaf_sha256: str) -> str:
    """The first 20 Crockford base32 characters of a leaf hash given in hex."""
    bits = int(leaf_sha256[: RECEIPT_LENGTH * 5 // 4], 16)
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range((RECEIPT_LENGTH - 1) * 5, -1, -5))


def hash_prefix(receipt: str) -> str:
    """The first 25 hex digits of the leaf hash a 20-character receipt code stands for."""
    number = 0
    for letter in receipt:
        number = number << 5 | CROCKFORD.index(letter)
    return f"{number:025x}"


def grouped(code: str) -> str:
    """A code in groups of four, joined by dashes."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def plain_code(typed: str) -> str:
    """What a person typed as Crockford base32: upper case, no spaces or dashes, O as 0, I and L as 1."""
    kept = "".join(letter for letter in typed.upper() if not letter.isspace() and letter not in "-‐‑‒–—_.")
    return kept.translate(str.maketrans("OIL", "011"))


def parsed_receipt(typed: str) -> str:
    """The receipt code in what a person typed; raises Refused(NOT_A_RECEIPT)."""
    code = plain_code(typed)
    if len(code) != RECEIPT_LENGTH or not set(code) <= set(CROCKFORD):
        raise Refused(Refusal.NOT_A_RECEIPT)
    return code


def why_not_second(act: ActRecord, person: UUID) -> Refusal | None:
    """The reason this person may not be the second to sign, or None."""
    if act.state is not ActState.PROPOSED:
        return Refusal.ALREADY_SIGNED
    if act.first == person:
        return Refusal.SAME_PERSON
    return None


def why_not_use(act: ActRecord, action: str, payload_sha256: str) -> Refusal | None:
    """The reason a signed act does not cover this deed, or None; an act covers one deed, once."""
    if act.state is not ActState.SIGNED:
        return Refusal.NOT_SIGNED if act.state is ActState.PROPOSED else Refusal.ALREADY_SIGNED
    if (act.action, act.payload_sha256) != (action, payload_sha256):
        return Refusal.OTHER_PAYLOAD
    return None
