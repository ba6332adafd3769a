"""What the five steps of the wizard read from a form, and show again when something is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rembuk.catalogue.rules import Item, folded
from rembuk.errors import N_, Said
from rembuk.money import parse_rupiah, thousands
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Level, cut
from rembuk.proposals.rules import (
    LINES_MOST,
    CostLine,
    Detail,
    Place,
    Plan,
    parse_point,
    parse_volume,
    place_faults,
    plan_faults,
    volume_words,
)
from rembuk.web.forms import Form

BLANK_LINES = 2
_LINE_FIELDS = ("name", "unit", "volume", "price")
STEP_NAMES = ("Masalah", "Tempat", "Foto", "Biaya", "Kirim")


NO_NUMBERS = N_("Baris {n}: isi volume dan harga dengan angka, misalnya 12 dan 485000.")
NO_WORDS = N_("Baris {n}: isi uraian dan satuan, misalnya U-ditch dan m.")


@dataclass(frozen=True)
class TypedLine:
    """One line of costs as typed, with its sum when it can be computed (whole rupiah)."""

    nth: int
    name: str = ""
    unit: str = ""
    volume: str = ""
    price: str = ""
    amount: int | None = None
    error: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name or self.unit or self.volume or self.price)


def typed_lines(lines: Iterable[CostLine]) -> list[TypedLine]:
    """Kept lines as a person would type them."""
    return [
        TypedLine(nth, line.name, line.unit, volume_words(line.volume_milli), thousands(line.unit_price), line.amount)
        for nth, line in enumerate(lines, start=1)
    ]


def with_blanks(lines: list[TypedLine], more: int = BLANK_LINES) -> list[TypedLine]:
    """The lines followed by a few empty ones, as long as there is room."""
    most = min(len(lines) + more, LINES_MOST)
    return lines + [TypedLine(nth) for nth in range(len(lines) + 1, most + 1)]


def read_lines(form: Form, items: Mapping[str, Item]) -> tuple[list[TypedLine], tuple[CostLine, ...]]:
    """The lines as typed and, for those that can be read, as costs; the catalogue fills what was left empty."""
    typed, read = [], []
    for nth in range(1, LINES_MOST + 1):
        name, unit, volume, price = (form.line(f"{field}-{nth}") for field in _LINE_FIELDS)
        given = TypedLine(nth, name, unit, volume, price)
        if given.blank:
            continue
        line, shown = _read_line(given, items.get(folded(given.name)))
        typed.append(shown)
        if line:
            read.append(line)
    return typed, tuple(read)


def _read_line(given: TypedLine, item: Item | None) -> tuple[CostLine | None, TypedLine]:
    unit = given.unit or (item.unit if item else "")
    price = given.price or (thousands(item.unit_price) if item else "")
    shown = TypedLine(given.nth, given.name, unit, given.volume, price)
    try:
        volume, unit_price = parse_volume(given.volume.replace(".", "")), parse_rupiah(price)
    except ValueError:
        return None, _wrong(shown, Said(NO_NUMBERS, n=given.nth))
    if not given.name or not unit:
        return None, _wrong(shown, Said(NO_WORDS, n=given.nth))
    key = item.key if item and item.unit_price == unit_price else ""
    line = CostLine(given.name, unit, volume, unit_price, key)
    return line, TypedLine(given.nth, given.name, unit, given.volume, price, line.amount)


def _wrong(line: TypedLine, said: str) -> TypedLine:
    return TypedLine(line.nth, line.name, line.unit, line.volume, line.price, None, said)


def by_name(items: Iterable[Item]) -> dict[str, Item]:
    """Catalogue items by their folded name."""
    return {folded(item.name): item for item in items}


def read_plan(form: Form, items: Mapping[str, Item]) -> tuple[Plan, list[TypedLine], dict[str, str]]:
    """Step 4: the plan, its lines as typed, and every fault by field."""
    typed, lines = read_lines(form, items)
    faults = {f"name-{line.nth}": line.error for line in typed if line.error}
    rough = form.rupiah("rough") or 0
    if "rough" in form.errors:
        faults["rough"] = form.errors["rough"]
    plan = Plan(form.text("proposed"), form.line("beneficiaries"), lines, rough)
    return plan, typed, plan_faults(plan) | faults


def read_place(form: Form, atlas: Atlas, choices: Iterable[str]) -> tuple[Place, dict[str, str]]:
    """Step 2: the place and every fault by field; a tap on the map has filled in the degrees (B2)."""
    rw, landmark = form.text("rw"), form.line("landmark")
    latitude, longitude = form.text("latitude"), form.text("longitude")
    faults = place_faults(rw in set(choices), landmark, latitude, longitude)
    point = parse_point(latitude, longitude) if latitude and "latitude" not in faults else None
    if point and not faults and not _within(atlas, point, rw):
        kecamatan = atlas.areas[cut(rw, Level.KECAMATAN)].title
        faults["latitude"] = Said(N_("Titik ini di luar {place}. Pilih titik lain atau kosongkan."), place=kecamatan)
    return Place(rw, landmark, *(point or (None, None))), faults


def _within(atlas: Atlas, point: tuple[int, int], rw: str) -> bool:
    if not atlas.shapes:
        return True
    found = atlas.kelurahan_at(point[0] / 1_000_000, point[1] / 1_000_000)
    return found is not None and cut(found.code, Level.KECAMATAN) == cut(rw, Level.KECAMATAN)


def degrees(micro: int | None) -> str:
    """Micro-degrees as a person types them, "" for none."""
    return "" if micro is None else f"{micro / 1_000_000:.6f}"


def place_values(detail: Detail) -> dict[str, str]:
    """What step 2 shows of a kept place."""
    place = detail.place
    return {
        "rw": place.rw,
        "landmark": place.landmark,
        "latitude": degrees(place.latitude_e6),
        "longitude": degrees(place.longitude_e6),
    }


def bounds(atlas: Atlas, viewbox: str) -> str:
    """West, south, east, north of a map's view box in degrees, for a tap on it; "" without a map."""
    if atlas.frame is None or not viewbox:
        return ""
    x, y, width, height = map(float, viewbox.split())
    north, west = atlas.frame.degrees(x, y)
    south, east = atlas.frame.degrees(x + width, y + height)
    return ",".join(f"{side:.6f}" for side in (west, south, east, north))
