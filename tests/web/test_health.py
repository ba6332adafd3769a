"""/healthz and /readyz, and the document for programs."""

from typing import Any

import pytest

from rembuk.database import migrate
from rembuk.web import health
from tests.clients import Client, open_client
from tests.web import sample


async def test_healthz(site: Client) -> None:
    """The process lives."""
    answer = await site.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readyz_counts_migrations(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready only when the schema is the code's."""
    await migrate()

    async def one_missing() -> int:
        return 1

    assert (await site.get("/readyz")).json() == {"status": "ok"}
    monkeypatch.setattr(health, "behind", one_missing)
    answer = await site.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrations"})


async def test_readyz_without_a_database() -> None:
    """503, not a fault, when no database is there."""
    async with open_client(sample.HANDLERS, rooms=(), template_folders=[sample.TEMPLATES]) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "database"})


async def test_the_document_describes_the_api_and_no_page(site: Client) -> None:
    """OpenAPI 3.1: /api/v1 only, problems by RFC 9457, 304 when unchanged."""
    answer = await site.get("/api/v1/openapi.json")
    document: dict[str, Any] = answer.json()
    assert answer.status_code == 200 and document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {"/api/v1/things", "/api/v1/things/{number}", "/api/v1/mine"}
    told = document["paths"]["/api/v1/things"]["get"]
    assert {parameter["name"] for parameter in told["parameters"]} == {"page", "size", "within", "nama"}
    assert list(told["responses"]["400"]["content"]) == ["application/problem+json"]
    problem = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "instance"} <= set(problem["properties"])
    again = await site.get("/api/v1/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/schema", "/api/v1", "/api/v1/swagger", "/api/v1/redoc", "/docs"])
async def test_no_viewer_is_served(site: Client, path: str) -> None:
    """API description pages that load from another host do not exist."""
    assert (await site.get(path)).status_code == 404
