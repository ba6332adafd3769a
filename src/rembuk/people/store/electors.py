"""How many may vote in each box of a round, for the settings that are held against it."""

from collections import Counter
from uuid import UUID

from piccolo.query.functions import Count

from rembuk.cycles import store as cycles
from rembuk.people.rules import box_of
from rembuk.people.tables import RollEntry


@cycles.counts_voters
async def voters_by_box(cycle_id: UUID) -> dict[str, int]:
    """The active lines of the roll by the code of the box their ballots go in."""
    columns = (RollEntry.kecamatan, RollEntry.list)
    active = RollEntry.select(*columns, Count()).where(RollEntry.cycle == cycle_id, RollEntry.status == "active")
    counted: Counter[str] = Counter()
    for row in await active.group_by(*columns):
        counted[box_of(row["kecamatan"], row["list"])] += row["count"]
    return counted
