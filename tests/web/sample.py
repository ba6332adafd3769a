"""A tiny room of its own, so that the web floor is tested without any other room."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from litestar.params import Parameter, QueryParameter

from rembuk.errors import Reason, Refused
from rembuk.web import session
from rembuk.web.forms import read_form
from rembuk.web.guards import ADMIN, OFFICIAL, PUBLIC, RESIDENT, SIGNED_IN, Guard, Role
from rembuk.web.pages import is_htmx, page, part, redirect
from rembuk.web.routing import PageNumber, Request, Response, get, post
from rembuk.web.throttle import throttle

TEMPLATES = Path(__file__).parent / "templates"
PERSON = uuid4()
SEEN: dict[str, Any] = {"renders": 0, "words": "warga " * 400, "posts": []}
HANG = asyncio.Event()


class No(Reason):
    """A room's own refusals."""

    TAKEN = (409, "Nomor {number} sudah dipakai.")
    CLOSED = (422, "Tahap ini sudah tutup.")


class Thing(msgspec.Struct):
    """Something a program reads."""

    number: int
    name: str


@get("/contoh", guard=PUBLIC)
async def public_page(request: Request, halaman: int = 1) -> Response:
    """A public page that may be kept."""
    SEEN["renders"] += 1
    return page(request, "plain.html", public=True, words=f"{SEEN['words']} {halaman}")


@get("/contoh/isian", guard=PUBLIC)
async def form_page(request: Request) -> Response:
    """A page with a form; asked to be public it must still not be kept."""
    return page(request, "form.html", public=True, values={}, errors={})


@post("/contoh/isian", guard=PUBLIC)
async def take_form(request: Request) -> Response:
    """Take the form or show it again."""
    form = await read_form(request)
    title = form.line("judul", required=True, most=60)
    if not form.valid:
        return page(request, "form.html", status=422, values=form.values, errors=form.errors)
    SEEN["posts"].append((title, form.list("pilihan")))
    return redirect("/contoh", "Sudah tersimpan.", request=request)


@post("/contoh/foto", guard=PUBLIC, upload=True)
async def take_photo(request: Request) -> Response:
    """Take an upload."""
    form = await read_form(request)
    photo = form.file("foto")
    return Response(f"{photo.name if photo else '-'} {len(photo.body) if photo else 0}", media_type="text/plain")


@get("/contoh/bagian", guard=PUBLIC)
async def both_faces(request: Request) -> Response:
    """A part for htmx, a page for others."""
    return (part if is_htmx(request) else page)(request, "plain.html", words="bagian")


@get("/contoh/saya", guard=SIGNED_IN)
async def mine(request: Request) -> Response:
    """Any signed-in viewer."""
    return page(request, "plain.html", words="milik saya")


@get("/contoh/warga", guard=RESIDENT)
async def residents(request: Request) -> Response:
    """Residents only."""
    return page(request, "plain.html", words="warga")


@get("/contoh/admin", guard=ADMIN)
async def admins(request: Request) -> Response:
    """Admins only."""
    return page(request, "plain.html", words="admin")


@get("/contoh/petugas/{area:str}", guard=OFFICIAL.within("area"))
async def in_area(request: Request, area: str) -> Response:
    """Officials of the area."""
    return page(request, "plain.html", words=area)


async def _area_of(request: Request) -> str | None:
    return {1: "32.73.27.1003.005", 2: "32.73.1"}.get(int(request.path_params["number"]))


@get("/contoh/benda/{number:int}", guard=Guard(Role.FACILITATOR, scope=_area_of))
async def of_object(request: Request, number: int) -> Response:
    """Facilitators of the area the object lies in."""
    return page(request, "plain.html", words=str(number))


@post("/contoh/warga", guard=RESIDENT)
async def act(request: Request) -> Response:
    """An act of a resident."""
    SEEN["posts"].append("acted")
    return redirect("/contoh")


@post("/contoh/masuk", guard=PUBLIC)
async def sign_in(request: Request) -> Response:
    """Sign in, or step up when signed in already."""
    role = Role((await read_form(request)).text("peran") or "resident")
    await session.start_session(request, person=PERSON, role=role)
    return redirect("/contoh/saya")


@post("/contoh/setengah", guard=PUBLIC)
async def half(request: Request) -> Response:
    """The first factor was right."""
    await session.start_session(request, person=PERSON, role=Role.OFFICIAL, complete=False)
    return redirect("/contoh")


@post("/contoh/keluar", guard=SIGNED_IN)
async def sign_out(request: Request) -> Response:
    """Sign out."""
    await session.end_session(request)
    return redirect("/contoh")


@get("/contoh/refused/{number:int}", guard=PUBLIC)
async def refuse(request: Request, number: int) -> Response:
    """A store says no."""
    raise Refused(No.TAKEN if number == 1 else No.CLOSED, number=number)


@get("/contoh/rusak", guard=PUBLIC)
async def broken(request: Request) -> Response:
    """A fault of ours."""
    raise RuntimeError("rahasia: 3273270101900001")


@get("/contoh/sering", guard=PUBLIC)
async def often(request: Request) -> Response:
    """A costly act, thrice an hour."""
    await throttle("contoh", "kunci", 3, timedelta(hours=1))
    return Response("ok", media_type="text/plain")


@get("/contoh/diam", guard=PUBLIC)
async def hang(request: Request) -> Response:
    """Never answers."""
    await HANG.wait()
    return Response(None)


@get("/bukti/{code:str}", guard=PUBLIC)
async def receipt(request: Request, code: str) -> Response:
    """A page of voting, for the log."""
    return page(request, "plain.html", words=code)


@get("/api/v1/things/{number:int}", guard=PUBLIC)
async def thing(request: Request, number: int) -> Thing:
    """One thing."""
    if number > 1000:
        raise Refused(No.CLOSED)
    return Thing(number, "benda")


@get("/api/v1/things", guard=PUBLIC)
async def things(
    request: Request,
    page: PageNumber = 1,
    size: int | None = None,
    within: Annotated[str, Parameter(max_length=5)] | None = None,
    named: Annotated[str, QueryParameter(name="nama", max_length=5)] = "",
) -> list[Thing]:
    """Some things."""
    return [Thing(page, "benda " * 300)]


@get("/api/v1/mine", guard=SIGNED_IN)
async def api_mine(request: Request) -> Thing:
    """Something for the signed-in."""
    return Thing(1, "milik")


HANDLERS = [
    public_page,
    form_page,
    take_form,
    take_photo,
    both_faces,
    mine,
    residents,
    admins,
    in_area,
    of_object,
    act,
    sign_in,
    half,
    sign_out,
    refuse,
    broken,
    often,
    hang,
    receipt,
    thing,
    things,
    api_mine,
]
