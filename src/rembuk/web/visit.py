"""What is known about one request while it is answered: the visitor, the language, the cookies to set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote

from litestar.connection import ASGIConnection

from rembuk.settings import settings
from rembuk.web.viewer import ANONYMOUS, Viewer

if TYPE_CHECKING:
    from rembuk.web.forms import Form
    from rembuk.web.session import Session

YEAR = 365 * 24 * 3600


def cookie_name(plain: str) -> str:
    """The name on the wire: `__Host-…` over HTTPS, plain on a loopback without it (trust.md 8)."""
    return f"__Host-{plain}" if settings().https else plain


def cookie_line(plain: str, text: str, seconds: int | None) -> str:
    """One Set-Cookie value: HttpOnly, SameSite=Lax, Secure over HTTPS; 0 seconds forgets it."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if settings().https else ""
    return f"{cookie_name(plain)}={quote(text, safe='')}; Path=/{age}; HttpOnly; SameSite=Lax{secure}"


def read_cookies(header: str) -> dict[str, str]:
    """Cookies by their plain name; over HTTPS a cookie without `__Host-` is not ours and is not seen."""
    prefix = "__Host-" if settings().https else ""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, text = part.strip().partition("=")
        if name.startswith(prefix) and name:
            found.setdefault(name.removeprefix(prefix), unquote(text))
    return found


@dataclass(slots=True)
class Visit:
    """One request's own notes; never shared, never kept."""

    number: str
    address: str = ""
    lang: str = "id"
    cookies: Mapping[str, str] = field(default_factory=dict)
    session: "Session | None" = None
    viewer: Viewer = ANONYMOUS
    lines: list[str] = field(default_factory=list)
    cache_key: tuple[object, ...] | None = None
    private: bool = False
    form: "Form | None" = None
    frame: Mapping[str, object] = field(default_factory=dict)
    extend: Callable[[float], None] = lambda seconds: None

    def remember(self, name: str, text: str, seconds: int | None = YEAR) -> None:
        """Set a cookie with the answer."""
        self.lines.append(cookie_line(name, text, seconds))

    def forget(self, name: str) -> None:
        """Clear a cookie with the answer."""
        self.lines.append(cookie_line(name, "", 0))


def visit(connection: ASGIConnection[Any, Any, Any, Any]) -> Visit:
    """The notes of this request."""
    return cast("Visit", connection.scope["state"]["visit"])


def viewer(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer:
    """Who is looking."""
    return visit(connection).viewer


def remembered(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> str | None:
    """A cookie that came with this request, by its plain name."""
    return visit(connection).cookies.get(name)


def remember(connection: ASGIConnection[Any, Any, Any, Any], name: str, text: str, seconds: int | None = YEAR) -> None:
    """Set a cookie with the answer to this request."""
    visit(connection).remember(name, text, seconds)


def forget(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> None:
    """Clear a cookie with the answer to this request."""
    visit(connection).forget(name)
