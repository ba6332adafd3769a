"""The digests of a roll file while it waits for its second person: sealed under the pepper, apart from everything."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec

from rembuk.people import pepper
from rembuk.people.roll_file import Line, Reading
from rembuk.people.rules import eligible_from
from rembuk.settings import settings

_PURPOSE = "roll-import"


class SheetRow(msgspec.Struct, frozen=True, array_like=True):
    """One row to write: digests and the month of coming of age; the numbers themselves are gone."""

    rw: str
    nik_mac: str
    kk_mac: str
    phone_mac: str
    eligible_from: date | None


class Sheet(msgspec.Struct, frozen=True):
    """A whole file of the roll, as digests."""

    rows: list[SheetRow]
    doubles: list[SheetRow]


@dataclass(frozen=True)
class Report:
    """What a dry run tells: rows per RW, how many stand on the roll already, faults by line, crowded family cards."""

    totals: dict[str, int]
    known: int
    doubles: int
    families: int
    faults: tuple[tuple[int, str], ...]
    fault_count: int
    too_young: int
    sha256: str = ""

    @property
    def line_count(self) -> int:
        """Rows that can be written."""
        return sum(self.totals.values())


def digested(reading: Reading, on: date, age: int) -> Sheet:
    """The rows of a file as keyed digests; slow for a city, so ask it in a thread."""
    return Sheet([_row(line, on, age) for line in reading.lines], [_row(line, on, age) for line in reading.doubles])


def _row(line: Line, on: date, age: int) -> SheetRow:
    ripe = eligible_from(line.born, age)
    return SheetRow(
        line.rw,
        pepper.nik_mac(line.nik),
        pepper.kk_mac(line.kk) if line.kk else "",
        pepper.phone_mac(line.phone) if line.phone else "",
        ripe if ripe > on else None,
    )


def crowded(sheet: Sheet, cap: int) -> int:
    """How many family cards hold more rows of the sheet than the cap."""
    return sum(count > cap for card, count in Counter(row.kk_mac for row in sheet.rows).items() if card)


def seal_sheet(id: UUID, sheet: Sheet) -> str:
    """Keep a sheet, mode 0600; gives the SHA-256 of the sealed bytes, which two persons sign."""
    sealed = pepper.seal(f"{_PURPOSE}|{id}", msgspec.msgpack.encode(sheet))
    path = _path(id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(sealed)
    return sha256(sealed).hexdigest()


def open_sheet(id: UUID, sealed_sha256: str) -> Sheet | None:
    """The sheet that was signed; None when it is gone or another one."""
    path = _path(id)
    sealed = path.read_bytes() if path.is_file() else b""
    if sha256(sealed).hexdigest() != sealed_sha256:
        return None
    return msgspec.msgpack.decode(pepper.unseal(f"{_PURPOSE}|{id}", sealed), type=Sheet)


def forget_sheet(id: UUID) -> None:
    """Delete a sheet; a second time it changes nothing."""
    _path(id).unlink(missing_ok=True)


def kept_sheets(before: datetime) -> list[UUID]:
    """The imports whose sheet is still there and was sealed before a moment."""
    found = _path(UUID(int=0)).parent.glob("*.sealed")
    return [UUID(path.stem) for path in found if path.stat().st_mtime < before.timestamp()]


def _path(id: UUID) -> Path:
    return settings().data / "roll" / f"{id}.sealed"
