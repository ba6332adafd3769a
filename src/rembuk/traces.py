"""Personal numbers that must not be anywhere (I10): runs of 16 digits that could be a NIK, in tables and in files."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from piccolo.columns import Text, Varchar

from rembuk.database import engine, on_postgres
from rembuk.people.rules import is_nik

PIECE = 1 << 20
_OVERLAP = 64
_BEFORE, _AFTER = rb"(?<![0-9A-Za-z.+/])", rb"(?![0-9A-Za-z+/]|\.[0-9])"
_RUN = re.compile(_BEFORE + rb"(?:[0-9]{16}|[0-9]{4}(?:[ .-][0-9]{4}){3})" + _AFTER)
"""Alone or in groups of four; not a part of a hash, a key, a fraction or a longer number."""
_MICROSECONDS_OF_TWO_DAYS = 2 * 86_400 * 1_000_000


def numbers_in(data: bytes, clock: float | None = None) -> int:
    """How many runs of 16 digits in these bytes could be a NIK.

    A number of microseconds within two days of the given clock (seconds since 1970) is a time, not a person.
    """
    return sum(1 for found in _RUN.finditer(data) if _is_somebody(found[0], clock))


def _is_somebody(run: bytes, clock: float | None) -> bool:
    digits = re.sub(rb"[^0-9]", b"", run).decode()
    near = clock is not None and abs(int(digits) - clock * 1_000_000) < _MICROSECONDS_OF_TWO_DAYS
    return is_nik(digits) and not near


async def in_tables() -> list[str]:
    """Where such a number stands in the open database: the column and how many rows, never the number."""
    found: Counter[str] = Counter()
    for sql in _searches(on_postgres()):
        for row in await engine().run(sql):
            found[row["name"]] += numbers_in(row["text"].encode()) > 0
    return [f"{number} rows of {name} hold 16 digits" for name, number in sorted(found.items()) if number]


@cache
def _searches(postgres: bool) -> list[str]:
    """One statement a table: its texts with enough digits in a row; the database leaves the rest at home."""
    from rembuk.piccolo_app import all_tables  # late: it reads every room's tables

    four = "[0-9]" * 4
    holds = "~ '[0-9]{16}|([0-9]{4}[ .-]){3}[0-9]{4}'"
    either = f"GLOB '*{four * 4}*' OR {{}} GLOB '*{four}?{four}?{four}?{four}*'"
    statements: list[str] = []
    for table in all_tables():
        parts = []
        for column in (each for each in table._meta.columns if isinstance(each, Text | Varchar)):
            quoted, name = f'"{column._meta.db_column_name}"', table._meta.tablename
            where = f"{quoted} {holds if postgres else either.format(quoted)}"
            # every name is a table's or a column's own, out of our code
            parts.append(
                f"SELECT '{name}.{column._meta.db_column_name}' AS name, {quoted} AS text FROM \"{name}\" WHERE {where}"  # noqa: S608
            )
        statements += [" UNION ALL ".join(parts)] if parts else []
    return statements


def in_files(folder: Path) -> list[str]:
    """Where such a number stands in a file or the files of a folder (.gz is opened): path and how often."""
    paths = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
    counted = ((path, _in_file(path)) for path in paths)
    return [f"{path}: {number} runs of 16 digits that could be a NIK" for path, number in counted if number]


def _in_file(path: Path) -> int:
    clock = path.stat().st_mtime
    return sum(numbers_in(piece, clock) for piece in _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces cut where no number can be: after the last white space or NUL of each, when there is one."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        rest = b""
        while data := file.read(PIECE):
            whole = rest + data
            cut = max((whole.rfind(end) for end in (b"\n", b"\0", b" ", b",")), default=-1)
            cut = cut if cut > len(whole) - PIECE // 2 else len(whole) - _OVERLAP
            yield whole[:cut]
            rest = whole[cut:]
        yield rest
