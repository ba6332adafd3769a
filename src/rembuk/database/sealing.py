"""Lifting the append-only rule for the one lawful deletion, the purge that two persons signed, and making it real."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from rembuk.database.current import engine, inside, on_postgres


@asynccontextmanager
async def unsealed(table: str) -> AsyncIterator[None]:
    """Inside a transaction, let rows of an append-only table be deleted; sealed again before it commits.

    Raises RuntimeError outside a transaction, where the table could stay open.
    """
    if not inside():
        raise RuntimeError(f"{table} may be unsealed inside a transaction only")
    if on_postgres():
        await engine().run(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        await engine().run(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        return
    sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    triggers = await engine().run(sql, [table])
    for trigger in triggers:
        await engine().run(f'DROP TRIGGER "{trigger["name"]}"')
    yield
    for trigger in triggers:
        await engine().run(trigger["sql"])


async def rewritten(tables: Iterable[str]) -> bool:
    """Whether rows deleted from these tables before are in no file of theirs any more; call it after their commit.

    PostgreSQL writes each table anew (VACUUM FULL, under an exclusive lock) and says so when some older reader still
    holds rows: then False, try again. SQLite overwrites deleted rows at once (secure_delete); its log is emptied.
    Archived logs, standbys and backups are somebody else's files: they expire.
    """
    if not on_postgres():
        return bool(await engine().empty_log())
    return not sum([await engine().rewrite(table) for table in tables])
