"""A process that casts until it is killed: `python -m tests.voting.storming DATA_FOLDER FILE_OF_VOTERS [URL]`.

Each acknowledged ballot is one line on standard output, written after the cast returned: roll entry, form, leaf hash.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path
from uuid import UUID

from rembuk.board.store import drain
from rembuk.database import close_database, open_database
from rembuk.errors import Refused
from rembuk.settings import Settings
from rembuk.voting import store

FORMS = 4
"""Each voter sends so many different ballots, each of them twice."""


def nonce_of(roll: UUID, form: int) -> bytes:
    """The nonce of a voter's nth form: the same in every process, as a browser that tries again keeps its page."""
    return hashlib.sha256(roll.bytes + bytes([form])).digest()


async def voting(rolls: list[UUID], forms: int) -> None:
    """Send every form of every voter, saying so only when it is sure."""
    for roll in rolls:
        voter = await store.voter_of(roll)
        for form in range(forms):
            try:
                receipt = await store.cast(voter, (), nonce_of(roll, form))
            except Refused as refused:
                if refused.reason.status != 503:
                    raise
                continue
            print(roll, form, receipt.leaf_sha256, flush=True)


async def posting() -> None:
    """The sequencer, in a hurry."""
    while True:
        await drain()
        await asyncio.sleep(0.05)


async def main(folder: str, rolls: list[UUID], url: str | None = None) -> None:
    """Four voices at once, two of them for the same voters, while the board is being written."""
    await open_database(Settings(data=Path(folder), database_url=url))
    sequencer = asyncio.create_task(posting())
    half = len(rolls) // 2
    await asyncio.gather(*(voting(rolls[n:] + rolls[:n], FORMS) for n in (0, 0, half, half)))
    sequencer.cancel()
    await asyncio.gather(sequencer, return_exceptions=True)
    await drain()
    await close_database()


if __name__ == "__main__":
    names = json.loads(Path(sys.argv[2]).read_text())
    asyncio.run(main(sys.argv[1], [UUID(each) for each in names], *sys.argv[3:]))
