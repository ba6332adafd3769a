"""Support: one tap, undone by the same button; signed-out people sign in and it is done on the way back."""

from uuid import UUID

from rembuk.errors import Refused
from rembuk.proposals import store
from rembuk.proposals.rules import Refusal
from rembuk.proposals.shown import address_of
from rembuk.web.guards import PUBLIC, RESIDENT, viewer
from rembuk.web.pages import is_htmx, part, redirect
from rembuk.web.routing import Request, Response, get, post


def person_of(request: Request) -> UUID:
    """The person who acts; Refused(NEEDS_ACCOUNT) for somebody who came with a voter code only."""
    if (person := viewer(request).person) is None:
        raise Refused(Refusal.NEEDS_ACCOUNT)
    return person


@post("/usulan/{number:int}/dukung", guard=RESIDENT)
async def endorse(request: Request, number: int) -> Response:
    """Give support, once."""
    await store.endorse(number, person_of(request))
    return await _answer(request, number, True)


@post("/usulan/{number:int}/batal-dukung", guard=RESIDENT)
async def unendorse(request: Request, number: int) -> Response:
    """Take support back."""
    await store.unendorse(number, person_of(request))
    return await _answer(request, number, False)


async def _answer(request: Request, number: int, endorsed: bool) -> Response:
    detail = await store.detail(number)
    if is_htmx(request):
        return part(request, "proposals/_support.html", detail=detail, endorsed=endorsed, can_endorse=True)
    said = "Dukungan Anda tercatat." if endorsed else "Dukungan Anda sudah dicabut."
    return redirect(address_of(number, detail.title), flash=said)


@get("/usulan/{number:int}/dukung", guard=PUBLIC)
async def ask_to_endorse(request: Request, number: int) -> Response:
    """Where sign-in comes back to: one button that finishes the support."""
    detail = await store.detail(number)
    said = "Anda sudah masuk. Tekan Dukung untuk menyelesaikannya."
    return redirect(address_of(number, detail.title), flash=said, kind="info")


HANDLERS = [endorse, unendorse, ask_to_endorse]
