"""No foreign site acts for a visitor: a token tied to the session, and the browser's word on the origin.

The framework's double-submit token is not tied to the session and ignores Origin (stack.md 4).
"""

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from markupsafe import Markup

from rembuk.settings import settings
from rembuk.web.session import COOKIE
from rembuk.web.signed import b64, macs, unb64
from rembuk.web.visit import remembered, visit

FIELD = "_csrf"
HEADER = "x-csrf"
GUEST = "tamu"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NONCE_BYTES = 16
_GUEST_SECONDS = 12 * 3600
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def token_for(owner: str) -> str:
    """A token for one owner (session or guest id), new in every answer, so that compression leaks nothing."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return b64(nonce + macs("csrf", _message(owner, nonce))[0])


def matches(token: str, owner: str) -> bool:
    """Whether a token was made for this owner, under the present or the previous key."""
    try:
        raw = unb64(token)
    except ValueError:
        return False
    nonce, mac = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    return any(hmac.compare_digest(mac, ours) for ours in macs("csrf", _message(owner, nonce)))


def _message(owner: str, nonce: bytes) -> bytes:
    return owner.encode() + b"|" + nonce


def owner_of(request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """What a visitor's tokens are tied to: the session's secret id, else the guest cookie, else nothing."""
    if visit(request).session is not None and (secret := remembered(request, COOKIE)):
        return f"{COOKIE}:{secret}"
    guest = remembered(request, GUEST)
    return f"{GUEST}:{guest}" if guest and len(guest) >= 40 else None


def guest(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The random id of a signed-out visitor, given with the answer when there was none; no row is kept."""
    notes = visit(request)
    known = notes.cookies.get(GUEST)
    if known and len(known) >= 40:
        return known
    fresh = secrets.token_urlsafe(32)
    notes.cookies = {**notes.cookies, GUEST: fresh}
    notes.remember(GUEST, fresh, _GUEST_SECONDS)
    return fresh


def csrf_token(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token for a form in this answer; an answer that carries one is never kept in a shared cache."""
    visit(request).private = True
    owner = owner_of(request) or f"{GUEST}:{guest(request)}"
    return token_for(owner)


def csrf_field(request: ASGIConnection[Any, Any, Any, Any]) -> Markup:
    """The hidden field every form carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token(request))


def own_origins(host: str) -> frozenset[str]:
    """The origins that are ours: the configured one, and on plain-HTTP loopback the very host asked."""
    configured = urlsplit(settings().base_url)
    ours = {f"{configured.scheme}://{configured.netloc}"}
    if not settings().https and urlsplit(f"//{host}").hostname in _LOOPBACK:
        ours.add(f"http://{host}")
    return frozenset(ours)


def same_origin(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the request comes from our own pages: by Sec-Fetch-Site, else by Origin (trust.md 8)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin", "") in own_origins(request.headers.get("host", ""))
