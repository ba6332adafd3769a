"""Locks between processes: one server per SQLite file, one migration at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rembuk.settings import Settings


class AlreadyServed(RuntimeError):
    """Another server holds this SQLite file."""


@contextmanager
def file_lock(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold an exclusive lock on a file beside the database; raises BlockingIOError when it may not wait."""
    with path.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


@contextmanager
def server_lock(settings: Settings) -> Iterator[None]:
    """Be the only server on the SQLite file; raises AlreadyServed when there is one. No-op for PostgreSQL."""
    if settings.database_url:
        yield
        return
    database = settings.database_file
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file_lock(database.with_name(database.name + ".server"), wait=False):
            yield
    except BlockingIOError as held:
        raise AlreadyServed(f"{database} is served by another process") from held
