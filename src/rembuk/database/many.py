"""Many plain rows in one statement: a city's roll would take minutes as one object each."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from piccolo.table import Table

from rembuk.database.current import engine, on_postgres

VARIABLES = 8_000
"""Most values in one statement; both databases take several times as many."""


async def insert_many(table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as column name to value; ids are drawn, columns not named get their defaults."""
    columns = [column._meta for column in table._meta.columns]
    defaults = {column._meta.name: column.get_default_value() for column in table._meta.columns}
    names = ", ".join(f'"{column.db_column_name}"' for column in columns)
    size = VARIABLES // len(columns)
    for start in range(0, len(rows), size):
        some = [{**defaults, "id": uuid4(), **row} for row in rows[start : start + size]]
        values = [row[column.name] for row in some for column in columns]
        sql = f'INSERT INTO "{table._meta.tablename}" ({names}) VALUES {_marks(len(some), len(columns))}'  # noqa: S608
        await engine().run(sql, values)


def _marks(rows: int, columns: int) -> str:
    if not on_postgres():
        return ", ".join([f"({', '.join('?' * columns)})"] * rows)
    numbers = range(1, rows * columns + 1)
    groups = (numbers[start : start + columns] for start in range(0, len(numbers), columns))
    return ", ".join(f"({', '.join(f'${number}' for number in group)})" for group in groups)
