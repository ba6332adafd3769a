"""The one history of the database: what is in migrations/, what was applied, and applying the rest."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.tables import Migration

from rembuk.database.current import engine, joined, on_postgres
from rembuk.database.locks import file_lock
from rembuk.settings import asset_folder

APP = "rembuk"
_ID = re.compile(r'^ID = "(.+)"$', re.M)
_LOCK = 0x52454D42  # "REMB", an arbitrary number shared by all our processes


class Behind(RuntimeError):
    """The database lacks migrations this code needs; run "rembuk migrate" first."""


def history(folder: Path | None = None) -> dict[str, Path]:
    """Every migration file by its id, oldest first; raises ValueError for a file without an id."""
    files = sorted((folder or asset_folder("migrations")).glob("*.py"))
    found = {_id_of(file): file for file in files}
    return dict(sorted(found.items()))


async def behind(folder: Path | None = None) -> int:
    """How many migrations the open database still lacks."""
    return len(history(folder).keys() - await _applied())


async def require_current() -> None:
    """Raise Behind unless every migration is applied; web workers ask this and never migrate."""
    if count := await behind():
        raise Behind(f"{count} migrations are not applied yet: run rembuk migrate")


async def migrate(folder: Path | None = None) -> int:
    """Apply what is missing, one transaction per migration, one process at a time; gives their number."""
    async with _alone():
        await Migration.create_table(if_not_exists=True)
        done = await _applied()
        missing = {name: file for name, file in history(folder).items() if name not in done}
        for name, file in missing.items():
            await _apply(name, file)
    return len(missing)


async def _applied() -> set[str]:
    if not await Migration.table_exists():
        return set()
    return set(await Migration.get_migrations_which_ran(app_name=APP))


async def _apply(name: str, file: Path) -> None:
    """One migration and its bookkeeping row, together."""
    spec = spec_from_file_location(f"rembuk_migration_{file.stem}", file)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    async with joined():
        if on_postgres():
            await engine().run("SET LOCAL statement_timeout = 0")
        manager: Any = await module.forwards()
        with redirect_stdout(StringIO()):  # the runner talks to a terminal
            await manager.run()
        await Migration.insert(Migration(name=name, app_name=APP))


@cache
def _id_of(file: Path) -> str:
    if not (found := _ID.search(file.read_text())):
        raise ValueError(f"{file.name} has no ID")
    return found[1]


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Hold the migration lock: an advisory lock on its own connection, or a file beside the SQLite file."""
    if not on_postgres():
        path = Path(engine().path)
        with file_lock(path.with_name(path.name + ".migrate"), wait=True):
            yield
        return
    connection = await engine().get_new_connection()
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        yield
    finally:
        await connection.close()
