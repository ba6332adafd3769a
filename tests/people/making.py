"""A cycle, a roll and codes for tests of people, straight into the tables to the right."""

from datetime import date
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.cycles.tables import Cycle
from rembuk.people import codes, store
from rembuk.people.codes import VoterCode
from rembuk.people.rules import NewEntry
from rembuk.people.store import NewCode
from rembuk.people.tables import RollEntry

RW = "32.73.27.1003.005"
PHONE = "0812 3456 7890"
NIK = "3273270508850001"
PASSWORD = "kereta pagi menuju gunung hijau"


async def make_cycle(year: int = 2026, state: str = "published") -> UUID:
    """A published round, without phases."""
    row = Cycle(
        slug=f"bandung-{year}-{uuid4().hex[:6]}",
        name=f"Bandung {year}",
        year=year,
        city="32.73",
        kind="round",
        state=state,
        budget=1_000_000_000,
        quota_rule="equal",
        tally_rule="equal_shares",
        ballot_type="approval",
        created_at=clock.now(),
    )
    await Cycle.insert(row)
    return UUID(str(row.id))


async def make_entry(cycle: UUID, rw: str = RW, **facts: object) -> UUID:
    """One line of the roll."""
    entry = NewEntry(rw=rw, **facts)  # type: ignore[arg-type]
    before = {row["id"] for row in await RollEntry.select(RollEntry.id)}
    await store.add_roll_entries(cycle, [entry], on=date(2026, 11, 21))
    rows = await RollEntry.select(RollEntry.id)
    return next(UUID(str(row["id"])) for row in rows if row["id"] not in before)


async def make_code(cycle: UUID, roll: UUID, second: str = "08 1985", serial: str = "A-0001") -> VoterCode:
    """A voter code in somebody's hands."""
    code = codes.make_code()
    key = codes.public_key(codes.key_seed(code, cycle)).hex()
    await store.load_batch(cycle, f"paket {serial}", [NewCode(serial, key)])
    await store.hand_out(cycle, serial, roll, second, None)
    return code
