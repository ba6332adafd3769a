"""What a result page owes its readers, looked at as they would."""

import re

from playwright.sync_api import Page, expect


def read(page: Page) -> None:
    """Everything a result page owes its readers."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile(r"\d+ usulan didanai di Kecamatan Gedebage")
    )
    expect(page.get_by_role("heading", name="Usulan yang didanai")).to_be_visible()
    winner = page.locator("details", has_text="Mengapa").first
    if winner.get_attribute("open") is None:
        winner.locator("summary").click()
    expect(winner.locator("p, li").first).to_be_visible()
    lost = page.locator("section", has=page.get_by_role("heading", name="Belum terpilih"))
    expect(lost.locator("li").first).to_contain_text(re.compile(r"\d"))
    comparison = page.get_by_role("region", name="Perbandingan aturan hitung")
    expect(comparison.get_by_role("row")).not_to_have_count(1)
    expect(comparison).to_contain_text("dipakai")
    replay(page)


def replay(page: Page) -> None:
    """The count step by step, by links: the last step first, the one before on request."""
    said = page.locator("#putar-ulang p.meta").first
    expect(said).to_have_text(re.compile(r"Langkah \d+ dari \d+"))
    before = said.text_content() or ""
    page.locator("#putar-ulang a.bulat").first.click()
    expect(said).not_to_have_text(before)


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
