"""S0 to S5 of tally.md §2: quotas, ring-fences, envelopes, the city round and the reserve list, each from the last.

count_city(city: City) -> CityResult
successor(result: CityResult, withdrawn: str, also: frozenset[str]) -> str | None      the reserve that steps in
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.city_result import CityResult, EnvelopeResult, FenceResult, Reserve
from rembuk.tally.count import outcome, recorded
from rembuk.tally.election import BadElection, Election, Options, Project
from rembuk.tally.limits import Limit
from rembuk.tally.merge import narrowed
from rembuk.tally.quotas import Split, quotas
from rembuk.tally.record import Record
from rembuk.tally.result import Result
from rembuk.tally.rules import Outcome
from rembuk.tally.rules.greedy import Line, fitting, take
from rembuk.tally.types import Ballots


def count_city(city: City) -> CityResult:
    """The whole round; BadElection when ceilings are not those frozen at `open`, or a fence exceeds its envelope."""
    split = quotas(city.quota, city.plan)
    if city.frozen_ceilings and dict(city.frozen_ceilings) != split.ceilings:
        raise BadElection("the quotas are not the ceilings frozen at open")
    envelopes = {code: envelope_result(city, code, split) for code in city.every()}
    pool = pool_of(city, envelopes)
    last = city_round(city, envelopes, pool if city.leftover is Leftover.CITY_ROUND else 0)
    return CityResult(
        contest=city.contest,
        split=split,
        pot=city.plan.pot,
        envelopes=envelopes,
        leftover=city.leftover,
        pool=pool,
        city=last,
        reserve=reserve(city, envelopes, last),
    )


def pool_of(city: City, envelopes: Mapping[str, EnvelopeResult]) -> int:
    """What all envelopes left over, and the city pot when no citywide envelope spends it."""
    return sum(result.left for result in envelopes.values()) + (0 if city.citywide else city.plan.pot)


def envelope_result(
    city: City, code: str, split: Split, keep: Callable[[Election, Outcome], Result] = recorded
) -> EnvelopeResult:
    """S2 and S3 of one envelope: nothing of any other envelope enters. `keep` turns what a rule gave into a result."""
    envelope = city.every()[code]
    ceiling = split.ceilings.get(code, city.plan.pot)
    election = _own_round(city, code, envelope, ceiling)
    if sum(fence.floor for fence in envelope.fences) > ceiling:
        raise BadElection(f"the ring-fences of {code or 'the city'} exceed its ceiling")
    fences: list[FenceResult] = []
    funded: list[str] = []
    for fence in envelope.fences:
        fences.append(_fence_result(election, fence, funded, keep))
        funded.extend(fences[-1].result.winners)
    spent = sum(fence.result.cost for fence in fences)
    waiting = sum(fence.waiting for fence in fences)
    rest = _part(election, funded, None, ceiling - spent - waiting)
    return EnvelopeResult(code, ceiling, tuple(fences), keep(rest, outcome(rest)))


def rest_of(city: City, code: str, result: EnvelopeResult) -> Election:
    """The election that S3 counted in this envelope: what the fences left, with the money they left."""
    election = _own_round(city, code, city.every()[code], result.ceiling)
    funded = [winner for fence in result.fences for winner in fence.result.winners]
    return _part(election, funded, None, result.result.budget)


def _own_round(city: City, code: str, envelope: Envelope, ceiling: int) -> Election:
    # the platform's own rounds never fund a project without votes (tally.md §1)
    options = replace(envelope.election.options, threshold=max(1, envelope.election.options.threshold))
    contest = f"{city.contest}/{code}" if code else city.contest
    return replace(envelope.election, budget=ceiling, options=options, seed=city.seed, contest=contest)


def _part(election: Election, funded: Sequence[str], fence: Fence | None, money: int) -> Election:
    """The election over what is still unfunded (inside a fence), which knows what was funded before."""
    kept = [
        index
        for index, project in enumerate(election.projects)
        if project.id not in funded and (fence is None or fence.holds(project.id, project.issue, project.area))
    ]
    ballots = fence.ballots if fence and fence.ballots else election.ballots
    named = f"{election.contest}/{fence.name}" if fence else election.contest
    return replace(
        election,
        projects=tuple(election.projects[index] for index in kept),
        ballots=narrowed(ballots, kept),
        budget=money,
        contest=named,
        before=tuple(project for project in election.projects if project.id in funded),
    )


def _fence_result(
    election: Election, fence: Fence, funded: Sequence[str], keep: Callable[[Election, Outcome], Result]
) -> FenceResult:
    inside = _part(election, funded, fence, fence.floor)
    result = keep(inside, _filled(inside, outcome(inside)))
    return FenceResult(fence.name, fence.floor, fence.hard, result)


def _filled(election: Election, found: Outcome) -> Outcome:
    # a floor is missed only when nothing of its issue fits (law 10), whatever the rule leaves over
    index_of = {project.id: index for index, project in enumerate(election.projects)}
    record = Record.fresh(election)
    for winner in found.winners:
        record.pay(index_of[winner])
    record.steps.extend(found.steps)
    record.part = "floor"
    if next(fitting(record, range(len(election.projects))), None) is not None:
        take(record, [index for index in range(len(election.projects)) if index not in record.funded])
    return Outcome(record.winners, tuple(record.steps), found.search)


def city_round(
    city: City,
    envelopes: Mapping[str, EnvelopeResult],
    pool: int,
    keep: Callable[[Election, Outcome], Result] = recorded,
) -> Result:
    """S4: what is left, by approvals per ballot cast in a project's own envelope; passes over what is too dear."""
    election, line = _line_of_city(city, envelopes, pool)
    record = Record.fresh(election)
    record.part = "city"
    take(record, range(len(election.projects)), line=line)
    return keep(election, Outcome(record.winners, tuple(record.steps)))


def reserve(city: City, envelopes: Mapping[str, EnvelopeResult], last: Result) -> tuple[Reserve, ...]:
    """S5: the order of S4 continued without money; what a limit shuts out, or waits for another, is not on it."""
    election, line = _line_of_city(city, envelopes, 0)
    watch = election.watch()
    for project in election.projects:
        if project.id in last.winners:
            watch.take(project)
    listed = []
    for index in line.sorted(range(len(election.projects))):
        project = election.projects[index]
        if project.id in last.winners or watch.why_never(project) or watch.why_not_yet(project):
            continue
        waiting = _waiting(city.every()[project.district], envelopes[project.district], project)
        listed.append(Reserve(project.id, project.district, project.cost, line.score(index), waiting))
    return tuple(listed)


def successor(result: CityResult, withdrawn: str, also: frozenset[str] = frozenset()) -> str | None:
    """The first reserve that fits the money of a withdrawn project and what is unspent; nothing is counted again.

    `also` are reserves that already stepped in for others (their money must be kept apart by the caller).
    """
    freed = result.cost_of(withdrawn) + result.unspent
    for candidate in result.reserve:
        if candidate.project not in also and candidate.cost <= freed + candidate.waiting:
            return candidate.project
    return None


def _waiting(envelope: Envelope, result: EnvelopeResult, project: Project) -> int:
    held = zip(envelope.fences, result.fences, strict=True)
    return sum(kept.waiting for fence, kept in held if fence.holds(project.id, project.issue, project.area))


def _line_of_city(city: City, envelopes: Mapping[str, EnvelopeResult], pool: int) -> tuple[Election, Line]:
    left: list[tuple[Project, int, Fraction]] = []
    before: list[Project] = []
    limits: list[Limit] = []
    for code, envelope in city.every().items():
        rest = list(_left_over(code, envelope.election, envelopes[code]))
        left.extend(rest)
        before.extend(_of_city(code, p) for p in envelope.election.projects if p.id in envelopes[code].winners)
        limits.extend(replace(limit, name=f"{code} {limit.name}".strip()) for limit in envelope.election.limits)
        inside = frozenset(project.id for project, _, _ in rest)
        if code and (city.most_per_district is not None or city.money_per_district is not None):
            limits.append(Limit(f"{code} city round", inside, city.most_per_district, city.money_per_district))
    election = Election(
        projects=tuple(project for project, _, _ in left),
        ballots=_approvals([approvals for _, approvals, _ in left]),
        budget=pool,
        rule="city_round",
        options=Options(threshold=1),
        seed=city.seed,
        contest=city.contest,
        limits=tuple(limits),
        before=tuple(before),
    )
    return election, Line(election, scores=tuple(score for _, _, score in left))


def _left_over(code: str, election: Election, result: EnvelopeResult) -> Iterable[tuple[Project, int, Fraction]]:
    least = max(1, election.options.threshold)
    ballots = election.ballots
    for index, project in enumerate(election.projects):
        if project.id not in result.winners and int(ballots.scores[index]) >= least:
            approvals = int(ballots.approvals[index])
            yield _of_city(code, project), approvals, Fraction(approvals, ballots.voters)


def _of_city(code: str, project: Project) -> Project:
    # groups are an envelope's own affair: the same name in two envelopes is two groups
    return replace(project, district=code, group=f"{code} {project.group}" if project.group else "")


def _approvals(counts: Sequence[int]) -> Ballots:
    number = len(counts)
    return Ballots("approval", number, np.array(counts, dtype=np.int64), np.arange(number + 1), np.arange(number))
