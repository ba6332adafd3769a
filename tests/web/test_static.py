"""Static files: names with their content, sent once, small, and only what is there."""

from pathlib import Path
from uuid import uuid4

import brotli
import pytest

from rembuk.web.static import StaticFiles, static_files
from tests.clients import Client

CSS = "@font-face{src:url(huruf.woff2)} a{background:url('gambar/kontur.svg#a')} b{background:url(data:x)} " * 60


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    """A small folder of static files."""
    (tmp_path / "gambar").mkdir()
    (tmp_path / "huruf.woff2").write_bytes(b"wOF2" * 900)
    (tmp_path / "gambar" / "kontur.svg").write_text("<svg/>" * 500)
    (tmp_path / "rembuk.css").write_text(CSS)
    (tmp_path / "sw.js").write_text("self.x = 1;\n" * 200)
    (tmp_path / ".rahasia").write_text("kunci")
    return static_files(tmp_path)


def test_a_name_holds_the_hash_of_the_content(files: StaticFiles, tmp_path: Path) -> None:
    """Another content has another name; the same has the same."""
    other = tmp_path / "lain"
    other.mkdir()
    (other / "rembuk.css").write_text(CSS + "c{}")
    assert files.url("rembuk.css").startswith("/static/rembuk.") and files.url("rembuk.css").endswith(".css")
    assert static_files(other).url("rembuk.css") != files.url("rembuk.css")


def test_an_unknown_name_is_an_error(files: StaticFiles) -> None:
    """A template cannot link to a file that is not there."""
    with pytest.raises(LookupError):
        files.url("tidak-ada.css")


def test_a_stylesheet_links_to_hashed_names(files: StaticFiles) -> None:
    """What a lasting stylesheet loads lasts too; data: is left alone."""
    answer = files.answer(files.url("rembuk.css"), {})
    assert answer
    text = answer[2].decode()
    assert f"url({files.url('huruf.woff2')})" in text and f"url({files.url('gambar/kontur.svg')}#a)" in text
    assert "url(data:x)" in text


@pytest.mark.parametrize(
    ("asked", "encoding"),
    [("br, gzip", b"br"), ("gzip", b"gzip"), ("br;q=0", None), ("", None), ("br;q=0,gzip", b"gzip")],
)
def test_encodings(files: StaticFiles, asked: str, encoding: bytes | None) -> None:
    """Precompressed once; br;q=0 is honoured; each encoding has its own strong tag."""
    answer = files.answer(files.url("rembuk.css"), {"accept-encoding": asked})
    assert answer
    status, headers, body = answer
    told = dict(headers)
    assert status == 200 and told.get(b"content-encoding") == encoding
    assert told[b"vary"] == b"Accept-Encoding" and told[b"content-length"] == str(len(body)).encode()
    assert told[b"cache-control"] == b"public, max-age=31536000, immutable"
    if encoding == b"br":
        plain = files.answer(files.url("rembuk.css"), {})
        assert plain and brotli.decompress(body) == plain[2] and dict(plain[1])[b"etag"] != told[b"etag"]


def test_what_does_not_shrink_is_sent_as_it_is(files: StaticFiles) -> None:
    """Fonts and pictures are compressed already."""
    answer = files.answer(files.url("huruf.woff2"), {"accept-encoding": "br"})
    assert answer and dict(answer[1]).get(b"content-encoding") is None
    assert dict(answer[1])[b"content-type"] == b"font/woff2"


def test_304(files: StaticFiles) -> None:
    """The same tag is not sent again; plain names must be asked for each time."""
    for path in (files.url("rembuk.css"), "/static/rembuk.css", "/sw.js"):
        first = files.answer(path, {"accept-encoding": "br"})
        assert first and first[0] == 200
        tag = dict(first[1])[b"etag"].decode()
        again = files.answer(path, {"accept-encoding": "br", "if-none-match": tag})
        assert again and again[0] == 304 and again[2] == b""
    assert first and dict(first[1])[b"cache-control"] == b"public, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/.rahasia",
        "/static/",
        "/static/%2e%2e/x",
        "/static//rembuk.css",
        "/rembuk.css",
        "/static/rembuk.000000000000.css",
    ],
)
def test_only_what_is_there(files: StaticFiles, path: str) -> None:
    """No traversal, no hidden files, no invented hashes: paths are looked up, never opened."""
    assert files.answer(path, {}) is None


async def test_through_the_app(site: Client) -> None:
    """GET, HEAD and the worker at the root; security headers and no cookie; also for the signed-in."""
    await site.sign_in(uuid4())
    path = static_files().url("rembuk.css")
    whole, head = await site.get(path), await site.head(path)
    assert whole.status_code == head.status_code == 200 and head.content == b"" and whole.content
    assert whole.headers["cache-control"].endswith("immutable")
    assert whole.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in whole.headers
    again = await site.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
    assert (await site.http.post(path)).status_code == 404
