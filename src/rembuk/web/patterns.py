"""/pola: every component on one page, the living style guide; made-up words and figures only."""

from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get


@get("/pola", guard=PUBLIC)
async def patterns(request: Request) -> Response:
    """Every component in its states."""
    return page(request, "patterns.html", public=True)


HANDLERS = [patterns]
