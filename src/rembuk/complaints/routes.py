"""/pengaduan: three fields, a number, a clock; and what a facilitator does with it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.complaints import store
from rembuk.complaints.rules import BODY, STATE_WORDS, UNITS, Complaint, Refusal, State, Words, faults
from rembuk.errors import N_, Refused, Said
from rembuk.files import store as files
from rembuk.files.rules import Refusal as FileRefusal
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Level
from rembuk.proposals.shown import photo_address
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, PUBLIC, SIGNED_IN, Role, Viewer, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post


@get("/pengaduan", guard=PUBLIC)
async def form_page(request: Request) -> Response:
    """The form and one's own complaints; a facilitator also sees what waits in the own area."""
    return await _form_page(request)


async def _form_page(
    request: Request, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> Response:
    who, atlas = viewer(request), await places.atlas()
    kecamatan = who.kecamatan or next(iter(who.areas(Role.FACILITATOR)), "")
    mine = await store.own(who.person) if who.person else ()
    waiting = await store.queue(who.areas(Role.FACILITATOR)) if who.has(Role.FACILITATOR) else ()
    return page(
        request,
        "complaints/form.html",
        status=422 if wrong else 200,
        typed={"body": "", "rw": who.rw or "", "landmark": "", "hide_name": ""} | dict(typed or {}),
        faults=wrong or {},
        limits=BODY,
        rw_groups=_rw_groups(atlas, ".".join(kecamatan.split(".")[:3])),
        mine=[_shown(each, atlas) for each in mine],
        waiting=[_shown(each, atlas) for each in waiting],
    )


def _rw_groups(atlas: Atlas, kecamatan: str) -> list[tuple[str, list[tuple[str, str]]]]:
    if not kecamatan:
        return []
    return [
        (area.name, [(rw.code, f"{rw.name} {area.name}") for rw in atlas.below.get(area.code, ())])
        for area in atlas.at(Level.KELURAHAN, kecamatan)
    ]


def _shown(complaint: Complaint, atlas: Atlas) -> dict[str, Any]:
    """A complaint as lists and its page draw it."""
    today = clock.local(clock.now()).date()
    late = complaint.is_overdue(today)
    day = complaint.due_on
    due = clock.short_date(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
    who = complaint.unit or N_("Fasilitator")
    waits = complaint.state in (State.NEW, State.FORWARDED)
    return {
        "number": complaint.number,
        "body": complaint.body,
        "place": atlas.label(complaint.rw),
        "landmark": complaint.landmark,
        "state": STATE_WORDS[complaint.state],
        "kind": "bahaya" if late else "lulus" if not waits else "",
        "clock": Said(OVERDUE if late else DUE, unit=who, day=due) if waits else "",
        "answer": complaint.answer,
        "answered_at": complaint.answered_at,
        "at": complaint.at,
        "photo": photo_address(complaint.photo, 640) if complaint.photo else None,
        "open": waits,
    }


def _person(who: Viewer) -> UUID:
    if who.person is None:
        raise Refused(Web.NOT_YOURS)
    return who.person


@post("/pengaduan", guard=SIGNED_IN, upload=True, seconds=30)
async def send(request: Request) -> Response:
    """Keep a complaint and show its number and its clock."""
    form, person = await read_form(request), _person(viewer(request))
    known = await places.find(form.text("rw"))
    wrong = faults(form.text("body"), known is not None and known.level is Level.RW, form.line("landmark"))
    if wrong:
        return await _form_page(request, form.values, wrong)
    try:
        photo = await files.keep_photo(person, upload) if (upload := form.file("photo")) else None
    except Refused as refused:
        if not isinstance(refused.reason, FileRefusal):
            raise
        return await _form_page(request, form.values, {"photo": refused.sentence()})
    number = await store.send(person, _words(form, photo.id if photo else None))
    return redirect(f"/pengaduan/{number}", flash=Said(N_("Pengaduan Anda tercatat dengan nomor {n}."), n=number))


def _words(form: Form, photo: UUID | None) -> Words:
    return Words(form.text("body"), form.text("rw"), form.line("landmark"), photo, form.ticked("hide_name"))


async def area_of(request: Any) -> str | None:
    """The RW of the complaint in this address, for guards; None when there is none."""
    try:
        return (await store.complaint(int(request.path_params["number"]))).rw
    except Refused:
        return None


DUE = N_("{unit} menjawab paling lambat {day}")
OVERDUE = N_("{unit} menjawab paling lambat {day}, sudah lewat")
HELPER = FACILITATOR.within(area_of)


@get("/pengaduan/{number:int}", guard=SIGNED_IN)
async def show_page(request: Request, number: int) -> Response:
    """One complaint, for its writer and the facilitators of its area; nobody else learns that it exists."""
    who, found, atlas = viewer(request), await store.complaint(number), await places.atlas()
    helps = who.has(Role.FACILITATOR, found.rw)
    if who.person != found.author and not helps:
        raise Refused(Refusal.UNKNOWN)
    return page(request, "complaints/page.html", complaint=_shown(found, atlas), helps=helps, units=UNITS)


@post("/pengaduan/{number:int}/teruskan", guard=HELPER)
async def forward(request: Request, number: int) -> Response:
    """Pass it on to a unit."""
    form = await read_form(request)
    unit = form.choice("unit", UNITS, required=False) or ""
    await store.forward(number, unit, _person(viewer(request)), on_site=form.ticked("on_site"))
    return redirect(f"/pengaduan/{number}", flash=Said(N_("Diteruskan ke {unit}."), unit=unit))


@post("/pengaduan/{number:int}/jawab", guard=HELPER)
async def answer(request: Request, number: int) -> Response:
    """Answer it, or close it with a reason."""
    form = await read_form(request)
    state = State.CLOSED if form.text("act") == "close" else State.ANSWERED
    await store.answer(number, state, form.text("answer", most=1500), _person(viewer(request)))
    return redirect(f"/pengaduan/{number}", flash=N_("Jawaban sudah dikirim kepada pelapor."))


@post("/pengaduan/{number:int}/jadikan-usulan", guard=HELPER)
async def make_proposal(request: Request, number: int) -> Response:
    """Prepare a draft proposal for the writer."""
    await store.make_proposal(number, _person(viewer(request)))
    return redirect(f"/pengaduan/{number}", flash=N_("Draf usulan sudah disiapkan. Pelapor diberi tahu."))


HANDLERS = [form_page, send, show_page, forward, answer, make_proposal]
