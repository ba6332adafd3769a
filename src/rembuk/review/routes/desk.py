"""/petugas: what runs, how far it has come, and the next thing to do."""

from dataclasses import dataclass
from uuid import UUID

from rembuk.cycles import shown
from rembuk.cycles import store as cycles
from rembuk.cycles.routes.writing import DESK
from rembuk.cycles.rules import PHASES, Cycle, ElectionState, Phase, PhaseKind
from rembuk.errors import N_, Said
from rembuk.places import store as places
from rembuk.review import store
from rembuk.review.store import Counts
from rembuk.web.guards import Role, Viewer, viewer
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

WAITING = N_("{n} usulan menunggu di wilayah Anda, {late} terlambat.")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next: in words, why, and where."""

    words: str
    why: str
    href: str
    kind: str = "utama"


def scopes_of(who: Viewer) -> tuple[str, ...]:
    """The areas an official checks; auditors and trustees read everywhere."""
    held = {*who.areas(Role.OFFICIAL), *who.areas(Role.CITY_OFFICIAL)}
    reading = who.has(Role.AUDITOR) or who.has(Role.TRUSTEE)
    return ("",) if reading or "" in held else tuple(sorted(held))


async def running_cycle() -> Cycle | None:
    """The cycle the desk shows first: the published round, else the newest draft."""
    if current := await cycles.current_cycle():
        return current
    return next(iter(await cycles.cycles(drafts=True, kind="round")), None)


@get("/petugas", guard=DESK)
async def desk(request: Request) -> Response:
    """The first page of an official."""
    who, cycle = viewer(request), await running_cycle()
    if cycle is None:
        return page(request, "review/desk_empty.html", may_plan=who.has(Role.CITY_OFFICIAL))
    phases = await cycles.phases(cycle.id)
    items = await store.queue(cycle.id, scopes_of(who))
    election = await cycles.find_election(cycle.id)
    ceilings = await cycles.ceilings(cycle.id)
    found = store.counts(items)
    now = await cycles.phase(cycle.id)
    return page(
        request,
        "review/desk.html",
        cycle=cycle,
        state=shown.STATE_WORDS[cycle.state.value],
        now=now,
        phases=shown.shown_phases(phases),
        current=_position(phases),
        counts=found,
        kecamatan=await _by_kecamatan(items),
        vote=shown.ELECTION_WORDS[election.state.value] if election else "",
        ceiling_sum=sum(ceilings.values()),
        waiting=await cycles.pending(cycle.id),
        steps=await _steps(who, cycle, phases, found, bool(ceilings)),
        others=[each for each in await cycles.cycles(drafts=True) if each.id != cycle.id][:5],
        may_plan=who.has(Role.CITY_OFFICIAL),
    )


def _position(phases: list[Phase]) -> int:
    """Which of the six phases is on, from 1; 0 before the first, 7 after the last."""
    running = [PHASES.index(phase.kind) + 1 for phase in phases if phase.is_open]
    over = [PHASES.index(phase.kind) + 2 for phase in phases if phase.is_over]
    return max(running, default=max(over, default=0))


async def _by_kecamatan(items: list[store.Item]) -> list[tuple[str, Counts]]:
    atlas = await places.atlas()
    counted = store.counts_by_kecamatan(items)
    return [(atlas.areas[code].name if code in atlas.areas else code, each) for code, each in counted.items()]


async def _steps(who: Viewer, cycle: Cycle, phases: list[Phase], found: Counts, has_ceilings: bool) -> list[Step]:
    steps = []
    if found.waiting and await cycles.is_open(cycle.id, PhaseKind.REVIEW):
        why = Said(WAITING, n=found.waiting, late=found.late)
        steps.append(Step(N_("Periksa usulan"), why, "/petugas/pemeriksaan"))
    if who.has(Role.CITY_OFFICIAL):
        steps += await _planning(cycle.id, f"/petugas/siklus/{cycle.slug}", len(phases), has_ceilings)
    return steps


async def _planning(cycle_id: UUID, address: str, dated: int, has_ceilings: bool) -> list[Step]:
    if dated < len(PHASES):
        return [Step(N_("Isi kalender tahap"), N_("Tanggal keenam tahap belum lengkap."), f"{address}/kalender")]
    if not has_ceilings:
        return [Step(N_("Hitung pagu"), N_("Pagu per kecamatan belum dihitung."), f"{address}/pagu")]
    if await cycles.pending(cycle_id):
        return [Step(N_("Lihat permintaan"), N_("Ada tindakan yang menunggu orang kedua."), f"{address}#dua-orang")]
    election = await cycles.find_election(cycle_id)
    if election and election.state is ElectionState.FROZEN:
        return [Step(N_("Buka bilik suara"), N_("Semua sudah terkunci dan siap dibuka."), f"{address}#dua-orang")]
    return [Step(N_("Atur tahap"), N_("Buka atau tutup tahap siklus ini."), address, "kedua")]


HANDLERS = [desk]
