"""Limits: a token bucket (GCRA) per key in one statement, and a coarse wall per address in memory.

GCRA keeps one number per key: the moment its debt is paid. Many people share one address (CGNAT), so keys are
targets: an account, a number, a code; never an address alone (trust.md 8).
"""

import hashlib
from collections import OrderedDict
from datetime import timedelta
from math import ceil
from time import monotonic
from typing import Any
from uuid import uuid4

from rembuk import clock
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.web.reasons import Web
from rembuk.web.signed import macs
from rembuk.web.tables import Throttle

_MICROSECOND = timedelta(microseconds=1)
_MOST_ADDRESSES = 20_000
_MOST_STRIKES = 12
FREE_STRIKES = 5
LONGEST_LOCK = timedelta(minutes=15)

_TAKE = """
INSERT INTO throttle (id, key, due_at, strikes) VALUES ({}, {}, {}, 0)
ON CONFLICT (key) DO UPDATE SET
  due_at = CASE WHEN throttle.due_at > {} THEN throttle.due_at ELSE {} END + {}
  WHERE throttle.due_at <= {}
RETURNING due_at
"""


def _digest(kind: str, key: str) -> str:
    """What the database keeps of a key: nothing a phone number could be read from without our own key."""
    return hashlib.sha256(macs("throttle", f"{kind}|{key}".encode())[0]).hexdigest()


def _microseconds() -> int:
    return round(clock.now().timestamp() * 1_000_000)


async def throttle(kind: str, key: str, limit: int, per: timedelta) -> None:
    """Take one of `limit` acts per period for a key; raise Refused TOO_OFTEN with the minutes to wait.

    Call it outside a transaction that may be undone: a refused act must still have counted.
    """
    if (wait := await _take(_digest(kind, key), limit, per // _MICROSECOND)) > 0:
        raise too_often(timedelta(microseconds=wait))


def too_often(wait: timedelta) -> Refused:
    """The refusal that tells how many minutes to wait."""
    return Refused(Web.TOO_OFTEN, minutes=max(1, ceil(wait.total_seconds() / 60)))


@transaction
async def _take(digest: str, limit: int, period: int) -> int:
    """Pay for one act; 0 when it may be done, else the microseconds to wait."""
    now, step = _microseconds(), period // limit
    latest = now + period - step
    taken = await Throttle.raw(_TAKE, str(uuid4()), digest, now + step, now, now, step, latest)
    if taken:
        return 0
    row = await Throttle.select(Throttle.due_at).where(Throttle.key == digest).first()
    return max(1, row["due_at"] - latest) if row else 1


async def locked_for(kind: str, key: str) -> timedelta:
    """How long a key that failed too often must still wait; zero when it may try."""
    row = await Throttle.select(Throttle.due_at).where(Throttle.key == _digest(f"strike|{kind}", key)).first()
    return timedelta(microseconds=max(0, row["due_at"] - _microseconds())) if row else timedelta(0)


async def may_try(kind: str, key: str) -> None:
    """Raise Refused TOO_OFTEN while a key is locked."""
    if wait := await locked_for(kind, key):
        raise too_often(wait)


@transaction
async def strike(kind: str, key: str) -> None:
    """Note a failed try: five are free, then each lock is twice the one before, up to 15 minutes."""
    digest = _digest(f"strike|{kind}", key)
    row = await Throttle.select(Throttle.strikes).where(Throttle.key == digest).first()
    strikes = (row["strikes"] if row else 0) + 1
    doubled = timedelta(seconds=30) * 2 ** min(_MOST_STRIKES, max(0, strikes - FREE_STRIKES))
    wait = min(LONGEST_LOCK, doubled) if strikes >= FREE_STRIKES else timedelta(0)
    due_at = _microseconds() + wait // _MICROSECOND
    if row is None:
        await Throttle.insert(Throttle(key=digest, due_at=due_at, strikes=strikes))
    else:
        changed: dict[Any, Any] = {Throttle.due_at: due_at, Throttle.strikes: strikes}
        await Throttle.update(changed).where(Throttle.key == digest)


@transaction
async def forgive(kind: str, key: str) -> None:
    """Forget the failed tries of a key: it succeeded."""
    await Throttle.delete().where(Throttle.key == _digest(f"strike|{kind}", key))


@transaction
async def sweep_throttle() -> None:
    """Delete keys whose debt was paid a day ago."""
    await Throttle.delete().where(Throttle.due_at < _microseconds() - timedelta(days=1) // _MICROSECOND)


class Wall:
    """A bucket per address in this process's memory: so many requests a minute, the rest wait."""

    def __init__(self, per_minute: int) -> None:
        self._step = 60.0 / per_minute
        self._due: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str) -> float:
        """Take one request; seconds to wait when the address is out of them, else 0."""
        now = monotonic()
        due = max(self._due.get(address, 0.0), now)
        if due - now > 60.0 - self._step:
            return due - now - (60.0 - self._step)
        self._due[address] = due + self._step
        self._due.move_to_end(address)
        if len(self._due) > _MOST_ADDRESSES:
            self._due.popitem(last=False)
        return 0.0
