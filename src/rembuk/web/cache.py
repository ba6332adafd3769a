"""Public pages kept for two seconds for visitors not signed in, and tags that spare sending them again."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic

from rembuk.web.encodings import SMALLEST, squeezed

FRESH_SECONDS = 2.0
_MOST_PAGES = 256
Key = tuple[object, ...]


def weak_tag(body: bytes) -> str:
    """A weak entity tag of a body."""
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def unchanged(if_none_match: str | None, tag: str) -> bool:
    """Whether the client already holds this body (weak comparison, RFC 9110 13.1.2)."""
    if not if_none_match:
        return False
    opaque = tag.removeprefix("W/")
    given = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    return if_none_match.strip() == "*" or opaque in given


@dataclass(slots=True)
class KeptPage:
    """One rendered public page: body, tag, and its encoded forms, made once when first asked."""

    body: bytes
    tag: str
    vary: str
    until: float
    encoded: dict[str, bytes] = field(default_factory=dict)

    def best(self, encodings: tuple[str, ...]) -> tuple[bytes, str | None]:
        """The body for a client and the encoding it is in."""
        if not encodings or len(self.body) < SMALLEST:
            return self.body, None
        name = encodings[0]
        if name not in self.encoded:
            self.encoded[name] = squeezed(self.body, name, quality=5)
        return self.encoded[name], name


_pages: OrderedDict[Key, KeptPage] = OrderedDict()


def kept(key: Key) -> KeptPage | None:
    """The page under a key while it is fresh."""
    page = _pages.get(key)
    if page is None or page.until < monotonic():
        return None
    return page


def keep(key: Key | None, body: bytes, vary: str) -> KeptPage:
    """A page with its tag, kept under the key when there is one; the oldest makes room."""
    page = KeptPage(body, weak_tag(body), vary, monotonic() + FRESH_SECONDS)
    if key is not None:
        _pages[key] = page
        _pages.move_to_end(key)
        if len(_pages) > _MOST_PAGES:
            _pages.popitem(last=False)
    return page


def forget_pages() -> None:
    """Drop every kept page: after a write that visitors must see at once, and between tests."""
    _pages.clear()
