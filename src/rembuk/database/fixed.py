"""Statements written out once, for paths so hot that building a query costs more than running it."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from rembuk.database.current import Row, engine, on_postgres


class Fixed:
    """One statement for both engines: `{}` stands for each argument; `locks` is added on PostgreSQL only.

    On SQLite the one writer is lock enough.
    """

    __slots__ = ("_postgres", "_sqlite")

    def __init__(self, sql: str, *, locks: str = "") -> None:
        text, number = " ".join(sql.split()), count(1)
        self._sqlite = text.replace("{}", "?")
        self._postgres = "".join(_numbered(text, number)) + (f" {locks}" if locks else "")

    async def __call__(self, *arguments: Any) -> list[Row]:
        """Run it in the transaction of this task, if there is one; rows as dicts by column name."""
        rows: list[Row] = await engine().run(self._postgres if on_postgres() else self._sqlite, arguments)
        return rows


@lru_cache(512)
def fixed(sql: str) -> Fixed:
    """The statement with this text, written out when it is first asked: for filters that come in a few shapes."""
    return Fixed(sql)


def _numbered(text: str, number: Iterator[int]) -> Iterator[str]:
    first, *rest = text.split("{}")
    yield first
    for part in rest:
        yield f"${next(number)}"
        yield part
