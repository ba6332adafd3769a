"""The engine in use and the transaction the running task is in; Piccolo asks here, not in a conf module."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

os.environ.setdefault("PICCOLO_CONF", "rembuk.piccolo_conf")  # before Piccolo, so it works from any folder

from piccolo.engine.base import Engine
from piccolo.table import TableMeta

Row = dict[str, Any]


class NoDatabase(RuntimeError):
    """A query was made while no database is open."""


@dataclass(eq=False)
class Whole:
    """One open transaction: its connection, the task that owns it, and what to call once it is committed."""

    connection: Any
    task: "asyncio.Task[Any] | None" = field(default_factory=asyncio.current_task)
    after: list[Callable[[], None]] = field(default_factory=list)
    parts: int = 0
    open: bool = True


class Database(Protocol):
    """What both engines promise beyond Piccolo's own engine."""

    engine_type: str
    again: asyncio.Lock
    crowd: asyncio.Lock

    def whole(self, isolation: str) -> AbstractAsyncContextManager[Whole]:
        """A transaction: committed when the block ends, undone when it raises."""
        ...

    def part(self, outer: Whole) -> AbstractAsyncContextManager[Whole]:
        """A savepoint inside an open transaction: undone alone when its block raises."""
        ...

    async def run(self, sql: str, arguments: Any = ()) -> list[Row]:
        """One statement in the database's own SQL; rows as dicts."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of every connection."""
        ...


_open: list[Database] = []
_inside: ContextVar[Whole | None] = ContextVar("rembuk transaction", default=None)


def engine() -> Any:
    """The engine of the open database; raises NoDatabase when there is none."""
    if not _open:
        raise NoDatabase("no database is open: call open_database first")
    return _open[-1]


def use(database: Database) -> None:
    """Make this the open database; raises RuntimeError when another one is open."""
    if _open:
        raise RuntimeError("another database is open already")
    _open.append(database)


async def leave() -> None:
    """Close the open database, if there is one."""
    while _open:
        await _open.pop().close()


def on_postgres() -> bool:
    """Whether the open database is PostgreSQL (or speaks like it)."""
    return bool(engine().engine_type != "sqlite")


def inside() -> Whole | None:
    """The transaction this very task is in. A child task is outside: it may outlive what its parent began."""
    whole = _inside.get()
    if whole is None or not whole.open or whole.task is not asyncio.current_task():
        return None
    return whole


@asynccontextmanager
async def entered(whole: Whole) -> AsyncIterator[Whole]:
    """Be inside this transaction for the length of the block, and surely not after it."""
    token = _inside.set(whole)
    try:
        yield whole
    finally:
        whole.open = False
        _inside.reset(token)


@asynccontextmanager
async def joined(isolation: str = "serializable") -> AsyncIterator[Whole]:
    """A part of the transaction this task is in, or a transaction of its own."""
    outer = inside()
    async with engine().part(outer) if outer else engine().whole(isolation) as whole:
        yield whole


def after_commit(call: Callable[[], None]) -> None:
    """Call once the transaction of this task is committed; at once when there is none."""
    if whole := inside():
        whole.after.append(call)
    else:
        call()


def _engine_of(meta: TableMeta) -> Engine[Any]:
    """A table's own engine when it was given one, else that of the open database."""
    return meta._db or engine()


def _give_engine(meta: TableMeta, database: Engine[Any] | None) -> None:
    meta._db = database


# Piccolo would import piccolo_conf (and with it black) and then keep the first engine for ever.
TableMeta.db = property(_engine_of, _give_engine)  # type: ignore[assignment,method-assign]
