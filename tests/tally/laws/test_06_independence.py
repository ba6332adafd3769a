"""Law 6: S1 to S3 of one kecamatan do not depend on another's ballots."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rembuk.tally.city import City
from rembuk.tally.election import Election
from rembuk.tally.stages import count_city
from tests.strategies import choices, cities
from tests.tally.laws.counted import counted


@given(cities().filter(lambda city: len(city.envelopes) > 1), st.data())
@settings(max_examples=40, deadline=None)
def test_independence(city: City, data: st.DataObject) -> None:
    """L3: whatever another kecamatan votes, quota, fences, winners, steps and hashes of this one stay the same."""
    result = counted(city)
    assume(result is not None)
    codes = sorted(city.envelopes)
    other = city.envelopes[codes[1]]
    ids = [project.id for project in other.election.projects]
    kind = other.election.ballots.kind
    types = data.draw(st.lists(st.tuples(choices(ids, kind), st.integers(1, 5)), max_size=6))
    fresh = Election.of(other.election.projects, types, 0, kind=kind).ballots  # type: ignore[arg-type]
    changed = replace(other, election=replace(other.election, ballots=fresh))
    after = count_city(replace(city, envelopes={**city.envelopes, codes[1]: changed}))
    assert result is not None
    for code in city.every():
        if code != codes[1]:
            assert result.envelopes[code].document() == after.envelopes[code].document()
    assert result.split == after.split
