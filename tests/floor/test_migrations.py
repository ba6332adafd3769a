"""The history of the database: applied once, by one process, on empty and on populated databases."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from rembuk.board.tables import BoardLeaf
from rembuk.database import (
    Behind,
    behind,
    close_database,
    constraint_of,
    engine,
    migrate,
    on_postgres,
    open_database,
    transaction,
    unsealed,
)
from rembuk.database.faults import faults
from rembuk.database.migrating import history, require_current
from rembuk.settings import Settings, asset_folder
from tests.databases import on_server, rows, with_database

BROKEN = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from rembuk.database import engine

ID = "2999-01-01T00:00:00:000000"

async def raw():
    await engine().run("CREATE TABLE half_done (id integer)")
    raise RuntimeError("power cut")

async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="rembuk")
    manager.add_raw(raw)
    return manager
"""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings naming a database without any table."""
    if request.param == "sqlite":
        return Settings(data=tmp_path)
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{tmp_path.name.lower().replace('-', '_')[:40]}_{id(tmp_path)}"
    request.addfinalizer(lambda: asyncio.run(on_server(server, f"DROP DATABASE {name} WITH (FORCE)")))
    asyncio.run(on_server(server, f"CREATE DATABASE {name}"))
    return Settings(data=tmp_path, database_url=with_database(server, name))


async def test_an_empty_database_is_behind_and_then_not(empty: Settings) -> None:
    """H-MIG: workers refuse an old schema; migrating twice is migrating once."""
    await open_database(empty)
    count = len(history())
    assert await behind() == count
    with pytest.raises(Behind):
        await require_current()
    assert await migrate() == count
    assert (await behind(), await migrate()) == (0, 0)
    await require_current()
    await close_database()


async def test_a_failing_migration_leaves_nothing(empty: Settings, tmp_path: Path) -> None:
    """H-MIG: a migration and its bookkeeping are one transaction, schema changes included."""
    folder = Path(shutil.copytree(asset_folder("migrations"), tmp_path / "history"))
    (folder / "rembuk_2999.py").write_text(BROKEN)
    await open_database(empty)
    with pytest.raises(RuntimeError, match="power cut"):
        await migrate(folder)
    assert await behind(folder) == 1
    with pytest.raises(faults()):
        await rows("SELECT * FROM half_done")
    assert await behind() == 0
    await close_database()


async def test_two_processes_migrate_once(empty: Settings) -> None:
    """H-MIG: the second one waits and finds nothing to do."""
    code = (
        "import asyncio, sys; from pathlib import Path; from rembuk.settings import Settings\n"
        "from rembuk.database import close_database, migrate, open_database\n"
        "async def main():\n"
        "    await open_database(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2] or None))\n"
        "    print(await migrate())\n"
        "    await close_database()\n"
        "asyncio.run(main())"
    )
    command = [sys.executable, "-c", code, str(empty.data), empty.database_url or ""]
    both = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(2)]
    said = [(await process.communicate())[0].decode().strip() for process in both]
    assert sorted(said) == ["0", str(len(history()))]


async def test_the_triggers_step_may_run_twice_on_a_populated_database(db: Any) -> None:
    """H-MIG: a crash between a step and its bookkeeping is mended by running it again."""
    await BoardLeaf.insert(leaf())
    await engine().run("DELETE FROM migration WHERE name LIKE '%:01:%'")
    assert await migrate() == 1
    assert await BoardLeaf.count() == 1


def leaf() -> BoardLeaf:
    """A leaf of the board."""
    return BoardLeaf(idx=0, kind="open", body="{}", leaf_sha256="0" * 64, receipt="0" * 20)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE board_leaf SET body = 'other'",
        "UPDATE board_leaf SET body = body",
        "DELETE FROM board_leaf",
    ],
)
async def test_the_board_is_append_only(db: Any, change: str) -> None:
    """P3: even the program itself cannot change or remove a leaf, or write over one."""
    await BoardLeaf.insert(leaf())
    changes = [change, "TRUNCATE board_leaf" if on_postgres() else REPLACE]
    for sql in changes:
        with pytest.raises(faults()) as refused:
            await engine().run(sql)
        assert constraint_of(refused.value) == "board_leaf_append_only"
    assert [row["body"] for row in await BoardLeaf.select()] == ["{}"]


async def test_a_lawful_purge_unseals_and_seals_again(db: Any) -> None:
    """P3: deletion inside a transaction only, and the rule is back afterwards, also when it failed."""
    await BoardLeaf.insert(leaf())

    @transaction
    async def purge(fails: bool) -> None:
        async with unsealed("board_leaf"):
            await BoardLeaf.delete(force=True)
            if fails:
                raise ZeroDivisionError

    with pytest.raises(RuntimeError):
        async with unsealed("board_leaf"):
            pass
    with pytest.raises(ZeroDivisionError):
        await purge(fails=True)
    with pytest.raises(faults()):
        await BoardLeaf.delete(force=True)
    await purge(fails=False)
    assert await BoardLeaf.count() == 0
    await BoardLeaf.insert(leaf())
    with pytest.raises(faults()):
        await BoardLeaf.delete(force=True)


REPLACE = (
    "INSERT OR REPLACE INTO board_leaf (id, idx, kind, body, leaf_sha256, receipt) "
    "VALUES ('x', 0, 'open', 'other', '0', '0')"
)
