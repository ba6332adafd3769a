"""Published results for programs: /api/v1/results."""

import json
from typing import Any

import msgspec

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import Refused
from rembuk.results import store
from rembuk.results.documents import CITY
from rembuk.results.rules import Refusal
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import get


class ResultLine(msgspec.Struct, frozen=True):
    """A cycle with a published result."""

    cycle: str
    name: str
    year: int
    kind: str
    currency: str
    simulated: bool


class DistrictOut(msgspec.Struct, frozen=True):
    """One district of a result; money in whole units of the currency."""

    area: str
    name: str
    slug: str
    ceiling: int
    cost: int
    winners: int
    ballots: int
    eligible: int


class ResultOut(msgspec.Struct, frozen=True):
    """A published result, district by district."""

    cycle: ResultLine
    districts: list[DistrictOut]


@get("/api/v1/results", guard=PUBLIC)
async def results() -> list[ResultLine]:
    """Cycles with a published result, the newest first."""
    published = set(await store.finished_cycles())
    return [_line(cycle) for cycle in await cycles.cycles() if cycle.id in published]


@get("/api/v1/results/{cycle:str}", guard=PUBLIC)
async def result(cycle: str) -> ResultOut:
    """The result of one cycle by its short address."""
    chosen = await cycles.by_slug(cycle)
    lines = await store.districts(chosen.id, await store.named(chosen))
    return ResultOut(
        _line(chosen),
        [
            DistrictOut(
                line.area, line.name, line.slug, line.ceiling, line.cost, line.winners, line.ballots, line.eligible
            )
            for line in lines
        ],
    )


@get("/api/v1/results/{cycle:str}/{district:str}", guard=PUBLIC)
async def district(cycle: str, district: str) -> dict[str, Any]:
    """The official count of one district with every step, as it was hashed (tally.md 4)."""
    chosen = await cycles.by_slug(cycle)
    for area, (_, slug) in (await store.named(chosen)).items():
        if slug == district:
            found: dict[str, Any] = json.loads(await store.count_document(chosen.id, area))
            return found
    raise Refused(Refusal.NO_RESULT)


@get("/api/v1/results/{cycle:str}/kota", guard=PUBLIC)
async def city(cycle: str) -> dict[str, Any]:
    """What every district left over, the city round with every step, the reserve list (docs/bundle.md)."""
    chosen = await cycles.by_slug(cycle)
    found: dict[str, Any] = json.loads(await store.count_document(chosen.id, CITY))
    return found


def _line(cycle: Cycle) -> ResultLine:
    return ResultLine(cycle.slug, cycle.name, cycle.year, cycle.kind, cycle.currency, cycle.simulated)


HANDLERS = [results, result, district, city]
