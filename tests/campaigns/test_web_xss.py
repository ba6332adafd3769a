"""T-WEB: five hundred texts that would run a script, in every text people write: none becomes a part of a page."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from rembuk.places import store as places
from rembuk.web.viewer import Role
from tests.browser.conftest import past
from tests.browser.doors import came_in
from tests.browser.places import PAGES
from tests.browser.stage import DESK, Demo, browsing, chromium, copied, served, visitor
from tests.campaigns.corpus import payloads
from tests.campaigns.poison import poison
from tests.campaigns.sizes import LARGE, said, sized
from tests.city import city
from tests.clients import open_client

__all__ = ["past"]
TEXTS = sized("XSS_TEXTS", 500, 500)
CHUNKS = 25
"""A field holds a twenty-fifth of the texts, the next row or round the next one."""
ROUNDS = sized("XSS_ROUNDS", 1, CHUNKS)
SAFE = ("http:", "https:", "mailto:", "tel:", "blob:")
LISTEN = "addEventListener('securitypolicyviolation', e => lapor(e.violatedDirective + ' ' + e.blockedURI))"
STRANGE = """() => [
  ...[...document.querySelectorAll('script:not([src])')].filter(e => !/json/.test(e.type)).map(e => e.outerHTML),
  ...[...document.querySelectorAll('iframe, object, embed, base, style, marquee, math')].map(e => e.outerHTML),
  ...[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]
      .filter(a => /^(on|hx-on|style$|srcdoc$)/.test(a.name)).map(a => e.tagName + ' ' + a.name)),
  ...[...document.querySelectorAll('[href], [action], [formaction], [src]')]
      .flatMap(e => ['href', 'action', 'formaction', 'src'].map(a => e[a]))
      .filter(v => typeof v == 'string' && /^(javascript|vbscript|data:text)/i.test(v)),
]"""
"""What no page of ours has, whoever wrote in it."""


class Shape(HTMLParser):
    """The tags of a page with the names of their attributes, counted; what is text stays text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[tuple[str, tuple[str, ...]]] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        self.found[tag, tuple(sorted(name for name, _ in attrs))] += 1
        assert not [name for name, _ in attrs if name.startswith(("on", "hx-on", "srcdoc"))], (tag, attrs)
        for name, text in attrs:
            if name in ("href", "src", "action", "formaction") and ":" in (text or "").split("/")[0]:
                assert (text or "").lower().startswith((*SAFE, "data:image/", "https://wa.me")), (tag, name, text)


def shape(html: str) -> set[tuple[str, tuple[str, ...]]]:
    """Which tags with which attributes a page is made of."""
    reader = Shape()
    reader.feed(html)
    return set(reader.found)


async def test_no_text_becomes_a_part_of_a_page(sqlite_settings: Any) -> None:
    """T-WEB, B5, T12: with all 500 texts in every field a page has no tag and no attribute it had not before."""
    from rembuk.database import close_database, open_database

    await open_database(sqlite_settings)
    try:
        made = await city(districts=1, proposals=2, voters=2)
        plain = await _pages(made)
        texts = ["".join(payloads(TEXTS)[nth::CHUNKS]) for nth in range(CHUNKS)]
        cells = poison(sqlite_settings.database_file, texts, 0)
        places._cached.clear()
        poisoned = await _pages(made)
    finally:
        places._cached.clear()
        await close_database()
    assert cells > 50 and sum("gema(" in page for page in poisoned.values()) > 8
    known = set().union(*(shape(page) for page in plain.values()))
    strange = {path: shape(page) - known for path, page in poisoned.items() if shape(page) - known}
    assert not strange, strange


async def _pages(made: Any) -> dict[str, str]:
    """Pages of a stranger, a resident and an official."""
    found, slug = {}, made.cycle.slug
    async with open_client() as client:
        [roll, *_] = made.rolls[made.districts[0]]
        official = (
            f"/petugas/siklus/{slug}",
            f"/petugas/siklus/{slug}/pagu",
            "/petugas/pemeriksaan",
            "/petugas",
            "/akun",
        )
        public = (
            "/",
            "/usulan",
            "/usulan/1",
            "/usulan/1/rembuk",
            "/usulan/peta",
            "/papan",
            "/kamus-usulan",
            "/jatah",
            "/pos",
        )
        for path in public:
            found[path] = (await client.get(path)).text
        for text in payloads(TEXTS)[::50]:
            found[f"/usulan?q={text[:9]}"] = (await client.get(f"/usulan?q={quote(text)}")).text
        await client.sign_in(None, Role.RESIDENT, roll=roll)
        found["/bilik"] = (await client.get("/bilik")).text
        await client.sign_in(made.first, Role.CITY_OFFICIAL)
        for path in official:
            found[path] = (await client.get(path)).text
    return found


class Ears:
    """Hears everything a page should not do."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        context.expose_binding("gema", lambda source, *what: self.heard.append(f"ran {what} on {source['page'].url}"))
        context.expose_binding(
            "lapor", lambda source, what: self.heard.append(f"policy {what} on {source['page'].url}")
        )
        context.add_init_script(LISTEN)

    def listen(self, page: Page) -> Page:
        """A page that tells errors, dialogs and complaints of the policy, too."""
        page.on("dialog", lambda dialog: (self.heard.append(f"dialog on {page.url}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on(
            "console", lambda line: "Content Security" in line.text and self.heard.append(f"{page.url}: {line.text}")
        )
        return page


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium, for a campaign only."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with browsing() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not LARGE, reason="a thousand pages in Chromium belong into a campaign")
def test_no_text_runs_in_a_browser(browser: Browser, past: Path, tmp_path: Path) -> None:
    """T-WEB: every page of every role in Chromium, every field poisoned: 0 executed, 0 reports of the policy."""
    data = copied(past, tmp_path)
    every, pages, heard, cells = payloads(TEXTS), 0, [], 0
    with served(data) as demo:
        states = {role: came_in(browser, demo, role) if role != "public" else None for role in PAGES}
        for turn in range(ROUNDS):
            cells += poison(data / "rembuk.sqlite3", ["".join(every[nth::CHUNKS]) for nth in range(CHUNKS)], turn)
            for role, state in states.items():
                found, count = _visit(browser, demo, role, state, every[turn::CHUNKS])
                heard, pages = heard + found, pages + count
    said(f"T-WEB: {TEXTS} texts, {cells} cells poisoned, {pages} pages in Chromium, {len(heard)} things heard")
    assert heard == []


def _visit(browser: Browser, demo: Demo, role: str, state: Any, asked: list[str]) -> tuple[list[str], int]:
    context = visitor(browser, demo, DESK, state=state)
    ears = Ears(context)
    page, count = ears.listen(context.new_page()), 0
    searched = [f"/usulan?q={quote(text)}" for text in asked] if role == "public" else []
    for path in [*PAGES[role], *searched]:  # what is asked for comes back on the page, too
        page.goto(path, wait_until="domcontentloaded")
        ears.heard += [f"{path}: {each[:200]}" for each in page.evaluate(STRANGE)]
        count += 1
    context.close()
    return ears.heard, count


def test_the_reader_would_see_a_text_that_got_through() -> None:
    """T-WEB: the control. Most of the texts, put into a page as they are, are tags or attributes it must not have."""
    seen = 0
    for text in payloads(TEXTS):
        try:
            seen += bool(shape(f"<p title='{text}'>{text}</p>") - {("p", ("title",))})
        except AssertionError:
            seen += 1
    assert len(payloads(TEXTS)) == TEXTS and seen > TEXTS // 3
