"""Every error as an answer: a page in the visitor's language, or RFC 9457 for programs; never a trace."""

from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import quote, urlsplit

import msgspec
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException

from rembuk.errors import Refused
from rembuk.web.csrf import FIELD
from rembuk.web.forms import Form
from rembuk.web.htmx import from_htmx, go_to
from rembuk.web.i18n import gettext
from rembuk.web.logs import is_vote_path, note_fault, note_security
from rembuk.web.pages import page
from rembuk.web.paths import is_local
from rembuk.web.problems import PROBLEM_TYPE, problem
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response
from rembuk.web.templates import rendered
from rembuk.web.viewer import Role
from rembuk.web.visit import visit

SIGN_IN_PAGE = "/masuk"
_BY_STATUS = {reason.status: reason for reason in reversed(Web)}
_OWN_PAGE = frozenset({403, 404, 409, 413, 422, 429})
_NOTED = frozenset({Web.FOREIGN_FORM, Web.TOO_OFTEN, Web.HOST, Web.TOO_MANY_FIELDS, Web.URL_TOO_LONG})
_SECRET_WORDS = frozenset({"sandi", "password", "otp", "totp", "pin", "kode", "kedua", "nik", "kk", "identitas"})
_LAST_RESORT = (
    '<!doctype html><html lang="id"><meta charset="utf-8"><title>Ada kesalahan</title>'
    "<h1>Ada kesalahan di pihak kami</h1><p>Coba lagi sebentar lagi. Nomor: {number}</p>"
    '<p><a href="/">Ke beranda</a></p></html>'
)
_NUMBER = "NOMOR-KESALAHAN"
Connection = ASGIConnection[Any, Any, Any, Any]


def for_program(request: Connection) -> bool:
    """Whether a program asks: under /api, or one that takes JSON and not HTML."""
    accept = request.headers.get("accept", "")
    return request.scope["path"].startswith("/api/") or ("json" in accept and "html" not in accept)


def refused(request: Request, refusal: Refused) -> Response:
    """A rule's refusal, with its status and sentence."""
    reason, path = refusal.reason, request.scope["path"]
    if reason in _NOTED and not is_vote_path(path):
        note_security("turned away", visit(request).address, reason=reason.name, path=path[:200])
    sentence = gettext(refusal.sentence())
    headers: dict[str, str] = {}
    if reason.status == 429:
        headers["Retry-After"] = str(60 * int(str(refusal.facts.get("minutes", 1))))
    elif reason.status == 503:
        headers["Retry-After"] = "5"
    if for_program(request):
        return _problem(request, reason.status, sentence, reason.name, headers=headers)
    if reason is Web.SIGN_IN:
        return _to_sign_in(request)
    if reason is Web.STALE_FORM:
        return _fresh_form(request, sentence)
    return _page(request, reason.status, sentence, headers)


def refused_by_framework(request: Request, fault: HTTPException) -> Response:
    """A refusal of the framework (no such path, method, bad value), in our words."""
    status = fault.status_code
    if status >= 500:
        return unexpected(request, fault)
    reason = _BY_STATUS.get(status, Web.BAD_REQUEST)
    headers = dict(fault.headers or {})
    if for_program(request):
        faults = _field_faults(fault) if isinstance(fault, ValidationException) else {}
        return _problem(request, status, gettext(reason.sentence), reason.name, errors=faults, headers=headers)
    return _page(request, status, gettext(reason.sentence), headers)


def unexpected(request: Request, fault: Exception) -> Response:
    """A fault of ours: written to the log, shown as a number."""
    number = visit(request).number
    if isinstance(fault, TimeoutError):
        return refused(request, Refused(Web.BUSY))
    note_fault(fault, number)
    if for_program(request):
        return _problem(request, 500, gettext(Web.OURS.sentence), Web.OURS.name)
    body = prepared(visit(request).lang).replace(_NUMBER, number).encode()
    return Response(body, status_code=500, media_type="text/html", headers={"Cache-Control": "no-store"})


async def answered(work: Awaitable[None], request: Request, began: Callable[[], bool]) -> Response | None:
    """Do the work of the router; whatever it missed becomes an answer, unless one has begun already."""
    try:
        await work
    except Refused as refusal:
        return refused(request, refusal)
    except Exception as fault:
        if began():
            raise
        return unexpected(request, fault)
    return None


_prepared: dict[str, str] = {}


def prepared(lang: str) -> str:
    """The page of status 500, rendered before anything went wrong; its number is put in later."""
    return _prepared.get(lang) or _LAST_RESORT.format(number=_NUMBER)


def prepare(languages: tuple[str, ...], speak: Any) -> None:
    """Render the page of status 500 in every language; called at start, while all is well."""
    for lang in languages:
        speak(lang)
        _prepared[lang] = rendered("errors/500.html", {"lang": lang, "number": _NUMBER})
    speak(languages[0])


def _problem(
    request: Connection,
    status: int,
    detail: str,
    name: str,
    *,
    errors: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = msgspec.json.encode(problem(status, detail, visit(request).number, name, errors))
    given = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body, status_code=status, media_type=PROBLEM_TYPE, headers=given)


def _field_faults(fault: ValidationException) -> dict[str, str]:
    extra = fault.extra if isinstance(fault.extra, list) else []
    return {str(item.get("key", "")): str(item.get("message", "")) for item in extra if isinstance(item, dict)}


def _page(request: Connection, status: int, sentence: str, headers: dict[str, str]) -> Response:
    template = f"errors/{status}.html" if status in _OWN_PAGE else "errors/other.html"
    try:
        return page(request, template, status=status, headers=headers, sentence=sentence, status_code=status)
    except Exception as fault:  # noqa: BLE001 - an error page that fails must still be an answer
        note_fault(fault, visit(request).number)
        body = prepared(visit(request).lang).replace(_NUMBER, visit(request).number).encode()
        return Response(body, status_code=status, media_type="text/html", headers=headers)


def _to_sign_in(request: Connection) -> Response:
    """To the sign-in page, and back afterwards to the page (for a form: the page it stood on)."""
    scope = cast("Any", request.scope)
    query = scope["query_string"].decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    if scope["method"] != "GET":
        referer = urlsplit(request.headers.get("referer", ""))
        here = referer.path + (f"?{referer.query}" if referer.query else "")
    back = f"?kembali={quote(here, safe='/')}" if is_local(here) else ""
    headers = {"Location": SIGN_IN_PAGE + back, "Cache-Control": "no-store"}
    if from_htmx(request):
        return Response(b"", media_type="text/html", status_code=401, headers={**headers, **go_to(SIGN_IN_PAGE + back)})
    return Response(b"", media_type="text/html", status_code=303, headers=headers)


def _is_secret(name: str) -> bool:
    return name == FIELD or not _SECRET_WORDS.isdisjoint(name.lower().replace("-", "_").split("_"))


def _closed_to_the_signed_out(request: Connection) -> bool:
    handler = cast("Any", request.scope).get("route_handler")
    open_to_all = handler is not None and Role.PUBLIC in handler.opt["guard"].roles
    return not open_to_all and not visit(request).viewer.signed_in


def _fresh_form(request: Connection, sentence: str) -> Response:
    """The same form again with a fresh token and all that was typed, secrets and files left out."""
    form = visit(request).form or Form()
    fields = [(name, text) for name, texts in form.fields.items() if not _is_secret(name) for text in texts]
    query = request.scope["query_string"].decode("latin-1")
    return page(
        request,
        "errors/stale.html",
        status=403,
        sentence=sentence,
        action=request.scope["path"] + (f"?{query}" if query else ""),
        hidden=[(name, text) for name, text in fields if len(text) < 40],
        shown=[(name, text) for name, text in fields if len(text) >= 40],
        sign_in_first=_closed_to_the_signed_out(request),
        lost=bool(form.uploads) or any(_is_secret(name) and name != FIELD for name in form.fields),
    )


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: refused,
    HTTPException: refused_by_framework,
    Exception: unexpected,
}
