"""The whole server as a process group of its own, to be killed, and voters who send their forms to it by HTTP.

`python -m tests.campaigns.serving PORT` is a nursery: for every line it hears it forks `rembuk serve`, with every
module read already, and tells its number; a line "gone" comes when that server was ended.
"""

import asyncio
import os
import secrets
import select
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from rembuk.people import store as people
from rembuk.settings import Settings
from rembuk.settings import settings as of_tests
from rembuk.voting import rules
from rembuk.voting import store as voting
from rembuk.web import csrf, session
from rembuk.web.viewer import Role
from tests.city import City

START_SECONDS = 40.0


@dataclass(frozen=True)
class Form:
    """One form of one voter as a browser keeps it: sent again and again it is the same ballot."""

    roll: UUID
    cookie: str
    chosen: tuple[str, ...]
    nonce: bytes
    leaf_sha256: str


@dataclass
class Server:
    """A running server: where it listens, and its process group."""

    port: int
    group: int
    nursery: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        """The address people see."""
        return f"http://127.0.0.1:{self.port}"

    async def kill(self) -> None:
        """kill -9 of the server and all its workers: nobody gets to say good-bye."""
        os.killpg(self.group, signal.SIGKILL)
        assert self.nursery.stdout
        assert await self.nursery.stdout.readline() == b"gone\n"
        async with asyncio.timeout(START_SECONDS):
            while self.lives():  # noqa: ASYNC110 - a worker may outlive its server by a moment
                await asyncio.sleep(0.002)

    def lives(self) -> bool:
        """Whether any process of it is there."""
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nursery:
    """Starts the servers of one database, one after another."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process, self.port = process, port

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Server]:
        """`rembuk serve`, ready to answer; killed at the end when the block did not."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"serve\n")
        server = Server(self.port, int(await self.process.stdout.readline()), self.process)
        try:
            await _ready(server)
            yield server
        finally:
            if server.lives():
                await server.kill()


@asynccontextmanager
async def nursery(settings: Settings, port: int) -> AsyncIterator[Nursery]:
    """A nursery for servers over this database."""
    environment = {
        **os.environ,
        "REMBUK_DATA": str(settings.data),
        "REMBUK_SECRETS": str(of_tests().secret_folder),
        "REMBUK_BASE_URL": f"http://127.0.0.1:{port}",
        "REMBUK_TRUSTED_PROXIES": "127.0.0.1",
        "REMBUK_LOG_LEVEL": "ERROR",
    }
    if settings.database_url:
        environment["REMBUK_DATABASE_URL"] = settings.database_url
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.campaigns.serving", str(port)),
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Nursery(process, port)
    finally:
        process.kill()
        await process.wait()


async def _ready(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http, asyncio.timeout(START_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                if (await http.get("/readyz")).status_code == 200:
                    return
            assert server.lives(), "the server does not start"
            await asyncio.sleep(0.02)


def _nursing(port: int) -> None:
    """Fork a server for every line, and say when it has ended."""
    from rembuk.app import create_app
    from rembuk.serving import run

    create_app()
    while os.read(0, 64):
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(2, 1)  # our own lines are the nursery's
            run("127.0.0.1", port, workers=1)
            os._exit(0)
        print(child, flush=True)
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if select.select([0], [], [], 0.01)[0]:  # nobody asks while a server runs: whoever tests is gone
                os.killpg(child, signal.SIGKILL)
        print("gone", flush=True)


async def signed_forms(made: City, each: int) -> list[Form]:
    """For every voter a session and so many different forms, with the leaf each of them must give; database open."""
    found: list[Form] = []
    for district, rolls in made.rolls.items():
        for roll in rolls:
            person = await people.person_for(roll)
            secret, _ = await session.open_session(person, roll, Role.RESIDENT)
            poll = await voting.poll_of(await voting.voter_of(roll))
            for nth in range(each):
                chosen = rules.canonical(made.projects[district][: nth % 4])  # three at most
                nonce = secrets.token_bytes(32)
                sealed = voting.sealed(chosen, nonce, poll)
                found.append(Form(roll, secret, chosen, nonce, sealed.leaf_sha256))
    return found


async def sent(http: httpx.AsyncClient, url: str, form: Form) -> bool | None:
    """Send one form: True when the server acknowledged it, False when it refused, None when nothing is known."""
    headers = {
        "Origin": url,
        "Cookie": f"{session.COOKIE}={form.cookie}",
        csrf.HEADER: csrf.token_for(f"{session.COOKIE}:{form.cookie}"),
        "X-Forwarded-For": ".".join(str(secrets.randbelow(254) + 1) for _ in range(4)),
    }
    data = {"choice": list(form.chosen), "nonce": form.nonce.hex()}
    try:
        answer = await http.post(f"{url}/suara", data=data, headers=headers, follow_redirects=False)
    except httpx.TransportError:
        return None
    if answer.status_code >= 500:
        assert answer.status_code == 503, answer.text[:500]
        return None
    return answer.status_code == 303 and answer.headers["location"] == "/bukti"


if __name__ == "__main__":
    _nursing(int(sys.argv[1]))
