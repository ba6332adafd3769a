"""A debate as its template draws it: words rendered, addresses made, marks in words."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup

from rembuk.debate.markdown import rendered
from rembuk.debate.rules import (
    POSITION_ICONS,
    POSITION_WORDS,
    ROLE_WORDS,
    SORT_WORDS,
    Comment,
    Debate,
    Position,
    Sort,
    Thread,
)
from rembuk.web.i18n import gettext

CSS = {Position.FOR: "dukung", Position.AGAINST: "berat", Position.QUESTION: "tanya", Position.REPLY: ""}
CAP = {Position.FOR: "lulus", Position.AGAINST: "awas", Position.QUESTION: ""}

Tab = tuple[str, str, bool, str | None, int | None]


@dataclass(frozen=True)
class ShownComment:
    """One comment ready to draw; `body` is safe HTML."""

    id: UUID
    name: str
    mark: str
    body: Markup
    at: datetime
    is_hidden: bool
    is_mine: bool
    helpful_count: int
    found_helpful: bool


@dataclass(frozen=True)
class ShownThread:
    """One thread ready to draw; `top` is None where a placeholder stands."""

    id: UUID
    css: str
    cap: str
    icon: str
    words: str
    top: ShownComment | None
    placeholder: str
    replies: tuple[ShownComment, ...]


@dataclass(frozen=True)
class ShownDebate:
    """What templates/debate/_threads.html receives as `debate`."""

    number: int
    address: str
    threads: tuple[ShownThread, ...]
    total: int
    tabs: tuple[Tab, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    positions: tuple[tuple[str, str, str, str], ...]
    page: int
    pages: int
    pager: str
    may_write: bool


def shown(debate: Debate, reader: UUID | None) -> ShownDebate:
    """A debate for one reader."""
    base = f"/usulan/{debate.number}/rembuk"
    return ShownDebate(
        number=debate.number,
        address=base,
        threads=tuple(_thread(thread, reader) for thread in debate.threads),
        total=debate.total,
        tabs=_tabs(debate, base),
        sorts=tuple(
            (gettext(words), _address(base, debate, sort=sort), sort is debate.sort)
            for sort, words in SORT_WORDS.items()
        ),
        positions=tuple(
            (position.value, gettext(words), "", POSITION_ICONS[position]) for position, words in POSITION_WORDS.items()
        ),
        page=debate.page,
        pages=debate.pages,
        pager=_address(base, debate, page="{n}"),
        may_write=debate.may_write,
    )


def _tabs(debate: Debate, base: str) -> tuple[Tab, ...]:
    everything = sum(debate.counts[position] for position in POSITION_WORDS)
    first: Tab = (
        gettext("Semua"),
        _address(base, debate, position=None),
        debate.position is None,
        None,
        everything,
    )
    rest: list[Tab] = [
        (
            gettext(words),
            _address(base, debate, position=position),
            debate.position is position,
            POSITION_ICONS[position],
            debate.counts[position],
        )
        for position, words in POSITION_WORDS.items()
    ]
    return (first, *rest)


def _address(base: str, debate: Debate, **changed: object) -> str:
    """The address of the same debate in another order, position or page; defaults are left out."""
    sort = changed.get("sort", debate.sort)
    position = changed.get("position", debate.position)
    given: dict[str, str] = {}
    if isinstance(sort, Sort) and sort is not Sort.HELPFUL:
        given["urut"] = sort.value
    if isinstance(position, Position):
        given["pendapat"] = position.value
    query = urlencode(given)
    if page := changed.get("page"):
        query = f"{query}&halaman={page}" if query else f"halaman={page}"
    return f"{base}?{query}" if query else base


def _thread(thread: Thread, reader: UUID | None) -> ShownThread:
    top = thread.top
    gone = gettext("Tanggapan ini dihapus penulisnya.") if top.deleted else gettext("Tanggapan ini ditahan.")
    return ShownThread(
        id=top.id,
        css=CSS[top.position],
        cap=CAP.get(top.position, ""),
        icon=POSITION_ICONS.get(top.position, "message-circle"),
        words=gettext(POSITION_WORDS.get(top.position, "")),
        top=_comment(top, reader) if thread.shown else None,
        placeholder="" if thread.shown else gone,
        replies=tuple(_comment(reply, reader) for reply in thread.replies),
    )


def _comment(comment: Comment, reader: UUID | None) -> ShownComment:
    return ShownComment(
        id=comment.id,
        name=comment.author_name,
        mark=gettext(ROLE_WORDS.get(comment.author_role, "")),
        body=rendered(comment.body),
        at=comment.at,
        is_hidden=comment.hidden,
        is_mine=reader is not None and comment.author == reader,
        helpful_count=comment.helpful_count,
        found_helpful=comment.found_helpful,
    )
