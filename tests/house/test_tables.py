"""The house checks its tables: keys, columns, constraints, and that the migrations make exactly them."""

from typing import Any

import pytest
from piccolo.columns import UUID, ForeignKey, Timestamp, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import Decimal, DoublePrecision, Interval, Numeric, Real, Serial
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique
from piccolo.table import Table

from rembuk.database import engine, on_postgres
from rembuk.database.ddl import KEYED
from rembuk.database.migrating import history
from rembuk.piccolo_app import all_tables
from tests.databases import rows
from tests.house.new_migration import is_current

TABLES = all_tables()
APPEND_ONLY = ("envelope", "board_leaf", "checkpoint", "audit", "paper_entry", "paper_check")
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)


def test_migrations_match_tables() -> None:
    """H-MIG: the initial migration is what `make migration` writes today."""
    assert is_current(), "run make migration"


def test_the_history_is_one_line() -> None:
    """H-MIG: every migration has an id, in the order of the file names, and ours in its name."""
    files = list(history().values())
    assert files == sorted(files)
    assert all(file.name.startswith("rembuk_2") for file in files)


@each_table
def test_a_table_keeps_the_rules(table: type[Table]) -> None:
    """H-TAB: a random public key, indexed foreign keys, no inexact numbers, no local times."""
    columns = table._meta.columns
    key = table._meta.primary_key
    assert isinstance(key, UUID), "the primary key is a random UUID"
    assert key._meta.name == "id"
    inexact = (Numeric, Decimal, Real, DoublePrecision, Serial, Interval)
    assert not [column for column in columns if isinstance(column, inexact)]
    assert not [c for c in columns if isinstance(c, Timestamp) and not isinstance(c, Timestamptz)]
    bare = [c._meta.name for c in columns if isinstance(c, ForeignKey) and not c._meta.index]
    assert not bare, "every foreign key is indexed"
    assert all(c._meta.index_method is IndexMethod.btree for c in columns)
    clocks = [c._meta.name for c in columns if isinstance(c, Timestamptz) and _ticks(c)]
    assert not clocks, "times come from rembuk.clock, not from the database"


@each_table
def test_deleting_never_spreads(table: type[Table]) -> None:
    """H-TAB: a row that others speak of is not deleted under them; what goes with its whole is deleted by name."""
    spreads = {
        f"{table._meta.tablename}.{column._meta.name}"
        for column in table._meta.columns
        if isinstance(column, ForeignKey) and column._foreign_key_meta.on_delete is not OnDelete.restrict
    }
    assert spreads <= SPREADING.keys(), "say on_delete=OnDelete.restrict, or list it with a reason"


SPREADING: dict[str, str] = {}
"""Foreign keys that may delete along, with the reason; none so far."""


def _ticks(column: Any) -> bool:
    return column._meta.params["default"] is not None


@each_table
def test_a_tables_constraints_carry_its_name(table: type[Table]) -> None:
    """H-TAB: names are unique in the whole schema and begin with the table's."""
    names = [rule._meta.name for rule in table._meta.constraints]
    assert all(name.startswith(table._meta.tablename) for name in names), names
    assert all(len(name) <= 63 for name in names), "PostgreSQL cuts longer names"


async def test_the_schema_holds_every_table_column_and_constraint(db: Any) -> None:
    """H-MIG: what the migrations make is what the tables say, on both engines."""
    for table in TABLES:
        name = table._meta.tablename
        found = {row["name"]: row["needed"] for row in await rows(_columns_sql(name))}
        wanted = {c._meta.db_column_name: not c._meta.null for c in table._meta.columns}
        assert {column: bool(needed) for column, needed in found.items()} == wanted, name
        present = await _constraints(name)
        assert {rule._meta.name for rule in table._meta.constraints} <= present, name


def _columns_sql(table: str) -> str:
    if on_postgres():
        return (
            "SELECT attname AS name, attnotnull AS needed FROM pg_attribute "
            f"WHERE attrelid = '\"{table}\"'::regclass AND attnum > 0 AND NOT attisdropped"
        )
    return f"SELECT name, \"notnull\" AS needed FROM pragma_table_info('{table}')"


async def _constraints(table: str) -> set[str]:
    if on_postgres():
        sql = f"SELECT conname AS name FROM pg_constraint WHERE conrelid = '\"{table}\"'::regclass"
        return {row["name"] for row in await rows(sql)}
    [made] = await rows(f"SELECT sql FROM sqlite_master WHERE name = '{table}'")
    return {part.partition('"')[0] for part in made["sql"].split('CONSTRAINT "')[1:]}


async def test_append_only_tables_refuse_change(db: Any) -> None:
    """P3: the ledgers' triggers are there, for changing and for deleting."""
    names = {table._meta.tablename for table in TABLES}
    if on_postgres():
        sql = "SELECT tgrelid::regclass::text AS t, tgtype AS kind FROM pg_trigger WHERE NOT tgisinternal"
        triggers = {(row["t"], bool(row["kind"] & 1)) for row in await rows(sql)}
        assert {(table, by_row) for table in APPEND_ONLY for by_row in (True, False)} == triggers
    else:
        found = {row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert {f"{table}_no_{act}" for table in APPEND_ONLY for act in ("update", "delete")} == found
    assert names.issuperset(APPEND_ONLY)


async def test_ballots_keep_no_order_of_arrival(db: Any) -> None:
    """T-SECRET: on SQLite the tables of envelopes and marks have no hidden rowid."""
    if on_postgres():
        pytest.skip("PostgreSQL has no rowid")
    for table in KEYED:
        [made] = engine().look("SELECT sql FROM sqlite_master WHERE name = ?", table)
        assert made["sql"].endswith("WITHOUT ROWID")


def test_unique_rules_over_nullable_columns_are_meant() -> None:
    """H-TAB: NULLs are distinct, so such a rule does not stop duplicates unless that is what it should do."""
    loose = {
        rule._meta.name
        for table in TABLES
        for rule in table._meta.constraints
        if isinstance(rule, Unique)
        for column in table._meta.columns
        if column._meta.db_column_name in rule.get_column_names() and column._meta.null
    }
    assert loose <= MEANT, loose - MEANT


MEANT = {
    "job_key",
    "replacement_successor_once",
    "replacement_withdrawn_once",
    "roll_entry_nik_once",
    "roll_entry_person_once",
}
"""Unique rules that should let rows with an empty column be."""
