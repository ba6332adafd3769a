"""The pepper and the cookie key: files outside the data folder, and the keyed digests made with them."""

import hmac
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rembuk.settings import settings

PEPPER, COOKIE_KEY = "pepper-1", "cookie-key-1"
_SIZE = 32


class BadSecret(Exception):
    """A secret is missing, readable by others, in the data folder, or not ours; the text says which."""


def make_secrets(folder: Path | None = None) -> list[Path]:
    """Make the secrets that do not exist yet, mode 0600; never replaces one. Gives the paths made."""
    folder = folder or settings().secret_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [folder / name for name in (PEPPER, COOKIE_KEY) if _made(folder / name)]
    _secret.cache_clear()
    return made


def _made(path: Path) -> bool:
    """Make one secret whole or not at all; False when there is one, also when another process was first."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_text(secrets.token_hex(_SIZE) + "\n")
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def check_secrets() -> None:
    """Refuse to start with BadSecret unless both secrets are there, private and away from the data."""
    for name in (PEPPER, COOKIE_KEY):
        _secret(settings().secret_folder / name)


def nik_mac(nik: str) -> str:
    """The keyed digest that stands for a NIK, 64 hex digits (trust.md 3)."""
    return _mac("nik", nik)


def kk_mac(number: str) -> str:
    """The keyed digest that stands for a family card number, 64 hex digits."""
    return _mac("kk", number)


def phone_mac(phone: str) -> str:
    """The keyed digest that stands for a phone number in its +62 form, 64 hex digits."""
    return _mac("phone", phone)


def second_factor_mac(serial: str, digits: str) -> str:
    """The digest of a second factor; bound to the serial, so equal PINs look different."""
    return _mac("second", f"{serial}|{digits}")


def one_time_mac(visitor: str, phone: str, digits: str) -> str:
    """The digest of a one-time code; bound to the visitor who asked and the number it went to."""
    return _mac("once", f"{visitor}|{phone}|{digits}")


def target_mac(kind: str, name: str) -> str:
    """The digest under which tries on an account, number or code are counted, known or not."""
    return _mac(f"target-{kind}", name.casefold())


def same(left: str, right: str) -> bool:
    """Whether two digests are equal, in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def fingerprint() -> str:
    """A digest that tells one pepper from another and says nothing else about it."""
    return _mac("fingerprint", "rembuk")


def seal(purpose: str, content: bytes) -> bytes:
    """Content sealed under the pepper for one purpose; only `unseal` with the same purpose opens it."""
    nonce = secrets.token_bytes(12)
    return nonce + ChaCha20Poly1305(_key(PEPPER, purpose)).encrypt(nonce, content, purpose.encode())


def unseal(purpose: str, sealed: bytes) -> bytes:
    """What was sealed; raises BadSecret when the pepper or the purpose is another one."""
    return _opened(PEPPER, purpose, sealed)


def seal_cookie(purpose: str, content: bytes) -> str:
    """Content sealed for a cookie, as hex; the key never leaves the secret folder."""
    nonce = secrets.token_bytes(12)
    box = ChaCha20Poly1305(_key(COOKIE_KEY, purpose))
    return (nonce + box.encrypt(nonce, content, purpose.encode())).hex()


def open_cookie(purpose: str, text: str) -> bytes | None:
    """What a sealed cookie holds, or None when it is not ours or was changed."""
    try:
        return _opened(COOKIE_KEY, purpose, bytes.fromhex(text))
    except (ValueError, BadSecret):
        return None


def _opened(name: str, purpose: str, sealed: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(_key(name, purpose)).decrypt(sealed[:12], sealed[12:], purpose.encode())
    except (InvalidTag, ValueError) as fault:
        raise BadSecret(f"{purpose}: sealed with another secret or changed since") from fault


def _key(name: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=b"rembuk", info=f"seal|{purpose}".encode())
    return derive.derive(_secret(settings().secret_folder / name))


def _mac(kind: str, text: str) -> str:
    pepper = _secret(settings().secret_folder / PEPPER)
    return hmac.new(pepper, f"{kind}|{text}".encode(), sha256).hexdigest()


@cache
def _secret(path: Path) -> bytes:
    where, data = path.resolve(), settings().data.resolve()
    if where.is_relative_to(data):
        raise BadSecret(f"{path.name} lies inside the data folder; move the secret folder elsewhere")
    if not path.is_file():
        raise BadSecret(f"{path.name} is missing; run the set-up once, or bring the old one back")
    if path.stat().st_mode & 0o077:
        raise BadSecret(f"{path.name} can be read by others; its mode must be 0600")
    secret = bytes.fromhex(path.read_text().strip())
    if len(secret) != _SIZE:
        raise BadSecret(f"{path.name} must hold 32 bytes as hex")
    return secret
