"""make shots: a picture of every page for every role, at 360 and 1280 pixels, into var/shots."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.browser.stage import DESK, PHONE, Demo, browsing, enter_with_code, enter_with_password, served, visitor

PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/",
        "/usulan",
        "/usulan/2",
        "/hasil",
        "/hasil/gedebage",
        "/pelaksanaan",
        "/pengaduan",
        "/papan",
        "/bukti",
        "/aman",
        "/kamus-usulan",
        "/penjagaan",
        "/istilah",
        "/privasi",
        "/data",
        "/pola",
        "/masuk",
        "/masuk/sandi",
        "/tidak-ada",
    ),
    "resident": ("/", "/bilik", "/status-saya", "/bukti", "/usulan/baru", "/akun"),
    "facilitator": ("/meja", "/meja/antrean", "/akun"),
    "official": (
        "/petugas",
        "/petugas/siklus",
        "/petugas/siklus/siklus-2026",
        "/petugas/siklus/siklus-2026/pagu",
        "/petugas/siklus/siklus-2026/hitung",
        "/petugas/pemeriksaan",
    ),
    "auditor": ("/petugas", "/papan"),
    "admin": ("/admin",),
}


def main() -> None:
    """Take every picture; the folder may be given."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/shots")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, served(Path(place) / "data") as demo, browsing() as browser:
        for role, paths in PAGES.items():
            take(browser, demo, role, paths, folder)


def take(browser: Browser, demo: Demo, role: str, paths: tuple[str, ...], folder: Path) -> None:
    """The pictures of one role, in both sizes."""
    for size in (PHONE, DESK):
        context = visitor(browser, demo, size)
        page = context.new_page()
        ENTER[role](page, demo)
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            name = re.sub(r"\W+", "-", path.strip("/")) or "beranda"
            page.screenshot(path=folder / f"{role}-{name}-{size['width']}.png", full_page=True)
        context.close()


def _staff(role: str) -> Callable[[Page, Demo], None]:
    return lambda page, demo: enter_with_password(page, demo.person(role))


ENTER: dict[str, Callable[[Page, Demo], None]] = {
    "public": lambda page, demo: None,
    "resident": lambda page, demo: enter_with_code(page, demo.person("resident")),
    "facilitator": _staff("facilitator"),
    "official": _staff("official"),
    "auditor": _staff("auditor"),
    "admin": _staff("admin"),
}

if __name__ == "__main__":
    main()
