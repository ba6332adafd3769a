"""Errors: a page in plain words for people, RFC 9457 for programs, a number and no trace."""

import json
import logging

import pytest

from rembuk.web import errors, pages
from tests.clients import Client
from tests.web import sample


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/tidak-ada", 404, "Halaman ini tidak ada"),
        ("/contoh/refused/1", 409, "Nomor 1 sudah dipakai."),
        ("/contoh/refused/2", 422, "Tahap ini sudah tutup."),
        ("/contoh?halaman=abc", 400, "tidak bisa dibaca"),
        ("/contoh/admin", 403, "bukan untuk peran Anda"),
    ],
)
async def test_pages(site: Client, path: str, status: int, words: str) -> None:
    """Every refusal is a page in Indonesian with its sentence and a way on."""
    await site.sign_in(sample.PERSON)
    answer = await site.get(path)
    assert answer.status_code == status and words in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="/"' in answer.text


async def test_404_offers_a_search(site: Client) -> None:
    """A form without a token, straight to the list of proposals."""
    answer = await site.get("/tidak-ada")
    assert 'action="/usulan"' in answer.text and 'type="search"' in answer.text and "_csrf" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/tidak-ada", 404, "not-found"),
        ("/api/v1/things/abc", 404, "not-found"),
        ("/api/v1/things/99999999999999999999", 404, "not-found"),
        ("/api/v1/things?page=abc", 400, "bad-request"),
        ("/api/v1/things?page=0", 400, "bad-request"),
        ("/api/v1/things?size=99999999999999999999", 400, "bad-request"),
        ("/api/v1/things?within=abcdef", 400, "bad-request"),
        ("/api/v1/things?nama=abcdef", 400, "bad-request"),
        ("/api/v1/things/5000", 422, "closed"),
        ("/api/v1/mine", 401, "sign-in"),
    ],
)
async def test_problems(site: Client, path: str, status: int, kind: str) -> None:
    """Programs get type, title, status, detail and instance, whatever they accept."""
    answer = await site.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:rembuk:masalah:{kind}" and told["status"] == status
    assert told["title"] and told["detail"] and told["instance"].startswith("urn:rembuk:permintaan:")


async def test_a_bad_value_is_named(site: Client) -> None:
    """Field faults by name."""
    told = (await site.get("/api/v1/things?page=abc")).json()
    assert list(told["errors"]) == ["page"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_405_names_what_is_allowed(site: Client, method: str) -> None:
    """With Allow, as a problem for programs."""
    answer = await site.http.request(method, "/api/v1/things/1")
    assert answer.status_code == 405 and "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_unknown_parameters_are_fine(site: Client) -> None:
    """A newer client may ask for more."""
    assert (await site.get("/api/v1/things/1?lain=ya&lain=tidak")).json() == {"number": 1, "name": "benda"}


async def test_a_fault_of_ours_is_a_number(site: Client, caplog: pytest.LogCaptureFixture) -> None:
    """500: prepared page, no trace, no message; the log holds the number and the lines, not what was typed."""
    with caplog.at_level(logging.ERROR, "rembuk.faults"):
        answer = await site.get("/contoh/rusak")
    assert answer.status_code == 500 and "Ada kesalahan di pihak kami" in answer.text
    assert "rahasia" not in answer.text and "Traceback" not in answer.text and errors._NUMBER not in answer.text
    facts = caplog.records[-1].__dict__["facts"]
    assert facts["fault"] == "RuntimeError" and facts["number"] in answer.text
    assert any("sample.py" in line for line in facts["lines"]) and "3273" not in json.dumps(facts)


async def test_a_fault_of_ours_for_a_program(site: Client) -> None:
    """The same as a problem."""
    answer = await site.get("/contoh/rusak", headers={"Accept": "application/json"})
    assert answer.status_code == 500 and answer.json()["type"] == "urn:rembuk:masalah:ours"
    assert "rahasia" not in answer.text


async def test_an_error_page_that_fails_is_still_an_answer(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the frame itself is broken the prepared page answers, with the right status."""
    monkeypatch.setattr(pages, "base_context", lambda request: {})
    answer = await site.get("/tidak-ada")
    assert answer.status_code == 404 and "Ada kesalahan di pihak kami" in answer.text


async def test_errors_are_never_kept(site: Client) -> None:
    """no-store, so that a page that appears later is seen."""
    assert (await site.get("/tidak-ada")).headers["cache-control"] == "no-store"


async def test_in_the_visitors_language(site: Client) -> None:
    """The language of the cookie also speaks in errors."""
    site.set_cookie("bahasa", "en")
    assert '<html lang="en">' in (await site.get("/tidak-ada")).text
    assert 'lang="en"' in (await site.get("/contoh/rusak")).text
