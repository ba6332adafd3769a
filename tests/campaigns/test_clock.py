"""T-CLOCK: the wall clock jumps by a day, or by 90 seconds around the close; nothing is closed or extended by it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rembuk import clock
from rembuk.board.store import drain
from rembuk.board.tables import BoardLeaf
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState, Refusal
from rembuk.cycles.store.schedule import turn_phases
from rembuk.cycles.tables import PhaseRow
from rembuk.errors import Refused
from rembuk.people import pepper
from rembuk.people import store as people
from rembuk.people.tables import RollEntry
from rembuk.voting.rules import Refusal as Booth
from rembuk.web import session
from rembuk.web.viewer import Role
from tests.campaigns.sizes import LARGE
from tests.city import City, city

DAY, SHORT = timedelta(days=1), timedelta(seconds=90)
PHONE = "+6281234500001"


class Clocks:
    """A wall clock that can be set and a steady one that only goes on."""

    def __init__(self) -> None:
        self.passed, self.set = timedelta(0), timedelta(0)
        self.start = datetime.now(UTC)

    def wall(self) -> datetime:
        """What the machine says."""
        return self.start + self.passed + self.set

    def ticks(self) -> float:
        """Seconds nobody can set."""
        return self.passed.total_seconds()


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """A process that began now, with clocks of ours."""
    made = Clocks()
    monkeypatch.setattr(clock, "_wall", made.wall)
    monkeypatch.setattr(clock, "_ticks", made.ticks)
    monkeypatch.setattr(clock, "_BEGUN", made.start)
    monkeypatch.setattr(clock, "_TICKS", 0.0)
    return made


@contextmanager
def set_by(clocks: Clocks, jump: timedelta) -> Iterator[None]:
    """Somebody sets the clock, and sets it right again."""
    clocks.set = jump
    yield
    clocks.set = timedelta(0)


async def closing_in(made: City, seconds: float) -> None:
    """Voting is planned to close so many seconds from now."""
    mine = (PhaseRow.cycle == made.cycle.id) & (PhaseRow.kind == "voting")
    await PhaseRow.update({PhaseRow.ends_at: clock.now() + timedelta(seconds=seconds)}).where(mine)


async def state(made: City) -> ElectionState:
    """How far the election is."""
    return (await cycles.election(made.cycle.id)).state


async def no_envelope_after_close() -> None:
    """I6, in the leaves themselves."""
    rows = await BoardLeaf.select(BoardLeaf.kind, BoardLeaf.body).order_by(BoardLeaf.idx)
    kinds = [row["kind"] for row in rows if "election" in json.loads(row["body"])]
    if "close" in kinds:
        assert "envelope" not in kinds[kinds.index("close") :]


@pytest.mark.parametrize("jump", [DAY, -DAY, SHORT, -SHORT] if LARGE else [DAY, -SHORT])
async def test_a_jump_neither_closes_nor_reopens(
    db: Any, clocks: Clocks, caplog: pytest.LogCaptureFixture, jump: timedelta
) -> None:
    """T-CLOCK, T14: before the close and after it; ballots go on being taken by the phase, the alarm is raised."""
    made = await city(districts=1, proposals=2, voters=2)
    first, second = made.rolls[made.districts[0]]
    await closing_in(made, 60)
    with set_by(clocks, jump):
        await turn_phases()
        assert await state(made) is ElectionState.OPEN
        await made.cast(first, [])
        act = await cycles.propose(cycles.Deed.CLOSE, made.cycle.id, made.first)
        with pytest.raises(Refused) as refused:
            await cycles.confirm(act.id, made.second)
        assert refused.value.reason is Refusal.CLOCK_MOVED
        await drain()
    assert "wall clock was moved" in caplog.text
    clocks.passed += timedelta(seconds=61)
    await turn_phases()
    assert await state(made) is ElectionState.CLOSED
    with set_by(clocks, jump):
        await turn_phases()
        with pytest.raises(Refused) as late:
            await made.cast(second, [])
        assert late.value.reason is Booth.NOT_OPEN
    await no_envelope_after_close()


async def test_a_small_step_is_no_alarm(db: Any, clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """T-CLOCK: a clock that is kept right by four seconds does not hold up the close."""
    made = await city(districts=1, proposals=2, voters=2)
    await closing_in(made, 10)
    clocks.set = timedelta(seconds=-4)
    clocks.passed += timedelta(seconds=11)
    await turn_phases()
    assert await state(made) is ElectionState.CLOSED
    assert "wall clock" not in caplog.text


@pytest.mark.parametrize("back", [SHORT, timedelta(hours=2), DAY] if LARGE else [timedelta(hours=2)])
async def test_nothing_lives_longer_by_a_step_back(db: Any, clocks: Clocks, back: timedelta) -> None:
    """T-CLOCK: set back during a session and a one-time code, both end after the time that truly passed."""
    made = await city(districts=1, proposals=2, voters=2)
    roll = made.rolls[made.districts[0]][0]
    await RollEntry.update({RollEntry.phone_mac: pepper.phone_mac(PHONE)}).where(RollEntry.id == roll)
    secret, kept = await session.open_session(await people.person_for(roll), roll, Role.RESIDENT)
    asked = await people.ask_one_time_code(PHONE, "a visitor")
    clocks.set = -back
    clocks.passed += timedelta(minutes=9)
    assert await session.session_of(secret) is not None
    clocks.passed += timedelta(minutes=2)
    with pytest.raises(Refused):
        await people.use_one_time_code("a visitor", asked.digits)
    clocks.passed += kept.idle
    assert await session.session_of(secret) is None


async def test_a_step_forward_only_shortens(db: Any, clocks: Clocks) -> None:
    """T-CLOCK: set forward by a day, what would end tomorrow ends now; set back again it does not come alive."""
    made = await city(districts=1, proposals=2, voters=2)
    roll = made.rolls[made.districts[0]][0]
    secret, _ = await session.open_session(await people.person_for(roll), roll, Role.RESIDENT)
    with set_by(clocks, DAY):
        assert await session.session_of(secret) is None


def test_time_never_steps_back(clocks: Clocks) -> None:
    """T-CLOCK: wherever the wall clock goes, no moment comes before one that was passed by the steady clock."""
    for nth in range(200):
        clocks.passed += timedelta(seconds=1)
        clocks.set = timedelta(seconds=(nth * 7_919) % 200_000 - 100_000)
        assert clock.now() >= clocks.start + clocks.passed
        assert clock.moved() == (abs(clocks.set) > timedelta(seconds=5))
    with clock.frozen(clocks.start):
        assert not clock.moved()
