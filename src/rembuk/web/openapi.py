"""/api/v1/openapi.json: the description of the API for programs, OpenAPI 3.1; pages are not in it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Contact, License

from rembuk.settings import settings
from rembuk.web.cache import unchanged, weak_tag
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import Request, Response, get

PATH = "/api/v1/openapi.json"
KIND = "application/vnd.oai.openapi+json"
_described: list[HTTPRouteHandler] = []


def describe(handlers: Sequence[HTTPRouteHandler]) -> None:
    """Name the handlers the document is about: those under /api/v1 that are meant for programs."""
    _described[:] = [
        handler
        for handler in handlers
        if handler.include_in_schema is not False and any(path.startswith("/api/v1/") for path in handler.paths)
    ]
    document.cache_clear()


@cache
def document() -> bytes:
    """The OpenAPI document as JSON, built when first asked; the framework's viewer pages are never served."""
    config = OpenAPIConfig(
        title="Rembuk",
        version="1",
        description="Open data of a city's participatory budget. Errors are RFC 9457 problem documents.",
        license=License(name="AGPL-3.0-or-later", identifier="AGPL-3.0-or-later"),
        contact=Contact(name="Rembuk", url=settings().base_url),
    )
    described = Litestar(
        route_handlers=list(_described), openapi_config=config, logging_config=None, request_class=Request
    )
    schema: dict[str, Any] = described.openapi_schema.to_schema()
    schema["servers"] = [{"url": settings().base_url}]
    return msgspec.json.encode(schema)


@get(PATH, guard=PUBLIC, include_in_schema=False)
async def openapi(request: Request) -> Response:
    """The document, 304 when the client holds it."""
    body = document()
    headers = {"ETag": weak_tag(body), "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
    if unchanged(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=KIND, headers=headers)


HANDLERS = [openapi]
