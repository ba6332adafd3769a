"""kill -9 while ballots are cast: nothing acknowledged is lost, nothing is double, the board drains."""

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from rembuk.board.rules import receipt_of
from rembuk.board.store import drain, lookup
from rembuk.board.tables import LeafQueue
from rembuk.database import close_database, open_database
from rembuk.invariants import faults
from rembuk.settings import Settings
from rembuk.voting.tables import Envelope, RollMark
from tests.city import City, city
from tests.floor.test_database_crash import assert_sound
from tests.voting.storming import FORMS

CAMPAIGN = os.environ.get("REMBUK_TEST_CAMPAIGN") == "1"
KILLS, VOTERS = (int(os.environ.get("REMBUK_TEST_KILLS", "200")), 60) if CAMPAIGN else (2, 6)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, pytestconfig: Any) -> None:
    """The processes find this checkout's tests."""
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))


async def started(settings: Settings, rolls: Path) -> asyncio.subprocess.Process:
    """A process that casts."""
    url = [settings.database_url] if settings.database_url else []
    command = [sys.executable, "-m", "tests.voting.storming", str(settings.data), str(rolls), *url]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


async def acknowledged(process: asyncio.subprocess.Process, until: int | None) -> list[tuple[str, int, str]]:
    """What a process acknowledged; killed with -9 after the given number of lines."""
    assert process.stdout
    lines: list[tuple[str, int, str]] = []
    async for line in process.stdout:
        if line.endswith(b"\n"):
            roll, form, leaf = line.decode().split()
            lines.append((roll, int(form), leaf))
        if until is not None and len(lines) >= until:
            process.kill()
            break
    rest = await process.stdout.read()
    for line in rest.decode().splitlines(keepends=True):
        if line.endswith("\n"):
            roll, form, leaf = line.split()
            lines.append((roll, int(form), leaf))
    await process.wait()
    return lines


async def prepared(settings: Settings) -> City:
    """A city with its booth open."""
    await open_database(settings)
    made = await city(voters=VOTERS)
    await close_database()
    return made


def written(made: City, file: Path) -> None:
    """The file that names a city's voters."""
    file.write_text(json.dumps([str(roll) for each in made.rolls.values() for roll in each]))


@pytest.mark.slow
async def test_a_killed_server_loses_no_ballot(database_settings: Settings, tmp_path: Path) -> None:
    """T-KILL, P1: killed again and again in the midst of casting, then left to finish; both engines."""
    made = await prepared(database_settings)
    written(made, tmp_path / "rolls.json")
    everybody = sum(len(each) for each in made.rolls.values())
    said: list[tuple[str, int, str]] = []
    for _ in range(KILLS):
        process = await started(database_settings, tmp_path / "rolls.json")
        said += await acknowledged(process, random.randint(1, everybody * FORMS))
    last = await started(database_settings, tmp_path / "rolls.json")
    said += await acknowledged(last, None)
    assert last.returncode == 0
    await open_database(database_settings)
    try:
        await _nothing_lost(made, said, everybody)
    finally:
        await close_database()
    if not database_settings.database_url:
        assert_sound(database_settings)


async def _nothing_lost(made: City, said: list[tuple[str, int, str]], everybody: int) -> None:
    rows = await Envelope.select(Envelope.roll, Envelope.leaf_sha256, Envelope.seq)
    kept = {(str(row["roll"]), row["leaf_sha256"]) for row in rows}
    assert {(roll, leaf) for roll, _, leaf in said} <= kept, "an acknowledged ballot is gone"
    leaves: dict[tuple[str, int], set[str]] = {}
    for roll, form, leaf in said:
        leaves.setdefault((roll, form), set()).add(leaf)
    assert all(len(each) == 1 for each in leaves.values()), "one form has two receipts"
    assert len(rows) == len(kept) == everybody * FORMS
    marks = await RollMark.select(RollMark.roll, RollMark.seq)
    assert sorted(mark["seq"] for mark in marks) == [FORMS] * everybody
    await drain()
    assert await LeafQueue.count() == 0
    place = await lookup(receipt_of(said[0][2]))
    assert place and not place.waiting
    assert not {name: what for name, what in (await faults()).items() if what}
    await made.close()
    assert await made.open_box() == everybody
