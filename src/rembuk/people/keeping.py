"""The signing key of a code until it has signed: sealed in its holder's cookie, never on the server."""

from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection

from rembuk.people import pepper
from rembuk.web.visit import forget, remember, remembered, visit

COOKIE = "kunci"
_SECONDS = 12 * 3600
_PURPOSE = "signing-key"
Connection = ASGIConnection[Any, Any, Any, Any]


def keep_signing_key(request: Connection, seed: bytes, cycle: UUID) -> None:
    """Send the 32-byte seed along with the answer, sealed, HttpOnly; one cookie for each cycle (I3)."""
    remember(request, _name(cycle), pepper.seal_cookie(f"{_PURPOSE}|{cycle}", seed), _SECONDS)


def signing_key(request: Connection, cycle: UUID) -> bytes | None:
    """The seed this visitor keeps for a cycle, or None."""
    sealed = remembered(request, _name(cycle))
    return pepper.open_cookie(f"{_PURPOSE}|{cycle}", sealed) if sealed else None


def forget_signing_key(request: Connection, cycle: UUID) -> None:
    """Clear the seed of one cycle with the answer: the ballot was sent."""
    forget(request, _name(cycle))


def forget_all_keys(request: Connection) -> None:
    """Clear every seed this visitor holds: somebody signed out or somebody else signed in."""
    for name in [name for name in visit(request).cookies if name.startswith(f"{COOKIE}-")]:
        forget(request, name)


def _name(cycle: UUID) -> str:
    return f"{COOKIE}-{cycle.hex[:12]}"
