"""A small place to test proposals in: one kecamatan, one cycle with chosen phases open, two residents."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.cycles.rules import PHASES, PhaseKind
from rembuk.cycles.tables import Cycle, PhaseRow
from rembuk.people.tables import Person, RoleGrant
from rembuk.places.tables import Area
from rembuk.proposals import store
from rembuk.proposals.rules import CostLine, Place, Plan
from rembuk.settings import settings
from rembuk.web.viewer import OF_THE_CITY

KECAMATAN = "32.73.27"
KELURAHAN = "32.73.27.1003"
RW = f"{KELURAHAN}.005"
OTHER_RW = "32.73.26.1001.001"
PROBLEM = "Setiap hujan deras air masuk ke dua puluh rumah di gang ini."
_AREAS = (
    ("32.73", "city", "Bandung", "bandung", None),
    (KECAMATAN, "kecamatan", "Gedebage", "gedebage", "32.73"),
    (KELURAHAN, "kelurahan", "Rancabolang", "rancabolang", KECAMATAN),
    (RW, "rw", "RW 05", "rw-05", KELURAHAN),
    (f"{KELURAHAN}.006", "rw", "RW 06", "rw-06", KELURAHAN),
    ("32.73.26", "kecamatan", "Ujungberung", "ujungberung", "32.73"),
    ("32.73.26.1001", "kelurahan", "Pasirjati", "pasirjati", "32.73.26"),
    (OTHER_RW, "rw", "RW 01", "rw-01", "32.73.26.1001"),
)


async def lay_out() -> None:
    """Eight areas of Bandung."""
    await Area.insert(
        *(
            Area(code=code, level=level, name=name, slug=slug, parent=parent, valid_from=date(2020, 1, 1))
            for code, level, name, slug, parent in _AREAS
        )
    )


async def cycle(*open_phases: PhaseKind) -> UUID:
    """A published cycle in which these phases are open."""
    now = clock.now()
    made = Cycle(
        id=uuid4(),
        slug=f"bandung-{uuid4().hex[:6]}",
        name="Bandung 2026",
        year=2026,
        city=settings().city,
        kind="round",
        state="published",
        budget=1_000_000_000,
        quota_rule="equal",
        tally_rule="greedy",
        ballot_type="approval",
        created_at=now,
    )
    await Cycle.insert(made)
    start = now - timedelta(days=3)
    for nth, kind in enumerate(PHASES):
        await PhaseRow.insert(
            PhaseRow(
                cycle=made.id,
                kind=kind.value,
                starts_at=start + timedelta(days=10 * nth),
                ends_at=start + timedelta(days=10 * nth + 9),
                opened_at=now if kind in open_phases else None,
            )
        )
    return UUID(str(made.id))


async def open_only(cycle_id: UUID, *kinds: PhaseKind) -> None:
    """Close every phase but these."""
    for kind in PHASES:
        is_open = kind in kinds
        times = {"opened_at": clock.now() if is_open else None, "closed_at": None if is_open else clock.now()}
        await PhaseRow.update(times).where((PhaseRow.cycle == cycle_id) & (PhaseRow.kind == kind.value))


async def resident(rw: str = RW, role: str = "resident") -> UUID:
    """A person living in an RW, with a grant when the role is not resident."""
    kind = "resident" if role == "resident" else "staff"
    person = Person(id=uuid4(), name="Imas Warga", kind=kind, rw=rw, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    await Person.insert(person)
    if role != "resident":
        area = settings().city if role in OF_THE_CITY else KECAMATAN
        grant = RoleGrant(person=person.id, role=role, area=area, starts_on=date(2026, 1, 1))
        await RoleGrant.insert(grant)
    return UUID(str(person.id))


async def draft(cycle_id: UUID, person: UUID, title: str = "Saluran mampet di gang", **more: object) -> UUID:
    """A complete draft."""
    made = await store.start(cycle_id, person, str(more.get("rw", RW)))
    await store.save_problem(made, person, str(more.get("issue", "flood")), title, PROBLEM)
    await store.save_place(made, person, Place(str(more.get("rw", RW)), "depan masjid"))
    line = CostLine("U-ditch", "m", 1_000, int(str(more.get("cost", 1_000_000))))
    await store.save_plan(made, person, Plan("Mengganti saluran sepanjang gang.", "20 rumah", (line,)))
    return made


async def proposal(cycle_id: UUID, person: UUID, title: str = "Saluran mampet di gang", **more: object) -> int:
    """A sent proposal; its number."""
    return await store.send(await draft(cycle_id, person, title, **more), person)
