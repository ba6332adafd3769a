"""/masuk/sandi and /masuk/totp: staff sign in by password and then by a step of their authenticator."""

from urllib.parse import quote
from uuid import UUID

from rembuk.errors import N_, Refused
from rembuk.people import store
from rembuk.people.routes.doors import came_from
from rembuk.people.rules import Refusal
from rembuk.people.signing import forget_all_seeds
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC
from rembuk.web.logs import note_security
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.session import current_session, start_session
from rembuk.web.throttle import forgive, may_try, strike
from rembuk.web.visit import visit

_ACCOUNT, _STEP = "sandi", "totp"


@get("/masuk/sandi", guard=PUBLIC)
async def password_page(request: Request) -> Response:
    """User name and password, for staff."""
    return _password_page(request, Form())


@post("/masuk/sandi", guard=PUBLIC)
async def enter_password(request: Request) -> Response:
    """A right password leads to the second step; five wrong ones for one name close it for a while."""
    form = await read_form(request)
    name = form.line("nama", required=True, empty=N_("Tulis nama pengguna Anda."))
    password = form.fields.get("sandi", [""])[-1]
    if not password:
        form.errors.say("sandi", N_("Tulis kata sandi Anda."))
    if not form.valid:
        return _password_page(request, form, 422)
    await may_try(_ACCOUNT, name.casefold())
    person = await store.staff_by_password(name, password)
    if person is None:
        await strike(_ACCOUNT, name.casefold())
        note_security("password refused", visit(request).address)
        form.errors.say("sandi", Refusal.PASSWORD_WRONG.sentence)
        return _password_page(request, form, 422)
    await forgive(_ACCOUNT, name.casefold())
    forget_all_seeds(request)
    role = await store.main_role_of(person.id)
    await start_session(request, person=person.id, role=role, complete=False)
    return redirect(f"/masuk/totp?kembali={quote(came_from(request, form), safe='')}")


@get("/masuk/totp", guard=PUBLIC)
async def step_page(request: Request) -> Response:
    """The field for the six digits of the authenticator."""
    if _half_signed_in(request) is None:
        return redirect("/masuk/sandi")
    return _step_page(request, Form())


@post("/masuk/totp", guard=PUBLIC)
async def enter_step(request: Request) -> Response:
    """Six digits of now, never used before, complete the sign-in under a new session."""
    person = _half_signed_in(request)
    if person is None:
        return redirect("/masuk/sandi", Refusal.STEP_EXPIRED.sentence, "awas")
    form = await read_form(request)
    digits = form.line("kode", required=True, empty=N_("Tulis 6 angka dari aplikasi Anda."))
    if not form.valid:
        return _step_page(request, form, 422)
    await may_try(_STEP, str(person))
    if not await store.use_totp(person, digits):
        await strike(_STEP, str(person))
        note_security("step refused", visit(request).address, person=str(person))
        form.errors.say("kode", Refusal.TOTP_WRONG.sentence)
        return _step_page(request, form, 422)
    await forgive(_STEP, str(person))
    await _complete(request, person)
    return redirect(came_from(request, form))


async def _complete(request: Request, person: UUID) -> None:
    """The full session; a facilitator who is on the roll stays a resident of it."""
    if await store.person_of(person) is None:
        raise Refused(Web.SIGN_IN)
    entry = await store.roll_of(person)
    role = await store.main_role_of(person)
    await start_session(request, person=person, roll=entry.id if entry else None, role=role)
    note_security("signed in", visit(request).address, person=str(person), role=role.value)


def _half_signed_in(request: Request) -> UUID | None:
    session = current_session(request)
    return session.person if session and not session.complete else None


def _password_page(request: Request, form: Form, status: int = 200) -> Response:
    back, name = came_from(request, form, ""), form.values.get("nama", "")
    return page(request, "people/password.html", status=status, errors=form.errors, back=back, name=name)


def _step_page(request: Request, form: Form, status: int = 200) -> Response:
    back = came_from(request, form, "")
    return page(request, "people/totp.html", status=status, errors=form.errors, back=back)


HANDLERS = [password_page, enter_password, step_page, enter_step]
