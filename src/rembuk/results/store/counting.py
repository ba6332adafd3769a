"""Counting: the frozen agreement and the ballots file in, one stored count per district and rule out."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.results import words
from rembuk.results.rules import Refusal, options_of
from rembuk.results.store.proving import insist_unmoved
from rembuk.results.tables import BallotsFile, Count
from rembuk.tally.count import compare, count
from rembuk.tally.election import Completion, Election, Project
from rembuk.tally.pabulib import parse
from rembuk.tally.result import Result, canonical
from rembuk.voting.agreement import Agreement, FrozenDistrict, agreed
from rembuk.voting.box import Contest

SLOW = (Completion.ADD1, Completion.ADD1U)
"""Completions whose single count searches through many shares: what each loser lacked is not probed for them."""


@dataclass(frozen=True)
class Counted:
    """One count, ready to be kept: its canonical document holds the result, every step and the sentences."""

    area: str
    official: bool
    result: Result
    document: bytes


async def contests_of(cycle: UUID) -> dict[str, Contest]:
    """What was agreed for every district of a cycle, by its code."""
    agreement = agreed((await cycles.election(cycle)).config)
    return {district.code: contest_of(agreement, district) for district in agreement.districts}


def contest_of(agreement: Agreement, district: FrozenDistrict) -> Contest:
    """What was agreed for one district."""
    projects = tuple(
        Project(each.id, each.cost, each.title, district.code, each.area, each.issue) for each in district.projects
    )
    return Contest(
        district.code,
        district.contest,
        district.ceiling,
        agreement.ballot_type,
        agreement.most,
        agreement.rule,
        options_of(agreement.options),
        projects,
    )


def election_of(contest: Contest, text: str, seed: bytes | None) -> Election:
    """The election of one district, exactly as everybody else can build it from the published files."""
    ballots = parse(text, contest.contest).election.ballots
    return Election(
        projects=contest.projects,
        ballots=ballots,
        budget=contest.ceiling,
        rule=contest.rule,
        options=contest.options,
        seed=seed,
        contest=contest.contest,
    )


async def count_cycle(cycle: UUID, person: UUID | None) -> int:
    """Count every district by its own rule and by the others; how many districts. Twice changes nothing."""
    election = await cycles.election(cycle)
    if election.state not in (ElectionState.OPENED, ElectionState.COUNTED):
        raise Refused(Refusal.NOT_OPENED)
    if not election.seed:
        raise Refused(Refusal.NO_SEED)
    await insist_unmoved(cycle)
    files = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle)
    contests = await contests_of(cycle)
    seed = election.seed.encode("ascii")
    texts = {row["area"]: row["content"] for row in files}
    counted = await asyncio.to_thread(_count_all, contests, texts, seed)
    await keep_counts(cycle, counted, person)
    return len(texts)


def _count_all(contests: Mapping[str, Contest], texts: Mapping[str, str], seed: bytes | None) -> list[Counted]:
    done: list[Counted] = []
    for area, text in sorted(texts.items()):
        done += counts_of(area, election_of(contests[area], text, seed))
    return done


def counts_of(area: str, election: Election) -> list[Counted]:
    """The official count of one district, explained, and the same ballots under every other rule."""
    official = count(election)
    others = [each for name, each in compare(election).items() if name not in (election.rule, "official")]
    told = words.told(election, official, probe=election.options.completion not in SLOW)
    return [
        Counted(area, True, official, documented(official, told)),
        *(Counted(area, False, each, documented(each, {})) for each in others),
    ]


def documented(result: Result, told: Mapping[str, Any]) -> bytes:
    """The canonical JSON kept with a count: the result, every step, and the sentences told about it."""
    steps = [step.document() for step in result.steps]
    return canonical({**result.document(), "steps": steps, "digest": result.digest, **told})


@transaction
async def keep_counts(cycle: UUID, counted: list[Counted], person: UUID | None) -> None:
    """Replace the counts of a cycle that are not yet published."""
    if await Count.exists().where((Count.cycle == cycle) & (Count.published.eq(True))):
        raise Refused(Refusal.ALREADY_PUBLISHED)
    await Count.delete().where(Count.cycle == cycle)
    moment = now()
    for start in range(0, len(counted), 50):
        await Count.insert(*(_row(cycle, each, moment) for each in counted[start : start + 50]))
    digests = {each.area: each.result.digest for each in counted if each.official}
    await board.audit(person, "city_official", "cycle.counted", str(cycle), after={**digests})


def _row(cycle: UUID, counted: Counted, moment: Any) -> Count:
    result = counted.result
    return Count(
        cycle=cycle,
        area=counted.area,
        rule=result.rule,
        options=json.dumps(dict(result.options), sort_keys=True),
        official=counted.official,
        winner_count=len(result.winners),
        cost=result.cost,
        ceiling=result.budget,
        ballot_count=result.voters,
        document=counted.document.decode(),
        digest=result.digest,
        counted_at=moment,
    )
