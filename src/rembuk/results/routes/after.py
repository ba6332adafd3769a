"""The desk after the result: withdraw a funded project by two persons, see which reserve steps in."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.results import store
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

ASKED = N_("Permintaan Anda menunggu orang kedua.")
REPLACED = N_("Usulan dibatalkan. Cadangan menggantikannya.")
ALONE = N_("Usulan dibatalkan. Tidak ada cadangan yang muat.")


@get("/petugas/siklus/{slug:str}/sesudah", guard=CITY_OFFICIAL | AUDITOR)
async def desk(request: Request, slug: str) -> Response:
    """What was withdrawn and who stepped in, what waits, and the form for the next."""
    return await _desk(request, slug)


@post("/petugas/siklus/{slug:str}/sesudah", guard=CITY_OFFICIAL)
async def ask_withdrawal(request: Request, slug: str) -> Response:
    """The first person asks to withdraw a project, with a reason."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    project, reason = form.text("project"), form.text("reason")
    try:
        await store.propose_withdrawal(cycle.id, project, reason, _person(request))
    except Refused as refused:
        if refused.reason.status != 422:
            raise
        return await _desk(request, slug, error=refused.sentence(), project=project, reason=reason)
    return redirect(f"/petugas/siklus/{slug}/sesudah", flash=ASKED, request=request)


@post("/petugas/siklus/{slug:str}/sesudah/{act:uuid}", guard=CITY_OFFICIAL)
async def withdraw(request: Request, slug: str, act: UUID) -> Response:
    """The second person signs."""
    cycle = await cycles.by_slug(slug)
    successor = await store.withdraw(act, cycle.id, _person(request))
    return redirect(f"/petugas/siklus/{slug}/sesudah", flash=REPLACED if successor else ALONE, request=request)


async def _desk(request: Request, slug: str, error: str = "", project: str = "", reason: str = "") -> Response:
    cycle = await cycles.by_slug(slug)
    kept, titles = await store.book(cycle.id), await store.titles_of(cycle.id)
    return page(
        request,
        "results/after.html",
        status=422 if error else 200,
        cycle=cycle,
        me=viewer(request).person,
        titles=titles,
        standing=sorted(kept.standing, key=lambda each: titles[each]),
        reserve=[each for each in kept.reserve if each not in kept.standing and each not in kept.gone],
        free=sum(kept.free.values()),
        happened=await store.happened(cycle.id),
        waiting=await store.waiting_withdrawals(cycle.id),
        error=error,
        project=project,
        reason=reason,
    )


def _person(request: Request) -> UUID:
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


HANDLERS = [desk, ask_withdrawal, withdraw]
