"""The count once more, before it is published: a stored count that somebody changed never goes out."""

import asyncio
import json
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election
from rembuk.errors import Refused
from rembuk.results.rules import Refusal
from rembuk.results.store.counting import contest_of, election_of
from rembuk.results.store.proving import insist_unmoved
from rembuk.results.tables import BallotsFile, Count
from rembuk.tally.count import count
from rembuk.tally.result import Result, canonical
from rembuk.voting.agreement import agreed


async def insist_recounted(cycle: UUID) -> None:
    """Refused(OTHER_COUNT) unless counting every district once more gives the very counts that are kept."""
    await insist_unmoved(cycle)
    vote = await cycles.election(cycle)
    if not vote.seed:
        raise Refused(Refusal.NO_SEED)
    files = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle)
    texts = {row["area"]: row["content"] for row in files}
    rows = await Count.select(Count.area, Count.document, Count.digest).where(
        (Count.cycle == cycle) & Count.official.eq(True)
    )
    again = await asyncio.to_thread(_counted, vote, texts)
    for area in sorted({*again, *(row["area"] for row in rows)}):
        mine = [row for row in rows if row["area"] == area]
        if len(mine) != 1 or area not in again or not _same(mine[0], again[area]):
            raise Refused(Refusal.OTHER_COUNT, area=area)


def _counted(vote: Election, texts: dict[str, str]) -> dict[str, Result]:
    agreement, seed = agreed(vote.config), vote.seed.encode("ascii")
    return {
        district.code: count(election_of(contest_of(agreement, district), texts[district.code], seed))
        for district in agreement.districts
        if district.code in texts
    }


def _same(row: dict[str, Any], result: Result) -> bool:
    """Whether a kept count says what the result says; the sentences told about it are not compared."""
    steps = [step.document() for step in result.steps]
    said = json.loads(canonical({**result.document(), "steps": steps, "digest": result.digest}))
    kept = json.loads(row["document"])
    return row["digest"] == result.digest and all(kept.get(name) == value for name, value in said.items())
