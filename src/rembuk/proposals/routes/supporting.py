"""Support: one tap, undone by the same button; signed-out people sign in and it is done on the way back."""

from uuid import UUID

from rembuk.errors import N_, Refused
from rembuk.places import store as places
from rembuk.proposals import store
from rembuk.proposals.rules import STATUS_WORDS, Detail, Refusal, State, Status
from rembuk.proposals.shown import STATUS_KINDS, address_of
from rembuk.web.guards import PUBLIC, RESIDENT, SIGNED_IN, viewer
from rembuk.web.pages import is_htmx, page, part, redirect
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
    said = N_("Dukungan Anda tercatat.") if endorsed else N_("Dukungan Anda sudah dicabut.")
    return redirect(address_of(number, detail.title), flash=said)


@post("/usulan/{number:int}/ikuti", guard=RESIDENT)
async def follow(request: Request, number: int) -> Response:
    """Follow a proposal: messages tell what becomes of it."""
    await store.follow(number, person_of(request))
    return await _back(number, N_("Anda mengikuti usulan ini. Kabarnya tampil di akun Anda."))


@post("/usulan/{number:int}/batal-ikuti", guard=RESIDENT)
async def unfollow(request: Request, number: int) -> Response:
    """Follow it no more."""
    await store.unfollow(number, person_of(request))
    return await _back(number, N_("Anda tidak lagi mengikuti usulan ini."))


async def _back(number: int, said: str) -> Response:
    detail = await store.detail(number)
    return redirect(address_of(number, detail.title), flash=said)


@get("/usulan/{number:int}/dukung", guard=PUBLIC)
async def ask_to_endorse(request: Request, number: int) -> Response:
    """Where sign-in comes back to: one button that finishes the support."""
    detail = await store.detail(number)
    said = N_("Anda sudah masuk. Tekan Dukung untuk menyelesaikannya.")
    return redirect(address_of(number, detail.title), flash=said, kind="info")


@get("/usulan/saya", guard=SIGNED_IN)
async def own_page(request: Request) -> Response:
    """One's own proposals: drafts, sent ones, also hidden and refused ones, each with its reason (B4)."""
    mine, atlas = await store.own(person_of(request)), await places.atlas()
    reasons = await store.last_reasons([each.id for each in mine])
    return page(
        request,
        "proposals/own.html",
        mine=[_own(each, atlas.label(each.place.rw), reasons.get(each.id, "")) for each in mine],
    )


def _own(detail: Detail, place: str, reason: str) -> dict[str, object]:
    draft = detail.state is State.DRAFT
    words = "Draf" if draft else "Disembunyikan" if detail.hidden else STATUS_WORDS[detail.status]
    tells = detail.hidden or detail.status in (Status.INFEASIBLE, Status.MERGED, Status.NOT_FUNDED)
    return {
        "title": detail.title or "Tanpa judul",
        "href": f"/usulan/draf/{detail.id}/1" if draft else f"/usulan/{detail.number}",
        "place": place,
        "status": words,
        "kind": "bahaya" if detail.hidden else STATUS_KINDS.get(detail.status, "") if not draft else "awas",
        "reason": reason if tells and not draft else "",
        "endorsements": detail.endorsement_count,
        "draft": draft,
    }


HANDLERS = [own_page, endorse, unendorse, follow, unfollow, ask_to_endorse]
