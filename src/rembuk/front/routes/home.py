"""The first page: what happens now, until when, and the one main button; for the visitor's own kecamatan."""

from datetime import UTC, date, datetime

from rembuk import clock
from rembuk.cycles.rules import PHASES
from rembuk.errors import N_, Said
from rembuk.front import store
from rembuk.front.rules import FULL_NAMES, coming, countdown, stage_of, step_of
from rembuk.money import percent, thousands
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Area, Level, slugged
from rembuk.proposals.listing import lot
from rembuk.proposals.routes.browsing import KECAMATAN_COOKIE, LOT_COOKIE
from rembuk.proposals.shown import shown
from rembuk.settings import settings
from rembuk.web.guards import PUBLIC, viewer
from rembuk.web.i18n import gettext
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get
from rembuk.web.templates import FORMATS
from rembuk.web.visit import remember, remembered


@get("/", guard=PUBLIC)
async def home_page(request: Request) -> Response:
    """The first page of the own kecamatan; signed-out visitors choose one, which is remembered."""
    who, atlas = viewer(request), await places.atlas()
    area = _area(request, atlas)
    today = clock.local(clock.now()).date()
    seed = str(who.person) if who.person else remembered(request, LOT_COOKIE) or ""
    home = await store.home(who, area, atlas, lot(seed, today.isoformat()))
    if home is None:
        return page(request, "front/empty.html", public=True)
    phase = home.phase
    return page(
        request,
        "front/home.html",
        public=not who.signed_in,
        home=home,
        area=area,
        stage=stage_of(home.kind, home.facts),
        left=countdown(phase, today, clock.local(phase.ends_at).date()) if phase else None,
        next_phase=coming(phase.kind, home.phases) if phase else None,
        step=step_of(home.kind, home.phases),
        step_names=[gettext(FULL_NAMES[kind]) for kind in PHASES],
        full_names=FULL_NAMES,
        cards=shown(home.cards, atlas),
        near=atlas.label(who.rw) if who.rw and area and who.kecamatan == area.code else "",
        letters=_letters(atlas),
        rows=[_row(row) for row in home.turnout_rows],
        turnout_day=_day(home.turnout_day),
        invitation=f"{settings().base_url}/",
    )


def _row(row: store.TurnoutRow) -> tuple[str, str, int, int, str, bool]:
    """One line of the turnout list, in words."""
    said = Said(N_("{n} dari {total} pemilih"), n=thousands(row.marks), total=thousands(row.eligible))
    return row.name, said, row.marks, row.eligible, percent(row.marks, row.eligible), row.mine


def _day(day: date | None) -> str:
    """The day a daily figure stands for, with its name (S2)."""
    return FORMATS["long_date"](datetime(day.year, day.month, day.day, 5, tzinfo=UTC)) if day else ""


def _area(request: Request, atlas: Atlas) -> Area | None:
    """The kecamatan to show: the viewer's own, else the remembered one."""
    own = viewer(request).kecamatan
    if own:
        return atlas.areas.get(own)
    return atlas.slugs.get((Level.KECAMATAN, remembered(request, KECAMATAN_COOKIE) or ""))


def _letters(atlas: Atlas) -> list[tuple[str, list[Area]]]:
    """Every kecamatan by first letter."""
    found: dict[str, list[Area]] = {}
    for area in sorted(atlas.at(Level.KECAMATAN), key=lambda area: area.name):
        found.setdefault(area.name[:1], []).append(area)
    return list(found.items())


@get("/kecamatan", guard=PUBLIC)
async def choose_page(request: Request) -> Response:
    """Choose a kecamatan by typing its name, or from the list; the choice is kept on this device."""
    atlas = await places.atlas()
    typed = request.query_params.get("nama", "")[:60]
    slug = slugged(typed.removeprefix("Kecamatan ").removeprefix("Kec. "))
    found = [area for area in atlas.at(Level.KECAMATAN) if slug and slug in area.slug]
    exact = [area for area in found if area.slug == slug]
    if len(exact or found) == 1:
        remember(request, KECAMATAN_COOKIE, (exact or found)[0].slug)
        return redirect("/")
    return page(request, "front/choose.html", public=True, typed=typed, found=found, letters=_letters(atlas))


@get("/kecamatan/{slug:str}", guard=PUBLIC)
async def choose(request: Request, slug: str) -> Response:
    """Remember a kecamatan on this device and show its first page."""
    area = await places.by_slug(slug)
    remember(request, KECAMATAN_COOKIE, area.slug)
    return redirect("/")


HANDLERS = [home_page, choose_page, choose]
