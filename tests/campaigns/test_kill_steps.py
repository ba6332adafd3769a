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
from tests.campaigns.sizes import LARGE, said, sized
from tests.campaigns.steps import DEEDS
from tests.city import City, city

ROUNDS = sized("STEP_KILLS", 2, 10_000)
SECONDS = sized("STEP_SECONDS", 60, 90)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_dying_at_any_statement_leaves_no_half_deed(sqlite_settings: Settings, tmp_path: Path) -> None:
    """T-KILL, P1: cast, close, roll import, posting, migration, purge: whole or not at all, and repeatable."""
    await open_database(sqlite_settings)
    made = await city(voters=3)
    await made.cast(made.rolls[made.districts[1]][0], made.projects[made.districts[1]][:1])
    await close_database()
    _keep(made, sqlite_settings, tmp_path / "voting")
    await open_database(sqlite_settings)
    await made.finish()
    await close_database()
    _keep(made, sqlite_settings, tmp_path / "finished")
    seed = random.SystemRandom().randrange(2**32) if LARGE else 1
    work = sqlite_settings.data.parent / "steps"
    work.mkdir()
    for name in DEEDS:
        stage = tmp_path / ("finished" if name == "purge" else "voting")
        arguments = [name, str(work), str(stage), str(seed), str(ROUNDS), str(SECONDS)]
        code, out = await _process(arguments)
        assert code == 0, f"{name}: {out[-5000:]}"
        said(f"T-KILL at each step: {out.strip().splitlines()[-1]}, 0 half")


def _keep(made: City, settings: Settings, stage: Path) -> None:
    stage.write_bytes(pickle.dumps(made))
    shutil.copyfile(settings.database_file, stage.with_suffix(".sqlite3"))


async def _process(arguments: list[str]) -> tuple[int | None, str]:
    """Run the rounds of one deed; exit status and all it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.campaigns.steps", *arguments),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()
