"""A process that votes until it is killed: `python -m tests.floor.writing DATA_FOLDER [URL]`.

Each acknowledged voter is one line on standard output, written after the transaction returned.
"""

import asyncio
import sys
from pathlib import Path

from rembuk.database import close_database, open_database, transaction
from rembuk.errors import Refused
from rembuk.settings import Settings
from tests.floor.scratch import Note, Page

VOTERS = 240


@transaction
async def vote(voter: int) -> bool:
    """One voter's one vote: a mark, and a counter that must equal the marks."""
    if await Note.exists().where(Note.text == str(voter)):
        return False
    await Note.insert(Note(text=str(voter)))
    count = (await Page.select(Page.count).first())["count"]
    await Page.update({Page.count: count + 1}, force=True)
    return True


async def voting(voters: list[int]) -> None:
    """Vote for each, saying so only when it is sure."""
    for voter in voters:
        try:
            new = await vote(voter)
        except Refused:
            continue
        if new:
            print(voter, flush=True)


async def main(folder: str, url: str | None = None) -> None:
    """Eight voices at once, all wanting every voter's vote."""
    await open_database(Settings(data=Path(folder), database_url=url))
    voters = list(range(VOTERS))
    await asyncio.gather(*(voting(voters[n:] + voters[:n]) for n in range(0, VOTERS, VOTERS // 8)))
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
