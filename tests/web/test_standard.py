"""What the verification standard asks of a web application and no other test here says (docs/asvs.md)."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rembuk import clock
from rembuk.web import forms, gate, signed
from rembuk.web.guards import PUBLIC, Grant, Role, Viewer
from rembuk.web.logs import JsonLines
from rembuk.web.routing import Request, Response, post
from tests.clients import Client, open_client
from tests.web import sample
from tests.web.test_headers import PATHS


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the server would write about security."""
    text, logger = io.StringIO(), logging.getLogger("rembuk.security")
    output = logging.StreamHandler(text)
    output.setFormatter(JsonLines())
    logger.addHandler(output)
    yield text
    logger.removeHandler(output)


@pytest.mark.parametrize(("path", "status"), PATHS)
async def test_every_text_says_its_letters(site: Client, path: str, status: int) -> None:
    """ASVS 4.1.1: whatever has a body names its kind, and text its character set (JSON is UTF-8 by its own rule)."""
    answer = await site.get(path)
    kind = answer.headers.get("content-type", "")
    assert kind or not answer.content
    assert not kind.startswith("text/") or kind.endswith("charset=utf-8")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "PUT", "DELETE", "PATCH"])
async def test_a_method_nobody_declared_is_refused(site: Client, method: str) -> None:
    """ASVS 13.4.4, 4.1.4: TRACE echoes nothing, and what a route does not declare it does not do."""
    answer = await site.http.request(method, "/contoh", headers={"X-Echo": "gema", "Origin": "http://127.0.0.1:8000"})
    assert answer.status_code in (403, 405) and "gema" not in answer.text


async def test_no_other_site_may_read(site: Client) -> None:
    """ASVS 3.4.2, 3.5.2: no CORS header on anything, whatever origin asks, so no other site reads an answer."""
    for path, _ in PATHS:
        answer = await site.get(path, headers={"Origin": "https://jahat.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/static/", "/static", "/.git/config", "/static/../pyproject.toml", "/.env", "/docs"])
async def test_nothing_beside_the_site_is_served(site: Client, path: str) -> None:
    """ASVS 13.4.1, 13.4.3, 13.4.5: no folder list, no source control, no settings file, no API viewer."""
    assert (await site.get(path)).status_code == 404


def test_a_field_sent_twice_is_one_text() -> None:
    """ASVS 15.3.7: the last of several equal fields counts, and a list is only a list where one is asked for."""
    form = forms.Form({"judul": ["satu", "dua"]})
    assert form.text("judul") == "dua" and form.list("judul") == ["satu", "dua"]


async def test_who_knocks_at_a_strange_door_is_noted(site: Client, lines: io.StringIO) -> None:
    """ASVS 16.3.2: a refused door stands in the log with who, where from and which; a stranger's does not."""
    await site.get("/contoh/admin")
    assert lines.getvalue() == ""
    await site.sign_in(sample.PERSON)
    assert (await site.get("/contoh/admin")).status_code == 403
    told = json.loads(lines.getvalue())
    assert told["event"] == "not permitted" and told["path"] == "/contoh/admin" and told["reason"] == "NOT_YOURS"
    assert told["person"] and told["at"] and told["network"] == "127.0.0.0/24"


async def test_who_tries_to_get_round_is_noted(site: Client, lines: io.StringIO) -> None:
    """ASVS 16.3.3: a form of another site, too many tries and a strange host have a line; nothing typed is in it."""
    foreign = {"Origin": "https://jahat.example"}
    assert (await site.post("/contoh/isian", {"judul": "Rahasia"}, headers=foreign)).status_code == 403
    assert (await site.get("/contoh", headers={"Host": "jahat.example"})).status_code == 421
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["reason"] for line in told] == ["FOREIGN_FORM", "HOST"]
    assert all(line["event"] == "turned away" for line in told) and "Rahasia" not in lines.getvalue()
    assert (await site.post("/bukti/7QK4", {"x": "1"}, headers=foreign)).status_code in (403, 405)
    assert len(lines.getvalue().splitlines()) == 2


def test_what_is_signed_ends() -> None:
    """ASVS 9.2.1, 9.2.3: a signed text is good for its time and its purpose; later, elsewhere or changed it is none."""
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    with clock.frozen(at):
        text = signed.sign("flash", "halo", 60)
        assert signed.unsign("flash", text) == "halo"
        assert signed.unsign("lain", text) is None
        assert signed.unsign("flash", text[:-1] + ("A" if text[-1] != "A" else "B")) is None
        assert signed.unsign("flash", "bukan") is None and signed.unsign("flash", "") is None
    with clock.frozen(at + timedelta(seconds=61)):
        assert signed.unsign("flash", text) is None


async def test_the_largest_number_is_still_asked_for(site: Client) -> None:
    """ASVS 1.4.2: the last number a database can hold reaches its handler, the next one is not there."""
    largest = 2**63 - 1
    assert (await site.get(f"/contoh/refused/{largest}")).status_code != 404
    assert (await site.get(f"/contoh/refused/{largest + 1}")).status_code == 404


@post("/contoh/lama", guard=PUBLIC, seconds=20)
async def slow(request: Request) -> Response:
    """Takes longer than a handler may, and said so beforehand."""
    await asyncio.sleep(0.5)
    return Response("selesai", media_type="text/plain")


async def test_a_route_may_ask_for_more_time(small_db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 15.2.2: only a route that says how long may take longer than the others."""
    monkeypatch.setattr(gate, "HANDLER_SECONDS", 0.2)
    async with open_client([slow], rooms=()) as client:
        assert (await client.post("/contoh/lama", {})).status_code == 200


def test_a_viewer_tells_areas_by_role() -> None:
    """ASVS 8.2.2: the areas of one role are not those of another, and no grant is no area."""
    both = Viewer(grants=(Grant(Role.OFFICIAL, "32.73.27"), Grant(Role.MODERATOR, "32.73.26")))
    assert both.areas(Role.OFFICIAL) == ("32.73.27",) and both.areas(Role.MODERATOR) == ("32.73.26",)
    assert both.areas(Role.AUDITOR) == ()


async def test_a_long_path_is_cut_in_the_log(site: Client, lines: io.StringIO) -> None:
    """ASVS 16.4.1: two hundred letters of a path are enough to know the door; the rest is the visitor's own text."""
    await site.sign_in(sample.PERSON)
    assert (await site.get("/contoh/petugas/" + "x" * 400)).status_code in (403, 404)
    assert len(json.loads(lines.getvalue().splitlines()[0])["path"]) == 200
