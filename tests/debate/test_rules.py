"""Threads: nothing lost, nothing shown that is hidden, placeholders where replies remain; safe words."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.debate import rules
from rembuk.debate.markdown import rendered
from rembuk.debate.rules import Comment, Position, Refusal, Sort

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
_HARMLESS = re.compile(r'</?(p|br|strong|em|ul|ol|li|blockquote|a|code)( href="[^"<>]*")?( rel="[a-z ]+")?>')
WRITER, READER, PROPOSAL = uuid4(), uuid4(), uuid4()


def comment(minutes: int = 0, parent: UUID | None = None, **more: object) -> Comment:
    position = Position.REPLY if parent else Position.FOR
    facts: dict[str, object] = {"position": position, "body": "Isi", "author": WRITER} | more
    return Comment(
        id=uuid4(),
        proposal=PROPOSAL,
        parent=parent,
        author_name="Warga RW 05",
        author_role="",
        at=NOON + timedelta(minutes=minutes),
        **facts,  # type: ignore[arg-type]
    )


def test_a_deleted_parent_keeps_its_replies() -> None:
    """D1: the words are gone, a placeholder stands, the reply is there; without replies nothing stands."""
    gone, alone = comment(deleted=True, body="rahasia"), comment(deleted=True)
    reply = comment(1, gone.id)
    (thread,) = rules.threaded([alone, reply, gone], READER)
    assert (thread.shown, thread.top.body, thread.replies) == (False, "", (reply,))


def test_hidden_words_stay_with_author_and_guards() -> None:
    """trust 7, N2: a hidden comment is gone for others, read by its author and by those who guard."""
    hidden = comment(hidden=True)
    assert rules.threaded([hidden], READER) == ()
    assert rules.threaded([hidden], None) == ()
    assert rules.threaded([hidden], WRITER)[0].shown
    assert rules.threaded([hidden], READER, sees_hidden=True)[0].shown
    assert rules.counted([hidden, comment(deleted=True), comment()])[Position.FOR] == 1


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5), st.booleans(), st.booleans()), max_size=40),
    st.sampled_from(Sort),
)
def test_pages_lose_and_repeat_nothing(drawn: list[tuple[int, int, bool, bool]], sort: Sort) -> None:
    """D2: over all pages of any order every visible thread stands exactly once."""
    comments = [
        comment(minutes, helpful_count=helpful, hidden=hidden, deleted=deleted)
        for minutes, helpful, hidden, deleted in drawn
    ]
    threads = rules.ordered(rules.threaded(comments, READER), sort)
    _, _, pages = rules.page_of(threads, 1)
    seen = [thread.top.id for page in range(1, pages + 1) for thread in rules.page_of(threads, page)[0]]
    visible = {each.id for each in comments if not each.hidden and not each.deleted}
    assert len(seen) == len(set(seen))
    assert set(seen) == visible
    assert sum(rules.counted(comments).values()) == len(visible)


def test_orders() -> None:
    """D2: newest, oldest, most helpful, most discussed."""
    old, new, good = comment(0), comment(2), comment(1, helpful_count=3)
    threads = rules.threaded([old, new, good, comment(3, old.id)], READER)

    def order(sort: Sort) -> list[UUID]:
        return [thread.top.id for thread in rules.ordered(threads, sort)]

    assert order(Sort.NEWEST) == [new.id, good.id, old.id]
    assert order(Sort.OLDEST) == [old.id, good.id, new.id]
    assert order(Sort.HELPFUL) == [good.id, new.id, old.id]
    assert order(Sort.DISCUSSED) == [old.id, new.id, good.id]


def test_role_marks() -> None:
    """D5: the highest role there counts; a resident carries none."""
    assert rules.role_mark(False, False, False) == ""
    assert rules.role_mark(True, False, False) == "proposer"
    assert rules.role_mark(True, False, True) == "facilitator"
    assert rules.role_mark(True, True, True) == "official"


@pytest.mark.parametrize(
    ("body", "reason"), [("", Refusal.EMPTY), ("  a ", Refusal.EMPTY), ("abc", None), ("x" * 2001, Refusal.TOO_LONG)]
)
def test_length(body: str, reason: Refusal | None) -> None:
    """B1: an empty and an endless comment get their own words."""
    assert rules.why_not_said(body) is reason


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klik](javascript:alert(1))",
        "[klik](JaVaScRiPt:alert(1))",
        "[klik](data:text/html;base64,PHNjcmlwdD4=)",
        "![gambar](https://jahat.example/x.png)",
        '<a href="https://x" onclick="alert(1)">x</a>',
        '<https://x" onmouseover="alert(1)>',
        '[a](https://x.example/"onmouseover=alert(1))',
        "<svg onload=alert(1)>",
        "`<script>`",
    ],
)
def test_no_harm(text: str) -> None:
    """B5: no script, no handler, no picture, no strange scheme comes through, however it is wrapped."""
    html = str(rendered(text))
    assert "<" not in _HARMLESS.sub("", html)
    assert not re.search(r'href="(?!https?://|mailto:)', html)


@given(st.text(max_size=400))
def test_any_text_renders_to_ten_tags(text: str) -> None:
    """T-FUZZ: whatever is typed, only the ten tags of the allow-list come out, and never an error."""
    tags = set(re.findall(r"</?([a-z0-9]+)", str(rendered(text))))
    assert tags <= {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code"}


def test_links_pass_on_no_trust() -> None:
    """trust 8: links are kept, with nofollow noopener ugc; a line end is a line end; emphasis works."""
    html = str(rendered("Lihat [data](https://contoh.example/a?b=1&c=2)\n**penting** _sekali_\n\n- satu\n- dua"))
    assert 'rel="nofollow noopener ugc"' in html
    assert 'href="https://contoh.example/a?b=1&amp;c=2"' in html
    assert "<br>" in html and "<strong>penting</strong>" in html and "<li>satu</li>" in html
