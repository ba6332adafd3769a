"""Opening and closing the database a Settings object names."""

from typing import Any

from rembuk.database.current import leave, use
from rembuk.database.sqlite import Sqlite
from rembuk.settings import Settings, settings


async def open_database(chosen: Settings | None = None) -> Any:
    """Open the database of these settings (or the process's own) for every table to use; gives its engine.

    Raises RuntimeError when another is open, OSError when a server cannot be reached.
    """
    chosen = chosen or settings()
    url = chosen.database_url
    database: Any
    if url is None:
        chosen.data.mkdir(parents=True, exist_ok=True)
        database = Sqlite(chosen.database_file)
    else:
        from rembuk.database.postgres import Postgres

        database = Postgres(url)
        await database.open()
    try:
        use(database)
    except RuntimeError:
        await database.close()
        raise
    return database


async def close_database() -> None:
    """Finish what is being written and close; a no-op when nothing is open."""
    await leave()
