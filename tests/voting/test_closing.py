"""Closing while people vote: every receipt stands on the board before `close`, no envelope after it."""

import asyncio
import json
import secrets
from datetime import timedelta
from typing import Any

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.clock import frozen
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState, PhaseKind
from rembuk.errors import Refused
from tests.city import City, city


async def _stream(made: City, stop: asyncio.Event) -> list[str]:
    """One voter after another, until the booth is closed; the leaves of those who got a receipt."""
    taken = []
    rolls = [roll for each in made.rolls.values() for roll in each]
    while not stop.is_set():
        try:
            taken.append((await made.cast(secrets.choice(rolls), [])).leaf_sha256)
        except Refused as no:
            if no.reason.status == 409:
                return taken
    return taken


async def _posted(made: City) -> tuple[dict[str, int], int]:
    """Where each envelope leaf of the election stands, and where its `close` does."""
    await board.drain()
    mine = [(leaf, json.loads(leaf.body).get("election")) for leaf in await board.leaves(0, 100_000)]
    at = {leaf.leaf_sha256: leaf.index for leaf, election in mine if election == str(made.election)}
    [closed] = [leaf.index for leaf, election in mine if leaf.kind is Kind.CLOSE and election == str(made.election)]
    return at, closed


async def test_every_receipt_stands_before_the_close(db: Any) -> None:
    """I6, P1: two officials close while eight streams of voters cast; nothing acknowledged comes after `close`."""
    made = await city(districts=1, proposals=2, voters=40)
    stop = asyncio.Event()
    streams = [asyncio.create_task(_stream(made, stop)) for _ in range(8)]
    await asyncio.sleep(0.5)
    try:
        async with asyncio.timeout(20):
            await made.close()
    finally:
        stop.set()
        taken = [leaf for each in await asyncio.gather(*streams) for leaf in each]
    at, closed = await _posted(made)
    assert taken
    assert [leaf for leaf in taken if leaf not in at] == []
    assert [leaf for leaf in taken if at[leaf] > closed] == []


async def test_the_calendar_closes_before_all_who_come_late(db: Any) -> None:
    """A5, I6: at the instant of closing many requests come at once: one closes, the others are refused."""
    made = await city(districts=1, proposals=2, voters=40)
    [voting] = [phase for phase in await cycles.phases(made.cycle.id) if phase.kind is PhaseKind.VOTING]
    early = [(await made.cast(roll, [])).leaf_sha256 for roll in made.rolls[made.districts[0]][:10]]
    with frozen(voting.ends_at + timedelta(seconds=1)):
        late = await asyncio.gather(
            *(made.cast(roll, []) for roll in made.rolls[made.districts[0]]), return_exceptions=True
        )
    assert {type(each) for each in late} == {Refused}, late
    assert (await cycles.election(made.cycle.id)).state is ElectionState.CLOSED
    at, closed = await _posted(made)
    assert all(at[leaf] < closed for leaf in early)
