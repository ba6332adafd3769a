"""No link leads nowhere: every kind of address a page offers is opened once, as each of those who may see it."""

import html
import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Browser

from tests.browser.doors import came_in
from tests.browser.stage import DESK, Demo, visitor

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
ACTION = re.compile(r'\b(?:form)?action="([^"]*)"')
MOST_PAGES = 120
ELSEWHERE = ("#", "mailto:", "tel:", "http:", "https:", "whatsapp:")
LEFT_OUT = ("/keluar", "/bahasa")
NOT_THEIRS = {403}
"""A page of somebody else's says so in words; only what is not there at all is a fault."""


def kind_of(address: str) -> str:
    """Addresses of one kind: numbers, ids and areas do not matter, nor do the values of a query."""
    parts = urlsplit(address)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", parts.path)
    path = re.sub(r"\d+(-[^/]*)?", "N", re.sub(r"^/(hasil|kecamatan)/[^/]+", r"/\1/AREA", path))
    return f"{path}?{sorted({each.partition('=')[0] for each in parts.query.split('&')})}"


def crawled(door: APIRequestContext) -> tuple[list[str], set[str]]:
    """Addresses that answered with a fault, each with the page that offers it; and what forms send to."""
    faults, seen, actions = [], set(), set()
    todo = deque([("/", "")])
    while todo and len(seen) < MOST_PAGES:
        address, page = todo.popleft()
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        answer = door.get(address)
        if answer.status >= 400 and answer.status not in NOT_THEIRS:
            faults.append(f"{answer.status} {address} on {page}")
        if "text/html" in answer.headers.get("content-type", ""):
            text = answer.text()
            actions |= {urljoin(address, html.unescape(each)).partition("#")[0] for each in ACTION.findall(text)}
            found = [html.unescape(each) for each in LINK.findall(text)]
            ours = [urljoin(address, each).partition("#")[0] for each in found if not each.startswith(ELSEWHERE)]
            todo.extend((each, address) for each in ours if each and not each.startswith(LEFT_OUT))
    return faults, actions


@pytest.mark.parametrize("role", ["public", "resident", "facilitator", "official"])
def test_links_lead_somewhere(browser: Browser, demo: Demo, role: str) -> None:
    """5: a page offers nothing that is not there; a form sends to an address that takes it."""
    context = visitor(browser, demo, DESK, state=None if role == "public" else came_in(browser, demo, role))
    try:
        faults, actions = crawled(context.request)
        assert faults == []
        first = {kind_of(each): each for each in sorted(actions)}.values()
        nowhere = [each for each in first if context.request.fetch(each, method="OPTIONS").status >= 400]
        assert nowhere == []
    finally:
        context.close()
