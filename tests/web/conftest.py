"""The sample room over a small database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from rembuk.database import close_database, open_database
from rembuk.settings import Settings
from tests.clients import Client, open_client
from tests.web import sample


@pytest.fixture
async def small_db(sqlite_settings: Settings) -> AsyncIterator[Any]:
    """An open, empty SQLite database: the floor itself asks the database little."""
    yield await open_database(sqlite_settings)
    await close_database()


@pytest.fixture
async def site(small_db: Any) -> AsyncIterator[Client]:
    """A client of the sample room."""
    sample.SEEN.update(renders=0, posts=[], words="warga " * 400)
    async with open_client(sample.HANDLERS, rooms=(), template_folders=[sample.TEMPLATES]) as client:
        yield client
