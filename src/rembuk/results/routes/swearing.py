"""The auditors' page: boxes whose ballots are not published, the file to count again, and their word on the board."""

from rembuk.cycles import store as cycles
from rembuk.cycles.shares import CHILDREN, children_box
from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.results.routes.desk import person_of
from rembuk.results.store import published_boxes
from rembuk.results.store import swearing as store
from rembuk.voting.terms import PUBLICATION_NAMES, Publication
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

AGREES = N_("Hitungan Anda sama dengan hasil resmi. Sudah dicatat di papan bukti.")
DIFFERS = N_("Hitungan Anda BERBEDA dari hasil resmi. Perbedaan ini dicatat di papan bukti.")


@get("/petugas/siklus/{slug:str}/hitung-ulang", guard=AUDITOR | CITY_OFFICIAL)
async def recounts(request: Request, slug: str) -> Response:
    """Which boxes only auditors see, and what they found."""
    return await _page(request, slug)


@get("/petugas/siklus/{slug:str}/hitung-ulang/{area:str}", guard=AUDITOR)
async def ballots(request: Request, slug: str, area: str) -> Response:
    """The ballots of one box, for a sworn auditor."""
    text = await store.sworn_file((await cycles.by_slug(slug)).id, area, person_of(request))
    headers = {"Content-Disposition": f'attachment; filename="{slug}-tertutup.pb"', "Cache-Control": "no-store"}
    return Response(text.encode(), media_type="text/plain; charset=utf-8", headers=headers)


@post("/petugas/siklus/{slug:str}/hitung-ulang/{area:str}", guard=AUDITOR)
async def sworn(request: Request, slug: str, area: str) -> Response:
    """An auditor's own count of one box."""
    cycle, typed = await cycles.by_slug(slug), (await read_form(request)).text("winners")
    try:
        agrees = await store.record_recount(cycle.id, area, typed, person_of(request))
    except Refused as refused:
        if refused.reason.status != 422:
            raise
        return await _page(request, slug, area, refused.sentence())
    kind = "berhasil" if agrees else "bahaya"
    return redirect(f"/petugas/siklus/{slug}/hitung-ulang", AGREES if agrees else DIFFERS, kind, request)


async def _page(request: Request, slug: str, area: str = "", error: str = "") -> Response:
    cycle = await cycles.by_slug(slug)
    election = await cycles.election(cycle.id)
    return page(
        request,
        "results/recounts.html",
        status=422 if error else 200,
        cycle=cycle,
        election=election,
        is_counted=await store.is_counted(cycle.id),
        watch=await store.watch_of(cycle.id),
        open_boxes=await published_boxes(cycle.id),
        names=await _names(),
        publication=PUBLICATION_NAMES[Publication(election.publication)],
        wrong_area=area,
        error=error,
    )


async def _names() -> dict[str, str]:
    names = {each.code: each.name for each in await places.kecamatan_list()}
    return names | {children_box(code): f"{CHILDREN} {name}" for code, name in names.items()}


HANDLERS = [recounts, ballots, sworn]
