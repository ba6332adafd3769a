"""Lifting the append-only rule for the one lawful deletion: the purge that two persons signed."""

from collections.abc import AsyncIterator
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
