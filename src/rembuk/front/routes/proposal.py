"""The page of one proposal: its own parts from proposals/, and what people say about it from debate/."""

from typing import Any

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.debate.routes import debate_of
from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.maps import Map, Pin, area_map, pin
from rembuk.places.rules import Level
from rembuk.proposals import store
from rembuk.proposals.rules import (
    STATUS_WORDS,
    Detail,
    Event,
    Refusal,
    Status,
    volume_words,
    why_not_edit,
    why_not_endorse,
)
from rembuk.proposals.shown import (
    STATUS_KINDS,
    address_of,
    photo_address,
    shown_events,
)
from rembuk.proposals.words import Sketch
from rembuk.results import store as results
from rembuk.review.store import tie_words
from rembuk.settings import settings
from rembuk.web.guards import PUBLIC, Role, Viewer, viewer
from rembuk.web.i18n import language
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get
from rembuk.web.templates import FORMATS

_WAITS = {
    Status.SENT: N_("Menunggu pemeriksaan petugas"),
    Status.ON_BALLOT: N_("Menunggu hasil pemungutan suara"),
}


@get("/usulan/{name:str}", guard=PUBLIC)
async def show_proposal(request: Request, name: str) -> Response:
    """A proposal by its number; words behind the number are for people and may be wrong."""
    detail = await _visible(_number(name), viewer(request))
    if name != address_of(detail.number or 0, detail.title).rpartition("/")[2] and "-" in name:
        return redirect(address_of(detail.number or 0, detail.title))
    atlas = await places.atlas()
    return page(
        request,
        "front/proposal.html",
        public=True,
        detail=detail,
        debate=await debate_of(request, detail),
        ties=await tie_words(detail),
        **await _parts(detail, viewer(request)),
        **_place(detail, atlas),
        **await _alike(detail, atlas),
    )


def _number(name: str) -> int:
    digits = name.partition("-")[0]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 9):
        raise Refused(Refusal.UNKNOWN)
    return int(digits)


async def _visible(number: int, who: Viewer) -> Detail:
    """The proposal, when this viewer may see it: a hidden one only its own people and moderators (B4, N3)."""
    detail = await store.by_number(number)
    own = who.person is not None and who.person in (detail.proposer, detail.helper)
    if detail.hidden and not own and not who.has(Role.MODERATOR, detail.place.kecamatan):
        raise Refused(Refusal.UNKNOWN)
    return detail


async def _parts(detail: Detail, who: Viewer) -> dict[str, Any]:
    """State, way, photos, and what this viewer may do with it now."""
    phase = await cycles.phase(detail.cycle)
    kind = phase.kind if phase else None
    events = await store.events(detail.id)
    can_endorse = kind in (PhaseKind.PROPOSALS, PhaseKind.DEBATE)
    mine = who.person is not None and can_endorse and await store.has_endorsed(detail.id, who.person)
    return {
        "status_words": STATUS_WORDS[detail.status],
        "status_kind": STATUS_KINDS.get(detail.status, ""),
        "events": shown_events(events, FORMATS["short_date"], _WAITS.get(detail.status)),
        "hidden_reason": _last_reason(events, "hidden"),
        "review_reason": _last_reason(events, "reviewed"),
        "outcome_reason": await _outcome(detail, _last_reason(events, detail.outcome)) if detail.outcome else "",
        "photos": [(photo, photo_address(photo.file), photo_address(photo.file, 1280)) for photo in detail.photos],
        "can_endorse": why_not_endorse(detail.state, detail.hidden, can_endorse) is None,
        "endorsed": mine,
        "following": who.person is not None and await store.is_following(detail.id, who.person),
        "may_edit": who.person is not None and why_not_edit(detail, who.person, kind is PhaseKind.PROPOSALS) is None,
        "on_ballot": kind is PhaseKind.VOTING and detail.status is Status.ON_BALLOT,
        "waiting": detail.status is Status.SENT,
        "volume": volume_words,
        "url": f"{settings().base_url}{address_of(detail.number or 0, detail.title)}",
    }


async def _outcome(detail: Detail, reason: str) -> str:
    """Why it won or lost, in the reader's language (M3)."""
    return await results.reworded(detail.cycle, detail.place.kecamatan, str(detail.number), reason, language())


def _last_reason(events: tuple[Event, ...], kind: str) -> str:
    return next((event.reason for event in reversed(events) if event.kind == kind), "")


def _place(detail: Detail, atlas: Atlas) -> dict[str, Any]:
    """Where it is, in words and on the map of its kecamatan."""
    place = detail.place
    return {
        "place": atlas.label(place.rw),
        "kecamatan": atlas.areas.get(place.kecamatan),
        "kelurahan_code": place.kelurahan,
        "map": _map(atlas, place.kecamatan),
        "pin": _pin(atlas, detail),
    }


def _map(atlas: Atlas, kecamatan: str) -> Map:
    return area_map(atlas, Level.KELURAHAN, {}, within=kecamatan)


def _pin(atlas: Atlas, detail: Detail) -> Pin | None:
    place = detail.place
    if place.latitude_e6 is None or place.longitude_e6 is None:
        return None
    latitude, longitude = place.latitude_e6 / 1_000_000, place.longitude_e6 / 1_000_000
    return pin(atlas, detail.number or 0, latitude, longitude, href="#lokasi", label=detail.title)


async def _alike(detail: Detail, atlas: Atlas) -> dict[str, Any]:
    mine = Sketch(detail.title, detail.problem, detail.issue, detail.place.rw)
    found = await store.alike(detail.cycle, mine, detail.id)
    return {"alike": found, "like_places": {like.candidate.rw: atlas.label(like.candidate.rw) for like in found}}


HANDLERS = [show_proposal]
