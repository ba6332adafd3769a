"""Casting until killed: `python -m tests.voting.storming DATA FILE_OF_VOTERS FORMS KILLS SEED [URL]`.

This process only forks: each child opens the database anew, casts with four voices and is killed with -9 after some of
its acknowledgements, in the midst of others; the last one is left to finish. An acknowledged ballot is one line on
standard output, written by the child after the cast returned: roll entry, form, leaf hash. At the end: "kills N".
"""

import asyncio
import hashlib
import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from uuid import UUID

from rembuk.board.store import drain
from rembuk.database import close_database, open_database
from rembuk.errors import Refused
from rembuk.settings import Settings
from rembuk.voting import store

VOICES = 4
MOST_BALLOTS = 6
"""A child is killed after one to so many new ballots."""
Pair = tuple[UUID, int]
"""A voter and the number of a form."""


def nonce_of(roll: UUID, form: int) -> bytes:
    """The nonce of a voter's nth form: the same in every process, as a browser that tries again keeps its page."""
    return hashlib.sha256(roll.bytes + bytes([form])).digest()


async def voting(pairs: list[Pair], told: int) -> None:
    """Send these forms one after another, saying so only when it is sure."""
    for roll, form in pairs:
        try:
            voter = await store.voter_of(roll)
            receipt = await store.cast(voter, (), nonce_of(roll, form))
        except Refused as refused:
            if refused.reason.status != 503:
                raise
            continue
        os.write(told, f"{roll} {form} {receipt.leaf_sha256}\n".encode())


async def posting() -> None:
    """The sequencer, in a hurry."""
    while True:
        await drain()
        await asyncio.sleep(0.03)


async def casting(settings: Settings, pairs: list[Pair], told: int) -> None:
    """Four voices at once, two of them for the same ballots, while the board is being written."""
    await open_database(settings)
    sequencer = asyncio.create_task(posting())
    half = len(pairs) // 2
    await asyncio.gather(*(voting(pairs[at:] + pairs[:at], told) for at in (0, 0, half, half)))
    sequencer.cancel()
    await asyncio.gather(sequencer, return_exceptions=True)
    await drain()
    await close_database()


def forked(settings: Settings, pairs: list[Pair], wanted: int | None, chance: random.Random) -> list[str]:
    """One child's life: the lines it said; killed soon after the wanted number of them."""
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        _lived(settings, pairs, told)
    os.close(told)
    with os.fdopen(hears) as lines:
        said: list[str] = []
        for line in lines:
            said.append(line)
            if wanted is not None and len(said) >= wanted:
                time.sleep(chance.random() ** 2 * 0.01)  # most often at once, sometimes a whole cast later
                os.kill(child, signal.SIGKILL)
                said += lines
                break
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), f"the child ended with {status}"
    return [line for line in said if line.endswith("\n")]


def _lived(settings: Settings, pairs: list[Pair], told: int) -> None:
    try:
        asyncio.run(casting(settings, pairs, told))
    except BaseException:  # noqa: BLE001 - the child must end here, whatever happens
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(settings: Settings, rolls: list[UUID], forms: int, kills: int, seed: int) -> None:
    """Children, one after another, until all is cast or so many were killed; the last one finishes."""
    chance, acknowledged = random.Random(seed), dict[Pair, str]()
    everything = [(roll, form) for roll in rolls for form in range(forms)]
    asyncio.run(casting(settings, everything[:1], 1))  # here: children find every module and cache warm
    died, open_yet = 0, everything
    while open_yet:
        known = sorted(acknowledged, key=str)
        pairs = open_yet + chance.sample(known, min(len(known), 3))
        chance.shuffle(pairs)
        wanted = chance.randint(1, MOST_BALLOTS) if died < kills else None
        for line in forked(settings, pairs, wanted, chance):
            sys.stdout.write(line)
            roll, form, leaf = line.split()
            acknowledged[UUID(roll), int(form)] = leaf
        died += wanted is not None
        open_yet = [pair for pair in everything if pair not in acknowledged]
    sys.stdout.write(f"kills {died}\n")


if __name__ == "__main__":
    names = json.loads(Path(sys.argv[2]).read_text())
    there = Settings(data=Path(sys.argv[1]), database_url=sys.argv[6] if len(sys.argv) > 6 else None)
    main(there, [UUID(each) for each in names], *(int(each) for each in sys.argv[3:6]))
