"""/petugas/siklus/…/pos and /petugas/pos/…: posts set up, RWs assigned, shifts, pads, and the box closed by two."""

from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.posts import store
from rembuk.posts.routes.scope import ITS_OFFICIAL, person_of
from rembuk.posts.rules import MOST_IN_A_PAD, PostFacts, kecamatan_of, noon
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post

MADE = N_("Pos sudah dibuat. Sekarang pilih RW yang dilayani.")
KEPT = N_("Sudah disimpan.")
PAD = N_("Bundel sudah dibuat. Sekarang cetak lembarnya.")
ASKED = N_("Permintaan Anda menunggu petugas kedua.")
CLOSED = N_("Kotak kertas sudah ditutup dan tercatat di papan bukti.")


@get("/petugas/siklus/{slug:str}/pos", guard=OFFICIAL)
async def list_page(request: Request, slug: str) -> Response:
    """The posts of a cycle in the official's own area, and the RWs that have none yet."""
    return await _list(request, slug, Form())


@post("/petugas/siklus/{slug:str}/pos", guard=OFFICIAL)
async def create(request: Request, slug: str) -> Response:
    """A new post in a kecamatan of one's own."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    election = await cycles.election(cycle.id)
    words = _words(form)
    district = form.line("kecamatan", required=True)
    if district and not viewer(request).has_any(OFFICIAL.roles, kecamatan_of(district)):
        raise Refused(Web.NOT_FOUND)
    if not form.valid:
        return await _list(request, slug, form, 422)
    try:
        made = await store.create_post(election.id, district, *words, online=_online(form), by=person_of(request))
    except Refused as refused:
        form.errors.say("nama", refused.reason.sentence, **refused.facts)
        return await _list(request, slug, form, refused.reason.status)
    return redirect(f"/petugas/pos/{made}", flash=MADE, request=request)


async def _list(request: Request, slug: str, form: Form, status: int = 200) -> Response:
    cycle = await cycles.by_slug(slug)
    election = await cycles.find_election(cycle.id)
    groups: list[dict[str, Any]] = []
    for box in (await store.agreement_of(election.id)).boxes if election and election.config else ():
        if viewer(request).has_any(OFFICIAL.roles, kecamatan_of(box.code)):
            posts = await store.posts_of(election.id, box.code) if election else []
            bare = await store.rws_without_post(election.id, box.code) if election and posts else []
            labels = [await places.label(rw) for rw in bare]
            groups.append({"code": box.code, "name": box.name, "posts": posts, "bare": labels})
    cases = await store.cases_of(election.id) if election else []
    return page(
        request,
        "posts/list.html",
        status=status,
        cycle=cycle,
        election=election,
        groups=groups,
        cases=cases,
        values=form.values,
        errors=form.errors,
    )


def _words(form: Form) -> tuple[str, str, str]:
    """Name, place and hours as typed."""
    return (
        form.line("nama", required=True, least=3, most=80),
        form.line("tempat", required=True, least=3, most=200),
        form.line("jam", required=True, most=120),
    )


def _online(form: Form) -> bool:
    return form.line("sambungan") != "tidak"


@get("/petugas/pos/{post:uuid}", guard=ITS_OFFICIAL)
async def show(request: Request, post: UUID) -> Response:
    """Everything an official sees to at one post."""
    return await _post_page(request, post)


async def _post_page(request: Request, post: UUID, errors: dict[str, str] | None = None) -> Response:
    facts = await store.post_of(post)
    vote = await cycles.election_by_id(facts.election)
    others = [each for each in await store.posts_of(facts.election, facts.district) if each.id != post]
    return page(
        request,
        "posts/post.html",
        status=422 if errors else 200,
        post=facts,
        election=vote,
        cycle=await cycles.cycle(vote.cycle),
        villages=await _villages(facts),
        taken={rw: each.name for each in others for rw in each.rws},
        shifts=await store.shifts_of(post),
        officers=await store.officers_of(kecamatan_of(facts.district)),
        pads=await store.pads_of(post),
        most=MOST_IN_A_PAD,
        balance=await store.balance_of(post),
        days=[(noon(day), number) for day, number in await store.check_ins_by_day(post)],
        closing=await store.waiting_closes(post),
        me=person_of(request),
        errors=errors or {},
    )


async def _villages(facts: PostFacts) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Kelurahan of the post's kecamatan: code, name, and its RWs with their labels."""
    found = []
    for village in await places.kelurahan_list(kecamatan_of(facts.district)):
        rws = [(rw.code, await places.label(rw.code)) for rw in await places.rw_list(village.code)]
        found.append((village.code, village.name, rws))
    return found


@post("/petugas/pos/{post:uuid}", guard=ITS_OFFICIAL)
async def change(request: Request, post: UUID) -> Response:
    """Correct name, place, hours and whether there is internet."""
    form = await read_form(request)
    name, place, hours = _words(form)
    if not form.valid:
        return await _post_page(request, post, form.errors)
    return await _done(
        request,
        post,
        lambda: store.change_post(post, name, place, hours, online=_online(form), by=person_of(request)),
        "nama",
    )


@post("/petugas/pos/{post:uuid}/rw", guard=ITS_OFFICIAL)
async def assign(request: Request, post: UUID) -> Response:
    """The RWs of one kelurahan that this post serves; those of other kelurahan stay."""
    form, facts = await read_form(request), await store.post_of(post)
    village = form.line("kelurahan")
    kept = [rw for rw in facts.rws if not rw.startswith(f"{village}.")]
    wanted = [*kept, *form.list("rw")]
    return await _done(request, post, lambda: store.assign_rws(post, wanted, person_of(request)), f"rw-{village}")


@post("/petugas/pos/{post:uuid}/jadwal", guard=ITS_OFFICIAL)
async def schedule(request: Request, post: UUID) -> Response:
    """Put an officer on a day, or take one off."""
    form = await read_form(request)
    day, person = form.date("hari", required=True), _uuid(form.line("petugas"))
    if day is None or person is None:
        form.errors.say("petugas", N_("Pilih petugasnya."))
        return await _post_page(request, post, form.errors)
    act = store.drop_shift if form.ticked("lepas") else store.add_shift
    return await _done(request, post, lambda: act(post, person, day, person_of(request)), "petugas")


@post("/petugas/pos/{post:uuid}/bundel", guard=ITS_OFFICIAL)
async def pad(request: Request, post: UUID) -> Response:
    """A pad of fresh sheets."""
    form = await read_form(request)
    sheets = form.integer("lembar", required=True, least=1, most=MOST_IN_A_PAD)
    if sheets is None:
        return await _post_page(request, post, form.errors)
    return await _done(request, post, lambda: store.make_pad(post, sheets, person_of(request)), "lembar", PAD)


@post("/petugas/pos/{post:uuid}/tutup", guard=ITS_OFFICIAL)
async def ask_close(request: Request, post: UUID) -> Response:
    """The first official asks to close the paper box, and explains what is missing."""
    words = (await read_form(request)).line("alasan", most=400)
    return await _done(request, post, lambda: store.propose_close(post, words, person_of(request)), "alasan", ASKED)


@post("/petugas/pos/{post:uuid}/tutup/{act:uuid}", guard=ITS_OFFICIAL)
async def close(request: Request, post: UUID, act: UUID) -> Response:
    """The second official agrees."""
    return await _done(request, post, lambda: store.confirm_close(act, post, person_of(request)), "alasan", CLOSED)


@post("/petugas/pos/{post:uuid}/kasus", guard=ITS_OFFICIAL)
async def answer(request: Request, post: UUID) -> Response:
    """What looking into a case brought."""
    words = (await read_form(request)).line("jawaban", most=400)
    return await _done(request, post, lambda: store.answer_case(post, words, person_of(request)), "jawaban")


async def _done(request: Request, post: UUID, act: Any, field: str, flash: str = KEPT) -> Response:
    """Do it and come back to the post; a reason a person can mend comes back beside its field."""
    form = await read_form(request)
    try:
        await act()
    except Refused as refused:
        if refused.reason.status not in (409, 422):
            raise
        form.errors.say(field, refused.reason.sentence, **refused.facts)
        return await _post_page(request, post, form.errors)
    return redirect(f"/petugas/pos/{post}", flash=flash, request=request)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


HANDLERS = [list_page, create, show, change, assign, schedule, pad, ask_close, close, answer]
