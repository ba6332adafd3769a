"""Proposals for programs: JSON under /api/v1, visible ones only, money in whole rupiah."""

from datetime import datetime

import msgspec

from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.proposals import store
from rembuk.proposals.listing import Order
from rembuk.proposals.routes.browsing import Exported, asked_of, cycle_of, exported
from rembuk.proposals.rules import CostLine, Refusal
from rembuk.proposals.shown import address_of
from rembuk.settings import settings
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import Request, get

PAGE_SIZE = 50


class ProposalList(msgspec.Struct, frozen=True):
    """One page of proposals and how many there are in all."""

    total: int
    cost: int
    page: int
    pages: int
    proposals: list[Exported]


class Line(msgspec.Struct, frozen=True):
    """One line of costs: thousandths of a unit, whole rupiah."""

    name: str
    unit: str
    volume_milli: int
    unit_price: int
    amount: int
    reason: str


class Step(msgspec.Struct, frozen=True):
    """One step of a proposal's way."""

    kind: str
    role: str
    reason: str
    at: datetime


class OneProposal(msgspec.Struct, frozen=True):
    """A proposal whole, without its author."""

    number: int
    title: str
    issue: str
    status: str
    area: str
    place: str
    landmark: str
    latitude_e6: int | None
    longitude_e6: int | None
    problem: str
    proposed: str
    beneficiaries: str
    cost: int
    reviewed_cost: int | None
    cost_lines: list[Line]
    reviewed_lines: list[Line]
    endorsements: int
    comments: int
    simulated: bool
    version: int
    sent_at: datetime | None
    way: list[Step]
    url: str


@get("/api/v1/proposals", guard=PUBLIC)
async def list_proposals(request: Request) -> ProposalList:
    """Proposals, filtered as on the page: siklus, q, isu, kec, kel, rw, status, dari, sampai."""
    atlas = await places.atlas()
    asked = asked_of(request, atlas)
    if (cycle := await cycle_of(asked)) is None:
        return ProposalList(0, 0, 1, 1, [])
    order = asked.order if asked.order and asked.order is not Order.RANDOM else Order.NEWEST
    found = await store.listing(asked.filters(cycle.id), order, asked.page, PAGE_SIZE, (1, 0))
    return ProposalList(
        found.counts.total,
        found.counts.cost,
        found.page,
        found.pages,
        [exported(card, atlas) for card in found.cards],
    )


@get("/api/v1/proposals/{number:int}", guard=PUBLIC)
async def one_proposal(request: Request, number: int) -> OneProposal:
    """One proposal by its number."""
    if number < 1 or number > 2**31 - 1:
        raise Refused(Refusal.UNKNOWN)
    detail, atlas = await store.detail(number), await places.atlas()
    return OneProposal(
        number=number,
        title=detail.title,
        issue=detail.issue,
        status=detail.status.name.lower(),
        area=detail.place.rw,
        place=atlas.label(detail.place.rw),
        landmark=detail.place.landmark,
        latitude_e6=detail.place.latitude_e6,
        longitude_e6=detail.place.longitude_e6,
        problem=detail.problem,
        proposed=detail.proposed,
        beneficiaries=detail.beneficiaries,
        cost=detail.cost,
        reviewed_cost=detail.reviewed_cost,
        cost_lines=[_line(line) for line in detail.lines],
        reviewed_lines=[_line(line) for line in detail.reviewed_lines],
        endorsements=detail.endorsement_count,
        comments=detail.comment_count,
        simulated=detail.simulated,
        version=detail.version,
        sent_at=detail.sent_at,
        way=[Step(step.kind, step.actor_role, step.reason, step.at) for step in await store.events(detail.id)],
        url=f"{settings().base_url}{address_of(number, detail.title)}",
    )


def _line(line: CostLine) -> Line:
    return Line(line.name, line.unit, line.volume_milli, line.unit_price, line.amount, line.reason)


HANDLERS = [list_proposals, one_proposal]
