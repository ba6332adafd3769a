"""/hasil: every district as a small ribbon, one district in full, its replay, its files."""

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
from rembuk.results.routes.asked import Slug, chosen_of, file, published_cycles, quoted, shown
from rembuk.results.rules import Refusal
from rembuk.results.shown import DistrictResult
from rembuk.results.store.reading import DistrictLine
from rembuk.results.store.succeeding import Happened
from rembuk.results.store.swearing import sworn_words
from rembuk.web.currency import shown_in
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

StepNumber = Annotated[int | None, QueryParameter(name="langkah", ge=1, le=100_000)]


@get("/hasil", guard=PUBLIC)
async def overview(request: Request, siklus: Slug = None) -> Response:
    """Every district of a published cycle: ribbon, turnout, winners; the newest of ours unless another is named."""
    finished = await published_cycles()
    chosen = await chosen_of(siklus, finished)
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
            cost=sum(line.cost for line in lines) + sum(line.from_city for line in lines),
            from_city=sum(line.from_city for line in lines),
            city_round=await store.city_round_kind(chosen.id),
            ballots=sum(line.ballots for line in lines),
            eligible=sum(line.eligible for line in lines),
        )


@get("/hasil/{district:str}", guard=PUBLIC)
async def district(request: Request, district: str, siklus: Slug = None, langkah: StepNumber = None) -> Response:
    """One district: winners as a waterfall, reasons, what lost, replay, other rules, files."""
    chosen, result = await shown(district, siklus)
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
            happened=await _happened_here(chosen, result),
            objections_over=any(each.kind is PhaseKind.RESULTS and each.is_over for each in phases),
            map=await _turnout_map(chosen, lines),
            query=f"?siklus={chosen.slug}",
            sworn=await sworn_words(chosen.id, [result.area, *(each.box for each in result.fences if each.box)]),
        )


@get("/hasil/{district:str}/hasil.csv", guard=PUBLIC)
async def table(district: str, siklus: Slug = None) -> Response:
    """The result of one district as a table; always quoted, with a BOM for spreadsheets."""
    chosen, result = await shown(district, siklus)
    rows: list[list[object]] = [
        ["urutan", "usulan", "judul", "isu", "tempat", "biaya", "suara", "didanai", "alasan", "cara"]
    ]
    for nth, each in enumerate((*result.winners, *result.losers), 1):
        said = ["ya" if each.funded else "tidak", each.why, each.how]
        rows.append(
            [nth if each.funded else "", each.id, each.title, each.issue, each.place, each.cost, each.votes, *said]
        )
    return file(quoted(rows), "text/csv; charset=utf-8", f"hasil-{chosen.slug}-{district}.csv")


@get("/hasil/{district:str}/langkah.json", guard=PUBLIC)
async def steps_file(district: str, siklus: Slug = None) -> Response:
    """Every step of the count, as canonical JSON."""
    chosen, result = await shown(district, siklus)
    text = await store.count_document(chosen.id, result.area)
    return file(text, "application/json", f"langkah-{chosen.slug}-{district}.json")


@get("/hasil/{district:str}/suara.pb", guard=PUBLIC)
async def ballots_file(district: str, siklus: Slug = None) -> Response:
    """Every ballot without a name, when there are enough of them to hide in (trust.md 4.7)."""
    chosen, result = await shown(district, siklus)
    text = await store.ballots_text(chosen.id, result.area)
    return file(text, "text/plain; charset=utf-8", f"suara-{chosen.slug}-{district}.pb")


@get("/hasil/{district:str}/anak.pb", guard=PUBLIC)
async def children_file(district: str, siklus: Slug = None) -> Response:
    """Every ballot of the district's children, without a name, under the same bound."""
    chosen, result = await shown(district, siklus)
    text = await store.ballots_text(chosen.id, next((fence.box for fence in result.fences if fence.box), ""))
    return file(text, "text/plain; charset=utf-8", f"suara-anak-{chosen.slug}-{district}.pb")


async def _happened_here(cycle: Cycle, result: DistrictResult) -> list[Happened]:
    """What happened after the result to projects of a district."""
    here = {each.id for each in (*result.winners, *result.losers)}
    deeds = await store.happened(cycle.id) if cycle.kind == "round" else []
    return [deed for deed in deeds if here & {deed.project, deed.successor}]


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


HANDLERS = [overview, district, table, steps_file, ballots_file, children_file]
