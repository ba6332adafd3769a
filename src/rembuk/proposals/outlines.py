"""Outlines made coarse for small maps: a city's shapes in a quarter of the bytes, neighbours still touching. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from rembuk.places.geometry import rings
from rembuk.places.maps import Map

GRID = 3
Point = tuple[int, int]


def coarse_map(drawn: Map) -> Map:
    """The same map with every outline on a grid of 3 view box units: about one pixel beside a list."""
    return replace(drawn, shapes=tuple(replace(shape, d=coarse(shape.d)) for shape in drawn.shapes))


@lru_cache(maxsize=512)
def coarse(path: str) -> str:
    """A path on the grid. A point shared by two areas lands on the same place for both, so no gap opens."""
    drawn = (_thinned(ring) for ring in rings(path))
    return "".join(_written(ring) for ring in drawn if len(ring) > 2) or path


def _thinned(ring: Iterable[tuple[float, float]]) -> list[Point]:
    """The ring's points on the grid, without repeated ones and without ones on a straight line."""
    kept: list[Point] = []
    for x, y in ring:
        point = round(x / GRID) * GRID, round(y / GRID) * GRID
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _straight(first: Point, middle: Point, last: Point) -> bool:
    return (middle[0] - first[0]) * (last[1] - first[1]) == (middle[1] - first[1]) * (last[0] - first[0])


def _written(ring: list[Point]) -> str:
    """The ring as relative lines, which are short."""
    steps = [f"{after[0] - before[0]} {after[1] - before[1]}" for before, after in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps).replace(' -', '-')}z"
