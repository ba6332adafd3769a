"""The same security headers on everything that leaves the house."""

from typing import Any

import msgspec
import pytest

from rembuk.settings import settings
from rembuk.web import headers, visit
from tests.clients import Client
from tests.web import sample

EXPECTED = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PATHS = [
    ("/contoh", 200),
    ("/contoh/isian", 200),
    ("/contoh/bagian", 200),
    ("/contoh/warga", 303),
    ("/contoh/rusak", 500),
    ("/contoh/refused/1", 409),
    ("/tidak-ada", 404),
    ("/static/tidak-ada.css", 404),
    ("/static/rembuk.css", 200),
    ("/healthz", 200),
    ("/api/v1/things/1", 200),
    ("/api/v1/tidak-ada", 404),
    ("/api/v1/openapi.json", 200),
]


@pytest.mark.parametrize(("path", "status"), PATHS)
@pytest.mark.parametrize("signed_in", [False, True])
async def test_every_answer_carries_them(site: Client, path: str, status: int, signed_in: bool) -> None:
    """Pages, parts, errors, static files, answers for programs; signed in or not."""
    if signed_in:
        await site.sign_in(sample.PERSON)
        status = 200 if path == "/contoh/warga" else status
    answer = await site.get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED
    permissions = answer.headers["permissions-policy"].split(", ")
    assert "geolocation=(self)" in permissions and "camera=()" in permissions and "microphone=()" in permissions
    assert all(entry.endswith("=()") for entry in permissions if not entry.startswith("geolocation"))
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers
    if signed_in and path not in ("/static/rembuk.css", "/api/v1/openapi.json"):
        assert answer.headers["cache-control"] == "no-store"


async def test_a_304_carries_them_too(site: Client) -> None:
    """Also the answer without a body."""
    tag = (await site.get("/contoh")).headers["etag"]
    answer = await site.get("/contoh", headers={"If-None-Match": tag})
    assert answer.status_code == 304 and answer.headers["content-security-policy"]


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city's own installation behind TLS."""
    real: Any = msgspec.structs.replace(settings(), base_url="https://rembuk.bandung.go.id")
    for module in (headers, visit):
        monkeypatch.setattr(module, "settings", lambda: real)


def test_https_adds_hsts(https: None) -> None:
    """One year, only where TLS is."""
    assert headers.security_headers()["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_https_makes_host_cookies(https: None) -> None:
    """`__Host-` and Secure; a cookie without the prefix (a sibling host's) is not even seen."""
    line = visit.cookie_line("sesi", "abc", 60)
    assert line == "__Host-sesi=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    assert visit.read_cookies("sesi=planted; __Host-sesi=ours") == {"sesi": "ours"}


def test_a_room_may_set_its_own_policy() -> None:
    """Uploads are served with `CSP: sandbox`, which is kept."""
    given = headers.completed([(b"content-security-policy", b"sandbox")], headers.raw(EXPECTED), no_store=False)
    assert [text for name, text in given if name == b"content-security-policy"] == [b"sandbox"]
