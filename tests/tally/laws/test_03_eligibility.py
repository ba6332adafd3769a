"""Law 3: only eligible projects at or above the threshold; one of a group; requirements closed."""

from hypothesis import given, settings

from rembuk.tally.city import City
from rembuk.tally.count import count
from rembuk.tally.election import Election
from tests.strategies import bounded_elections, cities
from tests.tally.laws.counted import counted

MANY = settings(max_examples=40, deadline=None)


@given(cities())
@MANY
def test_only_those_who_may(city: City) -> None:
    """In a city: each winner by the ballots that funded it, which in a fence may be a group's own (Suara Anak)."""
    if (result := counted(city)) is None:
        return
    groups = set()
    for code, envelope in city.every().items():
        kept = result.envelopes[code]
        children = {
            winner: fence.ballots
            for fence, made in zip(envelope.fences, kept.fences, strict=True)
            for winner in made.result.winners
            if fence.ballots is not None
        }
        least = max(1, envelope.election.options.threshold)
        for place, project in enumerate(envelope.election.projects):
            if project.id in result.winners:
                assert not project.refusal
                assert children.get(project.id, envelope.election.ballots).scores[place] >= least
                assert not project.requires or project.requires in result.winners
                assert not project.group or (code, project.group) not in groups
                groups.add((code, project.group))


@given(bounded_elections())
@MANY
def test_in_every_rule(election: Election) -> None:
    """In one contest, under each rule: groups, requirements, refusals and the threshold."""
    result = count(election)
    won = [project for project in election.projects if project.id in result.winners]
    groups = [project.group for project in won if project.group]
    assert len(set(groups)) == len(groups)
    assert not any(project.refusal for project in won)
    assert all(project.requires in result.winners for project in won if project.requires)
    assert all(result.scores[project.id] >= election.options.threshold for project in won)
