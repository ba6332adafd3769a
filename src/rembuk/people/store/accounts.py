"""People and what they may do: facts of a person, staff accounts, grants over areas."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board.store import audit
from rembuk.database import refuses, transaction
from rembuk.errors import Refused
from rembuk.people.rules import GrantFacts, Kind, PersonFacts, Refusal
from rembuk.people.tables import Person, RoleGrant

refuses("person_username_key", Refusal.NAME_TAKEN)


async def person_of(person: UUID) -> PersonFacts | None:
    """The facts of a person, or None."""
    row = await Person.select().where(Person.id == person, Person.locked.eq(False)).first()
    return facts_of(row) if row else None


async def names_of(people: Sequence[UUID]) -> dict[UUID, str]:
    """The names of several people, by id."""
    if not people:
        return {}
    rows = await Person.select(Person.id, Person.name).where(Person.id.is_in(list(set(people))))
    return {row["id"]: row["name"] for row in rows}


async def has_phone(person: UUID) -> bool:
    """Whether a phone number is tied to a person."""
    return bool(await Person.exists().where(Person.id == person, Person.phone_mac.is_not_null()))


@transaction
async def rename(person: UUID, name: str) -> None:
    """A person chooses what to be called; who came by a code of Suara Anak has no name."""
    await Person.update({Person.name: name}).where(Person.id == person, Person.kind != Kind.CHILD.value)


@transaction
async def add_resident(
    name: str,
    rw: str | None,
    *,
    simulated: bool = False,
    kind: Kind = Kind.RESIDENT,
    phone: str | None = None,
) -> UUID:
    """An account for a resident or an institution; `phone` is a keyed digest, never a number."""
    row = Person(name=name, kind=kind.value, rw=rw, phone_mac=phone, simulated=simulated, created_at=clock.now())
    await Person.insert(row)
    return UUID(str(row.id))


async def grants_of(person: UUID, on: date) -> tuple[GrantFacts, ...]:
    """The roles a person holds on a day."""
    rows = await RoleGrant.select().where(RoleGrant.person == person)
    grants = (GrantFacts(row["role"], row["area"], row["unit"], row["starts_on"], row["ends_on"]) for row in rows)
    return tuple(grant for grant in grants if grant.holds(on))


async def grants_now(person: UUID) -> tuple[GrantFacts, ...]:
    """The roles a person holds today, by the city's calendar."""
    return await grants_of(person, clock.local(clock.now()).date())


async def holders(role: str, area: str) -> list[UUID]:
    """Who holds a role today in an area: a grant there, above it, or everywhere."""
    rows = await RoleGrant.select().where(RoleGrant.role == role)
    today = clock.local(clock.now()).date()
    return [
        row["person"]
        for row in rows
        if (row["area"] in ("", area) or area.startswith(f"{row['area']}."))
        and GrantFacts(role, row["area"], row["unit"], row["starts_on"], row["ends_on"]).holds(today)
    ]


@transaction
async def grant(
    person: UUID,
    role: str,
    area: str,
    *,
    unit: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: UUID | None = None,
) -> None:
    """Give a role over an area for a period; granting it twice changes nothing. It is audited."""
    start = starts_on or clock.local(clock.now()).date()
    known = (
        await RoleGrant.select()
        .where(
            RoleGrant.person == person,
            RoleGrant.role == role,
            RoleGrant.area == area,
            RoleGrant.starts_on == start,
        )
        .first()
    )
    if known:
        return
    row = RoleGrant(person=person, role=role, area=area, unit=unit, starts_on=start, ends_on=ends_on, granted_by=by)
    await RoleGrant.insert(row)
    await audit(by, "admin" if by else "system", "grant", f"person:{person}", f"{role} {area}".strip())


@transaction
async def end_grant(person: UUID, role: str, area: str, by: UUID | None) -> None:
    """Take a role back as of today; it is audited and the row stays for the record."""
    today = clock.local(clock.now()).date()
    theirs = (RoleGrant.person == person) & (RoleGrant.role == role) & (RoleGrant.area == area)
    await RoleGrant.delete().where(theirs & (RoleGrant.starts_on >= today))
    still = RoleGrant.ends_on.is_null() | (RoleGrant.ends_on >= today)
    yesterday = date.fromordinal(today.toordinal() - 1)
    await RoleGrant.update({RoleGrant.ends_on: yesterday}).where(theirs & still)
    await audit(by, "admin" if by else "system", "end grant", f"person:{person}", f"{role} {area}".strip())


async def must_know(person: UUID) -> PersonFacts:
    """The facts of a person; Refused(NO_SUCH_PERSON) otherwise."""
    if facts := await person_of(person):
        return facts
    raise Refused(Refusal.NO_SUCH_PERSON)


def facts_of(row: dict[str, Any]) -> PersonFacts:
    """A row as facts."""
    return PersonFacts(row["id"], row["name"], Kind(row["kind"]), row["rw"], bool(row["simulated"]))
