"""Paper to take along: ballot sheets with serial and QR, the check-in list, the minutes of a post."""

from uuid import UUID

import segno

from rembuk.cycles import store as cycles
from rembuk.places import store as places
from rembuk.posts import store
from rembuk.posts.routes.scope import ITS_OFFICIAL, person_of
from rembuk.posts.rules import PostFacts, kecamatan_of, noon
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get, post

SAMPLE = "CONTOH"


@post("/petugas/pos/{post:uuid}/bundel/{pad:uuid}/cetak", guard=ITS_OFFICIAL, seconds=30)
async def print_pad(request: Request, post: UUID, pad: UUID) -> Response:
    """The sheets of a pad in a random order; every printing is logged."""
    serials = await store.take_pages(post, pad, person_of(request))
    return await _sheets(request, await store.post_of(post), serials)


@get("/petugas/pos/{post:uuid}/contoh", guard=ITS_OFFICIAL)
async def sample(request: Request, post: UUID) -> Response:
    """One sheet to look at, without a serial."""
    return await _sheets(request, await store.post_of(post), [])


async def _sheets(request: Request, facts: PostFacts, serials: list[str]) -> Response:
    return page(
        request,
        "posts/print_sheets.html",
        post=facts,
        cycle=await _cycle_of(facts),
        form=await store.form_of(facts),
        sheets=[(serial, serial_image(serial)) for serial in serials] or [(SAMPLE, "")],
        sample=not serials,
    )


def serial_image(serial: str) -> str:
    """A data: URI of the QR code that types a serial into the entry page."""
    return str(segno.make_qr(serial, error="m").svg_data_uri(border=2, light="#fff", dark="#000"))


@get("/petugas/pos/{post:uuid}/daftar-hadir", guard=ITS_OFFICIAL)
async def check_in_list(request: Request, post: UUID) -> Response:
    """The printed check-in list of a post: serials and line numbers, a column for the name and one to sign."""
    facts = await store.post_of(post)
    lines = await store.check_in_list(facts)
    labels = {rw: await places.label(rw) for rw in facts.rws}
    return page(request, "posts/print_list.html", post=facts, cycle=await _cycle_of(facts), lines=lines, labels=labels)


@get("/petugas/pos/{post:uuid}/berita-acara", guard=ITS_OFFICIAL)
async def minutes(request: Request, post: UUID) -> Response:
    """The minutes of a post: figures as they stand, lines to write and sign."""
    facts = await store.post_of(post)
    [box] = await store.boxes_of(facts.election, post)
    return page(
        request,
        "posts/print_minutes.html",
        post=facts,
        cycle=await _cycle_of(facts),
        kecamatan=await places.area(kecamatan_of(facts.district)),
        box=box,
        balance=await store.balance_of(post),
        days=[(noon(day), number) for day, number in await store.check_ins_by_day(post)],
    )


async def _cycle_of(facts: PostFacts) -> object:
    return await cycles.cycle((await cycles.election_by_id(facts.election)).cycle)


HANDLERS = [print_pad, sample, check_in_list, minutes]
