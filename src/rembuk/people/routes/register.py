"""/daftar: a resident asks to stand on the roll; the answer is one and the same for everybody."""

from collections.abc import Callable
from datetime import timedelta

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Refused
from rembuk.people import pepper
from rembuk.people.casework import VOUCH_REASONS, Refusal, shown_count
from rembuk.people.casework import Request as Asked
from rembuk.people.roll_file import read_day
from rembuk.people.rules import read_nik, read_phone
from rembuk.people.store import cases, vouches
from rembuk.places import store as places
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.throttle import throttle

_ASKS, _ASKS_IN = 3, timedelta(days=1)
NO_NIK = N_("NIK masih kosong. Lihat KTP atau kartu keluarga.")
NO_NAME = N_("Nama masih kosong. Tulis seperti di KTP.")
NO_BORN = N_("Tanggal lahir tidak terbaca. Tulis seperti 25-08-1985.")
NO_KK = N_("Nomor KK terdiri dari 16 angka. Boleh dikosongkan.")
NO_CONSENT = N_("Centang dulu bahwa data ini boleh dipakai untuk daftar pemilih.")
NO_PLACE = N_("Pilih kelurahan dari daftar.")
NO_RW = N_("Nomor RW ini tidak ada di kelurahan itu.")


@get("/daftar", guard=PUBLIC)
async def register_page(request: Request) -> Response:
    """Name, NIK, where one lives, birth date; what we keep of it and why we ask."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    atlas = await places.atlas()
    cycle = await _open_cycle()
    kelurahan = [
        (area.code, f"{area.name}, {atlas.area(area.parent or '').name}") for area in await places.kelurahan_list()
    ]
    values = {name: text for name, text in form.values.items() if name not in ("nik", "kk")}
    return page(
        request,
        "people/register.html",
        status=status,
        cycle=cycle,
        kelurahan=sorted(kelurahan, key=lambda each: each[1]),
        values=values,
        errors=form.errors,
    )


async def _open_cycle() -> Cycle | None:
    """The published round whose roll can still change, or None."""
    cycle = await cycles.current_cycle()
    if cycle is None:
        return None
    try:
        await cases.people_vote(cycle.id)
    except Refused:
        return None
    return cycle


@post("/daftar", guard=PUBLIC)
async def ask(request: Request) -> Response:
    """Take the request down; the answer says the same whether the NIK stands on the roll or not (trust.md 3)."""
    form, cycle = await read_form(request), await _open_cycle()
    if cycle is None:
        raise Refused(Refusal.VOTE_OVER)
    asked = await _asked(form)
    if asked is None:
        return await _page(request, form, 422)
    await throttle("daftar", pepper.target_mac("nik", asked.nik), _ASKS, _ASKS_IN)
    await cases.ask_entry(cycle.id, asked)
    return redirect("/daftar/diterima")


async def _asked(form: Form) -> Asked | None:
    """What the form asks, or None with the faults noted beside their fields."""
    name = form.line("nama", required=True, least=2, most=80, empty=NO_NAME)
    nik = _read(form, "nik", lambda: read_nik(form.line("nik", required=True, empty=NO_NIK)))
    phone = _read(form, "hp", lambda: read_phone(form.line("hp"))) if form.line("hp") else ""
    kk = "".join(form.line("kk").split())
    if kk and not (len(kk) == 16 and kk.isascii() and kk.isdigit()):
        form.errors.say("kk", NO_KK)
    born = read_day(form.line("lahir"))
    if born is None or not 0 <= clock.now().year - born.year <= 130:
        form.errors.say("lahir", NO_BORN)
    rw = await _rw(form)
    if not form.ticked("setuju"):
        form.errors.say("setuju", NO_CONSENT)
    if not form.valid or born is None:
        return None
    return Asked(name, nik, rw, born, kk, phone)


def _read(form: Form, field: str, reading: Callable[[], str]) -> str:
    """What a reader makes of a field; "" with its sentence noted when it refuses."""
    try:
        return reading()
    except Refused as refused:
        form.errors.say(field, refused.reason.sentence)
        return ""


async def _rw(form: Form) -> str:
    number = form.integer("rw", required=True, least=1, most=999)
    kelurahan = form.line("kelurahan")
    if kelurahan not in {area.code for area in await places.kelurahan_list()}:
        form.errors.say("kelurahan", NO_PLACE)
        return ""
    code = f"{kelurahan}.{number or 0:03d}"
    if number and await places.find(code) is None:
        form.errors.say("rw", NO_RW)
    return code


@get("/daftar/diterima", guard=PUBLIC)
async def received_page(request: Request) -> Response:
    """The one answer: your request has come in."""
    return page(request, "people/received.html")


@get("/jaminan", guard=PUBLIC)
async def vouched_page(request: Request) -> Response:
    """How many people without papers were vouched for in each RW, small numbers hidden, and what looking up found."""
    cycle, atlas = await cycles.current_cycle(), await places.atlas()
    counts = await vouches.vouched_counts(cycle.id) if cycle else {}
    found = [each.call_back for each in await vouches.vouches(cycle.id)] if cycle else []
    looked = {answer: shown_count(found.count(answer)) for answer in ("due", "met", "away", "unknown")}
    return page(
        request,
        "people/vouched.html",
        cycle=cycle,
        rows=[(atlas.label(rw), shown_count(count)) for rw, count in counts.items()],
        looked=looked,
        reasons=list(VOUCH_REASONS.values()),
    )


HANDLERS = [register_page, ask, received_page, vouched_page]
