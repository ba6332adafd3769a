"""Questions about areas, and the one write: taking in a city pack."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from rembuk import clock
from rembuk.database import after_commit, engine, transaction
from rembuk.places import tables
from rembuk.places.atlas import Atlas
from rembuk.places.geometry import Frame, Shape
from rembuk.places.pack import Pack, read_pack
from rembuk.places.rules import Area, Changes, Level, Statistic, changes

T = TypeVar("T")
CHUNK = 500
_cached: list[tuple[object, Atlas]] = []


async def atlas() -> Atlas:
    """Every area valid now; read once per open database, and again after a pack was taken in."""
    if _cached and _cached[0][0] is engine():
        return _cached[0][1]
    read = await _read_atlas()
    if read.areas:
        _cached[:] = [(engine(), read)]
    return read


async def area(code: str) -> Area:
    """The area of a code; Refused(UNKNOWN_AREA) when there is none."""
    return (await atlas()).area(code)


async def find(code: str) -> Area | None:
    """The area of a code, or None."""
    return (await atlas()).areas.get(code)


async def children(code: str) -> tuple[Area, ...]:
    """The areas right under an area, in order of code."""
    return (await atlas()).below.get(code, ())


async def kecamatan_list() -> tuple[Area, ...]:
    """Every kecamatan, in order of code."""
    return (await atlas()).at(Level.KECAMATAN)


async def kelurahan_list(kecamatan: str = "") -> tuple[Area, ...]:
    """Every kelurahan of a kecamatan (of the city when none is named), in order of code."""
    return (await atlas()).at(Level.KELURAHAN, kecamatan)


async def rw_list(within: str) -> tuple[Area, ...]:
    """Every RW inside an area, in order of code."""
    return (await atlas()).at(Level.RW, within)


async def by_slug(slug: str, level: Level = Level.KECAMATAN) -> Area:
    """The area a slug in an address names; Refused(UNKNOWN_AREA) when there is none."""
    return (await atlas()).by_slug(slug, level)


def slug_of(area: Area) -> str:
    """The area as it stands in an address."""
    return area.slug


async def line(code: str) -> tuple[Area, ...]:
    """The areas from the city down to this one: a trail of crumbs."""
    return (await atlas()).line(code)


async def label(code: str) -> str:
    """How people say where it is: "RW 07 Rancabolang"; the code itself for an unknown area."""
    return (await atlas()).label(code)


async def figures(name: str, year: int, level: Level, within: str = "") -> dict[str, int]:
    """One figure (population, families, dtks_families, rw_count, …) for every area of a level that has it."""
    return (await atlas()).amounts(name, year, level, within)


async def statistics(code: str) -> tuple[Statistic, ...]:
    """Every figure about one area, with year and source."""
    return (await atlas()).of_area(code)


async def kelurahan_at(latitude: float, longitude: float) -> Area | None:
    """The kelurahan whose outline holds a point (degrees, WGS84), or None."""
    return (await atlas()).kelurahan_at(latitude, longitude)


@transaction
async def take_in(pack: Pack) -> Changes:
    """Make the areas, outlines and figures those of a pack; a second time it changes nothing."""
    known = await tables.CityPack.objects().where(tables.CityPack.code == pack.code).first()
    if known and known.sha256 == pack.sha256:
        return Changes((), ())
    kept = await _areas_of(pack.code)
    change = changes({row.code: _area(row) for row in kept.values()}, pack.areas)
    await _end(change.end, pack.valid_from)
    await _add_areas(change.begin, pack.valid_from)
    await _draw(pack)
    await _name_pack(pack)
    after_commit(_cached.clear)
    return change


async def load_pack(code: str) -> Changes:
    """Take in the city pack shipped for this code; Refused when it is unknown or broken."""
    return await take_in(read_pack(code))


async def _areas_of(city: str) -> dict[str, tables.Area]:
    mine = (tables.Area.code == city) | tables.Area.code.like(f"{city}.%")
    rows = await tables.Area.objects().where(mine, tables.Area.valid_to.is_null())
    return {row.code: row for row in rows}


async def _end(codes: Sequence[str], before: date) -> None:
    for some in _chunks(codes):
        running = tables.Area.code.is_in(some) & tables.Area.valid_to.is_null()
        rows = await tables.Area.objects().where(running)
        await _clear([row.id for row in rows])
        # an area taken in and changed within the same period never was valid: its row goes
        for young in _chunks([row.id for row in rows if row.valid_from >= before]):
            await tables.Area.delete().where(tables.Area.id.is_in(young))
        await tables.Area.update({tables.Area.valid_to: before - timedelta(days=1)}).where(running)


async def _clear(areas: Sequence[UUID]) -> None:
    for some in _chunks(areas):
        await tables.AreaShape.delete().where(tables.AreaShape.area.is_in(some))
        await tables.AreaStatistic.delete().where(tables.AreaStatistic.area.is_in(some))


async def _add_areas(areas: Iterable[Area], valid_from: date) -> None:
    rows = [
        tables.Area(
            code=area.code,
            level=area.level.value,
            name=area.name,
            slug=area.slug,
            parent=area.parent,
            bps_code=area.bps_code,
            valid_from=valid_from,
        )
        for area in areas
    ]
    for some in _chunks(rows):
        await tables.Area.insert(*some)


async def _draw(pack: Pack) -> None:
    ids = {code: row.id for code, row in (await _areas_of(pack.code)).items()}
    await _clear(list(ids.values()))
    shapes = [_shape_row(ids[shape.code], shape) for shape in pack.shapes]
    for drawn in _chunks(shapes):
        await tables.AreaShape.insert(*drawn)
    figures = [_figure_row(ids[figure.area], figure) for figure in pack.statistics]
    for counted in _chunks(figures):
        await tables.AreaStatistic.insert(*counted)


def _shape_row(area: UUID, shape: Shape) -> tables.AreaShape:
    across, down = shape.label
    return tables.AreaShape(area=area, path=shape.path, label_x=round(across * 10), label_y=round(down * 10))


def _figure_row(area: UUID, figure: Statistic) -> tables.AreaStatistic:
    return tables.AreaStatistic(
        area=area,
        name=figure.name,
        year=figure.year,
        amount=figure.amount,
        source=figure.source,
        flag=figure.flag,
    )


async def _name_pack(pack: Pack) -> None:
    await tables.CityPack.delete().where(tables.CityPack.code == pack.code)
    named = tables.CityPack(
        code=pack.code,
        version=str(pack.manifest["version"]),
        sha256=pack.sha256,
        name=str(pack.manifest["name"]),
        attribution=pack.attribution,
        frame=_frame_text(pack.frame),
    )
    await tables.CityPack.insert(named)


async def _read_atlas() -> Atlas:
    rows = await _valid_areas(clock.local(clock.now()).date())
    codes = {row.id: row.code for row in rows}
    shapes = [_shape(codes[row.area], row) for row in await tables.AreaShape.objects() if row.area in codes]
    counted = await tables.AreaStatistic.objects()
    figures = [_figure(codes[row.area], row) for row in counted if row.area in codes]
    pack = await tables.CityPack.objects().order_by(tables.CityPack.code).first()
    frame, attribution = (_frame(pack.frame), pack.attribution) if pack else (None, "")
    return Atlas.of(map(_area, rows), shapes, figures, frame, attribution)


async def _valid_areas(day: date) -> list[tables.Area]:
    ended = tables.Area.valid_to.is_null() | (tables.Area.valid_to >= day)
    rows: list[tables.Area] = await tables.Area.objects().where(tables.Area.valid_from <= day, ended)
    return rows


def _area(row: tables.Area) -> Area:
    return Area(row.code, Level(row.level), row.name, row.slug, row.parent, row.bps_code)


def _shape(code: str, row: tables.AreaShape) -> Shape:
    return Shape(code, row.path, (row.label_x / 10, row.label_y / 10))


def _figure(code: str, row: tables.AreaStatistic) -> Statistic:
    return Statistic(code, row.name, row.year, row.amount, row.source, row.flag)


def _frame_text(frame: Frame | None) -> str:
    if frame is None:
        return ""
    names = ("width", "height", "lng0", "lat1", "kx", "ky")
    return json.dumps({name: str(getattr(frame, name)) for name in names})


def _frame(text: str) -> Frame | None:
    if not text:
        return None
    found: dict[str, str] = json.loads(text)
    corner = (float(found[name]) for name in ("lng0", "lat1", "kx", "ky"))
    return Frame(int(found["width"]), int(found["height"]), *corner)


def _chunks(rows: Sequence[T]) -> Iterable[list[T]]:
    return (list(rows[at : at + CHUNK]) for at in range(0, len(rows), CHUNK))
