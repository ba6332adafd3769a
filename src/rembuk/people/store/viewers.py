"""Who a session is: the hook the web floor asks on every request of a signed-in device."""

from typing import TYPE_CHECKING
from uuid import UUID

from rembuk import clock
from rembuk.database import Fixed
from rembuk.people.rules import GrantFacts, Kind
from rembuk.people.store.accounts import facts_of, grants_now
from rembuk.settings import settings
from rembuk.web.viewer import OF_THE_CITY, Grant, Role, Viewer, covers

if TYPE_CHECKING:
    from rembuk.web.session import Session


# asked on every request of a signed-in device: a line for every grant, one line when there is none
_PERSON = Fixed(
    """SELECT person.id, person.name, person.kind, person.rw, person.simulated,
    role_grant.role, role_grant.area, role_grant.unit, role_grant.starts_on, role_grant.ends_on
    FROM person LEFT JOIN role_grant ON role_grant.person = person.id
    WHERE person.id = {} AND NOT person.locked"""
)


async def viewer_of(session: "Session") -> Viewer | None:
    """The viewer of a session with the roles of this very day; None when the account is gone or locked."""
    if session.person is None or not (rows := await _PERSON(session.person)):
        return None
    person, today = facts_of(rows[0]), clock.local(clock.now()).date()
    given = (
        GrantFacts(row["role"], row["area"], row["unit"], row["starts_on"], row["ends_on"])
        for row in rows
        if row["role"] and not session.by_code  # a voter code opens the booth, never a desk
    )
    grants = tuple(Grant(Role(grant.role), grant.area) for grant in given if grant.holds(today) and _gives(grant))
    if person.kind not in (Kind.STAFF, Kind.CHILD):  # a child's code opens the booth and nothing else
        grants = (Grant(Role.RESIDENT), *grants)
    return Viewer(person.id, session.roll, person.name, person.rw, grants, session.id)


async def main_role_of(person: UUID) -> Role:
    """The role whose session limits apply to a person today; RESIDENT when they hold none."""
    held = await grants_now(person)
    role = Viewer(grants=tuple(Grant(Role(grant.role), grant.area) for grant in held if _gives(grant))).role
    return Role.RESIDENT if role is Role.PUBLIC else role


def _gives(grant: GrantFacts) -> bool:
    """Whether a grant opens anything: a role of the city must be held over the whole city (trust.md 7)."""
    return Role(grant.role) not in OF_THE_CITY or covers(grant.area, settings().city)
