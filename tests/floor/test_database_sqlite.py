"""What is SQLite's own: its settings, its one writer, its readers."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rembuk.database import (
    AlreadyServed,
    apart,
    close_database,
    engine,
    open_database,
    server_lock,
    transaction,
)
from rembuk.database import sqlite as lite
from rembuk.database import whole as attempts
from rembuk.database import writer as writing
from rembuk.database.faults import Trouble
from rembuk.errors import Refused
from rembuk.settings import Settings
from tests.floor.scratch import Note, scratch


@pytest.fixture
async def lite_db(sqlite_settings: Settings) -> AsyncIterator[Any]:
    """An open SQLite database with the scratch tables."""
    yield await open_database(sqlite_settings)
    await close_database()


@pytest.fixture(autouse=True)
async def tables(lite_db: Any) -> None:
    """A page and its notes."""
    await scratch()


@transaction
async def write(text: str) -> None:
    """One note."""
    await Note.insert(Note(text=text))


def commits() -> list[str]:
    """A list that grows with every statement the writer sends to its thread."""
    seen: list[str] = []
    engine()._writer.connection.set_trace_callback(
        lambda sql: seen.append(sql) if sql in ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK") else None
    )
    return seen


async def test_every_connection_has_our_settings() -> None:
    """D8: what trust.md 5 demands of SQLite."""
    wanted = {
        "busy_timeout": 10000,
        "synchronous": 2,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "secure_delete": 1,
    }
    for connection in (engine()._writer.connection, engine()._reader):
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
        assert found == wanted
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


async def test_many_transactions_share_one_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """D9: 200 writers at once need a handful of commits, of 64 at most."""
    seen = commits()
    monkeypatch.setattr(writing, "BATCH_SECONDS", 10.0)
    await asyncio.gather(*(write(str(n)) for n in range(200)))
    assert await Note.count() == 200
    assert 200 // writing.BATCH < seen.count("COMMIT") <= 200 // writing.BATCH + 2


async def test_nobody_is_answered_before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """D9: whoever returns can be seen by another connection at once."""
    other = lite.connect(engine()._file, "query_only=1")

    async def sure(n: int) -> bool:
        await write(str(n))
        return bool(lite.rows_of(other, "SELECT 1 FROM note WHERE text = ?", (str(n),)))

    assert all(await asyncio.gather(*(sure(n) for n in range(100))))
    other.close()


async def test_a_failing_commit_fails_its_batch_and_frees_the_lock() -> None:
    """D3: neighbours of a body that breaks the COMMIT are told so; others write on."""

    @transaction
    async def orphan() -> None:
        await engine().run("INSERT INTO leaf (id, page) VALUES (1, 'nowhere')")

    results = await asyncio.gather(write("a"), orphan(), write("b"), return_exceptions=True)
    assert all(isinstance(result, writing.CommitFailed) for result in results)
    other = sqlite3.connect(engine()._file, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await write("after")
    assert [row["text"] for row in await Note.select()] == ["after"]


async def test_a_busy_file_is_waited_for_then_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """D4: another process writing is waited for; too long is a 503, and leaves the writer usable."""
    engine()._writer.connection.execute("PRAGMA busy_timeout=30")
    monkeypatch.setattr(attempts, "PATIENCE_SECONDS", 0.2)
    other = lite.connect(engine()._file)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refused) as refused:
        await write("never")
    assert refused.value.reason is Trouble.NOT_RECORDED
    asyncio.get_running_loop().call_later(0.02, other.execute, "ROLLBACK")
    await write("now")
    other.close()
    assert [row["text"] for row in await Note.select()] == ["now"]


async def test_a_body_that_hangs_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """D9: whoever keeps the writer too long, as by waiting for a child task that writes, loses its turn."""
    monkeypatch.setattr(writing, "BODY_SECONDS", 0.05)

    @transaction
    async def parent() -> None:
        await Note.insert(Note(text="parent"))
        await asyncio.create_task(write("child"))

    with pytest.raises(TimeoutError):
        await parent()
    await write("next")
    assert sorted(row["text"] for row in await Note.select()) == ["next"]


async def test_reads_never_write_and_plain_writes_find_the_writer() -> None:
    """D10: the reader refuses to write; a WITH that writes goes to the writer."""
    with pytest.raises(sqlite3.OperationalError):
        engine().look("DELETE FROM note")
    await engine().run("INSERT INTO note (id, text) VALUES ('a', 'a')")
    await engine().run("WITH old AS (SELECT id FROM note) UPDATE note SET text = 'b' WHERE id IN old")
    assert engine().look("SELECT text FROM note") == [{"text": "b"}]


async def test_long_reads_may_run_apart() -> None:
    """D10: reports read in threads, the same rows."""
    await write("a")
    with apart():
        found = await asyncio.gather(*(Note.select(Note.text) for _ in range(5)))
    assert found == [[{"text": "a"}]] * 5


async def test_a_batch_gives_rows_some_at_a_time() -> None:
    """D10: exports need not hold every row."""
    for n in range(7):
        await write(str(n))
    async with await Note.select(Note.text).order_by(Note.text).batch(batch_size=3) as batch:
        sizes = [len(rows) async for rows in batch]
    assert sizes == [3, 3, 1]


async def test_a_copy_under_load_is_sound_and_whole(tmp_path: Path) -> None:
    """T-BACKUP: copied while 300 notes are written, every transaction is in it whole or not at all."""

    @transaction
    async def pair(n: int) -> None:
        await write(f"{n} left")
        await write(f"{n} right")

    target = tmp_path / "copy.sqlite3"
    await asyncio.gather(engine().copy_to(target), *(pair(n) for n in range(150)))
    copy = sqlite3.connect(target)
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert copy.execute("SELECT count(*) % 2 FROM note").fetchone() == (0,)
    copy.close()
    with pytest.raises(FileExistsError):
        await engine().copy_to(target)


async def test_only_one_server_per_file(sqlite_settings: Settings) -> None:
    """D11: the second server is refused, until the first is gone."""
    with server_lock(sqlite_settings), pytest.raises(AlreadyServed), server_lock(sqlite_settings):
        pass
    with server_lock(sqlite_settings):
        pass


async def test_only_one_database_at_a_time(sqlite_settings: Settings) -> None:
    """D11: opening twice is a mistake, and leaks nothing."""
    with pytest.raises(RuntimeError):
        await open_database(sqlite_settings)
