"""One work or good of the catalogue, and how people look for it. Pure."""

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rembuk.errors import N_, Reason


class Refusal(Reason):
    """Why the catalogue says no."""

    BROKEN = (422, N_("Daftar harga rusak di baris {line}: harga harus angka bulat lebih dari nol."))


@dataclass(frozen=True)
class Item:
    """A work or good with its unit and unit price in whole rupiah of one year."""

    key: str
    name: str
    unit: str
    unit_price: int
    year: int
    issue: str = ""
    illustrative: bool = False


class BadLine(ValueError):
    """A line of a price list cannot be read; `line` is its number, the heading being 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


ILLUSTRATIVE = "unit_price_idr_illustrative"


def read_prices(lines: Iterable[str], year: int) -> tuple[Item, ...]:
    """The items of a CSV price list: key,item,unit,unit_price_idr(_illustrative); raises BadLine."""
    reader = csv.DictReader(lines)
    return tuple(_item(row, number, year) for number, row in enumerate(reader, start=2))


def _item(row: dict[str, str], line: int, year: int) -> Item:
    illustrative = ILLUSTRATIVE in row
    price = (row[ILLUSTRATIVE] if illustrative else row.get("unit_price_idr")) or ""
    if not (price.isascii() and price.isdecimal() and int(price) > 0 and row["key"] and row["item"]):
        raise BadLine(line)
    return Item(row["key"], row["item"], row["unit"], int(price), year, row.get("issue", ""), illustrative)


def folded(text: str) -> str:
    """Text without case and accents, for looking up."""
    marks = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in marks if not unicodedata.combining(mark))


def matching(items: Iterable[Item], query: str) -> tuple[Item, ...]:
    """The items whose name or unit holds every word of the query, by name."""
    words = folded(query).split()
    found = [item for item in items if all(word in folded(f"{item.name} {item.unit}") for word in words)]
    return tuple(sorted(found, key=lambda item: folded(item.name)))
