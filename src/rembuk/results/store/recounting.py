"""The count once more, before it is published: a stored count that somebody changed never goes out."""

import asyncio
import json
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.errors import Refused
from rembuk.results.documents import Paper
from rembuk.results.rules import Refusal
from rembuk.results.store.ballots import parsed, texts_of, unlike_packs
from rembuk.results.store.counting import papers_of
from rembuk.results.store.proving import insist_unmoved
from rembuk.results.tables import Count
from rembuk.tally.result import canonical
from rembuk.voting.agreement import agreed


async def insist_recounted(cycle: UUID) -> None:
    """Refused unless packs and .pb files agree and counting from the files gives the very counts that are kept."""
    await insist_unmoved(cycle)
    if other := await recount_faults(cycle):
        raise Refused(Refusal.OTHER_COUNT, area=other[0])


async def recount_faults(cycle: UUID) -> list[str]:
    """The areas whose kept official count is not what the ballots files give; Refused(NO_SEED, OTHER_BALLOTS)."""
    vote = await cycles.election(cycle)
    if not vote.seed:
        raise Refused(Refusal.NO_SEED)
    rows = await Count.select(Count.area, Count.document, Count.digest).where(
        (Count.cycle == cycle) & Count.official.eq(True)
    )
    agreement = agreed(vote.config)
    ballots = await asyncio.to_thread(parsed, agreement, await texts_of(cycle))
    if unlike := await unlike_packs(cycle, ballots):
        raise Refused(Refusal.OTHER_BALLOTS, area=unlike[0])
    again = await asyncio.to_thread(papers_of, agreement, ballots, vote.seed.encode("ascii"))
    return [
        area
        for area in sorted({*again, *(row["area"] for row in rows)})
        if not _repeats([row for row in rows if row["area"] == area], again.get(area))
    ]


def _repeats(rows: list[dict[str, Any]], paper: Paper | None) -> bool:
    """Whether one row is kept and says what the paper says; the sentences told about it are not compared."""
    if len(rows) != 1 or paper is None:
        return False
    said, kept = json.loads(canonical(paper.body)), json.loads(rows[0]["document"])
    if not isinstance(kept, dict) or rows[0]["digest"] != paper.digest:
        return False
    return all(_bare(name, kept.get(name)) == _bare(name, value) for name, value in said.items())


def _bare(name: str, value: Any) -> Any:
    """A value without the sentences told inside it."""
    if name != "fences" or not isinstance(value, list):
        return value
    return [{key: part for key, part in fence.items() if key != "said"} for fence in value]
