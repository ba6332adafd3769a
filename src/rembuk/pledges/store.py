"""Pledges: asked by one official, signed by another; the freed money goes to the next reserve, nothing is counted."""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.money import rupiah
from rembuk.pledges import tables
from rembuk.pledges.rules import Offer, Pledge, Refusal, why_not
from rembuk.results import store as results
from rembuk.results.succession import Cause, Deed

PLEDGE = "pledge.record"


@dataclass(frozen=True)
class Asked:
    """A pledge that waits for its second person."""

    act: ActRecord
    offer: Offer


async def pledges(cycle: UUID) -> list[Pledge]:
    """Every pledge of a cycle, in order."""
    rows = await tables.Pledge.select().where(tables.Pledge.cycle == cycle).order_by(tables.Pledge.number)
    deeds = {deed.number: deed for deed in await results.happened(cycle)} if rows else {}
    return [
        Pledge(
            number=row["number"],
            project=row["project"],
            title=deeds[row["number"]].title,
            company=row["company"],
            amount=row["amount"],
            reason=row["reason"],
            successor=deeds[row["number"]].successor,
            successor_title=deeds[row["number"]].successor_title,
            at=row["created_at"],
        )
        for row in rows
    ]


async def propose_pledge(cycle: UUID, offer: Offer, person: UUID) -> ActRecord:
    """The first official lays a pledge before a second; Refused with the first thing that is wrong with it."""
    await _insist(cycle, offer)
    return await board.propose_act(PLEDGE, _payload(cycle, offer), person)


async def waiting_pledges(cycle: UUID) -> list[Asked]:
    """The pledges of a cycle that wait for their second person."""
    acts = [(act, json.loads(act.payload)) for act in await board.waiting_acts(PLEDGE)]
    return [Asked(act, Offer(**said["offer"])) for act, said in acts if said["cycle"] == str(cycle)]


@transaction
async def accept(act: UUID, cycle: UUID, person: UUID) -> str:
    """The second official signs; the reserve the freed money goes to, or "" when none fits yet."""
    asked = next((each for each in await waiting_pledges(cycle) if each.act.id == act), None)
    if asked is None:
        raise Refused(Refusal.NOT_FUNDED)
    await board.second_act(act, person)
    await board.use_act(act, PLEDGE, _payload(cycle, asked.offer))
    await cycles.locked_election(cycle)
    await _insist(cycle, asked.offer)
    return await _keep(cycle, asked.offer, person)


async def _keep(cycle: UUID, offer: Offer, person: UUID) -> str:
    deed = Deed(Cause.PLEDGE, offer.project, offer.amount)
    number, successor = await results.free_money(cycle, deed, f"{offer.company}. {offer.reason}", person)
    row = tables.Pledge(
        cycle=cycle,
        number=number,
        project=offer.project,
        company=offer.company,
        amount=offer.amount,
        reason=offer.reason,
        created_at=now(),
    )
    await tables.Pledge.insert(row)
    leaf: dict[str, Json] = {
        "election": str((await cycles.election(cycle)).id),
        "number": number,
        "project": offer.project,
        "amount": offer.amount,
        "successor": successor,
    }
    await board.append(Kind.PLEDGE, leaf)
    await board.audit(person, "city_official", "pledge.recorded", str(cycle), offer.reason, after=leaf)
    return successor


async def _insist(cycle: UUID, offer: Offer) -> None:
    book = await results.book(cycle)
    funded = offer.project in book.standing
    open_cost = book.cost(offer.project) - await _pledged(cycle, offer.project) if funded else 0
    if reason := why_not(offer, funded=funded, open_cost=open_cost):
        raise Refused(reason, money=rupiah(open_cost))


async def _pledged(cycle: UUID, project: str) -> int:
    table = tables.Pledge
    rows = await table.select(table.amount).where((table.cycle == cycle) & (table.project == project))
    return sum(row["amount"] for row in rows)


def _payload(cycle: UUID, offer: Offer) -> dict[str, Json]:
    return {"cycle": str(cycle), "offer": {**asdict(offer)}}
