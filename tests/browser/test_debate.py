"""Journey: residents comment for and against, reply, agree, report; a facilitator hides it with a reason."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen
from tests.browser.proposing import propose

FOR = "Saya setuju, saluran ini sudah tiga tahun tidak dibersihkan."
AGAINST = "Saya keberatan, jalan baru saja diperbaiki bulan lalu."
REPLY = "Pekerjaan dimulai sesudah masa jaminan jalan selesai."
WHY_HIDDEN = "Tanggapan ini menyerang orang, bukan membahas usulannya."


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_debate(come: Callable[..., Page], screen: Screen) -> None:
    """E1, pages.md 5.3 and 5.11: a debate from the first word to the moderator's public decision."""
    kind = f"{screen.size['width']} {'dengan' if screen.script else 'tanpa'} skrip"
    nth = 2 * (not screen.script) + (not screen.narrow)
    author, other, rude = come("resident", nth + 1), come("resident", nth), f"Dasar pemalas semua, uji {kind}."
    number = propose(author, f"Rembuk saluran {kind}")
    _comment(other, number, "Mendukung", FOR)
    _comment(other, number, "Keberatan", AGAINST)
    _comment(other, number, "Keberatan", rude)
    _reply(author, number)
    _helpful(author, number)
    _report(author, number, rude)
    _hide(come("facilitator"), number, rude)
    _seen_by_strangers(come(), number, rude)


def _thread(page: Page, words: str) -> Locator:
    return page.locator(".tanggapan > li", has_text=words)


def _comment(page: Page, number: int, position: str, words: str) -> None:
    page.goto(f"/usulan/{number}")
    form = page.locator("#tanggapi")
    form.get_by_role("radio", name=position).check()
    form.get_by_label("Tanggapan", exact=True).fill(words)
    form.get_by_role("button", name="Kirim tanggapan").click()
    expect(_thread(page, words)).to_contain_text(position)


def _reply(page: Page, number: int) -> None:
    page.goto(f"/usulan/{number}")
    thread = _thread(page, AGAINST)
    thread.get_by_text("Balas", exact=True).click()
    thread.get_by_label("Balasan Anda").fill(REPLY)
    thread.get_by_role("button", name="Kirim balasan").click()
    expect(_thread(page, AGAINST).locator("ol li")).to_contain_text(REPLY)
    expect(_thread(page, AGAINST).locator("ol li")).to_contain_text("Pengusul")


def _helpful(page: Page, number: int) -> None:
    page.goto(f"/usulan/{number}")
    _thread(page, FOR).get_by_role("button", name="Membantu").click()
    expect(_thread(page, FOR).get_by_role("button", name=re.compile("Membantu · 1"))).to_be_visible()


def _report(page: Page, number: int, words: str) -> None:
    page.goto(f"/usulan/{number}")
    _thread(page, words).get_by_role("link", name="Laporkan").click()
    page.get_by_role("radio", name=re.compile("Kasar")).check()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("aporan"))).to_be_visible()


def _hide(page: Page, number: int, words: str) -> None:
    """The queue says why it is there; a decision to hide needs a reason everybody may read."""
    page.goto("/meja/antrean")
    page.get_by_role("link", name=re.compile(f"Tanggapan di usulan {number}\\b")).first.click()
    item = page.get_by_role("article")
    expect(item).to_contain_text(words)
    expect(item).to_contain_text("Laporan warga: Kasar")
    item.get_by_label("Alasan").select_option(label="Kasar atau menyerang orang")
    item.get_by_label("Penjelasan untuk umum").fill(WHY_HIDDEN)
    item.get_by_role("button", name="Tahan").click()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()


def _seen_by_strangers(page: Page, number: int, words: str) -> None:
    """The page no longer shows the words, /penjagaan shows the decision and its reason."""
    page.goto(f"/usulan/{number}")
    expect(page.get_by_text(FOR)).to_be_visible()
    expect(page.get_by_text(words)).to_have_count(0)
    page.goto("/penjagaan")
    decision = page.get_by_role("row", name=re.compile(f"usulan nomor {number}\\b"))
    expect(decision).to_contain_text("Kasar atau menyerang orang")
    expect(decision).to_contain_text(WHY_HIDDEN)
    expect(page.get_by_text(words)).to_have_count(0)
