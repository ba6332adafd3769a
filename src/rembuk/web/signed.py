"""Short texts signed with the key of this installation: they can be read by anyone, changed by nobody."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from functools import cache
from pathlib import Path

import msgspec

from rembuk import clock
from rembuk.settings import settings

KEY_FILE = "web.key"
OLD_KEY_FILE = "web.key.old"
KEY_BYTES = 32


class _Sealed(msgspec.Struct, array_like=True):
    until: int
    body: str


def _made(path: Path) -> bytes:
    """The key in a file, made (mode 0600) when there is none yet; two workers starting together agree."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    try:
        os.link(fresh, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        fresh.unlink()
    return path.read_bytes()


@cache
def keys(folder: Path) -> tuple[bytes, ...]:
    """The key of the web floor, and after a change also the one before it; losing it only ages open forms."""
    path = folder / KEY_FILE
    current = path.read_bytes() if path.exists() else _made(path)
    if len(current) < KEY_BYTES:
        raise ValueError(f"{KEY_FILE} holds fewer than {KEY_BYTES} bytes")
    old = folder / OLD_KEY_FILE
    return (current, old.read_bytes()) if old.exists() else (current,)


def macs(purpose: str, message: bytes) -> list[bytes]:
    """HMAC-SHA-256 of a message for one purpose, under the current key first."""
    labelled = purpose.encode() + b"|" + message
    return [hmac.digest(key, labelled, hashlib.sha256) for key in keys(settings().secret_folder)]


def b64(raw: bytes) -> str:
    """Bytes as URL-safe text without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Bytes back from URL-safe text; ValueError when it is none."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Base64Error, UnicodeEncodeError) as fault:
        raise ValueError("not base64") from fault


def sign(purpose: str, body: str, seconds: int) -> str:
    """A text that `unsign` gives back for so many seconds, for this purpose only."""
    raw = msgspec.json.encode(_Sealed(int(clock.now().timestamp()) + seconds, body))
    return f"{b64(raw)}.{b64(macs(purpose, raw)[0])}"


def unsign(purpose: str, text: str) -> str | None:
    """The text that was signed, or None when it is foreign, changed or too old."""
    head, _, tail = text.partition(".")
    try:
        raw, mac = unb64(head), unb64(tail)
        if not any(hmac.compare_digest(mac, ours) for ours in macs(purpose, raw)):
            return None
        sealed = msgspec.json.decode(raw, type=_Sealed)
    except (ValueError, msgspec.DecodeError):
        return None
    return sealed.body if sealed.until >= clock.now().timestamp() else None
