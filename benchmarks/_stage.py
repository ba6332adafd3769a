"""What the benchmarks share: a small city in a database of its own, and requests asked of the app without sockets."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from rembuk.database import close_database, migrate, open_database
from rembuk.people import pepper
from rembuk.settings import Settings, settings

HOST = b"127.0.0.1:8000"


@asynccontextmanager
async def database() -> AsyncIterator[Path]:
    """An empty migrated SQLite database in a folder of its own, open; gives its file."""
    with tempfile.TemporaryDirectory(prefix="rembuk-bench-") as name:
        folder = Path(name)
        os.environ |= {"REMBUK_DATA": str(folder / "data"), "REMBUK_SECRETS": str(folder / "secrets")}
        settings.cache_clear()
        pepper.make_secrets()
        chosen = Settings(data=folder / "data", secrets=folder / "secrets")
        await open_database(chosen)
        try:
            await migrate()
            yield chosen.database_file
        finally:
            await close_database()


async def ask(app: Any, path: str, *, body: bytes = b"", cookie: str = "") -> tuple[int, bytes]:
    """One request handed to the app as a server would; status and body of the answer."""
    sent: list[dict[str, Any]] = []
    headers = [(b"host", HOST)]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    if body:
        headers += [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
            (b"origin", b"http://" + HOST),
        ]
    target, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if body else "GET",
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])


def report(name: str, mine: list[float], yardstick: list[float], wanted: float) -> None:
    """Print a ratio of speeds (the yardstick's time over mine, medians of the same rounds) and whether it is met."""
    ratios = [other / own for own, other in zip(mine, yardstick, strict=True)]
    ratio = median(ratios)
    said = "met" if ratio >= wanted else "MISSED"
    print(f"{name:<44} {ratio:>5.2f}  ({min(ratios):.2f} to {max(ratios):.2f})  wanted {wanted:.2f}  {said}")


def goal(name: str, figure: float, wanted: float, unit: str, more: str = "", *, least: bool = False) -> None:
    """Print a measured figure beside its goal (0: there is none), and whether it is met; `least`: more is better."""
    met = figure >= wanted if least else figure <= wanted
    bound = f"{'≥' if least else '≤'} {wanted:g} {unit} {'met' if met else 'MISSED'}" if wanted else ""
    print(f"{name:<58} {figure:>9.3f} {unit:<3} {bound:<18} {more}", flush=True)
