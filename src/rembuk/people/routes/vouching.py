"""/meja/jaminan: two persons vouch for somebody without papers; one in ten is looked up again."""

from hashlib import sha256
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.people import store
from rembuk.people.casework import CALL_WORDS, VOUCH_REASONS, Confirmer, Refusal, VouchFacts
from rembuk.people.routes.voters import me
from rembuk.people.store import vouches
from rembuk.people.store.vouches import vouch_number
from rembuk.places import store as places
from rembuk.places.rules import Level, cut
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import CITY_OFFICIAL, FACILITATOR, OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.viewer import Viewer

LISTED = "/meja/jaminan"
_DESK = FACILITATOR | OFFICIAL
_ROLES = (Role.FACILITATOR, Role.OFFICIAL, Role.CITY_OFFICIAL)
_FIELDS = {
    Refusal.NOT_RW: "rw",
    Refusal.NO_VOUCH_REASON: "alasan",
    Refusal.NO_STATEMENT: "pernyataan",
    Refusal.STATEMENT_USED: "pernyataan",
    Refusal.VOUCH_CAP: "rw",
}


def _scopes(who: Viewer) -> tuple[str, ...]:
    """The areas whose vouchings a viewer sees: the whole kelurahan around each grant, for another RW confirms."""
    held = {area for role in _ROLES for area in who.areas(role)}
    return ("",) if "" in held else tuple(sorted(".".join(area.split(".")[:4]) for area in held))


@get(LISTED, guard=_DESK)
async def list_page(request: Request) -> Response:
    """Vouchings that wait for their second person, those drawn to be looked up, and the form for a new one."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    cycle, who, atlas = await cycles.current_cycle(), viewer(request), await places.atlas()
    found = await vouches.vouches(cycle.id, _scopes(who)) if cycle else []
    names = await store.names_of([each.voucher for each in found])
    own = who.areas(Role.FACILITATOR)
    rws = [(a.code, atlas.label(a.code)) for area in own for a in atlas.at(Level.RW, area)]
    return page(
        request,
        "people/vouches.html",
        status=status,
        cycle=cycle,
        waiting=[each for each in found if each.state == "waiting"],
        due=[each for each in found if each.call_back == "due"],
        settled=[each for each in found if each.state == "confirmed"][:50],
        labels={each.id: atlas.label(each.rw) for each in found},
        numbers={each.id: vouch_number(each.id) for each in found},
        names=names,
        me=who.person,
        rws=rws,
        reasons=list(VOUCH_REASONS.items()),
        words=VOUCH_REASONS,
        answers=CALL_WORDS,
        may_draw=who.has(Role.CITY_OFFICIAL),
        may_call=who.has_any((Role.OFFICIAL, Role.CITY_OFFICIAL)),
        values=form.values,
        errors=form.errors,
    )


@post(LISTED, guard=FACILITATOR, upload=True)
async def offer(request: Request) -> Response:
    """A facilitator vouches; of the paper statement only its hash stays, the photo is forgotten at once."""
    form, who = await read_form(request), viewer(request)
    cycle, rw, photo = await cycles.current_cycle(), form.line("rw"), form.file("pernyataan")
    try:
        if cycle is None or await places.find(rw) is None or not who.has(Role.FACILITATOR, rw):
            raise Refused(Refusal.NOT_RW)
        digest = sha256(photo.body).hexdigest() if photo else ""
        id = await vouches.offer_vouch(cycle.id, rw, me(request), form.line("alasan"), digest)
    except Refused as refused:
        if (field := next((name for why, name in _FIELDS.items() if why is refused.reason), None)) is None:
            raise
        form.errors.say(field, refused.reason.sentence, **refused.facts)
        return await _page(request, form, refused.reason.status)
    return redirect(f"{LISTED}#{vouch_number(id)}", N_("Jaminan tercatat. Orang kedua harus menegaskan."))


async def _near(request: Request, id: UUID) -> VouchFacts:
    """A vouching of the viewer's kelurahan; Refused(NO_VOUCH) otherwise."""
    found = await vouches.vouch(id)
    here = cut(found.rw, Level.KELURAHAN)
    if not any(here == scope or here.startswith(f"{scope}.") or scope == "" for scope in _scopes(viewer(request))):
        raise Refused(Refusal.NO_VOUCH)
    return found


@post(f"{LISTED}/{{id:uuid}}/tegaskan", guard=_DESK)
async def confirm(request: Request, id: UUID) -> Response:
    """The second person: a facilitator of another RW, or an official of the kelurahan."""
    found, who = await _near(request, id), viewer(request)
    official = who.has_any((Role.OFFICIAL, Role.CITY_OFFICIAL), cut(found.rw, Level.KELURAHAN))
    await vouches.confirm_vouch(id, Confirmer(me(request), who.rw, who.areas(Role.FACILITATOR), official))
    return redirect(LISTED, N_("Ditegaskan. Warga tercatat. Serahkan amplop dengan nomor jaminan."))


@post(f"{LISTED}/{{id:uuid}}/tolak", guard=_DESK)
async def turn_down(request: Request, id: UUID) -> Response:
    """The voucher takes it back, or a second person says no."""
    await _near(request, id)
    await vouches.refuse_vouch(id, me(request))
    return redirect(LISTED, N_("Jaminan ditolak dan tercatat."))


@post(f"{LISTED}/contoh", guard=CITY_OFFICIAL)
async def draw(request: Request) -> Response:
    """Draw one in ten by chance, to be looked up again before the vote ends."""
    if (cycle := await cycles.current_cycle()) is None:
        raise Refused(Refusal.NO_SAMPLE)
    await vouches.draw_sample(cycle.id, me(request))
    return redirect(LISTED, N_("Contoh sudah ditarik. Datangi setiap orang, lalu catat hasilnya."))


@post(f"{LISTED}/{{id:uuid}}/datangi", guard=OFFICIAL)
async def call_back(request: Request, id: UUID) -> Response:
    """What a third person found when looking somebody up."""
    await _near(request, id)
    form = await read_form(request)
    await vouches.record_call(id, form.line("hasil"), me(request))
    return redirect(LISTED, N_("Hasil kunjungan tercatat."))


HANDLERS = [list_page, offer, confirm, turn_down, draw, call_back]
