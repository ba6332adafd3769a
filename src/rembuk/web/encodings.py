"""Which encoding a client truly accepts, and bodies made small for it."""

from functools import lru_cache
from gzip import compress as gzip_compress

import brotli

SMALLEST = 1024
_QUICK = 4
_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/manifest+json",
    "image/svg+xml",
    "application/vnd.oai.openapi+json",
)


@lru_cache(256)
def accepted(header: str) -> tuple[str, ...]:
    """Of br and gzip those the client accepts, ours first; q=0 refuses, "*" means the ones not named."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *rest = [piece.strip() for piece in part.split(";")]
        weights[name] = next((_weight(piece[2:]) for piece in rest if piece.startswith("q=")), 1.0)
    other = weights.get("*", 0.0)
    return tuple(name for name in ("br", "gzip") if weights.get(name, other) > 0)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def compressible(kind: str) -> bool:
    """Whether a media type gains from compression."""
    return kind.startswith(_COMPRESSIBLE)


def squeezed(body: bytes, encoding: str, quality: int = _QUICK) -> bytes:
    """A body in one encoding, "br" or "gzip"."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip_compress(body, compresslevel=min(9, quality + 1), mtime=0)
