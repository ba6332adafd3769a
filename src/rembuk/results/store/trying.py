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
from rembuk.results.store.counting import contests_of, election_of
from rembuk.results.store.reading import ballots_text, named
from rembuk.results.tables import BallotsFile, Count
from rembuk.results.whatif import Case, Setting, Trial
from rembuk.tally.election import Election
from rembuk.tally.pabulib import parse

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
    build = await _builder(cycle)
    names = {area: name for area, (name, _) in every.items()}
    async with _TURN:
        return await asyncio.to_thread(_run, texts, rows, names, build, asked), len(rows) - len(texts)


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


class _Builder:
    """Builds the election of one district out of its published text."""

    def __init__(self, contests: Mapping[str, Any] | None, seed: bytes | None) -> None:
        self.contests = contests
        self.seed = seed

    def election(self, area: str, text: str) -> Election:
        """As it was counted, apart from rule and options."""
        if self.contests is None:
            return replace(parse(text).election, contest=area)
        return election_of(self.contests[area], text, self.seed)


async def _builder(cycle: Cycle) -> _Builder:
    if cycle.kind == "archive":
        return _Builder(None, None)
    seed = (await cycles.election(cycle.id)).seed
    return _Builder(await contests_of(cycle.id), seed.encode("ascii"))


def _run(
    texts: Mapping[str, str],
    rows: Mapping[str, dict[str, Any]],
    names: Mapping[str, str],
    build: _Builder,
    asked: Sequence[tuple[Setting, Mapping[str, int]]],
) -> list[Trial | None]:
    cases = []
    for area, text in texts.items():
        options = options_of(json.loads(rows[area]["options"]))
        election = build.election(area, text).with_rule(rows[area]["rule"], options)
        cases.append(Case(area, names.get(area, area), election))
    cases.sort(key=lambda case: (case.name, case.area))
    if whatif.too_large(cases):
        raise Refused(Refusal.TOO_LARGE, districts=whatif.MOST_DISTRICTS, projects=whatif.MOST_PROJECTS)
    return whatif.run(cases, asked) if cases else []
