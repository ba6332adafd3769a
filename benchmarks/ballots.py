"""How fast ballots are taken: POST /suara through the whole app, against bare SQLite, and with FULL against NORMAL.

    .venv/bin/python -m benchmarks.ballots

Wall time, medians of alternating rounds on the disk of the temporary folder, 32 voters at once, asked without
sockets; about a minute.
"""

import asyncio
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from tests.city import City, city

from benchmarks._stage import ask, database, report
from rembuk.app import create_app
from rembuk.database import engine
from rembuk.database.sqlite import connect
from rembuk.people import store as people
from rembuk.web import csrf, session
from rembuk.web.viewer import Role
from rembuk.web.visit import cookie_name

ROUNDS, BALLOTS, AT_ONCE, PER_COMMIT = 9, 160, 32, 16
Voter = tuple[UUID, str, str]


async def voters_of(made: City) -> list[Voter]:
    """Everybody on the roll, signed in: roll entry, cookie, token."""
    found = []
    for roll in (roll for rolls in made.rolls.values() for roll in rolls):
        secret, _ = await session.open_session(await people.person_for(roll), roll, Role.RESIDENT)
        token = csrf.token_for(f"{session.COOKIE}:{secret}")
        found.append((roll, f"{cookie_name(session.COOKIE)}={secret}", token))
    return found


def forms(made: City, voters: list[Voter], count: int) -> list[tuple[str, bytes]]:
    """Ballots to send: cookie and body, each with a nonce of its own, two choices of the voter's district."""
    district = {roll: code for code, rolls in made.rolls.items() for roll in rolls}
    made_up = []
    for nth in range(count):
        roll, cookie, token = voters[nth % len(voters)]
        fields = [("choice", project) for project in made.projects[district[roll]][:2]]
        fields += [("nonce", secrets.token_hex(32)), (csrf.FIELD, token)]
        made_up.append((cookie, urlencode(fields).encode()))
    return made_up


async def sent(app: Any, ballots: list[tuple[str, bytes]]) -> float:
    """Seconds per ballot, so many at once; each must be answered with its receipt."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(cookie: str, body: bytes) -> None:
        async with free:
            status, answer = await ask(app, "/suara", body=body, cookie=cookie)
            assert status == 303, answer[:2000]

    start = time.perf_counter()
    await asyncio.gather(*(one(cookie, body) for cookie, body in ballots))
    return (time.perf_counter() - start) / len(ballots)


class Bare:
    """The same rows into a copy of the same database by SQLite alone, sixteen ballots a commit, FULL."""

    def __init__(self, source: Path, made: City) -> None:
        target = source.with_name("bare.sqlite3")
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        self.connection = connect(target)
        self.election = str(made.election)
        self.rolls = [str(roll) for rolls in made.rolls.values() for roll in rolls]
        self.seq = 1000

    def rows(self) -> list[tuple[Any, ...]]:
        """Values of a round, made before the clock starts."""
        self.seq += BALLOTS
        return [
            (
                str(uuid4()),
                self.rolls[nth % len(self.rolls)],
                self.seq + nth,
                secrets.token_hex(32),
                secrets.token_bytes(200),
            )
            for nth in range(BALLOTS)
        ]

    def written(self) -> float:
        """Seconds per ballot."""
        rows, write = self.rows(), self.connection.execute
        start = time.perf_counter()
        for nth, (key, roll, seq, leaf, sealed) in enumerate(rows):
            if nth % PER_COMMIT == 0:
                write("BEGIN IMMEDIATE")
            write(MARK, (key, self.election, roll, seq))
            write(ENVELOPE, (key, self.election, roll, seq, leaf, sealed, leaf))
            write(LEAF, (key, leaf, leaf))
            if nth % PER_COMMIT == PER_COMMIT - 1:
                write("COMMIT")
        return (time.perf_counter() - start) / len(rows)


MARK = """INSERT INTO roll_mark (id, election, roll, channel, seq) VALUES (?, ?, ?, 'online', ?)
ON CONFLICT (election, roll) DO UPDATE SET seq = excluded.seq"""
ENVELOPE = """INSERT INTO envelope (id, election, roll, district, seq, idem_key, ciphertext, leaf_sha256)
VALUES (?, ?, ?, 'd', ?, ?, ?, ?)"""
LEAF = "INSERT INTO leaf_queue (id, leaf_sha256, kind, body) VALUES (?, ?, 'envelope', ?)"


def synchronous(how: str) -> None:
    """How the app's writer flushes from here on; only a benchmark may ask this."""
    engine()._writer.connection.execute(f"PRAGMA synchronous={how}").close()


async def measure() -> None:
    """Rounds of the three, one after the other."""
    async with database() as file:
        made = await city(districts=3, proposals=18, voters=16)
        app = create_app(database_is_open=True)
        voters = await voters_of(made)
        bare = Bare(file, made)
        times: dict[str, list[float]] = {"app, FULL": [], "app, NORMAL": [], "bare SQLite, 16 a commit, FULL": []}
        await sent(app, forms(made, voters, BALLOTS))
        for _ in range(ROUNDS):
            for how in ("FULL", "NORMAL"):
                synchronous(how)
                times[f"app, {how}"].append(await sent(app, forms(made, voters, BALLOTS)))
            times["bare SQLite, 16 a commit, FULL"].append(bare.written())
        bare.connection.close()
        show(times)


def show(times: dict[str, list[float]]) -> None:
    """Print speeds and ratios."""
    for name, each in times.items():
        print(f"  {name:<32} {1 / median(each):>7.0f} ballots a second")
    report("FULL / NORMAL", times["app, FULL"], times["app, NORMAL"], 0.8)
    report("app / bare SQLite, 16 a commit", times["app, FULL"], times["bare SQLite, 16 a commit, FULL"], 0.35)


if __name__ == "__main__":
    asyncio.run(measure())
