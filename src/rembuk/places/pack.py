"""A city pack read from its folder: areas, outlines and figures, each file checked against its hash."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from rembuk.errors import Refused
from rembuk.places.geometry import Frame, Shape
from rembuk.places.rules import Area, Level, Refusal, Statistic, rw_areas, slugged

CITIES = Path(__file__).resolve().parent / "cities"
_LEVELS = {"kabkota": Level.CITY, "kecamatan": Level.KECAMATAN, "kelurahan": Level.KELURAHAN}
_PORTAL = "Open Data Kota Bandung melalui firmanh3200/Peta-Profil-Kependudukan-Kota-Bandung (MIT)"
_COUNTED = "Hitungan RW dan RT, firmanh3200/batagor3273"
# column of stat_*.csv -> (name, year, source); figures about people are those of the first semester of 2024
_FIGURES = {
    "rw_count": ("rw_count", 2025, _COUNTED),
    "rt_count": ("rt_count", 2025, _COUNTED),
    "population_2024s1": ("population", 2024, _PORTAL),
    "families_2024s1": ("families", 2024, _PORTAL),
    "dtks_families_2021": ("dtks_families", 2021, _PORTAL),
    "dtks_families_2022": ("dtks_families", 2022, _PORTAL),
    "dtks_families_2023": ("dtks_families", 2023, _PORTAL),
    "dtks_people_2023": ("dtks_people", 2023, _PORTAL),
}


@dataclass(frozen=True)
class Pack:
    """One city pack in its folder; every file it gives was found equal to the hash in pack.json."""

    folder: Path
    manifest: Mapping[str, Any]
    sha256: str

    @property
    def code(self) -> str:
        """The code of the city."""
        return str(self.manifest["code"])

    @property
    def attribution(self) -> str:
        """The words every map must show."""
        return str(self.manifest["attribution"])

    @property
    def valid_from(self) -> date:
        """The day from which the pack's areas count; the first day of its year when it says none."""
        text = self.manifest.get("valid_from") or f"{str(self.manifest['version'])[:4]}-01-01"
        return date.fromisoformat(text)

    def has(self, name: str) -> bool:
        """Whether the pack brings a file."""
        return name in self.manifest["files"]

    def text(self, name: str) -> str:
        """A file of the pack; Refused(BROKEN_PACK) when it is missing or differs from its hash."""
        path = self.folder / name
        content = path.read_bytes() if path.is_file() else b""
        if sha256(content).hexdigest() != self.manifest["files"].get(name, {}).get("sha256"):
            raise Refused(Refusal.BROKEN_PACK, code=self.code, file=name)
        return content.decode()

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a CSV file of the pack, none when the pack does not bring it."""
        return list(csv.DictReader(self.text(name).splitlines())) if self.has(name) else []

    def document(self, name: str) -> Any:
        """A JSON file of the pack."""
        return json.loads(self.text(name))

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Every area of the city by its code, RW included."""
        named = [_area(row, self.code) for row in self.rows("wilayah.csv")]
        return {area.code: area for area in [*named, *self._rw()]}

    def _rw(self) -> Iterator[Area]:
        gaps = {row["code"]: map(int, row["missing"].split()) for row in self.rows("rw_gaps.csv")}
        for row in self.rows("stat_kelurahan.csv"):
            yield from rw_areas(row["code"], int(row["rw_count"]), gaps.get(row["code"], ()))

    @cached_property
    def shapes(self) -> list[Shape]:
        """The outlines of kecamatan and kelurahan; areas without one are simply not here."""
        drawn = [name for name in ("svg_kecamatan.json", "svg_kelurahan.json") if self.has(name)]
        listed = [shape for name in drawn for shape in self.document(name)["shapes"]]
        return [Shape(item["code"], item["d"], (item["label"][0], item["label"][1])) for item in listed]

    @cached_property
    def frame(self) -> Frame | None:
        """The view box and projection of the outlines, or None when the pack brings no map."""
        if not self.has("svg_kecamatan.json"):
            return None
        drawing = self.document("svg_kecamatan.json")
        _, _, width, height = (int(part) for part in drawing["viewBox"].split())
        how = drawing["projection"]
        return Frame(width, height, how["lng0"], how["lat1"], how["kx"], how["ky"])

    @cached_property
    def statistics(self) -> list[Statistic]:
        """Every figure of the pack."""
        files = ("stat_kecamatan.csv", "stat_kelurahan.csv")
        return [figure for name in files for row in self.rows(name) for figure in _figures(row)]


def _area(row: Mapping[str, str], city: str) -> Area:
    level = _LEVELS[row["level"]]
    parent = None if row["code"] == city else row["parent"]
    return Area(row["code"], level, row["name"], slugged(row["name"]), parent, row["bps_code"] or None)


def _figures(row: Mapping[str, str]) -> Iterator[Statistic]:
    note = row.get("flag") or ""
    for column, (name, year, source) in _FIGURES.items():
        if row.get(column):
            flag = note if _is_about(note, name, year) else ""
            yield Statistic(row["code"], name, year, int(row[column]), source, flag)


def _is_about(note: str, name: str, year: int) -> bool:
    return note.startswith(f"dtks_{year}" if name.startswith("dtks") else name)


def read_pack(code: str, cities: Path = CITIES) -> Pack:
    """The pack of a city; Refused(UNKNOWN_PACK) when there is none."""
    folder = cities / code
    if not (folder / "pack.json").is_file():
        raise Refused(Refusal.UNKNOWN_PACK, code=code)
    raw = (folder / "pack.json").read_bytes()
    return Pack(folder, json.loads(raw), sha256(raw).hexdigest())


def packs(cities: Path = CITIES) -> list[str]:
    """The codes of every pack in the folder, sorted."""
    return sorted(path.parent.name for path in cities.glob("*/pack.json"))
