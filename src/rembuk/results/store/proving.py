"""What must still be true before counting and before publishing: nothing moved since it went on the board."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles import store as cycles
from rembuk.errors import Refused
from rembuk.results.rules import Refusal
from rembuk.results.tables import BallotsFile


async def insist_unmoved(cycle: UUID) -> None:
    """Refused(OTHER_CONFIG, OTHER_BALLOTS, OTHER_SEED) unless agreement, ballots and dice are the board's (I9, I11)."""
    vote = await cycles.election(cycle)
    await cycles.insist_config(vote)
    posted: dict[str, str] = (await _newest(Kind.OPENED, vote.id)).get("ballots", {})
    files = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle)
    kept = {row["area"]: sha256(row["content"].encode()).hexdigest() for row in files}
    for area in sorted({*posted, *kept}):
        if posted.get(area) != kept.get(area):
            raise Refused(Refusal.OTHER_BALLOTS, area=area)
    if vote.seed and (await _newest(Kind.SEED, vote.id)).get("dice") != vote.seed:
        raise Refused(Refusal.OTHER_SEED)


async def _newest(kind: Kind, election: UUID) -> dict[str, Any]:
    bodies: list[dict[str, Any]] = [json.loads(leaf.body) for leaf in await board.leaves_of(kind)]
    return next((body for body in reversed(bodies) if body["election"] == str(election)), {})
