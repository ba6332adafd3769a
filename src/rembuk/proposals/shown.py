"""Proposals as pages draw them: every word and address ready, so that templates only place them. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rembuk.errors import N_
from rembuk.places.atlas import Atlas
from rembuk.proposals.rules import STATUS_WORDS, Card, Event, Status
from rembuk.proposals.words import slug
from rembuk.web.i18n import gettext

STATUS_KINDS = {
    Status.ON_BALLOT: "lulus",
    Status.FUNDED: "lulus",
    Status.RESERVE: "awas",
    Status.INFEASIBLE: "bahaya",
}
_QUIET = (Status.SENT, Status.ON_BALLOT)


@dataclass(frozen=True)
class ShownCard:
    """A proposal card as `usul` draws it; cost in whole rupiah."""

    number: int
    title: str
    issue: str
    place: str
    cost: int
    endorsements: int
    comments: int
    status: str
    status_kind: str
    photo: str | None
    href: str


def photo_address(file: UUID, side: int = 320) -> str:
    """Where a kept photo lies, at one of its sizes."""
    return f"/berkas/{file}/{side}.webp"


def address_of(number: int, title: str) -> str:
    """The page of a proposal, with its title for people."""
    words = slug(title)
    return f"/usulan/{number}-{words}" if words else f"/usulan/{number}"


def shown(cards: Iterable[Card], atlas: Atlas) -> list[ShownCard]:
    """Cards with their places and addresses; the usual states say nothing."""
    return [
        ShownCard(
            number=card.number,
            title=card.title,
            issue=card.issue.value,
            place=atlas.label(card.rw),
            cost=card.cost,
            endorsements=card.endorsement_count,
            comments=card.comment_count,
            status="" if card.status in _QUIET else STATUS_WORDS[card.status],
            status_kind=STATUS_KINDS.get(card.status, ""),
            photo=photo_address(card.photo) if card.photo else None,
            href=address_of(card.number, card.title),
        )
        for card in cards
    ]


@dataclass(frozen=True)
class ShownEvent:
    """One step of the way as `linimasa` draws it."""

    title: str
    state: str
    when: str
    who: str
    reason: str


_EVENTS = {
    "sent": N_("Dikirim"),
    "edited": N_("Diubah pengusul"),
    "reviewed": N_("Diperiksa petugas"),
    "on_ballot": N_("Masuk surat suara"),
    "hidden": N_("Disembunyikan"),
    "restored": N_("Ditampilkan kembali"),
    "merged": N_("Digabung"),
    "withdrawn": N_("Ditarik pengusul"),
    "funded": N_("Didanai"),
    "reserve": N_("Menjadi cadangan"),
    "not_funded": N_("Belum terpilih"),
}
_ROLES = {
    "resident": N_("Warga pengusul"),
    "proposer": N_("Warga pengusul"),
    "facilitator": N_("Fasilitator"),
    "moderator": N_("Penjaga rembuk"),
    "official": N_("Petugas kota"),
    "city_official": N_("Petugas kota"),
}
_BAD = ("hidden", "withdrawn")


def shown_events(events: Iterable[Event], when: Callable[[datetime], str], waits_for: str | None) -> list[ShownEvent]:
    """The way of a proposal, each step with who and when; what it waits for last, when there is such."""
    steps = [
        ShownEvent(
            title=gettext(_EVENTS.get(event.kind, event.kind)),
            state="gagal" if event.kind in _BAD else "sudah",
            when=when(event.at),
            who=gettext(_ROLES.get(event.actor_role, "")),
            reason=event.reason,
        )
        for event in events
    ]
    return [*steps, ShownEvent(gettext(waits_for), "kini", "", "", "")] if waits_for else steps
