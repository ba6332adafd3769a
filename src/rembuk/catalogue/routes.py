"""The public page of the catalogue of works."""

from rembuk.catalogue import store
from rembuk.catalogue.rules import matching
from rembuk.settings import settings
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get


@get("/kamus-usulan", guard=PUBLIC)
async def list_page(request: Request, q: str = "") -> Response:
    """Works and goods with their units and prices, searched by name."""
    items = await store.items(settings().city)
    return page(
        request,
        "catalogue/list.html",
        public=True,
        query=q[:100],
        items=matching(items, q[:100]),
        total=len(items),
        year=items[0].year if items else None,
        illustrative=any(item.illustrative for item in items),
    )


HANDLERS = [list_page]
