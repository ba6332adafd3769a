"""/penjagaan/{act}/banding for authors, /meja/banding for the moderators who answer them."""

from uuid import UUID

from rembuk import clock
from rembuk.debate.markdown import rendered
from rembuk.errors import N_
from rembuk.moderation import store
from rembuk.moderation.rules import REASON_WORDS, TEXT_LONGEST, Refusal, Verdict
from rembuk.places import store as places
from rembuk.web.cache import forget_pages
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import MODERATOR, SIGNED_IN
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post, viewer


@get("/penjagaan/{act:uuid}/banding", guard=SIGNED_IN)
async def appeal_page(request: Request, act: UUID) -> Response:
    """What was hidden and why, and a field for why that was wrong; for its author only."""
    return await _appeal(request, act, Form())


async def _appeal(request: Request, act: UUID, form: Form, status: int = 200) -> Response:
    hiding, found = await store.appealable(act, viewer(request))
    return page(
        request,
        "moderation/appeal.html",
        status=status,
        act=hiding,
        found=found,
        reasons=REASON_WORDS,
        errors=form.errors,
        values=form.values,
    )


@post("/penjagaan/{act:uuid}/banding", guard=SIGNED_IN)
async def appeal(request: Request, act: UUID) -> Response:
    """Ask a moderator of another kecamatan to look again."""
    form = await read_form(request)
    text = form.text("text", most=TEXT_LONGEST, required=True, empty=Refusal.APPEAL_EMPTY.sentence)
    if not form.valid:
        return await _appeal(request, act, form, 422)
    await store.appeal(act, viewer(request), text)
    return redirect("/akun", N_("Banding terkirim. Penjaga kecamatan lain menjawab dalam 48 jam."))


@get("/meja/banding", guard=MODERATOR)
async def appeals_page(request: Request) -> Response:
    """The appeals from other kecamatan that wait for an answer."""
    return await _appeals(request, Form())


async def _appeals(request: Request, form: Form, status: int = 200) -> Response:
    atlas = await places.atlas()
    waiting = await store.open_appeals(viewer(request))
    return page(
        request,
        "moderation/appeals.html",
        status=status,
        appeals=[(each, rendered(each.facts.text), each.is_late(clock.now())) for each in waiting],
        label=atlas.label,
        reasons=REASON_WORDS,
        errors=form.errors,
    )


@post("/meja/banding/{appeal:uuid}", guard=MODERATOR)
async def answer(request: Request, appeal: UUID) -> Response:
    """Uphold or overturn, with words for everybody."""
    form = await read_form(request)
    verdict = form.choice("verdict", [Verdict.UPHELD.value, Verdict.OVERTURNED.value])
    text = form.text("text", most=TEXT_LONGEST, required=True, empty=Refusal.NO_TEXT.sentence)
    if not form.valid or verdict is None:
        return await _appeals(request, form, 422)
    await store.answer(appeal, viewer(request), Verdict(verdict), text)
    forget_pages()
    return redirect("/meja/banding", N_("Banding sudah dijawab."))


HANDLERS = [appeal_page, appeal, appeals_page, answer]
