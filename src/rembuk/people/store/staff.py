"""Staff accounts: password, then a one-time step from an authenticator; each step opens the door once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp

from rembuk import clock
from rembuk.board.store import audit
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.people import pepper
from rembuk.people.passwords import check_password, queue
from rembuk.people.rules import TOTP_STEP_SECONDS, Kind, PersonFacts, Refusal, may_use_step
from rembuk.people.store.accounts import facts_of, grant
from rembuk.people.tables import Person

TOTP = "totp"


@dataclass(frozen=True)
class NewStaff:
    """A staff account just made: its id, and what its authenticator must be given once."""

    id: UUID
    totp_secret: str
    totp_uri: str

    def __repr__(self) -> str:
        """Never the secret: it must not reach a log."""
        return f"NewStaff({self.id})"


async def create_staff(
    name: str,
    username: str,
    password: str,
    *,
    rw: str | None = None,
    kind: Kind = Kind.STAFF,
    totp_secret: str | None = None,
    simulated: bool = False,
) -> NewStaff:
    """An account for staff; Refused for a weak password or a taken name. Its roles are given by `grant`."""
    check_password(password, username)
    hashed, secret = await queue().hash(password), totp_secret or pyotp.random_base32()
    row = Person(
        name=name,
        kind=kind.value,
        rw=rw,
        username=username.casefold(),
        password_hash=hashed,
        totp_secret=pepper.seal(TOTP, secret.encode()).hex(),
        simulated=simulated,
        created_at=clock.now(),
    )
    await _put(row)
    uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Rembuk")
    return NewStaff(UUID(str(row.id)), secret, uri)


async def create_admin(name: str, username: str, password: str) -> NewStaff:
    """The first technical admin, for the command line; without any official rights (trust.md 7)."""
    made = await create_staff(name, username, password)
    await grant(made.id, "admin", "")
    return made


async def staff_by_password(username: str, password: str) -> PersonFacts | None:
    """Who has this name and password, at the same cost for unknown names; Refused(BUSY) when too many ask."""
    row = await Person.select().where(Person.username == username.casefold()).first()
    usable = row is not None and not row["locked"]
    matches = await queue().verify(row["password_hash"] if row and usable else "", password)
    return facts_of(row) if row and matches else None


@transaction
async def use_totp(person: UUID, digits: str) -> bool:
    """Whether these are the digits of now (or a step beside), not used before; they are from here on."""
    rows = await lock_row(Person.select().where(Person.id == person).limit(1))
    if not rows or not rows[0]["totp_secret"]:
        return False
    row, now_step = rows[0], step_of(clock.now())
    totp = pyotp.TOTP(pepper.unseal(TOTP, bytes.fromhex(row["totp_secret"])).decode())
    typed = "".join(digits.split())
    for step in (now_step, now_step - 1, now_step + 1):
        fits = pepper.same(totp.at(step * TOTP_STEP_SECONDS), typed)
        if fits and may_use_step(step, now_step, row["totp_last_step"]):
            await Person.update({Person.totp_last_step: step}).where(Person.id == person)
            return True
    return False


async def change_password(person: UUID, old: str, new: str) -> None:
    """Give an account a new password; Refused when the old one is wrong or the new one weak."""
    row = await Person.select().where(Person.id == person).first()
    if row is None or not await queue().verify(row["password_hash"], old):
        raise Refused(Refusal.PASSWORD_WRONG)
    check_password(new, row["username"] or "")
    await _set_password(person, await queue().hash(new))


def step_of(moment: datetime) -> int:
    """The number of the 30-second step a moment lies in (RFC 6238)."""
    return int(moment.timestamp()) // TOTP_STEP_SECONDS


@transaction
async def _put(row: Person) -> None:
    if await Person.exists().where(Person.username == row.username):
        raise Refused(Refusal.NAME_TAKEN)
    await Person.insert(row)
    await audit(None, "system", "create staff", f"person:{row.id}")


@transaction
async def _set_password(person: UUID, hashed: str) -> None:
    await Person.update({Person.password_hash: hashed}).where(Person.id == person)
    await audit(person, "staff", "change password", f"person:{person}")
