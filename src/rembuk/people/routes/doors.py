"""/masuk, /masuk/kode, /kode, /keluar: the resident's ways in and the way out."""

import asyncio
from urllib.parse import quote

from litestar.background_tasks import BackgroundTask

from rembuk.errors import N_, Refused, Said
from rembuk.notices.channels import CHANNELS, Message
from rembuk.people import codes, store
from rembuk.people.rules import looks_like_phone, read_phone
from rembuk.people.signing import forget_all_seeds, keep_signing_seed
from rembuk.people.store import SignedIn
from rembuk.settings import settings
from rembuk.web.csrf import guest
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC
from rembuk.web.i18n import gettext
from rembuk.web.pages import page, redirect
from rembuk.web.paths import local_path
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.session import end_session, start_session
from rembuk.web.viewer import Role

DEMO_CODE = N_("Mode demo: kode Anda {code}.")


@get("/masuk", guard=PUBLIC)
async def sign_in_page(request: Request) -> Response:
    """One field for a phone number or a voter code."""
    return _page(request, "people/sign_in.html", Form())


@post("/masuk", guard=PUBLIC)
async def identify(request: Request) -> Response:
    """A number leads to its one-time code, a voter code to its second factor."""
    form = await read_form(request)
    typed = form.line("identitas", required=True, empty=N_("Tulis nomor HP atau kode pemilih Anda."))
    if not form.valid:
        return _page(request, "people/sign_in.html", form, 422)
    try:
        if looks_like_phone(typed):
            return await _send_code(request, read_phone(typed), came_from(request, form))
        codes.parse_code(typed)
    except Refused as refused:
        return _fault(request, "people/sign_in.html", form, "identitas", refused)
    return _page(request, "people/code.html", form, typed=typed)


async def _send_code(request: Request, phone: str, back: str) -> Response:
    """Ask for a code and send it after the answer, so that known and unknown numbers take the same time."""
    asked = await store.ask_one_time_code(phone, guest(request))
    flash = Said(DEMO_CODE, code=asked.digits) if settings().demo else None
    answer = redirect(f"/masuk/kode?kembali={quote(back, safe='')}", flash, "info")
    answer.background = BackgroundTask(_deliver, phone, asked)
    return answer


async def _deliver(phone: str, asked: store.Asked) -> None:
    if not asked.is_known:
        return
    body = gettext("Kode masuk Rembuk: %s. Berlaku 10 menit. Jangan berikan kepada siapa pun.")
    message = Message(phone, gettext("Kode masuk Rembuk"), body % asked.digits)
    async with asyncio.timeout(30):
        await CHANNELS[settings().otp_channel](message)


@get("/masuk/kode", guard=PUBLIC)
async def one_time_page(request: Request) -> Response:
    """The field for the eight digits that came to the phone."""
    return _page(request, "people/one_time.html", Form())


@post("/masuk/kode", guard=PUBLIC)
async def enter_one_time_code(request: Request) -> Response:
    """Eight digits, typed on the device that asked for them, open the door."""
    form = await read_form(request)
    digits = form.line("kode", required=True, empty=N_("Tulis 8 angka yang kami kirim."))
    if not form.valid:
        return _page(request, "people/one_time.html", form, 422)
    try:
        came_in = await store.use_one_time_code(guest(request), digits, viewer(request).person)
    except Refused as refused:
        return _fault(request, "people/one_time.html", form, "kode", refused)
    return await _admit(request, came_in, came_from(request, form))


@get("/kode", guard=PUBLIC)
async def code_page(request: Request) -> Response:
    """Voter code and second factor; the QR leads here with the code behind "#", which no server sees."""
    return _page(request, "people/code.html", Form())


@post("/kode", guard=PUBLIC)
async def enter_code(request: Request) -> Response:
    """A voter code with its second factor opens the door, without an account (I3)."""
    form = await read_form(request)
    code = form.line("kode", required=True, empty=N_("Kode pemilih masih kosong. Tulis 16 huruf dan angka."))
    second = form.line("kedua", required=True, empty=N_("Tulis bulan dan tahun lahir, atau PIN 4 angka."))
    if not form.valid:
        return _page(request, "people/code.html", form, 422, typed=code)
    try:
        came_in = await store.sign_in_with_code(code, second, viewer(request).person)
    except Refused as refused:
        at = "kode" if isinstance(refused.reason, codes.CodeProblem) else "kedua"
        return _fault(request, "people/code.html", form, at, refused, typed=code)
    return await _admit(request, came_in, came_from(request, form, "/bilik"))


@post("/keluar", guard=PUBLIC)
async def sign_out(request: Request) -> Response:
    """End this device's session and clear what it kept, drafts in the browser's own store too (ASVS 14.3.1)."""
    forget_all_seeds(request)
    await end_session(request)
    answer = redirect("/", N_("Anda sudah keluar."), "info")
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


async def _admit(request: Request, came_in: SignedIn, back: str) -> Response:
    """Start a session; a key that signs for a code goes into its holder's cookie, another's keys go away."""
    if viewer(request).person != came_in.person:
        forget_all_seeds(request)
    role = Role.RESIDENT if came_in.seed else await store.main_role_of(came_in.person)
    if role is not Role.RESIDENT:  # digits on a phone alone open no desk
        return redirect("/masuk/sandi", N_("Petugas dan fasilitator masuk dengan kata sandi."), "awas")
    await start_session(request, person=came_in.person, roll=came_in.roll, role=role, by_code=bool(came_in.seed))
    if came_in.seed and came_in.roll:
        keep_signing_seed(request, came_in.seed, came_in.roll)
    return redirect(back)


def came_from(request: Request, form: Form, otherwise: str = "/") -> str:
    """Where a visitor wanted to go before signing in: a path of ours, else the given one (J1)."""
    return local_path(form.line("kembali", most=1024) or request.query_params.get("kembali"), otherwise)


def _page(request: Request, template: str, form: Form, status: int = 200, typed: str = "") -> Response:
    back = came_from(request, form, "")
    return page(request, template, status=status, errors=form.errors, typed=typed, back=back)


def _fault(request: Request, template: str, form: Form, field: str, refused: Refused, *, typed: str = "") -> Response:
    """The same page again with the reason beside its field."""
    form.errors.say(field, refused.reason.sentence, **refused.facts)
    return _page(request, template, form, refused.reason.status, typed)


HANDLERS = [
    sign_in_page,
    identify,
    one_time_page,
    enter_one_time_code,
    code_page,
    enter_code,
    sign_out,
]
