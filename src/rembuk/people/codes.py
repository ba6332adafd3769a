"""Voter codes: made offline, typed by people, and the ed25519 key each of them hides for one cycle."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rembuk.board.merkle import leaf_hash, root
from rembuk.board.rules import CROCKFORD, grouped, plain_code
from rembuk.errors import N_, Reason, Refused

LENGTH = 16
DATA = 15
LABEL = b"rembuk-kode-v1"
SIGNED = b"rembuk-amplop-tanda-v1"


class CodeProblem(Reason):
    """What is wrong with a voter code as it was typed; each has its own words."""

    TOO_SHORT = (422, N_("Kode kurang {missing} huruf. Kode berisi 16 huruf dan angka."))
    TOO_LONG = (422, N_("Kode kelebihan {extra} huruf. Kode berisi 16 huruf dan angka."))
    BAD_LETTER = (422, N_("Huruf {letter} tidak dipakai di kode. Periksa lagi amplop Anda."))
    BAD_CHECK = (422, N_("Ada huruf yang salah atau tertukar. Periksa lagi amplop Anda."))


@dataclass(frozen=True)
class VoterCode:
    """A voter code that passed its own check: 16 characters, no dashes."""

    text: str

    def __repr__(self) -> str:
        """Never the code itself: it must not reach a log."""
        return "VoterCode(…)"

    @property
    def printed(self) -> str:
        """As on the slip: groups of four."""
        return grouped(self.text)


def make_code() -> VoterCode:
    """A new code: 75 random bits and 5 bits of check."""
    data = "".join(secrets.choice(CROCKFORD) for _ in range(DATA))
    return VoterCode(data + check_letter(data))


def check_letter(data: str) -> str:
    """The 16th letter: a weighted sum over GF(32), which finds any one wrong letter and any two swapped."""
    total = 0
    for letter in data:
        total = _times_two(total ^ CROCKFORD.index(letter))
    return CROCKFORD[total]


def _times_two(value: int) -> int:
    """Multiply by x in GF(32) = GF(2)[x] / (x^5 + x^2 + 1), where x has order 31."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def parse_code(typed: str) -> VoterCode:
    """The code in what a person typed or scanned; raises Refused with a CodeProblem."""
    text = plain_code(typed)
    if stray := next((letter for letter in text if letter not in CROCKFORD), None):
        raise Refused(CodeProblem.BAD_LETTER, letter=stray)
    if len(text) < LENGTH:
        raise Refused(CodeProblem.TOO_SHORT, missing=LENGTH - len(text))
    if len(text) > LENGTH:
        raise Refused(CodeProblem.TOO_LONG, extra=len(text) - LENGTH)
    if check_letter(text[:DATA]) != text[DATA]:
        raise Refused(CodeProblem.BAD_CHECK)
    return VoterCode(text)


def key_seed(code: VoterCode, cycle: UUID) -> bytes:
    """The 32-byte ed25519 seed a code stands for in this cycle; forget it once the ballot is signed."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=str(cycle).encode(), info=LABEL)
    return kdf.derive(code.text.encode())


def public_key(seed: bytes) -> bytes:
    """The public key of a seed; all that the server is given when codes are made."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, election: UUID, leaf_sha256: str) -> bytes:
    """The 64-byte signature that says: the holder of this code sent this envelope."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(_message(election, leaf_sha256))


def signed_by(public: bytes, signature: bytes, election: UUID, leaf_sha256: str) -> bool:
    """Whether this key signed this envelope in this election."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _message(election, leaf_sha256))
    except (InvalidSignature, ValueError):
        return False
    return True


def keys_root(publics: list[bytes]) -> str:
    """The Merkle root, in hex, over the public keys in sorted order: what a `roll_keys` leaf commits to."""
    return root([leaf_hash(key) for key in sorted(publics)]).hex()


def _message(election: UUID, leaf_sha256: str) -> bytes:
    return SIGNED + str(election).encode() + bytes.fromhex(leaf_sha256)
