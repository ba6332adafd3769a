"""/petugas/pemilih/kode: packages of voter codes loaded once, counted, and what was left destroyed by serial."""

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused, Said
from rembuk.people.package import PackageProblem
from rembuk.people.routes.voters import HUB, chosen_cycle, me
from rembuk.people.rules import Refusal
from rembuk.people.store import batches
from rembuk.places import store as places
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

HERE = f"{HUB}/kode"
LOADED = N_("Paket {batch} dimuat: {n} kode.")
DESTROYED = N_("{n} amplop sisa dicatat musnah.")
NO_FILE = N_("Pilih berkas .json dari alat cetak.")
NO_REASON = N_("Tulis siapa saja saksinya, paling sedikit 10 huruf.")
EVENT_WORDS = {
    "issue": N_("diserahkan"),
    "void": N_("dibatalkan"),
    "reissue": N_("diganti"),
    "destroy": N_("dimusnahkan"),
}


@get(HERE, guard=CITY_OFFICIAL | AUDITOR)
async def packages_page(request: Request) -> Response:
    """Every package with what became of its envelopes, and the last lines of their log."""
    return await _page(request, Form())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    cycle, atlas = await chosen_cycle(request), await places.atlas()
    if cycle is None:
        return page(request, "people/no_cycle.html")
    found = await batches.batches(cycle.id)
    return page(
        request,
        "people/packages.html",
        status=status,
        cycle=cycle,
        rounds=[(each.slug, each.name) for each in await cycles.cycles(drafts=True, kind="round")],
        packages=[(each, atlas.label(each.area) if each.area else "") for each in found],
        events=await batches.code_events(cycle.id),
        words=EVENT_WORDS,
        may_write=viewer(request).has(Role.CITY_OFFICIAL),
        errors=form.errors,
    )


@post(f"{HERE}/muat", guard=CITY_OFFICIAL, upload=True, seconds=60)
async def load(request: Request) -> Response:
    """Load the file of one package, once; it holds serials and public keys, never a code."""
    form, cycle = await read_form(request), await chosen_cycle(request)
    if cycle is None or (sent := form.file("paket")) is None:
        form.errors.say("paket", NO_FILE)
        return await _page(request, form, 422)
    try:
        package = await batches.load_package(cycle.id, sent.body, me(request))
    except Refused as refused:
        if not isinstance(refused.reason, PackageProblem) and refused.reason is not Refusal.BATCH_LOADED:
            raise
        form.errors.say("paket", refused.reason.sentence, **refused.facts)
        return await _page(request, form, refused.reason.status)
    said = Said(LOADED, batch=package.batch, n=len(package.codes))
    return redirect(f"{HERE}?siklus={cycle.slug}", said)


@post(f"{HERE}/musnah", guard=CITY_OFFICIAL)
async def destroy(request: Request) -> Response:
    """The envelopes of a package that nobody took are destroyed before witnesses."""
    form, cycle = await read_form(request), await chosen_cycle(request)
    reason = form.line("saksi", most=300)
    if cycle is None or len(reason) < 10:
        form.errors.say("saksi", NO_REASON)
        return await _page(request, form, 422)
    count = await batches.destroy_rest(cycle.id, form.line("paket"), reason, me(request))
    return redirect(f"{HERE}?siklus={cycle.slug}", Said(DESTROYED, n=count))


HANDLERS = [packages_page, load, destroy]
