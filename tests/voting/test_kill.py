"""kill -9 while ballots are cast: nothing acknowledged is lost, nothing is double, the board drains."""

import asyncio
import json
import os
import pickle
import random
import secrets
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rembuk.board.rules import receipt_of
from rembuk.board.store import drain, lookup
from rembuk.board.tables import LeafQueue
from rembuk.database import close_database, open_database
from rembuk.invariants import faults
from rembuk.settings import Settings
from rembuk.voting.tables import Envelope, RollMark
from tests.campaigns.sizes import LARGE, bounded, patient, said, sized
from tests.city import City, city
from tests.databases import on_server, with_database
from tests.floor.test_database_crash import assert_sound

KILLS = sized("KILLS", 6, 10_000)
AT_ONCE, VOTERS, FORMS = (150, 6, 25) if LARGE else (6, 2, 4)
"""Kills of one database, voters of each district, ballots of each voter: then it is judged, and a fresh one begun."""
SECONDS = 420.0


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, pytestconfig: Any) -> None:
    """The processes find this checkout's tests."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pytestconfig.rootpath), os.environ.get("PYTHONPATH", "")]))


async def stormed(settings: Settings, rolls: Path, kills: int) -> tuple[list[tuple[str, int, str]], int]:
    """What was acknowledged by processes killed one after another, and how many were."""
    seed = random.SystemRandom().randrange(2**32) if LARGE else 1
    arguments = [str(settings.data), str(rolls), str(FORMS), str(kills), str(seed)]
    arguments += [settings.database_url] if settings.database_url else []
    command = [sys.executable, "-m", "tests.voting.storming", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    *lines, last = out.decode().splitlines()
    told = [(roll, int(form), leaf) for roll, form, leaf in (line.split() for line in lines)]
    return told, int(last.removeprefix("kills "))


async def prepared(settings: Settings, rolls: Path) -> bytes:
    """A city with its booth open, and a file that names its voters."""
    await open_database(settings)
    made = await city(voters=VOTERS)
    await close_database()
    written(made, rolls)
    return pickle.dumps(made)


def written(made: City, file: Path) -> None:
    """The file that names a city's voters."""
    file.write_text(json.dumps([str(roll) for each in made.rolls.values() for roll in each]))


@asynccontextmanager
async def fresh(template: Settings, folder: Path) -> AsyncIterator[Settings]:
    """A copy of the database of these settings, deleted at the end."""
    if not template.database_url:
        yield _copied(template, folder)
        shutil.rmtree(folder)
        return
    old, name = urlsplit(template.database_url).path.removeprefix("/"), f"kill_{secrets.token_hex(4)}"
    await on_server(with_database(template.database_url, "postgres"), f"CREATE DATABASE {name} TEMPLATE {old}")
    yield Settings(data=template.data, database_url=with_database(template.database_url, name))
    await on_server(with_database(template.database_url, "postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _copied(template: Settings, folder: Path) -> Settings:
    copy = Settings(data=folder)
    folder.mkdir()
    shutil.copyfile(template.database_file, copy.database_file)
    return copy


@pytest.mark.slow
@patient(SECONDS)
async def test_a_killed_server_loses_no_ballot(database_settings: Settings, tmp_path: Path) -> None:
    """T-KILL, P1: killed again and again in the midst of casting, then left to finish; both engines."""
    template = await prepared(database_settings, tmp_path / "rolls.json")
    kills = ballots = 0
    for nth in bounded(KILLS, SECONDS):
        if kills >= KILLS:
            break
        async with fresh(database_settings, database_settings.data.parent / f"copy-{nth}") as settings:
            told, died = await stormed(settings, tmp_path / "rolls.json", min(AT_ONCE, KILLS - kills))
            kills, ballots = kills + died, ballots + len({leaf for _, _, leaf in told})
            await open_database(settings)
            try:
                await _nothing_lost(pickle.loads(template), told)
            finally:
                await close_database()
            if not settings.database_url:
                assert_sound(settings)
    engine = "PostgreSQL" if database_settings.database_url else "SQLite"
    said(f"T-KILL of the casting process ({engine}): {kills} kills, {ballots} ballots acknowledged, 0 lost, 0 double")


async def _nothing_lost(made: City, told: list[tuple[str, int, str]]) -> None:
    everybody = sum(len(each) for each in made.rolls.values())
    rows = await Envelope.select(Envelope.roll, Envelope.leaf_sha256, Envelope.seq)
    kept = {(str(row["roll"]), row["leaf_sha256"]) for row in rows}
    assert {(roll, leaf) for roll, _, leaf in told} <= kept, "an acknowledged ballot is gone"
    leaves: dict[tuple[str, int], set[str]] = {}
    for roll, form, leaf in told:
        leaves.setdefault((roll, form), set()).add(leaf)
    assert all(len(each) == 1 for each in leaves.values()), "one form has two receipts"
    assert len(rows) == len(kept) == everybody * FORMS
    marks = await RollMark.select(RollMark.roll, RollMark.seq)
    assert sorted(mark["seq"] for mark in marks) == [FORMS] * everybody
    await drain()
    assert await LeafQueue.count() == 0
    place = await lookup(receipt_of(told[0][2]))
    assert place and not place.waiting
    assert not {name: what for name, what in (await faults()).items() if what}
    await made.close()
    assert await made.open_box() == everybody
