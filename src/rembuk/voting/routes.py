"""The booth: pick, review, send; the receipt and its check. Picks live in the page until they are sealed."""

import secrets
from dataclasses import replace
from typing import Any

from rembuk.board.rules import grouped
from rembuk.board.store import lookup
from rembuk.cycles.freezing import FrozenProject
from rembuk.errors import N_, Refused
from rembuk.people.signing import forget_signing_seed, signing_seed
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import volume_words
from rembuk.proposals.shown import photo_address
from rembuk.voting import rules, store
from rembuk.voting.rules import Chosen, Poll, Refusal, Voter
from rembuk.voting.seal import NONCE_BYTES, seed_of
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC, SIGNED_IN
from rembuk.web.pages import page, redirect
from rembuk.web.qr import qr_image
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.session import current_session

SENT = N_("Suara Anda sudah masuk.")
SENT_BLANK = N_("Suara kosong Anda sudah masuk. Sampai penutupan Anda masih boleh memilih lagi.")


@get("/bilik", guard=SIGNED_IN)
async def enter(request: Request) -> Response:
    """The ballot of the voter's own district, or why there is none now."""
    voter = await _voter(request)
    poll = await store.poll_of(voter)
    mark = await store.mark_of(voter)
    if poll.state is not rules.State.OPEN or mark.on_paper or not mark.active:
        reason = rules.why_not((), poll, mark) or Refusal.NOT_OPEN
        return page(request, "voting/closed.html", poll=poll, mark=mark, reason=reason.sentence)
    if voter.is_unsigned:
        return _to_the_code(request)
    return await _ballot(request, voter, poll, ())


@post("/bilik", guard=SIGNED_IN)
async def change(request: Request) -> Response:
    """Back from the review to the ballot, with the picks still ticked."""
    voter, form = await _voter(request), await read_form(request)
    return await _ballot(request, voter, await store.poll_of(voter), _chosen(form))


@post("/bilik/tinjau", guard=SIGNED_IN)
async def review(request: Request) -> Response:
    """The picks once more, with the receipt code they will have; only the fact of a review is kept."""
    voter = await _voter(request)
    poll, form = await store.poll_of(voter), await read_form(request)
    chosen = _chosen(form)
    same = Refusal.SAME_PLACE if len(set(_places(form))) < len(_places(form)) else None
    if reason := rules.why_not(chosen, poll, await store.mark_of(voter)) or same:
        refused = Refused(reason, **rules.facts(chosen, poll))
        if reason.status != 422:
            raise refused
        return await _ballot(request, voter, poll, chosen, refused.sentence())
    if voter.is_unsigned:
        return _to_the_code(request)
    await store.visited(voter)
    return await _review(request, poll, chosen, secrets.token_bytes(NONCE_BYTES))


@post("/bilik/usulan/{number:int}", guard=SIGNED_IN)
async def read(request: Request, number: int) -> Response:
    """A proposal inside the booth, without its debate; the picks come along and go back to the same row."""
    poll, form = await store.poll_of(await _voter(request)), await read_form(request)
    frozen = next((each for each in poll.projects if each.id == str(number)), None)
    if frozen is None:
        raise Refused(Refusal.NO_SUCH_PROJECT)
    return page(
        request,
        "voting/project.html",
        frozen=frozen,
        detail=await proposals.by_number(number),
        photo_address=photo_address,
        volume=volume_words,
        fields=rules.fields_of(_chosen(form), poll.ballot_type),
    )


@post("/bilik/uji", guard=SIGNED_IN)
async def challenge(request: Request) -> Response:
    """Open this sealing for checking instead of sending it: the seed is shown, and it can never be cast."""
    voter = await _voter(request)
    poll, form = await store.poll_of(voter), await read_form(request)
    chosen, nonce = _chosen(form), _nonce(form)
    sealed = store.sealed(chosen, nonce, poll)
    await store.burn(voter, nonce)
    return page(
        request,
        "voting/challenge.html",
        poll=poll,
        chosen=rules.choice_of(chosen, poll.ballot_type),
        fields=rules.fields_of(chosen, poll.ballot_type),
        seed=seed_of(nonce, poll.election).hex(),
        plain=rules.choice_of(chosen, poll.ballot_type).plain.decode(),
        code=grouped(sealed.leaf.receipt),
    )


@post("/suara", guard=SIGNED_IN, frame=False)
async def send(request: Request) -> Response:
    """Cast the ballot; sent again, the same form gets the same receipt."""
    voter = await _voter(request)
    form = await read_form(request)
    chosen, nonce = _chosen(form), _nonce(form)
    try:
        await store.cast(voter, chosen, nonce)
    except Refused as refused:
        if refused.reason is Refusal.NOT_SIGNED:
            return _to_the_code(request)
        if refused.reason.status != 503:
            raise
        return await _review(request, await store.poll_of(voter), chosen, nonce, unsent=True)
    forget_signing_seed(request)
    return redirect("/bukti", flash=SENT if chosen else SENT_BLANK, request=request)


@get("/bukti", guard=PUBLIC)
async def receipt(request: Request) -> Response:
    """My receipt when I have one, and the form that checks any receipt."""
    return await _receipt_page(request)


@post("/bukti", guard=PUBLIC)
async def check(request: Request) -> Response:
    """Where the leaf of a receipt code stands on the board."""
    code = (await read_form(request)).text("kode")
    try:
        place = await lookup(code)
    except Refused as refused:
        return await _receipt_page(request, code, error=refused.sentence(), status=422)
    return await _receipt_page(request, code, asked=True, place=place)


@get("/status-saya", guard=SIGNED_IN)
async def status(request: Request) -> Response:
    """Whether a vote is recorded for me, and by which channel; never what."""
    voter = await _voter(request)
    poll, mark = await store.poll_of(voter), await store.mark_of(voter)
    return page(request, "voting/status.html", poll=poll, mark=mark, receipt=await store.receipt_of(voter))


async def _voter(request: Request) -> Voter:
    if voter := await _found(request):
        return voter
    raise Refused(Refusal.NOT_ON_ROLL)


async def _found(request: Request) -> Voter | None:
    """The line of the roll to vote by: a code's own, else the person's line of the round that votes; None: no line."""
    who, by_code = viewer(request), _by_code(request)
    found = await store.voter_of(who.roll) if by_code and who.roll else await store.voter_for(who.person, who.roll)
    if found is None or found.roll != who.roll:
        return found
    seed = signing_seed(request)
    return replace(found, signing_seed=seed, by_code=by_code or seed is not None)


def _by_code(request: Request) -> bool:
    session = current_session(request)
    return session is not None and session.by_code


def _to_the_code(request: Request) -> Response:
    """The key of a code signs one ballot and is forgotten: for another one the code is typed again."""
    return redirect("/kode?kembali=/bilik", Refusal.NOT_SIGNED.sentence, "info", request)


def _chosen(form: Form) -> Chosen:
    """What the fields say: boxes ticked, places from the best down, or points above 0; a wrong number spoils."""
    if points := _numbers(form, rules.FIELD["points"]):
        return tuple(sorted((project, number) for project, number in points.items() if number))
    if places := _numbers(form, rules.FIELD["ranked"]):
        named = [project for project, place in places.items() if place > 0]
        return tuple(sorted(named, key=lambda project: (places[project], project)))
    return rules.canonical(form.list("choice"))


def _numbers(form: Form, beginning: str) -> dict[str, int]:
    """The numbers typed beside projects, by project; -1 for what is no whole number."""
    typed = {name.partition("-")[2]: form.text(name) for name in form.fields if name.startswith(f"{beginning}-")}
    return {project: int(text) if _is_number(text) else -1 for project, text in typed.items() if text}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8


def _places(form: Form) -> list[int]:
    return list(_numbers(form, rules.FIELD["ranked"]).values())


def _nonce(form: Form) -> bytes:
    try:
        nonce = bytes.fromhex(form.text("nonce"))
    except ValueError as fault:
        raise Refused(Refusal.BAD_NONCE) from fault
    if len(nonce) != NONCE_BYTES:
        raise Refused(Refusal.BAD_NONCE)
    return nonce


async def _ballot(request: Request, voter: Voter, poll: Poll, chosen: Chosen, error: str = "") -> Response:
    return page(
        request,
        "voting/ballot.html",
        status=422 if error else 200,
        poll=poll,
        projects=rules.shuffled(poll.projects, voter.roll),
        values=rules.values_of(chosen),
        used=rules.used(chosen, poll),
        picks=_picks(poll, chosen),
        ties=rules.tie_words(poll.projects),
        total=rules.total(chosen, poll),
        closes_at=await store.closing_time(poll),
        sent=(await store.mark_of(voter)).seq > 0,
        error=error,
    )


async def _review(request: Request, poll: Poll, chosen: Chosen, nonce: bytes, unsent: bool = False) -> Response:
    sealed = store.sealed(chosen, nonce, poll)
    return page(
        request,
        "voting/review.html",
        status=503 if unsent else 200,
        poll=poll,
        fields=rules.fields_of(chosen, poll.ballot_type),
        values=rules.values_of(chosen),
        picks=_picks(poll, chosen),
        total=rules.total(chosen, poll),
        nonce=nonce.hex(),
        code=grouped(sealed.leaf.receipt),
        closes_at=await store.closing_time(poll),
        failed=unsent,
    )


def _picks(poll: Poll, chosen: Chosen) -> list[FrozenProject]:
    """The chosen projects as the slip lists them: best first, most points first, else as on the ballot."""
    values = rules.values_of(chosen)
    picked = [project for project in poll.projects if project.id in values]
    weight = {"ranked": 1, "points": -1}.get(poll.ballot_type, 0)
    return sorted(picked, key=lambda project: weight * values[project.id])


async def _receipt_page(request: Request, code: str = "", status: int = 200, **context: Any) -> Response:
    mine, poll, closes_at = None, None, None
    if voter := await _found(request):
        mine = await store.receipt_of(voter)
    if voter and mine:
        poll = await store.poll_of(voter)
        closes_at = await store.closing_time(poll)
    shown = {"asked": False, "place": None, "error": "", **context}
    return page(
        request,
        "voting/receipt.html",
        status=status,
        receipt=mine,
        qr=qr_image(f"/bukti#{mine.code}") if mine else "",
        poll=poll,
        closes_at=closes_at,
        code=code,
        **shown,
    )


HANDLERS = [enter, change, review, read, challenge, send, receipt, check, status]
