"""sw.js in a real browser: what it keeps, what it never keeps, and what it says without network."""

from typing import Any

import pytest

from tests.look.booth import browser, served
from tests.look.test_script import written

pytestmark = pytest.mark.browser

PAGES = {"/": "<main>Beranda</main>", "/usulan": "<main>Usulan</main>", "/akun": "<main>Akun saya</main>",
         "/bilik": "<main>Bilik</main>", "/mine": "<main>Hanya saya</main>"}  # fmt: skip
KEPT = "caches.open('halaman').then(all => all.keys()).then(all => all.map(one => new URL(one.url).pathname))"


def _opened(page: Any, paths: tuple[str, ...]) -> None:
    """Visit pages until the worker is at work, then these."""
    page.goto("/")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")


def test_copies_are_public_pages_only() -> None:
    """pages.md 5.16: public pages come back as dated copies; private ones, even marked public, are never kept."""
    pages = {path: written(body) for path, body in PAGES.items()}
    with served(pages, frozenset({"/", "/usulan", "/bilik", "/akun"})) as address, browser() as opened:
        context = opened.new_context(base_url=address, locale="id-ID")
        page = context.new_page()
        _opened(page, ("/usulan", "/akun", "/bilik", "/mine", "/"))
        assert sorted(page.evaluate(KEPT)) == ["/", "/usulan"]
        context.set_offline(True)
        page.goto("/usulan")
        assert "Anda sedang luring." in page.inner_text("body")
        assert "Usulan" in page.inner_text("main")
        for path in ("/bilik", "/akun", "/mine"):
            page.goto(path)
            assert page.inner_text("h1") == "Sambungan terputus"
        page.locator("[data-luring] a", has_text="usulan").wait_for()
