"""Builds the demo once, keeps it afterwards, and says how to sign in."""

import asyncio
import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

from rembuk import clock
from rembuk.board import store as board
from rembuk.catalogue import store as catalogue
from rembuk.cycles import store as cycles
from rembuk.database import close_database, migrate, open_database
from rembuk.demo.people import Door, hire
from rembuk.demo.rounds import build_finished, build_proposing, build_voting
from rembuk.people.pepper import make_secrets
from rembuk.people.store import confirm_pepper
from rembuk.places import store as places
from rembuk.serving import DEMO_SIGN_INS
from rembuk.settings import settings

SEED = 20_261_121


def prepare(folder: Path, *, reset: bool = False) -> None:
    """Make the demo's data when there is none (or `reset`), write demo.json and print it."""
    if reset:
        for kept in (folder, settings().secret_folder):
            shutil.rmtree(kept, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    make_secrets()
    doors = asyncio.run(_prepare(folder))
    _tell(folder, doors)


async def _prepare(folder: Path) -> list[Door]:
    await open_database(settings())
    try:
        await migrate()
        await board.prepare()
        await confirm_pepper()
        if await cycles.cycles(drafts=True):
            return _read_doors(folder)
        return await _build(folder)
    finally:
        await close_database()


async def _build(folder: Path) -> list[Door]:
    say("Membangun kota contoh (sekali saja, kurang dari satu menit) …")
    rng, today = Random(SEED), clock.now()  # noqa: S311 - a demo is drawn, not guarded
    city = settings().city
    await places.load_pack(city)
    await catalogue.load_demo(city)
    with clock.frozen(today - timedelta(days=400)):  # they have held their roles since before last year's round
        cast = await hire(rng)
    say("  siklus tahun lalu: usulan, suara, hitung, hasil …")
    await build_finished(cast, rng, today)
    say("  siklus tahun ini: usulan, rembuk, suara masuk …")
    doors = await build_voting(cast, rng, today)
    say("  siklus tahun depan: usulan dibuka …")
    await build_proposing(cast, rng, today)
    await board.drain()
    _write_doors(folder, doors)
    return doors


def _write_doors(folder: Path, doors: list[Door]) -> None:
    said = {"url": settings().base_url, "people": [door.said for door in doors]}
    (folder / DEMO_SIGN_INS).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _read_doors(folder: Path) -> list[Door]:
    said = json.loads((folder / DEMO_SIGN_INS).read_text("utf-8"))
    doors = [Door(**each) for each in said["people"]]
    _write_doors(folder, doors)  # the port may be another one this time
    return doors


def _tell(folder: Path, doors: list[Door]) -> None:
    say(f"\nRembuk (mode demo): {settings().base_url}\n")
    for door in doors:
        ways = ", ".join(f"{name}: {text}" for name, text in door.sign_in.items())
        say(f"  {door.role:<12} {door.name:<28} {ways}")
    say(f"\nJuga ditulis di {folder / DEMO_SIGN_INS}. Semua orang dan suara di sini simulasi.\n")


def say(line: str) -> None:
    """One line for whoever started the demo."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
