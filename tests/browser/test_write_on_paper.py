"""Journey: an official sets a post up and prints sheets; its officer checks a resident in, whose phone then says paper.

It comes last by its name: whoever is checked in here cannot vote by phone any more.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Screen
from tests.browser.doors import came_in, enter_with_code
from tests.browser.places import THIS_YEAR
from tests.browser.stage import DESK, PHONE, Demo, visitor

POSTS = f"/petugas/siklus/siklus-{THIS_YEAR}/pos"
NAME = "Pos Balai RW 05"
VOTERS = {True: 0, False: 2}
SCREENS = [
    pytest.param(Screen(DESK), id="1280"),
    pytest.param(Screen(PHONE, script=False), id="360-no-script"),
]


@pytest.fixture(scope="module")
def post(browser: Browser, demo: Demo) -> str:
    """The address of a post for RW 05 Rancabolang, its officer on shift today, three sheets printed."""
    context = visitor(browser, demo, DESK, state=came_in(browser, demo, "official"))
    page = context.new_page()
    page.goto(POSTS)
    page.get_by_label("Surat suara").select_option(label="Gedebage")
    for label, words in (("Nama pos", NAME), ("Tempat", "Balai RW 05"), ("Hari dan jam buka", "Sabtu, 08.00")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Buat pos").click()
    page.wait_for_url(re.compile("/petugas/pos/"))
    address = page.url
    _serve_rw_05(page)
    _schedule(page, demo.people)
    _print(page)
    context.close()
    return address


def _serve_rw_05(page: Page) -> None:
    page.get_by_text("Rancabolang", exact=False).first.click()
    page.get_by_label("RW 05 Rancabolang").check()
    page.get_by_role("button", name="Simpan RW Rancabolang").click()
    expect(page.get_by_role("status").first).to_contain_text("Sudah disimpan")


def _schedule(page: Page, people: list[dict[str, str]]) -> None:
    """Put the facilitator at the table, today by the city's calendar."""
    name = next(each["name"] for each in people if each["role"] == "facilitator")
    page.get_by_label("Petugas", exact=True).select_option(label=name)
    page.get_by_label("Hari", exact=True).fill((datetime.now(UTC) + timedelta(hours=7)).date().isoformat())
    page.get_by_role("button", name="Jadwalkan").click()
    expect(page.locator("main")).to_contain_text(name)


def _print(page: Page) -> None:
    """Three sheets, each with its own serial and QR, one to an A4 page."""
    page.get_by_label("Lembar dalam bundel baru").fill("3")
    page.get_by_role("button", name="Buat bundel").click()
    page.get_by_role("button", name="Cetak lembar").click()
    serials = page.locator(".kertas-nomor .kode").all_text_contents()
    assert len(set(serials)) == 3 and page.locator(".kertas-nomor img").count() == 3
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 3 and b"594.9" in printed


@pytest.mark.parametrize("screen", SCREENS, indirect=True)
def test_paper(come: Callable[..., Page], demo: Demo, screen: Screen, post: str) -> None:
    """K1, K2, K3: the officer's post opens by itself; checked in once; the resident's page says paper, and why."""
    nth = VOTERS[screen.script]
    table, code = come("facilitator"), demo.person("resident", nth)["code"]
    table.goto("/meja/pos")
    expect(table.get_by_role("heading", level=1)).to_have_text(NAME)
    _check_in(table, code)
    expect(table.get_by_role("status").first).to_contain_text("mengambil satu lembar")
    _check_in(table, code)
    expect(table.locator("#kode-keliru")).to_contain_text("sudah menerima surat suara kertas")
    table.goto(table.url.removesuffix("/kode") + "/lembar")
    expect(table.get_by_role("heading", level=1)).to_have_text("Masukkan lembar")
    resident = come()
    enter_with_code(resident, demo.person("resident", nth))  # afresh: an earlier journey ended the session
    resident.goto("/status-saya")
    expect(resident.locator("main")).to_contain_text("kertas")
    resident.goto("/bilik")
    expect(resident.locator("main")).to_contain_text("Anda sudah memilih dengan surat suara kertas")
    stranger = come()
    stranger.goto("/pos")
    expect(stranger.locator("main")).to_contain_text(NAME)


def _check_in(page: Page, code: str) -> None:
    page.get_by_label("Kode pemilih").fill(code)
    page.get_by_role("button", name="Catat hadir").click()
