"""Scenes that many tests begin with: built once in a process by the real stores, copied into each later database."""

import itertools
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from rembuk import clock
from rembuk.database import engine, on_postgres
from rembuk.database.sqlite import connect
from rembuk.settings import Settings, settings

Made = TypeVar("Made")
_EMPTY = "SELECT " + " OR ".join(
    f"EXISTS (SELECT 1 FROM {table})"
    for table in ("area", "person", "session", "cycle", "audit", "job", "board_leaf", "leaf_queue", "witness")
)
_test: list[Settings] = []
"""The database of the running test, if the test took the fixture `db`."""
_kept: dict[tuple[object, ...], tuple[str, Any]] = {}
"""By engine, settings and name of a scene: where its copy lies, and what building it gave."""
MOST = 16
"""So many scenes are kept on PostgreSQL, 14 MB each; the oldest makes room."""
_folder = tempfile.TemporaryDirectory(prefix="rembuk-scenes-", ignore_cleanup_errors=True)
_numbers = itertools.count(1)


@contextmanager
def of_this_test(chosen: Settings) -> Iterator[None]:
    """Scenes may be copied into this database while the block runs; other databases always have theirs built."""
    _test.append(chosen)
    try:
        yield
    finally:
        _test.remove(chosen)


async def staged(name: tuple[object, ...], build: Callable[[], Awaitable[Made]]) -> Made:
    """What `build` makes in an empty database: built for the first test that asks, a copy for the others.

    Under a frozen clock, or where something is in the database already, it is built.
    """
    if not _test or clock._frozen.get() or any((await engine().run(_EMPTY))[0].values()):
        return await build()
    key = (on_postgres(), repr(settings()), name)
    if key in _kept:
        place, made = _kept[key]
        await (_postgres_from(place) if on_postgres() else _sqlite_from(Path(place)))
    else:
        made = await build()
        _kept[key] = await (_postgres_kept() if on_postgres() else _sqlite_kept()), deepcopy(made)
    return deepcopy(made)


async def _sqlite_kept() -> str:
    place = Path(_folder.name) / f"{next(_numbers)}.sqlite3"
    await engine().copy_to(place)
    return str(place)


async def _sqlite_from(place: Path) -> None:
    with closing(connect(place, "query_only=1")) as old, closing(connect(_test[-1].database_file)) as new:
        old.backup(new)


async def _postgres_kept() -> str:
    name = f"scene_{os.getpid()}_{next(_numbers)}"
    await _copied(_name(_test[-1]), name)
    kept = [key for key in _kept if key[0]]
    for key in kept[: len(kept) + 1 - MOST]:
        place, _ = _kept.pop(key)
        await on_server(_maintenance(), f"DROP DATABASE IF EXISTS {place} WITH (FORCE)")
    return name


async def _postgres_from(place: str) -> None:
    await _copied(place, _name(_test[-1]))


async def _copied(source: str, target: str) -> None:
    """Copy one database of the server over another while this test's pool is closed."""
    await engine().close()
    drop = f"DROP DATABASE IF EXISTS {target} WITH (FORCE)"
    await on_server(_maintenance(), drop, f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY")
    await engine().open()


def _maintenance() -> str:
    return with_database(str(_test[-1].database_url), "postgres")


def _name(chosen: Settings) -> str:
    return urlsplit(str(chosen.database_url)).path.strip("/")


def _is_done(maker: str) -> bool:
    return maker == str(os.getpid()) or not Path(f"/proc/{maker}").exists()


async def forget(server: str) -> None:
    """Drop the copies this process left on a PostgreSQL server, and those of processes that were killed."""
    rows = await on_server(server, "SELECT datname FROM pg_database WHERE datname LIKE 'scene\\_%'")
    for name in (row["datname"] for row in rows):
        if _is_done(name.split("_")[1]):
            await on_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def on_server(url: str, *statements: str) -> list[Any]:
    """Run statements outside a transaction; rows of the last one."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            rows = await connection.fetch(statement)
        return list(rows)
    finally:
        await connection.close()
