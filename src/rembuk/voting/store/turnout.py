"""Turnout by RW: counted once a day, kept, and shown only as far as nobody is singled out."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from piccolo.query.functions import Count, Max

from rembuk.clock import local, now
from rembuk.cycles.tables import Election
from rembuk.database import transaction
from rembuk.people.rules import CHILDREN, box_of
from rembuk.people.store import roll_counts
from rembuk.voting.daily import published
from rembuk.voting.rules import Turnout, is_safe
from rembuk.voting.tables import RollMark, TurnoutFigure

CHUNK = 400


@transaction
async def refresh_turnout(election: UUID) -> date:
    """Count today's turnout of every RW, and of every kecamatan's children apart, once a day; the day it stands for."""
    today = local(now()).date()
    mine = (TurnoutFigure.election == election) & (TurnoutFigure.day == today)
    if await TurnoutFigure.exists().where(mine):
        return today
    eligible, marked = await _eligible(election), await _marked(election)
    rows = [
        TurnoutFigure(
            election=election,
            kecamatan=_kecamatan(place),
            rw=place,
            day=today,
            marks=marked.get(place, 0),
            eligible=count,
        )
        for place, count in sorted(eligible.items())
    ]
    for start in range(0, len(rows), CHUNK):
        await TurnoutFigure.insert(*rows[start : start + CHUNK])
    return today


async def turnout_by_rw(election: UUID, kecamatan: str) -> tuple[date | None, list[Turnout]]:
    """The turnout cells of a kecamatan that may be shown, and the day they stand for; small RW are merged.

    Every day's table is looked at together, so that no earlier one tells what a later one hides (daily.py).
    """
    mine = (TurnoutFigure.election == election) & (TurnoutFigure.kecamatan == kecamatan)
    columns = (TurnoutFigure.day, TurnoutFigure.rw, TurnoutFigure.marks, TurnoutFigure.eligible)
    rows = await TurnoutFigure.select(*columns).where(mine).order_by(TurnoutFigure.day, TurnoutFigure.rw)
    days: dict[date, list[Turnout]] = {}
    for row in rows:
        days.setdefault(row["day"], []).append(Turnout((row["rw"],), row["marks"], row["eligible"]))
    at, cells = published(list(days.values()))
    return (list(days)[at] if days else None), cells


async def turnout(election: UUID, kecamatan: str | None = None) -> tuple[date | None, Turnout]:
    """The day and the turnout of a kecamatan, or of the whole city."""
    rows = await _figures(election, kecamatan)
    areas = (kecamatan,) if kecamatan else ()
    whole = Turnout(areas, sum(row["marks"] for row in rows), sum(row["eligible"] for row in rows))
    return (rows[0]["day"] if rows else None), whole


async def children_turnout(election: UUID, kecamatan: str) -> Turnout | None:
    """The turnout of a kecamatan's children; None before it is counted, or while it would single somebody out."""
    box = box_of(kecamatan, CHILDREN)
    rows = await _figures(election, box)
    cells = [Turnout((box,), row["marks"], row["eligible"]) for row in rows]
    return cells[0] if cells and is_safe(cells[0]) else None


async def beyond_the_roll(election: UUID) -> dict[str, int]:
    """RW (or boxes of children) with more marks than people on the roll, by how many: somebody stuffs (T1)."""
    more = Counter(await _marked(election)) - Counter(await _eligible(election))
    return dict(sorted(more.items()))


def _kecamatan(place: str) -> str:
    """What a figure belongs to: the kecamatan of an RW, a children's box itself."""
    return place if place.endswith(f".{CHILDREN}") else ".".join(place.split(".")[:3])


async def _figures(election: UUID, kecamatan: str | None) -> list[dict[str, Any]]:
    newest = await TurnoutFigure.select(Max(TurnoutFigure.day, "day")).where(TurnoutFigure.election == election).first()
    if newest is None or newest["day"] is None:
        return []
    query = TurnoutFigure.select().where((TurnoutFigure.election == election) & (TurnoutFigure.day == newest["day"]))
    mine = TurnoutFigure.kecamatan == kecamatan if kecamatan else TurnoutFigure.kecamatan.not_like(f"%.{CHILDREN}")
    return await query.where(mine).order_by(TurnoutFigure.rw)


async def _eligible(election: UUID) -> dict[str, int]:
    """How many may vote, by RW; children by the code of their box."""
    row = await Election.select(Election.cycle).where(Election.id == election).first()
    return await roll_counts(row["cycle"]) if row else {}


async def _marked(election: UUID) -> dict[str, int]:
    """How many have voted, in the same places."""
    columns = (RollMark.roll.rw, RollMark.roll.kecamatan, RollMark.roll.list)
    counted = (
        await RollMark.select(*(column.as_alias(column._meta.name) for column in columns), Count())
        .where(RollMark.election == election)
        .group_by(*columns)
    )
    marked: Counter[str] = Counter()
    for each in counted:
        child = each["list"] == CHILDREN
        marked[box_of(each["kecamatan"], CHILDREN) if child else each["rw"]] += each["count"]
    return marked
