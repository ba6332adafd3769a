"""/petugas/pemilih: the roll of a cycle, its files asked by one official and signed by another."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Refused
from rembuk.people import store
from rembuk.people.casework import Refusal
from rembuk.people.roll_file import FileProblem
from rembuk.people.store import cases as casebook
from rembuk.people.store import imports, vouches
from rembuk.people.store.imports import ImportFacts
from rembuk.places import store as places
from rembuk.places.rules import Level, cut
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post

HUB = "/petugas/pemilih"
NO_FILE = N_("Pilih berkas CSV lebih dulu.")
STATE_WORDS = {
    "waiting": (N_("Menunggu orang kedua"), "awas"),
    "approved": (N_("Sedang ditulis"), "awas"),
    "done": (N_("Selesai ditulis"), "lulus"),
    "refused": (N_("Ditolak"), ""),
    "expired": (N_("Lewat waktu"), ""),
}


@dataclass(frozen=True)
class Row:
    """One kecamatan of the roll: how many lines it has, in how many RW."""

    name: str
    count: int
    rw_count: int


def me(request: Request) -> UUID:
    """The official who acts; Refused(SIGN_IN) without an account."""
    if (person := viewer(request).person) is None:
        raise Refused(Web.SIGN_IN)
    return person


async def chosen_cycle(request: Request) -> Cycle | None:
    """The cycle an address asks for, else the one that runs, else the newest draft."""
    if slug := request.query_params.get("siklus"):
        return await cycles.by_slug(slug, drafts=True)
    return await cycles.current_cycle() or next(iter(await cycles.cycles(drafts=True, kind="round")), None)


@get(HUB, guard=CITY_OFFICIAL | AUDITOR)
async def hub_page(request: Request) -> Response:
    """How many are on the roll, where; files that wait; and where cases, vouching and codes lie."""
    cycle = await chosen_cycle(request)
    if cycle is None:
        return page(request, "people/no_cycle.html")
    return await _hub(request, cycle, Form())


async def _hub(request: Request, cycle: Cycle, form: Form, status: int = 200) -> Response:
    counts = await store.roll_counts(cycle.id)
    return page(
        request,
        "people/voters.html",
        status=status,
        cycle=cycle,
        rounds=[(each.slug, each.name) for each in await cycles.cycles(drafts=True, kind="round")],
        rows=await _by_kecamatan(counts),
        count=sum(counts.values()),
        imports=await imports.imports_of(cycle.id),
        states=STATE_WORDS,
        open_cases=len(await casebook.cases([""])),
        vouched=sum((await vouches.vouched_counts(cycle.id)).values()),
        may_write=viewer(request).has(Role.CITY_OFFICIAL),
        errors=form.errors,
    )


async def _by_kecamatan(counts: dict[str, int]) -> list[Row]:
    atlas = await places.atlas()
    people: Counter[str] = Counter()
    for rw, count in counts.items():
        people[cut(rw, Level.KECAMATAN)] += count
    rws = Counter(cut(rw, Level.KECAMATAN) for rw in counts)
    named = {code: atlas.areas[code].name if code in atlas.areas else code for code in people}
    return [Row(named[code], people[code], rws[code]) for code in sorted(people)]


@post(f"{HUB}/berkas", guard=CITY_OFFICIAL, upload=True, seconds=120)
async def upload(request: Request) -> Response:
    """The first official lays a file before the second; faults come back on the page of the file, by line."""
    form, cycle = await read_form(request), await chosen_cycle(request)
    if cycle is None:
        raise Refused(Refusal.NO_IMPORT)
    if (sent := form.file("berkas")) is None:
        form.errors.say("berkas", NO_FILE)
        return await _hub(request, cycle, form, 422)
    try:
        id = await imports.propose_import(cycle.id, sent.body, me(request))
    except Refused as refused:
        if not isinstance(refused.reason, FileProblem | Refusal):
            raise
        form.errors.say("berkas", refused.reason.sentence, **refused.facts)
        return await _hub(request, cycle, form, refused.reason.status)
    return redirect(f"{HUB}/berkas/{id}")


@get(f"{HUB}/berkas/{{id:uuid}}", guard=CITY_OFFICIAL | AUDITOR)
async def import_page(request: Request, id: UUID) -> Response:
    """What a file would do: counts per RW, faults by line; the second official signs here."""
    found = await imports.roll_import(id)
    cycle = await cycles.cycle(found.cycle)
    atlas = await places.atlas()
    names = await store.names_of([found.first]) if found.first else {}
    return page(
        request,
        "people/roll_import.html",
        cycle=cycle,
        found=found,
        report=found.report,
        state=STATE_WORDS[found.state],
        rows=[(atlas.label(rw), cut(rw, Level.KELURAHAN), count) for rw, count in found.report.totals.items()],
        first=names.get(found.first, "?") if found.first else "?",
        mine=found.first == viewer(request).person,
        may_write=viewer(request).has(Role.CITY_OFFICIAL),
        done=_progress(found),
    )


def _progress(found: ImportFacts) -> int:
    return found.written * 100 // found.line_count if found.line_count else 100


@post(f"{HUB}/berkas/{{id:uuid}}/setujui", guard=CITY_OFFICIAL)
async def approve(request: Request, id: UUID) -> Response:
    """The second official signs; writing begins."""
    await imports.approve_import(id, me(request))
    return redirect(f"{HUB}/berkas/{id}", N_("Disetujui dua orang. Baris sedang ditulis."))


@post(f"{HUB}/berkas/{{id:uuid}}/tolak", guard=CITY_OFFICIAL)
async def turn_down(request: Request, id: UUID) -> Response:
    """Either official turns the file down; its digests are deleted."""
    await imports.refuse_import(id, me(request))
    return redirect(f"{HUB}/berkas/{id}", N_("Berkas ditolak dan dihapus."))


HANDLERS = [hub_page, upload, import_page, approve, turn_down]
