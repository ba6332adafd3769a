"""Law 4: exhaustive after S4, or the record names the constraint for each project that would fit."""

from hypothesis import given, settings

from rembuk.tally.city import City, Leftover
from rembuk.tally.city_result import CityResult
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Project
from rembuk.tally.result import Decision
from tests.strategies import cities, elections
from tests.tally.laws.counted import counted, projects_of

MANY = settings(max_examples=40, deadline=None)


@given(cities())
@MANY
def test_exhaustive(city: City) -> None:
    """After S4 nothing fits, or the record names the constraint for each that would."""
    result = counted(city)
    if result is None or city.leftover is not Leftover.CITY_ROUND:
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
def test_the_reserve_is_the_rest(city: City) -> None:
    """S5 lists, by share of ballots, just those S4 left who had votes enough and whom no limit shuts out."""
    if (result := counted(city)) is None:
        return
    shares = [entry.share for entry in result.reserve]
    assert shares == sorted(shares, reverse=True)
    listed = [entry.project for entry in result.reserve]
    assert sorted(listed) == sorted(
        project.id
        for code, envelope in city.every().items()
        for place, project in enumerate(envelope.election.projects)
        if project.id not in result.winners
        and envelope.election.ballots.scores[place] >= max(1, envelope.election.options.threshold)
        and not shut_out(city, result, code, project)
    )


def shut_out(city: City, result: CityResult, code: str, project: Project) -> bool:
    """Whether something but money keeps a project from stepping in, said apart from the code."""
    envelope, won = city.every()[code].election, [p for p in projects_of(city).values() if p.id in result.winners]
    mine = [p for p in won if p.id in {each.id for each in envelope.projects}]
    if project.refusal or (project.requires and project.requires not in result.winners):
        return True
    if project.group and any(p.group == project.group for p in mine):
        return True
    late = [p for p in mine if p.id in result.city.winners]
    caps = [
        (cap.number, cap.money, [p for p in won if p.id in cap.projects])
        for cap in envelope.limits
        if project.id in cap.projects
    ]
    if code:
        caps.append((city.most_per_district, city.money_per_district, late))
    return any(
        (number is not None and len(inside) >= number)
        or (money is not None and sum(p.cost for p in inside) + project.cost > money)
        for number, money, inside in caps
    )


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
