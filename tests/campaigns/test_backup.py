"""T-BACKUP: a backup taken under load, restored elsewhere: nothing of before is missing, and it counts the same."""

import asyncio
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from rembuk.board.store import checkpoints, consistency_proof, drain
from rembuk.database import close_database, engine, open_database
from rembuk.invariants import faults
from rembuk.results.tables import Count
from rembuk.settings import Settings
from rembuk.traces import in_files
from rembuk.voting.tables import Envelope
from tests.campaigns.pair import programs
from tests.campaigns.sizes import said, sized
from tests.city import City, city
from tests.databases import on_server, with_database

VOTERS = sized("BACKUP_VOTERS", 8, 300)


async def casting(made: City, told: list[str], enough: asyncio.Event) -> None:
    """Everybody casts again and again until it is enough, the board being written meanwhile."""
    rolls = [roll for each in made.rolls.values() for roll in each]
    nth = 0
    while not enough.is_set():
        receipt = await made.cast(rolls[nth % len(rolls)], [], secrets.token_bytes(32))
        told.append(receipt.leaf_sha256)
        nth += 1
        if nth % 20 == 0:
            await drain()


async def program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs."""
    where = programs()
    assert where
    process = await asyncio.create_subprocess_exec(where / name, *arguments, stderr=asyncio.subprocess.PIPE)
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()[-2000:]


async def backed_up(settings: Settings, file: Path) -> None:
    """A backup as docs/running.md says: SQLite's online copy, pg_dump."""
    if settings.database_url:
        await program("pg_dump", "-Fc", "-f", str(file), "-d", settings.database_url)
    else:
        await engine().copy_to(file)


async def restored(settings: Settings, file: Path, folder: Path) -> Settings:
    """The backup on another place."""
    if not settings.database_url:
        return _moved(file, folder)
    name = f"back_{secrets.token_hex(4)}"
    await on_server(settings.database_url, f"CREATE DATABASE {name}")
    url = with_database(settings.database_url, name)
    await program("pg_restore", "-d", url, "--no-owner", str(file))
    return Settings(data=folder, database_url=url)


def _moved(file: Path, folder: Path) -> Settings:
    folder.mkdir()
    there = Settings(data=folder)
    file.rename(there.database_file)
    return there


@pytest.mark.slow
async def test_a_backup_under_load_is_whole(database_settings: Settings, tmp_path: Path) -> None:
    """T-BACKUP: taken while people vote, restored elsewhere: whole, the same root, no NIK; the round ends there."""
    if database_settings.database_url and programs() is None:
        pytest.skip("PostgreSQL's own programs are not here")
    await open_database(database_settings)
    made = await city(voters=VOTERS)
    told: list[str] = []
    enough = asyncio.Event()
    load = asyncio.create_task(casting(made, told, enough))
    await asyncio.sleep(0.3)
    before = len(told)
    await backed_up(database_settings, tmp_path / "backup")
    during = len(told)
    await asyncio.sleep(0.1)
    enough.set()
    await load
    assert in_files(tmp_path / "backup") == []
    began = time.monotonic()
    there = await restored(database_settings, tmp_path / "backup", tmp_path / "elsewhere")
    await close_database()
    try:
        await open_database(there)
        kept = await _whole_and_on_the_way(database_settings, there, told[:before])
        said(
            f"T-BACKUP ({'PostgreSQL' if there.database_url else 'SQLite'}): {during - before} ballots during the copy,"
            f" {len(kept)} in it, 0 of {before} before it missing, sound after {time.monotonic() - began:.1f} s"
        )
        assert await _counted(made)
    finally:
        await close_database()
        if there.database_url and database_settings.database_url:
            name = urlsplit(there.database_url).path.removeprefix("/")
            await on_server(database_settings.database_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _whole_and_on_the_way(live: Settings, there: Settings, before: list[str]) -> set[str]:
    """The restored database holds, and what the live one signed at its size is what it signs itself."""
    broken = {name: what for name, what in (await faults()).items() if what}
    assert not broken, broken
    kept = {row["leaf_sha256"] for row in await Envelope.select(Envelope.leaf_sha256)}
    assert set(before) <= kept, "the backup lacks a ballot that was acknowledged before it began"
    [newest] = await checkpoints(1)
    await close_database()
    await open_database(live)
    assert (await consistency_proof(newest.size)).old_root == newest.root
    await close_database()
    await open_database(there)
    return kept


async def _counted(made: City) -> list[Any]:
    await made.finish()
    assert not {name: what for name, what in (await faults()).items() if what}
    return list(await Count.select(Count.digest))


@pytest.mark.slow
async def test_the_same_ballots_count_the_same_after_a_restore(sqlite_settings: Settings, tmp_path: Path) -> None:
    """T-BACKUP: backed up after the close, counted here and there with the same dice: the same winners and root."""
    await open_database(sqlite_settings)
    made = await city(voters=4)
    for district, rolls in made.rolls.items():
        for nth, roll in enumerate(rolls):
            await made.cast(roll, made.projects[district][: 1 + nth % 3])
    await made.close()
    await made.open_box()
    await engine().copy_to(tmp_path / "backup")
    digests = []
    for settings in (sqlite_settings, await restored(sqlite_settings, tmp_path / "backup", tmp_path / "elsewhere")):
        await close_database()
        await open_database(settings)
        await made.count()
        rows = await Count.select(Count.area, Count.digest).where(Count.official.eq(True)).order_by(Count.area)
        digests.append([(row["area"], row["digest"]) for row in rows])
    await close_database()
    assert digests[0] == digests[1]
    assert all(UUID(str(made.election)) for _ in digests)
