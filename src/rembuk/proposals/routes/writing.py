"""The wizard: five steps, one question each, kept on the server after each of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.catalogue import store as catalogue
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, PhaseKind
from rembuk.errors import N_, Refused, Said
from rembuk.files import store as files
from rembuk.files.rules import Refusal as FileRefusal
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.maps import area_map
from rembuk.places.rules import Level, cut
from rembuk.proposals import store
from rembuk.proposals.routes.steps import (
    STEP_NAMES,
    bounds,
    by_name,
    place_values,
    read_place,
    read_plan,
    typed_lines,
    with_blanks,
)
from rembuk.proposals.routes.supporting import person_of
from rembuk.proposals.rules import (
    LAST_STEP,
    PHOTOS_MOST,
    Detail,
    Place,
    Plan,
    Refusal,
    State,
    missing_step,
    problem_faults,
)
from rembuk.proposals.shown import address_of, photo_address
from rembuk.proposals.words import Sketch
from rembuk.settings import settings
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, PUBLIC, RESIDENT, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post

WRITER = RESIDENT | FACILITATOR
LATER = "nanti"


async def open_cycle() -> Cycle:
    """The cycle that takes proposals now; Refused(PHASE_CLOSED) when none does (A3)."""
    if (cycle := await cycles.current_cycle(PhaseKind.PROPOSALS)) is None:
        raise Refused(Refusal.PHASE_CLOSED)
    return cycle


@get("/usulan/baru", guard=PUBLIC)
async def new_page(request: Request) -> Response:
    """Step 1 of a new proposal, with the drafts one already has; signed-out people sign in first (A2)."""
    await open_cycle()
    who = viewer(request)
    if not who.signed_in:
        raise Refused(Web.SIGN_IN)
    if not who.has_any((Role.RESIDENT, Role.FACILITATOR)):
        raise Refused(Web.NOT_YOURS)
    drafts = [draft for draft in await store.own(person_of(request)) if draft.state is State.DRAFT]
    return _problem_page(request, None, {"issue": "", "title": "", "problem": ""}, drafts=drafts)


@post("/usulan/baru", guard=WRITER)
async def new(request: Request) -> Response:
    """Keep step 1 as a new draft and go on."""
    cycle, form, person = await open_cycle(), await read_form(request), person_of(request)
    typed = _typed_problem(form)
    if not _later(form) and (faults := problem_faults(**typed)):
        return _problem_page(request, None, typed, faults)
    helper = person if viewer(request).has(Role.FACILITATOR) and form.ticked("helper") else None
    draft = await store.start(cycle.id, person, home_rw(request), helper)
    await store.save_problem(draft, person, **typed)
    return _onward(form, draft, 1)


def home_rw(request: Request) -> str | None:
    """The RW a draft starts in: the writer's own."""
    return viewer(request).rw


def _typed_problem(form: Form) -> dict[str, str]:
    return {"issue": form.text("issue"), "title": form.line("title"), "problem": form.text("problem")}


def _later(form: Form) -> bool:
    return form.text("lanjut") == LATER


def _onward(form: Form, draft: UUID, step: int) -> Response:
    if _later(form):
        return redirect("/usulan/baru", flash=N_("Tersimpan. Lanjutkan kapan saja sebelum tahap usulan ditutup."))
    return redirect(f"/usulan/draf/{draft}/{step + 1}")


def _step(request: Request, step: int, draft: Detail | None, faults: Mapping[str, str], **more: Any) -> Response:
    hrefs = [f"/usulan/draf/{draft.id}/{nth}" if draft else None for nth in range(1, LAST_STEP + 1)]
    return page(
        request,
        f"proposals/draft/{step}.html",
        status=422 if faults else 200,
        step=step,
        step_names=STEP_NAMES,
        hrefs=hrefs,
        draft=draft,
        faults=faults,
        **more,
    )


def _problem_page(
    request: Request,
    draft: Detail | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    return _step(request, 1, draft, faults or {}, typed=typed, **({"drafts": [], "alike": ()} | more))


@get("/usulan/draf/{draft:uuid}/{step:int}", guard=WRITER)
async def step_page(request: Request, draft: UUID, step: int) -> Response:
    """One step of a draft (or of an own proposal that is being changed), with what was kept so far."""
    detail = await store.own_draft(draft, person_of(request))
    await store.editable(draft, person_of(request))
    if step not in _PAGES:
        raise Refused(Web.NOT_FOUND)
    return await _PAGES[step](request, detail)


async def _first(request: Request, detail: Detail) -> Response:
    typed = {"issue": detail.issue, "title": detail.title, "problem": detail.problem}
    return _problem_page(request, detail, typed)


@post("/usulan/draf/{draft:uuid}/{step:int}", guard=WRITER, upload=True, seconds=60)
async def keep_step(request: Request, draft: UUID, step: int) -> Response:
    """Keep one step and go on to the next, or send at the last; typed text stays when something is wrong."""
    if step not in _KEEPS:
        raise Refused(Web.NOT_FOUND)
    return await _KEEPS[step](request, await read_form(request), draft, person_of(request))


async def _keep_problem(request: Request, form: Form, draft: UUID, person: UUID) -> Response:
    detail, typed = await store.editable(draft, person), _typed_problem(form)
    if not _later(form) and (faults := problem_faults(**typed)):
        return _problem_page(request, detail, typed, faults)
    await store.save_problem(draft, person, **typed)
    return _onward(form, draft, 1)


async def _place_page(
    request: Request,
    detail: Detail,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    atlas = await places.atlas()
    kecamatan = _kecamatan(request, detail, atlas)
    mine = Sketch(detail.title, detail.problem, detail.issue, detail.place.rw)
    drawn = area_map(atlas, Level.KELURAHAN, {}, within=kecamatan)
    return _step(
        request,
        2,
        detail,
        faults or {},
        typed=typed or place_values(detail),
        rw_groups=_rw_groups(atlas, kecamatan),
        map=drawn,
        bounds=bounds(atlas, drawn.viewbox),
        alike=await store.alike(detail.cycle, mine, detail.id),
        place_of=atlas.label,
    )


def _kecamatan(request: Request, detail: Detail, atlas: Atlas) -> str:
    """Where a proposal may lie: the writer's kecamatan, for a facilitator that of the first grant."""
    grants = viewer(request).areas(Role.FACILITATOR)
    known = detail.place.rw or viewer(request).rw or next(iter(grants), "")
    return cut(known, Level.KECAMATAN) if known.count(".") >= 2 else ""


def _rw_groups(atlas: Atlas, kecamatan: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (area.name, [(rw.code, f"{rw.name} {area.name}") for rw in atlas.below.get(area.code, ())])
        for area in atlas.at(Level.KELURAHAN, kecamatan)
    ]


async def _keep_place(request: Request, form: Form, draft: UUID, person: UUID) -> Response:
    detail, atlas = await store.editable(draft, person), await places.atlas()
    choices = [rw.code for rw in atlas.at(Level.RW, _kecamatan(request, detail, atlas))]
    place, faults = read_place(form, atlas, choices)
    if faults and not (_later(form) and place.rw in choices):
        return await _place_page(request, detail, place_values(detail) | form.values, faults)
    kept = Place(place.rw, place.landmark) if faults else place
    await store.save_place(draft, person, kept)
    return _onward(form, draft, 2)


async def _photo_page(request: Request, detail: Detail, faults: Mapping[str, str] | None = None) -> Response:
    photos = [(photo, photo_address(photo.file)) for photo in detail.photos]
    return _step(request, 3, detail, faults or {}, photos=photos, most=PHOTOS_MOST)


async def _keep_photos(request: Request, form: Form, draft: UUID, person: UUID) -> Response:
    await store.editable(draft, person)
    if dropped := form.integer("buang"):
        await store.drop_photo(draft, person, dropped)
        return redirect(f"/usulan/draf/{draft}/3", flash=N_("Foto sudah dihapus."))
    sent = form.files("photo")
    try:
        for upload in sent:
            kept = await files.keep_photo(person, upload)
            await store.add_photo(draft, person, kept.id, form.line("alt"))
    except Refused as refused:
        if not isinstance(refused.reason, FileRefusal | Refusal):
            raise
        return await _photo_page(request, await store.own_draft(draft, person), {"photo": refused.sentence()})
    return redirect(f"/usulan/draf/{draft}/3") if sent and not _later(form) else _onward(form, draft, 3)


async def _plan_page(request: Request, detail: Detail) -> Response:
    return await _plan_step(request, detail, Plan(detail.proposed, detail.beneficiaries, detail.lines, detail.cost))


async def _plan_step(
    request: Request,
    detail: Detail,
    plan: Plan,
    lines: list[Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    ceilings = await cycles.ceilings(detail.cycle)
    return _step(
        request,
        4,
        detail,
        faults or {},
        plan=plan,
        lines=with_blanks(typed_lines(plan.lines) if lines is None else lines),
        items=await catalogue.items(settings().city),
        ceiling=ceilings.get(detail.place.kecamatan),
    )


async def _keep_plan(request: Request, form: Form, draft: UUID, person: UUID) -> Response:
    detail = await store.editable(draft, person)
    plan, lines, faults = read_plan(form, by_name(await catalogue.items(settings().city)))
    if form.text("lanjut") == "hitung":
        wrong_lines = {name: said for name, said in faults.items() if name.startswith("name-")}
        return await _plan_step(request, detail, plan, lines, wrong_lines)
    if faults and not _later(form):
        return await _plan_step(request, detail, plan, lines, faults)
    await store.save_plan(draft, person, plan)
    return _onward(form, draft, 4)


async def _check_page(request: Request, detail: Detail, faults: Mapping[str, str] | None = None) -> Response:
    atlas = await places.atlas()
    return _step(
        request,
        5,
        detail,
        faults or {},
        place=atlas.label(detail.place.rw) if detail.place.rw else "",
        missing=missing_step(detail, detail.place.rw in atlas.areas),
        photos=[(photo, photo_address(photo.file)) for photo in detail.photos],
    )


async def _send(request: Request, form: Form, draft: UUID, person: UUID) -> Response:
    detail = await store.own_draft(draft, person)
    if detail.state is not State.DRAFT:
        return redirect(address_of(detail.number or 0, detail.title), flash=N_("Perubahan tersimpan."))
    if faults := _unsaid(form, detail):
        return await _check_page(request, detail, faults)
    number = await store.send(draft, person, "Ditulis fasilitator atas nama warga." if detail.helper else "")
    if detail.helper:
        await board.audit(person, "facilitator", "write_for_resident", f"usulan {number}", form.line("consent"))
    return redirect(f"/usulan/{number}/terkirim")


def _unsaid(form: Form, detail: Detail) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not form.ticked("statement"):
        faults["statement"] = Said(N_("Centang pernyataan ini sebelum mengirim."))
    if detail.helper and not form.line("consent"):
        faults["consent"] = Said(N_("Tulis nama warga dan cara ia setuju, misalnya: Ibu Imas, lisan di balai RW."))
    return faults


@get("/usulan/{number:int}/terkirim", guard=WRITER)
async def sent_page(request: Request, number: int) -> Response:
    """After sending: the number, what comes next and when, and how to share it."""
    detail = await store.by_number(number)
    if person_of(request) not in (detail.proposer, detail.helper):
        raise Refused(Refusal.UNKNOWN)
    place = await places.label(detail.place.rw)
    return page(
        request,
        "proposals/sent.html",
        detail=detail,
        place=place,
        phases=await cycles.phases(detail.cycle),
        url=f"{settings().base_url}{address_of(number, detail.title)}",
    )


@post("/usulan/draf/{draft:uuid}/hapus", guard=WRITER)
async def drop(request: Request, draft: UUID) -> Response:
    """Throw a draft away."""
    await store.drop_draft(draft, person_of(request))
    return redirect("/usulan/baru", flash=N_("Draf sudah dihapus."))


_PAGES: Mapping[int, Callable[[Request, Detail], Awaitable[Response]]] = {
    1: _first,
    2: _place_page,
    3: _photo_page,
    4: _plan_page,
    5: _check_page,
}
_KEEPS: Mapping[int, Callable[[Request, Form, UUID, UUID], Awaitable[Response]]] = {
    1: _keep_problem,
    2: _keep_place,
    3: _keep_photos,
    4: _keep_plan,
    5: _send,
}
HANDLERS = [
    new_page,
    new,
    step_page,
    keep_step,
    sent_page,
    drop,
]
