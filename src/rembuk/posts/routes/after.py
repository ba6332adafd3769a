"""/petugas/siklus/…/kertas: after the close, what the paper waits for, the public dice, and the sheets they draw."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused
from rembuk.people import store as people
from rembuk.posts import store
from rembuk.posts.routes.scope import person_of
from rembuk.posts.rules import FAULT_WORDS, Fault, Refusal, faults_of
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

THROWN = N_("Dadu sudah dicatat. Ambil lembar yang terpilih dan cocokkan.")
SAME = N_("Cocok. Ambil lembar berikutnya.")
DIFFERENT = N_("Tidak cocok. Semua lembar kecamatan ini harus diperiksa.")


@get("/petugas/siklus/{slug:str}/kertas", guard=CITY_OFFICIAL | AUDITOR)
async def paper(request: Request, slug: str) -> Response:
    """Where the paper of a cycle stands."""
    return await _paper(request, slug, Form())


@post("/petugas/siklus/{slug:str}/kertas/dadu", guard=CITY_OFFICIAL)
async def dice(request: Request, slug: str) -> Response:
    """Record the public dice that draw the sheets."""
    form, election = await read_form(request), await _election(slug)
    try:
        await store.throw_dice(election, form.text("dadu"), person_of(request))
    except Refused as refused:
        form.errors.say("dadu", refused.reason.sentence, **refused.facts)
        return await _paper(request, slug, form, refused.reason.status)
    return redirect(f"/petugas/siklus/{slug}/kertas", flash=THROWN, request=request)


@post("/petugas/siklus/{slug:str}/kertas/periksa", guard=CITY_OFFICIAL | AUDITOR)
async def check(request: Request, slug: str) -> Response:
    """What a drawn sheet says; the answer tells whether it is what was entered."""
    form, election = await read_form(request), await _election(slug)
    serial = form.line("seri", required=True, empty=N_("Ketik atau pindai nomor lembar."))
    fault = form.choice("keadaan", [each.value for each in Fault], required=False)
    if not form.valid:
        return await _paper(request, slug, form, 422)
    try:
        same = await store.check_sheet(
            election, serial, form.line("nomor"), Fault(fault) if fault else None, person_of(request)
        )
    except Refused as refused:
        at = "nomor" if refused.reason in (Refusal.NO_NUMBERS, Refusal.NO_SUCH_NUMBER) else "seri"
        form.errors.say(at, refused.reason.sentence, **refused.facts)
        return await _paper(request, slug, form, refused.reason.status)
    flash, kind = (SAME, "berhasil") if same else (DIFFERENT, "awas")
    return redirect(f"/petugas/siklus/{slug}/kertas", flash, kind, request)


async def _paper(request: Request, slug: str, form: Form, status: int = 200) -> Response:
    cycle = await cycles.by_slug(slug)
    election = await cycles.election(cycle.id)
    dice = await store.dice_of(election.id)
    agreement = await store.agreement_of(election.id) if election.config else None
    samples = await store.samples_of(election.id) if dice else []
    authors = {each.person for sample in samples for sheet in sample.differing for each in sheet.entries}
    return page(
        request,
        "posts/paper.html",
        status=status,
        cycle=cycle,
        election=election,
        boxes=await store.boxes_of(election.id),
        reasons=await store.not_ready(election.id),
        dice=dice,
        samples=samples,
        authors=await people.names_of(sorted(authors)),
        names={box.code: box.name for box in agreement.boxes} if agreement else {},
        faults=[(each.value, FAULT_WORDS[each]) for each in faults_of(agreement.ballot_type)] if agreement else [],
        cases=await store.cases_of(election.id),
        may_throw=viewer(request).has_any(CITY_OFFICIAL.roles),
        values=form.values,
        errors=form.errors,
    )


async def _election(slug: str) -> UUID:
    return (await cycles.election((await cycles.by_slug(slug)).id)).id


HANDLERS = [paper, dice, check]
