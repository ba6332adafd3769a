"""The gate every request passes: limits, host, static files, session, page cache; headers on the way out."""

import asyncio
import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

from rembuk.errors import Refused
from rembuk.settings import settings
from rembuk.web import cache, i18n, session
from rembuk.web.addresses import client_address, neighbourhood
from rembuk.web.csrf import GUEST
from rembuk.web.encodings import SMALLEST, accepted, compressible, squeezed
from rembuk.web.errors import answered, refused
from rembuk.web.headers import Raw, completed, raw, security_headers
from rembuk.web.htmx import wants_part
from rembuk.web.logs import note_access
from rembuk.web.pages import public_answer, saves_data
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response
from rembuk.web.static import static_files
from rembuk.web.throttle import Wall, too_often
from rembuk.web.visit import Visit, read_cookies

LONGEST_URL = 4096
LONGEST_HEADERS = 16 * 1024
PER_MINUTE = 600
BUSY = 32
"""Requests a process answers at once from which on an address must keep to PER_MINUTE: thousands of honest residents
share one address of a mobile network, so while there is room nobody is refused for a neighbour (decision 0020)."""
HANDLER_SECONDS = 10.0
BODY_SECONDS = 30.0
_ANY_HOST = frozenset({"/healthz", "/readyz"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Scope = MutableMapping[str, Any]


class Outgoing:
    """Sends one answer: adds headers and cookies, compresses, keeps HEAD bodiless, remembers the status."""

    def __init__(self, scope: Scope, send: Any, notes: Visit, secure: Raw, headers: dict[str, str]) -> None:
        self.scope, self.send, self.notes, self.secure = scope, send, notes, secure
        self.encodings = accepted(headers.get("accept-encoding", ""))
        self.if_none_match = headers.get("if-none-match")
        self.head = scope["method"] == "HEAD"
        self.status = 0
        self.plain = True
        self.began: Any = None
        self._start: dict[str, Any] | None = None

    async def __call__(self, message: dict[str, Any]) -> None:
        """One ASGI message of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
            self.status = message["status"]
            if self.began is not None:
                self.began()
        elif message["type"] == "http.response.body":
            await self._body(message)
        else:
            await self.send(message)

    async def _body(self, message: dict[str, Any]) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            given: Raw = [(name.lower(), text) for name, text in start["headers"]]
            if not more:
                start, body, given = self._tagged(start, body, given)
                body, given = self._squeezed(body, given)
            await self.send({**start, "headers": self._completed(given)})
        await self.send({**message, "body": b"" if self.head else body})

    def _tagged(self, start: dict[str, Any], body: bytes, given: Raw) -> tuple[dict[str, Any], bytes, Raw]:
        """Open data for programs gets a weak tag, and no body when the program holds it already."""
        open_data = self.scope["path"].startswith("/api/v1/") and self.status == 200 and self.notes.session is None
        if not open_data or self.scope["method"] != "GET" or b"cache-control" in dict(given):
            return start, body, given
        tag = cache.weak_tag(body)
        given = [*given, (b"etag", tag.encode()), (b"cache-control", b"public, max-age=0, must-revalidate")]
        given.append((b"vary", b"Accept-Encoding, Cookie"))
        if not cache.unchanged(self.if_none_match, tag):
            return start, body, given
        self.status = 304
        kept = [(name, text) for name, text in given if name not in (b"content-length", b"content-type")]
        return {**start, "status": 304}, b"", kept

    def _squeezed(self, body: bytes, given: Raw) -> tuple[bytes, Raw]:
        told = dict(given)
        kind = told.get(b"content-type", b"").decode("latin-1")
        if b"content-encoding" in told or len(body) < SMALLEST or not self.encodings or not compressible(kind):
            return body, given
        small = squeezed(body, self.encodings[0])
        kept = [(name, text) for name, text in given if name not in (b"content-length", b"vary")]
        vary = told.get(b"vary", b"")
        if b"accept-encoding" not in vary.lower():
            vary = b"Accept-Encoding" + (b", " + vary if vary else b"")
        more = [
            (b"content-encoding", self.encodings[0].encode()),
            (b"content-length", str(len(small)).encode()),
            (b"vary", vary),
        ]
        return small, kept + more

    def _completed(self, given: Raw) -> Raw:
        kind = dict(given).get(b"content-type", b"")
        page = kind.startswith((b"text/html", b"application/json", b"application/problem")) or not kind
        told = any(name == b"cache-control" for name, _ in given)
        no_store = self.notes.session is not None and (page or not told) and self.plain
        lines = [(b"set-cookie", line.encode("latin-1")) for line in self.notes.lines]
        return completed([*given, *lines], self.secure, no_store)


class Deadline:
    """Ten seconds for the handler, thirty for the body; none once the answer has begun."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._timeout = asyncio.timeout(HANDLER_SECONDS)
        self._body_until: float | None = None

    async def __aenter__(self) -> "Deadline":
        await self._timeout.__aenter__()
        return self

    async def __aexit__(self, *fault: Any) -> None:
        await self._timeout.__aexit__(*fault)

    async def receive(self) -> Any:
        """The next piece of the body; the handler's own time starts anew behind the last one."""
        now = asyncio.get_running_loop().time()
        if self._body_until is None:
            self._body_until = now + BODY_SECONDS
        self._timeout.reschedule(self._body_until)
        message = await self._receive()
        if not message.get("more_body", False):
            self.extend(HANDLER_SECONDS)
        return message

    def extend(self, seconds: float) -> None:
        """Give the handler this long from now."""
        self._timeout.reschedule(asyncio.get_running_loop().time() + seconds)

    def lift(self) -> None:
        """The answer has begun: a long download may take its time."""
        self._timeout.reschedule(None)


class Gate:
    """The outermost ASGI application, around the router."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.wall = Wall(PER_MINUTE)
        self.under_way = 0
        self.static = static_files()
        self.secure = raw(security_headers())
        self.hosts = known_hosts()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        began = perf_counter()
        headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]}
        notes = self._notes(scope, headers)
        scope["state"] = {**scope.get("state", {}), "visit": notes}
        out = Outgoing(scope, send, notes, self.secure, headers)
        method, path = scope["method"], scope["path"]
        self.under_way += 1
        try:
            await self._answer(scope, receive, out, notes, headers)
        finally:
            self.under_way -= 1
            asked = {"method": method, "path": path}
            note_access(asked, notes.number, notes.address, out.status, 1000 * (perf_counter() - began))

    def _notes(self, scope: Scope, headers: dict[str, str]) -> Visit:
        peer = (scope.get("client") or ("", 0))[0]
        address = client_address(peer, headers.get("x-forwarded-for", ""), settings().trusted_proxies)
        cookies = read_cookies(headers.get("cookie", ""))
        return Visit(secrets.token_hex(5).upper(), address, i18n.speak(cookies.get(i18n.COOKIE)), cookies=cookies)

    async def _answer(self, scope: Scope, receive: Any, out: Outgoing, notes: Visit, headers: dict[str, str]) -> None:
        request = Request(cast("Any", scope), receive)
        if (refusal := self._why_not(scope, notes, headers)) is not None:
            await self._send(refused(request, refusal), scope, receive, out)
            return
        if scope["method"] in ("GET", "HEAD") and (answer := self.static.answer(scope["path"], headers)):
            out.plain = False
            await _send_raw(out, *answer)
            return
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        inside = self._inside(scope, receive, out, notes, headers)
        if (missed := await answered(inside, request, lambda: out.status > 0)) is not None:
            await self._send(missed, scope, receive, out)

    async def _inside(self, scope: Scope, receive: Any, out: Outgoing, notes: Visit, headers: dict[str, str]) -> None:
        if secret := notes.cookies.get(session.COOKIE):
            notes.session = await session.session_of(secret)
            notes.viewer = await session.viewer_of(notes.session)
            if notes.session is None:
                notes.forget(session.COOKIE)
        elif scope["method"] == "GET":
            notes.cache_key = _cache_key(scope, notes, headers)
            if (page := cache.kept(notes.cache_key)) is not None:
                status, given, body = public_answer(page, headers)
                given |= {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
                await _send_raw(out, status, raw(given), body)
                return
        async with Deadline(receive) as deadline:
            out.began, notes.extend = deadline.lift, deadline.extend
            try:
                await self.inner(scope, deadline.receive, out)
            finally:
                out.began = None

    def _why_not(self, scope: Scope, notes: Visit, headers: dict[str, str]) -> Refused | None:
        """Why a request is turned away before anything is read: size, host, strange characters, too many."""
        target = (scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")).split(b"?")[0]
        if len(target) + len(scope["query_string"]) > LONGEST_URL:
            return Refused(Web.URL_TOO_LONG)
        if sum(len(name) + len(text) for name, text in scope["headers"]) > LONGEST_HEADERS:
            return Refused(Web.HEADERS_TOO_LARGE)
        if not self._our_host(scope["path"], headers.get("host", "")):
            return Refused(Web.HOST)
        if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in scope["path"]):
            return Refused(Web.NOT_FOUND)
        if b"%00" in scope["query_string"]:
            return Refused(Web.BAD_REQUEST)
        wait = 0.0 if notes.address in _LOOPBACK else self.wall.wait(neighbourhood(notes.address))
        return too_often(timedelta(seconds=wait)) if wait > 0 and self.under_way > BUSY else None

    def _our_host(self, path: str, host: str) -> bool:
        if host in self.hosts or path in _ANY_HOST:
            return True
        return not settings().https and _hostname(host) in _LOOPBACK

    async def _send(self, response: Response, scope: Scope, receive: Any, out: Outgoing) -> None:
        answer = response.to_asgi_response(app=None, request=Request(cast("Any", scope), receive))
        await answer(cast("Any", scope), receive, cast("Any", out))


def _hostname(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        return None


def known_hosts() -> frozenset[str]:
    """The host names we answer to, compared as whole strings."""
    return frozenset({urlsplit(settings().base_url).netloc, *settings().hosts})


def _cache_key(scope: Scope, notes: Visit, headers: dict[str, str]) -> cache.Key:
    """What a public page may depend on: path, query, language, htmx, sparing data, every cookie but the guest's own."""
    cookies = tuple(sorted((name, text) for name, text in notes.cookies.items() if name != GUEST))
    return scope["path"], scope["query_string"], notes.lang, wants_part(headers), saves_data(headers), cookies


async def _send_raw(out: Outgoing, status: int, headers: Raw, body: bytes) -> None:
    await out({"type": "http.response.start", "status": status, "headers": headers})
    await out({"type": "http.response.body", "body": body, "more_body": False})
