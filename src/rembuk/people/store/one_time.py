"""One-time codes to a phone: made, counted and used up; known and unknown numbers leave the same trace."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from rembuk import clock
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.jobs import every
from rembuk.people import pepper
from rembuk.people.rules import ONE_TIME_CODE_LIFE, ONE_TIME_CODE_TRIES, Refusal, minutes, why_not_ask
from rembuk.people.store.roll import person_for
from rembuk.people.store.voter_codes import SignedIn
from rembuk.people.tables import OneTimeCode, Person, RollEntry

ONE_TIME_CODE_DIGITS = 8
"""Ten codes a day with five tries each open a number less than once in a million days (decision 0019)."""


@dataclass(frozen=True)
class Asked:
    """A code on its way: its digits, and whether there is anybody to send it to."""

    digits: str
    is_known: bool

    def __repr__(self) -> str:
        """Never the digits: they must not reach a log."""
        return "Asked(…)"


@transaction
async def ask_one_time_code(phone: str, visitor: str) -> Asked:
    """A new code for a +62 number, bound to this visitor; Refused(TOO_OFTEN) past 3 an hour or 10 a day."""
    number, now = pepper.phone_mac(phone), clock.now()
    rows = await OneTimeCode.select(OneTimeCode.asked_at).where(
        OneTimeCode.phone_mac == number, OneTimeCode.asked_at > now - timedelta(days=1)
    )
    if wait := why_not_ask([row["asked_at"] for row in rows], now):
        raise Refused(Refusal.TOO_OFTEN, minutes=minutes(wait))
    digits = f"{secrets.randbelow(10**ONE_TIME_CODE_DIGITS):0{ONE_TIME_CODE_DIGITS}d}"
    await OneTimeCode.insert(
        OneTimeCode(
            phone_mac=number,
            visitor=_digest(visitor),
            code_mac=pepper.one_time_mac(visitor, number, digits),
            asked_at=now,
            expires_at=now + ONE_TIME_CODE_LIFE,
        )
    )
    return Asked(digits, await _behind(number) is not None)


async def use_one_time_code(visitor: str, digits: str, signed_in: UUID | None = None) -> SignedIn:
    """Let in who typed the visitor's last code; Refused(ONE_TIME_WRONG) for a wrong, old or used one."""
    number = await _spent(visitor, "".join(digits.split()))
    known = await _behind(number) if number else None
    if known is None:
        raise Refused(Refusal.ONE_TIME_WRONG)
    if known.roll is not None:
        return SignedIn(await person_for(known.roll, signed_in), known.roll, known.cycle)
    if known.person is None:
        raise Refused(Refusal.ONE_TIME_WRONG)
    return SignedIn(known.person, None, None)


@transaction
async def _spent(visitor: str, digits: str) -> str | None:
    """The keyed number a right code went to, the code then used up; None for a wrong one, which counts."""
    newest = (
        OneTimeCode.select()
        .where(OneTimeCode.visitor == _digest(visitor))
        .order_by(OneTimeCode.asked_at, ascending=False)
        .limit(1)
    )
    if not (rows := await lock_row(newest)):
        return None
    row, now = rows[0], clock.now()
    this = OneTimeCode.id == row["id"]
    if row["used_at"] or row["expires_at"] <= now or row["attempts"] >= ONE_TIME_CODE_TRIES:
        return None
    await OneTimeCode.update({OneTimeCode.attempts: row["attempts"] + 1}).where(this)
    if not pepper.same(pepper.one_time_mac(visitor, row["phone_mac"], digits), row["code_mac"]):
        return None
    await OneTimeCode.update({OneTimeCode.used_at: now}).where(this)
    return str(row["phone_mac"])


@dataclass(frozen=True)
class _Known:
    roll: UUID | None
    cycle: UUID | None
    person: UUID | None


async def _behind(number: str) -> _Known | None:
    """The newest active line of the roll with this number, else the account with it, else None."""
    rows = (
        await RollEntry.select(RollEntry.id, RollEntry.cycle, RollEntry.person)
        .where(RollEntry.phone_mac == number, RollEntry.status == "active")
        .order_by(RollEntry.cycle.year, ascending=False)
        .limit(1)
    )
    if rows:
        return _Known(rows[0]["id"], rows[0]["cycle"], rows[0]["person"])
    person = await Person.select(Person.id).where(Person.phone_mac == number).first()
    return _Known(None, None, person["id"]) if person else None


def _digest(visitor: str) -> str:
    return pepper.target_mac("visitor", visitor)


@every(3600, "sweep one-time codes")
@transaction
async def sweep_one_time_codes() -> None:
    """Forget codes older than the day their count is needed for."""
    await OneTimeCode.delete().where(OneTimeCode.asked_at < clock.now() - timedelta(days=1))
