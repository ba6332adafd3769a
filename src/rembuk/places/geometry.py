"""Outlines and points: between degrees and the view box, and which outline holds a point. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A view box and how degrees (WGS84) map onto it: x = (lng - lng0) * kx, y = (lat1 - lat) * ky."""

    width: int
    height: int
    lng0: float
    lat1: float
    kx: float
    ky: float

    @property
    def view_box(self) -> str:
        """The whole picture as an SVG viewBox."""
        return f"0 0 {self.width} {self.height}"

    def point(self, latitude: float, longitude: float) -> Point:
        """Degrees to view box units."""
        return (longitude - self.lng0) * self.kx, (self.lat1 - latitude) * self.ky

    def degrees(self, x: float, y: float) -> Point:
        """View box units to (latitude, longitude)."""
        return self.lat1 - y / self.ky, self.lng0 + x / self.kx

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the picture at all."""
        return 0 <= x <= self.width and 0 <= y <= self.height


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of an area as an SVG path, and the point where its label sits (view box units)."""

    code: str
    path: str
    label: Point

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The outline as closed rings of absolute points."""
        return rings(self.path)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The least and greatest x and y: (left, top, right, bottom)."""
        points = [point for ring in self.rings for point in ring]
        across, down = [x for x, _ in points], [y for _, y in points]
        return min(across), min(down), max(across), max(down)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside (even-odd rule, so a hole is outside)."""
        return sum(_crosses(ring, x, y) for ring in self.rings) % 2 == 1


def rings(path: str) -> tuple[Ring, ...]:
    """The rings of a path that uses M, l and z only, as the packs do; ValueError for anything else."""
    if path[:1] != "M" or re.search(r"[^Mlz\d.\s-]", path):
        raise ValueError("a path of a pack has only M, l and z")
    return tuple(_ring(part) for part in path.split("M")[1:])


def _ring(part: str) -> Ring:
    numbers = [float(number) for number in _NUMBER.findall(part)]
    x, y = numbers[0], numbers[1]
    points = [(x, y)]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return tuple(points)


def _crosses(ring: Ring, x: float, y: float) -> int:
    """How many edges of a ring a ray to the right of the point meets."""
    following = (*ring[1:], ring[0])
    return sum(
        (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in zip(ring, following, strict=True)
    )


def around(shapes: Iterable[Shape], margin: float = 6) -> str:
    """The SVG viewBox that just holds these shapes; ValueError when there are none."""
    boxes = [shape.bounds for shape in shapes]
    left, top = min(box[0] for box in boxes) - margin, min(box[1] for box in boxes) - margin
    right, bottom = max(box[2] for box in boxes) + margin, max(box[3] for box in boxes) + margin
    return f"{left:.1f} {top:.1f} {right - left:.1f} {bottom - top:.1f}"


def holder(shapes: Iterable[Shape], x: float, y: float) -> str | None:
    """The code of the first shape that holds a point, or None."""
    return next((shape.code for shape in shapes if shape.holds(x, y)), None)
