"""The page of one district, read out of its kept documents."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.results.documents import CITY
from rembuk.results.figures import Part, figures_of, parts_of, prices_of
from rembuk.results.rules import RULE_NAMES, Refusal
from rembuk.results.shown import Comparison, Contender, DistrictResult, Group, Played, Segment
from rembuk.results.store.reading import eligible_of, in_full, projects_of, segment_of
from rembuk.results.store.succeeding import Happened, happened
from rembuk.results.succession import Cause
from rembuk.results.tables import Count

KELURAHAN_PARTS = 4
"""Parts of the code of a kelurahan: "32.73.27.1003"; an RW has one more."""

Row = dict[str, Any]


async def district_result(cycle: UUID, area: str, name: str, slug: str, lang: str = "id") -> DistrictResult:
    """Everything the page of one district shows, sentences in a language; Refused(NO_RESULT) before publication."""
    rows, official, document, city = await _kept(cycle, area)
    projects = (await projects_of(cycle)).get(area, {})
    contenders = await _contenders(cycle, document, projects, lang)
    won = winners_of(document, city, projects)
    published = await in_full(cycle)
    return DistrictResult(
        area=area,
        name=name,
        slug=slug,
        rule=RULE_NAMES[document["rule"]],
        ceiling=document["ceiling"] if "ceiling" in document else document["budget"],
        cost=document["spent"] if "spent" in document else document["cost"],
        waiting=document.get("waiting", 0),
        ballots=document["voters"],
        eligible=(await eligible_of(cycle, area)).get(area, 0),
        represented=document["represented"],
        digest=official["digest"],
        groups=tuple(_groups(document, won, contenders, city, published=published)),
        losers=_losers(contenders, won),
        steps=tuple(_replay(document, projects, lang)),
        comparisons=tuple(_comparisons(rows, area, projects)),
        full=document["voters"] >= SMALLEST_FULL and published,
        figures=figures_of(document, {each.id: each.title for each in contenders.values()}),
        issues=parts_of(document["money_by_issue"]),
        areas=await _areas(document),
        prices=prices_of(document, {each.id: (each.title, each.issue) for each in contenders.values()}),
        city_round=city.get("city_round", ""),
    )


async def reworded(cycle: UUID, area: str, project: str, sentence: str, lang: str) -> str:
    """A sentence of the published count about a project in a language; any other sentence stays as it is."""
    try:
        _, _, document, _ = await _kept(cycle, area)
    except Refused:
        return sentence
    said = document["why"].get(project, "")
    return in_language(said, lang) if said and in_language(said, "id") == sentence else sentence


async def _kept(cycle: UUID, area: str) -> tuple[list[Row], Row, Row, Row]:
    """The published counts of a district and of the city: all rows, the official one, its document, the city's."""
    wanted = (Count.cycle == cycle) & Count.area.is_in([area, CITY]) & Count.published.eq(True)
    rows = await Count.select().where(wanted)
    official = next((row for row in rows if row["official"] and row["area"] == area), None)
    if official is None:
        raise Refused(Refusal.NO_RESULT)
    city: Row = next((json.loads(row["document"]) for row in rows if row["official"] and row["area"] == CITY), {})
    document: Row = json.loads(official["document"])
    return rows, official, document, city


async def _contenders(cycle: UUID, document: Row, projects: Mapping[str, Row], lang: str) -> dict[str, Contender]:
    fates = fates_of(await happened(cycle))
    return {name: replace(contender(row, document, lang), fate=fates.get(name, "")) for name, row in projects.items()}


def fates_of(deeds: Iterable[Happened]) -> dict[str, str]:
    """What became of projects after the result: "withdrawn", "pledged" or "stepped_in", by id."""
    fates: dict[str, str] = {}
    for deed in deeds:
        fates[deed.project] = "withdrawn" if deed.cause is Cause.WITHDRAWAL else "pledged"
        if deed.successor:
            fates[deed.successor] = "stepped_in"
    return fates


def in_language(said: str | Mapping[str, str], lang: str) -> str:
    """A sentence in this language, else in Indonesian; documents of before had one language only."""
    return said if isinstance(said, str) else said.get(lang) or said["id"]


def winners_of(document: Row, city: Row, projects: Iterable[str]) -> list[str]:
    """Ids of a district's funded projects: its own money first, then the city round."""
    here = set(projects)
    return [*own_winners(document), *(each for each in city.get("funded", ()) if each in here)]


def own_winners(document: Row) -> list[str]:
    """Ids funded by the district's own money; a document without fences has them in `winners`."""
    found: list[str] = document["all_winners"] if "all_winners" in document else document["winners"]
    return found


def contender(project: Row, document: Row, lang: str) -> Contender:
    """One project as its district's document tells of it."""
    name = project["project"]
    said = document.get("how")
    how = ("rest" if name in document["winners"] else "") if said is None else said.get(name, "")
    return Contender(
        id=name,
        number=project["proposal_number"],
        title=project["title"],
        issue=project["issue"],
        place=project["place"],
        cost=project["cost"],
        votes=_votes(document, name, how),
        funded=bool(how) and not how.startswith("reserve:"),
        start=0,
        why=in_language(document["why"][name], lang),
        more_votes=document["more_votes"].get(name),
        fitting_cost=document["fitting_cost"].get(name),
        how=how,
    )


def _votes(document: Row, project: str, how: str) -> int:
    """Ballots naming a project: in the fence that funded it, else in the rest."""
    kind, _, what = how.partition(":")
    stages = [fence["result"] for fence in document.get("fences", ()) if kind == "fence" and fence["name"] == what]
    return next((int(stage["approvals"][project]) for stage in [*stages, document]), 0)


def _groups(
    document: Row, won: Sequence[str], contenders: Mapping[str, Contender], city: Row, *, published: bool
) -> Iterable[Group]:
    start = 0
    for fence in document.get("fences", ()):
        result, box = fence["result"], fence["ballots"]
        yield Group(
            kind="fence",
            name=fence["name"],
            issue=fence.get("issue", ""),
            money=fence["floor"],
            spent=fence["spent"],
            waiting=fence["waiting"],
            winners=_placed(result["winners"], contenders, start),
            children=result["voters"] if box else None,
            hard=fence["hard"],
            full=published and result["voters"] >= SMALLEST_FULL,
            box=box,
        )
        start += fence["spent"]
    rest = _placed(document["winners"], contenders, start)
    yield Group("rest", "", "", document["budget"], document["cost"], 0, rest)
    given = won[len(own_winners(document)) :]
    if given:
        placed = _placed(given, contenders, 0)
        yield Group("city", "", "", city["pool"], sum(each.cost for each in placed), 0, placed)


def _placed(winners: Iterable[str], contenders: Mapping[str, Contender], start: int) -> tuple[Contender, ...]:
    placed = []
    for name in winners:
        placed.append(replace(contenders[name], start=start))
        start += contenders[name].cost
    return tuple(placed)


def _losers(contenders: Mapping[str, Contender], won: Iterable[str]) -> tuple[Contender, ...]:
    lost = (each for name, each in contenders.items() if name not in set(won))
    return tuple(sorted(lost, key=lambda each: (each.reserve or 10**9, -each.votes, each.id)))


def _replay(document: Row, projects: Mapping[str, Row], lang: str) -> Iterable[Played]:
    """Every step of the fences and of the rest, one after the other, over one ribbon."""
    segments: tuple[Segment, ...] = ()
    number = 0
    stages = [(fence["name"], fence["steps"], fence["said"]) for fence in document.get("fences", ())]
    # a count kept before steps had sentences of their own is told by the last word on each project
    said = document.get("said") or [document["why"][step["project"]] for step in document["steps"]]
    for name, steps, sentences in [*stages, ("", document["steps"], said)]:
        for step, sentence in zip(steps, sentences, strict=True):
            project = projects[step["project"]]
            funded = step["decision"] == "funded"
            segments = (*segments, segment_of(project)) if funded else segments
            number += 1
            yield Played(
                number=number,
                project=step["project"],
                title=project["title"],
                funded=funded,
                why=in_language(sentence, lang),
                money_before=step["money_before"],
                money_after=step["money_after"],
                segments=segments,
                stage=name,
            )


def _comparisons(rows: Sequence[Row], area: str, projects: Mapping[str, Row]) -> Iterable[Comparison]:
    given = {row["rule"]: json.loads(row["document"]) for row in rows if row["area"] == CITY}
    here = sorted((row for row in rows if row["area"] == area), key=lambda row: (not row["official"], row["rule"]))
    won = [winners_of(json.loads(row["document"]), given.get(row["rule"], {}), projects) for row in here]
    for row, winners in zip(here, won, strict=True):
        yield Comparison(
            rule=row["rule"],
            name=RULE_NAMES[row["rule"]],
            official=row["official"],
            funded=len(winners),
            cost=row["cost"],
            enters=tuple(projects[each]["title"] for each in winners if each not in won[0]),
            leaves=tuple(projects[each]["title"] for each in won[0] if each not in winners),
        )


async def _areas(document: Row) -> tuple[Part, ...]:
    """Funded money per kelurahan of the projects, by name; never of the voters (pages.md 5.7)."""
    sums: dict[str, int] = {}
    for code, money in document.get("money_by_area", {}).items():
        if code:
            kelurahan = ".".join(code.split(".")[:KELURAHAN_PARTS])
            sums[kelurahan] = sums.get(kelurahan, 0) + money
    return parts_of({(await places.area(code)).name: money for code, money in sums.items()})
