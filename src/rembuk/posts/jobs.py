"""What the room of posts does by itself: after the close it looks for posts that replaced too many online ballots."""

from rembuk.cycles.tables import Election
from rembuk.jobs import every
from rembuk.posts.store import open_cases
from rembuk.voting.rules import State

AN_HOUR = 3_600


@every(AN_HOUR, "posts.cases")
async def look_for_cases() -> None:
    """Open a case for every post above 3 %, once, while the election is closed and not yet certified (T17)."""
    over = [State.CLOSED.value, State.OPENED.value, State.COUNTED.value]
    for row in await Election.select(Election.id).where(Election.state.is_in(over)):
        await open_cases(row["id"])
