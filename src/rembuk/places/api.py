"""Areas for programs: /api/v1/areas."""

from typing import Annotated

import msgspec
from litestar.params import Parameter

from rembuk.places import store
from rembuk.places.rules import Area, Level, Statistic
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import get


class AreaOut(msgspec.Struct, frozen=True):
    """One area."""

    code: str
    level: Level
    name: str
    title: str
    slug: str
    parent: str | None


class FigureOut(msgspec.Struct, frozen=True):
    """One published figure about an area."""

    name: str
    year: int
    amount: int
    source: str
    flag: str


class AreaPage(msgspec.Struct, frozen=True):
    """One area with what is right under it and the figures about it."""

    area: AreaOut
    children: list[AreaOut]
    figures: list[FigureOut]


class AreaList(msgspec.Struct, frozen=True):
    """Areas in order of code, and whose borders and codes they are."""

    attribution: str
    areas: list[AreaOut]


def _area(area: Area) -> AreaOut:
    return AreaOut(area.code, area.level, area.name, area.title, area.slug, area.parent)


def _figure(figure: Statistic) -> FigureOut:
    return FigureOut(figure.name, figure.year, figure.amount, figure.source, figure.flag)


@get("/api/v1/areas", guard=PUBLIC)
async def areas(level: Level | None = None, parent: Annotated[str, Parameter(max_length=20)] | None = None) -> AreaList:
    """Areas by level (city, kecamatan, kelurahan, rw) and by the code of their parent; all by default."""
    atlas = await store.atlas()
    found = atlas.below.get(parent, ()) if parent else tuple(atlas.areas.values())
    wanted = [_area(area) for area in found if level in (None, area.level)]
    return AreaList(atlas.attribution, wanted)


@get("/api/v1/areas/{code:str}", guard=PUBLIC)
async def area(code: str) -> AreaPage:
    """One area with the areas right under it and the figures published about it."""
    found = await store.area(code)
    below = [_area(child) for child in await store.children(code)]
    return AreaPage(_area(found), below, [_figure(figure) for figure in await store.statistics(code)])


HANDLERS = [areas, area]
