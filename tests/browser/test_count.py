"""Journey: officials and a trustee close the booth, open the box, throw the dice, count and publish; all read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen, Visits
from tests.browser.doors import came_in
from tests.browser.places import THIS_YEAR, VOTING
from tests.browser.reading import downloads, read
from tests.browser.stage import DESK, PHONE, Demo, visitor

SLUG = f"siklus-{THIS_YEAR}"
DICE = "31415926535897932384"


@dataclass
class Counted:
    """The demo whose booth is closed and counted, and the receipt of one who voted in it."""

    demo: Demo
    receipt: str


@pytest.fixture(scope="module")
def counted(browser: Browser, office: Demo) -> Iterator[Counted]:
    """From the last vote to the published result: one official at 1280 px, the other at 360 without script."""
    first = visitor(browser, office, DESK, state=came_in(browser, office, "official"))
    second = visitor(browser, office, PHONE, script=False, state=came_in(browser, office, "official", 1))
    resident = visitor(browser, office, PHONE, state=came_in(browser, office, "resident", 0))
    receipt = _vote(resident.new_page())
    one, two = first.new_page(), second.new_page()
    _close(one, two)
    _open_the_box(one, two, office.person("trustee")["share"])
    _dice(one)
    _count(one)
    _publish(one, two)
    for context in (first, second, resident):
        context.close()
    yield Counted(office, receipt)


def _vote(page: Page) -> str:
    page.goto("/bilik")
    page.locator("input[name=choice]").first.check()
    page.locator("button:visible", has_text="Tinjau suara").first.click()
    page.get_by_role("button", name="Kirim suara").click()
    page.wait_for_url("**/bukti")
    return str(page.locator(".kode-besar").text_content()).strip()


def _said(page: Page) -> Locator:
    return page.get_by_role("status").first


def _close(one: Page, two: Page) -> None:
    """One asks, cannot agree with himself, the other signs."""
    one.goto(VOTING)
    card = one.locator(".kartu", has_text="Tutup bilik suara sekarang")
    card.get_by_role("button", name="Ajukan").click()
    expect(_said(one)).to_contain_text("Menunggu orang kedua")
    expect(one.get_by_role("button", name="Setujui sebagai orang kedua")).to_have_count(0)
    two.goto(VOTING)
    two.get_by_role("button", name="Setujui sebagai orang kedua").click()
    expect(_said(two)).to_contain_text("Disetujui dua orang")


def _open_the_box(one: Page, two: Page, share: str) -> None:
    """The box opens with the trustee's words only."""
    one.goto(f"{VOTING}/hitung")
    one.get_by_role("button", name="Ajukan pembukaan kotak").click()
    two.goto(f"{VOTING}/hitung")
    words = two.get_by_label("Kata kunci pemegang kunci")
    words.fill(" ".join(reversed(share.split())))
    two.get_by_role("button", name="Setujui dan buka kotak").click()
    expect(two.get_by_role("alert")).to_be_visible()
    two.get_by_label("Kata kunci pemegang kunci").fill(share)
    two.get_by_role("button", name="Setujui dan buka kotak").click()
    expect(_said(two)).to_contain_text("Kotak suara sudah dibuka")


def _dice(one: Page) -> None:
    one.goto(f"{VOTING}/hitung")
    one.get_by_label("20 angka dadu").fill("123")
    one.get_by_role("button", name="Catat dadu").click()
    expect(one.get_by_role("alert")).to_be_visible()
    one.get_by_label("20 angka dadu").fill(DICE)
    one.get_by_role("button", name="Catat dadu").click()
    expect(_said(one)).to_contain_text("Dadu sudah dicatat")


def _count(one: Page) -> None:
    one.get_by_role("button", name="Hitung semua kecamatan").click(timeout=60_000)
    expect(_said(one)).to_contain_text("Suara sudah dihitung", timeout=60_000)
    expect(one.get_by_role("row")).to_have_count(32)  # the head, thirty kecamatan and the city round


def _publish(one: Page, two: Page) -> None:
    one.get_by_role("button", name="Ajukan pengumuman").click()
    two.goto(f"{VOTING}/hitung")
    two.get_by_role("button", name="Setujui dan umumkan").click()
    two.wait_for_url(f"**/hasil?siklus={SLUG}", timeout=60_000)
    expect(_said(two)).to_contain_text("Hasil sudah diumumkan")


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_everybody_reads_the_result(visits: Visits, counted: Counted, screen: Screen) -> None:
    """H1 to H6, pages.md 5.7: winners, reasons, replay, comparison, map and downloads of the count just made."""
    page = visits.open(counted.demo, screen)
    page.goto(f"/hasil?siklus={SLUG}")
    page.get_by_role("link", name="Gedebage", exact=True).first.click()
    read(page)
    downloads(page)


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_the_receipt_is_still_there(visits: Visits, counted: Counted, screen: Screen) -> None:
    """I2, pages.md 5.6: after the count the voter's receipt is found on /bukti, and its leaf on /papan."""
    page = visits.open(counted.demo, screen, "resident", 0)
    page.goto("/bukti")
    expect(page.locator(".kode-besar")).to_have_text(counted.receipt)
    page.get_by_label("Kode bukti", exact=True).fill(counted.receipt)
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_text(re.compile("Tercatat di papan bukti nomor")).last).to_be_visible()
    page.get_by_role("link", name="Lihat di papan bukti").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert re.search(r"/papan/\d+$", page.url)


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_the_booth_is_closed(visits: Visits, counted: Counted, screen: Screen) -> None:
    """G6: after closing the booth says so, and shows no ballot."""
    page = visits.open(counted.demo, screen, "resident", 1)
    page.goto("/bilik")
    expect(page.locator("main")).to_contain_text("sudah ditutup")
    expect(page.locator("input[name=choice]")).to_have_count(0)
