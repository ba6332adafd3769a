"""A process that casts on a watched disk: `python -m tests.campaigns.recording DATA_FOLDER FILE CASTS [PRAGMA=VALUE]`.

The city, the engine, its settings and the casts are the product's own. The file gets what the disk held before and
the log of everything that happened to it since, with the leaf of each ballot noted when its cast had returned.
"""

import asyncio
import pickle
import random
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from rembuk.board.store import drain
from rembuk.database import close_database, open_database
from rembuk.database import sqlite as lite
from rembuk.settings import Settings
from tests.campaigns.disk import Op, watch
from tests.city import City, city

VOICES = 3
SHARES = (0, 3, 4, 5, 6)
"""Where the sessions end, in sixths of the casts: half of them in one long session, in which SQLite checkpoints by
itself; closing the short ones checkpoints the log and deletes it."""


async def voting(made: City, voters: list[tuple[str, UUID]], tell: Callable[[str], None]) -> None:
    """Cast one ballot for each of these voters, saying so only when it is sure."""
    for nth, (district, roll) in enumerate(voters):
        receipt = await made.cast(roll, made.projects[district][: nth % 4])
        tell(receipt.leaf_sha256)


VOTING = {"audit_queue", "booth_visit", "burned", "cosignature", "credential", "destruction", "envelope", "leaf_queue"}
VOTING |= {"roll_mark", "code_event", "paper_sheet", "paper_batch", "post", "throttle", "witness"}


def small(database: Path) -> None:
    """Leave out empty tables of other rooms: casting does not know them, and each cut has to read them again."""
    with closing(sqlite3.connect(database, isolation_level=None)) as file:
        tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
        for (name,) in tables:
            if name not in VOTING and not file.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone():
                file.execute(f'DROP TABLE "{name}"')
        file.execute("VACUUM")


async def main(folder: Path, target: Path, casts: int, weaker: str) -> None:
    """A city with an open booth, then casts on the watched disk, session after session."""
    settings = Settings(data=folder)
    await open_database(settings)
    made = await city(voters=-(-casts // 3))
    await close_database()
    small(settings.database_file)
    if weaker:
        name = weaker.partition("=")[0]
        lite.PRAGMAS = tuple(weaker if each.partition("=")[0] == name else each for each in lite.PRAGMAS)
    files = {str(path): path.read_bytes() for path in _files(folder)}
    assert not any(name.endswith("-wal") for name in files)
    log: list[Op] = []
    watch(log)
    everybody = [(district, roll) for district, rolls in made.rolls.items() for roll in rolls][:casts]
    random.Random(casts).shuffle(everybody)
    for begin, end in pairwise(casts * share // 6 for share in SHARES):
        await open_database(settings)
        mine = everybody[begin:end]
        voices = (voting(made, mine[voice::VOICES], lambda leaf: log.append(("said", leaf))) for voice in range(VOICES))
        await asyncio.gather(*voices)
        await drain()
        await close_database()
    _write(target, (str(settings.database_file), files, log))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith("rembuk.sqlite3")]


def _write(target: Path, recording: object) -> None:
    target.write_bytes(pickle.dumps(recording))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), "".join(sys.argv[4:])))
