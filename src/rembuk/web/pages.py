"""Pages out: rendered whole, kept for a moment when public; parts for htmx; redirects with a message."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from rembuk.settings import settings
from rembuk.web import cache, hooks, i18n
from rembuk.web.csrf import csrf_field
from rembuk.web.encodings import accepted
from rembuk.web.htmx import from_htmx, go_to, is_htmx
from rembuk.web.paths import local_path
from rembuk.web.routing import Response
from rembuk.web.signed import sign, unsign
from rembuk.web.templates import rendered
from rembuk.web.visit import cookie_name, visit

__all__ = ["flash_messages", "is_htmx", "page", "part", "redirect", "rendered"]

FLASH = "kilat"
_FLASH_SECONDS = 120
_PUBLIC = "public, max-age=0, must-revalidate"
_HTML = "text/html"
Connection = ASGIConnection[Any, Any, Any, Any]


class Flash(msgspec.Struct, frozen=True):
    """A message shown once on the next page: its kind (berhasil, info, awas, bahaya) and sentence."""

    kind: str
    text: str


def flash_messages(request: Connection) -> tuple[Flash, ...]:
    """The message that came along with a redirect; asked once, then cleared."""
    notes = visit(request)
    if not (sent := notes.cookies.get(FLASH)):
        return ()
    notes.forget(FLASH)
    notes.private = True
    if (body := unsign(FLASH, sent)) is None:
        return ()
    return (msgspec.json.decode(body, type=Flash),)


def saves_data(headers: Mapping[str, str]) -> bool:
    """Whether the visitor's browser asks to spare data (Save-Data: on)."""
    return headers.get("save-data", "").strip().lower() == "on"


def base_context(request: Connection) -> dict[str, object]:
    """What every template may use besides what its page gives."""
    notes = visit(request)
    query = request.scope["query_string"].decode("latin-1")
    return {
        **hooks.WIRED.frame,
        **notes.frame,
        "viewer": notes.viewer,
        "csrf": lambda: csrf_field(request),
        "lang": notes.lang,
        "languages": i18n.languages(),
        "city_name": hooks.WIRED.city_name,
        "demo": settings().demo,
        "base_url": settings().base_url,
        "path": request.scope["path"],
        "here": request.scope["path"] + (f"?{query}" if query else ""),
        "flash": flash_messages(request),
        "htmx": is_htmx(request),
        "saves_data": saves_data(request.headers),
    }


def page(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    public: bool = False,
    headers: dict[str, str] | None = None,
    **context: object,
) -> Response:
    """A whole page. `public=True`: 304 when unchanged, kept two seconds, for visitors not signed in."""
    body = rendered(template, {**base_context(request), **context}).encode()
    notes = visit(request)
    if public and status == 200 and not notes.private and notes.session is None:
        return _public(request, body, headers or {})
    given = {"Cache-Control": "no-store", "Vary": "Cookie", **(headers or {})}
    return Response(body, status_code=status, media_type=_HTML, headers=given)


def part(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: object,
) -> Response:
    """A part of a page that htmx swaps in alone."""
    body = rendered(template, {**base_context(request), **context}).encode()
    given = {"Cache-Control": "no-store", "Vary": "HX-Request, HX-Request-Type, Cookie", **(headers or {})}
    return Response(body, status_code=status, media_type=_HTML, headers=given)


def _public(request: Connection, body: bytes, headers: dict[str, str]) -> Response:
    kept = cache.keep(visit(request).cache_key if not headers else None, body, VARY)
    status, given, body = public_answer(kept, request.headers)
    return Response(body, status_code=status, media_type=_HTML, headers={**given, **headers})


VARY = "Accept-Encoding, Cookie, HX-Request, HX-Request-Type, Save-Data"


def public_answer(kept: cache.KeptPage, asked: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a kept page for one client: 304 without a body when it holds it already."""
    headers = {"ETag": kept.tag, "Cache-Control": _PUBLIC, "Vary": kept.vary}
    if cache.unchanged(asked.get("if-none-match"), kept.tag):
        return 304, headers, b""
    body, encoding = kept.best(accepted(asked.get("accept-encoding", "")))
    if encoding:
        headers["Content-Encoding"] = encoding
    return 200, headers, body


def redirect(to: str, flash: str | None = None, kind: str = "berhasil", request: Connection | None = None) -> Response:
    """303 to a page of ours (anything else becomes the first page), with a message shown there once.

    Given the request, htmx is told to leave for that page instead of swapping it in.
    """
    target = local_path(to)
    headers, status = {"Location": target, "Cache-Control": "no-store"}, 303
    if request is not None and from_htmx(request):
        headers, status = {**go_to(target), "Cache-Control": "no-store"}, 204
    cookies = [_flash_cookie(Flash(kind, i18n.gettext(flash)))] if flash else []
    return Response(b"", media_type=_HTML, status_code=status, headers=headers, cookies=cookies)


def _flash_cookie(message: Flash) -> Cookie:
    text = sign(FLASH, msgspec.json.encode(message).decode(), _FLASH_SECONDS)
    return Cookie(
        cookie_name(FLASH),
        value=text,
        path="/",
        max_age=_FLASH_SECONDS,
        httponly=True,
        secure=settings().https,
        samesite="lax",
    )
