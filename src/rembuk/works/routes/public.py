"""Works in public: the list by kecamatan and state, the page of one, and what residents saw there."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from rembuk import clock
from rembuk.errors import N_, Refused, Said
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Area, Level
from rembuk.proposals import store as proposals
from rembuk.proposals.listing import page_count
from rembuk.proposals.shown import address_of, photo_address
from rembuk.settings import settings
from rembuk.web.forms import read_form
from rembuk.web.guards import PUBLIC, RESIDENT, viewer
from rembuk.web.i18n import language
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post
from rembuk.works import store
from rembuk.works.rules import (
    ADDRESS_OF_STATUS,
    MOMENT_WORDS,
    STATUS_WORDS,
    Refusal,
    Work,
    WorkStatus,
)

STATUS_KINDS = {
    WorkStatus.BUILDING: "lulus",
    WorkStatus.FINISHED: "lulus",
    WorkStatus.LATE: "bahaya",
}


@get("/pelaksanaan", guard=PUBLIC)
async def list_page(request: Request) -> Response:
    """Works of a kecamatan (or of all), by state."""
    atlas = await places.atlas()
    asked = request.query_params
    kecamatan = atlas.slugs.get((Level.KECAMATAN, asked.get("kec", "")))
    status = next((each for each, word in ADDRESS_OF_STATUS.items() if word == asked.get("status")), None)
    code, size = kecamatan.code if kecamatan else "", settings().page_size
    counts = await store.counts(code)
    total = sum(counts.values()) if status is None else counts.get(status, 0)
    pages = page_count(total, size)
    number = min(_number(asked.get("halaman", "1")), pages)
    found = await store.cards(code, status, size, (number - 1) * size)
    return page(
        request,
        "works/list.html",
        public=True,
        kecamatan=kecamatan,
        tabs=_tabs(counts, kecamatan, status),
        kecamatan_options=[
            ("", Said(N_("Seluruh kota"))),
            *((area.slug, f"Kec. {area.name}") for area in _sorted(atlas)),
        ],
        cards=[(card, atlas.label(card.rw)) for card in found],
        words=STATUS_WORDS,
        kinds=STATUS_KINDS,
        page_number=number,
        pages=pages,
        pager=_address(kecamatan, status) + "&halaman={n}",
    )


def _number(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 5 else 1


def _address(kecamatan: Area | None, status: WorkStatus | None) -> str:
    where = f"kec={kecamatan.slug}" if kecamatan else "kec="
    return f"/pelaksanaan?{where}" + (f"&status={ADDRESS_OF_STATUS[status]}" if status else "")


def _sorted(atlas: Atlas) -> list[Area]:
    return sorted(atlas.at(Level.KECAMATAN), key=lambda area: area.name)


def _tabs(
    counts: Mapping[WorkStatus, int], kecamatan: Area | None, chosen: WorkStatus | None
) -> list[tuple[str, str, bool, None, int]]:
    tabs: list[tuple[str, str, bool, None, int]] = [
        (Said(N_("Semua")), _address(kecamatan, None), chosen is None, None, sum(counts.values()))
    ]
    for status in WorkStatus:
        href = _address(kecamatan, status)
        tabs.append((Said(STATUS_WORDS[status]), href, chosen is status, None, counts.get(status, 0)))
    return tabs


@get("/pelaksanaan/{number:int}", guard=PUBLIC)
async def show_page(request: Request, number: int) -> Response:
    """The works of one proposal: money, steps with plan and reality, and what residents saw."""
    return await _page(request, await _work(number))


async def _work(number: int) -> Work:
    if not 0 < number < 2**31:
        raise Refused(Refusal.UNKNOWN)
    return await store.work(number)


def day_words(day: date) -> str:
    """A day as pages write it: "13 Okt 2026"."""
    return clock.short_date(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), language())


def shown_steps(work: Work) -> list[dict[str, object]]:
    """The steps of works as a timeline shows them."""
    today = clock.local(clock.now()).date()
    return [
        {
            "nth": step.nth,
            "title": step.title,
            "state": "sudah" if step.finished_on else "gagal" if step.is_late(today) else "nanti",
            "planned_on": day_words(step.planned_on),
            "finished_on": day_words(step.finished_on) if step.finished_on else "",
            "reason": step.note,
        }
        for step in work.milestones
    ]


async def _page(request: Request, work: Work, error: str = "", typed: str = "") -> Response:
    return page(
        request,
        "works/page.html",
        status=422 if error else 200,
        public=not viewer(request).signed_in,
        work=work,
        place=await places.label(work.card.rw),
        steps=shown_steps(work),
        day=day_words,
        moment_words=MOMENT_WORDS,
        photo_address=photo_address,
        words=STATUS_WORDS,
        kinds=STATUS_KINDS,
        proposal_href=address_of(work.card.number, work.card.title),
        error=error,
        typed=typed,
        following=await _follows(viewer(request).person, work.card.number),
        agreed=sum(note.matches for note in work.notes),
    )


async def _follows(person: UUID | None, number: int) -> bool:
    return person is not None and await proposals.is_following((await proposals.by_number(number)).id, person)


@post("/pelaksanaan/{number:int}/lihat", guard=RESIDENT)
async def look(request: Request, number: int) -> Response:
    """A resident says what they saw there."""
    form, person = await read_form(request), _person(request)
    matches = form.choice("matches", ("yes", "not_yet"), required=False) == "yes"
    try:
        await store.look(number, person, matches, form.text("body"))
    except Refused as refused:
        if refused.reason not in (Refusal.NOTE_EMPTY, Refusal.NOTE_TOO_LONG):
            raise
        return await _page(request, await _work(number), refused.sentence(), form.text("body"))
    return redirect(f"/pelaksanaan/{number}", flash=N_("Catatan Anda sudah tampil. Terima kasih."))


def _person(request: Request) -> UUID:
    if (person := viewer(request).person) is None:
        raise Refused(Web.NOT_YOURS)
    return person


HANDLERS = [list_page, show_page, look]
