"""I10 and the rollback: numbers of persons are found wherever they lie, and a board that went back in time is told."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rembuk import checkup, invariants, nightly, traces
from rembuk.board.store import checkpoints, drain
from rembuk.clock import frozen
from rembuk.database import close_database, engine, open_database
from rembuk.people import store as people
from rembuk.people.rules import NewEntry
from rembuk.people.store import confirm_pepper
from rembuk.settings import Settings
from tests.city import city

NIK = "3273274507900012"


@pytest.mark.parametrize(
    "text",
    [
        NIK,
        f"NIK: {NIK}.",
        "3273 2745 0790 0012",
        f'{{"nik":"{NIK}"}}',
        f"\0{NIK}\0",
        "3273.2745.0790.0012",
        f"a,{NIK},b",
    ],
)
def test_a_number_is_found(text: str) -> None:
    """I10: alone, in groups, between anything that is not a letter."""
    assert traces.numbers_in(text.encode()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "3273279907900012",  # no day 99
        "3273274507900000",  # no serial 0000
        f"ab{NIK}cd",  # inside a hash
        f"{NIK}1",  # longer
        f"0.{NIK}",  # a fraction
        "31415926535897932384",  # dice
        "081234567890",
    ],
)
def test_what_is_no_number_is_passed_over(text: str) -> None:
    """I10: hashes, fractions, dice and phone numbers are no NIK."""
    assert traces.numbers_in(text.encode()) == 0


def test_a_time_is_no_person() -> None:
    """I10: microseconds since 1970 have sixteen digits, too; only near the file's own time are they passed over."""
    now = b"1712020112345678"
    assert traces.numbers_in(now) == 1
    assert traces.numbers_in(now, 1712020112.0 + 3600) == 0
    assert traces.numbers_in(now, 1712020112.0 + 3 * 86_400) == 1


async def test_a_number_in_the_database_is_found(db: Any, tampering: None) -> None:
    """I10: a roll with NIK leaves none behind; one written into a text by habit is told by table and column."""
    made = await city(districts=1, proposals=2, voters=2)
    await people.add_roll_entries(made.cycle.id, [NewEntry(rw=f"{made.districts[0]}.1001.001", nik=NIK)])
    assert await invariants.INVARIANTS["I10"]() == []
    await engine().run(f"UPDATE person SET name = 'Imas {NIK}' WHERE name LIKE 'Imas%'")
    assert await invariants.INVARIANTS["I10"]() == ["1 rows of person.name hold 16 digits"]


def test_a_number_in_files_is_found(tmp_path: Path) -> None:
    """I10: in a dump, in a packed log, across the cut between two pieces; the path is told, never the number."""
    (tmp_path / "dump.sql").write_text(f"INSERT INTO x VALUES ('{NIK}');\n")
    with gzip.open(tmp_path / "log.gz", "wb") as packed:
        packed.write(b"x" * (traces.PIECE - 8) + b" " + NIK.encode() + b" " + b"y" * 100)
    (tmp_path / "clean.json").write_text('{"salt":"' + "12" * 32 + '"}')
    (tmp_path / "glued.bin").write_bytes(b"\n".join([b"9" * 15] * 100_000) + NIK.encode())
    said = traces.in_files(tmp_path)
    assert [Path(line.partition(":")[0]).name for line in said] == ["dump.sql", "log.gz"]
    assert not any(NIK in line for line in said)
    assert traces.in_files(tmp_path / "clean.json") == []


async def test_a_board_put_back_is_told(db: Any, tmp_path: Path) -> None:
    """trust 5: a checkpoint kept elsewhere shows a board that is older than it, or another one."""
    made = await city(districts=1, proposals=2, voters=2)
    await drain()
    [newest] = await checkpoints(1)
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(newest.note)
    assert (await checkup._not_older(kept)).holds
    await made.cast(made.rolls[made.districts[0]][0], [])
    await drain()
    assert (await checkup._not_older(kept)).holds
    [later] = await checkpoints(1)
    (tmp_path / "later.txt").write_text(later.note)
    (tmp_path / "other.txt").write_text(newest.note.replace("\n", "\n ", 1))
    assert not (await checkup._not_older(tmp_path / "other.txt")).holds
    assert (await checkup._not_older(tmp_path / "later.txt")).holds


async def test_an_older_backup_is_told(sqlite_settings: Settings, tmp_path: Path) -> None:
    """trust 5: the database put back from an old copy no longer holds what was seen since."""
    await open_database(sqlite_settings)
    made = await city(districts=1, proposals=2, voters=2)
    await drain()
    await engine().copy_to(tmp_path / "old.sqlite3")
    await made.cast(made.rolls[made.districts[0]][0], [])
    await drain()
    (tmp_path / "seen.txt").write_text((await checkpoints(1))[0].note)
    await close_database()
    old = Settings(data=tmp_path / "back")
    old.data.mkdir()
    (tmp_path / "old.sqlite3").rename(old.database_file)
    await open_database(old)
    try:
        found = await checkup.examine(seen=[tmp_path / "seen.txt"])
        assert [each.value.split(":")[0] for each in found if each.name == "checkpoint seen.txt"] == ["older"]
    finally:
        await close_database()


async def test_every_night_the_invariants_are_asked(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """trust 5: at two o'clock, by a process of its own; what does not hold is logged by its name."""
    monkeypatch.setenv("REMBUK_DATA", str(sqlite_settings.data))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(traces.__file__).parents[1])]))
    await open_database(sqlite_settings)
    try:
        made = await city(districts=1, proposals=2, voters=2)
        await confirm_pepper()
        await made.cast(made.rolls[made.districts[0]][0], [])
        assert await nightly.ask() == []
        await engine().run("UPDATE roll_mark SET seq = 7")
        asked: list[None] = []
        monkeypatch.setattr(nightly, "ask", lambda: _noted(asked))
        with frozen(_at(5)):
            await nightly.at_night()
        assert not asked
        with frozen(_at(19)):  # two o'clock in Bandung
            await nightly.at_night()
        assert asked
        monkeypatch.undo()
        monkeypatch.setenv("REMBUK_DATA", str(sqlite_settings.data))
        assert {"I2", "I4"} <= set(await nightly.ask())
        assert "I2 does not hold" in caplog.text
    finally:
        await close_database()


def _at(hour: int) -> datetime:
    return datetime(2026, 11, 20, hour, 30, tzinfo=UTC)


async def _noted(asked: list[None]) -> list[str]:
    asked.append(None)
    return []
