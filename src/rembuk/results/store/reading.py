"""What everybody may read of a result: published counts only, the overview and the files."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.cycles.rules import Cycle
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.results.documents import CITY
from rembuk.results.rules import Refusal
from rembuk.results.tables import BallotsFile, Count, DistrictProject


@dataclass(frozen=True)
class DistrictLine:
    """One district on the overview: its ribbon and its figures; `from_city` is what the city round paid on top."""

    area: str
    name: str
    slug: str
    ceiling: int
    cost: int
    winners: int
    ballots: int
    eligible: int
    from_city: int
    segments: tuple[tuple[str, int, str], ...]


async def named(cycle: Cycle) -> dict[str, tuple[str, str]]:
    """Name and slug of every district of a cycle by its area code; an archive's key is its slug."""
    lines = await cycles.ceiling_lines(cycle.id)
    if cycle.kind != "round":
        return {line.area: (line.name, line.area) for line in lines}
    return {line.area: (line.name, places.slug_of(await places.area(line.area))) for line in lines}


async def finished_cycles() -> list[UUID]:
    """Cycles with a published result."""
    rows = await Count.select(Count.cycle).where(Count.published.eq(True)).group_by(Count.cycle)
    return [row["cycle"] for row in rows]


async def districts(cycle: UUID, named: dict[str, tuple[str, str]]) -> list[DistrictLine]:
    """Every district of a published cycle; `named` gives name and slug by area code."""
    counts = await Count.select().where((Count.cycle == cycle) & (Count.official.eq(True)) & (Count.published.eq(True)))
    if not counts:
        raise Refused(Refusal.NO_RESULT)
    projects = await projects_of(cycle)
    eligible = await eligible_of(cycle)
    given = next((set(json.loads(row["document"])["funded"]) for row in counts if row["area"] == CITY), set[str]())
    return sorted(
        (
            _line(row, projects.get(row["area"], {}), eligible.get(row["area"], 0), named, given)
            for row in counts
            if row["area"] != CITY
        ),
        key=lambda line: line.name,
    )


async def ballots_text(cycle: UUID, area: str) -> str:
    """The published ballots of a district; Refused when there are too few to publish one by one (trust.md 4.7)."""
    row = (
        await BallotsFile.select(BallotsFile.content, BallotsFile.online_count, BallotsFile.paper_count)
        .where((BallotsFile.cycle == cycle) & (BallotsFile.area == area))
        .first()
    )
    published = await Count.exists().where((Count.cycle == cycle) & (Count.published.eq(True)))
    if row is None or not published or not await in_full(cycle):
        raise Refused(Refusal.NO_RESULT)
    if row["online_count"] + row["paper_count"] < SMALLEST_FULL:
        raise Refused(Refusal.NO_RESULT)
    return str(row["content"])


async def published_boxes(cycle: UUID) -> list[str]:
    """The boxes, children's too, whose ballots are published one by one."""
    if not await in_full(cycle):
        return []
    columns = (BallotsFile.area, BallotsFile.online_count, BallotsFile.paper_count)
    rows = await BallotsFile.select(*columns).where(BallotsFile.cycle == cycle).order_by(BallotsFile.area)
    return [row["area"] for row in rows if row["online_count"] + row["paper_count"] >= SMALLEST_FULL]


async def in_full(cycle: UUID) -> bool:
    """Whether a cycle's ballots are published one by one: fixed before the vote; an archive's are public already."""
    election = await cycles.find_election(cycle)
    return election is None or election.publication == "full"


async def count_document(cycle: UUID, area: str) -> str:
    """The canonical JSON of a published official count, a district's or (area CITY) the city's."""
    row = (
        await Count.select(Count.document)
        .where((Count.cycle == cycle) & (Count.area == area) & (Count.official.eq(True)) & (Count.published.eq(True)))
        .first()
    )
    if row is None:
        raise Refused(Refusal.NO_RESULT)
    return str(row["document"])


async def projects_of(cycle: UUID) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of the ballot's projects by district and id."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in await DistrictProject.select().where(DistrictProject.cycle == cycle):
        found.setdefault(row["area"], {})[row["project"]] = row
    return found


async def eligible_of(cycle: UUID, area: str | None = None) -> dict[str, int]:
    """How many may vote in each box, or in one."""
    query = BallotsFile.select(BallotsFile.area, BallotsFile.eligible_count).where(BallotsFile.cycle == cycle)
    rows = await (query.where(BallotsFile.area == area) if area else query)
    return {row["area"]: row["eligible_count"] for row in rows}


def _line(
    row: dict[str, Any],
    projects: dict[str, dict[str, Any]],
    eligible: int,
    named: dict[str, tuple[str, str]],
    given: set[str],
) -> DistrictLine:
    document = json.loads(row["document"])
    winners = document.get("all_winners", document["winners"])
    from_city = [each for each in projects if each in given]
    name, slug = named[row["area"]]
    return DistrictLine(
        area=row["area"],
        name=name,
        slug=slug,
        ceiling=row["ceiling"],
        cost=row["cost"],
        winners=len(winners) + len(from_city),
        from_city=sum(projects[each]["cost"] for each in from_city),
        ballots=row["ballot_count"],
        eligible=eligible,
        segments=tuple(segment_of(projects[each]) for each in winners),
    )


def segment_of(project: dict[str, Any]) -> tuple[str, int, str]:
    """A project as a piece of a ribbon."""
    return project["issue"], project["cost"], project["title"]


async def unpublished(cycle: UUID) -> list[dict[str, Any]]:
    """The official counts of a cycle as the desk sees them before they are published: area, winners, sums, digest."""
    return (
        await Count.select(Count.area, Count.winner_count, Count.cost, Count.ceiling, Count.ballot_count, Count.digest)
        .where((Count.cycle == cycle) & (Count.official.eq(True)))
        .order_by(Count.area)
    )
