"""Journey: somebody looks for flood proposals of a kecamatan; with script the list changes without a reload."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_browse(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.2: search and filters are an address anybody can share; htmx, which comes late, only saves reloads."""
    page = come()
    page.goto("/usulan")
    if screen.script:
        _touched(page)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Kecamatan", exact=True).select_option("gedebage")
    if not screen.script:
        page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url(re.compile("kec=gedebage"))
    assert bool(page.evaluate("window.sameDocument || false")) is screen.script
    page.locator("label", has_text="Banjir").locator("visible=true").first.click()
    if not screen.script:
        page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url(re.compile("isu=banjir"))
    cards = page.locator("#daftar > li")
    expect(cards.first).to_be_visible()
    expect(cards.filter(has_not_text="Banjir")).to_have_count(0)
    _first_choice_is_not_lost(come(), screen)
    stranger = come()
    stranger.goto(page.url)
    expect(stranger.locator("#daftar > li")).to_have_count(cards.count())


def _touched(page: Page) -> None:
    """The first touch fetches htmx."""
    assert not page.evaluate("'htmx' in window")
    page.get_by_role("heading", level=1).click()
    stop = time.monotonic() + 10
    while not page.evaluate("'htmx' in window"):
        assert time.monotonic() < stop
        page.wait_for_timeout(50)


def _first_choice_is_not_lost(page: Page, screen: Screen) -> None:
    """A choice made before htmx is there sends the form as any page would."""
    page.goto("/usulan")
    page.get_by_label("Kecamatan", exact=True).select_option("cibiru")
    if not screen.script:
        page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url(re.compile("kec=cibiru"))
