"""Areas and files of a roll for tests: two kelurahan of Gedebage, rows with numbers that belong to nobody."""

from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID

from rembuk import jobs
from rembuk.people import store
from rembuk.people.store import imports
from rembuk.places.tables import Area

KELURAHAN = "32.73.27.1003"
OTHER = "32.73.27.1001"
_VALID = date(2026, 1, 1)


async def make_areas(rws: int = 8) -> None:
    """A city of one kecamatan and two kelurahan with so many RW each."""
    rows = [("32.73", "city", "Bandung", "bandung", None), ("32.73.27", "kecamatan", "Gedebage", "gedebage", "32.73")]
    for code, name in ((KELURAHAN, "Rancabolang"), (OTHER, "Cimincrang")):
        rows.append((code, "kelurahan", name, name.lower(), "32.73.27"))
        rows += [(f"{code}.{n:03d}", "rw", f"RW {n:02d}", f"rw-{n:02d}", code) for n in range(1, rws + 1)]
    names = ("code", "level", "name", "slug", "parent")
    for row in rows:
        facts: dict[str, Any] = dict(zip(names, row, strict=True))
        await Area.insert(Area(**facts, valid_from=_VALID))


def nik_of(n: int) -> str:
    """A NIK that passes the check, one for each n below 9,999."""
    return f"327327150885{n:04d}"


def roll_csv(
    rows: int, *, rw: str = f"{KELURAHAN}.005", kk: str = "", start: int = 1, born: str = "1985-08-15"
) -> bytes:
    """A file with a header and so many residents of one RW."""
    out = StringIO()
    out.write("NIK;No KK;Kode RW;Tanggal lahir;HP\r\n")
    for n in range(start, start + rows):
        out.write(f"{nik_of(n)};{kk};{rw};1985-08-15;\r\n")
    return out.getvalue().encode()


async def take_in(cycle: UUID, body: bytes, first: UUID, second: UUID) -> UUID:
    """Import a file whole: asked by one, signed by another, written by the job."""
    id = await imports.propose_import(cycle, body, first)
    await imports.approve_import(id, second)
    await jobs.run_due()
    return id


async def two_officials() -> tuple[UUID, UUID]:
    """Two city officials."""
    people = [await store.add_resident(name, None) for name in ("Sri", "Budi")]
    for person in people:
        await store.grant(person, "city_official", "32.73")
    return people[0], people[1]
