"""A client for every room's tests: keeps cookies, sends Origin, adds the CSRF token, signs people in."""

import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from rembuk.app import ROOMS, create_app, furnish, lifespan
from rembuk.people import pepper
from rembuk.settings import settings
from rembuk.web import cache, csrf, session
from rembuk.web.gate import Gate
from rembuk.web.viewer import Role
from rembuk.web.visit import cookie_name

_PROCESS = Path(tempfile.gettempdir()) / f"rembuk-tests-{os.getuid()}" / "process"
os.environ.setdefault("REMBUK_DATA", str(_PROCESS / "data"))
os.environ.setdefault("REMBUK_SECRETS", str(_PROCESS / "secrets"))
pepper.make_secrets()
Kind = tuple[tuple[Any, ...], tuple[str, ...], bool, tuple[Path, ...]]
"""What makes one app another: handlers added, rooms, whether a database is open already, folders of templates."""
_apps: dict[Kind, tuple[Litestar, Any]] = {}
ONLY_ROOMS = os.environ.get("REMBUK_TEST_ROOMS")
"""Names of rooms, with commas: join only these, while others are being built."""


class Client:
    """Talks to the app as a browser does; redirects are not followed unless asked."""

    def __init__(self, http: AsyncClient, app: Litestar) -> None:
        self.http = http
        self.app = app
        self.session: session.Session | None = None

    async def get(self, path: str, **options: Any) -> Response:
        """GET a page."""
        return await self.http.get(path, **{"follow_redirects": False, **options})

    async def head(self, path: str, **options: Any) -> Response:
        """HEAD a page."""
        return await self.http.head(path, **{"follow_redirects": False, **options})

    async def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        token: bool = True,
        **options: Any,
    ) -> Response:
        """POST a form as our own pages would: with Origin and, unless token=False, a fresh CSRF token."""
        own = {"Origin": settings().base_url, **(headers or {})}
        if token:
            own.setdefault(csrf.HEADER, self.token())
        return await self.http.post(path, data=data, **{"headers": own, "follow_redirects": False, **options})

    async def htmx(self, path: str, data: Mapping[str, Any] | None = None) -> Response:
        """GET (or POST, when there is data) as htmx does."""
        if data is None:
            return await self.get(path, headers={"HX-Request": "true"})
        return await self.post(path, data, headers={"HX-Request": "true"})

    def token(self) -> str:
        """A CSRF token for whoever this client is now; a signed-out one gets its guest cookie."""
        if secret := self.cookie(session.COOKIE):
            return csrf.token_for(f"{session.COOKIE}:{secret}")
        if not (guest := self.cookie(csrf.GUEST)):
            guest = "g" * 43
            self.set_cookie(csrf.GUEST, guest)
        return csrf.token_for(f"{csrf.GUEST}:{guest}")

    def cookie(self, plain: str) -> str | None:
        """The value of a cookie by its plain name."""
        found: str | None = self.http.cookies.get(cookie_name(plain))
        return found

    def set_cookie(self, plain: str, text: str) -> None:
        """Carry a cookie from now on."""
        self.drop_cookie(plain)
        self.http.cookies.set(cookie_name(plain), text, domain="127.0.0.1")

    def drop_cookie(self, plain: str) -> None:
        """Forget a cookie."""
        for cookie in list(self.http.cookies.jar):
            if cookie.name == cookie_name(plain):
                self.http.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)

    async def sign_in(
        self, person: Any = None, role: Role = Role.RESIDENT, *, roll: UUID | None = None, kiosk: bool = False
    ) -> session.Session:
        """Sign in as a person (a UUID, or anything with `.id` or `.person`), past the pages."""
        who = person if isinstance(person, UUID) or person is None else getattr(person, "person", person.id)
        role = getattr(person, "role", role)
        secret, made = await session.open_session(who, roll, role, kiosk=kiosk)
        self.set_cookie(session.COOKIE, secret)
        self.session = made
        return made

    async def sign_out(self) -> None:
        """Forget the session, as a browser does whose cookies were cleared."""
        self.drop_cookie(session.COOKIE)
        self.session = None


@asynccontextmanager
async def client_of(app: Litestar) -> AsyncIterator[Client]:
    """A client of an app whose lifespan runs meanwhile."""
    cache.forget_pages()
    # In the test's own event loop (the framework's client has another): PostgreSQL connections belong to one loop.
    transport = ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with lifespan(app), AsyncClient(transport=transport, base_url=settings().base_url) as http:
        yield Client(http, app)


@asynccontextmanager
async def open_client(
    more: Sequence[Any] = (),
    *,
    rooms: Sequence[str] = ROOMS,
    database_is_open: bool = True,
    template_folders: Sequence[Path] = (),
) -> AsyncIterator[Client]:
    """A client of an app as fresh as a new one, over the database a test has opened."""
    async with client_of(_app_of((tuple(more), tuple(rooms), database_is_open, tuple(template_folders)))) as client:
        yield client


def _app_of(kind: Kind) -> Litestar:
    """The app of this kind: its routes are joined once in a process, all that can change is made anew."""
    more, rooms, database_is_open, template_folders = kind
    if kind not in _apps:
        made = create_app(more, rooms=rooms, database_is_open=database_is_open, template_folders=template_folders)
        _apps[kind] = made, made.asgi_handler.inner  # type: ignore[union-attr]
        return made
    app, router = _apps[kind]
    furnish(more, rooms, template_folders)
    app.asgi_handler = Gate(router)  # type: ignore[assignment]
    return app


@pytest.fixture
async def client(db: Any) -> AsyncIterator[Client]:
    """A client of the whole app over this test's database."""
    async with open_client(rooms=ONLY_ROOMS.split(",") if ONLY_ROOMS else ROOMS) as client:
        yield client
