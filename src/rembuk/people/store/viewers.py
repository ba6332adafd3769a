"""Who a session is: the hook the web floor asks on every request of a signed-in device."""

from typing import TYPE_CHECKING
from uuid import UUID

from rembuk.people.rules import Kind
from rembuk.people.store.accounts import grants_now, person_of
from rembuk.web.viewer import Grant, Role, Viewer

if TYPE_CHECKING:
    from rembuk.web.session import Session


async def viewer_of(session: "Session") -> Viewer | None:
    """The viewer of a session with the roles of this very day; None when the account is gone or locked."""
    if session.person is None or (person := await person_of(session.person)) is None:
        return None
    held = () if session.by_code else await grants_now(person.id)  # a voter code opens the booth, never a desk
    grants = tuple(Grant(Role(grant.role), grant.area) for grant in held)
    if person.kind is not Kind.STAFF:
        grants = (Grant(Role.RESIDENT), *grants)
    return Viewer(person.id, session.roll, person.name, person.rw, grants, session.id)


async def main_role_of(person: UUID) -> Role:
    """The role whose session limits apply to a person today; RESIDENT when they hold none."""
    held = await grants_now(person)
    role = Viewer(grants=tuple(Grant(Role(grant.role), grant.area) for grant in held)).role
    return Role.RESIDENT if role is Role.PUBLIC else role
