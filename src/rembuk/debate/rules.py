"""Comments and replies: positions, orders, who may write, what stays visible when something goes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason

SHORTEST, LONGEST = 3, 2000
THREADS_ON_A_PAGE = 10


class Position(StrEnum):
    """What a comment says about a proposal; a reply takes no side of its own (D3)."""

    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"
    REPLY = "reply"


POSITION_WORDS = {
    Position.FOR: N_("Mendukung"),
    Position.AGAINST: N_("Keberatan"),
    Position.QUESTION: N_("Tanya"),
}
POSITION_ICONS = {Position.FOR: "thumb-up", Position.AGAINST: "thumb-down", Position.QUESTION: "help-circle"}


class Sort(StrEnum):
    """The order of threads; its value stands in addresses."""

    HELPFUL = "membantu"
    NEWEST = "terbaru"
    OLDEST = "terlama"
    DISCUSSED = "ramai"


SORT_WORDS = {
    Sort.HELPFUL: N_("Paling membantu"),
    Sort.NEWEST: N_("Terbaru"),
    Sort.OLDEST: N_("Terlama"),
    Sort.DISCUSSED: N_("Paling ramai"),
}
ROLE_WORDS = {
    "proposer": N_("Pengusul"),
    "facilitator": N_("Fasilitator"),
    "official": N_("Petugas kota"),
}


class Refusal(Reason):
    """Why something cannot be said, or unsaid."""

    CLOSED = (403, N_("Rembuk ini hanya dapat dibaca. Tanggapan dibuka selama tahap usulan dan musyawarah."))
    UNKNOWN = (404, N_("Tanggapan ini tidak ada."))
    NOT_YOURS = (403, N_("Hanya penulisnya yang dapat menghapus tanggapan ini."))
    GONE = (409, N_("Tanggapan ini sudah dihapus, jadi tidak dapat dibalas."))
    EMPTY = (422, N_("Tanggapan masih kosong. Tulis pendapat atau pertanyaan Anda."))
    TOO_LONG = (422, N_("Tanggapan terlalu panjang. Paling banyak 2.000 huruf."))
    NO_POSITION = (422, N_("Pilih dulu: mendukung, keberatan, atau tanya."))
    NEEDS_ACCOUNT = (403, N_("Anda perlu masuk sebagai warga untuk menanggapi."))


@dataclass(frozen=True)
class Comment:
    """One comment or reply as it was written."""

    id: UUID
    proposal: UUID
    parent: UUID | None
    author: UUID
    author_name: str
    author_role: str
    position: Position
    body: str
    at: datetime
    hidden: bool = False
    deleted: bool = False
    helpful_count: int = 0
    found_helpful: bool = False


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, oldest first; `shown` is False when only a placeholder stands in its place."""

    top: Comment
    shown: bool
    replies: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class Debate:
    """What one reader sees under one proposal: a page of threads, and how many there are by position."""

    number: int
    threads: tuple[Thread, ...]
    counts: Mapping[Position, int]
    total: int
    sort: Sort
    position: Position | None
    page: int
    pages: int
    may_write: bool


def role_mark(is_proposer: bool, is_official: bool, is_facilitator: bool) -> str:
    """The mark a comment carries for good, from the writer's role at the time of writing (D5)."""
    if is_official:
        return "official"
    if is_facilitator:
        return "facilitator"
    return "proposer" if is_proposer else ""


def why_not_said(body: str) -> Refusal | None:
    """Why a text is no comment: empty or too long; None when it is one."""
    if len(body.strip()) < SHORTEST:
        return Refusal.EMPTY
    return Refusal.TOO_LONG if len(body) > LONGEST else None


def counted(comments: Iterable[Comment]) -> dict[Position, int]:
    """How many visible comments there are by position, replies apart (D3)."""
    counts = dict.fromkeys(Position, 0)
    for comment in comments:
        if not comment.hidden and not comment.deleted:
            counts[comment.position] += 1
    return counts


def readable(comment: Comment, reader: UUID | None, sees_hidden: bool) -> bool:
    """Whether a reader sees the words: a hidden comment only its author and who guards the debate (trust.md 7)."""
    if comment.deleted:
        return False
    return not comment.hidden or sees_hidden or (reader is not None and comment.author == reader)


def threaded(comments: Iterable[Comment], reader: UUID | None, sees_hidden: bool = False) -> tuple[Thread, ...]:
    """Comments as threads; a comment that is gone keeps its place while a reply under it is readable (D1)."""
    known = sorted(comments, key=lambda comment: (comment.at, str(comment.id)))
    replies: dict[UUID, list[Comment]] = {}
    for comment in known:
        if comment.parent and readable(comment, reader, sees_hidden):
            replies.setdefault(comment.parent, []).append(comment)
    threads = []
    for top in (comment for comment in known if comment.parent is None):
        below, shown = tuple(replies.get(top.id, ())), readable(top, reader, sees_hidden)
        if shown or below:
            threads.append(Thread(top if shown else replace(top, body="", author_name=""), shown, below))
    return tuple(threads)


def ordered(threads: Iterable[Thread], sort: Sort) -> list[Thread]:
    """Threads in an order that loses and repeats none; equal ones by time (D2)."""
    newest = sorted(threads, key=lambda thread: (thread.top.at, str(thread.top.id)), reverse=True)
    if sort is Sort.OLDEST:
        return newest[::-1]
    if sort is Sort.HELPFUL:
        return sorted(newest, key=lambda thread: -thread.top.helpful_count)
    if sort is Sort.DISCUSSED:
        return sorted(newest, key=lambda thread: -len(thread.replies))
    return newest


def page_of(threads: list[Thread], page: int) -> tuple[tuple[Thread, ...], int, int]:
    """The threads of one page, its number brought into range, and how many pages there are."""
    pages = max(1, -(-len(threads) // THREADS_ON_A_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * THREADS_ON_A_PAGE
    return tuple(threads[start : start + THREADS_ON_A_PAGE]), page, pages
