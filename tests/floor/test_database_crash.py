"""Several processes on one database, killed without warning: nothing said is lost, nothing is double."""

import asyncio
import sqlite3
import sys
from typing import Any

import pytest

from rembuk.database import close_database, open_database
from rembuk.settings import Settings
from tests.floor.scratch import Note, Page, scratch


async def started(settings: Settings) -> asyncio.subprocess.Process:
    """A process that votes."""
    command = [sys.executable, "-m", "tests.floor.writing", str(settings.data)]
    url = [settings.database_url] if settings.database_url else []
    return await asyncio.create_subprocess_exec(*command, *url, stdout=asyncio.subprocess.PIPE)


async def acknowledged(process: asyncio.subprocess.Process, until: int | None) -> list[str]:
    """Lines of a process; killed with -9 after the given number of them."""
    assert process.stdout
    lines: list[str] = []
    async for line in process.stdout:
        if line.endswith(b"\n"):
            lines.append(line.decode().strip())
        if until and len(lines) == until:
            process.kill()
    await process.wait()
    return lines


async def test_killed_processes_lose_nothing_they_acknowledged(database_settings: Settings) -> None:
    """T-KILL: two processes voting for the same people, killed three times, then left to finish."""
    await open_database(database_settings)
    await scratch()
    await Page.insert(Page(title="counter"))
    await close_database()
    said: list[str] = []
    for until in (15, 25, None):
        processes = [await started(database_settings) for _ in range(2)]
        for lines in await asyncio.gather(*(acknowledged(process, until) for process in processes)):
            said += lines
        if until is None:
            assert [process.returncode for process in processes] == [0, 0]
    await open_database(database_settings)
    kept = [row["text"] for row in await Note.select(Note.text)]
    counted = (await Page.select(Page.count).first())["count"]
    await close_database()
    assert len(said) == len(set(said)), "one voter was told twice that the vote was new"
    assert set(said) <= set(kept)
    assert counted == len(kept) == len(set(kept))
    if not database_settings.database_url:
        assert_sound(database_settings)


def assert_sound(settings: Settings) -> None:
    """SQLite finds nothing wrong with the file."""
    connection = sqlite3.connect(settings.database_file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, pytestconfig: Any) -> None:
    """The processes find this checkout's tests."""
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
