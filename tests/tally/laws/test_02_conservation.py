"""Law 2: money is conserved to the rupiah; no envelope, ring-fence or cap is passed."""

from hypothesis import given, settings

from rembuk.tally.city import City, Leftover
from rembuk.tally.count import count
from rembuk.tally.election import Election
from rembuk.tally.result import Result
from tests.strategies import KINDS, bounded_elections, cities, elections
from tests.tally.laws.counted import counted, projects_of

MANY = settings(max_examples=40, deadline=None)


@given(cities())
@MANY
def test_conservation(city: City) -> None:
    """L3: to the rupiah: total = spent + unspent + waiting; no envelope, fence or cap is passed."""
    if (result := counted(city)) is None:
        return
    costs = {name: project.cost for name, project in projects_of(city).items()}
    assert len(set(result.winners)) == len(result.winners)
    assert sum(costs[winner] for winner in result.winners) == result.cost
    assert result.cost + result.unspent + result.waiting == city.plan.total
    assert result.unspent >= 0
    assert sum(result.split.ceilings.values()) + city.plan.pot == city.plan.total
    for code, envelope in result.envelopes.items():
        assert envelope.left >= 0
        assert envelope.ceiling == envelope.cost + envelope.left + envelope.waiting
        assert all(fence.result.cost <= fence.floor for fence in envelope.fences)
        assert envelope.waiting == sum(f.floor - f.result.cost for f in envelope.fences if f.hard)
        for limit in city.every()[code].election.limits:
            inside = [winner for winner in result.winners if winner in limit.projects]
            assert limit.number is None or len(inside) <= limit.number
            assert limit.money is None or sum(costs[winner] for winner in inside) <= limit.money
    for code in city.envelopes:
        mine = [winner for winner in result.city.winners if winner.startswith(code)]
        assert city.most_per_district is None or len(mine) <= city.most_per_district
        assert city.money_per_district is None or sum(costs[w] for w in mine) <= city.money_per_district


@given(cities())
@MANY
def test_what_is_left_over(city: City) -> None:
    """The pool is what the envelopes left, and the pot nobody else spends; without a city round it stays."""
    if (result := counted(city)) is None:
        return
    left = sum(envelope.left for envelope in result.envelopes.values())
    assert result.pool == left + (0 if city.citywide else city.plan.pot)
    if city.leftover is not Leftover.CITY_ROUND:
        assert (result.city.winners, result.unspent) == ((), result.pool)


@given(bounded_elections())
@MANY
def test_caps_in_every_rule(election: Election) -> None:
    """Caps hold in one contest under every rule."""
    result = count(election)
    won = [project for project in election.projects if project.id in result.winners]
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
