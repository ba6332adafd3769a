"""/usulan/{number}/rembuk and the acts under it: say, reply, find helpful, take back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from rembuk.debate import store
from rembuk.debate.rules import Position, Refusal, Sort
from rembuk.debate.shown import ShownDebate, shown
from rembuk.errors import N_, Refused
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import Detail
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC, SIGNED_IN
from rembuk.web.pages import is_htmx, page, part, redirect
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.throttle import throttle

_WINDOW = timedelta(minutes=10)
_COMMENTS, _MARKS = 10, 60


async def debate_of(request: Request, proposal: Detail) -> ShownDebate:
    """The debate this request asks for (urut, pendapat, halaman), ready for debate/_threads.html."""
    asked = request.query_params
    sort = next((each for each in Sort if each.value == asked.get("urut")), Sort.HELPFUL)
    position = next((each for each in Position if each.value == asked.get("pendapat")), None)
    number = asked.get("halaman", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    who = viewer(request)
    return shown(await store.threads(proposal, who, sort=sort, position=position, page=at), who.person)


@get("/usulan/{number:int}/rembuk", guard=PUBLIC)
async def debate_page(request: Request, number: int) -> Response:
    """The debate on a page of its own; htmx takes the part alone."""
    return await _debate(request, number, Form())


async def _debate(request: Request, number: int, form: Form, status: int = 200) -> Response:
    proposal = await proposals.detail(number)
    shown_debate = await debate_of(request, proposal)
    context: dict[str, Any] = {"debate": shown_debate, "errors": form.errors, "values": form.values}
    if is_htmx(request):
        return part(request, "debate/_threads.html", status=status, **context)
    public = request.method == "GET"
    return page(request, "debate/page.html", status=status, public=public, proposal=proposal, **context)


@post("/usulan/{number:int}/komentar", guard=SIGNED_IN)
async def say(request: Request, number: int) -> Response:
    """Write a comment for, against or asking."""
    form, who = await read_form(request), viewer(request)
    body = form.text("body")
    position = next((each for each in Position if each.value == form.text("position")), Position.REPLY)
    await throttle("komentar", str(who.person), _COMMENTS, _WINDOW)
    try:
        written = await store.say(number, who, position, body)
    except Refused as refused:
        if refused.reason not in (Refusal.EMPTY, Refusal.TOO_LONG, Refusal.NO_POSITION):
            raise
        field = "position" if refused.reason is Refusal.NO_POSITION else "body"
        form.errors.say(field, refused.reason.sentence)
        return await _debate(request, number, form, 422)
    return redirect(f"/usulan/{number}/rembuk?urut=terbaru#k-{written}", N_("Tanggapan Anda sudah tampil."))


@post("/komentar/{comment:uuid}/balas", guard=SIGNED_IN)
async def reply(request: Request, comment: UUID) -> Response:
    """Write a reply under a comment."""
    form, who = await read_form(request), viewer(request)
    await throttle("komentar", str(who.person), _COMMENTS, _WINDOW)
    number, written = await store.reply(comment, who, form.text("body"))
    return redirect(f"/usulan/{number}/rembuk#k-{written}", N_("Balasan Anda sudah tampil."))


@post("/komentar/{comment:uuid}/membantu", guard=SIGNED_IN)
async def mark_helpful(request: Request, comment: UUID) -> Response:
    """Say that a comment helped, or take it back by the same button."""
    who = viewer(request)
    await throttle("membantu", str(who.person), _MARKS, _WINDOW)
    number, marked = await store.mark_helpful(comment, who)
    words = "Ditandai membantu." if marked else "Tanda membantu dilepas."
    return redirect(f"/usulan/{number}/rembuk#k-{comment}", words)


@post("/komentar/{comment:uuid}/hapus", guard=SIGNED_IN)
async def delete(request: Request, comment: UUID) -> Response:
    """Take one's own comment back."""
    number = await store.delete(comment, viewer(request))
    return redirect(f"/usulan/{number}/rembuk", N_("Tanggapan Anda sudah dihapus."), "info")


HANDLERS = [debate_page, say, reply, mark_helpful, delete]
