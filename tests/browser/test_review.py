"""Journey: officials turn next year's round to its review; one checks proposals: passed, changed cost, not passed."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ALL_SCREENS, Screen, Visits
from tests.browser.doors import came_in
from tests.browser.stage import DESK, Demo, visitor

NEXT = f"/petugas/siklus/siklus-{datetime.now(UTC).year + 1}"
QUEUE = "/petugas/pemeriksaan"
PASSED = "Lahan milik kota dan pekerjaan ini belum ada di program dinas."
CHANGED = "Harga satuan kami sesuaikan dengan standar harga tahun ini."
LINE = "Harga pasar bulan ini lebih rendah."
REFUSED = "Lahan ini milik perkeretaapian, jadi kota tidak berwenang membangun di sana."


@pytest.fixture(scope="module")
def reviewing(browser: Browser, office: Demo) -> Demo:
    """Next year's round brought to its review through the pages: proposals closed, debate opened and closed."""
    context = visitor(browser, office, DESK, state=came_in(browser, office, "official"))
    page = context.new_page()
    for verb, phase in (("Tutup", "Usulan"), ("Buka", "Musyawarah"), ("Tutup", "Musyawarah"), ("Buka", "Pemeriksaan")):
        page.goto(NEXT)
        page.locator("li.kartu", has_text=phase).get_by_text(f"{verb} tahap ini").first.click()
        page.get_by_role("button", name=re.compile(f"Ya, {verb.lower()} {phase}", re.I)).click()
        done = "dibuka" if verb == "Buka" else "ditutup"
        expect(page.get_by_role("status").first).to_contain_text(re.compile(f"{phase}.* sudah {done}"))
    context.close()
    return office


@pytest.mark.parametrize("screen", ALL_SCREENS, indirect=True)
def test_review(visits: Visits, reviewing: Demo, screen: Screen) -> None:
    """F1 to F4, pages.md 5.12: three verdicts, each with its reason; costs line by line; residents read why."""
    page, stranger = visits.open(reviewing, screen, "official"), visits.open(reviewing, screen)
    number = _next(page)
    _answers(page, yes=True)
    _verdict(page, "Lolos", PASSED)
    _read(stranger, number, PASSED)
    number = _next(page)
    _answers(page, yes=True)
    _change_a_line(page)
    _verdict(page, "Lolos dengan perubahan", CHANGED)
    _read(stranger, number, CHANGED)
    expect(stranger.locator("article")).to_contain_text("semula")
    expect(stranger.locator("article")).to_contain_text(LINE)
    number = _next(page)
    _answers(page, yes=False)
    _no_reason_is_refused(page)
    _verdict(page, "Tidak lolos", REFUSED)
    _read(stranger, number, REFUSED)


def _next(page: Page) -> int:
    """The first proposal that waits; its number."""
    page.goto(QUEUE)
    page.locator(f"main li a[href^='{QUEUE}/']").first.click()
    page.wait_for_url(re.compile(rf"{QUEUE}/\d+"))
    return int(page.url.rpartition("/")[2])


def _answers(page: Page, *, yes: bool) -> None:
    """The checklist: authority, land, overlap, costs."""
    word = "yes" if yes else "no"
    for each in page.locator(f"label:has(input[value={word}])").all():
        each.click()


def _change_a_line(page: Page) -> None:
    price = page.get_by_label("Harga satuan").first
    price.fill(str(int(re.sub(r"\D", "", price.input_value())) * 9 // 10))
    page.get_by_label("Alasan perubahan").first.fill(LINE)


def _verdict(page: Page, words: str, reason: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{words}( (Masuk|Tidak masuk).*)?$")).check()
    page.get_by_label("Alasan untuk warga").fill(reason)
    page.get_by_role("button", name="Selesai dan terbitkan").click()
    expect(page.get_by_role("status").first).to_contain_text(words)


def _no_reason_is_refused(page: Page) -> None:
    """Not feasible without a reason is not taken (F3)."""
    page.get_by_role("radio", name=re.compile("^Tidak lolos")).check()
    page.get_by_role("button", name="Selesai dan terbitkan").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("alasan", re.I))


def _read(stranger: Page, number: int, reason: str) -> None:
    stranger.goto(f"/usulan/{number}")
    expect(stranger.locator("main")).to_contain_text(reason)
