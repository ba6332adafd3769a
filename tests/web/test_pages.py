"""Public pages: tagged, not sent twice, kept only for people who are not signed in."""

import brotli
import pytest

from rembuk.web import cache
from rembuk.web.encodings import accepted
from tests.clients import Client
from tests.web import sample


async def test_a_public_page_answers_304_to_its_own_tag(site: Client) -> None:
    """The body is not sent when the visitor holds it, also from the kept copy."""
    first = await site.get("/contoh")
    tag = first.headers["etag"]
    assert first.status_code == 200 and tag.startswith('W/"')
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    for _ in range(2):
        again = await site.get("/contoh", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        cache.forget_pages()


async def test_a_changed_page_is_sent_again(site: Client) -> None:
    """Another body has another tag."""
    tag = (await site.get("/contoh")).headers["etag"]
    cache.forget_pages()
    sample.SEEN["words"] = "lain"
    assert (await site.get("/contoh", headers={"If-None-Match": tag})).status_code == 200


async def test_a_public_page_is_rendered_once_for_many_anonymous_readers(site: Client) -> None:
    """Within two seconds the kept body answers; another query, language or cookie is another page."""
    for _ in range(5):
        await site.get("/contoh")
    assert sample.SEEN["renders"] == 1
    await site.get("/contoh?halaman=2")
    site.set_cookie("bahasa", "en")
    await site.get("/contoh")
    site.set_cookie("kecamatan", "gedebage")
    await site.get("/contoh")
    assert sample.SEEN["renders"] == 4


async def test_a_kept_page_grows_old(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its two seconds it is rendered anew."""
    monkeypatch.setattr(cache, "FRESH_SECONDS", 0.0)
    await site.get("/contoh")
    await site.get("/contoh")
    assert sample.SEEN["renders"] == 2


async def test_signed_in_pages_are_never_kept(site: Client) -> None:
    """The signed-in see their own page with no-store; nobody gets a copy of it."""
    await site.get("/contoh")
    await site.sign_in(sample.PERSON)
    own = await site.get("/contoh")
    assert own.headers["cache-control"] == "no-store" and "etag" not in own.headers
    assert ">resident<" in own.text
    await site.sign_out()
    assert ">public<" in (await site.get("/contoh")).text


async def test_a_page_with_a_form_is_never_kept(site: Client) -> None:
    """Each visitor's token stays theirs, even when the page asked to be public."""
    first, second = await site.get("/contoh/isian"), await site.get("/contoh/isian")
    assert first.headers["cache-control"] == "no-store" and "etag" not in first.headers
    assert first.status_code == 200 and first.text != second.text


@pytest.mark.parametrize("path", ["/contoh", "/contoh/isian", "/healthz", "/api/v1/things/3"])
async def test_head_answers_like_get_without_a_body(site: Client, path: str) -> None:
    """Monitors and link previews may ask with HEAD."""
    whole, head = await site.get(path), await site.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0", None),
        ("identity", None),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=nan-sense", None),
    ],
)
async def test_encodings_are_what_the_client_accepts(site: Client, asked: str, given: str | None) -> None:
    """br;q=0 refuses brotli; kept and fresh pages obey alike."""
    await site.sign_out()
    for _ in range(2):
        answer = await site.get("/contoh", headers={"Accept-Encoding": asked})
        assert answer.headers.get("content-encoding") == given
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert "warga warga" in answer.text


async def test_answers_for_programs_are_compressed_too(site: Client) -> None:
    """A long JSON list travels small."""
    async with site.http.stream("GET", "/api/v1/things", headers={"Accept-Encoding": "br"}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "br"
    assert int(answer.headers["content-length"]) == len(raw)
    assert brotli.decompress(raw).startswith(b'[{"number":1')


def test_accepted_prefers_brotli() -> None:
    """Ours first, whatever the order."""
    assert accepted("gzip, deflate, br") == ("br", "gzip")
    assert accepted("") == ()


async def test_htmx_and_people_share_an_address_but_not_a_copy(site: Client) -> None:
    """Both faces say that they depend on HX-Request."""
    whole = await site.get("/contoh/bagian")
    swapped = await site.htmx("/contoh/bagian")
    assert whole.status_code == swapped.status_code == 200
    assert "hx-request" in swapped.headers["vary"].lower()


async def test_htmx_that_selects_from_a_page_gets_the_whole_and_the_kept_one(site: Client) -> None:
    """HX-Request-Type: full is a reader like any other; a part is another copy."""
    await site.get("/contoh")
    await site.get("/contoh", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert sample.SEEN["renders"] == 1
    await site.htmx("/contoh")
    assert sample.SEEN["renders"] == 2


async def test_a_message_travels_with_a_redirect_and_is_shown_once(site: Client) -> None:
    """303, then the page with the message, then without it; the kept page of others never shows it."""
    answer = await site.post("/contoh/isian", {"judul": "Got mampet"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contoh")
    assert "Sudah tersimpan." in (await site.get("/contoh")).text
    assert "Sudah tersimpan." not in (await site.get("/contoh")).text


async def test_a_forged_message_is_not_shown(site: Client) -> None:
    """Only messages this installation signed appear."""
    site.set_cookie("kilat", "eyJraW5kIjoiaW5mbyJ9.AAAA")
    answer = await site.get("/contoh")
    assert answer.status_code == 200 and "kilat" not in answer.text


async def test_htmx_is_told_to_leave_instead_of_swapping(site: Client) -> None:
    """A redirect after a form sent by htmx is HX-Redirect."""
    answer = await site.htmx("/contoh/isian", {"judul": "Got mampet"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/contoh")


async def test_an_undefined_name_is_an_error_not_an_empty_place(site: Client) -> None:
    """Templates are strict."""
    from jinja2 import UndefinedError

    from rembuk.web.templates import environment

    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing_of_this_name }}").render()


async def test_open_data_is_tagged_for_programs(site: Client) -> None:
    """304 for who holds it; the signed-in get no-store instead; errors carry no tag."""
    first = await site.get("/api/v1/things/3")
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    again = await site.get("/api/v1/things/3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"") and again.headers["etag"] == first.headers["etag"]
    other = await site.get("/api/v1/things/4", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert "etag" not in (await site.get("/api/v1/tidak-ada")).headers
    await site.sign_in(sample.PERSON)
    own = await site.get("/api/v1/things/3", headers={"If-None-Match": first.headers["etag"]})
    assert own.status_code == 200 and own.headers["cache-control"] == "no-store"


async def test_a_redirect_has_no_body(site: Client) -> None:
    """Nothing is written under a 303."""
    assert (await site.get("/contoh/warga")).content == b""
    assert (await site.post("/contoh/isian", {"judul": "x"})).content == b""


async def test_sparing_data_leaves_the_font_for_later(client: Client) -> None:
    """With Save-Data the font is not fetched ahead, and the two kinds of page are kept apart."""
    for header, ahead in (({}, True), ({"Save-Data": "on"}, False), ({}, True)):
        answer = await client.get("/istilah", headers=header)
        assert ('rel="preload"' in answer.text) is ahead
        assert "save-data" in answer.headers["vary"].lower()
