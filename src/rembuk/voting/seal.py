"""A ballot becomes an envelope, as trust.md 4.2 lays down: the same ballot and nonce, the same bytes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rembuk.board.rules import Json, Leaf, canonical, envelope_leaf

NONCE_BYTES = 32
KEY_BYTES = 32
LABEL = b"rembuk-amplop-v1"
BLOCK = 64


class TooLong(ValueError):
    """The ballot does not fit the length fixed for its election: the length was computed from other facts."""


class Unopened(ValueError):
    """An envelope that this key does not open, or that holds no ballot; it is listed, never dropped."""


@dataclass(frozen=True)
class Choice:
    """What a voter chose: project ids (best first when ranked), and points beside each when given."""

    projects: tuple[str, ...] = ()
    points: tuple[int, ...] = ()

    @classmethod
    def of_set(cls, projects: Iterable[str]) -> "Choice":
        """A choice whose order means nothing (approval, knapsack), in one fixed order."""
        return cls(tuple(sorted(projects)))

    @classmethod
    def of_points(cls, points: Iterable[tuple[str, int]]) -> "Choice":
        """Points given to projects, in one fixed order."""
        pairs = sorted(points)
        return cls(tuple(project for project, _ in pairs), tuple(given for _, given in pairs))

    @property
    def plain(self) -> bytes:
        """The canonical JSON that is padded and sealed."""
        body: dict[str, Json] = {"projects": list(self.projects)}
        return canonical(body | {"points": list(self.points)} if self.points else body)


@dataclass(frozen=True)
class Slot:
    """Where a ballot is dropped in: its election and district, the trustees' public key, the one length."""

    election: UUID
    district: str
    public_key: bytes
    length: int

    @property
    def bound(self) -> bytes:
        """What the ciphertext is bound to besides its key."""
        return str(self.election).encode() + self.district.encode()


@dataclass(frozen=True)
class Sealed:
    """One envelope: the key under which a retry is known, the ciphertext, and the leaf that stands for it."""

    idem_key: str
    ciphertext: bytes
    leaf: Leaf

    @property
    def leaf_sha256(self) -> str:
        """The leaf's hash in hex, on which the receipt code rests."""
        return self.leaf.sha256


def idem_key_of(nonce: bytes) -> str:
    """The key under which the form of this nonce is known: SHA-256("idem" | nonce), in hex."""
    return sha256(b"idem" + nonce).hexdigest()


def seed_of(nonce: bytes, election: UUID) -> bytes:
    """The seed all of the sealing follows from; revealed only when the voter asks to check, never kept."""
    return _derived(nonce, b"seed" + str(election).encode(), KEY_BYTES)


def seal(choice: Choice, nonce: bytes, slot: Slot) -> Sealed:
    """The envelope of this choice; raises TooLong, and ValueError unless the nonce has 32 bytes."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a form's nonce has 32 bytes")
    ciphertext = seal_with(seed_of(nonce, slot.election), choice.plain, slot)
    return Sealed(idem_key_of(nonce), ciphertext, envelope_leaf(slot.election, ciphertext))


def seal_with(seed: bytes, plain: bytes, slot: Slot) -> bytes:
    """The ciphertext that follows from the seed: ephemeral key, sealed padded text; raises TooLong."""
    if len(plain) > slot.length:
        raise TooLong(f"{len(plain)} bytes, {slot.length} fit")
    ephemeral = X25519PrivateKey.from_private_bytes(seed)
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(slot.public_key))
    key, iv = _keys(shared, public, slot.public_key)
    # spaces after the closing brace: still JSON, and every envelope of an election has one size
    sealed = ChaCha20Poly1305(key).encrypt(iv, plain.ljust(slot.length), public + slot.bound)
    return public + sealed


def unseal(ciphertext: bytes, secret: bytes, slot: Slot) -> Choice:
    """The choice in an envelope; raises Unopened."""
    return _choice(unseal_bytes(ciphertext, secret, slot))


def unseal_bytes(ciphertext: bytes, secret: bytes, slot: Slot) -> bytes:
    """The padded text in an envelope; raises Unopened."""
    public, sealed = ciphertext[:KEY_BYTES], ciphertext[KEY_BYTES:]
    try:
        shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
        key, iv = _keys(shared, public, slot.public_key)
        return ChaCha20Poly1305(key).decrypt(iv, sealed, public + slot.bound)
    except (InvalidTag, ValueError) as fault:
        raise Unopened("this key does not open the envelope") from fault


def ballot_length(project_ids: Iterable[str], most: int, highest_points: int | None = None) -> int:
    """The one length, in bytes, that holds any ballot of at most `most` projects; a multiple of 64."""
    longest = sorted(project_ids, key=lambda each: len(canonical(each)), reverse=True)[:most]
    points = () if highest_points is None else (highest_points,) * len(longest)
    return -(-len(Choice(tuple(longest), points).plain) // BLOCK) * BLOCK


def _keys(shared: bytes, ephemeral: bytes, public_key: bytes) -> tuple[bytes, bytes]:
    """The ChaCha20-Poly1305 key and its 12-byte nonce: one envelope, one key."""
    both = _derived(shared, LABEL + ephemeral + public_key, KEY_BYTES + 12)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _derived(secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


def _choice(padded: bytes) -> Choice:
    try:
        body = json.loads(padded)
        choice = Choice(tuple(body["projects"]), tuple(body.get("points", ())))
        texts, numbers = all(type(each) is str for each in choice.projects), choice.points
        if not texts or not all(type(each) is int for each in numbers) or choice.plain != padded.rstrip(b" "):
            raise Unopened("the ballot is not written in the one canonical way")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise Unopened("the envelope holds no ballot") from fault
    return choice
