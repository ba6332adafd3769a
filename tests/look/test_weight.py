"""What travels: small enough (pages.md 2), ours alone, and exactly what VENDOR.md says."""

import hashlib
import re

import brotli
import pytest

from tests.look.shelf import STATIC

LIMITS = {"rembuk.css": 9_000, "rembuk.js": 6_000, "sw.js": 2_000, "icons.svg": 4_000, "jakarta.woff2": 12_000}
VENDORED = re.compile(r"^\| `([^`]+)` \|.*\| ([0-9a-f]{64}) \|$", re.MULTILINE)


@pytest.mark.parametrize("name", LIMITS)
def test_a_file_stays_light(name: str) -> None:
    """pages.md 2: each file sent on the first visit keeps its brotli limit."""
    assert len(brotli.compress((STATIC / name).read_bytes())) <= LIMITS[name]


def test_a_first_visit_stays_light() -> None:
    """pages.md 2: everything static together leaves room for the page itself inside 50 KB."""
    names = (*LIMITS, "vendor/htmx.min.js", "kontur.svg", "favicon.svg")
    whole = sum(len(brotli.compress((STATIC / name).read_bytes())) for name in names if name != "sw.js")
    assert whole <= 44_000


def test_the_preview_picture_stays_light() -> None:
    """pages.md 6: the picture WhatsApp fetches is under 60 KB."""
    assert (STATIC / "og.png").stat().st_size < 60_000


def test_vendored_files_are_the_ones_listed() -> None:
    """stack.md 6: every vendored file has the hash written in VENDOR.md, and every vendored file is written there."""
    listed = dict(VENDORED.findall((STATIC / "vendor" / "VENDOR.md").read_text()))
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name
    scripts = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").glob("*.js")}
    assert scripts | {"jakarta.woff2", "icons.svg"} == set(listed)


def test_nothing_is_loaded_from_elsewhere() -> None:
    """pages.md 7: own origin only; no address of another host in what we send, but links people click."""
    for name in ("rembuk.css", "rembuk.js", "sw.js", "luring.html"):
        text = (STATIC / name).read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", text), name


def test_the_script_needs_no_eval() -> None:
    """trust.md 8: nothing in our scripts asks for what the CSP refuses."""
    for name in ("rembuk.js", "sw.js"):
        text = (STATIC / name).read_text()
        assert not re.search(
            r"\beval\(|new Function|innerHTML|\.style\b|document\.write|setTimeout\(\s*[\"'`]", text
        ), name


def test_the_worker_never_keeps_private_pages() -> None:
    """pages.md 5.16: the booth, receipts, accounts and desks are refused by name, and only public answers are kept."""
    text = (STATIC / "sw.js").read_text()
    private = re.search(r"const PRIVATE = /\^\\/\((.*)\)/\n", text)
    assert private
    assert {"bilik", "suara", "bukti", "status-saya", "akun", "masuk", "meja", "petugas", "admin"} <= set(
        private[1].split("|")
    )
    assert r"/\bpublic\b/.test(answer.headers.get" in text
