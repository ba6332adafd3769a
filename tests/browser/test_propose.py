"""Journey: a resident signs in with a code, writes a proposal in five steps, and finds it on its page."""

import re
from collections.abc import Callable
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen
from tests.browser.doors import enter_with_code
from tests.browser.proposing import PROBLEM, costs, onward, pictures, place, problem, send
from tests.browser.stage import Demo


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_propose(come: Callable[..., Page], demo: Demo, screen: Screen) -> None:
    """A2, pages.md 5.4: five steps from the sign-in to a number, the draft kept on the way."""
    page = come()
    enter_with_code(page, demo.person("resident", 4), "/usulan/baru")
    expect(page.get_by_role("heading", level=1)).to_have_text("Apa masalahnya?")
    title = f"Saluran mampet {screen.size['width']} {'dengan' if screen.script else 'tanpa'} skrip"
    problem(page, title)
    draft = urlparse(page.url).path
    place(page)
    pictures(page, script=screen.script)
    costs(page)
    _draft_is_kept(page, draft, title)
    number = send(page)
    _page_of(page, number, title)
    _seen_by_strangers(come(), number, title)


def _draft_is_kept(page: Page, draft: str, title: str) -> None:
    """Left and come back to: the draft waits in the list with everything typed."""
    page.goto("/usulan/baru")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_label("Judul")).to_have_value(title)
    expect(page.get_by_label("Uraian masalah")).to_have_value(PROBLEM)
    page.goto(draft.removesuffix("/2") + "/5")
    expect(page.get_by_text("1 foto")).to_be_visible()
    onward(page, "Kirim usulan")
    expect(page.get_by_role("alert")).to_contain_text("Centang pernyataan ini")


def _page_of(page: Page, number: int, title: str) -> None:
    page.get_by_role("link", name="Buka usulan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert f"/usulan/{number}" in page.url


def _seen_by_strangers(page: Page, number: int, title: str) -> None:
    """Everybody reads it, with its photo (which no longer says whose phone took it) and its costs."""
    page.goto(f"/usulan/{number}")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    picture = page.locator("article img").first
    assert b"Ponsel Rahasia" not in page.request.get(picture.get_attribute("src") or "").body()
    expect(page.get_by_role("link", name=re.compile("^Dukung"))).to_be_visible()
    expect(page.get_by_text("Rincian biaya (RAB)").first).to_be_attached()


def test_mistakes_are_told_and_typed_text_stays(come: Callable[..., Page]) -> None:
    """pages.md 6: what is wrong, in words, beside its field; nothing typed is lost."""
    page = come("resident", 4)
    page.goto("/usulan/baru")
    page.get_by_label("Judul").fill("Saluran")
    onward(page)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Judul")).to_have_value("Saluran")
