"""Redirect targets: our own pages, and nothing that only looks like one."""

import pytest

from rembuk.web.pages import redirect
from rembuk.web.paths import is_local, local_path
from tests.clients import Client


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/contoh",
        "/contoh?halaman=2&q=got+mampet",
        "/contoh/refused/1#komentar",
        "/contoh?q=a%2Fb%20c",
        "/contoh?kembali=/contoh%3Fa%3D1",
    ],
)
async def test_local(site: Client, target: str) -> None:
    """Paths of pages we have, with query and fragment."""
    assert is_local(target) and local_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "contoh",
        "https://jahat.example/",
        "http:/jahat.example",
        "//jahat.example/",
        "///jahat.example",
        "/\\jahat.example",
        "\\\\jahat.example",
        "/%5cjahat.example",
        "/%5Cjahat.example",
        "/%2f/jahat.example",
        "/%2Fjahat.example",
        "/%252fjahat.example",
        "/%25252fjahat.example",
        "/\tjahat",
        "/%09/jahat",
        "/contoh%0d%0aSet-Cookie:%20a=b",
        "/contoh\r\nSet-Cookie: a=b",
        "/contoh%00",
        "/contoh%7f",
        "/contoh%c2%85",
        "/contoh//jahat.example",
        "/contoh/../masuk",
        "/contoh/%2e%2e/masuk",
        "/./contoh",
        "/contoh halaman",
        "/contóh",
        "javascript:alert(1)",
        "data:text/html,x",
        "/api/v1/things",
        "/static/rembuk.css",
        "/tidak-ada",
        "@jahat.example",
        "/@jahat.example",
        "/contoh?" + "x" * 2000,
    ],
)
async def test_not_local(site: Client, target: str) -> None:
    """Everything else becomes the first page: also when a room redirects there by mistake."""
    assert not is_local(target)
    assert local_path(target) == "/" and local_path(target, "/contoh") == "/contoh"
    assert redirect(target).headers["Location"] == "/"


async def test_the_language_link_goes_back(site: Client) -> None:
    """/bahasa/su remembers the language and returns to the page it stood on; a foreign page is not one."""
    answer = await site.get("/bahasa/su", headers={"Referer": "http://127.0.0.1:8000/contoh?halaman=2"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contoh?halaman=2")
    assert site.cookie("bahasa") == "su"
    assert '<html lang="su">' in (await site.get("/contoh")).text
    strange = await site.get("/bahasa/id?kembali=//jahat.example")
    assert strange.headers["location"] == "/"
    assert (await site.get("/bahasa/xx")).status_code == 404
