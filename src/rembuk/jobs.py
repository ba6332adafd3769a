"""Later work: a queue in the database, kinds of jobs, and the one runner of a process.

A job runs at least once; it is claimed by a lease, so work of a killed process is taken up again by another.
"""

import asyncio
import logging
import traceback
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from piccolo.columns import UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk import clock
from rembuk.database import after_commit, lock_row, transaction
from rembuk.database.faults import faults
from rembuk.errors import Refused

Payload = dict[str, Any]
Work = Callable[[Payload], Coroutine[Any, Any, None]]
Round = Callable[[], Coroutine[Any, Any, None]]

ATTEMPTS = 8
LEASE = timedelta(minutes=2)
POLL_SECONDS = 1.0
GRACE_SECONDS = 10.0
SLOTS = 4

log = logging.getLogger(__name__)
_kinds: dict[str, Work] = {}
_periods: dict[str, timedelta] = {}
_bells: set[asyncio.Event] = set()


class Job(Table, tablename="job"):
    """One piece of later work; it is gone when it is done, and stays, failed, when it was given up."""

    id = UUID(primary_key=True, default=UUID4())
    kind = Varchar(length=80, required=True)
    key = Varchar(length=200, null=True, default=None)
    payload = Text(required=True)
    state = Varchar(length=10, default="waiting")
    due_at = Timestamptz(default=None, null=True, index=True)
    attempts = Integer(default=0)
    fault = Text(default="")
    job_key = Unique([key], name="job_key")
    job_state = Check("\"state\" IN ('waiting', 'failed')", name="job_state")


@dataclass(frozen=True)
class Claim:
    """A job this process may run until its lease ends."""

    id: uuid.UUID
    kind: str
    payload: Payload
    attempt: int


def job(kind: str) -> Callable[[Work], Work]:
    """Make an async function of a payload the work of this kind; raises ValueError for a second one."""

    def put(work: Work) -> Work:
        if kind in _kinds and _kinds[kind] is not work:
            raise ValueError(f"two jobs are called {kind}")
        _kinds[kind] = work
        return work

    return put


def every(seconds: float, kind: str) -> Callable[[Round], Round]:
    """Run an async function again and again, in one process at a time, this long after each run."""

    def put(work: Round) -> Round:
        async def run(_: Payload) -> None:
            await work()

        job(kind)(run)
        _periods[kind] = timedelta(seconds=seconds)
        return work

    return put


async def enqueue(
    kind: str, payload: Payload | None = None, at: datetime | None = None, key: str | None = None
) -> None:
    """Do this later, or at a moment; part of the transaction it is called in. A waiting key is kept once."""
    text = msgspec.json.encode(payload or {}).decode()
    row = Job(kind=kind, payload=text, due_at=at or clock.now(), key=key)
    await Job.insert(row).on_conflict(target=Job.key, action="DO NOTHING")
    after_commit(_ring)


async def run_due(limit: int = 1000) -> int:
    """Run every job that is due, one after another, and give their number: for tests and the command line."""
    for count in range(limit):
        if not (claim := await _next()):
            return count
        await _run(claim)
    return limit


async def failed() -> int:
    """How many jobs were given up and wait for a person."""
    return int(await Job.count().where(Job.state == "failed"))


@asynccontextmanager
async def run_jobs() -> AsyncIterator[None]:
    """Run jobs for the length of the block; at its end those under way get ten seconds to finish."""
    await _plan()
    bell, stop = asyncio.Event(), asyncio.Event()
    _bells.add(bell)
    runner = asyncio.create_task(_runner(bell, stop), context=Context())
    try:
        yield
    finally:
        stop.set()
        bell.set()
        await runner
        _bells.discard(bell)


async def _runner(bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Keep up to SLOTS jobs going; look again when something ends, rings or a second has passed."""
    running: set[asyncio.Task[None]] = set()
    while not stop.is_set():
        bell.clear()
        await _fill(running)
        waiter = asyncio.create_task(bell.wait())
        await asyncio.wait({waiter, *running}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        for done in {task for task in running if task.done()}:
            running.discard(done)
            if fault := done.exception():
                log.error("a job could not be written off: %s", type(fault).__name__)
    if running:
        _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.wait(running)


async def _fill(running: set[asyncio.Task[None]]) -> None:
    """Start what is due, up to SLOTS; a database that is away now is asked again later."""
    try:
        while len(running) < SLOTS and (claim := await _next()):
            running.add(asyncio.create_task(_run(claim)))
    except Refused as refused:
        log.warning("no job could be claimed: %s", refused)
    except faults() as fault:
        log.warning("no job could be claimed: %s", type(fault).__name__)


async def _run(claim: Claim) -> None:
    """Run one job, keeping its lease alive, and write down how it went."""
    work = _kinds.get(claim.kind)
    if not work:
        await _gave_up(claim, "no job of this kind")
        return
    task = asyncio.create_task(work(claim.payload))
    try:
        while not (await asyncio.wait({task}, timeout=LEASE.total_seconds() / 3))[0]:
            await _renew(claim)
    except asyncio.CancelledError:  # the process is stopping: give the job back
        task.cancel()
        await asyncio.wait({task})
        await _later(claim, clock.now(), "stopped")
        return
    if fault := task.exception():
        await _failed(claim, fault)
    else:
        await _finished(claim)


async def _failed(claim: Claim, fault: BaseException) -> None:
    """Try again later, ever later; give up after eight attempts, but never on a periodic job."""
    where = traceback.extract_tb(fault.__traceback__)[-1:]
    place = f"{where[0].name}:{where[0].lineno}" if where else "?"
    text = f"{type(fault).__name__} in {place}"  # no message: it may hold personal data
    log.warning("job %s failed, attempt %s: %s", claim.kind, claim.attempt, text)
    if claim.attempt >= ATTEMPTS and claim.kind not in _periods:
        await _gave_up(claim, text)
        return
    wait = timedelta(seconds=5 * 3 ** min(claim.attempt - 1, 8))
    await _later(claim, clock.now() + min(wait, _periods.get(claim.kind, wait)), text)


@transaction
async def _plan() -> None:
    """See that every periodic job has its row."""
    for kind in _periods:
        await enqueue(kind, key=f"every {kind}")


async def _next() -> Claim | None:
    """Claim a job if one is due; an idle runner only reads."""
    return await _claim() if await Job.exists().where(_due(clock.now())) else None


@transaction(isolation="read committed")
async def _claim() -> Claim | None:
    """Take the job that is due longest; others cannot until the lease ends."""
    now = clock.now()
    query = Job.select(Job.id, Job.kind, Job.payload, Job.attempts).where(_due(now))
    found = await lock_row(query.order_by(Job.due_at).limit(1), skip_locked=True)
    if not found:
        return None
    row = found[0]
    attempt = row["attempts"] + 1
    await Job.update({Job.due_at: now + LEASE, Job.attempts: attempt}, force=True).where(Job.id == row["id"])
    return Claim(row["id"], row["kind"], msgspec.json.decode(row["payload"]), attempt)


async def _renew(claim: Claim) -> None:
    await Job.update({Job.due_at: clock.now() + LEASE}).where(_mine(claim))


async def _finished(claim: Claim) -> None:
    """Remove the job, or set the next round of a periodic one."""
    if period := _periods.get(claim.kind):
        await _later(claim, clock.now() + period, "", attempts=0)
    else:
        await Job.delete().where(_mine(claim))


async def _later(claim: Claim, at: datetime, fault: str, attempts: int | None = None) -> None:
    tried = claim.attempt if attempts is None else attempts
    await Job.update({Job.due_at: at, Job.fault: fault, Job.attempts: tried}).where(_mine(claim))


async def _gave_up(claim: Claim, fault: str) -> None:
    await Job.update({Job.state: "failed", Job.fault: fault, Job.key: None}).where(_mine(claim))


def _due(now: datetime) -> Any:
    return (Job.state == "waiting") & (Job.due_at <= now)


def _mine(claim: Claim) -> Any:
    """Only while nobody else has claimed it since."""
    return (Job.id == claim.id) & (Job.attempts == claim.attempt)


def _ring() -> None:
    for bell in _bells:
        bell.set()
