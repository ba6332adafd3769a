"""What can go wrong in a database: which faults pass by trying again, and which constraint was broken."""

import re
import sqlite3
from typing import Any

from rembuk.database.current import engine, on_postgres
from rembuk.database.sqlite import Rows, Sqlite
from rembuk.database.writer import CommitFailed, is_busy
from rembuk.errors import N_, Reason, Refused

_kinds: list[type[Exception]] = [sqlite3.Error]
_passing: list[type[Exception]] = []
_reasons: dict[str, Reason] = {}

_STATES = frozenset({"40001", "40P01", "57P01", "57P02", "57P03"})


class Trouble(Reason):
    """The database itself could not do it; nothing the person did is at fault."""

    NOT_RECORDED = (503, N_("Belum tercatat karena sistem sedang padat. Coba lagi."))
    UNSURE = (503, N_("Belum pasti tercatat. Buka lagi halaman ini untuk memeriksa, lalu coba lagi."))
    UNREACHABLE = (503, N_("Basis data sedang tidak dapat dihubungi. Coba lagi sebentar lagi."))


def also(kind: type[Exception], *, passing: bool = False) -> None:
    """Count this kind among database faults (and those that pass): asyncpg is only imported when used."""
    _kinds.append(kind)
    if passing:
        _passing.append(kind)


def faults() -> tuple[type[Exception], ...]:
    """Every kind of database fault, for an except clause."""
    return tuple(_kinds)


def passes(fault: BaseException) -> bool:
    """Whether trying the whole transaction again may succeed: SQLITE_BUSY, 40001, 40P01, connection lost."""
    if isinstance(fault, CommitFailed):
        return is_busy(fault.__cause__)
    state = getattr(fault, "sqlstate", None) or ""
    if state in _STATES or state.startswith("08"):
        return True
    return is_busy(fault) or isinstance(fault, tuple(_passing))


def refuses(constraint: str, reason: Reason) -> None:
    """A broken constraint of this name is this refusal; called beside the table that declares it."""
    _reasons[constraint] = reason


def refusal(fault: BaseException) -> Refused | None:
    """The refusal a broken constraint stands for, if its table named one."""
    reason = _reasons.get(constraint_of(fault) or "")
    return Refused(reason) if reason else None


def constraint_of(fault: BaseException) -> str | None:
    """Name of the broken constraint, the same on both engines; SQLite does not name foreign keys: None.

    Unnamed ones get PostgreSQL's names: table_pkey, table_column_key, table_column_not_null; an append-only
    table refuses with table_append_only.
    """
    if isinstance(fault, CommitFailed):
        return constraint_of(fault.__cause__) if fault.__cause__ else None
    if isinstance(fault, sqlite3.IntegrityError):
        return _of_sqlite(str(fault))
    if getattr(fault, "sqlstate", None) == "23502":
        named: Any = fault
        return f"{named.table_name}_{named.column_name}_not_null"
    return getattr(fault, "constraint_name", None)


def _of_sqlite(message: str) -> str | None:
    kind, _, rest = message.partition(": ")
    if kind == "append-only":
        return f"{rest}_append_only"
    if kind == "CHECK constraint failed":
        return rest
    if kind == "NOT NULL constraint failed":
        return rest.replace(".", "_") + "_not_null"
    if kind != "UNIQUE constraint failed":
        return None
    if rest.startswith("index "):
        return rest.removeprefix("index ").strip("'")
    table = rest.partition(".")[0]
    return _unique_name(table, [part.rpartition(".")[2] for part in rest.split(", ")])


def _unique_name(table: str, columns: list[str]) -> str | None:
    """The name under which a table declares these columns unique."""
    if on_postgres():
        return None
    lite: Sqlite = engine()
    listed = ", ".join(f'"{column}"' for column in columns)
    for made in lite.look("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table):
        if named := re.search(r'CONSTRAINT "(\w+)" UNIQUE ' + re.escape(f"({listed})"), made["sql"]):
            return named[1]
    for index in lite.look(f'PRAGMA index_list("{table}")'):
        if index["unique"] and columns == _columns(lite.look(f'PRAGMA index_info("{index["name"]}")')):
            named_index = index["origin"] == "c"
            suffix = "pkey" if index["origin"] == "pk" else "_".join([*columns, "key"])
            return str(index["name"]) if named_index else f"{table}_{suffix}"
    return None


def _columns(info: Rows) -> list[str]:
    return [row["name"] for row in info]
