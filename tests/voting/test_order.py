"""Two ballots of one voter never lie in one batch of the board: which came first can be told, by anybody."""

from typing import Any

from rembuk.board import store as board
from rembuk.board.rules import Kind
from tests.city import city


async def test_an_earlier_ballot_is_posted_before_the_next_is_taken(db: Any) -> None:
    """P3: batches are shuffled, so a later ballot waits for another batch; a first ballot waits for nobody."""
    made = await city(districts=1, proposals=2, voters=2)
    first, second = made.rolls[made.districts[0]]
    await board.drain()
    before = len(await board.checkpoints(None))
    receipts = [await made.cast(first, []), await made.cast(second, [])]
    assert await board.leaves_of(Kind.ENVELOPE) == []
    receipts.append(await made.cast(first, made.projects[made.districts[0]][:1]))
    posted = {leaf.leaf_sha256 for leaf in await board.leaves_of(Kind.ENVELOPE)}
    assert posted == {each.leaf_sha256 for each in receipts[:2]}
    await made.cast(second, made.projects[made.districts[0]][:1])
    assert len(await board.leaves_of(Kind.ENVELOPE)) == 2
    assert len(await board.checkpoints(None)) == before + 1
