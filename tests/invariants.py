"""After every test the invariants of the vote must hold on its database, unless the test broke them on purpose."""

import pytest

from rembuk.database import engine
from rembuk.invariants import faults
from tests.databases import INVARIANTS

_broken_on_purpose: list[bool] = []
_ANYTHING = """
SELECT EXISTS (SELECT 1 FROM envelope) OR EXISTS (SELECT 1 FROM roll_mark) OR EXISTS (SELECT 1 FROM board_leaf)
  OR EXISTS (SELECT 1 FROM audit) OR EXISTS (SELECT 1 FROM count) AS there
"""


@pytest.fixture
def tampering() -> None:
    """For tests that break an invariant themselves: nothing is asked when their database is closed."""
    _broken_on_purpose.append(True)


async def every_invariant_holds() -> None:
    """Raise AssertionError naming each invariant that does not hold."""
    if _broken_on_purpose:
        _broken_on_purpose.clear()
        return
    if not (await engine().run(_ANYTHING))[0]["there"]:
        return
    broken = {name: said for name, said in (await faults()).items() if said}
    assert not broken, f"invariants broken after the test: {broken}"


INVARIANTS.append(every_invariant_holds)
