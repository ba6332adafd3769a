"""Law 10: a floor is missed only if no unfunded project of its issue fits."""

from hypothesis import given, settings

from rembuk.tally.city import City
from rembuk.tally.result import Decision
from tests.strategies import cities
from tests.tally.laws.counted import counted, held_by

MANY = settings(max_examples=40, deadline=None)


@given(cities())
@MANY
def test_floors(city: City) -> None:
    """What a fence may pay, is unfunded and fits in what is left of it was held by a limit, or had too few votes."""
    if (result := counted(city)) is None:
        return
    for code, envelope in result.envelopes.items():
        election = city.every()[code].election
        funded: set[str] = set()
        for fence, kept in zip(city.every()[code].fences, envelope.fences, strict=True):
            left = fence.floor - kept.result.cost
            decided = {step.project: step.decision for step in kept.result.steps}
            inside = {project.id for project in election.projects if held_by(fence, project)} - funded
            assert set(decided) == inside
            funded |= set(kept.result.winners)
            for project in election.projects:
                if project.id in inside - funded and project.cost <= left:
                    assert decided[project.id] in (Decision.HELD, Decision.BELOW_THRESHOLD)
