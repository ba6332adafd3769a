"""Turnout by RW: counted once a day, kept, and shown only as far as nobody is singled out."""

from datetime import date
from typing import Any
from uuid import UUID

from piccolo.query.functions import Count, Max

from rembuk.clock import local, now
from rembuk.cycles.tables import Election
from rembuk.database import transaction
from rembuk.people.tables import RollEntry
from rembuk.voting.rules import Turnout, publishable
from rembuk.voting.tables import RollMark, TurnoutFigure

CHUNK = 400


@transaction
async def refresh_turnout(election: UUID) -> date:
    """Count today's turnout of every RW, once a day; the day it stands for."""
    today = local(now()).date()
    mine = (TurnoutFigure.election == election) & (TurnoutFigure.day == today)
    if await TurnoutFigure.exists().where(mine):
        return today
    eligible, marked = await _eligible(election), await _marked(election)
    rows = [
        TurnoutFigure(
            election=election,
            kecamatan=".".join(rw.split(".")[:3]),
            rw=rw,
            day=today,
            marks=marked.get(rw, 0),
            eligible=count,
        )
        for rw, count in sorted(eligible.items())
    ]
    for start in range(0, len(rows), CHUNK):
        await TurnoutFigure.insert(*rows[start : start + CHUNK])
    return today


async def turnout_by_rw(election: UUID, kecamatan: str) -> tuple[date | None, list[Turnout]]:
    """The day and the turnout cells of a kecamatan that may be shown; RW too small to show are merged."""
    rows = await _figures(election, kecamatan)
    cells = [Turnout((row["rw"],), row["marks"], row["eligible"]) for row in rows]
    return (rows[0]["day"] if rows else None), publishable(cells)


async def turnout(election: UUID, kecamatan: str | None = None) -> tuple[date | None, Turnout]:
    """The day and the turnout of a kecamatan, or of the whole city."""
    rows = await _figures(election, kecamatan)
    areas = (kecamatan,) if kecamatan else ()
    whole = Turnout(areas, sum(row["marks"] for row in rows), sum(row["eligible"] for row in rows))
    return (rows[0]["day"] if rows else None), whole


async def _figures(election: UUID, kecamatan: str | None) -> list[dict[str, Any]]:
    newest = await TurnoutFigure.select(Max(TurnoutFigure.day, "day")).where(TurnoutFigure.election == election).first()
    if newest is None or newest["day"] is None:
        return []
    query = TurnoutFigure.select().where((TurnoutFigure.election == election) & (TurnoutFigure.day == newest["day"]))
    return await (query.where(TurnoutFigure.kecamatan == kecamatan) if kecamatan else query).order_by(TurnoutFigure.rw)


async def _eligible(election: UUID) -> dict[str, int]:
    row = await Election.select(Election.cycle).where(Election.id == election).first()
    cycle = row["cycle"] if row else None
    counted = (
        await RollEntry.select(RollEntry.rw, Count())
        .where((RollEntry.cycle == cycle) & (RollEntry.status == "active"))
        .group_by(RollEntry.rw)
    )
    return {each["rw"]: each["count"] for each in counted}


async def _marked(election: UUID) -> dict[str, int]:
    counted = (
        await RollMark.select(RollMark.roll.rw.as_alias("rw"), Count())
        .where(RollMark.election == election)
        .group_by(RollMark.roll.rw)
    )
    return {each["rw"]: each["count"] for each in counted}
