"""The whole app: all rooms joined, started and stopped; no start over a database that is behind."""

import re
from pathlib import Path
from typing import Any

import pytest

import rembuk.app
from rembuk.database import Behind, close_database, migrate, open_database
from rembuk.settings import Settings
from rembuk.web.guards import OPT, Guard, every_route_guarded
from rembuk.web.openapi import document
from tests.clients import client_of


@pytest.fixture
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings naming a database that does not exist yet."""
    chosen = Settings(data=tmp_path / "data")
    monkeypatch.setattr(rembuk.app, "settings", lambda: chosen)
    return chosen


async def test_it_does_not_start_behind_its_migrations(own_settings: Settings) -> None:
    """A web worker never migrates; it refuses and leaves nothing open."""
    app = rembuk.app.create_app(rooms=())
    with pytest.raises(Behind):
        async with client_of(app):
            pass
    await open_database(own_settings)
    await close_database()


async def test_it_starts_and_stops(own_settings: Settings) -> None:
    """Database opened, jobs running, both put away at the end; twice."""
    await open_database(own_settings)
    await migrate()
    await close_database()
    for _ in range(2):
        async with client_of(rembuk.app.create_app(rooms=())) as client:
            assert (await client.get("/readyz")).json() == {"status": "ok"}


def test_all_rooms_join() -> None:
    """Every room's routes are there, each behind a guard."""
    app = rembuk.app.create_app(database_is_open=True)
    every_route_guarded(app)
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    asked = [handler.opt[OPT] for handler in handlers if handler.http_methods != {"OPTIONS"}]
    assert len(asked) > 40 and all(isinstance(guard, Guard) for guard in asked)


def test_the_document_of_all_rooms_can_be_built() -> None:
    """OpenAPI 3.1 with every operation's own id; each says what its errors look like."""
    import msgspec

    rembuk.app.create_app(database_is_open=True)
    told: dict[str, Any] = msgspec.json.decode(document())
    operations = [operation for path in told["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 5
    assert all("application/problem+json" in one["responses"]["404"]["content"] for one in operations)


async def test_the_living_style_guide(own_settings: Settings) -> None:
    """/pola draws every component, strictly, with nothing inline."""
    app = rembuk.app.create_app(rooms=(), database_is_open=True)
    async with client_of(app) as client:
        answer = await client.get("/pola")
    assert answer.status_code == 200 and answer.text.count("<section") > 5
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)", answer.text)


def test_a_room_without_corners_is_no_fault() -> None:
    """Rooms are found by their files."""
    assert rembuk.app.found("rembuk.nowhere.routes") is None
    assert rembuk.app.found("rembuk.web.routes") is None
    assert rembuk.app.room_handlers(["nowhere"]) == []
