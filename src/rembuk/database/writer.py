"""The one SQLite writer of a process: many transactions, one after another, in one commit."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import Context

BATCH = 64
"""Most transactions in one commit; those after them wait for the next."""
BATCH_SECONDS = 0.05
"""A commit waits no longer than this for more transactions to join it."""
BODY_SECONDS = 30.0
"""A transaction that keeps the writer waiting longer is undone."""


class CommitFailed(sqlite3.DatabaseError):
    """COMMIT did not succeed; nothing of the batch was kept. The cause says why."""


def is_busy(fault: BaseException | None) -> bool:
    """Whether SQLite refused because another connection is writing."""
    code = getattr(fault, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Turn:
    """One transaction's place in the queue."""

    __slots__ = ("begun", "committed", "finished")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[sqlite3.Error | None] = loop.create_future()
        self.finished: asyncio.Future[None] = loop.create_future()
        self.committed: asyncio.Future[sqlite3.Error | None] = loop.create_future()

    def finish(self) -> None:
        """Give the writer on to the next."""
        if not self.finished.done():
            self.finished.set_result(None)


def _tell(future: "asyncio.Future[sqlite3.Error | None]", fault: sqlite3.Error | None) -> None:
    if not future.done():  # its task may have been cancelled meanwhile
        future.set_result(fault)


def undo(connection: sqlite3.Connection, savepoint: str) -> None:
    """Take back what was done since the savepoint; a no-op when SQLite already took back everything."""
    if connection.in_transaction:
        connection.execute(f"ROLLBACK TO {savepoint}")
        connection.execute(f"RELEASE {savepoint}")


class Writer:
    """Takes transactions in turn; each under its own savepoint, all of a batch under one COMMIT.

    Statements run inline on the event loop, BEGIN and COMMIT in a thread. Whoever wrote, or was refused, is
    answered only after COMMIT returned: a refusal may rest on a neighbour's rows.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self.connection = connect()
        self._waiting: deque[Turn] = deque()
        self._scribe: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "rembuk-writer")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[sqlite3.Connection]:
        """The connection, for one transaction; raises CommitFailed when it could not be kept."""
        turn = Turn()
        self._waiting.append(turn)
        self._wake()
        try:
            await self._sure(turn.begun)
            async with asyncio.timeout(BODY_SECONDS):
                self.connection.execute("SAVEPOINT body")
                try:
                    yield self.connection
                    self.connection.execute("RELEASE body")
                except BaseException:
                    undo(self.connection, "body")
                    raise
        except BaseException as fault:
            turn.finish()
            if isinstance(fault, Exception):  # a cancelled task is not kept waiting
                await self._sure(turn.committed)
            raise
        turn.finish()
        await self._sure(turn.committed)

    async def close(self) -> None:
        """Finish the queue and close the connection."""
        while self._scribe and not self._scribe.done():
            await asyncio.wait({self._scribe})
        self._thread.shutdown()
        self.connection.close()

    def _wake(self) -> None:
        if self._scribe is None or self._scribe.done():
            # An empty context: the scribe outlives the request that happened to wake it.
            self._scribe = asyncio.create_task(self._work(), context=Context())

    @staticmethod
    async def _sure(future: "asyncio.Future[sqlite3.Error | None]") -> None:
        if fault := await future:
            raise CommitFailed(str(fault)) from fault

    async def _work(self) -> None:
        while self._waiting:
            batch: list[Turn] = []
            fault: sqlite3.Error | None = sqlite3.OperationalError("the writer was stopped")
            try:
                await self._in_thread("BEGIN IMMEDIATE")
                await self._serve(batch)
                await self._in_thread("COMMIT")
                fault = None
            except sqlite3.Error as error:
                fault = error
                batch = batch or self._everybody()
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                for turn in batch:
                    _tell(turn.begun, fault)
                    _tell(turn.committed, fault)

    async def _serve(self, batch: list[Turn]) -> None:
        """Let those waiting do their work, one after another, until the batch is full or old."""
        stop = time.monotonic() + BATCH_SECONDS
        while self._waiting and len(batch) < BATCH and time.monotonic() < stop:
            turn = self._waiting.popleft()
            if turn.finished.done():  # cancelled before its turn came
                continue
            batch.append(turn)
            _tell(turn.begun, None)
            await turn.finished
            if not self.connection.in_transaction:
                raise sqlite3.OperationalError("SQLite undid the whole transaction (disk full or failing)")

    def _everybody(self) -> list[Turn]:
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    async def _in_thread(self, statement: str) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.execute, statement)
