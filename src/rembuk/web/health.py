"""/healthz: the process answers. /readyz: the database answers too, and its schema is the code's."""

from rembuk.database import NoDatabase, behind
from rembuk.database.faults import faults
from rembuk.errors import Refused
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import Request, Response, get

_UNREACHABLE: tuple[type[Exception], ...] = (NoDatabase, Refused, OSError)
_HEADERS = {"Cache-Control": "no-store"}


@get("/healthz", guard=PUBLIC, include_in_schema=False)
async def healthz(request: Request) -> Response:
    """200 while the process lives."""
    return Response({"status": "ok"}, media_type="application/json", headers=_HEADERS)


@get("/readyz", guard=PUBLIC, include_in_schema=False)
async def readyz(request: Request) -> Response:
    """200 when the database is reachable and migrated; 503 otherwise, with the reason in one word."""
    try:
        missing = await behind()
    except _UNREACHABLE + faults():
        return Response({"status": "database"}, media_type="application/json", status_code=503, headers=_HEADERS)
    if missing:
        return Response({"status": "migrations"}, media_type="application/json", status_code=503, headers=_HEADERS)
    return Response({"status": "ok"}, media_type="application/json", headers=_HEADERS)


HANDLERS = [healthz, readyz]
