"""T-KILL at each step: dying before or after any statement of a deed leaves all of it or nothing."""

import asyncio
import pickle
import random
import shutil
import sys
from pathlib import Path

import pytest

from rembuk.database import close_database, open_database
from rembuk.settings import Settings
from tests.campaigns.sizes import LARGE, patient, said, seconds_for, sized
from tests.campaigns.steps import DEEDS
from tests.city import City, city

ROUNDS = sized("STEP_KILLS", 2, 10_000)
SECONDS = 420.0


@pytest.mark.slow
@patient(SECONDS)
async def test_dying_at_any_statement_leaves_no_half_deed(sqlite_settings: Settings) -> None:
    """T-KILL, P1: cast, close, roll import, posting, migration, purge: whole or not at all, and repeatable."""
    await open_database(sqlite_settings)
    made = await city(voters=3)
    await made.cast(made.rolls[made.districts[1]][0], made.projects[made.districts[1]][:1])
    await close_database()
    work = sqlite_settings.data.parent / "steps"
    work.mkdir()
    _keep(made, sqlite_settings, work / "voting")
    await open_database(sqlite_settings)
    await made.finish()
    await close_database()
    _keep(made, sqlite_settings, work / "finished")
    seed = random.SystemRandom().randrange(2**32) if LARGE else 1
    code, out = await _process([str(work), str(seed), str(ROUNDS), str(seconds_for(SECONDS))])
    assert code == 0, out[-5000:]
    deeds = out.strip().splitlines()[-len(DEEDS) :]
    assert {line.split()[0] for line in deeds} == DEEDS.keys()
    said(f"T-KILL at each step: {', '.join(deeds)}, 0 half")


def _keep(made: City, settings: Settings, stage: Path) -> None:
    stage.write_bytes(pickle.dumps(made))
    shutil.copyfile(settings.database_file, stage.with_suffix(".sqlite3"))


async def _process(arguments: list[str]) -> tuple[int | None, str]:
    """Run the rounds; exit status and all they printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.campaigns.steps", *arguments),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()
