"""Journey: somebody without an account reads last year's result: who won, why, what would change, and the data."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen



@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_read_the_result(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.7: the result of one's kecamatan in two taps, with reasons, replay, comparison, map and downloads."""
    page = come()
    page.goto("/")
    page.get_by_role("link", name="Hasil", exact=True).locator("visible=true").first.click()
    page.get_by_role("link", name="Gedebage", exact=True).first.click()
    read(page)
    downloads(page)


def read(page: Page) -> None:
    """Everything a result page owes its readers."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d+ usulan didanai di Kecamatan Gedebage"))
    expect(page.get_by_role("heading", name="Usulan yang didanai")).to_be_visible()
    winner = page.locator("details", has_text="Mengapa").first
    if winner.get_attribute("open") is None:
        winner.locator("summary").click()
    expect(winner.locator("p, li").first).to_be_visible()
    expect(page.locator(".belum li").first).to_contain_text(re.compile(r"\d"))
    comparison = page.get_by_role("region", name="Perbandingan aturan hitung")
    expect(comparison.get_by_role("row")).not_to_have_count(1)
    expect(comparison).to_contain_text("dipakai")
    replay(page)


def replay(page: Page) -> None:
    """The count step by step, by links."""
    section = page.locator("#putar-ulang")
    before = section.text_content()
    section.get_by_role("link", name=re.compile("Berikut|Langkah berikut|Maju")).first.click()
    page.wait_for_url(re.compile(r"langkah=2"))
    assert page.locator("#putar-ulang").text_content() != before


def downloads(page: Page) -> None:
    """Each download answers, and says what it is."""
    links = page.locator(".unduh a")
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    assert any(".csv" in each for each in addresses)
    assert any(".json" in each for each in addresses)
    for address in addresses:
        answer = page.request.get(address)
        assert answer.ok, address
        assert len(answer.body()) > 100, address


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_works_are_followed(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.8: last year's winners are being built; one work shows its money and its milestones."""
    page = come()
    page.goto("/pelaksanaan")
    page.locator("main a[href^='/pelaksanaan/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Serah terima")
