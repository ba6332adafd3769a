"""/meja/anak: how many children a school names, confirmed by a second official, and the envelopes handed to them."""

from dataclasses import dataclass
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused, Said
from rembuk.people import store
from rembuk.people.rules import AGE_BANDS, Refusal
from rembuk.people.store import ChildPlace
from rembuk.places import store as places
from rembuk.places.rules import Level
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.viewer import Role

DESK = FACILITATOR | OFFICIAL
HANDING = (Role.FACILITATOR, Role.OFFICIAL, Role.CITY_OFFICIAL)
NAMING = (Role.OFFICIAL, Role.CITY_OFFICIAL)
PAGE = "/meja/anak"
NO_SUCH_RW = N_("RW ini tidak ditemukan di wilayah Anda. Tulis seperti RW 05 Rancabolang, atau kodenya.")
NAMED = N_("Tercatat. Petugas kedua menyetujui dari akunnya sendiri.")
CONFIRMED = N_("{n} anak masuk daftar Suara Anak.")
HANDED = N_("Amplop sudah diserahkan dan tercatat menurut nomor serinya.")


@dataclass(frozen=True)
class Waiting:
    """A number of children that waits for its second person."""

    act: UUID
    where: str
    age_band: str
    count: int
    mine: bool


@get(PAGE, guard=DESK)
async def children_page(request: Request) -> Response:
    """Name, confirm, hand out; only rounds with Suara Anak."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, act: str = "", status: int = 200) -> Response:
    who, atlas = viewer(request), await places.atlas()
    rounds = [each for each in await cycles.cycles(kind="round") if each.shares.children]
    waiting = [
        Waiting(each.act, atlas.label(each.place.rw), each.place.age_band, each.count, each.first == who.person)
        for each in await store.waiting_children()
        if who.has_any(NAMING, each.place.rw)
    ]
    values = {name: text for name, text in form.values.items() if name != "pin"}
    return page(
        request,
        "people/children.html",
        status=status,
        rounds=[(str(each.id), each.name) for each in rounds],
        bands=[(band, Said("{band} tahun", band=band)) for band in AGE_BANDS],
        waiting=waiting,
        may_name=who.has_any(NAMING),
        act=act,
        errors=form.errors,
        values=values,
    )


async def _place(form: Form, request: Request, act: str, roles: tuple[Role, ...]) -> ChildPlace:
    """The RW and age band in a form; a fault is noted beside its field."""
    atlas, words = await places.atlas(), form.line("rw", most=60)
    found = [code for code in atlas.named(words) if atlas.areas[code].level is Level.RW]
    if len(found) != 1 or not viewer(request).has_any(roles, found[0]):
        form.errors.say(f"{act}-rw", NO_SUCH_RW)
    band = form.choice("umur", AGE_BANDS, required=False)
    if band is None:
        form.errors.say(f"{act}-umur", Refusal.BAD_CHILDREN.sentence)
    return ChildPlace(found[0] if found else "", band or "")


def _cycle(form: Form) -> UUID:
    try:
        return UUID(form.line("siklus"))
    except ValueError as strange:
        raise Refused(Refusal.NO_CHILDREN) from strange


@post(f"{PAGE}/tambah", guard=OFFICIAL)
async def name_children(request: Request) -> Response:
    """The first official says how many children of an RW and age band there are."""
    form, who = await read_form(request), viewer(request)
    place, count = await _place(form, request, "tambah", NAMING), form.integer("jumlah")
    if form.valid and who.person:
        try:
            await store.propose_children(_cycle(form), place, count or 0, who.person)
        except Refused as no:
            form.errors.say("tambah-jumlah", no.reason.sentence, **no.facts)
    if not form.valid:
        return await _page(request, form, "tambah", 422)
    return redirect(PAGE, NAMED)


@post(f"{PAGE}/setujui", guard=OFFICIAL)
async def confirm_children(request: Request) -> Response:
    """The second official confirms; the lines are there."""
    form, who = await read_form(request), viewer(request)
    asked = next((each for each in await store.waiting_children() if str(each.act) == form.text("act")), None)
    if asked is None or who.person is None or not who.has_any(NAMING, asked.place.rw):
        raise Refused(Web.CHANGED)
    try:
        count = await store.confirm_children(asked.act, who.person)
    except Refused as no:
        return redirect(PAGE, no.sentence(), "bahaya")
    return redirect(PAGE, Said(CONFIRMED, n=count))


@post(f"{PAGE}/serahkan", guard=DESK)
async def hand_out(request: Request) -> Response:
    """A sealed envelope goes to a child, who types a PIN."""
    form, who = await read_form(request), viewer(request)
    place, serial = await _place(form, request, "serahkan", HANDING), form.line("seri", most=60)
    if form.valid:
        try:
            await store.hand_out_to_child(_cycle(form), serial, place, form.line("pin", most=10), who.person)
        except Refused as no:
            fields = {Refusal.NOT_SECOND_FACTOR: "pin", Refusal.NO_CHILD_LINE: "umur"}
            field = next((name for reason, name in fields.items() if reason is no.reason), "seri")
            form.errors.say(f"serahkan-{field}", no.reason.sentence, **no.facts)
    if not form.valid:
        return await _page(request, form, "serahkan", 422)
    return redirect(PAGE, HANDED)


HANDLERS = [children_page, name_children, confirm_children, hand_out]
