"""A company's pledge for a funded project: what it may be, and why it cannot. Pure."""

from dataclasses import dataclass
from datetime import datetime

from rembuk.errors import N_, Reason

LEAST = 1_000_000
SHORTEST_NAME, SHORTEST_REASON = 3, 10


class Refusal(Reason):
    """Why a pledge is not taken."""

    NO_COMPANY = (422, N_("Tulis nama perusahaan, paling sedikit 3 huruf."))
    NO_REASON = (422, N_("Tulis keterangannya, paling sedikit 10 huruf."))
    TOO_LITTLE = (422, N_("Janji dana paling sedikit Rp 1.000.000."))
    TOO_MUCH = (422, N_("Janji dana melebihi biaya usulan yang belum dijanjikan, {money}."))
    NOT_FUNDED = (409, N_("Janji dana hanya untuk usulan yang didanai."))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a company offers: so many rupiah for one funded project, by its id."""

    project: str
    company: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """A pledge two officials recorded, and the reserve the freed money went to ("": none fits yet)."""

    number: int
    project: str
    title: str
    company: str
    amount: int
    reason: str
    successor: str
    successor_title: str
    at: datetime


def why_not(offer: Offer, *, funded: bool, open_cost: int) -> Refusal | None:
    """Why an offer cannot be taken, or None; `open_cost` is the part of the cost nobody pledged yet, in rupiah."""
    if not funded:
        return Refusal.NOT_FUNDED
    if len(offer.company) < SHORTEST_NAME:
        return Refusal.NO_COMPANY
    if len(offer.reason) < SHORTEST_REASON:
        return Refusal.NO_REASON
    if offer.amount < LEAST:
        return Refusal.TOO_LITTLE
    return Refusal.TOO_MUCH if offer.amount > open_cost else None
