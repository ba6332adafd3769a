"""@transaction: a store function happens whole or not at all, and again when others were in the way."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from rembuk.database.current import Database, Whole, engine, inside, joined
from rembuk.database.faults import Trouble, faults, passes, refusal
from rembuk.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")
Store = Callable[P, Coroutine[Any, Any, R]]

ATTEMPTS = 5
PATIENCE_SECONDS = 15.0
CROWD_SECONDS = 3.0
"""Newcomers let those trying again go first, but no longer than this."""


@overload
def transaction(function: Store[P, R]) -> Store[P, R]: ...
@overload
def transaction(*, isolation: str = ...) -> Callable[[Store[P, R]], Store[P, R]]: ...


def transaction(
    function: Store[P, R] | None = None, *, isolation: str = "serializable"
) -> Store[P, R] | Callable[[Store[P, R]], Store[P, R]]:
    """Make an async function whole: it commits when it returns and leaves nothing behind when it raises.

    It may run up to five times, so it depends on its arguments, the clock and the database only. Called
    inside another one it joins it, as a part that is undone alone. Nothing slow and no child task
    belongs inside: on SQLite everybody else's writes wait, and a child task is outside the transaction.
    """

    def made_whole(body: Store[P, R]) -> Store[P, R]:
        @wraps(body)
        async def whole(*args: P.args, **kwargs: P.kwargs) -> R:
            if inside():
                return await _once(lambda: body(*args, **kwargs), isolation)
            return await _stubbornly(lambda: body(*args, **kwargs), isolation)

        return whole

    return made_whole(function) if function else made_whole


async def _stubbornly(body: Callable[[], Coroutine[Any, Any, R]], isolation: str) -> R:
    """Try until it succeeds or is refused; Refused(NOT_RECORDED) after five attempts or fifteen seconds."""
    stop = time.monotonic() + PATIENCE_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with _lane(attempt):
                return await _once(body, isolation)
        except faults() as fault:
            if not passes(fault):
                raise
            if attempt == ATTEMPTS or time.monotonic() > stop:
                raise Refused(Trouble.NOT_RECORDED) from fault
        await asyncio.sleep(0.001 * secrets.randbelow(10 * 2**attempt))
    raise AssertionError("unreachable")


@asynccontextmanager
async def _lane(attempt: int) -> AsyncIterator[None]:
    """Those trying again go one by one, and newcomers wait for those trying a third time: a crowd thins out."""
    database: Database = engine()
    if attempt == 1:
        with suppress(TimeoutError):
            async with asyncio.timeout(CROWD_SECONDS), database.crowd:
                pass
        yield
    else:
        async with database.again, database.crowd if attempt > 2 else nullcontext():
            yield


async def _once(body: Callable[[], Coroutine[Any, Any, R]], isolation: str) -> R:
    outer = inside()
    try:
        async with joined(isolation) as whole:
            result = await body()
    except faults() as fault:
        if refused := refusal(fault):
            raise refused from fault
        raise
    if not outer:
        _tell(whole)
    return result


def _tell(whole: Whole) -> None:
    for call in whole.after:
        call()


def lock_row(query: Any, *, skip_locked: bool = False) -> Any:
    """The same Piccolo query, locking its rows on PostgreSQL; on SQLite the one writer is lock enough."""
    if engine().engine_type == "sqlite":
        return query
    return query.lock_rows("UPDATE", skip_locked=skip_locked)
