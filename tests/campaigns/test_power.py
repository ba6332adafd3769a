"""T-POWER: the power goes at any moment of casting; what was acknowledged is there, and the file is sound."""

import pickle
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any

import pytest

from rembuk.database import sqlite as lite
from rembuk.invariants import _FIGURES
from rembuk.settings import Settings
from tests.campaigns.disk import Disk, Op, Stored, library, put
from tests.campaigns.sizes import LARGE, patient, said, seconds_for, sized

CUTS = sized("CUTS", 60, 100_000)
CONTROL_CUTS = sized("CONTROL_CUTS", 30, 1_000)
CASTS = sized("POWER_CASTS", 48, 240)
SECONDS = 480.0
RECORDED_ANEW = 5_000
"""Cuts of one recording; then others are made, so that the casts fall otherwise, too."""

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


def cuts(made: Recording, number: int, seed: int, stop: float) -> Iterator[tuple[dict[str, bytearray], set[str]]]:
    """The files after so many cuts at random moments, with the leaves acknowledged before; none after `stop`."""
    chance, disk, told = random.Random(seed), Disk(made.files), set[str]()
    begin = next(nth for nth, op in enumerate(made.log) if op[0] == "said")
    moments = sorted(chance.randrange(begin, len(made.log) + 1) for _ in range(number))
    done = 0
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


HOLD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_SH, 510, 0x40000002)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another process shares the file: whoever closes it leaves file and log as they are, for the next cut."""
    command = [sys.executable, "-S", "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        yield
        other.kill()


class Machine:
    """The folder after each cut; what lies there from the cut before is not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.there = folder, dict[Path, bytearray]()

    def lay_out(self, files: dict[str, bytearray]) -> None:
        """The folder holds these files and nothing else."""
        wanted = {self.folder / Path(name).name: data for name, data in files.items()}
        for old in self.folder.iterdir():
            if old not in wanted:  # the index of the log in memory, too: it is gone with the power
                old.unlink()
        for file, data in wanted.items():
            put(file, data, self.there.get(file))
        self.there = wanted


def judged(verdict: Verdict, made: Recording, folder: Path, number: int, seed: int, stop: float = inf) -> Verdict:
    """Open the database after every cut as the server would, and count what does not hold."""
    machine, seen = Machine(folder), dict[bytes, Found]()
    database = folder / Path(made.database).name
    machine.lay_out({made.database: bytearray(made.files[made.database])})
    with held(database):
        for files, told in cuts(made, number, seed, stop):
            machine.lay_out(files)
            _judge(verdict, database, told, seen)
    return verdict


@dataclass(frozen=True)
class Found:
    """What a database holds, whichever way its pages came back."""

    sound: bool
    leaves: frozenset[str]
    whole: bool


def _judge(verdict: Verdict, file: Path, told: set[str], seen: dict[bytes, Found]) -> None:
    """Open it; what an equal database was found to be is not asked twice."""
    verdict.cuts += 1
    try:
        with closing(lite.connect(file)) as database:
            pages = sha256(database.serialize()).digest()  # as a reader sees them: the log is in it
            if pages not in seen:
                seen[pages] = _found(database)
            found = seen[pages]
    except sqlite3.DatabaseError:
        verdict.corrupt += 1
        return
    verdict.corrupt += not found.sound
    verdict.lost += not told <= found.leaves
    verdict.half += not found.whole


def _found(database: sqlite3.Connection) -> Found:
    sound = database.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
    sound = sound and not database.execute("PRAGMA foreign_key_check(envelope)").fetchall()
    leaves = frozenset(row[0] for row in database.execute("SELECT leaf_sha256 FROM envelope"))
    envelopes, sent, _, posted, queued, *_ = database.execute(_FIGURES).fetchone()
    return Found(sound, leaves, envelopes == sent == posted + queued)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory for the disk after each cut."""
    import tempfile

    from tests.databases import FAST

    with tempfile.TemporaryDirectory(prefix="rembuk-power-", dir=FAST) as folder:
        yield Path(folder)


@pytest.mark.slow
@patient(SECONDS)
def test_a_power_cut_loses_no_ballot(sqlite_template: Path, tmp_path: Path, memory: Path) -> None:
    """T-POWER, P1: with the product's own settings nothing acknowledged is lost, torn or half."""
    verdict, recordings, template = Verdict(), 0, tmp_path / "template"
    template.write_bytes(sqlite_template.read_bytes())  # others may sweep theirs away in a long campaign
    chance = random.SystemRandom() if LARGE else random.Random(1)
    stop = time.monotonic() + seconds_for(SECONDS)
    while verdict.cuts < CUTS and time.monotonic() < stop:
        recordings += 1
        made = recorded(template, tmp_path / str(recordings))
        assert sum(op[0] == "said" for op in made.log) == CASTS
        assert {op[0] for op in made.log} >= {"write", "sync", "new", "gone", "said"}
        judged(verdict, made, memory, min(CUTS - verdict.cuts, RECORDED_ANEW), chance.randrange(2**32), stop)
        print(verdict, flush=True)
    said(f"T-POWER: {verdict} ({recordings} recordings of {CASTS} casts, {len(made.log)} operations)")
    assert (verdict.lost, verdict.corrupt, verdict.half) == (0, 0, 0), verdict


@pytest.mark.slow
def test_with_a_weaker_setting_the_same_cuts_lose_ballots(sqlite_template: Path, tmp_path: Path, memory: Path) -> None:
    """T-POWER: the control. With synchronous=NORMAL more than 80 % of the cuts lose an acknowledged ballot."""
    made = recorded(sqlite_template, tmp_path, "synchronous=NORMAL")
    verdict = judged(Verdict(), made, memory, CONTROL_CUTS, seed=1)
    said(f"T-POWER control (synchronous=NORMAL): {verdict}")
    assert verdict.lost > (0.8 if LARGE else 0.6) * verdict.cuts, verdict  # thirty cuts scatter
    assert verdict.corrupt == 0, verdict


def test_the_disk_forgets_what_was_not_synced() -> None:
    """T-POWER: the disk itself: synced bytes stay, others may go sector by sector, a deletion may come undone."""
    disk = Disk({"a": b"old" * 400})
    for op in (("new", "b"), ("write", "b", 0, b"x"), ("write", "a", 0, b"N" * 1200)):
        disk.take(op)
    seen = [_after_cut(disk, seed) for seed in range(200)]
    assert {b"old" * 400, b"N" * 1200} < {files["a"] for files in seen}, "both ends, and torn ones between"
    assert any(files["a"][:512] == b"N" * 512 and files["a"][512:515] != b"NNN" for files in seen)
    assert {"b" in files for files in seen} == {True, False}
    disk.take(("sync", "a"))
    disk.take(("sync", "b"))
    disk.take(("gone", "b", False))
    seen = [_after_cut(disk, seed) for seed in range(200)]
    assert {files["a"] for files in seen} == {b"N" * 1200}
    assert {files.get("b") for files in seen} == {b"x", None}
    assert bytes(Stored(bytearray(b"abc"), [(1, None)]).after_cut(random.Random(3))) in {b"abc", b"a"}


def _after_cut(disk: Disk, seed: int) -> dict[str, bytes]:
    return {name: bytes(data) for name, data in disk.after_cut(random.Random(seed)).items()}


def test_a_file_is_made_what_it_shall_be(tmp_path: Path) -> None:
    """T-POWER: the short way of writing: longer, shorter, changed in the middle, and new."""
    chance, file, old = random.Random(1), tmp_path / "file", None
    for size in (0, 9_000, 9_000, 20_000, 4_096, 4_095, 600_000):
        wanted = bytearray(chance.randbytes(size))
        for changed in (wanted, wanted, wanted[: size // 2] + b"!" + wanted[size // 2 + 1 :]):
            put(file, changed, old)
            old = changed
            assert file.read_bytes() == changed


def test_the_control_would_be_told_apart(tmp_path: Path, memory: Path, sqlite_template: Path) -> None:
    """T-POWER: a judge that cannot see a loss is no judge: an unknown leaf and a torn page are both found."""
    file = memory / "rembuk.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    found: Any = Verdict()
    _judge(found, file, {"never cast"}, {})
    assert (found.lost, found.corrupt) == (1, 0)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(512) + whole[len(whole) // 2 + 512 :])
    for start in range(4096, len(whole), 4096 * 7):
        whole = whole[:start] + b"\xff" * 64 + whole[start + 64 :]
    file.write_bytes(whole)
    _judge(found, file, set(), {})
    assert found.corrupt == 1
