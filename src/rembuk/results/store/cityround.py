"""The page of the city round: what every district left over, who got it, who waits; read out of kept documents."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from rembuk.errors import Refused
from rembuk.results.documents import CITY
from rembuk.results.shown import CityRound, InLine, Leftover
from rembuk.results.store.reading import count_document, projects_of
from rembuk.results.store.showing import in_language

Row = dict[str, Any]


async def city_round(cycle: UUID, named: Mapping[str, tuple[str, str]], lang: str = "id") -> CityRound:
    """Everything the page of the city round shows; Refused(NO_RESULT) when there is none."""
    body: Row = json.loads(await count_document(cycle, CITY))
    rows = {name: row for projects in (await projects_of(cycle)).values() for name, row in projects.items()}
    places = {name: nth for nth, name in enumerate(body["reserve"], 1)}
    lines = {each["project"]: _line(each, rows, named, body, lang) for each in body["line"]}
    funded, start = [], 0
    for name in body["funded"]:
        funded.append(replace(lines[name], start=start))
        start += lines[name].cost
    passed = [line for name, line in lines.items() if name not in {*body["funded"], *places}]
    return CityRound(
        kind=body["city_round"],
        pot=body["pot"],
        pool=body["pool"],
        spent=body["spent"],
        unspent=body["unspent"],
        digest=body["digest"],
        leftovers=tuple(_leftovers(body, named)),
        funded=tuple(funded),
        passed=tuple(passed),
        reserve=tuple(replace(lines[name], reserve=nth) for name, nth in places.items()),
    )


async def city_round_kind(cycle: UUID) -> str:
    """What became of the money left over in a published cycle; "" for one counted without it."""
    try:
        body: Row = json.loads(await count_document(cycle, CITY))
    except Refused:
        return ""
    return str(body["city_round"])


def _leftovers(body: Row, named: Mapping[str, tuple[str, str]]) -> Iterable[Leftover]:
    lines = [Leftover(*named[code], left=left, waiting=body["waiting"][code]) for code, left in body["left"].items()]
    return sorted(lines, key=lambda line: (-line.left, line.name))


def _line(each: Row, rows: Mapping[str, Row], named: Mapping[str, tuple[str, str]], body: Row, lang: str) -> InLine:
    project, (district, slug) = rows[each["project"]], named[each["district"]]
    return InLine(
        number=project["proposal_number"],
        title=project["title"],
        issue=project["issue"],
        place=project["place"],
        district=district,
        slug=slug,
        cost=each["cost"],
        approvals=each["approvals"],
        ballots=each["ballots"],
        why=in_language(body["why"][each["project"]], lang),
    )
