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

from playwright.sync_api import Browser, BrowserContext, sync_playwright

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
READY_BUILT = "REMBUK_TEST_DEMO"
"""Names a folder where `rembuk demo --build-only` has built a demo: saves the minute when one works on a journey."""


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
        found: list[dict[str, str]] = [each["sign_in"] for each in self.people if each["role"] == role]
        return found[nth]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def built(folder: Path) -> Path:
    """A built demo's data: the folder REMBUK_TEST_DEMO names, or one made here (once) by the command a person types."""
    if ready := os.environ.get(READY_BUILT):
        return Path(ready)
    data = folder / "built"
    if (data / "demo.json").exists():
        return data
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.log").open("wb") as log:
        command = [str(REMBUK), "demo", "--build-only", "--data", str(data)]
        subprocess.run(command, env=_environment(), stdout=log, stderr=log, check=True, timeout=240)
    assert "Traceback" not in (folder / "build.log").read_text("utf-8")
    return data


def copied(data: Path, folder: Path) -> Path:
    """A second demo with the same past: the data and its secrets beside it."""
    twin = folder / "data"
    shutil.copytree(data, twin)
    shutil.copytree(_secrets(data), _secrets(twin))
    return twin


def _secrets(data: Path) -> Path:
    return data.with_name(f"{data.name}-secrets")


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("REMBUK_")}


@contextmanager
def served(data: Path) -> Iterator[Demo]:
    """The demo in a folder (built when it is empty), served while the block runs."""
    port = free_port()
    log = (data.parent / f"demo-{port}.log").open("wb")
    command = [str(REMBUK), "demo", "--port", str(port), "--data", str(data)]
    server = subprocess.Popen(command, env=_environment(), stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/readyz", server)
        yield Demo(url, json.loads((data / "demo.json").read_text("utf-8"))["people"])
    finally:
        _end(server)
        log.close()


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(10)


def wait_for(url: str, server: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Until the server answers; AssertionError when it stopped or took too long."""
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        assert server.poll() is None, "the demo stopped"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
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
        try:
            yield browser
        finally:
            browser.close()


def visitor(
    browser: Browser, demo: Demo, size: dict[str, int], *, script: bool = True, state: Any = None
) -> BrowserContext:
    """A fresh visitor (or one with the cookies of `state`) with a screen of this size, with or without JavaScript."""
    context = browser.new_context(
        base_url=demo.url,
        viewport=size,  # type: ignore[arg-type]
        java_script_enabled=script,
        locale="id-ID",
        service_workers="block",
        storage_state=state,
    )
    context.set_default_timeout(15_000)
    return context
