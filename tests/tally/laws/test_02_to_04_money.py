"""Laws 2, 3, 4 and 10: money is conserved, only projects that may win do, nothing that fits is left, floors are met."""

from hypothesis import given, settings

from rembuk.errors import Refused
from rembuk.tally.city import City
from rembuk.tally.city_result import CityResult
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Completion, Election, Project
from rembuk.tally.result import Decision, Result
from rembuk.tally.stages import count_city
from tests.strategies import KINDS, bounded_elections, cities, elections

MANY = settings(max_examples=40, deadline=None)


def counted(city: City) -> CityResult | None:
    """The result, or None when quotas or fences cannot be met."""
    try:
        return count_city(city)
    except (Refused, BadElection):
        return None


def projects_of(city: City) -> dict[str, Project]:
    """Every project by id."""
    return {p.id: p for envelope in city.every().values() for p in envelope.election.projects}


@given(cities())
@MANY
def test_law_2_conservation(city: City) -> None:
    """L3: to the rupiah: total = spent + unspent + waiting; no envelope, fence or cap is passed."""
    if (result := counted(city)) is None:
        return
    costs = {name: project.cost for name, project in projects_of(city).items()}
    assert len(set(result.winners)) == len(result.winners)
    assert sum(costs[winner] for winner in result.winners) == result.cost
    assert result.cost + result.unspent + result.waiting == city.plan.total
    assert result.unspent >= 0
    for code, envelope in result.envelopes.items():
        assert envelope.left >= 0
        assert all(fence.result.cost <= fence.floor for fence in envelope.fences)
        for limit in city.every()[code].election.limits:
            inside = [winner for winner in result.winners if winner in limit.projects]
            assert limit.number is None or len(inside) <= limit.number
            assert limit.money is None or sum(costs[winner] for winner in inside) <= limit.money
        mine = [winner for winner in result.city.winners if winner.startswith(code or "-")]
        assert city.most_per_district is None or len(mine) <= city.most_per_district
        assert city.money_per_district is None or sum(costs[w] for w in mine) <= city.money_per_district


@given(cities())
@MANY
def test_law_3_only_those_who_may(city: City) -> None:
    """Only eligible projects at or above the threshold; one of a group; requirements closed."""
    if (result := counted(city)) is None:
        return
    groups = set()
    for code, envelope in city.every().items():
        least = max(1, envelope.election.options.threshold)
        for place, project in enumerate(envelope.election.projects):
            if project.id in result.winners:
                assert not project.refusal
                assert envelope.election.ballots.scores[place] >= least
                assert not project.requires or project.requires in result.winners
                assert not project.group or (code, project.group) not in groups
                groups.add((code, project.group))


@given(cities())
@MANY
def test_law_4_exhaustive(city: City) -> None:
    """After S4 nothing fits, or the record names the constraint for each that would."""
    if (result := counted(city)) is None:
        return
    steps = {step.project: step for step in result.city.steps}
    for code, envelope in city.every().items():
        least = max(1, envelope.election.options.threshold)
        for place, project in enumerate(envelope.election.projects):
            enough = envelope.election.ballots.scores[place] >= least
            if project.id not in result.winners and enough and project.cost <= result.unspent:
                assert steps[project.id].decision is Decision.HELD, code
                assert steps[project.id].constraint


@given(cities())
@MANY
def test_law_10_floors(city: City) -> None:
    """A floor is missed only if no unfunded project of that issue fits in what is left of it."""
    if (result := counted(city)) is None:
        return
    for code, envelope in result.envelopes.items():
        election = city.every()[code].election
        for fence, kept in zip(city.every()[code].fences, envelope.fences, strict=True):
            left = fence.floor - kept.result.cost
            decided = {step.project: step.decision for step in kept.result.steps}
            for project in election.projects:
                if project.issue != fence.issue or project.id in envelope.winners or project.cost > left:
                    continue
                assert decided[project.id] in (Decision.HELD, Decision.BELOW_THRESHOLD)


@given(bounded_elections())
@MANY
def test_limits_in_every_rule(election: Election) -> None:
    """Groups, caps, requirements and refusals hold in one contest under every rule."""
    result = count(election)
    won = [project for project in election.projects if project.id in result.winners]
    groups = [project.group for project in won if project.group]
    assert len(set(groups)) == len(groups)
    assert not any(project.refusal for project in won)
    assert all(project.requires in result.winners for project in won if project.requires)
    for limit in election.limits:
        inside = [project for project in won if project.id in limit.projects]
        assert limit.number is not None
        assert limit.money is not None
        assert len(inside) <= limit.number
        assert sum(project.cost for project in inside) <= limit.money


@given(elections(kinds=KINDS))
@MANY
def test_money_of_one_contest(election: Election) -> None:
    """G1, L1: never over the budget, and the steps add up: before, cost, after, one by one."""
    result = count(election)
    assert result.cost <= election.budget
    assert steps_add_up(result)


def steps_add_up(result: Result) -> bool:
    """Each step begins with the money the one before left, and only funding spends."""
    money = result.budget
    for number, step in enumerate(result.steps, start=1):
        spent = step.cost if step.is_funded else 0
        if (step.number, step.money_before, step.money_after) != (number, money, money - spent):
            return False
        money -= spent
    return [step.project for step in result.steps if step.is_funded] == list(result.winners)


@given(elections(rule="equal_shares"))
@MANY
def test_completion_leaves_nothing(election: Election) -> None:
    """Add1u and greedy completion leave no project with enough votes that would still fit."""
    if election.options.completion not in (Completion.GREEDY, Completion.ADD1U) or not election.voters:
        return
    result = count(election)
    least = max(1, election.options.threshold)
    for place, project in enumerate(election.projects):
        fits = project.cost <= result.left and election.ballots.scores[place] >= least
        assert project.id in result.winners or not fits
