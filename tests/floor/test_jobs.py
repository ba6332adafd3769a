"""Later work: done at least once, later when it fails, by one process at a time."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rembuk import clock, jobs
from rembuk.database import transaction
from rembuk.errors import N_, Reason, Refused
from rembuk.jobs import Job, enqueue, every, job, run_due, run_jobs

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


class No(Reason):
    """Reasons of these tests."""

    CHANGED_MIND = (409, N_("Tidak jadi."))


@pytest.fixture(autouse=True)
def done(db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the test's jobs did; no other kinds are known."""
    seen: list[Any] = []
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setattr(jobs, "_periods", {})

    @job("note")
    async def note(payload: dict[str, Any]) -> None:
        seen.append(payload["n"])

    @job("break")
    async def broken(payload: dict[str, Any]) -> None:
        seen.append("tried")
        raise ValueError("a name that must not be kept: Siti")

    yield seen


async def test_a_job_runs_once_and_is_gone(done: list[Any]) -> None:
    """J1: what is enqueued runs with its payload."""
    await enqueue("note", {"n": 1})
    await enqueue("note", {"n": 2})
    assert await run_due() == 2
    assert await run_due() == 0
    assert sorted(done) == [1, 2]
    assert await Job.count() == 0


async def test_a_job_is_part_of_the_transaction_that_asks_for_it(done: list[Any]) -> None:
    """J1: a refused transaction asks for nothing."""

    @transaction
    async def refused() -> None:
        await enqueue("note", {"n": 1})
        raise Refused(No.CHANGED_MIND)

    with pytest.raises(Refused):
        await refused()
    assert await run_due() == 0


async def test_a_job_waits_for_its_moment(done: list[Any]) -> None:
    """J2: not before, by our clock."""
    with clock.frozen(NOON):
        await enqueue("note", {"n": 1}, at=NOON + timedelta(hours=1))
        assert await run_due() == 0
    with clock.frozen(NOON + timedelta(hours=1)):
        assert await run_due() == 1


async def test_a_key_waits_once(done: list[Any]) -> None:
    """J2: asking twice for the same is asking once; afterwards one may ask again."""
    for _ in range(3):
        await enqueue("note", {"n": 1}, key="same")
    await run_due()
    await enqueue("note", {"n": 2}, key="same")
    await run_due()
    assert done == [1, 2]


async def test_a_failing_job_is_tried_later_then_given_up(done: list[Any]) -> None:
    """J3: ever longer waits, eight attempts, and no personal data in what is kept of the fault."""
    await enqueue("break", key="b")
    at = NOON + timedelta(days=400)
    waits = []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        with clock.frozen(at):
            assert await run_due() == 1
            [row] = await Job.select()
            assert row["attempts"] == attempt
            waits.append(row["due_at"] - at)
            at = row["due_at"]
    assert waits[:-1] == sorted(waits[:-1])
    assert len(done) == jobs.ATTEMPTS
    assert row["state"] == "failed"
    assert row["fault"].startswith("ValueError in broken")
    assert "Siti" not in str(row)
    with clock.frozen(at + timedelta(days=400)):
        assert await run_due() == 0


async def test_an_unknown_kind_is_kept_as_failed(done: list[Any]) -> None:
    """J3: nothing is dropped silently."""
    await enqueue("unheard of")
    await run_due()
    assert [row["state"] for row in await Job.select(Job.state)] == ["failed"]


async def test_a_claimed_job_is_taken_up_again_when_its_process_died(done: list[Any]) -> None:
    """J4: at least once: the lease of a dead process runs out."""
    with clock.frozen(NOON):
        await enqueue("note", {"n": 1})
        assert await jobs._claim()  # and then the process is killed
        assert await run_due() == 0
    with clock.frozen(NOON + jobs.LEASE):
        assert await run_due() == 1
    assert done == [1]


async def test_many_runners_take_each_job_once(done: list[Any]) -> None:
    """J4: claims exclude each other."""
    for n in range(40):
        await enqueue("note", {"n": n})
    counts = await asyncio.gather(*(run_due() for _ in range(8)))
    assert sum(counts) == 40
    assert sorted(done) == list(range(40))


async def something(done: list[Any]) -> None:
    """Wait until a job has said something."""
    for _ in range(1000):
        if done:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nothing happened")


async def test_the_runner_works_rests_and_stops(done: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """J5: rung by what is enqueued, it does not wait for its poll; it ends with its block."""
    monkeypatch.setattr(jobs, "POLL_SECONDS", 600.0)
    async with run_jobs():
        await asyncio.sleep(0.05)
        await enqueue("note", {"n": 1})
        await something(done)
    await enqueue("note", {"n": 2})
    await asyncio.sleep(0.05)
    assert done == [1]


async def test_a_job_under_way_is_finished_at_the_stop(done: list[Any]) -> None:
    """J5: stopping is clean."""

    @job("slow")
    async def slow(payload: dict[str, Any]) -> None:
        done.append("begun")
        await asyncio.sleep(0.1)
        done.append("ended")

    await enqueue("slow")
    async with run_jobs():
        await something(done)
    assert done == ["begun", "ended"]
    assert await Job.count() == 0


async def test_a_job_that_does_not_end_is_given_back(done: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """J5: after the grace it is cancelled and due again, for the next process."""
    monkeypatch.setattr(jobs, "GRACE_SECONDS", 0.05)

    @job("endless")
    async def endless(payload: dict[str, Any]) -> None:
        done.append("begun")
        await asyncio.sleep(3600)

    await enqueue("endless")
    async with run_jobs():
        await something(done)
    [row] = await Job.select()
    assert (row["state"], row["fault"]) == ("waiting", "stopped")
    assert row["due_at"] <= clock.now()


async def test_a_long_job_keeps_its_lease(done: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """J4: while it runs nobody else takes it."""
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.15))

    @job("long")
    async def long(payload: dict[str, Any]) -> None:
        done.append("begun")
        await asyncio.sleep(0.5)

    await enqueue("long")
    first = asyncio.create_task(run_due())
    while not first.done():
        await asyncio.sleep(0.04)
        if not first.done() and done:
            assert await run_due() == 0
    assert done == ["begun"]


async def test_a_periodic_job_comes_round_and_survives_its_faults(done: list[Any]) -> None:
    """J6: one row, whatever happens; the next round a period after the last."""

    @every(30, "tick")
    async def tick() -> None:
        done.append("tick")
        if len(done) == 2:
            raise ValueError

    for _ in range(2):  # two processes start
        await jobs._plan()
    at = clock.now()
    for _ in range(4):
        with clock.frozen(at):
            assert await run_due() == 1
            assert await run_due() == 0
        at += timedelta(seconds=30)
    assert done == ["tick"] * 4
    assert await Job.count() == 1


def test_two_jobs_may_not_share_a_name() -> None:
    """J7: a second function of the same kind is a mistake at start-up."""
    with pytest.raises(ValueError, match="note"):

        @job("note")
        async def other(payload: dict[str, Any]) -> None:
            raise AssertionError
