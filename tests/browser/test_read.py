"""Journey: somebody without an account reads last year's result: who won, why, what would change, and the data."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen
from tests.browser.reading import downloads, read


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_read_the_result(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.7: the result of one's kecamatan in two taps, with reasons, replay, comparison, map and downloads."""
    page = come()
    page.goto("/")
    page.get_by_role("link", name="Hasil", exact=True).locator("visible=true").first.click()
    page.get_by_role("link", name="Gedebage", exact=True).first.click()
    read(page)
    downloads(page)


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_works_are_followed(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.8: last year's winners are being built; one work shows its money and its milestones."""
    page = come()
    page.goto("/pelaksanaan")
    page.locator("main a[href^='/pelaksanaan/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Serah terima")
