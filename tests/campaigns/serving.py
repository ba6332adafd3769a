"""The whole server as a process group of its own, to be killed, and voters who send their forms to it by HTTP."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        """The address people see."""
        return f"http://127.0.0.1:{self.port}"

    async def kill(self) -> None:
        """kill -9 of the server and all its workers: nobody gets to say good-bye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def served(settings: Settings, port: int) -> AsyncIterator[Server]:
    """`rembuk serve` over this database, ready to answer; killed at the end when the block did not."""
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
    command = [sys.executable, "-c", "from rembuk.cli import main; main()", "serve", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, start_new_session=True, cwd=Path(__file__).parents[2]
    )
    server = Server(port, process)
    try:
        await _ready(server)
        yield server
    finally:
        if process.returncode is None:
            await server.kill()


async def _ready(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http, asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert server.process.returncode is None, "the server does not start"
            await asyncio.sleep(0.05)


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
