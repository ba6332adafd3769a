"""What the map component draws: outlines in five classes of darkness, links, words and pins. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rembuk.errors import N_, Refused
from rembuk.money import thousands
from rembuk.places.atlas import Atlas
from rembuk.places.geometry import around
from rembuk.places.rules import Area, Level, Refusal

CLASSES = 5
NO_DATA = N_("Belum ada angka")


@dataclass(frozen=True, slots=True)
class MapShape:
    """One area on a map: its path, link ("" for none), class 1 to 5 (0 = no figure) and words."""

    code: str
    name: str
    d: str
    href: str
    class_no: int
    label: str
    x: float
    y: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered point on a map, in view box units."""

    number: int
    x: float
    y: float
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Map:
    """All that `peta(...)` needs: shapes, view box, legend as (class, words), and who drew the borders."""

    shapes: tuple[MapShape, ...]
    viewbox: str
    legend: tuple[tuple[int, str], ...]
    attribution: str

    @property
    def drawn(self) -> bool:
        """Whether there is anything to draw; without outlines the table twin stands alone."""
        return bool(self.shapes)


def no_link(area: Area) -> str:
    """The link of a shape that leads nowhere."""
    return ""


def breaks(amounts: Sequence[int]) -> tuple[int, ...]:
    """The least amount of classes 2 to 5, each with about as many areas; fewer when amounts repeat."""
    ranked = sorted(amounts)
    cuts = (ranked[len(ranked) * step // CLASSES] for step in range(1, CLASSES) if ranked)
    return tuple(sorted({cut for cut in cuts if cut > ranked[0]}))


def class_of(amount: int | None, cuts: Sequence[int]) -> int:
    """The class of an amount, 1 (least) to 5; 0 when there is none."""
    return 0 if amount is None else bisect_right(cuts, amount) + 1


def legend_of(
    amounts: Sequence[int], cuts: Sequence[int], words: Callable[[int], str] = thousands
) -> tuple[tuple[int, str], ...]:
    """One line per class in use, from the least up, in words of its own ends: "1–9"."""
    lines = []
    for number in range(1, len(cuts) + 2):
        inside = [amount for amount in amounts if class_of(amount, cuts) == number]
        if inside:
            low, high = words(min(inside)), words(max(inside))
            lines.append((number, low if low == high else f"{low}–{high}"))
    return tuple(lines)


def area_map(
    atlas: Atlas,
    level: Level,
    amounts: Mapping[str, int],
    *,
    within: str = "",
    href: Callable[[Area], str] = no_link,
    words: Callable[[int], str] = thousands,
    marked: Mapping[str, str] | None = None,
) -> Map:
    """The map of a level inside an area, coloured by amounts; an area without outline is in no map."""
    outlines = atlas.outlines(level, within)
    inside = [amounts[shape.code] for shape in outlines if shape.code in amounts]
    cuts, marks = breaks(inside), marked or {}
    shapes = tuple(
        MapShape(
            code=shape.code,
            name=atlas.areas[shape.code].name,
            d=shape.path,
            href=href(atlas.areas[shape.code]),
            class_no=class_of(amounts.get(shape.code), cuts),
            label=words(amounts[shape.code]) if shape.code in amounts else "",
            x=shape.label[0],
            y=shape.label[1],
            mark=marks.get(shape.code, ""),
        )
        for shape in outlines
    )
    viewbox = _view_box(atlas, level, within) if shapes else ""
    return Map(shapes, viewbox, legend_of(inside, cuts, words), atlas.attribution)


def _view_box(atlas: Atlas, level: Level, within: str) -> str:
    whole = atlas.frame is not None and within.count(".") < 2
    return atlas.frame.view_box if whole and atlas.frame else around(atlas.outlines(level, within))


def pin(atlas: Atlas, number: int, latitude: float, longitude: float, *, href: str, label: str) -> Pin | None:
    """A pin at a point given in degrees (WGS84), or None when the city has no map or the point is off it."""
    if atlas.frame is None:
        return None
    x, y = atlas.frame.point(latitude, longitude)
    return Pin(number, round(x, 1), round(y, 1), href, label) if atlas.frame.holds(x, y) else None


def tapped(atlas: Atlas, x: float, y: float) -> tuple[float, float]:
    """Degrees (latitude, longitude) of a tapped point; Refused(NOT_A_POINT) when it is off the map."""
    if atlas.frame is None or not atlas.frame.holds(x, y):
        raise Refused(Refusal.NOT_A_POINT)
    return atlas.frame.degrees(x, y)
