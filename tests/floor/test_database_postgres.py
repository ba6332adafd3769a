"""What is PostgreSQL's own: retries, isolation, a pool that never runs dry."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from rembuk.database import close_database, engine, lock_row, open_database, transaction
from rembuk.database import postgres as pg
from rembuk.database import whole as attempts
from rembuk.database.faults import Trouble
from rembuk.errors import Refused
from rembuk.settings import Settings
from tests.databases import on_server
from tests.floor.scratch import Note, Page, scratch


@pytest.fixture
async def pg_db(postgres_settings: Settings) -> AsyncIterator[Any]:
    """An open PostgreSQL database with the scratch tables."""
    yield await open_database(postgres_settings)
    await close_database()


@pytest.fixture(autouse=True)
async def tables(pg_db: Any) -> None:
    """A page that counts."""
    await scratch()
    await Page.insert(Page(title="counter"))


async def test_transactions_are_serializable_unless_said_otherwise() -> None:
    """D12: the isolation is what the decorator says."""

    @transaction
    async def strict() -> str:
        return str((await engine().run("SHOW transaction_isolation"))[0]["transaction_isolation"])

    @transaction(isolation="read committed")
    async def loose() -> str:
        return str((await engine().run("SHOW transaction_isolation"))[0]["transaction_isolation"])

    assert (await strict(), await loose()) == ("serializable", "read committed")


async def test_the_whole_function_is_tried_again() -> None:
    """D12: 40001 reruns it from the start; what it did before is gone."""
    tries = []

    @transaction
    async def add() -> None:
        tries.append(1)
        await Note.insert(Note(text=f"try {len(tries)}"))
        if len(tries) < 3:
            await engine().run("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")

    await add()
    assert [row["text"] for row in await Note.select()] == ["try 3"]


async def test_five_attempts_then_a_refusal() -> None:
    """D12: 503 in words, not an error."""
    tries = []

    @transaction
    async def never() -> None:
        tries.append(1)
        await engine().run("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(Refused) as refused:
        await never()
    assert refused.value.reason is Trouble.NOT_RECORDED
    assert len(tries) == 5


async def test_a_lost_connection_is_tried_on_another() -> None:
    """T-FAILOVER: the server ending the session midway does not reach the caller."""
    tries = []

    @transaction
    async def write() -> None:
        tries.append(1)
        await Note.insert(Note(text="kept"))
        if len(tries) == 1:
            me = (await engine().run("SELECT pg_backend_pid() AS pid"))[0]["pid"]
            await on_server(engine().config["dsn"], f"SELECT pg_terminate_backend({me})")
            await asyncio.sleep(0.05)

    await write()
    assert len(tries) == 2
    assert await Note.count() == 1


async def test_a_connection_lost_at_commit_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """T-FAILOVER: nobody is told "recorded" when COMMIT's answer never came."""

    @transaction
    async def write() -> None:
        await engine().run(
            "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION die()"
        )
        await Note.insert(Note(text="unsure"))

    await engine().run(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$"
    )
    with pytest.raises(Refused) as refused:
        await write()
    assert refused.value.reason is Trouble.UNSURE
    assert await Note.count() == 0


async def test_a_swallowed_error_is_not_taken_for_success() -> None:
    """D3: PostgreSQL answers COMMIT of a broken transaction with a silent ROLLBACK; we do not."""

    @transaction
    async def swallows() -> str:
        await Note.insert(Note(text="lost"))
        with pytest.raises(asyncpg.PostgresError):
            await engine().run("SELECT no_such_column")
        return "done"

    with pytest.raises(pg.Undone):
        await swallows()
    assert await Note.count() == 0


async def test_an_error_in_a_part_may_be_caught() -> None:
    """D1: around an inner transaction a database error does no harm."""

    @transaction
    async def breaks() -> None:
        await engine().run("SELECT no_such_column")

    @transaction
    async def goes_on() -> None:
        with pytest.raises(asyncpg.PostgresError):
            await breaks()
        await Note.insert(Note(text="kept"))

    await goes_on()
    assert await Note.count() == 1


async def test_newcomers_do_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """D5: even somebody who wrongly waits for a child task while trying again gets through."""
    monkeypatch.setattr(attempts, "CROWD_SECONDS", 0.05)
    tries = []

    @transaction
    async def child() -> None:
        await Note.insert(Note(text=f"child {len(tries)}"))

    @transaction
    async def parent() -> None:
        tries.append(1)
        if len(tries) < 3:
            await engine().run("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
        await asyncio.create_task(child())

    await parent()
    assert await Note.count() == 1


async def test_an_exhausted_pool_refuses_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """D13: no connection to be had within the limit is a 503; the pool works again after."""
    monkeypatch.setattr(pg, "ACQUIRE_SECONDS", 0.1)
    release = asyncio.Event()

    @transaction
    async def hold() -> None:
        await release.wait()

    holding = [asyncio.create_task(hold()) for _ in range(pg.POOL)]
    await asyncio.sleep(0.3)
    with pytest.raises(Refused) as refused:
        await Note.count()
    assert refused.value.reason is Trouble.UNREACHABLE
    release.set()
    await asyncio.gather(*holding)
    assert await Note.count() == 0


async def test_locked_rows_are_waited_for() -> None:
    """D12: lock_row holds others off until the commit."""
    order: list[str] = []

    @transaction(isolation="read committed")
    async def first(locked: asyncio.Event) -> None:
        await lock_row(Page.select(Page.count))
        locked.set()
        await asyncio.sleep(0.05)
        order.append("first")

    @transaction(isolation="read committed")
    async def second() -> None:
        await lock_row(Page.select(Page.count))
        order.append("second")

    locked = asyncio.Event()
    task = asyncio.create_task(first(locked))
    await locked.wait()
    await second()
    await task
    assert order == ["first", "second"]


async def test_nothing_is_left_in_a_session_given_back() -> None:
    """D13: a failing statement, a failing commit, a refusal: every connection comes back clean."""

    @transaction
    async def broken() -> None:
        await engine().run("SELECT no_such_column")

    for _ in range(pg.POOL + 2):
        with pytest.raises(asyncpg.PostgresError):
            await broken()
    states = await engine().run("SELECT state FROM pg_stat_activity WHERE application_name = 'rembuk'")
    assert "idle in transaction (aborted)" not in {row["state"] for row in states}
    assert await Note.count() == 0


async def test_cancelled_at_any_moment_the_pool_stays_sound(caplog: pytest.LogCaptureFixture) -> None:
    """D13: 150 transactions cut short at random moments: nothing half done, no connection lost or left dirty."""

    @transaction
    async def pair(n: int) -> None:
        await Note.insert(Note(text=f"{n} left"))
        await Note.insert(Note(text=f"{n} right"))

    async def cut(n: int) -> None:
        task = asyncio.create_task(pair(n))
        await asyncio.sleep(n % 30 * 0.0005)
        task.cancel()
        await asyncio.wait({task})

    for start in range(0, 150, 10):
        await asyncio.gather(*(cut(n) for n in range(start, start + 10)))
    assert await Note.count() % 2 == 0
    assert await asyncio.gather(*(Note.count() for _ in range(pg.POOL)))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
