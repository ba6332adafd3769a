"""The desk after the booth closed: open the box, throw the dice, count, publish; two persons sign.

How a box with several key holders is taken out and handed in again is beside this file, in taking.py.
"""

import json
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election
from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.results import store
from rembuk.results.store import swearing
from rembuk.results.store.box import PILOT
from rembuk.results.store.contacts import waiting_decisions
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

OPENED = N_("Kotak suara sudah dibuka. Lempar dadu pemutus seri di depan umum.")
COUNTED = N_("Suara sudah dihitung. Periksa, lalu umumkan.")
PUBLISHED = N_("Hasil sudah diumumkan.")
ASKED = N_("Permintaan Anda menunggu orang kedua.")
DRAWN = N_("Dadu sudah dicatat di papan bukti.")


@get("/petugas/siklus/{slug:str}/hitung", guard=CITY_OFFICIAL | AUDITOR)
async def desk(request: Request, slug: str) -> Response:
    """Where the count stands and the one thing to do next."""
    return await _desk(request, slug)


@post("/petugas/siklus/{slug:str}/hitung/kotak", guard=CITY_OFFICIAL)
async def ask_opening(request: Request, slug: str) -> Response:
    """The first person asks to open the box here: pilots with one key holder, who also say why nobody was asked."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    unasked = form.text("unasked", most=300) if form.has("unasked") else PILOT
    try:
        await store.propose_opening(cycle.id, person_of(request), unasked)
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/hitung/kotak/{act:uuid}", guard=CITY_OFFICIAL, seconds=120)
async def open_box(request: Request, slug: str, act: UUID) -> Response:
    """The second person opens the box with the trustees' words."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    try:
        await store.open_ballots(act, cycle.id, person_of(request), form.lines("shares"))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, OPENED)


@post("/petugas/siklus/{slug:str}/hitung/dadu", guard=CITY_OFFICIAL)
async def dice(request: Request, slug: str) -> Response:
    """Record the twenty public dice."""
    cycle, typed = await cycles.by_slug(slug), (await read_form(request)).text("dice")
    try:
        await store.record_dice(cycle.id, typed, person_of(request))
    except Refused as refused:
        return await told(request, slug, refused, typed)
    return back(request, slug, DRAWN)


@post("/petugas/siklus/{slug:str}/hitung/hitung", guard=CITY_OFFICIAL, seconds=120)
async def count(request: Request, slug: str) -> Response:
    """Count every district."""
    await store.count_cycle((await cycles.by_slug(slug)).id, person_of(request))
    return back(request, slug, COUNTED)


@post("/petugas/siklus/{slug:str}/hitung/umumkan", guard=CITY_OFFICIAL)
async def ask_publication(request: Request, slug: str) -> Response:
    """The first person asks to publish these counts, and explains where an auditor found another result."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    try:
        await store.propose_publication(cycle.id, person_of(request), form.text("explained", most=300))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/hitung/umumkan/{act:uuid}", guard=CITY_OFFICIAL, seconds=60)
async def publish(request: Request, slug: str, act: UUID) -> Response:
    """The second person publishes."""
    await store.publish(act, (await cycles.by_slug(slug)).id, person_of(request))
    return redirect(f"/hasil?siklus={slug}", flash=PUBLISHED, request=request)


def person_of(request: Request) -> UUID:
    """Who signs."""
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


def back(request: Request, slug: str, flash: str) -> Response:
    """To the desk again, with a message."""
    return redirect(f"/petugas/siklus/{slug}/hitung", flash=flash, request=request)


async def told(request: Request, slug: str, refused: Refused, typed: str = "") -> Response:
    """The desk again with what was wrong in the form; any other refusal goes on."""
    if refused.reason.status != 422:
        raise refused
    return await _desk(request, slug, error=refused.sentence(), typed=typed)


async def _desk(request: Request, slug: str, error: str = "", typed: str = "") -> Response:
    cycle = await cycles.by_slug(slug)
    election = await cycles.election(cycle.id)
    opening = await store.waiting_opening(cycle.id) if election.state == "closed" else None
    publication = await store.waiting_publication(cycle.id) if election.state == "opened" else None
    names = {area.code: area.name for area in await places.kecamatan_list()}
    return page(
        request,
        "results/desk.html",
        status=422 if error else 200,
        cycle=cycle,
        election=election,
        me=viewer(request).person,
        opening=opening,
        opening_facts=await _opening_facts(cycle.id, election),
        publication=publication,
        explained=json.loads(publication.payload)["explained"] if publication else "",
        watch=await swearing.watch_of(cycle.id, (person_of(request),)) if election.state == "opened" else None,
        counts=await store.unpublished(cycle.id),
        names=names,
        error=error,
        typed=typed,
    )


async def _opening_facts(cycle: UUID, election: Election) -> dict[str, Any]:
    """What the box itself waits for: the sample asked, the taking out, the handing in."""
    if election.state != "closed":
        return {}
    return {
        "sample": await store.sample_of(election.id),
        "contacts": await store.contacts(election.id),
        "decisions": [(act, json.loads(act.payload)["reason"]) for act in await waiting_decisions(election)],
        "taken": await store.taken(election.id),
        "export": await store.waiting_export(cycle),
        "handed": await store.waiting_hand_in(cycle),
        "unasked": PILOT,
    }


HANDLERS = [desk, ask_opening, open_box, dice, count, ask_publication, publish]
