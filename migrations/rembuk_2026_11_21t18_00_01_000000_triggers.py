"""What Piccolo cannot say: append-only tables, partial indexes. Every step may run twice."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from rembuk.database import engine, on_postgres

ID = "2026-11-21T18:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Append-only tables refuse change; partial indexes."

APPEND_ONLY = ("envelope", "board_leaf", "checkpoint", "audit", "paper_entry", "paper_check")

SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS "{table}_no_{act}" BEFORE {ACT} ON "{table}"
BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION rembuk_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
          TABLE = TG_TABLE_NAME;
END $$
"""

POSTGRES_TRIGGERS = (  # by row for changes: by statement it would also refuse INSERT ... ON CONFLICT
    """
CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION rembuk_append_only()
""",
    """
CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION rembuk_append_only()
""",
)

INDEXES: tuple[tuple[str, str], ...] = (
    ("job", """CREATE INDEX IF NOT EXISTS "job_waiting" ON "job" ("due_at") WHERE "state" = 'waiting'"""),
)


async def tables() -> set[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if on_postgres():
        sql = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
    return {row["name"] for row in await engine().run(sql)}


async def raw() -> None:
    present = await tables()
    if on_postgres():
        await engine().run(POSTGRES_FUNCTION)
    for table in sorted(present.intersection(APPEND_ONLY)):
        if on_postgres():
            for sql in POSTGRES_TRIGGERS:
                await engine().run(sql.format(table=table))
        else:
            for act in ("update", "delete"):
                await engine().run(SQLITE_TRIGGER.format(table=table, act=act, ACT=act.upper()))
    for table, sql in INDEXES:
        if table in present:
            await engine().run(sql)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="rembuk", description=DESCRIPTION)
    manager.add_raw(raw)
    return manager
