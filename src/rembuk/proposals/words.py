"""Words of a proposal made comparable: folded for search, as an address, and how alike two texts are."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

SHINGLE = 3
ALIKE_ENOUGH = 400
SAME_RW, SAME_KELURAHAN, SAME_ISSUE = 250, 100, 100
_NOT_WORD = re.compile(r"[^\w#]+")
# Words so common in proposals that sharing them says nothing.
_COMMON = frozenset(("dan", "di", "ke", "dari", "untuk", "yang", "agar", "dengan", "rw", "rt", "warga", "pada"))


@dataclass(frozen=True)
class Sketch:
    """What is known of a proposal being written."""

    title: str
    problem: str
    issue: str
    rw: str


@dataclass(frozen=True)
class Candidate:
    """An existing proposal, with what is needed to compare it."""

    id: UUID
    number: int
    title: str
    problem: str
    issue: str
    rw: str


@dataclass(frozen=True)
class Likeness:
    """How alike an existing proposal is, in thousandths, for ordering only."""

    candidate: Candidate
    score: int


def fold(text: str) -> str:
    """The text without case, accents and punctuation, words parted by one space; "#12" stays whole."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", bare.replace("_", " ")).strip()


@lru_cache(4096)
def slug(text: str) -> str:
    """The text as part of an address: small letters and digits joined by hyphens, at most 60."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60].rstrip("-")


def search_text(number: int | None, *texts: str) -> str:
    """All words a search looks through, folded, with the number as "#12"."""
    return fold(" ".join([f"#{number}" if number is not None else "", *texts]))


def shingles(text: str) -> frozenset[str]:
    """Every run of three letters of the telling words (w-shingling, Broder 1997, on letters)."""
    words = [word for word in fold(text).split() if word not in _COMMON]
    padded = [f" {word} " for word in words]
    return frozenset(word[start : start + SHINGLE] for word in padded for start in range(len(word) - SHINGLE + 1))


def overlap(first: frozenset[str], second: frozenset[str]) -> int:
    """Shared part of two sets in thousandths of the smaller one; 0 when one is empty."""
    smaller = min(len(first), len(second))
    return len(first & second) * 1000 // smaller if smaller else 0


def likeness(mine: Sketch, other: Candidate) -> int:
    """How alike two proposals are: shared shingles of titles and texts, plus same RW, kelurahan, issue."""
    titles = overlap(shingles(mine.title), shingles(other.title))
    texts = overlap(shingles(f"{mine.title} {mine.problem}"), shingles(f"{other.title} {other.problem}"))
    if max(titles, texts) < ALIKE_ENOUGH:
        return 0
    near = SAME_RW if mine.rw == other.rw else 0
    near = near or (SAME_KELURAHAN if mine.rw.rpartition(".")[0] == other.rw.rpartition(".")[0] else 0)
    return max(titles, texts) + near + (SAME_ISSUE if mine.issue == other.issue else 0)


def most_alike(mine: Sketch, others: Iterable[Candidate], limit: int = 3) -> tuple[Likeness, ...]:
    """The few proposals most alike, best first, equal ones by number; a person decides what it means."""
    scored = (Likeness(other, likeness(mine, other)) for other in others)
    found = [item for item in scored if item.score >= ALIKE_ENOUGH + SAME_ISSUE]
    return tuple(sorted(found, key=lambda item: (-item.score, item.candidate.number))[:limit])
