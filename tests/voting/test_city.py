"""The small city that other tests stand on."""

from typing import Any

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from tests.city import city


async def test_a_whole_city_from_proposal_to_result(db: Any) -> None:
    """L1, M1: the whole way by the real stores, in about a second."""
    made = await city(with_codes=2)
    for district in made.districts:
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, made.projects[district][: nth % 4])
    await made.finish()
    assert (await cycles.election(made.cycle.id)).state is ElectionState.COUNTED
