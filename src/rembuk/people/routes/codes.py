"""/meja/kode: sealed envelopes handed out, replaced and voided at the desk, by serial and with a reason."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.people import store
from rembuk.people.rules import Refusal, RollFacts, read_nik
from rembuk.people.store import batches
from rembuk.people.store.vouches import vouched_line
from rembuk.places import store as places
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, OFFICIAL
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.throttle import forgive, may_try, strike
from rembuk.web.viewer import Role, Viewer

_DESK = FACILITATOR | OFFICIAL
_ROLES = (Role.FACILITATOR, Role.OFFICIAL, Role.CITY_OFFICIAL)
_MISSES = "kode-meja"
_FIELDS = {
    Refusal.NOT_NIK: "nik",
    Refusal.NOT_ON_ROLL: "nik",
    Refusal.HAS_CODE: "nik",
    Refusal.NOT_SECOND_FACTOR: "kedua",
    Refusal.NO_SUCH_CODE: "seri",
    Refusal.OTHER_BATCH: "seri",
    Refusal.NO_REASON: "alasan",
}
WAITS = N_("Lebih dari 20 hari ini. Petugas kedua harus menyetujui dari akunnya sendiri.")


@get("/meja/kode", guard=_DESK)
async def codes_page(request: Request) -> Response:
    """Three short forms: hand out, replace, void; and changes that wait for a second officer."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, act: str = "", status: int = 200) -> Response:
    who, atlas = viewer(request), await places.atlas()
    rounds = [(str(each.id), each.name) for each in await cycles.cycles(kind="round")]
    values = {name: text for name, text in form.values.items() if name not in ("nik", "kedua")}
    waiting = await batches.waiting_changes(tuple({area for role in _ROLES for area in who.areas(role)}))
    return page(
        request,
        "people/codes.html",
        status=status,
        rounds=rounds,
        act=act,
        errors=form.errors,
        values=values,
        waiting=[(each, said, atlas.label(said["area"])) for each, said in waiting],
        me=who.person,
    )


@post("/meja/kode/{act:str}", guard=_DESK)
async def change_code(request: Request, act: str) -> Response:
    """Do one of serahkan, ganti, batalkan; a fault comes back beside its field, never with the NIK."""
    form, who = await read_form(request), viewer(request)
    doing = {"serahkan": _hand_out, "ganti": _replace, "batalkan": _void}.get(act)
    if doing is None:
        raise Refused(Refusal.NO_SUCH_CODE)
    await may_try(_MISSES, str(who.person))
    try:
        said = await doing(form, who, _cycle(form))
    except Refused as refused:
        if refused.reason in (Refusal.NOT_ON_ROLL, Refusal.NO_SUCH_CODE):
            await strike(_MISSES, str(who.person))  # nobody asks a desk who is on the roll by trying numbers
        field = next((name for reason, name in _FIELDS.items() if reason is refused.reason), None)
        if field is None:
            raise
        form.errors.say(f"{act}-{field}", refused.reason.sentence, **refused.facts)
        return await _page(request, form, act, refused.reason.status)
    await forgive(_MISSES, str(who.person))
    return redirect("/meja/kode", said)


@post("/meja/kode/setujui/{id:uuid}", guard=_DESK)
async def confirm_change(request: Request, id: UUID) -> Response:
    """A second officer of the area signs what goes beyond twenty a day (trust.md 7)."""
    who = viewer(request)
    scopes = tuple({area for role in _ROLES for area in who.areas(role)})
    if who.person is None or id not in {act.id for act, _ in await batches.waiting_changes(scopes)}:
        raise Refused(Refusal.NO_SUCH_CODE)
    await batches.confirm_change(id, who.person)
    return redirect("/meja/kode", N_("Disetujui dua petugas dan tercatat."))


async def _hand_out(form: Form, who: Viewer, cycle: UUID) -> str:
    entry = await _entry(cycle, form.line("nik"))
    if entry is None or not who.has_any(_ROLES, entry.rw):
        raise Refused(Refusal.NOT_ON_ROLL)
    serial = batches.plain_serial(form.line("seri"))
    await store.hand_out(cycle, serial, entry.id, form.line("kedua"), who.person)
    return N_("Amplop sudah diserahkan dan tercatat.")


async def _entry(cycle: UUID, typed: str) -> RollFacts | None:
    """The line of a NIK, or of the number on a vouching's paper."""
    if typed.upper().startswith("J-"):
        line = await vouched_line(cycle, typed)
        return await store.roll_entry(line) if line else None
    return await store.entry_of_nik(cycle, read_nik(typed))


async def _replace(form: Form, who: Viewer, cycle: UUID) -> str:
    lost, reason = await _lost(form, who, cycle)
    new = batches.plain_serial(form.line("baru"))
    if not new:
        raise Refused(Refusal.NO_SUCH_CODE)
    done = await batches.change_code(cycle, lost, new, form.line("kedua"), reason=reason, by=_person(who))
    return N_("Kode lama dibatalkan. Amplop baru berlaku.") if done else WAITS


async def _void(form: Form, who: Viewer, cycle: UUID) -> str:
    lost, reason = await _lost(form, who, cycle)
    done = await batches.change_code(cycle, lost, "", "", reason=reason, by=_person(who))
    return N_("Kode sudah dibatalkan.") if done else WAITS


async def _lost(form: Form, who: Viewer, cycle: UUID) -> tuple[str, str]:
    """The serial in the officer's own area, and why; Refused otherwise."""
    lost, reason = batches.plain_serial(form.line("seri")), form.line("alasan", most=200)
    if not who.has_any(_ROLES, await store.area_of_code(cycle, lost)):
        raise Refused(Refusal.NO_SUCH_CODE)
    if not reason:
        raise Refused(Refusal.NO_REASON)
    return lost, reason


def _person(who: Viewer) -> UUID:
    if who.person is None:
        raise Refused(Refusal.NO_SUCH_PERSON)
    return who.person


def _cycle(form: Form) -> UUID:
    try:
        return UUID(form.line("siklus"))
    except ValueError as strange:
        raise Refused(Refusal.NO_SUCH_CODE) from strange


HANDLERS = [codes_page, change_code, confirm_change]
