"""T-BACKUP and T-MIGRATE at full size: a million people on the roll, 300,000 envelopes."""

import asyncio
import os
import random
import sqlite3
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rembuk import invariants
from rembuk.board.store import checkpoints
from rembuk.database import close_database, engine, open_database
from rembuk.database.migrating import behind
from rembuk.invariants import faults
from rembuk.settings import Settings
from tests.campaigns.filling import digests, fill
from tests.campaigns.pair import programs
from tests.campaigns.sizes import LARGE, bounded, patient, said, sized
from tests.campaigns.steps import releases
from tests.campaigns.test_backup import backed_up, casting, restored
from tests.city import City, city
from tests.databases import on_server

ROLL, ENVELOPES = sized("ROLL", 600, 1_000_000), sized("ENVELOPES", 90, 300_000)
KILLS = sized("MIGRATE_KILLS", 1, 200)
SECONDS = 900.0
BACK_SECONDS, MIGRATED_SECONDS = 15 * 60, 10 * 60


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch, pytestconfig: Any) -> None:
    """The processes find this checkout's tests."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pytestconfig.rootpath), os.environ.get("PYTHONPATH", "")]))


async def filled(settings: Settings) -> City:
    """A city of that size with its booth open; the database stays open."""
    await open_database(settings)
    made = await city(voters=4)
    began = time.monotonic()
    await fill(made, ROLL, ENVELOPES)
    print(f"filled in {time.monotonic() - began:.0f} s", flush=True)
    return made


def named(settings: Settings) -> str:
    """The engine, in words."""
    return "PostgreSQL" if settings.database_url else "SQLite"


@pytest.mark.slow
@patient(SECONDS)
@pytest.mark.parametrize("database_settings", ["sqlite", "postgres"] if LARGE else ["sqlite"], indirect=True)
async def test_a_large_backup_is_back_in_time(database_settings: Settings, tmp_path: Path) -> None:
    """T-BACKUP: copied under load, restored elsewhere, every invariant asked, the same root: within 15 minutes."""
    if database_settings.database_url and programs() is None:
        pytest.skip("PostgreSQL's own programs are not here")
    made = await filled(database_settings)
    told: list[str] = []
    enough = asyncio.Event()
    load = asyncio.create_task(casting(made, told, enough))
    await asyncio.sleep(0.3)
    before, began = set(told), time.monotonic()
    await backed_up(database_settings, tmp_path / "backup")
    copied = time.monotonic() - began
    enough.set()
    await load
    during, live = len(told) - len(before), {each.size: each.root for each in await checkpoints(1000)}
    size, began = (tmp_path / "backup").stat().st_size, time.monotonic()
    there = await restored(database_settings, tmp_path / "backup", tmp_path / "elsewhere")
    back = time.monotonic() - began
    await close_database()
    await open_database(there)
    try:
        broken = {name: what for name, what in (await faults()).items() if what}
        sound = time.monotonic() - began
        kept = {row["leaf_sha256"] for row in await engine().run("SELECT leaf_sha256 FROM envelope")}
        [newest] = await checkpoints(1)
    finally:
        await close_database()
        await forgotten(database_settings, there)
    said(
        f"T-BACKUP at size ({named(there)}): {ROLL} on the roll, {len(kept)} envelopes, {size / 1e6:.0f} MB copied in"
        f" {copied:.0f} s with {during} ballots meanwhile, restored in {back:.0f} s, sound after {sound:.0f} s,"
        f" {len(before - kept)} of {len(before)} before it missing"
    )
    assert not broken, broken
    assert before <= kept
    assert live[newest.size] == newest.root
    assert sound < BACK_SECONDS


async def forgotten(live: Settings, there: Settings) -> None:
    """The restored PostgreSQL database is dropped."""
    if there.database_url and live.database_url:
        name = urlsplit(there.database_url).path.removeprefix("/")
        await on_server(live.database_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def upgrading(settings: Settings, seconds: float | None) -> int:
    """A process that upgrades; killed with -9 so long after it began, when asked; its exit status."""
    arguments = [str(settings.data), *([settings.database_url] if settings.database_url else [])]
    command = [sys.executable, "-m", "tests.campaigns.filling", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"begun\n"
    if seconds is None:
        return await process.wait()
    try:
        return await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        process.kill()
        return await process.wait()


@pytest.mark.slow
@patient(SECONDS)
@pytest.mark.parametrize("database_settings", ["sqlite", "postgres"] if LARGE else ["postgres"], indirect=True)
async def test_a_large_migration_is_whole(database_settings: Settings, quiet: None) -> None:
    """T-MIGRATE: a populated database killed at random on its way to the next release: nothing half, and in time."""
    await filled(database_settings)
    before, left = await digests(), await behind(releases())
    await close_database()
    chance, kills, span = random.Random(), 0, 60.0 if ROLL > 10_000 else 0.02
    for _ in bounded(KILLS, SECONDS / 2):
        if await upgrading(database_settings, chance.random() * span) == 0:
            break
        kills += 1
        await open_database(database_settings)
        assert await behind(releases()) == left, "a half migration"
        await close_database()
        span *= 0.9  # most of them in the midst, whatever the machine
    began = time.monotonic()
    assert await upgrading(database_settings, None) == 0
    took = time.monotonic() - began
    await open_database(database_settings)
    try:
        assert await behind(releases()) == 0
        assert await digests() == before
        assert not {name: what for name, what in (await faults()).items() if what}
    finally:
        await close_database()
    name = named(database_settings)
    said(f"T-MIGRATE at size ({name}): {ROLL} on the roll, {ENVELOPES} envelopes, {kills} kills, whole in {took:.0f} s")
    assert took < MIGRATED_SECONDS


def test_no_invariant_reads_a_table_for_every_row(sqlite_template: Path) -> None:
    """T-BACKUP: what is asked of each envelope is found by an index, or a city's box is never checked."""
    asked = {name: sql for name, sql in vars(invariants).items() if isinstance(sql, str) and "SELECT" in sql}
    with closing(sqlite3.connect(f"{sqlite_template.as_uri()}?mode=ro", uri=True)) as database:
        for name, sql in asked.items():
            plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")]
            inner = [after for before, after in pairwise(plan) if before.startswith("CORRELATED")]
            assert all(step.startswith("SEARCH") for step in inner), f"{name}: {plan}"
    assert "_FIGURES" in asked
