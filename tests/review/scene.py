"""A small city hall to test in: a cycle under review, officials of two areas, a resident who proposes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rembuk import clock
from rembuk.cycles import rules as cycle_rules
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleText, PhaseKind
from rembuk.people import store as people
from rembuk.people.tables import Person
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import CostLine
from rembuk.proposals.tables import Proposal

START = datetime(2026, 8, 3, tzinfo=UTC)
RW = "32.73.27.1003.005"
OTHER_RW = "32.73.02.1006.004"
LINE = CostLine("Tong pilah", "set", 2000, 1_850_000)
TEXT = CycleText(
    "Rembuk Warga", 2026, 60_000_000_000, "need_weighted", {"equal": 30, "population": 40, "poor": 30},
    "equal_shares", {"completion": "add1u"}, "approval", 5,
)  # fmt: skip


@dataclass(frozen=True)
class Hall:
    """Who works here and on what."""

    cycle: Cycle
    resident: UUID
    lurah: UUID
    planner: UUID
    second: UUID
    auditor: UUID


async def staff(name: str, role: str, area: str) -> UUID:
    """A staff account with one role, without a password."""
    row = Person(name=name, kind="staff", created_at=clock.now())
    await Person.insert(row)
    await people.grant(UUID(str(row.id)), role, area)
    return UUID(str(row.id))


async def open_cycle(*phases: PhaseKind) -> Cycle:
    """A published cycle of six phases of two weeks, these open; the calendar began eighty days ago."""
    made = await cycles.create(TEXT, "32.73", None)
    first = clock.now().replace(microsecond=0) - timedelta(days=35)
    await cycles.set_phases(made.id, cycle_rules.spread(first, dict.fromkeys(PhaseKind, 14)), None)
    await cycles.publish(made.id, None)
    for kind in phases:
        await cycles.open_phase(made.id, kind, None)
    return made


async def city_hall(*phases: PhaseKind) -> Hall:
    """Everybody, with the review open unless other phases are named."""
    return Hall(
        cycle=await open_cycle(*(phases or (PhaseKind.REVIEW,))),
        resident=await people.add_resident("Warga RW 05", RW),
        lurah=await staff("Lurah Rancabolang", "official", "32.73.27.1003"),
        planner=await staff("Petugas Kota", "city_official", "32.73"),
        second=await staff("Petugas Kedua", "city_official", "32.73"),
        auditor=await staff("Auditor", "auditor", "32.73"),
    )


async def proposal(cycle: Cycle, number: int, rw: str, proposer: UUID) -> int:
    """A sent proposal in an RW, with one line of costs."""
    row = Proposal(
        cycle=cycle.id,
        number=number,
        proposer=proposer,
        state="sent",
        issue="waste",
        title=f"Bank sampah nomor {number}",
        problem="Warga sudah memilah, tetapi tidak ada tempat menimbang.",
        proposed="Membangun pos bank sampah di lahan fasum RW.",
        kecamatan=rw[:8],
        kelurahan=rw[:13],
        rw=rw,
        cost=LINE.amount,
        created_at=START,
        sent_at=START,
    )
    await Proposal.insert(row)
    await proposals.write_lines(row.id, "proposed", (LINE,))
    return number
