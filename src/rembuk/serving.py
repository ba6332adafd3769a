"""Starting the web server: one process for SQLite, several for PostgreSQL; the demo on loopback only."""

import os
import sys

import click

from rembuk.database import AlreadyServed, server_lock
from rembuk.settings import settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(host: str, port: int, workers: int) -> None:
    """Serve until stopped; exit code 2 with one line when the settings forbid it."""
    chosen = settings()
    if chosen.demo and host not in LOOPBACK:
        _stop("demo mode listens on this machine only (127.0.0.1)")
    if workers > 1 and not chosen.database_url:
        _stop("several workers need PostgreSQL (REMBUK_DATABASE_URL); SQLite has one")
    os.environ["REMBUK_DATA"] = str(chosen.data.resolve())
    try:
        with server_lock(chosen):
            _granian(host, port, workers)
    except AlreadyServed as fault:
        _stop(str(fault))


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "rembuk.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        respawn_failed_workers=True,
        log_access=False,
        backpressure=256,
    ).serve()


def _stop(why: str) -> None:
    click.echo(f"rembuk: {why}", err=True)
    sys.exit(2)
