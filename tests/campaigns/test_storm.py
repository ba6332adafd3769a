"""T-STORM: everybody's forms sent one to five times, late, out of order, and cut off half-way."""

import asyncio
import random
from collections import Counter
from contextlib import suppress

import pytest

from rembuk.board.store import drain
from rembuk.invariants import faults
from rembuk.settings import settings
from rembuk.voting.tables import Envelope, RollMark
from rembuk.web import gate
from tests.campaigns.serving import Form, sent, signed_forms
from tests.campaigns.sizes import said, sized
from tests.city import city
from tests.clients import Client, client_of
from tests.databases import Settings

VOTERS = sized("STORM_VOTERS", 40, 3_000)
AT_ONCE = 40


class Storm:
    """All requests, shuffled; what came back."""

    def __init__(self, client: Client, forms: list[Form]) -> None:
        self.client, self.forms = client, forms
        self.answers: Counter[str] = Counter()
        self.acknowledged: set[int] = set()

    async def blow(self, chance: random.Random) -> None:
        """Every form one to five times, in any order, some cut off."""
        copies = [nth for nth in range(len(self.forms)) for _ in range(chance.randint(1, 5))]
        chance.shuffle(copies)
        crowd = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._one(nth, crowd, random.Random(chance.random())) for nth in copies))

    async def _one(self, nth: int, crowd: asyncio.Semaphore, chance: random.Random) -> None:
        async with crowd:
            await asyncio.sleep(chance.random() * 0.02)
            task = asyncio.create_task(self.send(nth))
            if chance.random() < 0.15:
                await asyncio.sleep(chance.random() * 0.03)
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def send(self, nth: int) -> None:
        """Send one form and keep the answer."""
        answer = await sent(self.client.http, settings().base_url, self.forms[nth])
        self.answers[{True: "taken", False: "refused", None: "5xx"}[answer]] += 1
        if answer:
            self.acknowledged.add(nth)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_storm_leaves_one_ballot_a_form(
    database_settings: Settings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """T-STORM, P1: one mark each, 0 lost, 0 double, 0 answers 5xx, both databases."""
    from rembuk.app import create_app
    from rembuk.database import close_database, open_database

    monkeypatch.setattr(gate, "PER_MINUTE", 10**9)
    await open_database(database_settings)
    try:
        made = await city(districts=2, proposals=4, voters=-(-VOTERS // 2))
        forms = await signed_forms(made, 1)
        async with client_of(create_app(database_is_open=True)) as client:
            storm = Storm(client, forms)
            await storm.blow(random.Random(5))
            for nth in set(range(len(forms))) - storm.acknowledged:  # a voter who saw no answer tries again
                await storm.send(nth)
        rows = await Envelope.select(Envelope.roll, Envelope.leaf_sha256)
        kept = Counter(row["leaf_sha256"] for row in rows)
        engine = "PostgreSQL" if database_settings.database_url else "SQLite"
        said(f"T-STORM ({engine}): {len(forms)} voters, {sum(storm.answers.values())} answers {dict(storm.answers)}")
        assert storm.answers.keys() == {"taken"}
        assert kept == {form.leaf_sha256: 1 for form in forms}
        assert sorted(row["seq"] for row in await RollMark.select(RollMark.seq)) == [1] * len(forms)
        await drain()
        assert not {name: what for name, what in (await faults()).items() if what}
    finally:
        await close_database()
