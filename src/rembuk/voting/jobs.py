"""What the room of voting does by itself: the daily turnout of every open vote."""

from rembuk.cycles.tables import Election
from rembuk.jobs import every
from rembuk.voting.rules import State
from rembuk.voting.store import refresh_turnout

AN_HOUR = 3_600


@every(AN_HOUR, "voting.turnout")
async def count_turnout() -> None:
    """Count the turnout of each open vote once a day; asked hourly, it counts at the day's first round only."""
    for row in await Election.select(Election.id).where(Election.state == State.OPEN.value):
        await refresh_turnout(row["id"])
