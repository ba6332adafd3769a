"""/hasil: every district as a small ribbon, one district in full, its replay, its files."""

import csv
import io
from typing import Annotated

from litestar.params import QueryParameter

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, PhaseKind
from rembuk.errors import Refused
from rembuk.money import percent
from rembuk.places import store as places
from rembuk.places.maps import Map, area_map
from rembuk.places.rules import Level
from rembuk.proposals.outlines import coarse_map
from rembuk.results import store
from rembuk.results.rules import Refusal
from rembuk.results.shown import DistrictResult
from rembuk.results.store.reading import DistrictLine
from rembuk.web.currency import shown_in
from rembuk.web.guards import PUBLIC
from rembuk.web.i18n import language
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

Slug = Annotated[str | None, QueryParameter(name="siklus", max_length=80)]
StepNumber = Annotated[int | None, QueryParameter(name="langkah", ge=1, le=100_000)]


@get("/hasil", guard=PUBLIC)
async def overview(request: Request, siklus: Slug = None) -> Response:
    """Every district of a published cycle: ribbon, turnout, winners; the newest of ours unless another is named."""
    finished = await _finished()
    chosen = await _chosen(siklus, finished)
    if chosen is None:
        return page(request, "results/none.html", public=True)
    lines = await store.districts(chosen.id, await store.named(chosen))
    with shown_in(chosen.currency):
        return page(
            request,
            "results/overview.html",
            public=True,
            cycle=chosen,
            cycles=finished,
            lines=lines,
            map=await _turnout_map(chosen, lines),
            budget=sum(line.ceiling for line in lines),
            cost=sum(line.cost for line in lines),
            ballots=sum(line.ballots for line in lines),
            eligible=sum(line.eligible for line in lines),
        )


@get("/hasil/{district:str}", guard=PUBLIC)
async def district(request: Request, district: str, siklus: Slug = None, langkah: StepNumber = None) -> Response:
    """One district: winners as a waterfall, reasons, what lost, replay, other rules, files."""
    chosen, result = await _result(district, siklus)
    steps = len(result.steps)
    number = langkah or 1
    if steps and number > steps:
        raise Refused(Refusal.NO_SUCH_STEP)
    lines = await store.districts(chosen.id, await store.named(chosen))
    phases = await cycles.phases(chosen.id)
    with shown_in(chosen.currency):
        return page(
            request,
            "results/district.html",
            public=True,
            cycle=chosen,
            result=result,
            step=result.steps[number - 1] if steps else None,
            steps=steps,
            objections_over=any(each.kind is PhaseKind.RESULTS and each.is_over for each in phases),
            map=await _turnout_map(chosen, lines),
            query=f"?siklus={chosen.slug}",
        )


@get("/hasil/{district:str}/hasil.csv", guard=PUBLIC)
async def table(district: str, siklus: Slug = None) -> Response:
    """The result of one district as a table; always quoted, with a BOM for spreadsheets."""
    chosen, result = await _result(district, siklus)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["urutan", "usulan", "judul", "isu", "tempat", "biaya", "suara", "didanai", "alasan"])
    for nth, each in enumerate((*result.winners, *result.losers), 1):
        cells = [each.title, each.issue, each.place, each.cost, each.votes, "ya" if each.funded else "tidak", each.why]
        writer.writerow([nth if each.funded else "", _plain(each.id), *(_plain(cell) for cell in cells)])
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"hasil-{chosen.slug}-{district}.csv")


@get("/hasil/{district:str}/langkah.json", guard=PUBLIC)
async def steps_file(district: str, siklus: Slug = None) -> Response:
    """Every step of the count, as canonical JSON."""
    chosen, result = await _result(district, siklus)
    text = await store.count_document(chosen.id, result.area)
    return _file(text, "application/json", f"langkah-{chosen.slug}-{district}.json")


@get("/hasil/{district:str}/suara.pb", guard=PUBLIC)
async def ballots_file(district: str, siklus: Slug = None) -> Response:
    """Every ballot without a name, when there are enough of them to hide in (trust.md 4.7)."""
    chosen, result = await _result(district, siklus)
    text = await store.ballots_text(chosen.id, result.area)
    return _file(text, "text/plain; charset=utf-8", f"suara-{chosen.slug}-{district}.pb")


async def _finished() -> list[Cycle]:
    published = set(await store.finished_cycles())
    return [cycle for cycle in await cycles.cycles() if cycle.id in published]


async def _chosen(slug: str | None, finished: list[Cycle]) -> Cycle | None:
    if slug:
        named = next((cycle for cycle in finished if cycle.slug == slug), None)
        if named is None:
            raise Refused(Refusal.NO_RESULT)
        return named
    return next((cycle for cycle in finished if cycle.kind == "round"), finished[0] if finished else None)


async def _result(district: str, siklus: str | None) -> tuple[Cycle, DistrictResult]:
    chosen = await _chosen(siklus, await _finished())
    if chosen is None:
        raise Refused(Refusal.NO_RESULT)
    for area, (name, slug) in (await store.named(chosen)).items():
        if slug == district:
            return chosen, await store.district_result(chosen.id, area, name, slug, language())
    raise Refused(Refusal.NO_RESULT)


async def _turnout_map(cycle: Cycle, lines: list[DistrictLine]) -> Map | None:
    if cycle.kind != "round":
        return None
    tenths = {line.area: line.ballots * 1000 // line.eligible for line in lines if line.eligible}
    slugs = {line.area: line.slug for line in lines}
    drawn = area_map(
        await places.atlas(),
        Level.KECAMATAN,
        tenths,
        href=lambda area: f"/hasil/{slugs[area.code]}?siklus={cycle.slug}" if area.code in slugs else "",
        words=lambda amount: percent(amount, 1000),
    )
    return coarse_map(drawn)


def _plain(cell: object) -> object:
    """A cell that a spreadsheet reads as text, never as a formula (trust.md 8)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r\n＝＋－＠" and cell else cell


def _file(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "public, max-age=300"}
    return Response(text.encode(), media_type=kind, headers=headers)


HANDLERS = [overview, district, table, steps_file, ballots_file]
