"""SQLite as we use it: persistent connections, reads inline, every write through the one writer."""

import asyncio
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from piccolo.engine.base import BaseBatch
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from rembuk.database.current import Whole, entered, inside, joined
from rembuk.database.writer import Writer, undo

Rows = list[dict[str, Any]]

PRAGMAS = (  # in this order: WAL before the timeout can itself fail with "locked"
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=1",
    "recursive_triggers=1",  # REPLACE fires the delete triggers of append-only tables
    "cell_size_check=1",
    "secure_delete=1",
    "cache_size=-65536",
    "mmap_size=268435456",
    "temp_store=memory",
)
_READS = re.compile(r"\s*(SELECT|VALUES|EXPLAIN|PRAGMA|WITH(?!.*\b(INSERT|UPDATE|DELETE|REPLACE)\b))\b", re.I | re.S)
_apart: ContextVar[bool] = ContextVar("reads in a thread", default=False)


def connect(path: Path, *more: str) -> sqlite3.Connection:
    """A connection with our PRAGMAs and Piccolo's converters, usable from any thread, one at a time."""
    connection = sqlite3.connect(
        path,
        detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        for pragma in (*PRAGMAS, *more):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def rows_of(connection: sqlite3.Connection, sql: str, arguments: Sequence[Any] = ()) -> Rows:
    """Run one statement to its end and give its rows as dicts."""
    cursor = connection.execute(sql, arguments)
    try:
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        cursor.close()


@contextmanager
def apart() -> Iterator[None]:
    """Reads inside the block run in a thread: for reports, search and exports that would hold up the loop."""
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


def _emptied(file: Path) -> bool:
    connection = connect(file)
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    return not busy


def _copied(source: Path, target: Path) -> None:
    """SQLite's online backup, flushed to disk, as a single file without a WAL beside it."""
    target.touch(exist_ok=False)
    with closing(connect(source, "query_only=1")) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA synchronous=FULL")
        old.backup(new)  # in one step: in small ones it starts again at every write of others
        new.execute("PRAGMA journal_mode=DELETE")


class Batch(BaseBatch):
    """Rows of a long query, some at a time, over a connection of its own."""

    def __init__(self, connection: sqlite3.Connection, query: Query[Any, Any], size: int) -> None:
        self._connection, self._query, self._size = connection, query, size

    async def __aenter__(self, *_: Any, **__: Any) -> "Batch":
        sql, arguments = self._query.querystrings[0].compile_string(engine_type="sqlite")
        self._cursor = self._connection.execute(sql, arguments)
        self._names = [column[0] for column in self._cursor.description]
        return self

    def __aiter__(self) -> "Batch":
        return self

    async def __anext__(self) -> Rows:
        found = [dict(zip(self._names, row, strict=True)) for row in self._cursor.fetchmany(self._size)]
        if not found:
            raise StopAsyncIteration
        rows: Rows = await self._query._process_results(found)
        return rows

    async def __aexit__(self, *_: Any, **__: Any) -> None:
        self._connection.close()


class Sqlite(SQLiteEngine):
    """One SQLite file: a reader used inline, readers in threads when asked for, one writer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path=str(path))
        self.again, self.crowd = asyncio.Lock(), asyncio.Lock()
        self._file = path
        self._writer = Writer(lambda: connect(path))
        self._reader = connect(path, "query_only=1")
        self._threads = ThreadPoolExecutor(2, "rembuk-reader")
        self._local = threading.local()
        self._thread_readers: list[sqlite3.Connection] = []

    async def check_version(self) -> None:
        """Nothing to ask: SQLite is linked in."""

    def transaction_exists(self) -> bool:
        """Whether the running task is inside a transaction."""
        return inside() is not None

    @asynccontextmanager
    async def whole(self, isolation: str = "serializable") -> AsyncIterator[Whole]:
        """A transaction; always serializable, since there is one writer and BEGIN is IMMEDIATE."""
        async with self._writer.turn() as connection, entered(Whole(connection)) as whole:
            yield whole

    @asynccontextmanager
    async def part(self, outer: Whole) -> AsyncIterator[Whole]:
        """A savepoint inside an open transaction, undone alone when the block raises."""
        outer.parts += 1
        name, kept = f"part_{outer.parts}", len(outer.after)
        outer.connection.execute(f"SAVEPOINT {name}")
        try:
            yield outer
            outer.connection.execute(f"RELEASE {name}")
        except BaseException:
            undo(outer.connection, name)
            del outer.after[kept:]
            raise

    async def run(self, sql: str, arguments: Sequence[Any] = ()) -> Rows:
        """One statement: in the task's transaction, else on a reader, else as a transaction of its own."""
        if whole := inside():
            return rows_of(whole.connection, sql, arguments)
        if not _READS.match(sql):
            async with self._writer.turn() as connection:
                return rows_of(connection, sql, arguments)
        if _apart.get():
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._run_apart, sql, arguments)
        return rows_of(self._reader, sql, arguments)

    def look(self, sql: str, *arguments: Any) -> Rows:
        """One small read on the reader, at once: for questions about the schema."""
        return rows_of(self._reader, sql, arguments)

    async def copy_to(self, path: Path) -> None:
        """Write a sound copy of the database to a new file while others read and write; OSError if it exists."""
        await asyncio.to_thread(_copied, self._file, path)

    async def empty_log(self) -> bool:
        """Write the whole log into the database and cut it to nothing; False when a reader would not let go."""
        return await asyncio.to_thread(_emptied, self._file)

    async def close(self) -> None:
        """Finish the writer's queue and close every connection."""
        await self._writer.close()
        self._threads.shutdown()
        for connection in (self._reader, *self._thread_readers):
            connection.close()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> Rows:
        """Piccolo's queries."""
        sql, arguments = querystring.compile_string(engine_type="sqlite")
        return await self.run(sql, arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> Rows:
        """Piccolo's schema changes."""
        return await self.run(ddl)

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> Any:
        """A long query, some rows at a time."""
        return Batch(connect(self._file, "query_only=1", "cache_size=-2048"), query, batch_size)

    def transaction(self, *_: Any, **__: Any) -> AbstractAsyncContextManager[Whole]:  # type: ignore[override]
        """Piccolo's own way to a transaction; it becomes ours."""
        return joined()

    def _run_apart(self, sql: str, arguments: Sequence[Any]) -> Rows:
        if not hasattr(self._local, "reader"):
            self._local.reader = connect(self._file, "query_only=1", "cache_size=-8192")
            self._thread_readers.append(self._local.reader)
        return rows_of(self._local.reader, sql, arguments)
