"""create_app(): the one place where everything is joined."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from rembuk import nightly  # noqa: F401 - its round is registered by reading it
from rembuk.board.store import prepare
from rembuk.database import close_database, open_database
from rembuk.database.migrating import require_current
from rembuk.jobs import run_jobs
from rembuk.people.store import prepare_secrets
from rembuk.places.pack import packs, read_pack
from rembuk.settings import settings
from rembuk.web import (
    errors,
    health,
    i18n,
    openapi,
    paths,
    patterns,
    sweep,  # noqa: F401 - its round is registered by reading it
    templates,
    tongue,
)
from rembuk.web.gate import Gate
from rembuk.web.guards import every_route_guarded
from rembuk.web.hooks import Hooks, wire
from rembuk.web.routing import PLAIN_BODY, Request

ROOMS = (
    "board",
    "documents",
    "places",
    "cycles",
    "notices",
    "files",
    "people",
    "catalogue",
    "proposals",
    "review",
    "debate",
    "meetings",
    "complaints",
    "moderation",
    "voting",
    "posts",
    "results",
    "pledges",
    "works",
    "opendata",
    "front",
)
CORNERS = ("routes", "api")
BACKSTAGE = ("store", "jobs", "outbox")
MOST_PARTS = 100


def found(name: str) -> ModuleType | None:
    """A module of ours, or None when the room has no such corner."""
    parent = name.rpartition(".")[0]
    if find_spec(parent) is None or find_spec(name) is None:
        return None
    return import_module(name)


def room_handlers(rooms: Sequence[str]) -> list[HTTPRouteHandler]:
    """The handlers of these rooms, of those that have routes.py or api.py; their jobs are met on the way."""
    for room in rooms:
        for corner in BACKSTAGE:
            found(f"rembuk.{room}.{corner}")
    corners = [found(f"rembuk.{room}.{corner}") for room in rooms for corner in CORNERS]
    return [handler for corner in corners if corner is not None for handler in corner.HANDLERS]


def hooks() -> Hooks:
    """What the rooms tell the web floor: who a session is, what the frame of every page shows, the city's name."""
    wired = Hooks()
    if (people := found("rembuk.people.store")) and hasattr(people, "viewer_of"):
        wired.viewer_of = people.viewer_of
    if front := found("rembuk.front.frame"):
        wired.frame_of, wired.frame = front.frame_of, front.FRAME
    if settings().city in packs():
        wired.city_name = str(read_pack(settings().city).manifest["name"])
    return wired


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Open the database and run the jobs while the app lives; tests that opened one themselves get neither.

    Raises Behind when migrations are missing (a web worker never migrates), Refused when the board's signing key
    is missing or another one, BadSecret when the pepper is.
    """
    if app.state.database_is_open:
        yield
        return
    await open_database(settings())
    try:
        await require_current()
        await prepare()
        await prepare_secrets()
        async with run_jobs():
            yield
    finally:
        await close_database()


def furnish(
    more: Sequence[HTTPRouteHandler], rooms: Sequence[str], template_folders: Sequence[Path]
) -> list[HTTPRouteHandler]:
    """Tell the web floor of these rooms: hooks, templates, paths, the page of status 500; gives every handler."""
    templates.also_from(template_folders)
    wire(hooks() if rooms else Hooks())
    handlers = [
        *health.HANDLERS,
        *openapi.HANDLERS,
        *tongue.HANDLERS,
        *patterns.HANDLERS,
        *room_handlers(rooms),
        *more,
    ]
    openapi.describe(handlers)
    paths.allow({path for handler in handlers for path in handler.paths if "GET" in handler.http_methods})
    errors.prepare(i18n.languages(), i18n.speak)
    return handlers


def create_app(
    more: Sequence[HTTPRouteHandler] = (),
    *,
    rooms: Sequence[str] = ROOMS,
    database_is_open: bool = False,
    template_folders: Sequence[Path] = (),
) -> Litestar:
    """The whole application; `more` handlers and fewer `rooms` are for tests. Raises Unguarded."""
    app = Litestar(route_handlers=furnish(more, rooms, template_folders), lifespan=[lifespan], **_options())
    app.state.database_is_open = database_is_open
    every_route_guarded(app)
    app.asgi_handler = cast("Any", Gate(app.asgi_handler))
    return app


def _options() -> dict[str, Any]:
    return {
        "request_class": Request,
        "exception_handlers": errors.HANDLERS,
        "openapi_config": None,
        "logging_config": None,
        "debug": False,
        "request_max_body_size": PLAIN_BODY,
        "multipart_form_part_limit": MOST_PARTS,
    }
