"""/meja/pos: the table of a post, where a resident is checked in and handed a sheet."""

from uuid import UUID

from rembuk.errors import N_, Refused
from rembuk.posts import store
from rembuk.posts.routes.scope import OFFICER, my_post, person_of
from rembuk.posts.rules import ListReport, Refusal
from rembuk.web.forms import Form, read_form
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.throttle import forgive, may_try, strike

HERE = N_("Sudah dicatat. Persilakan warga mengambil satu lembar dari bundel.")
ONE_OF_TWO = N_("Petugas pertama sudah memeriksa. Minta petugas kedua mengetik NIK yang sama.")
LISTED = N_("Daftar menunggu petugas kedua.")
_TRIES = "pos"


@get("/meja/pos", guard=OFFICER)
async def choose(request: Request) -> Response:
    """The posts where I work today; the only one opens by itself, and without a shift the page says so (K3)."""
    posts = await store.posts_today(person_of(request))
    if len(posts) == 1:
        return redirect(f"/meja/pos/{posts[0].id}", request=request)
    return page(request, "posts/choose.html", posts=posts)


@get("/meja/pos/{post:uuid}", guard=OFFICER)
async def table(request: Request, post: UUID) -> Response:
    """The table: a field for the code, one for the NIK, and how many came today."""
    return await _table(request, post, Form())


async def _table(request: Request, post: UUID, form: Form, status: int = 200) -> Response:
    facts = await my_post(request, post)
    return page(
        request,
        "posts/table.html",
        status=status,
        post=facts,
        came=await store.came_today(post),
        waiting=await store.waiting_identities(post),
        errors=form.errors,
    )


@post("/meja/pos/{post:uuid}/kode", guard=OFFICER)
async def by_code(request: Request, post: UUID) -> Response:
    """The resident showed a voter code."""
    form, officer = await read_form(request), person_of(request)
    typed = form.line("kode", required=True, empty=N_("Ketik 16 huruf dan angka dari amplop warga."))
    if not form.valid:
        return await _table(request, post, form, 422)
    await may_try(_TRIES, str(officer))
    try:
        await store.check_in_by_code(post, typed, officer)
    except Refused as refused:
        if refused.reason is Refusal.CODE_WRONG:
            await strike(_TRIES, str(officer))
        return await _again(request, post, form, "kode", refused)
    await forgive(_TRIES, str(officer))
    return redirect(f"/meja/pos/{post}", flash=HERE, request=request)


@post("/meja/pos/{post:uuid}/ktp", guard=OFFICER)
async def by_identity(request: Request, post: UUID) -> Response:
    """The resident showed an identity card; two officers type the same NIK, each from their own account."""
    form, officer = await read_form(request), person_of(request)
    nik = form.line("nik", required=True, empty=N_("Ketik 16 angka NIK dari KTP atau KK."))
    if not form.valid:
        return await _table(request, post, form, 422)
    await may_try(_TRIES, str(officer))
    try:
        both = await store.check_in_by_identity(post, nik, officer)
    except Refused as refused:
        if refused.reason is Refusal.NOT_ON_ROLL:
            await strike(_TRIES, str(officer))
        return await _again(request, post, form, "nik", refused)
    await forgive(_TRIES, str(officer))
    return redirect(
        f"/meja/pos/{post}", flash=HERE if both else ONE_OF_TWO, kind="berhasil" if both else "info", request=request
    )


async def _again(request: Request, post: UUID, form: Form, field: str, refused: Refused) -> Response:
    """The table again with the reason; what was typed is never shown back."""
    if refused.reason.status == 404:
        raise refused
    form.errors.say(field, refused.reason.sentence, **refused.facts)
    return await _table(request, post, form, refused.reason.status)


@get("/meja/pos/{post:uuid}/daftar", guard=OFFICER)
async def list_page(request: Request, post: UUID) -> Response:
    """The check-in list of a post without internet, entered afterwards."""
    return await _list(request, post, Form())


@post("/meja/pos/{post:uuid}/daftar", guard=OFFICER)
async def enter_list(request: Request, post: UUID) -> Response:
    """The first officer types the numbers that were ticked on paper."""
    form = await read_form(request)
    try:
        await store.propose_list(post, form.lines("nomor"), person_of(request))
    except Refused as refused:
        if refused.reason.status == 404:
            raise
        form.errors.say("nomor", refused.reason.sentence, **refused.facts)
        return await _list(request, post, form, status=refused.reason.status)
    return redirect(f"/meja/pos/{post}/daftar", flash=LISTED, request=request)


@post("/meja/pos/{post:uuid}/daftar/{act:uuid}", guard=OFFICER)
async def confirm_list(request: Request, post: UUID, act: UUID) -> Response:
    """The second officer compared it with the paper; what does not fit is told line by line."""
    await my_post(request, post)
    report = await store.confirm_list(act, person_of(request))
    return await _list(request, post, Form(), report)


async def _list(
    request: Request, post: UUID, form: Form, report: ListReport | None = None, status: int = 200
) -> Response:
    facts = await my_post(request, post)
    conflicts = [(line, Refused(reason, **why).sentence()) for line, reason, why in report.conflicts] if report else []
    return page(
        request,
        "posts/late_list.html",
        status=status,
        post=facts,
        waiting=await store.waiting_lists(post),
        me=person_of(request),
        report=report,
        conflicts=conflicts,
        typed=form.values.get("nomor", ""),
        errors=form.errors,
    )


HANDLERS = [choose, table, by_code, by_identity, list_page, enter_list, confirm_list]
