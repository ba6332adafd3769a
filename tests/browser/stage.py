"""The demo as a visitor meets it: a real server in a process of its own, a real Chromium, the printed sign-ins."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 900}
REMBUK = Path(sys.executable).with_name("rembuk")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The browser of this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@dataclass(frozen=True)
class Demo:
    """A running demo: its address and the doors of demo.json by role."""

    url: str
    people: list[dict[str, Any]]

    def person(self, role: str, nth: int = 0) -> dict[str, str]:
        """The sign-in of the nth person with a role."""
        found = [each["sign_in"] for each in self.people if each["role"] == role]
        return found[nth]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(data: Path) -> Iterator[Demo]:
    """The demo built in a folder (once) and served while the block runs."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("REMBUK_")}
    log = (data.parent / f"demo-{port}.log").open("wb")
    server = subprocess.Popen(
        [REMBUK, "demo", "--port", str(port), "--data", str(data)], env=environment, stdout=log, stderr=log
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/readyz", server)
        yield Demo(url, json.loads((data / "demo.json").read_text("utf-8"))["people"])
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_for(url: str, server: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Until the server answers; AssertionError when it stopped or took too long."""
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        assert server.poll() is None, "the demo stopped"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer in {seconds} s")


@contextmanager
def browsing() -> Iterator[Browser]:
    """The machine's Chromium, driven."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


def visitor(browser: Browser, demo: Demo, size: dict[str, int], *, script: bool = True) -> BrowserContext:
    """A fresh visitor with a screen of this size, with or without JavaScript."""
    return browser.new_context(
        base_url=demo.url, viewport=size, java_script_enabled=script, locale="id-ID", service_workers="block"
    )


def enter_with_code(page: Page, sign_in: dict[str, str]) -> None:
    """Sign in as a resident with a voter code and its second factor."""
    page.goto("/masuk")
    page.locator("input[name=identitas]").fill(sign_in["code"])
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=kedua]").fill(sign_in["second_factor"])
    page.locator("main form button[type=submit]").first.click()


_used: dict[str, str] = {}


def enter_with_password(page: Page, sign_in: dict[str, str]) -> None:
    """Sign in as staff with a password and a one-time code that was not used before."""
    page.goto("/masuk/sandi")
    page.locator("input[name=nama]").fill(sign_in["username"])
    page.locator("input[name=sandi]").fill(sign_in["password"])
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=kode]").fill(_fresh(sign_in))
    page.locator("main form button[type=submit]").first.click()


def _fresh(sign_in: dict[str, str]) -> str:
    """A code of this or the next step: each is taken once."""
    totp = pyotp.TOTP(sign_in["totp_secret"])
    for offset in (0, 1):
        code = totp.at(int(time.time()), offset)
        if _used.get(sign_in["username"], "") < f"{int(time.time()) // 30 + offset:012d}":
            _used[sign_in["username"]] = f"{int(time.time()) // 30 + offset:012d}"
            return code
    time.sleep(30)
    return _fresh(sign_in)
