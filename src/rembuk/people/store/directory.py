"""Who works here: staff accounts with the roles they hold today; grants asked for by one and signed by another."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people.rules import GrantFacts, Refusal
from rembuk.people.store.accounts import grant
from rembuk.people.tables import Person, RoleGrant

GRANT = "role.grant"


@dataclass(frozen=True)
class StaffLine:
    """One staff account and the grants in force today."""

    person: UUID
    name: str
    username: str
    locked: bool
    grants: tuple[GrantFacts, ...]


async def staff() -> list[StaffLine]:
    """Every staff account by name."""
    people = await Person.select().where(Person.kind == "staff").order_by(Person.name)
    rows = await RoleGrant.select().where(RoleGrant.person.is_in([row["id"] for row in people])) if people else []
    today = clock.local(clock.now()).date()
    return [_line(row, rows, today) for row in people]


def _line(row: dict[str, Any], grants: list[dict[str, Any]], today: date) -> StaffLine:
    mine = (
        GrantFacts(each["role"], each["area"], each["unit"], each["starts_on"], each["ends_on"])
        for each in grants
        if each["person"] == row["id"]
    )
    held = tuple(sorted((each for each in mine if each.holds(today)), key=lambda each: (each.role, each.area)))
    return StaffLine(row["id"], row["name"], row["username"] or "", row["locked"], held)


async def propose_grant(username: str, role: str, area: str, by: UUID) -> ActRecord:
    """The first person asks that somebody be given a role; Refused when there is no such account."""
    found = await Person.select(Person.id).where(Person.username == username.casefold(), Person.kind == "staff").first()
    if found is None:
        raise Refused(Refusal.NO_SUCH_STAFF)
    payload: dict[str, Json] = {"person": str(found["id"]), "username": username.casefold(), "role": role, "area": area}
    return await board.propose_act(GRANT, payload, by)


@transaction
async def confirm_grant(act: UUID, by: UUID) -> None:
    """The second person signs and the role is held from today."""
    signed = await board.second_act(act, by)
    said = json.loads(signed.payload)
    await board.use_act(act, GRANT, said)
    await grant(UUID(said["person"]), said["role"], said["area"], by=by)


async def waiting_grants() -> list[tuple[ActRecord, dict[str, str]]]:
    """Grants that wait for their second person, with what they say."""
    return [(act, json.loads(act.payload)) for act in await board.waiting_acts(GRANT)]
