"""Static files: named by content, compressed once, kept in memory, never sent twice to the same browser."""

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from rembuk.settings import asset_folder
from rembuk.web.cache import unchanged
from rembuk.web.encodings import SMALLEST, accepted, compressible, squeezed
from rembuk.web.headers import Raw

PREFIX = "/static/"
MANIFEST = "manifest.json"
AT_ROOT = frozenset({"sw.js", "favicon.ico", "robots.txt"})
_CSS_URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^"')#]+)(#[^"')]*)?\1\)""")
_KINDS = {".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".js": "text/javascript"}
_FOREVER = "public, max-age=31536000, immutable"
_ASK = "public, no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in every encoding it is served in; `lasting` when its name holds its hash."""

    kind: str
    bodies: Mapping[str, bytes]
    tag: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All static files by path, and the hashed name of each."""

    by_path: Mapping[str, StaticFile]
    names: Mapping[str, str]

    def url(self, name: str) -> str:
        """The lasting address of a file; LookupError when there is none of this name."""
        return PREFIX + self.names[name]

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, Raw, bytes] | None:
        """Status, headers and body for a path, or None when no static file is there."""
        if not (path.startswith(PREFIX) or path[1:] in AT_ROOT):
            return None
        if (file := self.by_path.get(path)) is None:
            return None
        encoding = next((name for name in accepted(headers.get("accept-encoding", "")) if name in file.bodies), "")
        tag = f'"{file.tag}{"-" + encoding if encoding else ""}"'
        raw: Raw = [
            (b"etag", tag.encode()),
            (b"cache-control", (_FOREVER if file.lasting else _ASK).encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        if unchanged(headers.get("if-none-match"), tag):
            return 304, raw, b""
        body = file.bodies[encoding]
        raw += [(b"content-type", file.kind.encode()), (b"content-length", str(len(body)).encode())]
        if encoding:
            raw.append((b"content-encoding", encoding.encode()))
        return 200, raw, body


def _kind(name: str) -> str:
    suffix = Path(name).suffix
    kind = _KINDS.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith(("json", "xml")) else kind


def _file(name: str, body: bytes, lasting: bool) -> StaticFile:
    bodies = {"": body}
    if compressible(_kind(name)) and len(body) >= SMALLEST:
        quality = 11 if len(body) < 100_000 else 7
        small = {encoding: squeezed(body, encoding, quality) for encoding in ("br", "gzip")}
        bodies |= {encoding: made for encoding, made in small.items() if len(made) < len(body)}
    return StaticFile(_kind(name), MappingProxyType(bodies), _digest(body), lasting)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]


def _hashed(name: str, body: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{_digest(body)}.{suffix}" if dot else f"{name}.{_digest(body)}"


def _linked(name: str, body: bytes, names: Mapping[str, str]) -> bytes:
    """A stylesheet whose relative url(…) carry hashed names, so that what it loads lasts too."""
    folder = name.rpartition("/")[0]

    def lasting(found: re.Match[str]) -> str:
        target = f"{folder}/{found[2]}".lstrip("/")
        return f"url({PREFIX}{names[target]}{found[3] or ''})" if target in names else found[0]

    return _CSS_URL.sub(lasting, body.decode()).encode()


@cache
def static_files(folder: Path | None = None) -> StaticFiles:
    """Read, name and compress every static file, once per process."""
    root = folder or asset_folder("static")
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }
    names: dict[str, str] = {}
    by_path: dict[str, StaticFile] = {}
    for name in sorted(found, key=lambda name: (name.endswith(".css"), name)):
        body = _linked(name, found[name], names) if name.endswith(".css") else found[name]
        names[name] = _hashed(name, body)
        file = _file(name, body, lasting=True)
        by_path[PREFIX + names[name]] = file
        by_path[PREFIX + name] = StaticFile(file.kind, file.bodies, file.tag, lasting=False)
        if name in AT_ROOT:
            by_path[f"/{name}"] = by_path[PREFIX + name]
    listed = msgspec.json.encode({name: PREFIX + hashed for name, hashed in names.items()})
    by_path[PREFIX + MANIFEST] = _file(MANIFEST, listed, lasting=False)
    return StaticFiles(MappingProxyType(by_path), MappingProxyType(names))
