"""The signing key of a code until it has signed: sealed in its holder's cookie, never on the server."""

from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection

from rembuk.people import pepper
from rembuk.web.visit import forget, remember, remembered, viewer, visit

COOKIE = "kunci"
_SECONDS = 12 * 3600
_PURPOSE = "signing-seed"
Connection = ASGIConnection[Any, Any, Any, Any]


def keep_signing_seed(request: Connection, seed: bytes, roll: UUID) -> None:
    """Send the 32-byte seed along with the answer, sealed, HttpOnly; one cookie for each line of a roll (I3)."""
    remember(request, _name(roll), pepper.seal_cookie(f"{_PURPOSE}|{roll}", seed), _SECONDS)


def signing_seed(request: Connection) -> bytes | None:
    """The seed this visitor keeps for the line of the roll they are signed in by, or None."""
    roll = viewer(request).roll
    sealed = remembered(request, _name(roll)) if roll else None
    return pepper.open_cookie(f"{_PURPOSE}|{roll}", sealed) if sealed else None


def forget_signing_seed(request: Connection) -> None:
    """Clear the seed of this line with the answer: the ballot was sent."""
    if roll := viewer(request).roll:
        forget(request, _name(roll))


def forget_all_seeds(request: Connection) -> None:
    """Clear every seed this visitor holds: somebody signed out or somebody else signed in."""
    for name in [name for name in visit(request).cookies if name.startswith(f"{COOKIE}-")]:
        forget(request, name)


def _name(roll: UUID) -> str:
    return f"{COOKIE}-{roll.hex[:12]}"
