"""/meja/pos/…/lembar: the keyboard, one line a sheet; nobody sees what another person typed (K4)."""

from uuid import UUID

from rembuk.errors import N_, Refused, Said
from rembuk.posts import store
from rembuk.posts.routes.scope import OFFICER, my_post, person_of
from rembuk.posts.rules import FAULT_WORDS, Fault, Refusal, faults_of
from rembuk.web.forms import Form, read_form
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

ENTERED = N_("Lembar {serial} sudah masuk: {words}.")
VALID = N_("sah, {number} pilihan")
BLANK = N_("sah, kosong")
INVALID = N_("tidak sah ({words})")
ROWS = N_("{number} lembar sudah masuk.")
MOST_ROWS = 500
_AT_SERIAL = (Refusal.NOT_A_SERIAL, Refusal.UNKNOWN_SERIAL, Refusal.OTHER_BATCH, Refusal.ENTERED_BY_YOU)


@get("/meja/pos/{post:uuid}/lembar", guard=OFFICER)
async def keyboard(request: Request, post: UUID) -> Response:
    """The keyboard, and my own last sheets."""
    return await _keyboard(request, post, Form())


@post("/meja/pos/{post:uuid}/lembar", guard=OFFICER)
async def enter(request: Request, post: UUID) -> Response:
    """Take one sheet; a fault comes back beside its field with everything typed."""
    form = await read_form(request)
    facts = await my_post(request, post)
    names = [fault.value for fault in faults_of((await store.form_of(facts)).ballot_type)]
    serial = form.line("seri", required=True, empty=N_("Ketik atau pindai nomor lembar."))
    fault = form.choice("keadaan", names, required=False)
    if not form.valid:
        return await _keyboard(request, post, form, 422)
    try:
        reading = await store.enter_sheet(
            post, serial, form.line("nomor"), Fault(fault) if fault else None, person_of(request)
        )
    except Refused as refused:
        if refused.reason.status == 404:
            raise
        at = "seri" if refused.reason in _AT_SERIAL or refused.reason.status != 422 else "nomor"
        form.errors.say(at, refused.reason.sentence, **refused.facts)
        return await _keyboard(request, post, form, refused.reason.status)
    return redirect(f"/meja/pos/{post}/lembar", flash=Said(ENTERED, serial=serial.upper(), words=said(reading)))


def said(reading: store.Reading) -> str:
    """A reading in words: sah with the number of choices, or why not."""
    if reading.fault:
        return Said(INVALID, words=FAULT_WORDS[reading.fault])
    return Said(VALID, number=len(reading.projects)) if reading.projects else Said(BLANK)


@post("/meja/pos/{post:uuid}/lembar/csv", guard=OFFICER, upload=True)
async def enter_many(request: Request, post: UUID) -> Response:
    """Many sheets from a file or a pasted table: serial; numbers. Rows that were not taken are told by number."""
    form = await read_form(request)
    await my_post(request, post)
    upload = form.file("berkas")
    rows = _lines(upload.body) if upload else form.lines("baris")
    if not rows or len(rows) > MOST_ROWS:
        form.errors.say("baris", N_("Isi 1 sampai {most} baris."), most=MOST_ROWS)
        return await _keyboard(request, post, form, 422)
    report = await store.enter_rows(post, rows, person_of(request))
    faults: list[tuple[int, str]] = [(number, refused.sentence()) for number, refused in report.faults]
    return await _keyboard(request, post, Form(), report=(Said(ROWS, number=report.kept), faults))


def _lines(body: bytes) -> list[str]:
    text = body.decode("utf-8-sig", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lower().startswith("seri")]


async def _keyboard(
    request: Request,
    post: UUID,
    form: Form,
    status: int = 200,
    report: tuple[str, list[tuple[int, str]]] | None = None,
) -> Response:
    facts, me = await my_post(request, post), person_of(request)
    sheet = await store.form_of(facts)
    return page(
        request,
        "posts/keyboard.html",
        status=status,
        post=facts,
        form=sheet,
        faults=[(fault.value, FAULT_WORDS[fault]) for fault in faults_of(sheet.ballot_type)],
        balance=await store.balance_of(post),
        mine=[(each.serial, said(each.reading), each.at) for each in await store.my_entries(post, me)],
        waiting=await store.waiting_for(facts, me),
        report=report,
        values=form.values,
        errors=form.errors,
    )


HANDLERS = [keyboard, enter, enter_many]
