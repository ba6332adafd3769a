"""The published ballots of a finished round, ready to be counted again under other rules; nothing is written."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.feasible import Fault
from rembuk.cycles.formula import Need
from rembuk.cycles.rules import Cycle
from rembuk.cycles.shares import Cap, Leftover, Shares
from rembuk.errors import Refused
from rembuk.results import compared, possible, whatif
from rembuk.results.compared import Trial
from rembuk.results.documents import CITY
from rembuk.results.possible import Known
from rembuk.results.rules import Refusal, options_of
from rembuk.results.store.ballots import packed_ballots
from rembuk.results.store.reading import eligible_of, named, published_boxes
from rembuk.results.tables import BallotsFile, Count
from rembuk.results.whatif import Base, Case, Setting
from rembuk.tally.city import City
from rembuk.tally.pabulib import parse
from rembuk.voting.agreement import Agreement, agreed, city_of

_TURN = asyncio.Semaphore(1)
"""One what-if at a time: it counts for seconds, and citizens' pages come first."""
_CATEGORIES: dict[UUID, list[str]] = {}
"""The categories of archives that were looked at: an archive's files never change."""
MOST_ISSUES = 12
Figures = Mapping[str, tuple[int, int]]
"""Residents and poor families by district, where an official typed them (an archive has none of its own)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One entry for each setting: its trial, or None with the faults that forbid it (none: not these ballots).

    `missing` districts could not be read; no trial at all when none could. `young`: whether children voted apart.
    """

    trials: list[Trial | None]
    faults: list[list[Fault]]
    missing: int
    young: bool


async def try_settings(cycle: Cycle, settings: Sequence[Setting], figures: Figures | None = None) -> Comparison:
    """Each setting over the round's published ballots.

    Refused when nothing is published or the round is larger than a page may count.
    """
    every, rows = await named(cycle), await _official(cycle.id)
    if not rows:
        raise Refused(Refusal.NO_RESULT)
    if len(rows) > whatif.MOST_DISTRICTS:
        raise Refused(Refusal.TOO_LARGE, districts=whatif.MOST_DISTRICTS, projects=whatif.MOST_PROJECTS)
    names = {area: name for area, (name, _) in every.items()}
    known = Known(await cycles.ceilings(cycle.id), await _needs(cycle, names, figures or {}), await _eligible(cycle))
    async with _TURN:
        cases, base = await (_archived if cycle.kind == "archive" else _of_round)(cycle, rows, names)
        if whatif.too_large(cases):
            raise Refused(Refusal.TOO_LARGE, districts=whatif.MOST_DISTRICTS, projects=whatif.MOST_PROJECTS)
        faults: list[list[Fault]] = [[] for _ in settings]
        asked: dict[int, tuple[Setting, dict[str, int]]] = {}
        for nth, setting in enumerate(settings):
            ceilings, faults[nth] = possible.divided(setting, base, known)
            faults[nth] += [] if faults[nth] else possible.faults(setting, base, cases, ceilings, known)
            if cases and not faults[nth]:
                asked[nth] = (setting, ceilings)
        counted = await asyncio.to_thread(compared.run, cases, base, list(asked.values()))
    trials = dict(zip(asked, counted, strict=True))
    return Comparison([trials.get(nth) for nth in range(len(settings))], faults, len(rows) - len(cases), base.young)


async def issues_of(cycle: Cycle) -> dict[str, str]:
    """Names by key of the issues money may be set aside for in a cycle: ours, or an archive's commonest categories."""
    if cycle.kind != "archive":
        return dict(Base().issues)
    if cycle.id not in _CATEGORIES:
        rows = await BallotsFile.select(BallotsFile.content).where(BallotsFile.cycle == cycle.id)
        _CATEGORIES[cycle.id] = await asyncio.to_thread(_categories, [row["content"] for row in rows])
    return {name: name for name in _CATEGORIES[cycle.id]}


def _categories(texts: Sequence[str]) -> list[str]:
    projects = (each for text in texts for each in parse(text).election.projects)
    found = Counter(issue for each in projects for issue in whatif.issues_of(each))
    return sorted(name for name, _ in found.most_common(MOST_ISSUES))


async def _official(cycle: UUID) -> dict[str, dict[str, Any]]:
    """Rule and options of the published official count of each district, in order of area."""
    rows = (
        await Count.select(Count.area, Count.rule, Count.options)
        .where((Count.cycle == cycle) & (Count.official.eq(True)) & (Count.published.eq(True)))
        .order_by(Count.area)
    )
    return {row["area"]: row for row in rows if row["area"] != CITY}


async def _eligible(cycle: Cycle) -> dict[str, int]:
    return {} if cycle.kind == "archive" else await eligible_of(cycle.id)


async def _needs(cycle: Cycle, names: Mapping[str, str], figures: Figures) -> list[Need]:
    if cycle.kind == "archive":
        return [Need(area, name, *figures.get(area, (0, 0))) for area, name in sorted(names.items())]
    return [need for need in await cycles.needs() if need.area in names]


async def _archived(
    cycle: Cycle, rows: Mapping[str, dict[str, Any]], names: Mapping[str, str]
) -> tuple[list[Case], Base]:
    kept = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle.id)
    texts = {row["area"]: row["content"] for row in kept if row["area"] in rows}
    cases = await asyncio.to_thread(_read, texts, rows, names)
    return cases, Base(contest=cycle.slug, issues=await issues_of(cycle))


def _read(texts: Mapping[str, str], rows: Mapping[str, dict[str, Any]], names: Mapping[str, str]) -> list[Case]:
    read = {area: parse(text).election for area, text in texts.items()}
    unit = max((election.unit for election in read.values()), default=1)
    cases = [
        whatif.of_file(
            area,
            names.get(area, area),
            whatif.in_unit(election, unit),
            rows[area]["rule"],
            options_of(json.loads(rows[area]["options"])),
        )
        for area, election in read.items()
    ]
    return sorted(cases, key=lambda case: (case.name, case.area))


async def _of_round(
    cycle: Cycle, rows: Mapping[str, dict[str, Any]], names: Mapping[str, str]
) -> tuple[list[Case], Base]:
    """The districts of a round of ours whose ballots, children's too, are all published; and what it agreed."""
    vote = await cycles.election(cycle.id)
    agreement = agreed(vote.config)
    boxes = set(await published_boxes(cycle.id))
    packed = await packed_ballots(cycle.id, agreement)
    ballots = {code: each for code, each in packed.items() if code in boxes}
    city = city_of(agreement, ballots, vote.seed.encode("ascii"))
    shown = [each for each in cases_of(agreement, city, boxes, names) if each.area in rows]
    return shown, base_of(cycle.shares, agreement)


def cases_of(agreement: Agreement, city: City, boxes: set[str], names: Mapping[str, str]) -> list[Case]:
    """The districts of an agreement whose boxes are all among these, by name, each as it was counted."""
    cases = [
        Case(
            home.code,
            names.get(home.code, home.name),
            replace(city.envelopes[home.code].election, seed=city.seed),
            city.envelopes[home.code].fences,
        )
        for home in agreement.districts
        if {home.code, *(fence.ballots for fence in home.fences if fence.ballots)} <= boxes
    ]
    return sorted(cases, key=lambda case: (case.name, case.area))


def base_of(kept: Shares, agreement: Agreement) -> Base:
    """What a round of ours agreed beside its districts; `kept` are the shares it was frozen with."""
    city = Cap(agreement.most_per_district, agreement.money_per_district)
    shares = replace(kept, leftover=Leftover(agreement.city_round), city=city)
    return Base(agreement.cycle, shares, agreement.city_pot, young=bool(agreement.children))
