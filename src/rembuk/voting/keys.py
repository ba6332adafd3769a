"""The opening key, offline: made, split into words, joined again, and tried before the election may open."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from rembuk.voting.seal import BLOCK, Slot, Unopened, seal_with, unseal_bytes

TRIAL_DISTRICT = "uji"
SHARE_WORDS = 33
ANSWER_LENGTH = 16
_PREFIX = 4
"""Letters that tell one word of the list from every other."""


class BrokenShares(ValueError):
    """The shares do not give the key back: too few, mistyped, or of different keys; the text says which."""


@dataclass(frozen=True)
class KeyPair:
    """An X25519 key pair, 32 raw bytes each; the secret never reaches the server."""

    secret: bytes
    public: bytes


@dataclass(frozen=True)
class TrialEnvelope:
    """A sealed random token that trustees open before the election may; `answer` is its SHA-256, first 16 digits."""

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
    try:
        return bytes(combine_mnemonics([_tidy(share) for share in shares]))
    except MnemonicError as fault:
        raise BrokenShares(str(fault)) from fault


def share_number(share: str) -> int:
    """Which share this is, from 1; raises BrokenShares when it is mistyped."""
    try:
        return int(Share.from_mnemonic(_tidy(share)).index) + 1
    except MnemonicError as fault:
        raise BrokenShares(str(fault)) from fault


def shares_needed(share: str) -> int:
    """How many shares like this one open the box; raises BrokenShares when it is mistyped."""
    try:
        return int(Share.from_mnemonic(_tidy(share)).member_threshold)
    except MnemonicError as fault:
        raise BrokenShares(str(fault)) from fault


def typing_fault(share: str) -> str:
    """What is mistyped in a share, with the word's position where it can be told; empty when nothing is."""
    words = _tidy(share).split()
    for nth, word in enumerate(words, 1):
        if word not in WORD_INDEX_MAP:
            near = [each for each in WORDLIST if each[:_PREFIX] == word[:_PREFIX]]
            return f"word {nth} ({word}) is not on the list" + (f"; is it {near[0]}?" if near else "")
    if len(words) != SHARE_WORDS:
        return f"{len(words)} words, a share has {SHARE_WORDS}"
    if _sound(words):
        return ""
    places = _single_slips(words)
    if len(places) == 1:
        return f"word {places[0]} is another one on the paper"
    swaps = [nth for nth in range(1, len(words)) if _sound(_swapped(words, nth))]
    return f"words {swaps[0]} and {swaps[0] + 1} changed places" if len(swaps) == 1 else "several words are mistyped"


def _tidy(share: str) -> str:
    return " ".join(share.lower().split())


def _sound(words: Sequence[str]) -> bool:
    try:
        Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        return False
    return True


def _single_slips(words: Sequence[str]) -> list[int]:
    """Positions (from 1) where exchanging one word makes the checksum hold."""
    return [
        at + 1
        for at, typed in enumerate(words)
        if any(_sound([*words[:at], word, *words[at + 1 :]]) for word in WORDLIST if word != typed)
    ]


def _swapped(words: Sequence[str], nth: int) -> list[str]:
    return [*words[: nth - 1], words[nth], words[nth - 1], *words[nth + 1 :]]


def make_trial(public: bytes, election: UUID) -> TrialEnvelope:
    """A fresh trial envelope for this key and election."""
    token = secrets.token_hex(BLOCK // 2).encode()
    slot = Slot(election, TRIAL_DISTRICT, public, BLOCK)
    return TrialEnvelope(seal_with(secrets.token_bytes(32), token, slot), answer_of(token))


def open_trial(ciphertext: bytes, shares: Sequence[str], public: bytes, election: UUID) -> TrialOpening:
    """Open the trial envelope with these shares; raises BrokenShares when they are not this key's."""
    secret = join(shares)
    if public_of(secret) != public:
        raise BrokenShares("these shares belong to another key")
    try:
        token = unseal_bytes(ciphertext, secret, Slot(election, TRIAL_DISTRICT, public, BLOCK))
    except Unopened as fault:
        raise BrokenShares("the trial envelope was sealed to another key") from fault
    return TrialOpening(frozenset(map(share_number, shares)), answer_of(token))


def answer_of(token: bytes) -> str:
    """What a trial opening answers, short enough to be copied by hand."""
    return sha256(token).hexdigest()[:ANSWER_LENGTH]


def result_line(opening: TrialOpening) -> str:
    """A trial opening as one line to be typed into the form, `1-2-3:0f3a…`; other numbers make another line."""
    numbers = "-".join(map(str, sorted(opening.quorum)))
    return f"{numbers}:{sha256(f'{opening.answer}|{numbers}'.encode()).hexdigest()[:ANSWER_LENGTH]}"


def read_line(typed: str, answer: str) -> TrialOpening | None:
    """The trial opening in a typed line, None when it does not follow from the answer; raises BrokenShares."""
    line = "".join(typed.lower().split())
    numbers, colon, code = line.partition(":")
    parts = numbers.split("-")
    if not colon or not all(part.isascii() and part.isdigit() for part in parts) or len(code) != ANSWER_LENGTH:
        raise BrokenShares("a result line is written 1-2-3:0123456789abcdef")
    opening = TrialOpening(frozenset(map(int, parts)), answer)
    return opening if result_line(opening) == line else None


def ceremony_missing(openings: Iterable[TrialOpening], answer: str, quorum: int, trustees: int) -> int:
    """How many right trial openings are still missing: two different quorums, or the only one twice."""
    right = [each.quorum for each in openings if each.answer == answer and len(each.quorum) >= quorum]
    done = len(right) if quorum == trustees else len(set(right))
    return max(0, 2 - done)
