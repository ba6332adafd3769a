"""Small public pages to read: how safe the vote is, the children's vote, what words mean, personal data, downloads."""

from rembuk.board import store as board
from rembuk.cycles import store as cycles
from rembuk.front.children import childrens_results, childrens_round
from rembuk.front.glossary import TERMS
from rembuk.places import store as places
from rembuk.results.store.destroying import is_destroyed
from rembuk.voting import store as voting
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get


@get("/aman", guard=PUBLIC)
async def safety_page(request: Request) -> Response:
    """What the vote promises, how each promise can be checked, and what is not promised."""
    cycle = await cycles.current_cycle()
    election = await cycles.find_election(cycle.id) if cycle else None
    return page(
        request,
        "front/safety.html",
        public=True,
        cycle=cycle,
        election=election,
        held=await voting.ceremony_of(election.id) if election else None,
        witnesses=await board.witness_lines(),
        destroyed=await is_destroyed(election.id) if election else False,
    )


@get("/anak", guard=PUBLIC)
async def children_page(request: Request) -> Response:
    """Suara Anak: who votes, on which money, how it stays secret, how many have voted, where the result is."""
    shown, result = await childrens_round(), await childrens_results()
    return page(request, "front/children.html", public=True, round=shown, result=result)


@get("/istilah", guard=PUBLIC)
async def glossary_page(request: Request) -> Response:
    """Every term with its plain twin."""
    return page(request, "front/glossary.html", public=True, terms=TERMS)


@get("/privasi", guard=PUBLIC)
async def privacy_page(request: Request) -> Response:
    """Which personal data is kept, why, how long, and what one may ask for."""
    return page(request, "front/privacy.html", public=True)


@get("/data", guard=PUBLIC)
async def data_page(request: Request) -> Response:
    """Everything that can be taken along, with its form and its licence."""
    cycle = await cycles.current_cycle()
    kecamatan = sorted(await places.kecamatan_list(), key=lambda area: area.name)
    return page(request, "front/data.html", public=True, cycle=cycle, kecamatan=kecamatan)


HANDLERS = [safety_page, children_page, glossary_page, privacy_page, data_page]
