"""What the result pages read: published counts only, made ready to show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.cycles.rules import Cycle
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.results.figures import Part, figures_of, parts_of, prices_of
from rembuk.results.rules import RULE_NAMES, Comparison, Contender, DistrictResult, Played, Refusal
from rembuk.results.tables import BallotsFile, Count, DistrictProject

KELURAHAN_PARTS = 4
"""Parts of the code of a kelurahan: "32.73.27.1003"; an RW has one more."""


@dataclass(frozen=True)
class DistrictLine:
    """One district on the overview: its ribbon and its figures."""

    area: str
    name: str
    slug: str
    ceiling: int
    cost: int
    winners: int
    ballots: int
    eligible: int
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
    projects = await _projects(cycle)
    eligible = await _eligible(cycle)
    return sorted(
        (_line(row, projects[row["area"]], eligible.get(row["area"], 0), named) for row in counts),
        key=lambda line: line.name,
    )


async def district_result(cycle: UUID, area: str, name: str, slug: str) -> DistrictResult:
    """Everything the page of one district shows; Refused(NO_RESULT) before publication."""
    rows = await Count.select().where((Count.cycle == cycle) & (Count.area == area) & (Count.published.eq(True)))
    official = next((row for row in rows if row["official"]), None)
    if official is None:
        raise Refused(Refusal.NO_RESULT)
    document = json.loads(official["document"])
    projects = (await _projects(cycle)).get(area, {})
    contenders = [_contender(project, document) for project in projects.values()]
    placed = _placed(document["winners"], {each.id: each for each in contenders})
    lost = sorted((each for each in contenders if not each.funded), key=lambda each: (-each.votes, each.id))
    eligible = (await _eligible(cycle, area)).get(area, 0)
    titles = {each.id: each.title for each in contenders}
    return DistrictResult(
        area=area,
        name=name,
        slug=slug,
        rule=RULE_NAMES[document["rule"]],
        ceiling=document["budget"],
        cost=document["cost"],
        ballots=document["voters"],
        eligible=eligible,
        represented=document["represented"],
        digest=document["digest"],
        winners=tuple(placed),
        losers=tuple(lost),
        steps=tuple(_replay(document, projects)),
        comparisons=tuple(_comparisons(rows, document["winners"], projects)),
        full=document["voters"] >= SMALLEST_FULL and await _in_full(cycle),
        figures=figures_of(document, titles),
        issues=parts_of(document["money_by_issue"]),
        areas=await _areas(document),
        prices=prices_of(document, {each.id: (each.title, each.issue) for each in contenders}),
    )


async def ballots_text(cycle: UUID, area: str) -> str:
    """The published ballots of a district; Refused when there are too few to publish one by one (trust.md 4.7)."""
    row = (
        await BallotsFile.select(BallotsFile.content, BallotsFile.online_count, BallotsFile.paper_count)
        .where((BallotsFile.cycle == cycle) & (BallotsFile.area == area))
        .first()
    )
    published = await Count.exists().where((Count.cycle == cycle) & (Count.published.eq(True)))
    if row is None or not published or not await _in_full(cycle):
        raise Refused(Refusal.NO_RESULT)
    if row["online_count"] + row["paper_count"] < SMALLEST_FULL:
        raise Refused(Refusal.NO_RESULT)
    return str(row["content"])


async def _in_full(cycle: UUID) -> bool:
    """Whether a cycle's ballots are published one by one: fixed before the vote; an archive's are public already."""
    election = await cycles.find_election(cycle)
    return election is None or election.publication == "full"


async def count_document(cycle: UUID, area: str) -> str:
    """The canonical JSON of a district's published official count."""
    row = (
        await Count.select(Count.document)
        .where((Count.cycle == cycle) & (Count.area == area) & (Count.official.eq(True)) & (Count.published.eq(True)))
        .first()
    )
    if row is None:
        raise Refused(Refusal.NO_RESULT)
    return str(row["document"])


async def _projects(cycle: UUID) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in await DistrictProject.select().where(DistrictProject.cycle == cycle):
        found.setdefault(row["area"], {})[row["project"]] = row
    return found


async def _eligible(cycle: UUID, area: str | None = None) -> dict[str, int]:
    query = BallotsFile.select(BallotsFile.area, BallotsFile.eligible_count).where(BallotsFile.cycle == cycle)
    rows = await (query.where(BallotsFile.area == area) if area else query)
    return {row["area"]: row["eligible_count"] for row in rows}


def _line(
    row: dict[str, Any], projects: dict[str, dict[str, Any]], eligible: int, named: dict[str, tuple[str, str]]
) -> DistrictLine:
    winners = json.loads(row["document"])["winners"]
    name, slug = named[row["area"]]
    return DistrictLine(
        area=row["area"],
        name=name,
        slug=slug,
        ceiling=row["ceiling"],
        cost=row["cost"],
        winners=len(winners),
        ballots=row["ballot_count"],
        eligible=eligible,
        segments=tuple(_segment(projects[each]) for each in winners),
    )


def _segment(project: dict[str, Any]) -> tuple[str, int, str]:
    return project["issue"], project["cost"], project["title"]


def _contender(project: dict[str, Any], document: dict[str, Any]) -> Contender:
    name = project["project"]
    return Contender(
        id=name,
        number=project["proposal_number"],
        title=project["title"],
        issue=project["issue"],
        place=project["place"],
        cost=project["cost"],
        votes=document["approvals"][name],
        funded=name in document["winners"],
        start=0,
        why=document["why"][name],
        more_votes=document["more_votes"].get(name),
        fitting_cost=document["fitting_cost"].get(name),
    )


async def _areas(document: dict[str, Any]) -> tuple[Part, ...]:
    """Funded money per kelurahan of the projects, by name; never of the voters (pages.md 5.7)."""
    sums: dict[str, int] = {}
    for code, money in document.get("money_by_area", {}).items():
        if code:
            kelurahan = ".".join(code.split(".")[:KELURAHAN_PARTS])
            sums[kelurahan] = sums.get(kelurahan, 0) + money
    return parts_of({(await places.area(code)).name: money for code, money in sums.items()})


def _placed(winners: Sequence[str], contenders: dict[str, Contender]) -> list[Contender]:
    placed, start = [], 0
    for name in winners:
        placed.append(replace(contenders[name], start=start))
        start += contenders[name].cost
    return placed


def _replay(document: dict[str, Any], projects: dict[str, dict[str, Any]]) -> list[Played]:
    played: list[Played] = []
    segments: tuple[tuple[str, int, str], ...] = ()
    # a count kept before steps had sentences of their own is told by the last word on each project
    said = document.get("said") or [document["why"][step["project"]] for step in document["steps"]]
    for step, why in zip(document["steps"], said, strict=True):
        project = projects[step["project"]]
        funded = step["decision"] == "funded"
        segments = (*segments, _segment(project)) if funded else segments
        played.append(
            Played(
                number=step["number"],
                project=step["project"],
                title=project["title"],
                funded=funded,
                why=why,
                money_before=step["money_before"],
                money_after=step["money_after"],
                segments=segments,
            )
        )
    return played


def _comparisons(
    rows: list[dict[str, Any]], official: Sequence[str], projects: dict[str, dict[str, Any]]
) -> list[Comparison]:
    found = []
    for row in sorted(rows, key=lambda each: (not each["official"], each["rule"])):
        winners = json.loads(row["document"])["winners"]
        found.append(
            Comparison(
                rule=row["rule"],
                name=RULE_NAMES[row["rule"]],
                official=row["official"],
                funded=len(winners),
                cost=row["cost"],
                enters=tuple(projects[each]["title"] for each in winners if each not in official),
                leaves=tuple(projects[each]["title"] for each in official if each not in winners),
            )
        )
    return found


async def unpublished(cycle: UUID) -> list[dict[str, Any]]:
    """The official counts of a cycle as the desk sees them before they are published: area, winners, sums, digest."""
    return (
        await Count.select(Count.area, Count.winner_count, Count.cost, Count.ceiling, Count.ballot_count, Count.digest)
        .where((Count.cycle == cycle) & (Count.official.eq(True)))
        .order_by(Count.area)
    )
