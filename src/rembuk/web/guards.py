"""Who may open a route: every handler carries a Guard, and an app with an unguarded one does not start."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from rembuk.errors import Refused
from rembuk.web import csrf, hooks
from rembuk.web.forms import read_form
from rembuk.web.logs import is_vote_path, note_security
from rembuk.web.reasons import Web
from rembuk.web.viewer import ANONYMOUS, Grant, Role, Viewer
from rembuk.web.visit import viewer, visit

__all__ = [
    "ADMIN",
    "ANONYMOUS",
    "AUDITOR",
    "CITY_OFFICIAL",
    "FACILITATOR",
    "MODERATOR",
    "OFFICIAL",
    "PUBLIC",
    "RESIDENT",
    "SIGNED_IN",
    "STAFF",
    "TRUSTEE",
    "Grant",
    "Guard",
    "Role",
    "Unguarded",
    "Viewer",
    "admit",
    "every_route_guarded",
    "viewer",
]

Scope = str | Callable[[Any], Awaitable[str | None]]
OPT = "guard"
SIGNED = "signed"
"""Marks a route whose body proves by its own signature who sent it; cookies play no part in it."""
_LARGEST_PATH_INTEGER = 2**63 - 1


class Unguarded(Exception):
    """A route has no guard; the text names it. The app must not start."""


class Guard:
    """Roles that may pass, and where the area comes from: a path parameter, or a question to the request.

    No role means any signed-in viewer. A wrong role is 403, a right role in another area 404 (trust.md 7).
    """

    def __init__(self, *roles: Role, scope: Scope | None = None) -> None:
        self.roles = frozenset(roles)
        self.scope = scope

    def within(self, scope: Scope) -> "Guard":
        """The same roles, bound to an area."""
        return Guard(*self.roles, scope=scope)

    def __or__(self, other: "Guard") -> "Guard":
        """Either of two guards' roles."""
        return Guard(*self.roles, *other.roles, scope=self.scope or other.scope)

    async def permit(self, request: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Let the viewer pass or raise Refused: SIGN_IN, NOT_YOURS, or NOT_FOUND when out of scope."""
        if Role.PUBLIC in self.roles:
            return
        who = viewer(request)
        if not who.signed_in:
            raise Refused(Web.SIGN_IN)
        if self.roles and not who.has_any(self.roles):
            raise Refused(Web.NOT_YOURS)
        if self.scope is None:
            return
        area = await self._area(request)
        if not area or not who.has_any(self.roles, area):
            raise Refused(Web.NOT_FOUND)

    async def _area(self, request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
        if isinstance(self.scope, str):
            return str(request.path_params[self.scope])
        return await self.scope(request) if self.scope else None


PUBLIC = Guard(Role.PUBLIC)
SIGNED_IN = Guard()
RESIDENT = Guard(Role.RESIDENT)
FACILITATOR = Guard(Role.FACILITATOR)
MODERATOR = Guard(Role.MODERATOR)
OFFICIAL = Guard(Role.OFFICIAL, Role.CITY_OFFICIAL)
CITY_OFFICIAL = Guard(Role.CITY_OFFICIAL)
TRUSTEE = Guard(Role.TRUSTEE)
AUDITOR = Guard(Role.AUDITOR)
ADMIN = Guard(Role.ADMIN)
STAFF = Guard(
    Role.FACILITATOR,
    Role.MODERATOR,
    Role.OFFICIAL,
    Role.CITY_OFFICIAL,
    Role.TRUSTEE,
    Role.AUDITOR,
    Role.ADMIN,
)


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Before every handler: numbers in the path, origin and token of unsafe methods, then the guard."""
    if any(isinstance(part, int) and abs(part) > _LARGEST_PATH_INTEGER for part in connection.path_params.values()):
        raise Refused(Web.NOT_FOUND)
    if cast("Any", connection.scope)["method"] not in csrf.SAFE_METHODS and not handler.opt.get(SIGNED):
        await _own_form(connection)
    try:
        await handler.opt[OPT].permit(connection)
    except Refused as refused:
        _note(connection, refused)
        raise
    if seconds := handler.opt.get("seconds"):
        visit(connection).extend(seconds)
    if handler.opt.get("page"):
        notes = visit(connection)
        notes.frame = await hooks.WIRED.frame_of(notes.viewer)


def _note(connection: ASGIConnection[Any, Any, Any, Any], refused: Refused) -> None:
    """Somebody signed in asked for a door that is not theirs: a line in the log, but none about voting."""
    path, who = connection.scope["path"], viewer(connection)
    if who.signed_in and not is_vote_path(path):
        told = {"path": path[:200], "person": str(who.person), "reason": refused.reason.name}
        note_security("not permitted", visit(connection).address, **told)


async def _own_form(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raise Refused unless the request comes from our own pages and carries a token of theirs."""
    if not csrf.same_origin(connection):
        raise Refused(Web.FOREIGN_FORM)
    token = connection.headers.get(csrf.HEADER)
    if token is None and isinstance(connection, Request):
        token = (await read_form(connection)).text(csrf.FIELD)
    owner = csrf.owner_of(connection)
    if not token or owner is None or not csrf.matches(token, owner):
        raise Refused(Web.STALE_FORM)


def every_route_guarded(app: Litestar) -> None:
    """Raise Unguarded when a route of the app would answer without asking a guard."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
                continue
            guarded = handler is not None and isinstance(handler.opt.get(OPT), Guard)
            if not guarded or admit not in handler.resolve_guards():
                raise Unguarded(f"{route.path}: {getattr(handler, 'handler_name', handler)} has no guard")
