"""T-KILL over HTTP: the whole server dies under load, again and again; no acknowledged receipt is lost."""

import asyncio
import random
from collections import Counter

import httpx
import pytest

from rembuk.board.store import drain
from rembuk.database import close_database, open_database
from rembuk.invariants import faults
from rembuk.settings import Settings
from rembuk.voting.tables import Envelope, RollMark
from tests.campaigns.serving import Form, Nursery, free_port, nursery, sent, signed_forms
from tests.campaigns.sizes import LARGE, bounded, patient, said, sized
from tests.city import city
from tests.floor.test_database_crash import assert_sound

KILLS = sized("HTTP_KILLS", 2, 1_000)
SECONDS = 420.0
VOTERS, FORMS, LOAD = (40, 20, 12) if LARGE else (4, 3, 6)


class Voters:
    """Everybody's forms, sent in any order by several voices until all are acknowledged."""

    def __init__(self, forms: list[Form]) -> None:
        self.forms = forms
        self.open = set(range(len(forms)))
        self.acknowledged: Counter[int] = Counter()
        self.refused: list[int] = []

    async def crowd(self, url: str, enough: asyncio.Event, after: int) -> None:
        """So many voices at once, until the event is set; it is set by us after so many answers."""
        limits = httpx.Limits(max_connections=LOAD)
        async with httpx.AsyncClient(limits=limits, timeout=30) as http:
            await asyncio.gather(
                *(self._voice(http, url, enough, after + sum(self.acknowledged.values())) for _ in range(LOAD))
            )

    async def _voice(self, http: httpx.AsyncClient, url: str, enough: asyncio.Event, until: int) -> None:
        while not enough.is_set():
            nth = random.choice(sorted(self.open) or range(len(self.forms)))
            answer = await sent(http, url, self.forms[nth])
            if answer:
                self.acknowledged[nth] += 1
                self.open.discard(nth)
            elif answer is False:
                self.refused.append(nth)
            if sum(self.acknowledged.values()) >= until:
                enough.set()


async def die_under_load(voters: Voters, nursery: Nursery) -> None:
    """One server's life: started, loaded, killed at a random answer while others are under way."""
    async with nursery.served() as server:
        enough = asyncio.Event()
        crowd = asyncio.create_task(voters.crowd(server.url, enough, random.randint(1, 3 * LOAD)))
        await enough.wait()
        await server.kill()
        await crowd


@pytest.mark.slow
@patient(SECONDS)
async def test_a_killed_server_keeps_every_receipt(database_settings: Settings) -> None:
    """T-KILL, P1: kill -9 of server and workers under HTTP load: 0 acknowledged lost, 0 double, 0 half states."""
    await open_database(database_settings)
    made = await city(voters=VOTERS)
    voters = Voters(await signed_forms(made, FORMS))
    await close_database()
    kills = 0
    async with nursery(database_settings, free_port()) as nurse:
        for _ in bounded(KILLS, SECONDS):
            await die_under_load(voters, nurse)
            kills += 1
    assert not voters.refused
    if not database_settings.database_url:
        assert_sound(database_settings)
    await open_database(database_settings)
    try:
        rows = await Envelope.select(Envelope.roll, Envelope.leaf_sha256)
        kept = Counter((row["roll"], row["leaf_sha256"]) for row in rows)
        wanted = {(voters.forms[nth].roll, voters.forms[nth].leaf_sha256) for nth in voters.acknowledged}
        engine = "PostgreSQL" if database_settings.database_url else "SQLite"
        lost = len(wanted - kept.keys())
        said(f"T-KILL over HTTP ({engine}): {kills} kills, {len(wanted)} ballots acknowledged, {lost} lost")
        assert wanted <= kept.keys(), "an acknowledged ballot is gone"
        assert set(kept.values()) == {1}
        marks = await RollMark.select(RollMark.roll, RollMark.seq)
        assert {mark["roll"]: mark["seq"] for mark in marks} == Counter(row["roll"] for row in rows)
        await drain()
        assert not {name: what for name, what in (await faults()).items() if what}
        await made.close()
        assert await made.open_box() == len(marks)
    finally:
        await close_database()
