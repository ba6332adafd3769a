"""Scenes are copied, not shared: what one test does to its city, the next one does not see."""

from typing import Any

import pytest

from rembuk.clock import frozen, now
from rembuk.cycles import store as cycles
from tests import staging
from tests.city import city
from tests.databases import rows


@pytest.mark.parametrize("nth", [1, 2])
async def test_a_copied_city_is_as_new(db: Any, nth: int) -> None:
    """House: the second city of a kind is the first as it was when it was built, and lives on by itself."""
    made = await city(districts=1, proposals=1, voters=1)
    assert (await rows("SELECT count(*) AS n FROM envelope"))[0]["n"] == 0
    assert [each.cycle for each in await cycles.rounds()] == [made.cycle]
    await made.cast(made.rolls[made.districts[0]][0], made.projects[made.districts[0]])
    assert (await rows("SELECT count(*) AS n FROM envelope"))[0]["n"] == 1


async def test_another_moment_has_its_own_city(db: Any) -> None:
    """House: under a frozen clock nothing is copied, for the copy would be of another time."""
    before = dict(staging._kept)
    with frozen(now().replace(microsecond=0)):
        await city(districts=1, proposals=1, voters=1)
    assert staging._kept == before
