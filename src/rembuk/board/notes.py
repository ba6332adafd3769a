"""C2SP signed notes and cosignatures with ed25519: checkpoints, promises and the keys that sign them."""

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DASH = "— "
ED25519 = 1
COSIGNATURE = 4
PROMISE_SUFFIX = "/janji"


class BadNote(ValueError):
    """A note, a key or a checkpoint is not written as C2SP lays down; the text says what."""


@dataclass(frozen=True)
class Verifier:
    """A public note key: its name, its algorithm byte and 32 raw bytes."""

    name: str
    public: bytes
    algorithm: int = ED25519

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that lead a signature made by this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as one line, `name+keyid+base64`, to be published."""
        body = base64.b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{body}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's ed25519 signature of the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private note key: its name and its 32-byte seed."""

    name: str
    seed: bytes

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signed note over this text, which must end with a newline."""
        signature = self._key.sign(text.encode())
        return f"{text}\n{signature_line(self.name, self.verifier.key_id + signature)}\n"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: the log's origin, how many leaves, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def signature_line(name: str, blob: bytes) -> str:
    """One signature line of a note."""
    return f"{DASH}{name} {base64.b64encode(blob).decode()}"


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A signed note as its text and its signatures (name, key id and signature); raises BadNote."""
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise BadNote("a note ends with its text, an empty line and its signatures")
    return text + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    name, separator, body = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not separator:
        raise BadNote(f"not a signature line: {line}")
    return name, _unbase64(body)


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as fault:
        raise BadNote("not base64") from fault
    if base64.b64encode(raw).decode() != text:
        raise BadNote("base64 with stray bits")
    return raw


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note this key signed; raises BadNote when it did not."""
    text, signatures = split_note(note)
    for name, blob in signatures:
        if name == verifier.name and blob[:4] == verifier.key_id and verifier.verifies(text.encode(), blob[4:]):
            return text
    raise BadNote(f"no signature of {verifier.name}")


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; raises BadNote unless it is written exactly so."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[1].isdigit():
        raise BadNote("a checkpoint is origin, size and root")
    checkpoint = Checkpoint(lines[0], int(lines[1]), _unbase64(lines[2]))
    if checkpoint.text != text or len(checkpoint.root) != 32:
        raise BadNote("a checkpoint is written in one way only")
    return checkpoint


def promise_text(origin: str, leaf_sha256: str, moment: str) -> str:
    """The text of a promise: which log, which leaf (hex), and when it was made (UTC, to the second)."""
    return f"{origin}{PROMISE_SUFFIX}\n{leaf_sha256}\n{moment}\n"


def parse_verifier(text: str) -> Verifier:
    """A public key from its line `name+keyid+base64`; raises BadNote."""
    name, key_id, body = _key_fields(text, "")
    if len(body) != 33 or body[0] not in (ED25519, COSIGNATURE):
        raise BadNote("not an ed25519 key")
    verifier = Verifier(name, body[1:], body[0])
    if verifier.key_id.hex() != key_id:
        raise BadNote("the key and its number differ")
    return verifier


def _key_fields(text: str, prefix: str) -> tuple[str, str, bytes]:
    fields = text.strip().removeprefix(prefix).split("+", 2)
    if not text.startswith(prefix) or len(fields) != 3:
        raise BadNote("a key is name+number+base64")
    return fields[0], fields[1], _unbase64(fields[2])


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What a witness signs (C2SP tlog-cosignature v1): the time it saw the checkpoint, and the checkpoint."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosignature_verifies(text: str, line: str, witness: Verifier) -> bool:
    """Whether the line is this witness's cosignature of a checkpoint's text."""
    try:
        name, blob = _signature(line)
    except BadNote:
        return False
    known = (name, blob[:4], len(blob)) == (witness.name, witness.key_id, 76)
    stamp = int.from_bytes(blob[4:12], "big")
    return known and witness.verifies(cosigned_message(text, stamp), blob[12:])


def cosign(text: str, signer: Signer, timestamp: int) -> str:
    """A witness's cosignature line over a checkpoint's text."""
    private = Ed25519PrivateKey.from_private_bytes(signer.seed)
    key_id = Verifier(signer.name, signer.verifier.public, COSIGNATURE).key_id
    stamp = timestamp.to_bytes(8, "big")
    return signature_line(signer.name, key_id + stamp + private.sign(cosigned_message(text, timestamp)))


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """The note with more signature lines under it."""
    return note + "".join(f"{line}\n" for line in lines)


def make_key_file(path: Path, name: str) -> Verifier:
    """Draw a new signing key into a file only its owner reads; raises FileExistsError, never replaces one."""
    signer = Signer(name, os.urandom(32))
    key_id = signer.verifier.key_id.hex()
    body = base64.b64encode(bytes([ED25519]) + signer.seed).decode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.urandom(6).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"PRIVATE+KEY+{name}+{key_id}+{body}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # all of it or nothing, and never over another key
    finally:
        draft.unlink()
    return signer.verifier


def read_key_file(path: Path) -> Signer:
    """The signing key in a file; raises FileNotFoundError or BadNote."""
    name, key_id, body = _key_fields(path.read_text("utf-8"), "PRIVATE+KEY+")
    signer = Signer(name, body[1:])
    if len(body) != 33 or body[0] != ED25519 or signer.verifier.key_id.hex() != key_id:
        raise BadNote("the signing key is damaged")
    return signer
