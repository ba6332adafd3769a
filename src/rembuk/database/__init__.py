"""The database: SQLite or PostgreSQL behind one engine, and @transaction: whole, or not at all, retried."""

from rembuk.database import ddl as ddl
from rembuk.database.current import (
    NoDatabase,
    Row,
    after_commit,
    engine,
    inside,
    on_postgres,
)
from rembuk.database.faults import Trouble, constraint_of, refuses
from rembuk.database.fixed import Fixed, fixed
from rembuk.database.locks import AlreadyServed, server_lock
from rembuk.database.migrating import Behind, behind, migrate, require_current
from rembuk.database.opening import close_database, open_database
from rembuk.database.sealing import unsealed
from rembuk.database.sqlite import apart
from rembuk.database.whole import lock_row, transaction

__all__ = [
    "AlreadyServed",
    "Behind",
    "Fixed",
    "NoDatabase",
    "Row",
    "Trouble",
    "after_commit",
    "apart",
    "behind",
    "close_database",
    "constraint_of",
    "engine",
    "fixed",
    "inside",
    "lock_row",
    "migrate",
    "on_postgres",
    "open_database",
    "refuses",
    "require_current",
    "server_lock",
    "transaction",
    "unsealed",
]
