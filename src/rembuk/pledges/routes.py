"""/tjsl: what companies pay for, for everybody; the desk where two officials record a pledge."""

from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Refused
from rembuk.money import parse_rupiah
from rembuk.pledges import store
from rembuk.pledges.rules import Offer
from rembuk.results import store as results
from rembuk.results.shown import InLine
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, PUBLIC, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

ASKED = N_("Permintaan Anda menunggu orang kedua.")
KEPT = N_("Janji dana dicatat.")
MOST_ROWS = 40
Slug = Annotated[str | None, QueryParameter(name="siklus", max_length=80)]


@get("/tjsl", guard=PUBLIC)
async def listing(request: Request, siklus: Slug = None) -> Response:
    """Pledges of a published cycle, and the reserve list that more of them would serve."""
    published = set(await results.finished_cycles())
    finished = [each for each in await cycles.cycles(kind="round") if each.id in published]
    chosen = next((each for each in finished if siklus in (None, each.slug)), None)
    return page(
        request,
        "pledges/list.html",
        public=True,
        cycle=chosen,
        pledges=await store.pledges(chosen.id) if chosen else [],
        reserve=await _reserve(chosen) if chosen else (),
    )


async def _reserve(cycle: Cycle) -> tuple[InLine, ...]:
    if not await results.city_round_kind(cycle.id):
        return ()
    return (await results.city_round(cycle.id, await results.named(cycle))).reserve[:MOST_ROWS]


@get("/petugas/siklus/{slug:str}/janji", guard=CITY_OFFICIAL | AUDITOR)
async def desk(request: Request, slug: str) -> Response:
    """What waits, the form, and the pledges so far."""
    return await _desk(request, slug)


@post("/petugas/siklus/{slug:str}/janji", guard=CITY_OFFICIAL)
async def ask_pledge(request: Request, slug: str) -> Response:
    """The first official records what a company offers."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    try:
        await store.propose_pledge(cycle.id, _offer(form), _person(request))
    except Refused as refused:
        if refused.reason.status != 422:
            raise
        return await _desk(request, slug, error=refused.sentence(), form=form)
    return redirect(f"/petugas/siklus/{slug}/janji", flash=ASKED, request=request)


@post("/petugas/siklus/{slug:str}/janji/{act:uuid}", guard=CITY_OFFICIAL)
async def accept(request: Request, slug: str, act: UUID) -> Response:
    """The second official signs."""
    await store.accept(act, (await cycles.by_slug(slug)).id, _person(request))
    return redirect(f"/petugas/siklus/{slug}/janji", flash=KEPT, request=request)


def _offer(form: Form) -> Offer:
    try:
        amount = parse_rupiah(form.text("amount"))
    except ValueError:
        amount = 0
    return Offer(form.text("project"), form.text("company").strip(), amount, form.text("reason").strip())


async def _desk(request: Request, slug: str, error: str = "", form: Form | None = None) -> Response:
    cycle = await cycles.by_slug(slug)
    book, titles = await results.book(cycle.id), await results.titles_of(cycle.id)
    names = ("project", "company", "amount", "reason")
    return page(
        request,
        "pledges/desk.html",
        status=422 if error else 200,
        cycle=cycle,
        me=viewer(request).person,
        titles=titles,
        standing=sorted(book.standing, key=lambda each: titles[each]),
        pledges=await store.pledges(cycle.id),
        waiting=await store.waiting_pledges(cycle.id),
        error=error,
        typed={name: form.text(name) if form else "" for name in names},
    )


def _person(request: Request) -> UUID:
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


HANDLERS = [listing, desk, ask_pledge, accept]
