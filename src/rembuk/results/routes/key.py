"""The opening key of a vote: made offline, settled here by two officials, tried by two quorums before the booth."""

from typing import Any
from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.errors import N_, Refused
from rembuk.voting import store
from rembuk.voting.ceremony import fingerprint
from rembuk.voting.terms import PUBLICATION_NAMES, KeyTerms, Publication
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

ASKED = N_("Permintaan Anda menunggu orang kedua.")
SETTLED = N_("Kunci kotak suara sudah ditetapkan. Sekarang uji kuncinya.")
TRIED = N_("Uji buka kotak sudah dicatat di papan bukti.")


@get("/petugas/siklus/{slug:str}/kunci", guard=CITY_OFFICIAL | AUDITOR)
async def key_page(request: Request, slug: str) -> Response:
    """Which key ballots will be sealed to, who holds it, how far its trial has come."""
    return await _key_page(request, slug)


@post("/petugas/siklus/{slug:str}/kunci", guard=CITY_OFFICIAL)
async def name_key(request: Request, slug: str) -> Response:
    """The first person names the public key and its terms; refused once the vote is frozen."""
    cycle, form = await cycles.by_slug(slug, drafts=True), await read_form(request)
    terms = _terms(form)
    try:
        if form.valid:
            await store.propose_key(cycle.id, terms, _person(request))
    except Refused as refused:
        return await _again(request, slug, refused, form)
    if not form.valid:
        return await _key_page(request, slug, dict(form.errors), form)
    return _back(request, slug, ASKED)


@post("/petugas/siklus/{slug:str}/kunci/{act:uuid}", guard=CITY_OFFICIAL)
async def settle(request: Request, slug: str, act: UUID) -> Response:
    """The second person agrees: the key stands, the trial envelope is sealed to it."""
    await store.settle_key(act, (await cycles.by_slug(slug, drafts=True)).id, _person(request))
    return _back(request, slug, SETTLED)


@get("/petugas/siklus/{slug:str}/kunci/uji.json", guard=CITY_OFFICIAL | AUDITOR)
async def trial(request: Request, slug: str) -> Response:
    """The sealed trial envelope, to be taken to the offline machine."""
    file = await store.trial_envelope((await cycles.by_slug(slug, drafts=True)).id)
    headers = {"Content-Disposition": f'attachment; filename="uji-{slug}.json"', "Cache-Control": "no-store"}
    return Response(file, media_type="application/json", headers=headers)


@post("/petugas/siklus/{slug:str}/kunci/uji", guard=CITY_OFFICIAL)
async def tried(request: Request, slug: str) -> Response:
    """Note one trial opening by the line the offline machine printed."""
    cycle, form = await cycles.by_slug(slug, drafts=True), await read_form(request)
    try:
        await store.record_trial(cycle.id, form.line("line", required=True), _person(request))
    except Refused as refused:
        return await _again(request, slug, refused, form, "line")
    return _back(request, slug, TRIED)


def _terms(form: Form) -> KeyTerms:
    return KeyTerms(
        "".join(form.text("key", required=True).lower().split()),
        form.integer("quorum", required=True, least=1, most=16) or 0,
        form.integer("trustees", required=True, least=1, most=16) or 0,
        tuple(" ".join(line.split())[:120] for line in form.lines("organisations")),
        form.integer("witnesses", least=0, most=20) or 0,
        Publication(form.choice("publication", [*Publication], required=False) or Publication.FULL),
        form.integer("auditors", least=0, most=20) or 0,
    )


async def _again(request: Request, slug: str, refused: Refused, form: Form, field: str = "") -> Response:
    if refused.reason.status != 422:
        raise refused
    where = {"NOT_A_KEY": "key", "NOT_A_QUORUM": "quorum", "NEEDS_WITNESSES": "witnesses", "NEEDS_AUDITORS": "auditors"}
    return await _key_page(
        request, slug, {field or where.get(refused.reason.name, "organisations"): refused.sentence()}, form
    )


def _person(request: Request) -> UUID:
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


def _back(request: Request, slug: str, flash: str) -> Response:
    return redirect(f"/petugas/siklus/{slug}/kunci", flash=flash, request=request)


async def _key_page(
    request: Request, slug: str, errors: dict[str, str] | None = None, form: Form | None = None
) -> Response:
    cycle = await cycles.by_slug(slug, drafts=True)
    election = await cycles.election(cycle.id)
    waiting = await store.waiting_key(cycle.id) if election.state is ElectionState.DRAFT else None
    typed: dict[str, Any] = form.values if form else {"quorum": "3", "trustees": "5", "witnesses": "1", "auditors": "1"}
    return page(
        request,
        "results/key.html",
        status=422 if errors else 200,
        cycle=cycle,
        election=election,
        held=await store.ceremony_of(election.id),
        sidik=fingerprint(bytes.fromhex(election.trustee_key)) if election.trustee_key else "",
        waiting=waiting,
        waiting_sidik=fingerprint(bytes.fromhex(waiting[1].public_key)) if waiting else "",
        me=viewer(request).person,
        may_change=election.state is ElectionState.DRAFT,
        publications=[(each.value, words) for each, words in PUBLICATION_NAMES.items()],
        typed=typed,
        errors=errors or {},
    )


HANDLERS = [key_page, name_key, settle, trial, tried]
