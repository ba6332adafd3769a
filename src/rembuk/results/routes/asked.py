"""What an address of a result page asks for: the cycle, the district, and files with honest names."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated

from litestar.params import QueryParameter

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import Refused
from rembuk.results import store
from rembuk.results.rules import Refusal
from rembuk.results.shown import DistrictResult
from rembuk.web.i18n import language
from rembuk.web.routing import Response

Slug = Annotated[str | None, QueryParameter(name="siklus", max_length=80)]


async def published_cycles() -> list[Cycle]:
    """Cycles with a published result, as the list of cycles orders them."""
    published = set(await store.finished_cycles())
    return [cycle for cycle in await cycles.cycles() if cycle.id in published]


async def chosen_of(slug: str | None, finished: list[Cycle]) -> Cycle | None:
    """The cycle named, else the newest of ours, else of all; None when there is none; Refused(NO_RESULT)."""
    if slug:
        named = next((cycle for cycle in finished if cycle.slug == slug), None)
        if named is None:
            raise Refused(Refusal.NO_RESULT)
        return named
    return next((cycle for cycle in finished if cycle.kind == "round"), finished[0] if finished else None)


async def cycle_asked(siklus: str | None) -> Cycle:
    """The cycle an address names; Refused(NO_RESULT)."""
    chosen = await chosen_of(siklus, await published_cycles())
    if chosen is None:
        raise Refused(Refusal.NO_RESULT)
    return chosen


async def shown(district: str, siklus: str | None) -> tuple[Cycle, DistrictResult]:
    """A cycle and one of its districts, ready to show in the viewer's language; Refused(NO_RESULT)."""
    chosen = await cycle_asked(siklus)
    for area, (name, slug) in (await store.named(chosen)).items():
        if slug == district:
            return chosen, await store.district_result(chosen.id, area, name, slug, language())
    raise Refused(Refusal.NO_RESULT)


def plain(cell: object) -> object:
    """A cell that a spreadsheet reads as text, never as a formula (trust.md 8)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r\n＝＋－＠" and cell else cell


def quoted(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV: always quoted, with a BOM for spreadsheets."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [plain(cell) for cell in row] for row in rows
    )
    return "\ufeff" + out.getvalue()


def file(text: str, kind: str, name: str, *, shared: bool = True) -> Response:
    """A file to keep under its name; a public one, unless only the viewer may have it."""
    keeping = "public, max-age=300" if shared else "no-store"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": keeping}
    return Response(text.encode(), media_type=kind, headers=headers)
