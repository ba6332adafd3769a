"""/meja/kode: sealed envelopes handed out, replaced and voided at the desk, by serial and with a reason."""

from datetime import timedelta
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.people import store
from rembuk.people.rules import Refusal, read_nik
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, OFFICIAL
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.throttle import throttle
from rembuk.web.viewer import Role, Viewer

_DESK = FACILITATOR | OFFICIAL
_ROLES = (Role.FACILITATOR, Role.OFFICIAL, Role.CITY_OFFICIAL)
_A_DAY = 20  # more than this many a day needs two persons (trust.md 7)
_FIELDS = {
    Refusal.NOT_NIK: "nik",
    Refusal.NOT_ON_ROLL: "nik",
    Refusal.NOT_SECOND_FACTOR: "kedua",
    Refusal.NO_SUCH_CODE: "seri",
    Refusal.NO_REASON: "alasan",
}


@get("/meja/kode", guard=_DESK)
async def codes_page(request: Request) -> Response:
    """Three short forms: hand out, replace, void."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, act: str = "", status: int = 200) -> Response:
    rounds = [(str(each.id), each.name) for each in await cycles.cycles(kind="round")]
    values = {name: text for name, text in form.values.items() if name not in ("nik", "kedua")}
    return page(request, "people/codes.html", status=status, rounds=rounds, act=act, errors=form.errors, values=values)


@post("/meja/kode/{act:str}", guard=_DESK)
async def change_code(request: Request, act: str) -> Response:
    """Do one of serahkan, ganti, batalkan; a fault comes back beside its field, never with the NIK."""
    form, who = await read_form(request), viewer(request)
    doing = {"serahkan": _hand_out, "ganti": _replace, "batalkan": _void}.get(act)
    if doing is None:
        raise Refused(Refusal.NO_SUCH_CODE)
    await throttle("kode-meja", str(who.person), _A_DAY, timedelta(days=1))
    try:
        said = await doing(form, who, _cycle(form))
    except Refused as refused:
        field = next((name for reason, name in _FIELDS.items() if reason is refused.reason), None)
        if field is None:
            raise
        form.errors.say(f"{act}-{field}", refused.reason.sentence, **refused.facts)
        return await _page(request, form, act, refused.reason.status)
    return redirect("/meja/kode", said)


async def _hand_out(form: Form, who: Viewer, cycle: UUID) -> str:
    entry = await store.entry_of_nik(cycle, read_nik(form.line("nik")))
    if entry is None or not who.has_any(_ROLES, entry.rw):
        raise Refused(Refusal.NOT_ON_ROLL)
    await store.hand_out(cycle, form.line("seri"), entry.id, form.line("kedua"), who.person)
    return N_("Amplop sudah diserahkan dan tercatat.")


async def _replace(form: Form, who: Viewer, cycle: UUID) -> str:
    lost, reason = await _lost(form, who, cycle)
    await store.reissue(cycle, lost, form.line("baru"), form.line("kedua"), reason=reason, by=who.person)
    return N_("Kode lama dibatalkan. Amplop baru berlaku.")


async def _void(form: Form, who: Viewer, cycle: UUID) -> str:
    lost, reason = await _lost(form, who, cycle)
    await store.void_code(cycle, lost, reason, who.person)
    return N_("Kode sudah dibatalkan.")


async def _lost(form: Form, who: Viewer, cycle: UUID) -> tuple[str, str]:
    """The serial in the officer's own area, and why; Refused otherwise."""
    lost, reason = form.line("seri"), form.line("alasan", most=200)
    if not who.has_any(_ROLES, await store.area_of_code(cycle, lost)):
        raise Refused(Refusal.NO_SUCH_CODE)
    if not reason:
        raise Refused(Refusal.NO_REASON)
    return lost, reason


def _cycle(form: Form) -> UUID:
    try:
        return UUID(form.line("siklus"))
    except ValueError as strange:
        raise Refused(Refusal.NO_SUCH_CODE) from strange


HANDLERS = [codes_page, change_code]
