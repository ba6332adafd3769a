"""A box with several key holders: the sample asked, the box taken out, opened elsewhere, the opened file handed in."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.results import store
from rembuk.results.routes.desk import ASKED, OPENED, back, person_of, told
from rembuk.results.store.contacts import decide_denied, propose_decision
from rembuk.voting.opening import BoxRefusal
from rembuk.voting.terms import Level
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, Role, viewer
from rembuk.web.routing import Request, Response, get, post

OPENED_FILE = 64 * 1024 * 1024
"""Bytes of a city's opened file by page; `rembuk ceremony hand-in` takes larger ones."""
DRAWN = N_("Contoh warga sudah diundi. Hubungi mereka satu per satu.")
NOTED = N_("Jawaban warga yang dihubungi sudah dicatat.")
TAKEN = N_("Kotak siap diunduh untuk dibuka di komputer luring.")
DECIDED = N_("Putusan dua petugas sudah dicatat. Jumlahnya tercatat di papan bukti.")
NO_FILE = N_("pilih dulu berkasnya")


@post("/petugas/siklus/{slug:str}/hitung/contoh", guard=CITY_OFFICIAL | AUDITOR)
async def draw(request: Request, slug: str) -> Response:
    """Draw by public dice which marked residents are asked whether they voted."""
    election = await cycles.election((await cycles.by_slug(slug)).id)
    try:
        await store.draw_contacts(election, (await read_form(request)).text("dice"), person_of(request))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, DRAWN)


@post("/petugas/siklus/{slug:str}/hitung/contoh/jawaban", guard=CITY_OFFICIAL | AUDITOR)
async def answers(request: Request, slug: str) -> Response:
    """Note how many of them said what: the auditor's word, in a pilot also an official's."""
    form = await read_form(request)
    election = await cycles.election((await cycles.by_slug(slug)).id)
    if election.level != Level.ONE_HOLDER and not viewer(request).has(Role.AUDITOR):
        raise Refused(BoxRefusal.AUDITOR_ASKS)
    confirmed, unreached, denied = (form.integer(name) or 0 for name in ("confirmed", "unreached", "denied"))
    try:
        await store.record_contacts(election, (confirmed, unreached, denied), person_of(request))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, NOTED)


@post("/petugas/siklus/{slug:str}/hitung/contoh/putusan", guard=CITY_OFFICIAL)
async def ask_decision(request: Request, slug: str) -> Response:
    """The first person says why the box may be opened although somebody denied having voted."""
    election = await cycles.election((await cycles.by_slug(slug)).id)
    try:
        await propose_decision(election, (await read_form(request)).text("reason"), person_of(request))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/hitung/contoh/putusan/{act:uuid}", guard=CITY_OFFICIAL)
async def decide(request: Request, slug: str, act: UUID) -> Response:
    """The second person agrees; the board is told the count."""
    election = await cycles.election((await cycles.by_slug(slug)).id)
    await decide_denied(act, election, person_of(request))
    return back(request, slug, DECIDED)


@post("/petugas/siklus/{slug:str}/hitung/ambil", guard=CITY_OFFICIAL, seconds=120)
async def ask_export(request: Request, slug: str) -> Response:
    """The first person asks to take the box out."""
    await store.propose_export((await cycles.by_slug(slug)).id, person_of(request))
    return back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/hitung/ambil/{act:uuid}", guard=CITY_OFFICIAL, seconds=120)
async def export(request: Request, slug: str, act: UUID) -> Response:
    """The second person agrees: the box is audited and can be downloaded."""
    await store.export_box(act, (await cycles.by_slug(slug)).id, person_of(request))
    return back(request, slug, TAKEN)


@get("/petugas/siklus/{slug:str}/hitung/kotak.json", guard=CITY_OFFICIAL | AUDITOR, seconds=120)
async def box_file(request: Request, slug: str) -> Response:
    """The box to carry to the offline machine; auditors check the same file against the board."""
    file = await store.box_file((await cycles.by_slug(slug)).id, person_of(request))
    headers = {"Content-Disposition": f'attachment; filename="kotak-{slug}.json"', "Cache-Control": "no-store"}
    return Response(file, media_type="application/json", headers=headers)


@post("/petugas/siklus/{slug:str}/hitung/terbuka", guard=CITY_OFFICIAL, upload=OPENED_FILE, seconds=120)
async def hand_in(request: Request, slug: str) -> Response:
    """The first person hands in the file the offline machine wrote."""
    cycle, upload = await cycles.by_slug(slug), (await read_form(request)).file("opened")
    try:
        if upload is None:
            raise Refused(BoxRefusal.NOT_FITTING, words=NO_FILE)
        await store.hand_in(cycle.id, upload.body, person_of(request))
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/hitung/terbuka/{act:uuid}", guard=CITY_OFFICIAL, seconds=120)
async def accept(request: Request, slug: str, act: UUID) -> Response:
    """The second person agrees with the fingerprint read off the offline machine: the ballots are kept."""
    cycle, typed = await cycles.by_slug(slug), (await read_form(request)).text("fingerprint")
    try:
        await store.accept(act, cycle.id, person_of(request), typed)
    except Refused as refused:
        return await told(request, slug, refused)
    return back(request, slug, OPENED)


HANDLERS = [draw, answers, ask_decision, decide, ask_export, export, box_file, hand_in, accept]
