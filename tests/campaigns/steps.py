"""Dying between two statements: `python -m tests.campaigns.steps FOLDER SEED ROUNDS SECONDS`.

A child is forked for each round; it works on a copy of the database and kills itself with -9 just before or just
after its k-th SQL statement (COMMIT is one). Another child then opens what is left, checks it and does the deed again.
No product code knows of this: the connection counts.
"""

import asyncio
import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from rembuk import clock
from rembuk.board.store import drain
from rembuk.board.tables import BoardLeaf, LeafQueue
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.database import close_database, engine, migrate, open_database
from rembuk.database import sqlite as lite
from rembuk.database.migrating import behind, history
from rembuk.invariants import faults
from rembuk.people import store as people
from rembuk.people.rules import NewEntry
from rembuk.people.tables import RollEntry
from rembuk.results.store import destroying
from rembuk.results.store.destroying import Plan
from rembuk.settings import Settings, asset_folder
from rembuk.voting.tables import Envelope
from tests.city import City

NONCE = b"\7" * 32
NEWCOMERS = 7


class Counting(sqlite3.Connection):
    """A connection that counts the statements of its process, and may die at one of them."""

    count = 0
    dies_at = -1
    after = False

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """Die before or after the chosen statement; else run it."""
        Counting.count += 1
        mine = Counting.count == Counting.dies_at
        if mine and not Counting.after:
            os.kill(os.getpid(), signal.SIGKILL)
        cursor = super().execute(*arguments)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return cursor


def count_statements() -> None:
    """From now on every connection of this process counts."""
    stock = sqlite3.connect

    def counted(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return stock(*arguments, **{**options, "factory": Counting})

    lite.sqlite3.connect = counted  # type: ignore[assignment]


async def cast(made: City) -> None:
    """One voter's ballot."""
    await made.cast(made.rolls[made.districts[0]][0], made.projects[made.districts[0]][:2], NONCE)


async def cast_is_whole(made: City) -> bool:
    """The envelope is there; the invariants say whether mark and leaf are."""
    return bool(await Envelope.exists().where(Envelope.roll == made.rolls[made.districts[0]][0]))


async def close(made: City) -> None:
    """The booth closes, by two persons."""
    if (await cycles.election(made.cycle.id)).state is ElectionState.OPEN:
        await made.close()


async def close_is_whole(made: City) -> bool:
    """Closed, with its leaf; never one without the other."""
    closed = (await cycles.election(made.cycle.id)).state is ElectionState.CLOSED
    assert closed == bool(await BoardLeaf.exists().where(BoardLeaf.kind == "close")), "a half close"
    return closed


async def enrol(made: City) -> None:
    """Newcomers on the roll; their NIK make it harmless to repeat."""
    rw = f"{made.districts[0]}.1001.001"
    niks = (f"327327{day:02d}0190{day:04d}" for day in range(1, NEWCOMERS + 1))
    await people.add_roll_entries(made.cycle.id, [NewEntry(rw=rw, nik=nik) for nik in niks])


async def enrol_is_whole(made: City) -> bool:
    """All newcomers or none."""
    number = await RollEntry.count().where(RollEntry.cycle == made.cycle.id, RollEntry.nik_mac.is_not_null())
    assert number in (0, NEWCOMERS), f"{number} of {NEWCOMERS} newcomers"
    return bool(number)


async def post(made: City) -> None:
    """The sequencer brings the queue onto the board."""
    await drain()


async def post_is_whole(made: City) -> bool:
    """Nothing waits any more."""
    return not await LeafQueue.exists()


PLAN = Plan("Balai kota", "Universitas dan koran", 1)
OBJECTIONS = timedelta(days=31)


async def purge(made: City) -> None:
    """The envelopes are destroyed after the objections, by two persons."""
    with clock.frozen(clock.now() + OBJECTIONS):
        if not await destroying.is_destroyed(made.election):
            act = await destroying.propose_destruction(made.cycle.id, PLAN, made.first)
            await destroying.destroy(act.id, made.cycle.id, made.second)
        await destroying.rewrite()


async def purge_is_whole(made: City) -> bool:
    """All envelopes are there, or none and a leaf that says so."""
    left, told = await Envelope.count(), await BoardLeaf.count().where(BoardLeaf.kind == "destroyed")
    assert (left == 0) == (told == 1), f"{left} envelopes left, {told} leaves"
    return bool(told)


UPGRADE = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from rembuk.database import engine

ID = "2099-01-01T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A release to come: a column, an index, a table, and every row written anew."


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="rembuk", description=DESCRIPTION)

    async def run():
        await engine().run("ALTER TABLE person ADD COLUMN later text NOT NULL DEFAULT ''")
        await engine().run("UPDATE person SET later = name")
        await engine().run("CREATE INDEX person_later ON person (later)")
        await engine().run("ALTER TABLE roll_entry ADD COLUMN later text NOT NULL DEFAULT ''")
        await engine().run("UPDATE roll_entry SET later = rw")
        await engine().run("CREATE TABLE later_on AS SELECT id, seq FROM roll_mark")

    manager.add_raw(run)
    return manager
"""


def releases() -> Path:
    """The migrations of today and one of a release to come, in a folder named by what is in it."""
    today = sorted(asset_folder("migrations").glob("*.py"))
    texts = {file.name: file.read_text("utf-8") for file in today} | {"rembuk_2099.py": UPGRADE}
    name = sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:24]
    folder = Path(tempfile.gettempdir()) / f"rembuk-upgrade-{os.getuid()}-{name}"
    if not folder.exists():
        made = Path(tempfile.mkdtemp())
        for file, text in texts.items():
            (made / file).write_text(text, "utf-8")
        with suppress(OSError):  # another process was first
            made.rename(folder)
    return folder


async def upgrade(made: City) -> None:
    """A populated database goes to the next release."""
    await migrate(releases())


async def upgrade_is_whole(made: City) -> bool:
    """Nothing is missing, and every old row is what it was."""
    rows = [{**row, "id": str(row["id"])} for row in await engine().run("SELECT id, seq FROM roll_mark ORDER BY id")]
    if whole := not await behind(releases()):
        assert await engine().run("SELECT id, seq FROM later_on ORDER BY id") == rows
        assert not await engine().run("SELECT 1 FROM person WHERE later <> name")
    return whole


async def move(made: City) -> None:
    """The migrations, on an empty file."""
    await migrate()


async def move_is_whole(made: City) -> bool:
    """None is missing."""
    return not await behind()


Deed = tuple[Callable[[City], Awaitable[None]], Callable[[City], Awaitable[bool]]]
DEEDS: dict[str, Deed] = {
    "cast": (cast, cast_is_whole),
    "close": (close, close_is_whole),
    "import": (enrol, enrol_is_whole),
    "post": (post, post_is_whole),
    "migrate": (move, move_is_whole),
    "upgrade": (upgrade, upgrade_is_whole),
    "purge": (purge, purge_is_whole),
}


async def doing(deed: Deed, made: City, settings: Settings, told: Path) -> None:
    """The deed, with a file written when it returned: the acknowledgement."""
    await open_database(settings)
    Counting.count = 0
    await deed[0](made)
    _touch(told)
    statements = Counting.count
    await close_database()
    Counting.count = statements


async def checking(deed: Deed, made: City, settings: Settings, told: bool, moving: bool) -> None:
    """What was acknowledged is whole, the rest is whole or nothing, and doing it again makes it whole."""
    await open_database(settings)
    try:
        if not moving:
            whole = await deed[1](made)
            assert whole or not told, "acknowledged and not there"
            await invariants_hold()
        await deed[0](made)
        assert await deed[1](made), "doing it again does not make it whole"
        if not moving:
            await invariants_hold()
    finally:
        await close_database()


async def invariants_hold() -> None:
    """Raise AssertionError with what does not."""
    broken = {name: said for name, said in (await faults()).items() if said}
    assert not broken, broken


def _touch(path: Path) -> None:
    path.touch()


def forked(work: Callable[[], Any]) -> int:
    """Run in a child of this process; its exit status, negative when a signal ended it."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work())
        except BaseException:  # noqa: BLE001 - the child must end here, whatever happens
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status)


def schema(file: Path) -> str:
    """The whole schema of a SQLite file, as one hash."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return sha256(repr(rows).encode()).hexdigest()


class Rounds:
    """Dying at chosen statements of one deed, each time on a fresh copy of its database."""

    def __init__(self, name: str, folder: Path, stage: Path, chance: random.Random) -> None:
        self.name, self.deed, self.moving = name, DEEDS[name], name == "migrate"
        self.made: City = pickle.loads(stage.read_bytes())
        self.template, self.work = stage.with_suffix(".sqlite3"), folder / name
        self.work.mkdir()
        self.settings, self.told = Settings(data=self.work), self.work / "told"
        history(releases() if name == "upgrade" else None)
        self.statements = self._counted()
        self.every = [(step, after) for step in range(1, self.statements + 1) for after in (False, True)]
        chance.shuffle(self.every)

    def fresh(self) -> None:
        """The database as it was before the deed."""
        for old in self.work.iterdir():
            old.unlink()
        if not self.moving:
            shutil.copyfile(self.template, self.settings.database_file)

    def _counted(self) -> int:
        """How many statements the deed has, done and checked in this process: children find everything warm."""
        self.fresh()
        asyncio.run(doing(self.deed, self.made, self.settings, self.told))
        statements, self.wanted = Counting.count, schema(self.settings.database_file)
        asyncio.run(checking(self.deed, self.made, self.settings, True, self.moving))
        return statements

    def die(self, nth: int) -> bool:
        """One round; whether the child died. AssertionError tells what is left half."""
        self.fresh()
        Counting.dies_at, Counting.after = self.every[nth % len(self.every)]
        code = forked(lambda: doing(self.deed, self.made, self.settings, self.told))
        assert code in (0, -signal.SIGKILL), f"the deed ended with {code} at {self.every[nth % len(self.every)]}"
        Counting.dies_at = -1
        told = self.told.exists()
        at = f"{self.name} at {self.every[nth % len(self.every)]}"
        assert not forked(lambda: checking(self.deed, self.made, self.settings, told, self.moving)), at
        assert not self.moving or schema(self.settings.database_file) == self.wanted, "another schema the second time"
        return code != 0


def main(folder: Path, seed: int, rounds: int, seconds: float) -> None:
    """All deeds in turn, each so many rounds at most, until the time is over; prints how many died."""
    count_statements()
    chance, died = random.Random(seed), dict.fromkeys(DEEDS, 0)
    stages = {name: folder / ("finished" if name == "purge" else "voting") for name in DEEDS}
    deeds = {name: Rounds(name, folder, stage, chance) for name, stage in stages.items()}
    stop, nth = time.monotonic() + seconds, 0
    while nth < rounds and (nth == 0 or time.monotonic() < stop):
        for name, deed in deeds.items():
            died[name] += deed.die(nth)
        nth += 1
    for name, deed in deeds.items():
        places = len(deed.every)
        print(f"{name} {died[name]} kills at {min(nth, places)} of {places} places")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
