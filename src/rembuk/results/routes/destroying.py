"""The destruction of the envelopes: asked and signed by two officials, its minutes read and printed by everybody."""

from typing import Any
from uuid import UUID

from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.results.routes.desk import ASKED, person_of
from rembuk.results.store import destroying as store
from rembuk.results.store.destroying import Plan
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, PUBLIC, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

DONE = N_("Amplop sudah dimusnahkan. Berita acaranya tercatat di papan bukti.")


@get("/petugas/siklus/{slug:str}/pemusnahan", guard=CITY_OFFICIAL | AUDITOR)
async def desk(request: Request, slug: str) -> Response:
    """When the envelopes may be destroyed, and the form to ask for it."""
    return await _desk(request, slug)


@post("/petugas/siklus/{slug:str}/pemusnahan", guard=CITY_OFFICIAL)
async def ask(request: Request, slug: str) -> Response:
    """The first person asks, with what the minutes will say."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    plan = Plan(form.line("place"), form.line("witnesses", most=400), form.integer("shares") or 0)
    try:
        await store.propose_destruction(cycle.id, plan, person_of(request))
    except Refused as refused:
        if refused.reason.status != 422:
            raise
        return await _desk(request, slug, refused.sentence(), form)
    return redirect(f"/petugas/siklus/{slug}/pemusnahan", flash=ASKED, request=request)


@post("/petugas/siklus/{slug:str}/pemusnahan/{act:uuid}", guard=CITY_OFFICIAL, seconds=120)
async def destroy(request: Request, slug: str, act: UUID) -> Response:
    """The second person agrees: it is done."""
    await store.destroy(act, (await cycles.by_slug(slug)).id, person_of(request))
    return redirect(f"/pemusnahan/{slug}", flash=DONE, request=request)


@get("/pemusnahan/{slug:str}", guard=PUBLIC)
async def minutes(request: Request, slug: str) -> Response:
    """The minutes, word by word as hashed, to be read and printed."""
    cycle = await cycles.by_slug(slug)
    return page(request, "results/minutes.html", cycle=cycle, minutes=await store.minutes_of(cycle.id))


async def _desk(request: Request, slug: str, error: str = "", form: Form | None = None) -> Response:
    cycle = await cycles.by_slug(slug)
    election, free = await cycles.election(cycle.id), await store.free_from(cycle.id)
    destroyed = await store.is_destroyed(election.id)
    typed: dict[str, Any] = form.values if form else {}
    return page(
        request,
        "results/destroying.html",
        status=422 if error else 200,
        cycle=cycle,
        election=election,
        destroyed=destroyed,
        rewritten=await store.rewritten_at(election.id),
        free=free,
        is_free=free is not None and now() >= free and election.state in ("counted", "certified"),
        waiting=None if destroyed else await store.waiting_destruction(cycle.id),
        me=viewer(request).person,
        typed=typed,
        error=error,
    )


HANDLERS = [desk, ask, destroy, minutes]
