"""The opening key of a vote: made offline by the trustees, its public half named here before anything is frozen."""

import re

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.errors import N_
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

NAMED = N_("Kunci kotak suara sudah ditetapkan.")
NOT_A_KEY = N_("Kunci publik terdiri dari 64 angka dan huruf a sampai f.")
_KEY = re.compile(r"[0-9a-f]{64}")


@get("/petugas/siklus/{slug:str}/kunci", guard=CITY_OFFICIAL | AUDITOR)
async def key_page(request: Request, slug: str) -> Response:
    """Which key ballots will be sealed to, and the form to name it."""
    return await _key_page(request, slug)


@post("/petugas/siklus/{slug:str}/kunci", guard=CITY_OFFICIAL)
async def name_key(request: Request, slug: str) -> Response:
    """Name the public key; refused once the vote is frozen."""
    cycle = await cycles.by_slug(slug, drafts=True)
    form = await read_form(request)
    typed = "".join(form.text("key", required=True).lower().split())
    if form.valid and not _KEY.fullmatch(typed):
        form.errors.say("key", NOT_A_KEY)
    if not form.valid:
        return await _key_page(request, slug, typed, form.errors["key"])
    await cycles.name_trustees(cycle.id, typed)
    return redirect(f"/petugas/siklus/{slug}", flash=NAMED, request=request)


async def _key_page(request: Request, slug: str, typed: str = "", error: str = "") -> Response:
    cycle = await cycles.by_slug(slug, drafts=True)
    election = await cycles.election(cycle.id)
    return page(
        request,
        "results/key.html",
        status=422 if error else 200,
        cycle=cycle,
        key=election.trustee_key,
        may_change=election.state is ElectionState.DRAFT,
        typed=typed,
        error=error,
    )


HANDLERS = [key_page, name_key]
