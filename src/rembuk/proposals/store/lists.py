"""The list of proposals: one page of it with all its counts, in three statements that both engines read."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from rembuk.database import Row, apart, fixed
from rembuk.proposals.listing import (
    PRIME,
    Counts,
    Filters,
    Group,
    Listing,
    Order,
    counts_of,
    page_count,
)
from rembuk.proposals.rules import Card, Status
from rembuk.proposals.store.rows import card_of

Clause = tuple[str, list[Any]]
# Checked cost where there is one; the same expression is filtered, sorted, summed and shown.
_COST = "COALESCE(p.reviewed_cost, p.cost)"
_PHOTO = "(SELECT f.file FROM proposal_photo f WHERE f.proposal = p.id ORDER BY f.nth LIMIT 1) AS photo"
_CARD = (
    "p.id, p.number, p.title, p.issue, p.state, p.outcome, p.rw, p.endorsement_count, p.comment_count,"
    f" p.simulated, {_COST} AS cost, {_PHOTO}"
)
_BY_STATUS = {
    Status.SENT: "p.outcome = '' AND p.state = 'sent'",
    Status.ON_BALLOT: "p.outcome = '' AND p.state IN ('feasible', 'feasible_changed')",
    Status.FUNDED: "p.outcome = 'funded'",
    Status.RESERVE: "p.outcome = 'reserve'",
    Status.NOT_FUNDED: "p.outcome = 'not_funded'",
    Status.MERGED: "p.outcome = '' AND p.state = 'merged'",
    Status.INFEASIBLE: "p.outcome = '' AND p.state = 'infeasible'",
    Status.WITHDRAWN: "p.outcome = '' AND p.state = 'withdrawn'",
}
_ORDERS = {
    Order.ENDORSED: "p.endorsement_count DESC, p.number",
    Order.DISCUSSED: "p.comment_count DESC, p.number",
    Order.CHEAPEST: f"{_COST}, p.number",
    Order.DEAREST: f"{_COST} DESC, p.number",
    Order.NEWEST: "p.number DESC",
}
_AREA_COLUMN = {3: "p.kecamatan", 4: "p.kelurahan", 5: "p.rw"}


async def _asked(sql: str, *arguments: Any) -> list[Row]:
    return await fixed(sql)(*arguments)


def _joined(parts: Iterable[Clause]) -> Clause:
    texts, arguments = [], []
    for text, given in parts:
        texts.append(f"({text})")
        arguments += given
    return " AND ".join(texts), arguments


def _visible(filters: Filters) -> list[Clause]:
    """What holds for every question: this cycle, sent, not hidden, words and cost."""
    parts: list[Clause] = [("p.cycle = {} AND p.state <> 'draft' AND NOT p.hidden", [filters.cycle])]
    for word in filters.words:
        escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        parts.append(("p.search_text LIKE {} ESCAPE '!'", [f"%{escaped}%"]))
    if filters.cheapest is not None:
        parts.append((f"{_COST} >= CAST({{}} AS BIGINT)", [filters.cheapest]))
    if filters.dearest is not None:
        parts.append((f"{_COST} <= CAST({{}} AS BIGINT)", [filters.dearest]))
    return parts


def _in_area(filters: Filters) -> list[Clause]:
    column = _AREA_COLUMN.get(filters.area.count(".") + 1)
    return [(f"{column} = {{}}", [filters.area])] if column else []


def _kinds(filters: Filters) -> list[Clause]:
    parts: list[Clause] = []
    if filters.issues:
        holes = ", ".join(["{}"] * len(filters.issues))
        parts.append((f"p.issue IN ({holes})", [issue.value for issue in filters.issues]))
    if filters.statuses:
        parts.append((" OR ".join(f"({_BY_STATUS[status]})" for status in filters.statuses), []))
    return parts


def _ordered(order: Order, lot: tuple[int, int]) -> Clause:
    if order is not Order.RANDOM:
        return _ORDERS[order], []
    drawn = f"((CAST(p.number AS BIGINT) * CAST({{}} AS BIGINT) + CAST({{}} AS BIGINT)) % {PRIME})"
    return f"{drawn} * {drawn} % {PRIME} * {drawn} % {PRIME}, p.number", [*lot, *lot, *lot]


async def listing(filters: Filters, order: Order, page: int, size: int, lot: tuple[int, int]) -> Listing:
    """One page of the list with the counts beside every filter; a page beyond the last gives the last."""
    counted = await counts(filters)
    pages = page_count(counted.total, size)
    page = min(max(page, 1), pages)
    cards = await _cards(filters, order, lot, size, (page - 1) * size) if counted.total else ()
    return Listing(cards, counted, await count_by_kecamatan(filters), page, pages)


async def _cards(filters: Filters, order: Order, lot: tuple[int, int], size: int, start: int) -> tuple[Card, ...]:
    where, arguments = _joined([*_visible(filters), *_in_area(filters), *_kinds(filters)])
    ordered, more = _ordered(order, lot)
    rows = await _asked(
        f"SELECT {_CARD} FROM proposal p WHERE {where} ORDER BY {ordered} LIMIT {{}} OFFSET {{}}",  # noqa: S608
        *arguments,
        *more,
        size,
        start,
    )
    return tuple(card_of(row) for row in rows)


async def counts(filters: Filters) -> Counts:
    """The counts beside every filter and of the whole answer, in one statement."""
    where, arguments = _joined([*_visible(filters), *_in_area(filters)])
    rows = await _asked(
        f"SELECT p.issue, p.state, p.outcome, COUNT(*) AS count, CAST(SUM({_COST}) AS BIGINT) AS cost"  # noqa: S608
        f" FROM proposal p WHERE {where} GROUP BY p.issue, p.state, p.outcome",
        *arguments,
    )
    return counts_of([Group(**row) for row in rows], filters.issues, filters.statuses)


async def count_by_kecamatan(filters: Filters) -> dict[str, int]:
    """How many proposals each kecamatan has under these filters, whatever area is chosen."""
    where, arguments = _joined([*_visible(filters), *_kinds(filters)])
    rows = await _asked(
        f"SELECT p.kecamatan, COUNT(*) AS count FROM proposal p WHERE {where} GROUP BY p.kecamatan",  # noqa: S608
        *arguments,
    )
    return {row["kecamatan"]: row["count"] for row in rows}


async def count_by_kelurahan(filters: Filters) -> dict[str, int]:
    """How many proposals each kelurahan of the chosen kecamatan has under these filters."""
    kecamatan = replace(filters, area=".".join(filters.area.split(".")[:3]))
    where, arguments = _joined([*_visible(filters), *_in_area(kecamatan), *_kinds(filters)])
    rows = await _asked(
        f"SELECT p.kelurahan, COUNT(*) AS count FROM proposal p WHERE {where} GROUP BY p.kelurahan",  # noqa: S608
        *arguments,
    )
    return {row["kelurahan"]: row["count"] for row in rows}


@dataclass(frozen=True)
class Point:
    """A proposal on the map, in micro-degrees (WGS84)."""

    number: int
    title: str
    latitude_e6: int
    longitude_e6: int


async def points(filters: Filters, limit: int = 300) -> tuple[Point, ...]:
    """The proposals that have a point on the map, by number."""
    parts = [*_visible(filters), *_in_area(filters), *_kinds(filters), ("p.latitude_e6 IS NOT NULL", [])]
    where, arguments = _joined(parts)
    rows = await _asked(
        "SELECT p.number, p.title, p.latitude_e6, p.longitude_e6"  # noqa: S608
        f" FROM proposal p WHERE {where} ORDER BY p.number LIMIT {{}}",
        *arguments,
        limit,
    )
    return tuple(Point(**row) for row in rows)


async def cards(
    filters: Filters, order: Order = Order.NEWEST, limit: int = 500, lot: tuple[int, int] = (1, 0)
) -> tuple[Card, ...]:
    """The first cards of a list without its counts, in one statement."""
    return await _cards(filters, order, lot, limit, 0)


async def near(cycle: UUID, rw: str, limit: int = 3) -> tuple[Card, ...]:
    """Proposals around an RW: its own, then of its kelurahan, then of its kecamatan; most supported first."""
    kelurahan = rw.rpartition(".")[0]
    rows = await _asked(
        f"SELECT {_CARD} FROM proposal p"  # noqa: S608
        " WHERE p.cycle = {} AND NOT p.hidden AND p.kecamatan = {}"
        " AND p.state NOT IN ('draft', 'merged', 'withdrawn', 'infeasible')"
        " ORDER BY CASE WHEN p.rw = {} THEN 0 WHEN p.kelurahan = {} THEN 1 ELSE 2 END,"
        " p.endorsement_count DESC, p.number LIMIT {}",
        cycle,
        kelurahan.rpartition(".")[0],
        rw,
        kelurahan,
        limit,
    )
    return tuple(card_of(row) for row in rows)


async def costs_by_issue(cycle: UUID, kecamatan: str, on_ballot: bool) -> dict[str, tuple[int, int]]:
    """For each issue the count and cost of a kecamatan's visible proposals; "" is the whole city."""
    statuses = (Status.ON_BALLOT, Status.FUNDED, Status.RESERVE, Status.NOT_FUNDED) if on_ballot else ()
    filters = Filters(cycle, area=kecamatan, statuses=statuses)
    where, arguments = _joined([*_visible(filters), *_in_area(filters), *_kinds(filters)])
    rows = await _asked(
        f"SELECT p.issue, COUNT(*) AS count, CAST(SUM({_COST}) AS BIGINT) AS cost"  # noqa: S608
        f" FROM proposal p WHERE {where} GROUP BY p.issue",
        *arguments,
    )
    return {row["issue"]: (row["count"], row["cost"]) for row in rows}


async def every_card(filters: Filters, chunk: int = 500) -> AsyncIterator[Card]:
    """Every card of a list by number, read in chunks apart from the loop: for downloads."""
    last = 0
    where, arguments = _joined([*_visible(filters), *_in_area(filters), *_kinds(filters)])
    while True:
        with apart():
            rows = await _asked(
                f"SELECT {_CARD} FROM proposal p WHERE {where} AND p.number > {{}}"  # noqa: S608
                " ORDER BY p.number LIMIT {}",
                *arguments,
                last,
                chunk,
            )
        for row in rows:
            yield card_of(row)
        if len(rows) < chunk:
            return
        last = rows[-1]["number"]
