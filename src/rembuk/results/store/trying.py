"""The published ballots of a finished round, ready to be counted again under other rules; nothing is written."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.formula import shares
from rembuk.cycles.rules import Cycle
from rembuk.errors import Refused
from rembuk.results import whatif
from rembuk.results.documents import CITY
from rembuk.results.rules import Refusal, options_of
from rembuk.results.store.ballots import parsed, texts_of
from rembuk.results.store.reading import ballots_text, named, published_boxes
from rembuk.results.tables import BallotsFile, Count
from rembuk.results.whatif import Base, Case, Setting, Trial
from rembuk.tally.city import City
from rembuk.tally.election import Election
from rembuk.tally.pabulib import parse
from rembuk.voting.agreement import FrozenDistrict, agreed, city_of

_TURN = asyncio.Semaphore(1)
"""One what-if at a time: it counts for seconds, and citizens' pages come first."""


async def try_settings(cycle: Cycle, settings: Sequence[Setting]) -> tuple[list[Trial | None], int]:
    """Each setting over the round's published ballots, and how many districts could not be read.

    None for a setting whose rule cannot count these ballots; nothing at all when no district can be read. Refused when
    nothing is published, the round is larger than a page may count, or a quota formula has no solution (its sentence
    says which bound fails).
    """
    every, rows = await named(cycle), await _official(cycle.id)
    if not rows:
        raise Refused(Refusal.NO_RESULT)
    if len(rows) > whatif.MOST_DISTRICTS:
        raise Refused(Refusal.TOO_LARGE, districts=whatif.MOST_DISTRICTS, projects=whatif.MOST_PROJECTS)
    texts = await _texts(cycle, rows)
    ceilings = [await _ceilings(setting, set(every)) for setting in settings]
    asked = list(zip(settings, ceilings, strict=True))
    names = {area: name for area, (name, _) in every.items()}
    async with _TURN:
        if cycle.kind == "archive":
            cases = await asyncio.to_thread(_archived, texts, rows, names)
            base = Base()
        else:
            cases, base = await _of_round(cycle, texts, names)
        if whatif.too_large(cases):
            raise Refused(Refusal.TOO_LARGE, districts=whatif.MOST_DISTRICTS, projects=whatif.MOST_PROJECTS)
        trials = await asyncio.to_thread(whatif.run, cases, base, asked) if cases else []
        return trials, len(rows) - len(cases)


async def _official(cycle: UUID) -> dict[str, dict[str, Any]]:
    """Rule and options of the published official count of each district, in order of area."""
    rows = (
        await Count.select(Count.area, Count.rule, Count.options)
        .where((Count.cycle == cycle) & (Count.official.eq(True)) & (Count.published.eq(True)))
        .order_by(Count.area)
    )
    return {row["area"]: row for row in rows if row["area"] != CITY}


async def _texts(cycle: Cycle, rows: Mapping[str, Any]) -> dict[str, str]:
    """The ballots files anybody may read; an archive's are public, whatever their size."""
    if cycle.kind == "archive":
        kept = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle.id)
        return {row["area"]: row["content"] for row in kept if row["area"] in rows}
    found = {}
    for area in rows:
        try:
            found[area] = await ballots_text(cycle.id, area)
        except Refused:  # too few ballots to publish one by one: they are not tried either
            continue
    return found


async def _ceilings(setting: Setting, areas: set[str]) -> dict[str, int]:
    if not setting.quota:
        return {}
    needs = [need for need in await cycles.needs() if need.area in areas]
    parts = {"equal": setting.equal, "population": setting.population, "poor": setting.poor}
    return {line.area: line.amount for line in shares(setting.total, setting.quota, parts, needs)}


def _archived(texts: Mapping[str, str], rows: Mapping[str, dict[str, Any]], names: Mapping[str, str]) -> list[Case]:
    cases = []
    for area, text in texts.items():
        election = replace(parse(text).election, contest=area)
        options = options_of(json.loads(rows[area]["options"]))
        cases.append(Case(area, names.get(area, area), election.with_rule(rows[area]["rule"], options)))
    return sorted(cases, key=lambda case: (case.name, case.area))


async def _of_round(cycle: Cycle, texts: Mapping[str, str], names: Mapping[str, str]) -> tuple[list[Case], Base]:
    """The districts of a round of ours whose ballots, children's too, are all published; and its city round."""
    vote = await cycles.election(cycle.id)
    agreement = agreed(vote.config)
    boxes = set(texts) | (set(await published_boxes(cycle.id)) & {box.code for box in agreement.children})
    whole = {code: text for code, text in (await texts_of(cycle.id)).items() if code in boxes}
    ballots = await asyncio.to_thread(parsed, agreement, whole)
    city = city_of(agreement, ballots, vote.seed.encode("ascii"))
    cases = [
        Case(home.code, names.get(home.code, home.name), _as_counted(city, home), city.envelopes[home.code].fences)
        for home in agreement.districts
        if home.code in texts and all(fence.ballots in boxes for fence in home.fences if fence.ballots)
    ]
    base = Base(city.contest, city.leftover, city.plan.pot, city.most_per_district, city.money_per_district)
    return sorted(cases, key=lambda case: (case.name, case.area)), base


def _as_counted(city: City, home: FrozenDistrict) -> Election:
    return replace(city.envelopes[home.code].election, seed=city.seed)
