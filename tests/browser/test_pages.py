"""Every page for every role at both sizes: nothing for axe to find, no sideways scroll, light, and of one origin."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.conftest import Screen
from tests.browser.places import PAGES
from tests.browser.stage import PHONE, Demo, visitor

ROLES = list(PAGES)
WEIGHT_MOST = 50 * 1024
REQUESTS_MOST = 8
NODES_MOST = 1_200
LONG_ON_PURPOSE = ("/pola", "/kamus-usulan")
"""The style guide shows every component at once and the catalogue every price: they may have more nodes."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": WCAG},
    "rules": {"target-size": {"enabled": True}},
}


@dataclass(frozen=True)
class Seen:
    """One page as somebody saw it: its status, what axe says, what stands out sideways, and facts about it."""

    path: str
    status: int
    violations: tuple[str, ...]
    wide: str
    facts: dict[str, Any]


_seen: dict[tuple[str, bool], tuple[Seen, ...]] = {}
"""Every page of a role at a size, visited once for all that is asked of it."""


@pytest.fixture(params=ROLES)
def seen(request: pytest.FixtureRequest, come: Callable[..., Page], screen: Screen) -> tuple[Seen, ...]:
    """All pages of a role at this test's size."""
    key = request.param, screen.narrow
    if key not in _seen:
        page = come(None if request.param == "public" else request.param)
        _seen[key] = tuple(look(page, path) for path in PAGES[request.param])
    return _seen[key]


def look(page: Page, path: str) -> Seen:
    """Go there and ask everything."""
    answer = page.goto(path)
    assert answer is not None
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    wide, facts = str(page.evaluate(_WIDEST) or "the page") if sideways else "", page.evaluate(_FACTS)
    return Seen(path, answer.status, tuple(violations(page)), wide, facts)


def violations(page: Page) -> Iterator[str]:
    """What axe says about the page, in words: rule, help, and the first piece it speaks of."""
    for each in Axe().run(page, options=AXE).response["violations"]:
        first = each["nodes"][0]
        piece = re.sub(r"\s+", " ", str(first["html"]))[:160]
        yield f"{each['id']} ({each['help']}), {len(each['nodes'])} times, first {piece}"


_WIDEST = """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""
_FACTS = """({lang: document.documentElement.lang, h1: document.querySelectorAll('h1').length,
    nodes: document.querySelectorAll('*').length})"""


def test_nothing_for_axe_to_find(seen: tuple[Seen, ...]) -> None:
    """pages.md 7: WCAG 2.2 A and AA and best practice, on each page of the role."""
    assert [f"{each.path}: {said}" for each in seen for said in each.violations] == []


def test_no_sideways_scroll(seen: tuple[Seen, ...]) -> None:
    """pages.md 7: no page is wider than its screen; what stands out is named."""
    assert [f"{each.path}: {each.wide}" for each in seen if each.wide] == []


def test_pages_answer_in_indonesian(seen: tuple[Seen, ...]) -> None:
    """pages.md 2 and 6: the page says its language, has one h1, and stays small enough to draw quickly."""
    wrong = []
    for each in seen:
        if each.status != (404 if each.path == "/tidak-ada" else 200):
            wrong.append(f"{each.path}: {each.status}")
        nodes_most = 10 * NODES_MOST if each.path in LONG_ON_PURPOSE else NODES_MOST
        if each.facts["lang"] != "id" or each.facts["h1"] != 1 or each.facts["nodes"] > nodes_most:
            wrong.append(f"{each.path}: {each.facts}")
    assert wrong == []


@pytest.mark.parametrize("path", PAGES["public"])
def test_first_visit_is_light(browser: Browser, demo: Demo, path: str) -> None:
    """pages.md 7: at most 50 KB and 8 requests before photos, all from our own origin."""
    if path in LONG_ON_PURPOSE:
        pytest.skip("a reference page, not a first visit")
    weight, asked = weigh(browser, demo, path)
    assert {urlparse(url).netloc for url in asked} == {urlparse(demo.url).netloc}
    assert len(asked) <= REQUESTS_MOST, asked
    assert weight <= WEIGHT_MOST, f"{weight} bytes for {asked}"


def weigh(browser: Browser, demo: Demo, path: str) -> tuple[int, list[str]]:
    """Bytes over the wire and addresses asked for on a first visit, photos aside."""
    context = visitor(browser, demo, PHONE)
    page = context.new_page()
    wire: CDPSession = context.new_cdp_session(page)
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda e: urls.__setitem__(_id(e), e["request"]["url"]))
    wire.on("Network.loadingFinished", lambda e: sizes.__setitem__(_id(e), int(e["encodedDataLength"])))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    context.close()
    ours = {key: url for key, url in urls.items() if "/berkas/" not in url and not url.startswith("data:")}
    return sum(sizes.get(key, 0) for key in ours), list(ours.values())


def _id(event: dict[str, Any]) -> str:
    return str(event["requestId"])
