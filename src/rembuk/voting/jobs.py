"""What the room of voting does by itself: the daily turnout of every open vote, the alarm above the roll (T1)."""

from rembuk.cycles.tables import Election
from rembuk.jobs import every
from rembuk.people.store.cases import open_turnout
from rembuk.voting.rules import State
from rembuk.voting.store import beyond_the_roll, refresh_turnout

AN_HOUR = 3_600


@every(AN_HOUR, "voting.turnout")
async def count_turnout() -> None:
    """Count the turnout of each open vote once a day; asked hourly, it counts at the day's first round only."""
    for row in await Election.select(Election.id).where(Election.state == State.OPEN.value):
        await refresh_turnout(row["id"])


@every(AN_HOUR, "voting.beyond_the_roll")
async def alarm() -> None:
    """A case for every RW of a running or closed vote with more marks than people on its roll (T1)."""
    states = [State.OPEN.value, State.CLOSED.value]
    for row in await Election.select(Election.id, Election.cycle).where(Election.state.is_in(states)):
        await open_turnout(row["cycle"], await beyond_the_roll(row["id"]))
