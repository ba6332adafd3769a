"""T-POWER: the power goes at any moment of casting; what was acknowledged is there, and the file is sound."""

import pickle
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rembuk.database import sqlite as lite
from rembuk.invariants import _FIGURES
from rembuk.settings import Settings
from tests.campaigns.disk import Disk, Op, Stored, library
from tests.campaigns.sizes import LARGE, said, sized

CUTS = sized("CUTS", 60, 100_000)
CONTROL_CUTS = sized("CONTROL_CUTS", 30, 1_000)
CASTS = sized("POWER_CASTS", 48, 240)
SECONDS = 480.0

pytestmark = pytest.mark.skipif(library() is None, reason="SQLite is built into Python here: no files to watch")


@dataclass(frozen=True)
class Recording:
    """What happened to the disk, from its first state on."""

    database: str
    files: dict[str, bytes]
    log: list[Op]


@dataclass
class Verdict:
    """What was found after the cuts."""

    cuts: int = 0
    lost: int = 0
    corrupt: int = 0
    half: int = 0

    def __str__(self) -> str:
        return f"{self.cuts} cuts, {self.lost} lost, {self.corrupt} corrupt, {self.half} half"


def recorded(template: Path, folder: Path, weaker: str = "") -> Recording:
    """Casts by a process of their own, with the product's settings or a weaker one."""
    settings = Settings(data=folder / "data")
    settings.data.mkdir(parents=True)
    settings.database_file.write_bytes(template.read_bytes())
    command = [sys.executable, "-m", "tests.campaigns.recording", str(settings.data), str(folder / "log"), str(CASTS)]
    subprocess.run([*command, *([weaker] if weaker else [])], check=True, cwd=Path(__file__).parents[2], timeout=300)
    return Recording(*pickle.loads((folder / "log").read_bytes()))


def cuts(made: Recording, number: int, seed: int, seconds: float) -> Iterator[tuple[dict[str, bytes], set[str]]]:
    """The files after so many cuts at random moments, with the leaves acknowledged before; bounded in time."""
    chance, disk, told = random.Random(seed), Disk(made.files), set[str]()
    begin = next(nth for nth, op in enumerate(made.log) if op[0] == "said")
    moments = sorted(chance.randrange(begin, len(made.log) + 1) for _ in range(number))
    done, stop = 0, time.monotonic() + seconds
    for moment in moments:
        for op in made.log[done:moment]:
            if op[0] == "said":
                told.add(op[1])
            else:
                disk.take(op)
        done = moment
        yield disk.after_cut(chance), set(told)
        if time.monotonic() > stop:
            return


def judged(made: Recording, folder: Path, number: int, seed: int, seconds: float = SECONDS) -> Verdict:
    """Open the database after every cut as the server would, and count what does not hold."""
    verdict = Verdict()
    for files, told in cuts(made, number, seed, seconds):
        for old in folder.iterdir():
            old.unlink()
        for name, data in files.items():
            (folder / Path(name).name).write_bytes(data)
        _judge(verdict, folder / Path(made.database).name, told)
    return verdict


def _judge(verdict: Verdict, file: Path, told: set[str]) -> None:
    verdict.cuts += 1
    try:
        with closing(lite.connect(file)) as database:
            sound = database.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
            sound = sound and not database.execute("PRAGMA foreign_key_check(envelope)").fetchall()
            kept = {row[0] for row in database.execute("SELECT leaf_sha256 FROM envelope")}
            envelopes, sent, _, posted, queued, *_ = database.execute(_FIGURES).fetchone()
    except lite.sqlite3.DatabaseError:
        verdict.corrupt += 1
        return
    verdict.corrupt += not sound
    verdict.lost += not told <= kept
    verdict.half += not envelopes == sent == posted + queued


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory for the disk after each cut."""
    import tempfile

    from tests.databases import FAST

    with tempfile.TemporaryDirectory(prefix="rembuk-power-", dir=FAST) as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_power_cut_loses_no_ballot(sqlite_template: Path, tmp_path: Path, memory: Path) -> None:
    """T-POWER, P1: with the product's own settings nothing acknowledged is lost, torn or half."""
    made = recorded(sqlite_template, tmp_path)
    assert sum(op[0] == "said" for op in made.log) == CASTS
    assert {op[0] for op in made.log} >= {"write", "sync", "new", "gone", "said"}
    verdict = judged(made, memory, CUTS, seed=random.SystemRandom().randrange(2**32) if LARGE else 1)
    said(f"T-POWER: {verdict} ({CASTS} casts, {len(made.log)} operations)")
    assert (verdict.lost, verdict.corrupt, verdict.half) == (0, 0, 0), verdict


@pytest.mark.slow
def test_with_a_weaker_setting_the_same_cuts_lose_ballots(sqlite_template: Path, tmp_path: Path, memory: Path) -> None:
    """T-POWER: the control. With synchronous=NORMAL more than 80 % of the cuts lose an acknowledged ballot."""
    made = recorded(sqlite_template, tmp_path, "synchronous=NORMAL")
    verdict = judged(made, memory, CONTROL_CUTS, seed=1)
    said(f"T-POWER control (synchronous=NORMAL): {verdict}")
    assert verdict.lost > (0.8 if LARGE else 0.6) * verdict.cuts, verdict  # thirty cuts scatter
    assert verdict.corrupt == 0, verdict


def test_the_disk_forgets_what_was_not_synced() -> None:
    """T-POWER: the disk itself: synced bytes stay, others may go sector by sector, a deletion may come undone."""
    disk = Disk({"a": b"old" * 400})
    for op in (("new", "b"), ("write", "b", 0, b"x"), ("write", "a", 0, b"N" * 1200)):
        disk.take(op)
    seen = [disk.after_cut(random.Random(seed)) for seed in range(200)]
    assert {b"old" * 400, b"N" * 1200} < {files["a"] for files in seen}, "both ends, and torn ones between"
    assert any(files["a"][:512] == b"N" * 512 and files["a"][512:515] != b"NNN" for files in seen)
    assert {"b" in files for files in seen} == {True, False}
    disk.take(("sync", "a"))
    disk.take(("sync", "b"))
    disk.take(("gone", "b", False))
    seen = [disk.after_cut(random.Random(seed)) for seed in range(200)]
    assert {files["a"] for files in seen} == {b"N" * 1200}
    assert {files.get("b") for files in seen} == {b"x", None}
    assert Stored(bytearray(b"abc"), [(1, None)]).after_cut(random.Random(3)) in {b"abc", b"a"}


def test_the_control_would_be_told_apart(tmp_path: Path, memory: Path, sqlite_template: Path) -> None:
    """T-POWER: a judge that cannot see a loss is no judge: an unknown leaf and a torn page are both found."""
    file = memory / "rembuk.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    found: Any = Verdict()
    _judge(found, file, {"never cast"})
    assert (found.lost, found.corrupt) == (1, 0)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(512) + whole[len(whole) // 2 + 512 :])
    for start in range(4096, len(whole), 4096 * 7):
        whole = whole[:start] + b"\xff" * 64 + whole[start + 64 :]
    file.write_bytes(whole)
    _judge(found, file, set())
    assert found.corrupt == 1
