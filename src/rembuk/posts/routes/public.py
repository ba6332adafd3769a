"""/pos: where to vote on paper, and after the close what everybody may know of each post."""

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.places import store as places
from rembuk.posts import store
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import page
from rembuk.web.routing import Request, Response, get

_VOTING = (ElectionState.DRAFT, ElectionState.FROZEN, ElectionState.OPEN)


@get("/pos", guard=PUBLIC)
async def posts_page(request: Request) -> Response:
    """Posts by kecamatan with place and hours; figures only once voting is over (T17, K5)."""
    cycle = await cycles.current_cycle()
    election = await cycles.find_election(cycle.id) if cycle else None
    posts = await store.posts_of(election.id) if election else []
    over = election is not None and election.state not in _VOTING
    names = {box.code: box.name for box in (await store.agreement_of(election.id)).boxes} if posts and election else {}
    return page(
        request,
        "posts/public.html",
        public=True,
        cycle=cycle,
        groups=[(names[code], [each for each in posts if each.district == code]) for code in _codes(posts)],
        labels={rw: await places.label(rw) for each in posts for rw in each.rws},
        figures={each.post: each for each in await store.post_figures(election.id)} if over and election else {},
        channels=await store.turnout_by_channel(election.id) if over and election and posts else [],
        names=names,
        over=over,
    )


def _codes(posts: list[store.PostFacts]) -> list[str]:
    return sorted({each.district for each in posts})


HANDLERS = [posts_page]
