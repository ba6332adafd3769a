"""A staff account that lost something or must go: a new password, a new authenticator, locked, signed out everywhere.

Only the command line of the machine does this (docs/running.md); whoever asks has shown who they are, as at the first
set-up. Nothing here opens a door by itself: the other step of the sign-in stays what it was.
"""

from uuid import UUID

import pyotp

from rembuk.board.store import audit
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people import pepper
from rembuk.people.passwords import check_password, queue
from rembuk.people.rules import Refusal
from rembuk.people.store.staff import TOTP
from rembuk.people.tables import Person
from rembuk.web.session import end_sessions_of


async def give_password(username: str, password: str) -> None:
    """A forgotten password is replaced by one its owner types; the authenticator is still asked for."""
    check_password(password, username)
    await _change(username, "give password", {Person.password_hash: await queue().hash(password)})


async def give_step(username: str) -> str:
    """A lost authenticator is replaced: the old one opens nothing any more; gives the new secret, once."""
    secret = pyotp.random_base32()
    await _change(username, "give step", {Person.totp_secret: pepper.seal(TOTP, secret.encode()).hex()})
    return secret


async def lock(username: str, locked: bool = True) -> None:
    """Lock an account, or open it again; a locked one signs in nowhere and its sessions are nobody's."""
    await _change(username, "lock account" if locked else "unlock account", {Person.locked: locked})


async def sign_out(username: str) -> None:
    """End every session of an account."""
    await _change(username, "sign out", {})


@transaction
async def _change(username: str, deed: str, values: dict[object, object]) -> None:
    """Change one account, end its sessions and write it into the audit chain; Refused(NO_SUCH_STAFF)."""
    row = await Person.select(Person.id).where(Person.username == username.casefold()).first()
    if row is None:
        raise Refused(Refusal.NO_SUCH_STAFF)
    if values:
        await Person.update(values).where(Person.id == row["id"])  # type: ignore[arg-type]
    await end_sessions_of(person=UUID(str(row["id"])))
    await audit(None, "system", deed, f"person:{row['id']}")
