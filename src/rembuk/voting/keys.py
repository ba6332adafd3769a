"""The opening key, offline: made, split into words, joined again, and tried before the election may open."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from rembuk.voting.seal import BLOCK, Slot, Unopened, seal_with, unseal_bytes

TRIAL_DISTRICT = "uji"


class BrokenShares(ValueError):
    """The shares do not give the key back: too few, mistyped, or of different keys; the text says which."""


@dataclass(frozen=True)
class KeyPair:
    """An X25519 key pair, 32 raw bytes each; the secret never reaches the server."""

    secret: bytes
    public: bytes


@dataclass(frozen=True)
class TrialEnvelope:
    """A sealed random token that trustees open before the election may; `answer` is its SHA-256 in hex."""

    ciphertext: bytes
    answer: str


@dataclass(frozen=True)
class TrialOpening:
    """Which shares (by number, from 1) opened the trial envelope, and the digest they found."""

    quorum: frozenset[int]
    answer: str


def make_key() -> KeyPair:
    """A new key pair."""
    secret = secrets.token_bytes(32)
    return KeyPair(secret, public_of(secret))


def public_of(secret: bytes) -> bytes:
    """The public key of a secret."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def split(secret: bytes, quorum: int, trustees: int) -> tuple[str, ...]:
    """The secret as SLIP-39 word shares, any `quorum` of which give it back; raises ValueError."""
    if not 1 <= quorum <= trustees <= 16 or (quorum == 1 and trustees > 1):
        raise ValueError("shares are 1 of 1, or k of n with 2 <= k <= n <= 16")
    return tuple(generate_mnemonics(1, [(quorum, trustees)], secret)[0])


def join(shares: Iterable[str]) -> bytes:
    """The secret out of a quorum of shares; raises BrokenShares."""
    tidy = [" ".join(share.lower().split()) for share in shares]
    try:
        return bytes(combine_mnemonics(tidy))
    except MnemonicError as fault:
        raise BrokenShares(str(fault)) from fault


def share_number(share: str) -> int:
    """Which share this is, from 1; raises BrokenShares when it is mistyped."""
    try:
        return int(Share.from_mnemonic(" ".join(share.lower().split())).index) + 1
    except MnemonicError as fault:
        raise BrokenShares(str(fault)) from fault


def make_trial(public: bytes, election: UUID) -> TrialEnvelope:
    """A fresh trial envelope for this key and election."""
    token = secrets.token_hex(BLOCK // 2).encode()
    slot = Slot(election, TRIAL_DISTRICT, public, BLOCK)
    return TrialEnvelope(seal_with(secrets.token_bytes(32), token, slot), sha256(token).hexdigest())


def open_trial(ciphertext: bytes, shares: Sequence[str], public: bytes, election: UUID) -> TrialOpening:
    """Open the trial envelope with these shares; raises BrokenShares when they are not this key's."""
    secret = join(shares)
    if public_of(secret) != public:
        raise BrokenShares("these shares belong to another key")
    try:
        token = unseal_bytes(ciphertext, secret, Slot(election, TRIAL_DISTRICT, public, BLOCK))
    except Unopened as fault:
        raise BrokenShares("the trial envelope was sealed to another key") from fault
    return TrialOpening(frozenset(map(share_number, shares)), sha256(token).hexdigest())


def ceremony_missing(openings: Iterable[TrialOpening], answer: str, quorum: int, trustees: int) -> int:
    """How many right trial openings are still missing: two different quorums, or the only one twice."""
    right = [each.quorum for each in openings if each.answer == answer and len(each.quorum) >= quorum]
    done = len(right) if quorum == trustees else len(set(right))
    return max(0, 2 - done)
