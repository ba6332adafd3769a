"""Passwords of staff: argon2id in a few threads, a queue that ends, and the list of passwords that leaked."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from rembuk.errors import Refused
from rembuk.people.rules import Refusal, why_not_password
from rembuk.settings import settings

# Measured in trust.md 3: 57 ms, against 588 ms for the library's default profile.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_BREACHED = Path(__file__).with_name("breached.txt")
_WAITING_PER_WORKER = 8

T = TypeVar("T")


class HashQueue:
    """At most so many hashes at once and so many waiting; one more is Refused(BUSY)."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._room = workers * (1 + _WAITING_PER_WORKER)
        self._inside = 0

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password, with its salt and costs."""
        return await self._run(lambda: _HASHER.hash(password))

    async def verify(self, kept: str, password: str) -> bool:
        """Whether a password matches; without a kept hash it takes the same time and never does."""
        return await self._run(lambda: _matches(kept or _nobody(), password)) and bool(kept)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._inside >= self._room:
            raise Refused(Refusal.BUSY)
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._inside -= 1


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody signs in with this")


@cache
def queue() -> HashQueue:
    """The one queue of this process, as wide as the setting says (1 to 4)."""
    return HashQueue(min(4, max(1, settings().argon2_workers)))


os.register_at_fork(after_in_child=queue.cache_clear)  # threads do not come along: a forked pool would wait for ever


@cache
def breached() -> frozenset[str]:
    """Passwords known to have leaked, folded to lower case; only those long enough to pass the first rule."""
    lines = _BREACHED.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line and not line.startswith("#"))


def check_password(password: str, username: str) -> None:
    """Refused when a password is too short or too well known."""
    if reason := why_not_password(password, username, breached()):
        raise Refused(reason)
