"""Journey: a resident picks in the booth, reviews, sends, gets a receipt, checks it, and changes the vote."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen
from tests.browser.stage import Demo

VOTERS = {(360, True): 0, (1280, True): 1, (360, False): 2, (1280, False): 3}
"""A voter of their own for every kind of screen."""
CODE = re.compile(r"^\s*([0-9A-Z]{4}-){4}[0-9A-Z]{4}\s*$")


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_vote(come: Callable[..., Page], demo: Demo, screen: Screen) -> None:
    """pages.md 5.5 and 5.6: three taps and one per choice; the receipt is on the board; the last ballot counts."""
    nth = VOTERS[screen.size["width"], screen.script]
    page = come("resident", nth)
    page.goto("/")
    page.get_by_role("link", name="Buka surat suara").first.click()
    _pick(page, 2)
    if screen.script:
        _the_ribbon_follows(page)
    promised = _review(page, picks=2)
    received = _send(page, twice=screen.script)
    assert received == promised
    page = _goes_back(page, received)
    _home_says_so(page)
    _is_on_the_board(come(), received)
    changed = _change(page, demo.person("resident", nth))
    assert changed != received
    page.goto("/status-saya")
    expect(page.locator("main")).to_contain_text("Tercatat: daring")


def _pick(page: Page, count: int) -> None:
    """Tick the cheapest few, which fit together."""
    boxes = page.locator("input[name=choice]")
    prices = [int(box.get_attribute("data-biaya") or 0) for box in boxes.all()]
    for nth in sorted(range(len(prices)), key=prices.__getitem__)[:count]:
        boxes.nth(nth).check()


def _the_ribbon_follows(page: Page) -> None:
    """Spent and left follow the ticks; a row that no longer fits says so and may still be tapped."""
    spent, left = page.locator("[data-terpakai]"), page.locator("[data-sisa]")
    assert _rupiah(spent) > 0
    picked = page.locator("input[name=choice]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    dearest = page.locator("input[name=choice]:not(:checked)")
    while page.locator(".pilihan.mahal").count() == 0:
        dearest.first.check()
    expect(page.locator(".pilihan.mahal .lebih").first).to_contain_text("Melewati sisa pagu")
    page.locator(".pilihan.mahal input").first.check()
    assert _rupiah(left) < 0
    expect(page.locator("[data-ucap]")).to_contain_text("Lepas")
    for added in page.locator("input[name=choice]:checked").all()[::-1]:  # from the end: a box let go leaves the list
        if added.input_value() not in picked:
            added.uncheck()
    assert _rupiah(left) >= 0


def _rupiah(figure: Any) -> int:
    text = str(figure.text_content())
    return int(re.sub(r"\D", "", text)) * (-1 if "\u2212" in text else 1)


def _review(page: Page, picks: int) -> str:
    page.locator("button:visible", has_text="Tinjau suara").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tinjau suara Anda")
    expect(page.locator(".struk ol li")).to_have_count(picks)
    return _code(page)


def _code(page: Page) -> str:
    shown = page.locator(".kode-besar")
    expect(shown).to_have_text(CODE)
    return str(shown.text_content()).strip()


def _send(page: Page, *, twice: bool) -> str:
    """A double tap is harmless: one ballot, one receipt."""
    button = page.get_by_role("button", name="Kirim suara")
    button.dblclick(no_wait_after=True) if twice else button.click()
    page.wait_for_url("**/bukti")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Suara Anda sudah masuk")
    expect(page.locator("img.qr")).to_be_visible()
    expect(page.get_by_text("Anda mengirim")).to_have_count(0)
    return _code(page)


def _home_says_so(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("sudah masuk"))
    expect(page.get_by_role("link", name="Lihat bukti")).to_be_visible()
    expect(page.get_by_text("BELUM dikirim")).to_have_count(0)


def _is_on_the_board(stranger: Page, code: str) -> None:
    """Anybody who holds the code finds its leaf, and learns nothing of the content."""
    stranger.goto("/bukti")
    stranger.get_by_label("Kode bukti", exact=True).fill(code.lower())
    stranger.get_by_role("button", name="Periksa").click()
    expect(stranger.get_by_text(re.compile("Tercatat di papan bukti|Sudah diterima"))).to_be_visible()
    stranger.get_by_label("Kode bukti", exact=True).fill("0000-0000-0000-0000-0000")
    stranger.get_by_role("button", name="Periksa").click()
    expect(stranger.locator("main").get_by_text(re.compile("tidak ada|salah", re.I)).first).to_be_visible()


def _goes_back(page: Page, received: str) -> Page:
    """The back button never casts again: a new tab still has the same receipt, and is where the journey goes on."""
    with suppress(Error):  # Chromium may refuse to show an answered form again; that is as good
        page.go_back()
    tab = page.context.new_page()
    tab.goto("/bukti")
    expect(tab.get_by_text("Anda mengirim")).to_have_count(0)
    assert _code(tab) == received
    return tab


def _change(page: Page, sign_in: dict[str, str]) -> str:
    """Until the booth closes the vote may change, with the code once more; the booth says that the last one counts."""
    page.goto("/bukti")
    page.get_by_role("link", name="Ubah suara").click()
    page.get_by_label("Kode pemilih").fill(sign_in["code"])
    page.get_by_label("Bulan dan tahun lahir, atau PIN").fill(sign_in["second_factor"])
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_text("yang terakhir yang dihitung")).to_be_visible()
    for box in page.locator("input[name=choice]:checked").all():
        box.uncheck()
    _pick(page, 1)
    _review(page, picks=1)
    page.get_by_role("button", name="Kirim suara").click()
    page.wait_for_url("**/bukti")
    expect(page.get_by_text("Anda mengirim 2 kali")).to_be_visible()
    return _code(page)


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_too_much_is_refused_in_words(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 6: over the ceiling, the booth says by how much and keeps the picks."""
    page = come("resident", 4)
    page.goto("/bilik")
    boxes = page.locator("input[name=choice]")
    for box in boxes.all():
        box.check()
    page.locator("button:visible", has_text="Tinjau suara").first.click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("pagu|batas"))
    assert page.locator("input[name=choice]:checked").count() == boxes.count()


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_unsent_is_said_everywhere(come: Callable[..., Page], screen: Screen) -> None:
    """pages.md 5.5: reviewed and not sent, every page says so until it is."""
    page = come("resident", 4)
    page.goto("/bilik")
    page.locator("input[name=choice]").first.check()
    page.locator("button:visible", has_text="Tinjau suara").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tinjau suara Anda")
    page.goto("/usulan")
    expect(page.get_by_text("BELUM dikirim")).to_be_visible()
    page.get_by_role("link", name="Lanjutkan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Surat suara")
