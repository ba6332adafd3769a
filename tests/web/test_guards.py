"""Doors: deny by default, 404 out of scope, and no start without a guard on every route."""

import litestar
import pytest
from litestar.handlers import HTTPRouteHandler

from rembuk.app import create_app
from rembuk.web import hooks
from rembuk.web.guards import ADMIN, CITY_OFFICIAL, FACILITATOR, PUBLIC, Grant, Guard, Role, Unguarded, Viewer
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.session import Session
from tests.clients import Client
from tests.web import sample


def test_a_route_without_a_guard_stops_the_start() -> None:
    """Also one made with the framework's own decorator, past ours."""

    @litestar.get("/lolos")
    async def unguarded() -> str:
        return "terbuka"

    with pytest.raises(Unguarded, match="/lolos"):
        create_app([unguarded], rooms=())


def test_a_guard_named_but_not_asked_stops_the_start() -> None:
    """Naming a guard in `opt` is not enough: it must be asked."""

    @litestar.get("/hiasan", opt={"guard": PUBLIC})
    async def ornament() -> str:
        return "terbuka"

    with pytest.raises(Unguarded, match="/hiasan"):
        create_app([ornament], rooms=())


def test_something_else_is_no_guard() -> None:
    """`guard=None` is refused where it is written."""
    with pytest.raises(Unguarded):
        get("/x", guard=None)  # type: ignore[arg-type]


async def test_the_signed_out_are_led_to_sign_in_and_back(site: Client) -> None:
    """A2, J1: pages redirect with kembali=, forms back to the page they stood on, programs get 401."""
    answer = await site.get("/contoh/warga?a=1&b=dua")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/masuk?kembali=/contoh/warga%3Fa%3D1%26b%3Ddua"
    posted = await site.post("/contoh/warga", headers={"Referer": "http://127.0.0.1:8000/contoh?halaman=2"})
    assert posted.headers["location"] == "/masuk?kembali=/contoh%3Fhalaman%3D2"
    assert sample.SEEN["posts"] == []
    program = await site.get("/api/v1/mine")
    assert program.status_code == 401 and program.json()["type"] == "urn:rembuk:masalah:sign-in"
    swapped = await site.htmx("/contoh/warga")
    assert swapped.status_code == 401 and swapped.headers["hx-redirect"].startswith("/masuk")


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/contoh", Role.RESIDENT, 200),
        ("/contoh/saya", Role.AUDITOR, 200),
        ("/contoh/warga", Role.RESIDENT, 200),
        ("/contoh/warga", Role.OFFICIAL, 403),
        ("/contoh/admin", Role.ADMIN, 200),
        ("/contoh/admin", Role.CITY_OFFICIAL, 403),
        ("/contoh/petugas/32.73", Role.ADMIN, 403),
    ],
)
async def test_roles(site: Client, path: str, role: Role, status: int) -> None:
    """A1: a role opens its own doors only; the technical admin has no official's rights."""
    await site.sign_in(sample.PERSON, role)
    assert (await site.get(path)).status_code == status


async def viewer_with(*grants: Grant) -> None:
    """Let every session be a viewer with these grants."""

    async def viewer_of(session: Session) -> Viewer:
        return Viewer(session.person, None, "Ibu Sari", "32.73.27.1003.005", grants, session.id)

    hooks.WIRED.viewer_of = viewer_of


@pytest.mark.parametrize(
    ("grant", "path", "status"),
    [
        (Grant(Role.OFFICIAL, "32.73"), "/contoh/petugas/32.73.27", 200),
        (Grant(Role.OFFICIAL, "32.73.27"), "/contoh/petugas/32.73.27.1003", 200),
        (Grant(Role.OFFICIAL, "32.73.27"), "/contoh/petugas/32.73", 404),
        (Grant(Role.OFFICIAL, "32.73.27"), "/contoh/petugas/32.73.2", 404),
        (Grant(Role.OFFICIAL, "32.73.2"), "/contoh/petugas/32.73.27", 404),
        (Grant(Role.CITY_OFFICIAL, ""), "/contoh/petugas/32.73.27", 200),
        (Grant(Role.FACILITATOR, "32.73.27.1003.005"), "/contoh/benda/1", 200),
        (Grant(Role.FACILITATOR, "32.73.27.1003.006"), "/contoh/benda/1", 404),
        (Grant(Role.FACILITATOR, "32.73.27.1003.005"), "/contoh/benda/9", 404),
        (Grant(Role.OFFICIAL, "32.73.27.1003.005"), "/contoh/benda/1", 403),
    ],
)
async def test_scope(site: Client, grant: Grant, path: str, status: int) -> None:
    """N3: a grant covers its area and what lies below, at a dot; outside there is nothing to see: 404."""
    await viewer_with(grant)
    await site.sign_in(sample.PERSON, Role.OFFICIAL)
    assert (await site.get(path)).status_code == status


async def test_another_role_elsewhere_does_not_open_the_scope(site: Client) -> None:
    """A resident's grant in the area and an official's in another do not add up."""
    await viewer_with(Grant(Role.OFFICIAL, "32.73.1"), Grant(Role.RESIDENT, "32.73.27"))
    await site.sign_in(sample.PERSON, Role.OFFICIAL)
    assert (await site.get("/contoh/petugas/32.73.27")).status_code == 404


async def test_numbers_beyond_the_database_are_not_there(site: Client) -> None:
    """A path number of twenty digits is 404, never a fault."""
    assert (await site.get(f"/contoh/refused/{10**20}")).status_code == 404
    assert (await site.get("/contoh/refused/satu")).status_code == 404


def test_a_viewer_knows_their_places_and_main_role() -> None:
    """Kecamatan and kelurahan come from the RW code."""
    viewer = Viewer(sample.PERSON, rw="32.73.27.1003.005", grants=(Grant(Role.RESIDENT), Grant(Role.FACILITATOR)))
    assert (viewer.kecamatan, viewer.kelurahan) == ("32.73.27", "32.73.27.1003")
    assert viewer.role is Role.FACILITATOR and viewer.has(Role.RESIDENT)
    assert Viewer().role is Role.PUBLIC and not Viewer().signed_in


def test_guards_join() -> None:
    """Either of two guards' roles."""
    both = FACILITATOR | ADMIN
    assert both.roles == {Role.FACILITATOR, Role.ADMIN}
    assert CITY_OFFICIAL.within("area").scope == "area"


async def test_options_are_answered_without_a_guard(site: Client) -> None:
    """OPTIONS tells the methods and nothing else."""
    answer = await site.http.options("/contoh/warga")
    assert answer.status_code == 204 and "GET" in answer.headers["allow"]
    assert answer.headers["content-security-policy"]


def test_handlers_keep_their_types() -> None:
    """The wrappers give the framework's own handlers."""

    @post("/z", guard=Guard(Role.ADMIN))
    async def act(request: Request) -> Response:
        return Response(None)

    assert isinstance(act, HTTPRouteHandler)
