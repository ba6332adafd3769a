"""Where a visitor may be sent back to: paths of our own pages, and nothing that only looks like one."""

from urllib.parse import unquote

HOME = "/"
LONGEST = 1024
_known: set[str] = set()


def allow(paths: set[str]) -> None:
    """Name the page paths of this site; a target must begin with the first segment of one of them."""
    _known.clear()
    _known.add("")
    _known.update(_first_segment(path) for path in paths if not path.startswith("/api/"))


def _first_segment(path: str) -> str:
    return path.split("?", 1)[0].split("/", 2)[1]


def _plain(text: str) -> bool:
    """No backslash, no control character, not scheme-relative: also after decoding, however often encoded."""
    for _ in range(4):
        if not text.startswith("/") or text.startswith("//") or "\\" in text:
            return False
        if any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in text):
            return False
        text, before = unquote(text), text
        if text == before:
            return True
    return False


def is_local(target: str) -> bool:
    """Whether a redirect may go there: a short local path of a known page."""
    if len(target) > LONGEST or not target.isascii() or " " in target or not _plain(target):
        return False
    path = target.split("?", 1)[0]
    if "//" in path or "/." in unquote(path):
        return False
    return not _known or _first_segment(path) in _known


def local_path(target: str | None, otherwise: str = HOME) -> str:
    """The target when it is local, else the fallback; for `kembali=` and every redirect."""
    return target if target and is_local(target) else otherwise
