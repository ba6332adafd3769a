"""Areas and their codes, slugs and names; what a new city pack changes. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rembuk.errors import N_, Reason


class Level(StrEnum):
    """The four levels of an area, from the widest to the smallest."""

    CITY = "city"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    RW = "rw"


class Refusal(Reason):
    """Why the room of places says no."""

    UNKNOWN_AREA = (404, N_("Wilayah ini tidak ada di kota ini."))
    UNKNOWN_PACK = (404, N_("Paket kota {code} tidak ada."))
    BROKEN_PACK = (422, N_("Paket kota {code} rusak: {file} tidak sesuai dengan pack.json."))
    NOT_A_POINT = (422, N_("Titik di peta tidak terbaca. Pilih lagi titiknya."))


_LEVELS = {2: Level.CITY, 3: Level.KECAMATAN, 4: Level.KELURAHAN, 5: Level.RW}
_PREFIX = {Level.CITY: "", Level.KECAMATAN: "Kecamatan ", Level.KELURAHAN: "Kelurahan ", Level.RW: ""}
_CODE = re.compile(r"\d{2}\.\d{2}(\.\d{2}(\.\d{4}(\.\d{3})?)?)?")


@dataclass(frozen=True, slots=True)
class Area:
    """One area; `code` is the ministry's text code, for an RW the kelurahan's plus ".007"."""

    code: str
    level: Level
    name: str
    slug: str
    parent: str | None = None
    bps_code: str | None = None

    @property
    def title(self) -> str:
        """The name with the word for its level: "Kecamatan Gedebage", "RW 07"."""
        return f"{_PREFIX[self.level]}{self.name}"

    @property
    def number(self) -> str:
        """The three digits of an RW, else the last part of the code."""
        return self.code.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One published figure about an area, with its year, source and, when doubtful, the reason."""

    area: str
    name: str
    year: int
    amount: int
    source: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a pack changes: areas that begin, and codes that end."""

    begin: tuple[Area, ...]
    end: tuple[str, ...]


def is_code(code: str) -> bool:
    """Whether this text is written like an area code of a city or below."""
    return _CODE.fullmatch(code) is not None


def level_of(code: str) -> Level:
    """The level a code belongs to; ValueError when it is no area code."""
    if not is_code(code):
        raise ValueError(f"{code!r} is no area code")
    return _LEVELS[code.count(".") + 1]


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above this one, from the city down, without itself."""
    parts = code.split(".")
    return tuple(".".join(parts[:size]) for size in range(2, len(parts)))


def cut(code: str, level: Level) -> str:
    """The part of a code that names its area at a wider level (or the same)."""
    sizes = {found: size for size, found in _LEVELS.items()}
    return ".".join(code.split(".")[: sizes[level]])


def covers(scope: str, code: str) -> bool:
    """Whether an area lies inside a scope: the same, or below it at a dot; "" is everywhere."""
    return scope in ("", code) or code.startswith(f"{scope}.")


_UNMARKED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE"})
"""Letters that Unicode does not take apart into a letter and a mark."""


def slugged(name: str) -> str:
    """A name as it stands in an address: "Cihaur Geulis" as "cihaur-geulis", "Łódź" as "lodz"."""
    plain = unicodedata.normalize("NFKD", name.translate(_UNMARKED)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def rw_label(number: str) -> str:
    """An RW number as people write it: "007" as "RW 07", "115" as "RW 115"."""
    return f"RW {int(number):02d}"


def rw_areas(kelurahan: str, count: int, missing: Iterable[int]) -> list[Area]:
    """The RW of a kelurahan: `count` of them, numbered from 1, leaping over the missing numbers."""
    gaps, number = frozenset(missing), 0
    found: list[Area] = []
    while len(found) < count:
        number += 1
        if number not in gaps:
            found.append(_rw(kelurahan, number))
    return found


def _rw(kelurahan: str, number: int) -> Area:
    label = rw_label(str(number))
    return Area(f"{kelurahan}.{number:03d}", Level.RW, label, slugged(label), kelurahan)


def changes(kept: Mapping[str, Area], wanted: Mapping[str, Area]) -> Changes:
    """What turns the kept areas into the wanted ones; an area that changed ends and begins anew."""
    begin = tuple(area for code, area in wanted.items() if kept.get(code) != area)
    end = tuple(code for code, area in kept.items() if wanted.get(code) != area)
    return Changes(begin, end)
