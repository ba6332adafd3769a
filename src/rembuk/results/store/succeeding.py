"""After the result: a funded project is withdrawn by two persons, the first reserve that fits steps in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.proposals import store as proposals
from rembuk.results.documents import CITY
from rembuk.results.rules import ProjectOutcome, Refusal
from rembuk.results.store.publishing import official_counts
from rembuk.results.succession import Book, Cause, Deed, book_of
from rembuk.results.tables import DistrictProject, Replacement
from rembuk.voting.agreement import agreed

WITHDRAWAL = "result.withdraw"
SHORTEST_REASON = 10
STEPPED_IN = "Menggantikan “{title}” yang batal didanai. Cadangan pertama yang muat."
PAID_FOR = "Didanai dari uang yang bebas karena janji dana perusahaan untuk “{title}”."
DEED_STATES = (ElectionState.COUNTED, ElectionState.CERTIFIED)


@dataclass(frozen=True)
class Happened:
    """One deed after the result as everybody may read it; money in rupiah, projects by id with their titles."""

    number: int
    cause: Cause
    project: str
    title: str
    freed: int
    successor: str
    successor_title: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    """A withdrawal that waits for its second person."""

    act: ActRecord
    project: str
    reason: str


async def happened(cycle: UUID) -> list[Happened]:
    """Every deed after the result of a cycle, in order."""
    rows = await Replacement.select().where(Replacement.cycle == cycle).order_by(Replacement.number)
    titles = await titles_of(cycle) if rows else {}
    return [
        Happened(
            number=row["number"],
            cause=Cause(row["cause"]),
            project=row["project"],
            title=titles.get(row["project"], row["project"]),
            freed=row["freed"],
            successor=row["successor"] or "",
            successor_title=titles.get(row["successor"] or "", ""),
            reason=row["reason"],
            at=row["created_at"],
        )
        for row in rows
    ]


async def titles_of(cycle: UUID) -> dict[str, str]:
    """The titles of the ballot's projects by id."""
    columns = (DistrictProject.project, DistrictProject.title)
    rows = await DistrictProject.select(*columns).where(DistrictProject.cycle == cycle)
    return {row["project"]: row["title"] for row in rows}


async def book(cycle: UUID) -> Book:
    """Where money and reserve list of a published round stand now; Refused(NO_RESULT)."""
    election = await cycles.find_election(cycle)
    if election is None or election.state not in DEED_STATES:
        raise Refused(Refusal.NO_RESULT)
    documents: dict[str, Mapping[str, Any]] = {
        row["area"]: json.loads(row["document"]) for row in await official_counts(cycle)
    }
    if CITY not in documents:
        raise Refused(Refusal.NO_RESULT)
    deeds = [Deed(each.cause, each.project, each.freed, each.successor) for each in await happened(cycle)]
    city = documents.pop(CITY)
    return book_of(agreed(election.config), city, documents, deeds)


async def propose_withdrawal(cycle: UUID, project: str, reason: str, person: UUID) -> ActRecord:
    """The first person asks to withdraw a funded project; Refused(NOT_STANDING, NO_REASON)."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(Refusal.NO_REASON)
    if project not in (await book(cycle)).standing:
        raise Refused(Refusal.NOT_STANDING)
    return await board.propose_act(WITHDRAWAL, _payload(cycle, project, reason), person)


async def waiting_withdrawals(cycle: UUID) -> list[Asked]:
    """The withdrawals of a cycle that wait for their second person."""
    acts = [(act, json.loads(act.payload)) for act in await board.waiting_acts(WITHDRAWAL)]
    return [Asked(act, said["project"], said["reason"]) for act, said in acts if said["cycle"] == str(cycle)]


@transaction
async def withdraw(act: UUID, cycle: UUID, person: UUID) -> str:
    """The second person signs: the project goes, the first reserve that fits steps in; its id, or "" when none does."""
    asked = next((each for each in await waiting_withdrawals(cycle) if each.act.id == act), None)
    if asked is None:
        raise Refused(Refusal.NOT_STANDING)
    await board.second_act(act, person)
    await board.use_act(act, WITHDRAWAL, _payload(cycle, asked.project, asked.reason))
    kept = await book(cycle)
    if asked.project not in kept.standing:
        raise Refused(Refusal.NOT_STANDING)
    deed = Deed(Cause.WITHDRAWAL, asked.project, kept.cost(asked.project))
    number, successor = await free_money(cycle, deed, asked.reason, person)
    election = await cycles.election(cycle)
    leaf: dict[str, Json] = {
        "election": str(election.id),
        "number": number,
        "withdrawn": asked.project,
        "successor": successor,
    }
    await board.append(Kind.REPLACEMENT, leaf)
    await board.audit(person, "city_official", "result.withdrawn", str(cycle), asked.reason, after=leaf)
    return successor


@transaction
async def free_money(cycle: UUID, deed: Deed, reason: str, person: UUID) -> tuple[int, str]:
    """Note money that became free and give it to the first reserve that fits; the deed's number and that reserve.

    Whoever calls posts the leaf. Money of a project that stays funded never exceeds its cost: the caller sees to it.
    """
    await cycles.locked_election(cycle)
    kept = await book(cycle)
    successor = kept.successor(deed.cause, deed.project, deed.freed)
    number = 1 + await Replacement.count().where(Replacement.cycle == cycle)
    row = Replacement(
        cycle=cycle,
        number=number,
        cause=deed.cause.value,
        project=deed.project,
        withdrawn=deed.project if deed.cause is Cause.WITHDRAWAL else None,
        freed=deed.freed,
        successor=successor or None,
        reason=reason,
        created_at=now(),
    )
    await Replacement.insert(row)
    await _tell_proposals(cycle, row, person)
    return number, successor


async def _tell_proposals(cycle: UUID, row: Replacement, person: UUID) -> None:
    titles = await titles_of(cycle)
    outcomes: dict[int, str] = {}
    reasons: dict[int, str] = {}
    if row.withdrawn:
        outcomes[int(row.project)] = ProjectOutcome.NOT_FUNDED.value
        reasons[int(row.project)] = f"Batal didanai: {row.reason}"
    if row.successor:
        words = STEPPED_IN if row.withdrawn else PAID_FOR
        outcomes[int(row.successor)] = ProjectOutcome.FUNDED.value
        reasons[int(row.successor)] = words.format(title=titles[row.project])
    await proposals.write_outcomes(cycle, outcomes, reasons, person)


def _payload(cycle: UUID, project: str, reason: str) -> dict[str, Json]:
    return {"cycle": str(cycle), "project": project, "reason": reason}
