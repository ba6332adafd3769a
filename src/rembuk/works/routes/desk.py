"""/petugas/pekerjaan: plan funded proposals, note steps, money and pictures, print the reports already written."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from rembuk import clock
from rembuk.cycles.routes.writing import person_of
from rembuk.errors import N_, Refused, Said
from rembuk.files import store as files
from rembuk.files.rules import Refusal as FileRefusal
from rembuk.places import store as places
from rembuk.proposals import store as proposals
from rembuk.proposals.listing import page_count
from rembuk.proposals.rules import Detail
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, OFFICIAL, Role, Viewer, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import PageNumber, Request, Response, get, post
from rembuk.works import store
from rembuk.works.routes.public import STATUS_KINDS, day_words, shown_steps
from rembuk.works.rules import (
    MOMENT_WORDS,
    STATUS_WORDS,
    Expense,
    Milestone,
    Moment,
    Picture,
    Refusal,
    Work,
    WorkStatus,
)

DESK = "/petugas/pekerjaan"
STEP_LINES = 6
USUAL_STEPS = (N_("Persiapan dan izin"), N_("Pengadaan bahan"), N_("Pengerjaan"), N_("Pemeriksaan dan serah terima"))
PAPERS = {"lpj": N_("Laporan pertanggungjawaban"), "bast": N_("Berita acara serah terima")}
PAGE_SIZE = 20
LISTS = {"lewat": N_("Lewat rencana"), "baru": N_("Belum direncanakan"), "semua": N_("Semua pekerjaan")}
EMPTY = {
    "lewat": N_("Tidak ada tahapan yang lewat rencana."),
    "baru": N_("Semua usulan yang didanai sudah direncanakan."),
    "semua": N_("Belum ada pekerjaan di wilayah Anda."),
}
SAVED = N_("Laporan tersimpan dan tampil di halaman pelaksanaan.")


async def place_of(request: Request) -> str:
    """The RW of the proposal in the address: an official of another area finds nothing there."""
    return (await proposals.by_number(int(request.path_params["number"]))).place.rw


REPORTER = OFFICIAL.within(place_of)
READER = (OFFICIAL | AUDITOR).within(place_of)


def areas_of(who: Viewer) -> tuple[str, ...]:
    """The areas whose works this viewer sees at the desk; auditors see all."""
    if who.has(Role.AUDITOR):
        return ("",)
    return tuple(sorted({*who.areas(Role.OFFICIAL), *who.areas(Role.CITY_OFFICIAL)}))


@get(DESK, guard=OFFICIAL | AUDITOR)
async def desk(request: Request, daftar: str = "", halaman: PageNumber = 1) -> Response:
    """What is overdue, what has no plan yet, and every work of one's areas; the first list that holds something."""
    who, atlas = viewer(request), await places.atlas()
    areas = areas_of(who)
    cards, late = await store.cards_in(areas), await store.overdue(areas, _today())
    fresh = await store.not_begun(areas)
    lengths = {"lewat": len(late), "baru": len(fresh), "semua": len(cards)}
    chosen = daftar if daftar in lengths else next((name for name, some in lengths.items() if some), "semua")
    pages = page_count(lengths[chosen], PAGE_SIZE)
    number = min(halaman, pages)
    part = slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
    return page(
        request,
        "works/desk.html",
        may_write=(may_write := who.has_any(OFFICIAL.roles)),
        work_address=f"{DESK}/" if may_write else "/pelaksanaan/",
        chosen=chosen,
        total=lengths[chosen],
        tabs=[
            (Said(LISTS[name]), f"{DESK}?daftar={name}", name == chosen, None, some) for name, some in lengths.items()
        ],
        empty=Said(EMPTY[chosen]),
        overdue=[(each, atlas.label(each.rw), day_words(each.planned_on)) for each in late[part]],
        not_begun=[(each, atlas.label(each.rw)) for each in fresh[part]],
        cards=[(card, atlas.label(card.rw)) for card in cards[part]],
        page_number=number,
        pages=pages,
        counts={status: sum(card.status is status for card in cards) for status in WorkStatus},
        work_count=len(cards),
        budget=sum(card.budget for card in cards),
        spent=sum(card.spent for card in cards),
        words=STATUS_WORDS,
        kinds=STATUS_KINDS,
    )


def _today() -> date:
    return clock.local(clock.now()).date()


@get(f"{DESK}/{{number:int}}", guard=REPORTER)
async def work_page(request: Request, number: int) -> Response:
    """The works of one proposal: the form that plans them, or the forms that report on them."""
    detail = await proposals.by_number(number)
    return await _page(request, detail, await _found(number))


async def _found(number: int) -> Work | None:
    try:
        return await store.work(number)
    except Refused as refused:
        if refused.reason is not Refusal.UNKNOWN:
            raise
        return None


async def _page(
    request: Request,
    detail: Detail,
    work: Work | None,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    return page(
        request,
        "works/write.html",
        status=422 if errors else 200,
        detail=detail,
        place=await places.label(detail.place.rw),
        budget=detail.cost if detail.reviewed_cost is None else detail.reviewed_cost,
        work=work,
        steps=shown_steps(work) if work else [],
        lines=range(1, STEP_LINES + 1),
        usual=USUAL_STEPS,
        statuses=[(status.value, words) for status, words in STATUS_WORDS.items()],
        moments=[(moment.value, words) for moment, words in MOMENT_WORDS.items()],
        moment_words=MOMENT_WORDS,
        day=day_words,
        today=_today().isoformat(),
        errors=errors or {},
        typed=typed or {},
    )


@post(f"{DESK}/{{number:int}}/rencana", guard=REPORTER)
async def plan(request: Request, number: int) -> Response:
    """Begin the works: who does them, and the steps with their dates."""
    form = await read_form(request)
    by = form.line("carried_out_by", required=True, most=120)
    steps = []
    for nth in range(1, STEP_LINES + 1):
        if title := form.line(f"step_{nth}", most=120):
            planned = form.date(f"planned_{nth}", required=True)
            steps += [Milestone(nth, title, planned)] if planned else []
    return await _written(request, number, form, "step_1", lambda who: store.plan(number, by, steps, who))


@post(f"{DESK}/{{number:int}}/keadaan", guard=REPORTER)
async def report(request: Request, number: int) -> Response:
    """Note how far the works are."""
    form = await read_form(request)
    status = WorkStatus(form.choice("status", [each.value for each in WorkStatus]) or WorkStatus.WAITING)
    why = form.text("late_reason", most=500) if status is WorkStatus.LATE else ""
    return await _written(request, number, form, "late_reason", lambda who: store.report(number, status, who, why))


@post(f"{DESK}/{{number:int}}/tahapan/{{nth:int}}", guard=REPORTER)
async def finish(request: Request, number: int, nth: int) -> Response:
    """Note that a step was done."""
    form = await read_form(request)
    field = f"finished_{nth}"
    done, note = form.date(field, required=True), form.line(f"note_{nth}", most=300)
    return await _written(
        request, number, form, field, lambda who: store.finish(number, nth, done or _today(), who, note)
    )


@post(f"{DESK}/{{number:int}}/belanja", guard=REPORTER, upload=True, seconds=30)
async def spend(request: Request, number: int) -> Response:
    """Write a line into the account book, with a picture of its receipt."""
    form, who = await read_form(request), person_of(request)
    paid_on, what = form.date("paid_on", required=True), form.line("what", required=True, most=200)
    payee, gross = form.line("payee", most=120), form.rupiah("gross", required=True, least=1)
    tax = form.rupiah("tax") or 0
    receipt = await _photo(form, "receipt", who)
    if not form.valid or paid_on is None or gross is None:
        return await _page(request, await proposals.by_number(number), await _found(number), form.errors, form.values)
    line = Expense(paid_on, what, gross, tax, payee, receipt)
    return await _written(request, number, form, "gross", lambda person: store.spend(number, line, person))


@post(f"{DESK}/{{number:int}}/belanja/{{line:uuid}}/batal", guard=REPORTER)
async def void(request: Request, number: int, line: UUID) -> Response:
    """Take a wrong line out of the sum, with the reason."""
    form = await read_form(request)
    reason = form.line("void_reason", most=300)
    return await _written(request, number, form, "void_reason", lambda who: store.void(number, line, reason, who))


@post(f"{DESK}/{{number:int}}/foto", guard=REPORTER, upload=True, seconds=30)
async def show(request: Request, number: int) -> Response:
    """Add a picture of the place, with words for who cannot see it."""
    form, who = await read_form(request), person_of(request)
    moment = Moment(form.choice("moment", [each.value for each in Moment]) or Moment.DURING)
    alt = form.line("alt", required=True, most=200)
    kept = await _photo(form, "photo", who) if form.valid else None
    if kept is None:
        if form.valid:
            form.errors.say("photo", N_("Pilih foto dulu."))
        return await _page(request, await proposals.by_number(number), await _found(number), form.errors, form.values)
    picture = Picture(kept, moment, alt)
    return await _written(request, number, form, "photo", lambda person: store.show(number, picture, person))


async def _photo(form: Form, name: str, owner: UUID) -> UUID | None:
    """The picture sent under a name, kept; a fault of the field when it is none."""
    if not (upload := form.file(name)):
        return None
    try:
        return (await files.keep_photo(owner, upload)).id
    except Refused as refused:
        if not isinstance(refused.reason, FileRefusal):
            raise
        form.errors.say(name, refused.sentence())
        return None


async def _written(request: Request, number: int, form: Form, field: str, write: "store.Write") -> Response:
    """Do what a valid form asks; what the store refuses stands beside `field`, the typed text stays."""
    if form.valid:
        try:
            await write(person_of(request))
        except Refused as refused:
            if refused.reason.status != 422:
                raise
            form.errors[field] = refused.sentence()
    if form.valid:
        return redirect(f"{DESK}/{number}", flash=SAVED, request=request)
    return await _page(request, await proposals.by_number(number), await _found(number), form.errors, form.values)


@get(f"{DESK}/{{number:int}}/cetak/{{paper:str}}", guard=READER)
async def printed(request: Request, number: int, paper: str) -> Response:
    """A report to print and sign, made of what was entered already."""
    if paper not in PAPERS:
        raise Refused(Refusal.UNKNOWN)
    work, detail = await store.work(number), await proposals.by_number(number)
    return page(
        request,
        "works/print.html",
        paper=paper,
        title=Said(PAPERS[paper]),
        work=work,
        detail=detail,
        place=await places.label(detail.place.rw),
        kecamatan=await places.label(detail.place.kecamatan),
        steps=shown_steps(work),
        day=day_words,
        today=day_words(_today()),
        moment_words=MOMENT_WORDS,
        words=STATUS_WORDS,
    )


HANDLERS = [desk, work_page, plan, report, finish, spend, void, show, printed]
