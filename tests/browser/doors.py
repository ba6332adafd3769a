"""The ways into the demo: a voter code for residents, a password with a one-time code for staff."""

import time
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page

from tests.browser.stage import DESK, Demo, visitor

STEP = 30
_used: dict[tuple[str, str], int] = {}
_states: dict[tuple[str, str, int], object] = {}


def enter_with_code(page: Page, sign_in: dict[str, str], back: str = "") -> None:
    """Sign in as a resident with a voter code and its second factor."""
    page.goto(f"/masuk?kembali={back}" if back else "/masuk")
    page.locator("input[name=identitas]").fill(sign_in["code"])
    page.locator("main form button").first.click()
    page.locator("input[name=kedua]").fill(sign_in["second_factor"])
    page.locator("main form button").first.click()
    page.locator("header a.akun[href='/akun'], body.bilik").first.wait_for()


def enter_with_password(page: Page, sign_in: dict[str, str]) -> None:
    """Sign in as staff with a password and a one-time code that was not used before."""
    page.goto("/masuk/sandi")
    page.locator("input[name=nama]").fill(sign_in["username"])
    page.locator("input[name=sandi]").fill(sign_in["password"])
    page.locator("main form button").first.click()
    page.locator("input[name=kode]").fill(_fresh(page.url, sign_in["totp_secret"]))
    page.locator("main form button").first.click()
    page.locator("header a.akun[href='/akun']").wait_for()


def _fresh(address: str, secret: str) -> str:
    """A code of this or the next step of 30 s: each server takes each step once."""
    key, now = (urlsplit(address).netloc, secret), int(time.time()) // STEP
    step = max(now, _used.get(key, 0) + 1)
    if step > now + 1:
        time.sleep((step - 1) * STEP - time.time() + 0.5)
    _used[key] = step
    return pyotp.TOTP(secret).at(step * STEP)


def came_in(browser: Browser, demo: Demo, role: str, nth: int = 0) -> object:
    """The cookies of somebody who signed in once; asked again, the same ones."""
    key = (demo.url, role, nth)
    if key not in _states:
        context = visitor(browser, demo, DESK)
        page, door = context.new_page(), demo.person(role, nth)
        if role == "resident":
            enter_with_code(page, door)
        else:
            enter_with_password(page, door)
        _states[key] = context.storage_state()
        context.close()
    return _states[key]
