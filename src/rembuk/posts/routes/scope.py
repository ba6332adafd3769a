"""Who stands before a post's page: the official of its kecamatan, or an officer on shift there today."""

from typing import Any
from uuid import UUID

from rembuk.posts import store
from rembuk.posts.rules import PostFacts, kecamatan_of
from rembuk.web.guards import FACILITATOR, OFFICIAL, viewer
from rembuk.web.routing import Request


async def area_of_post(request: Any) -> str:
    """The kecamatan of the post in the path; Refused(NO_SUCH_POST)."""
    return kecamatan_of((await store.post_of(request.path_params["post"])).district)


ITS_OFFICIAL = OFFICIAL.within(area_of_post)
OFFICER = FACILITATOR | OFFICIAL
"""Whoever may have a shift; which post opens is asked of the shifts (K3)."""


def person_of(request: Request) -> UUID:
    """The person behind the request; the guard lets nobody else in."""
    person = viewer(request).person
    assert person is not None
    return person


async def my_post(request: Request, post: UUID) -> PostFacts:
    """The post, for an officer with a shift there today; 404 for everybody else."""
    return await store.on_duty(post, person_of(request))
