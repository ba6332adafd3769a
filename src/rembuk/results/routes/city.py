"""/hasil/kota: what every kecamatan left over, who got it in the city round, and who waits on the reserve list."""

from rembuk.results import store
from rembuk.results.documents import CITY
from rembuk.results.routes.asked import Slug, cycle_asked, file, quoted
from rembuk.web.currency import shown_in
from rembuk.web.guards import PUBLIC
from rembuk.web.i18n import language
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

MOST_ROWS = 40
"""Longer lists are cut on the page, for its weight; the files hold everything."""


@get("/hasil/kota", guard=PUBLIC)
async def city(request: Request, siklus: Slug = None) -> Response:
    """The city round and the reserve list of a published cycle."""
    chosen = await cycle_asked(siklus)
    found = await store.city_round(chosen.id, await store.named(chosen), language())
    with shown_in(chosen.currency):
        return page(
            request,
            "results/city.html",
            public=True,
            cycle=chosen,
            city=found,
            happened=await store.happened(chosen.id),
            most=MOST_ROWS,
            query=f"?siklus={chosen.slug}",
        )


@get("/hasil/kota/langkah.json", guard=PUBLIC)
async def steps_file(siklus: Slug = None) -> Response:
    """The city's document: what was left over, the line, every step, the reserve list."""
    chosen = await cycle_asked(siklus)
    text = await store.count_document(chosen.id, CITY)
    return file(text, "application/json", f"putaran-kota-{chosen.slug}.json")


@get("/hasil/kota/urutan.csv", guard=PUBLIC)
async def table(siklus: Slug = None) -> Response:
    """The line of the city round as a table."""
    chosen = await cycle_asked(siklus)
    found = await store.city_round(chosen.id, await store.named(chosen))
    rows: list[list[object]] = [["kecamatan", "judul", "tempat", "biaya", "dipilih", "pemilih", "nasib", "alasan"]]
    for fate, lines in (("didanai", found.funded), ("cadangan", found.reserve), ("tidak", found.passed)):
        for each in lines:
            said = f"{fate} {each.reserve}" if each.reserve else fate
            cells = [each.district, each.title, each.place, each.cost, each.approvals, each.ballots, said, each.why]
            rows.append([*cells])
    return file(quoted(rows), "text/csv; charset=utf-8", f"putaran-kota-{chosen.slug}.csv")


HANDLERS = [city, steps_file, table]
