"""The city's file of residents: read line by line, faults told by line number and never with the number itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from rembuk.errors import N_, Reason, Refused
from rembuk.people.rules import is_nik, read_phone

FEWEST_YEARS, MOST_YEARS = 0, 130
COLUMNS = {
    "nik": "nik",
    "kk": "kk",
    "no_kk": "kk",
    "rw": "rw",
    "kode_rw": "rw",
    "kecamatan": "kecamatan",
    "kelurahan": "kelurahan",
    "desa": "kelurahan",
    "tanggal_lahir": "born",
    "tgl_lahir": "born",
    "hp": "phone",
    "no_hp": "phone",
    "telepon": "phone",
}


class FileProblem(Reason):
    """Why a whole file cannot be read."""

    NOT_TEXT = (422, N_("Berkas ini bukan CSV dengan huruf UTF-8. Simpan ulang sebagai CSV UTF-8."))
    NO_COLUMNS = (422, N_("Baris pertama harus memuat kolom nik, rw, dan tanggal_lahir."))
    EMPTY_FILE = (422, N_("Berkas ini kosong. Isi satu baris untuk setiap warga."))


class Fault(Enum):
    """What is wrong with one row; the words name the column, never its content."""

    NIK = N_("NIK bukan 16 angka yang benar. Di lembar kerja, simpan kolom ini sebagai teks.")
    KK = N_("Nomor KK bukan 16 angka.")
    AREA = N_("RW ini tidak ada di kota ini. Tulis kodenya, atau nama kecamatan, kelurahan, dan nomor RW.")
    BORN = N_("Tanggal lahir tidak terbaca. Tulis seperti 1985-08-25 atau 25-08-1985.")
    PHONE = N_("Nomor HP tidak terbaca. Kosongkan bila tidak ada.")
    TWICE = N_("Warga ini sudah ada di baris lain, di RW yang sama.")


@dataclass(frozen=True)
class Areas:
    """The RW of a city: their codes, and the code behind names of kecamatan, kelurahan and number."""

    codes: frozenset[str]
    named: Mapping[tuple[str, str, int], str] = field(default_factory=dict)

    def find(self, row: Mapping[str, str]) -> str | None:
        """The RW code a row means, or None."""
        text = row.get("rw", "").strip()
        if text in self.codes:
            return text
        digits = re.fullmatch(r"(?:rw)?[\s.]*([0-9]{1,3})", text.lower())
        if digits is None:
            return None
        return self.named.get((_plain(row.get("kecamatan", "")), _plain(row.get("kelurahan", "")), int(digits[1])))


@dataclass(frozen=True)
class Line:
    """One row that can be taken: where a person lives and the numbers in clear, which leave as digests only."""

    number: int
    rw: str
    nik: str
    kk: str
    phone: str
    born: date

    def __repr__(self) -> str:
        """Never the numbers: they must not reach a log."""
        return f"Line({self.number})"


@dataclass(frozen=True)
class Reading:
    """What a file holds: rows to take, rows whose NIK stands in two RW, and faults by line."""

    lines: tuple[Line, ...]
    doubles: tuple[Line, ...]
    faults: tuple[tuple[int, Fault], ...]

    def __repr__(self) -> str:
        """Counts alone."""
        return f"Reading({len(self.lines)} lines, {len(self.faults)} faults)"

    @property
    def totals(self) -> dict[str, int]:
        """Rows to take, by RW."""
        return dict(sorted(Counter(line.rw for line in self.lines).items()))


def read_roll(body: bytes, areas: Areas, today: date) -> Reading:
    """Read a CSV with a header, comma or semicolon; Refused with a FileProblem when it is none of that."""
    rows = _rows(body)
    lines: list[Line] = []
    doubles: list[Line] = []
    faults: list[tuple[int, Fault]] = []
    seen: dict[str, str] = {}
    for number, row in rows:
        found = _line(number, row, areas, today)
        if isinstance(found, Fault):
            faults.append((number, found))
        elif found.nik not in seen:
            seen[found.nik] = found.rw
            lines.append(found)
        elif seen[found.nik] == found.rw:
            faults.append((number, Fault.TWICE))
        else:
            doubles.append(found)
    if not rows:
        raise Refused(FileProblem.EMPTY_FILE)
    return Reading(tuple(lines), tuple(doubles), tuple(faults))


def _rows(body: bytes) -> list[tuple[int, dict[str, str]]]:
    """Every row that is not empty with its line number, its columns under our names."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(FileProblem.NOT_TEXT) from fault
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        head = [COLUMNS.get(_column(name), "") for name in next(reader, [])]
        if not {"nik", "rw", "born"} <= set(head):
            raise Refused(FileProblem.NO_COLUMNS)
        return [(reader.line_num, dict(zip(head, cells, strict=False))) for cells in reader if any(cells)]
    except csv.Error as fault:
        raise Refused(FileProblem.NOT_TEXT) from fault


def _line(number: int, row: dict[str, str], areas: Areas, today: date) -> Line | Fault:
    nik, kk = (re.sub(r"[\s.\-']", "", row.get(name, "")) for name in ("nik", "kk"))
    if not is_nik(nik):
        return Fault.NIK
    if kk and not re.fullmatch(r"[0-9]{16}", kk):
        return Fault.KK
    if (rw := areas.find(row)) is None:
        return Fault.AREA
    if (born := read_day(row.get("born", ""))) is None or not _possible(born, today):
        return Fault.BORN
    try:
        phone = read_phone(row["phone"]) if row.get("phone", "").strip() else ""
    except Refused:
        return Fault.PHONE
    return Line(number, rw, nik, kk, phone, born)


def read_day(text: str) -> date | None:
    """A day written 1985-08-25, 25-08-1985, 25/08/1985 or 25.08.1985, or None."""
    parts = [int(part) for part in re.findall(r"[0-9]+", text)]
    if len(parts) != 3 or not re.fullmatch(r"[\s0-9./\-]+", text):
        return None
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _possible(born: date, today: date) -> bool:
    return FEWEST_YEARS <= today.year - born.year <= MOST_YEARS and born <= today


def _column(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _plain(name: str) -> str:
    """A name as it is compared: letters and digits, without the word for its level."""
    text = re.sub(r"^(kecamatan|kelurahan|kec|kel|desa)[.\s]+", "", name.strip().lower())
    return re.sub(r"[^a-z0-9]+", "", text)


def named(names: Mapping[str, tuple[str, str, str]]) -> Areas:
    """Areas out of RW code → (kecamatan, kelurahan, RW number)."""
    return Areas(
        frozenset(names),
        {(_plain(above), _plain(middle), int(number)): code for code, (above, middle, number) in names.items()},
    )
