"""Starting the web server: one process for SQLite, several for PostgreSQL; the demo on loopback only."""

import os
import sys
from typing import TYPE_CHECKING

import click

from rembuk.database import AlreadyServed, server_lock
from rembuk.settings import settings
from rembuk.web.logs import start_logging

if TYPE_CHECKING:
    from litestar import Litestar

DEMO_SIGN_INS = "demo.json"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(host: str, port: int, workers: int) -> None:
    """Serve until stopped; exit code 2 with one line when the settings forbid it."""
    chosen = settings()
    if chosen.demo and host not in LOOPBACK:
        _stop("demo mode listens on this machine only (127.0.0.1)")
    if not chosen.demo and (chosen.data / DEMO_SIGN_INS).exists():
        _stop(f"{chosen.data} holds a demo, whose passwords everybody knows; serve it with rembuk demo")
    if workers > 1 and not chosen.database_url:
        _stop("several workers need PostgreSQL (REMBUK_DATABASE_URL); SQLite has one")
    start_logging(chosen.log_level)
    os.environ["REMBUK_DATA"] = str(chosen.data.resolve())
    try:
        with server_lock(chosen):
            _granian(host, port, workers)
    except AlreadyServed as fault:
        _stop(str(fault))


def logged_app() -> "Litestar":
    """What each worker serves: the app, its lines going out as JSON (a worker is a process of its own)."""
    from rembuk.app import create_app

    start_logging(settings().log_level)
    return create_app()


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "rembuk.serving:logged_app",
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
