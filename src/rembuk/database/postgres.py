"""PostgreSQL as we use it: a pool with time limits, and a COMMIT that is either sure or said to be unsure."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from rembuk.database.current import Whole, entered, inside, joined
from rembuk.database.faults import Trouble, also
from rembuk.errors import Refused

Rows = list[dict[str, Any]]
POOL = 8
ACQUIRE_SECONDS = 10.0
COMMAND_SECONDS = 600.0
"""A server that does not answer at all is given up after this long."""
REWRITE_SECONDS = 6 * 3600.0
"""A table of a whole city is written anew in less."""
STATEMENT = "30s"
"""The server ends a statement that takes longer; migrations lift this for themselves."""
_BROKEN = asyncpg.InternalClientError
"""The driver itself is confused: the server vanished in the midst of an answer."""
_GONE = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, _BROKEN, OSError, TimeoutError)
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b", re.I)

also(asyncpg.PostgresError)
also(asyncpg.InterfaceError, passing=True)
also(_BROKEN, passing=True)


class Undone(RuntimeError):
    """PostgreSQL had already given the transaction up, and COMMIT quietly undid it."""


async def _as_it_is(connection: Any) -> None:
    """Skip the reset query of each release: we never leave session state behind."""


class Postgres(PostgresEngine):
    """A PostgreSQL database behind a pool; plain queries borrow a connection for one statement."""

    def __init__(self, url: str, size: int = POOL) -> None:
        super().__init__(config={"dsn": url})
        self.again, self.crowd = asyncio.Lock(), asyncio.Lock()
        self._size = size

    async def check_version(self) -> None:
        """Nothing: the stock engine connects here, in its constructor."""

    async def open(self) -> None:
        """Connect; raises OSError or a database error when the server cannot be reached."""
        self.pool = await asyncpg.create_pool(
            self.config["dsn"],
            min_size=1,
            max_size=self._size,
            timeout=ACQUIRE_SECONDS,
            command_timeout=COMMAND_SECONDS,
            max_inactive_connection_lifetime=300,
            reset=_as_it_is,
            server_settings={
                "application_name": "rembuk",
                "TimeZone": "UTC",
                "statement_timeout": STATEMENT,
                "idle_in_transaction_session_timeout": "60s",
            },
        )

    def transaction_exists(self) -> bool:
        """Whether the running task is inside a transaction."""
        return inside() is not None

    @asynccontextmanager
    async def whole(self, isolation: str = "serializable") -> AsyncIterator[Whole]:
        """A transaction at the given isolation; raises Refused(UNSURE) when COMMIT's answer never came."""
        async with self._borrowed() as connection:
            try:
                await connection.execute(f"BEGIN ISOLATION LEVEL {isolation}")
                async with entered(Whole(connection)) as whole:
                    yield whole
                await _commit(connection)
            except BaseException:  # also when cancelled in the midst of BEGIN or COMMIT
                with suppress(*_GONE):
                    await connection.execute("ROLLBACK")
                raise

    @asynccontextmanager
    async def part(self, outer: Whole) -> AsyncIterator[Whole]:
        """A savepoint inside an open transaction, undone alone when the block raises."""
        outer.parts += 1
        name, kept = f"part_{outer.parts}", len(outer.after)
        await outer.connection.execute(f"SAVEPOINT {name}")
        try:
            yield outer
            await outer.connection.execute(f"RELEASE {name}")
        except BaseException:
            del outer.after[kept:]
            with suppress(*_GONE):
                await outer.connection.execute(f"ROLLBACK TO {name}; RELEASE {name}")
            raise

    async def run(self, sql: str, arguments: Sequence[Any] = ()) -> Rows:
        """One statement: in the task's transaction, else on a borrowed connection."""
        if whole := inside():
            return await _rows(whole.connection, sql, arguments)
        async with self._borrowed() as connection:
            try:
                return await _rows(connection, sql, arguments)
            except _GONE as fault:  # a page that only reads may say so; a write alone may have happened
                raise Refused(Trouble.UNSURE if _WRITES.search(sql) else Trouble.UNREACHABLE) from fault

    async def rewrite(self, table: str) -> int:
        """Write a table with its indexes anew; how many deleted rows had to be kept for older readers."""
        kept: list[str] = []

        def heard(_: Any, message: Any) -> None:
            if message.detail:
                kept.append(message.detail)

        async with self._borrowed() as connection:
            connection.add_log_listener(heard)
            try:
                await connection.execute("SET statement_timeout = 0")
                await connection.execute(f'VACUUM (FULL, VERBOSE) "{table}"', timeout=REWRITE_SECONDS)
            finally:
                await connection.execute("RESET statement_timeout")
                connection.remove_log_listener(heard)
        # "0 dead row versions cannot be removed yet.", whatever the server's language; silence is not taken for 0
        return max((int(found[0]) for said in kept if (found := re.search(r"\d+", said))), default=1)

    async def close(self) -> None:
        """Close the pool, waiting for connections that are in use."""
        if self.pool:
            await self.pool.close()
            self.pool = None

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Rows:
        """Piccolo's queries."""
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Rows:
        """Piccolo's schema changes."""
        return await self.run(ddl)

    def transform_response_to_dicts(self, results: Rows) -> Rows:
        """They are dicts already."""
        return results

    def transaction(self, *_: Any, **__: Any) -> AbstractAsyncContextManager[Whole]:  # type: ignore[override]
        """Piccolo's own way to a transaction; it becomes ours."""
        return joined()

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[Any]:
        """A connection of the pool, given back whatever happens; Refused(UNREACHABLE) when there is none."""
        assert self.pool is not None
        try:
            connection = await self.pool.acquire(timeout=ACQUIRE_SECONDS)
        except _GONE as fault:
            raise Refused(Trouble.UNREACHABLE) from fault
        try:
            yield connection
        finally:
            with suppress(_BROKEN):  # a connection that broke has been taken out of the pool already
                await asyncio.shield(self.pool.release(connection))


async def _commit(connection: Any) -> None:
    """COMMIT; Refused(UNSURE) when it may or may not have happened, Undone when it cannot have."""
    warnings: list[str] = []

    def heard(_: Any, message: Any) -> None:
        if message.severity_en == "WARNING":
            warnings.append(message.message)

    connection.add_log_listener(heard)
    try:
        tag = await connection.execute("COMMIT")
    except _GONE as fault:
        raise Refused(Trouble.UNSURE) from fault
    finally:
        with suppress(asyncpg.InterfaceError):
            connection.remove_log_listener(heard)
    if tag != "COMMIT":
        raise Undone("a database error was caught inside the transaction: catch it around an inner @transaction")
    if warnings:  # a cancelled wait for the standby: written here, perhaps nowhere else (trust.md 5)
        raise Refused(Trouble.UNSURE)


async def _rows(connection: Any, sql: str, arguments: Sequence[Any]) -> Rows:
    return [dict(row) for row in await connection.fetch(sql, *arguments)]
