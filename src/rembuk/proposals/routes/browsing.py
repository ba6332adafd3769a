"""The list of proposals, its map, and its downloads: all states are addresses anybody can share."""

import csv
import io
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from litestar.response import Stream
from markupsafe import Markup

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rounds import Round, current
from rembuk.cycles.rules import Cycle, PhaseKind
from rembuk.errors import N_, Said
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.maps import Map, Pin, area_map, pin
from rembuk.places.rules import Area, Level
from rembuk.proposals import asking, store
from rembuk.proposals.asking import Asked
from rembuk.proposals.listing import Order, lot
from rembuk.proposals.outlines import coarse_map
from rembuk.proposals.routes.fragments import card_pieces, map_piece
from rembuk.proposals.rules import ADDRESS_OF_ISSUE, ISSUE_WORDS, STATUS_WORDS, Card
from rembuk.proposals.shown import address_of, shown
from rembuk.settings import settings
from rembuk.web.guards import PUBLIC, viewer
from rembuk.web.htmx import from_htmx, show_address
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get
from rembuk.web.visit import remember, remembered

LOT_COOKIE = "undian"
KECAMATAN_COOKIE = "kecamatan"
ORDER_WORDS = {
    Order.RANDOM: "Acak adil",
    Order.ENDORSED: "Dukungan",
    Order.DISCUSSED: "Tanggapan",
    Order.CHEAPEST: "Biaya termurah",
    Order.DEAREST: "Biaya termahal",
    Order.NEWEST: "Terbaru",
}


def asked_of(request: Request, atlas: Atlas) -> Asked:
    """The question in this request's address."""
    return asking.read(dict(request.query_params.dict()), atlas)


def round_of(rounds: Sequence[Round], asked: Asked) -> Round | None:
    """The round asked for by its short address, else the one that runs; never a draft."""
    return next((each for each in rounds if each.cycle.slug == asked.round), None) or current(rounds)


async def cycle_of(asked: Asked) -> Cycle | None:
    """As `round_of`, without its phases."""
    found = round_of(await cycles.rounds(), asked)
    return found.cycle if found else None


def round_tabs(rounds: Iterable[Cycle], asked: Asked, shown_now: Cycle) -> list[tuple[str, str, bool, None, None]]:
    """The rounds to choose between, when there is more than one."""
    tabs: list[tuple[str, str, bool, None, None]] = []
    for each in rounds:
        tabs.append((each.name, f"/usulan{asked.address(round=each.slug)}", each.id == shown_now.id, None, None))
    return tabs if len(tabs) > 1 else []


def draws_lot(request: Request) -> str:
    """Who draws: the person, or a signed-out visitor by a cookie that says nothing else."""
    if (person := viewer(request).person) is not None:
        return str(person)
    if not (drawn := remembered(request, LOT_COOKIE)):
        drawn = secrets.token_urlsafe(9)
        remember(request, LOT_COOKIE, drawn)
    return drawn


def usual_order(phase: PhaseKind | None) -> Order:
    """The order nobody asked for: fair lots while people vote, the newest first otherwise."""
    return Order.RANDOM if phase is PhaseKind.VOTING else Order.NEWEST


@get("/usulan", guard=PUBLIC)
async def list_page(request: Request) -> Response:
    """Proposals, filtered and ordered as the address says, with counts beside each filter and a map."""
    atlas = await places.atlas()
    asked = asked_of(request, atlas)
    rounds = await cycles.rounds()
    if (round := round_of(rounds, asked)) is None:
        return page(request, "proposals/none.html", public=True)
    order = asked.order or usual_order(round.phase.kind if round.phase else None)
    is_random = order is Order.RANDOM
    drawn = lot(draws_lot(request), clock.local(clock.now()).date().isoformat()) if is_random else (1, 0)
    found = await store.listing(asked.filters(round.cycle.id), order, asked.page, settings().page_size, drawn)
    return page(
        request,
        "proposals/list.html",
        public=not is_random,
        headers=show_address(f"/usulan{asked.address(page=asked.page)}") if from_htmx(request) else None,
        asked=asked,
        rounds=round_tabs([each.cycle for each in rounds], asked, round.cycle),
        found=found,
        cards=card_pieces(shown(found.cards, atlas)),
        map=_map_piece(atlas, asked, found.by_kecamatan),
        order=order,
        orders=[(each.value, words) for each, words in ORDER_WORDS.items()],
        pager=f"/usulan{asked.address(page=2)}".replace("halaman=2", "halaman={n}"),
        open_to_proposals=current(rounds, PhaseKind.PROPOSALS) is not None,
        **choices(asked, atlas),
    )


def _map_piece(atlas: Atlas, asked: Asked, counts: Mapping[str, int]) -> Markup | None:
    drawn = coarse_map(city_map(atlas, asked, counts))
    chosen = asked.kecamatan.code if asked.kecamatan else None
    return map_piece(drawn, chosen, f"/usulan/peta{asked.address()}") if drawn.drawn else None


def choices(asked: Asked, atlas: Atlas) -> dict[str, Any]:
    """What the filters offer, in words and in the values of addresses."""
    kelurahan = atlas.below.get(asked.kecamatan.code, ()) if asked.kecamatan else ()
    rws = atlas.below.get(asked.kelurahan.code, ()) if asked.kelurahan else ()
    return {
        "issues": [(issue, ADDRESS_OF_ISSUE[issue], words) for issue, words in ISSUE_WORDS.items()],
        "statuses": list(STATUS_WORDS.items()),
        "kecamatan_options": [("", Said(N_("Seluruh kota"))), *_options(atlas.at(Level.KECAMATAN), "Kec. ")],
        "kelurahan_options": [("", Said(N_("Semua kelurahan"))), *_options(kelurahan)],
        "rw_options": [("", Said(N_("Semua RW"))), *((rw.number, rw.name) for rw in rws)],
    }


def _options(areas: tuple[Area, ...], before: str = "") -> list[tuple[str, str]]:
    return [(area.slug, f"{before}{area.name}") for area in sorted(areas, key=lambda area: area.name)]


def city_map(atlas: Atlas, asked: Asked, counts: Mapping[str, int]) -> Map:
    """The kecamatan coloured by how many proposals they have, each a link to its own list."""
    amounts = {area.code: 0 for area in atlas.at(Level.KECAMATAN)} | dict(counts)
    chosen = asked.kecamatan.code if asked.kecamatan else ""
    drawn = area_map(
        atlas,
        Level.KECAMATAN,
        amounts,
        href=lambda area: f"/usulan{asked.address(kecamatan=area, kelurahan=None, rw=None)}",
        words=_proposals,
        marked={chosen: str(amounts.get(chosen, 0))} if chosen else None,
    )
    return _plain_legend(drawn)


def _proposals(amount: int) -> str:
    return f"{amount} usulan"


def _plain_legend(drawn: Map) -> Map:
    """The heading says what is counted; the legend need not."""
    return replace(drawn, legend=tuple((nth, words.replace(" usulan", "")) for nth, words in drawn.legend))


@get("/usulan/peta", guard=PUBLIC)
async def map_page(request: Request) -> Response:
    """The same question as a map and as a table: kecamatan of the city, or kelurahan and pins of one."""
    atlas = await places.atlas()
    asked = asked_of(request, atlas)
    if (cycle := await cycle_of(asked)) is None:
        return page(request, "proposals/none.html", public=True)
    filters = asked.filters(cycle.id)
    if asked.kecamatan is None:
        counts = await store.count_by_kecamatan(filters)
        drawn, rows = coarse_map(city_map(atlas, asked, counts)), _rows(atlas, asked, counts, Level.KECAMATAN)
        return page(request, "proposals/map.html", public=True, asked=asked, map=drawn, rows=rows, pins=[], cards=[])
    counts, points = await store.count_by_kelurahan(filters), await store.points(filters)
    pins = _pins(atlas, points)
    return page(
        request,
        "proposals/map.html",
        public=True,
        asked=asked,
        map=_kecamatan_map(atlas, asked, counts),
        rows=_rows(atlas, asked, counts, Level.KELURAHAN),
        pins=pins,
        cards=shown(await store.cards(filters), atlas),
    )


def _kecamatan_map(atlas: Atlas, asked: Asked, counts: dict[str, int]) -> Map:
    within = asked.kecamatan.code if asked.kecamatan else ""
    drawn = area_map(
        atlas,
        Level.KELURAHAN,
        {area.code: 0 for area in atlas.at(Level.KELURAHAN, within)} | counts,
        within=within,
        href=lambda area: f"/usulan{asked.address(kelurahan=area, rw=None)}",
        words=_proposals,
    )
    return _plain_legend(drawn)


def _pins(atlas: Atlas, points: tuple[store.Point, ...]) -> list[Pin]:
    drawn = (
        pin(
            atlas,
            point.number,
            point.latitude_e6 / 1_000_000,
            point.longitude_e6 / 1_000_000,
            href=address_of(point.number, point.title),
            label=point.title,
        )
        for point in points
    )
    return [found for found in drawn if found is not None]


def _rows(atlas: Atlas, asked: Asked, counts: dict[str, int], level: Level) -> list[tuple[str, str, int]]:
    within = asked.kecamatan.code if asked.kecamatan else ""
    name = "kecamatan" if level is Level.KECAMATAN else "kelurahan"
    return [
        (area.name, f"/usulan{asked.address(**{name: area})}", counts.get(area.code, 0))
        for area in sorted(atlas.at(level, within), key=lambda area: area.name)
    ]


class Exported(msgspec.Struct, frozen=True):
    """A proposal in downloads: public fields only, cost in whole rupiah."""

    number: int
    title: str
    issue: str
    status: str
    area: str
    place: str
    cost: int
    endorsements: int
    comments: int
    simulated: bool
    url: str


def exported(card: Card, atlas: Atlas) -> Exported:
    """A card as downloads and programs see it."""
    return Exported(
        number=card.number,
        title=card.title,
        issue=card.issue.value,
        status=card.status.name.lower(),
        area=card.rw,
        place=atlas.label(card.rw),
        cost=card.cost,
        endorsements=card.endorsement_count,
        comments=card.comment_count,
        simulated=card.simulated,
        url=f"{settings().base_url}{address_of(card.number, card.title)}",
    )


def neutral(cell: object) -> str:
    """A cell no spreadsheet takes for a formula: one that begins with = + - @ gets an apostrophe (P2)."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _line(cells: tuple[object, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return out.getvalue().encode()


async def _csv_lines(asked: Asked, cycle: Cycle, atlas: Atlas) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _line(Exported.__struct_fields__)
    async for card in store.every_card(asked.filters(cycle.id)):
        yield _line(msgspec.structs.astuple(exported(card, atlas)))


async def _json_lines(asked: Asked, cycle: Cycle, atlas: Atlas) -> AsyncIterator[bytes]:
    yield b'{"proposals": ['
    between = b"\n"
    async for card in store.every_card(asked.filters(cycle.id)):
        yield between + msgspec.json.encode(exported(card, atlas))
        between = b",\n"
    yield b"\n]}\n"


async def _geojson_lines(asked: Asked, cycle: Cycle, atlas: Atlas) -> AsyncIterator[bytes]:
    yield b'{"type": "FeatureCollection", "features": ['
    between = b"\n"
    for point in await store.points(asked.filters(cycle.id), 100_000):
        place = {"type": "Point", "coordinates": [point.longitude_e6 / 1_000_000, point.latitude_e6 / 1_000_000]}
        facts = {"number": point.number, "title": point.title, "url": address_of(point.number, point.title)}
        yield between + msgspec.json.encode({"type": "Feature", "geometry": place, "properties": facts})
        between = b",\n"
    yield b"\n]}\n"


DOWNLOADS = {
    "usulan.csv": ("text/csv; charset=utf-8", _csv_lines),
    "usulan.json": ("application/json", _json_lines),
    "usulan.geojson": ("application/geo+json", _geojson_lines),
}


@get("/usulan/unduh/{name:str}", guard=PUBLIC)
async def download(request: Request, name: str) -> Response | Stream:
    """The filtered list whole, as CSV, JSON or GeoJSON; streamed, formulas made harmless."""
    atlas = await places.atlas()
    asked = asked_of(request, atlas)
    cycle = await cycle_of(asked)
    if name not in DOWNLOADS or cycle is None:
        return page(request, "proposals/none.html", status=404)
    media_type, lines = DOWNLOADS[name]
    return Stream(
        lines(asked, cycle, atlas),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"},
    )


HANDLERS = [list_page, map_page, download]
