#!/usr/bin/env python3
"""Recompute the receipt code of a ballot that was opened to be checked ("Periksa"), with nothing but Python.

    python rembuk_challenge.py FILE        the file as the booth shows it; prints the code, to be compared by eye

The booth showed a code before the voter chose to check instead of sending. Seed and ballot must give that very code:
then the envelope held this ballot and no other. Imports nothing of the product: its own X25519 (RFC 7748),
HKDF (RFC 5869) and ChaCha20-Poly1305 (RFC 8439). Exit 0, or 1 when the file is none.
"""

import hmac
import json
import struct
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Any

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
P = 2**255 - 19


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, NFC, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def receipt_of(leaf_sha256: str) -> str:
    """The receipt code of a leaf hash: its first 100 bits in Crockford base32, in groups of four."""
    bits = int(leaf_sha256[:25], 16)
    return "-".join("".join(CROCKFORD[bits >> 95 - 5 * at & 31] for at in range(of, of + 4)) for of in range(0, 20, 4))


def x25519(secret: bytes, public: bytes) -> bytes:
    """The shared secret (RFC 7748, 5)."""
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        if k >> bit & 1 != swap:
            x2, x3, z2, z3, swap = x3, x2, z3, z2, 1 - swap
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    x2, z2 = (x3, z3) if swap else (x2, z2)
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 without salt (RFC 5869), for at most 64 bytes."""
    key = hmac.digest(bytes(32), secret, "sha256")
    first = hmac.digest(key, info + b"\x01", "sha256")
    return (first + hmac.digest(key, first + info + b"\x02", "sha256"))[:length]


def _chacha_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    words = struct.unpack("<16I", b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce)
    s = list(words)
    columns = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
    for a, b, c, d in (*columns, (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)) * 10:
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] = ((s[z] ^ s[x]) << turn | (s[z] ^ s[x]) >> 32 - turn) & 0xFFFFFFFF
    return struct.pack("<16I", *[a + b & 0xFFFFFFFF for a, b in zip(s, words, strict=True)])


def chacha20_poly1305(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """The sealed text and its tag (RFC 8439, 2.8)."""
    stream = b"".join(_chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(plain), 64))
    sealed = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    once = _chacha_block(key, 0, nonce)
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = aad + bytes(-len(aad) % 16) + sealed + bytes(-len(sealed) % 16) + struct.pack("<QQ", len(aad), len(sealed))
    tag = 0
    for at in range(0, len(padded), 16):
        tag = (tag + int.from_bytes(padded[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    tag = (tag + int.from_bytes(once[16:32], "little")) & (1 << 128) - 1
    return sealed + tag.to_bytes(16, "little")


def sealed_code(opened: dict[str, Any]) -> str:
    """The receipt code that follows from a revealed seed and a ballot; every field as the booth shows it."""
    seed, public_key = bytes.fromhex(opened["seed"]), bytes.fromhex(opened["public_key"])
    ballot = {name: opened[name] for name in ("projects", "points") if name == "projects" or opened.get(name)}
    own = x25519(seed, (9).to_bytes(32, "little"))
    both = hkdf(x25519(seed, public_key), b"rembuk-amplop-v1" + own + public_key, 44)
    aad = own + opened["election"].encode() + opened["district"].encode()
    sealed = own + chacha20_poly1305(both[:32], both[32:], canonical(ballot).ljust(opened["length"]), aad)
    leaf = {"kind": "envelope", "election": opened["election"], "sha256": sha256(sealed).hexdigest()}
    return receipt_of(sha256(b"\x00" + canonical(leaf)).hexdigest())  # RFC 6962: 0x00 before a leaf


def main(arguments: list[str] | None = None) -> int:
    """The command: prints the code, or says that this is no opened ballot."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or given[0].startswith("-"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        said = sealed_code(json.loads(Path(given[0]).read_text("utf-8")))
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError, struct.error):
        said = (
            "Berkas ini tidak terbaca sebagai surat suara yang dibuka. | This file cannot be read as an opened ballot."
        )
        sys.stdout.write(f"{said}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
