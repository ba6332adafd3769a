"""Counting: frozen agreement and ballots files in, the round's documents out, and every other rule beside it."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.cycles.rules import ElectionState
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.results import words
from rembuk.results.documents import CITY, Paper, documents_of, stage_body
from rembuk.results.rules import Refusal
from rembuk.results.stages import how, other_rules
from rembuk.results.store.ballots import packed_ballots
from rembuk.results.store.proving import insist_unmoved
from rembuk.results.tables import Count
from rembuk.tally.city import City
from rembuk.tally.city_result import CityResult
from rembuk.tally.election import Election
from rembuk.tally.pabulib import parse
from rembuk.tally.result import Result, canonical
from rembuk.tally.stages import count_city
from rembuk.tally.types import Ballots
from rembuk.voting.agreement import Agreement, FrozenDistrict, agreed, city_of, options_of, projects_of
from rembuk.voting.box import Contest


@dataclass(frozen=True)
class Counted:
    """One count, ready to be kept: its canonical document holds the result, every step and the sentences."""

    area: str
    official: bool
    rule: str
    options: Mapping[str, str]
    winners: int
    cost: int
    ceiling: int
    ballots: int
    digest: str
    document: bytes

    @classmethod
    def of(cls, area: str, result: Result, told: Mapping[str, Any], *, official: bool) -> "Counted":
        """A contest that stands alone."""
        return cls(
            area=area,
            official=official,
            rule=result.rule,
            options=result.options,
            winners=len(result.winners),
            cost=result.cost,
            ceiling=result.budget,
            ballots=result.voters,
            digest=result.digest,
            document=documented(result, told),
        )


async def contests_of(cycle: UUID) -> dict[str, Contest]:
    """What was agreed for every box of a cycle, the children's too, by its code."""
    agreement = agreed((await cycles.election(cycle)).config)
    return {box.code: contest_of(agreement, box) for box in agreement.boxes}


def contest_of(agreement: Agreement, box: FrozenDistrict) -> Contest:
    """What was agreed for one box."""
    return Contest(
        box.code,
        box.contest,
        box.ceiling,
        agreement.ballot_type,
        agreement.most,
        agreement.rule,
        options_of(agreement.options),
        projects_of(box),
    )


def election_of(contest: Contest, text: str, seed: bytes | None) -> Election:
    """The plain election of one district, without fences and limits, exactly as everybody can build it."""
    return Election(
        projects=contest.projects,
        ballots=parse(text, contest.contest).election.ballots,
        budget=contest.ceiling,
        rule=contest.rule,
        options=contest.options,
        seed=seed,
        contest=contest.contest,
    )


async def count_cycle(cycle: UUID, person: UUID | None) -> int:
    """Count the whole round (S0 to S5) by its own rule and by the others; how many districts. Twice changes nothing."""
    election = await cycles.election(cycle)
    if election.state not in (ElectionState.OPENED, ElectionState.COUNTED):
        raise Refused(Refusal.NOT_OPENED)
    if not election.seed:
        raise Refused(Refusal.NO_SEED)
    await insist_unmoved(cycle)
    agreement = agreed(election.config)
    ballots = await packed_ballots(cycle, agreement)
    counted = await asyncio.to_thread(all_counted, agreement, ballots, election.seed.encode("ascii"))
    await keep_counts(cycle, counted, person)
    return len(agreement.districts)


def open_boxes(agreement: Agreement, city: City) -> set[str]:
    """The boxes whose ballots are published one by one (trust.md 4.7)."""
    if agreement.publication != "full":
        return set()
    sizes = {code: each.election.voters for code, each in city.envelopes.items()}
    for district in agreement.districts:
        held = zip(district.fences, city.envelopes[district.code].fences, strict=True)
        sizes |= {frozen.ballots: fence.ballots.voters for frozen, fence in held if fence.ballots}
    return {code for code, size in sizes.items() if size >= SMALLEST_FULL}


def papers_of(agreement: Agreement, ballots: Mapping[str, Ballots], seed: bytes | None) -> dict[str, Paper]:
    """What the official count of every district and of the city must say, by area."""
    city = city_of(agreement, ballots, seed)
    return documents_of(city, count_city(city), open_boxes(agreement, city))


def all_counted(agreement: Agreement, ballots: Mapping[str, Ballots], seed: bytes | None) -> list[Counted]:
    """Every count of a round: its own rule with all that is told about it, and every other rule beside it."""
    city = city_of(agreement, ballots, seed)
    shown = open_boxes(agreement, city)
    result = count_city(city)
    told = {code: words.told_district(city, result, code) for code in city.envelopes}
    done = []
    for paper in documents_of(city, result, shown).values():
        said = words.told_city(result, told) if paper.area == CITY else told[paper.area] | _fences(city, result, paper)
        done.append(_kept(city, paper, said))
    for other in other_rules(city):
        done += _other(city, other, documents_of(city, other, shown))
    return done


def _fences(city: City, result: CityResult, paper: Paper) -> dict[str, Any]:
    """The fences of a district's document with a sentence for every step."""
    spoken = words.told_fences(city, result, paper.area)
    return {"fences": [{**fence, "said": said} for fence, said in zip(paper.body["fences"], spoken, strict=True)]}


def _kept(city: City, paper: Paper, told: Mapping[str, Any]) -> Counted:
    election = next(iter(city.envelopes.values())).election
    return _counted(paper, election.rule, election.options.pairs(), told, official=True)


def _other(city: City, result: CityResult, papers: Mapping[str, Paper]) -> Iterator[Counted]:
    for paper in papers.values():
        one = result.envelopes.get(paper.area) or next(iter(result.envelopes.values()))
        told = {} if paper.area == CITY else {"how": how(result, paper.area)}
        yield _counted(paper, one.result.rule, one.result.options, told, official=False)


def _counted(
    paper: Paper, rule: str, options: Mapping[str, str], told: Mapping[str, Any], *, official: bool
) -> Counted:
    return Counted(
        area=paper.area,
        official=official,
        rule=rule,
        options=options,
        winners=paper.winners,
        cost=paper.cost,
        ceiling=paper.ceiling,
        ballots=paper.ballots,
        digest=paper.digest,
        document=canonical({**paper.body, **told}),
    )


def documented(result: Result, told: Mapping[str, Any]) -> bytes:
    """The canonical JSON kept with a contest that stands alone: result, every step, and the sentences about it."""
    return canonical({**stage_body(result), **told})


@transaction
async def keep_counts(cycle: UUID, counted: list[Counted], person: UUID | None) -> None:
    """Replace the counts of a cycle that are not yet published."""
    if await Count.exists().where((Count.cycle == cycle) & (Count.published.eq(True))):
        raise Refused(Refusal.ALREADY_PUBLISHED)
    await Count.delete().where(Count.cycle == cycle)
    moment = now()
    for start in range(0, len(counted), 50):
        await Count.insert(*(_row(cycle, each, moment) for each in counted[start : start + 50]))
    digests = {each.area: each.digest for each in counted if each.official}
    await board.audit(person, "city_official", "cycle.counted", str(cycle), after={**digests})


def _row(cycle: UUID, counted: Counted, moment: datetime) -> Count:
    return Count(
        cycle=cycle,
        area=counted.area,
        rule=counted.rule,
        options=json.dumps(dict(counted.options), sort_keys=True),
        official=counted.official,
        winner_count=counted.winners,
        cost=counted.cost,
        ceiling=counted.ceiling,
        ballot_count=counted.ballots,
        document=counted.document.decode(),
        digest=counted.digest,
        counted_at=moment,
    )
