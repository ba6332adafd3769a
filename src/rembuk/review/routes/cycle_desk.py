"""/petugas/siklus/…: a cycle's calendar with checks, and what two persons sign: freeze, open, close."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, ActState
from rembuk.cycles import shares_shown, shown
from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.routes.writing import DESK, LISTED, address, person_of
from rembuk.cycles.rules import (
    CLOSING_MEANS,
    OPENING_MEANS,
    PHASES,
    Cycle,
    CycleState,
    Election,
    ElectionState,
    PhaseKind,
)
from rembuk.cycles.store import Deed
from rembuk.errors import N_, Refused, Said
from rembuk.people import store as people
from rembuk.review import store
from rembuk.web.currency import shown_in
from rembuk.web.forms import read_form
from rembuk.web.guards import CITY_OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post

SIGNED = N_("Disetujui dua orang. {state}.")
DEED_WORDS = {
    Deed.FREEZE: N_("Kunci usulan, pagu, dan aturan hitung"),
    Deed.OPEN: N_("Buka bilik suara"),
    Deed.CLOSE: N_("Tutup bilik suara sekarang"),
}
DEED_MEANS = {
    Deed.FREEZE: N_("Setelah dikunci, usulan di surat suara, biaya, pagu, dan aturan hitung tidak dapat diubah."),
    Deed.OPEN: OPENING_MEANS[PhaseKind.VOTING],
    Deed.CLOSE: CLOSING_MEANS[PhaseKind.VOTING],
}
_NEXT = {
    ElectionState.DRAFT: Deed.FREEZE,
    ElectionState.FROZEN: Deed.OPEN,
    ElectionState.OPEN: Deed.CLOSE,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deed that waits for its second person (or, signed, for its instant)."""

    id: UUID
    words: str
    means: str
    first: str
    second: str
    at: datetime
    mine: bool
    signed: bool
    digest: str


@get(f"{LISTED}/{{slug:str}}", guard=DESK)
async def cycle_page(request: Request, slug: str) -> Response:
    """A cycle as officials see it; a draft is a preview for staff (Q1)."""
    cycle = await cycles.by_slug(slug, drafts=True)
    who, election = viewer(request), await cycles.find_election(cycle.id)
    phases = shown.shown_phases(await cycles.phases(cycle.id))
    waiting = await _waiting(cycle, who.person)
    projects = await store.frozen_projects(cycle.id)
    ceilings = await cycles.ceilings(cycle.id)
    with shown_in(cycle.currency):
        return page(
            request,
            "review/cycle.html",
            cycle=cycle,
            state=(shown.STATE_WORDS[cycle.state.value], shown.STATE_KINDS[cycle.state.value]),
            phases=phases,
            whole=shown.whole_length(phases),
            dated=len(phases) == len(PHASES),
            events=await cycles.events(cycle.id),
            checks=await cycles.checks(PhaseKind.VOTING, cycle.id),
            config_sha256=election.config_sha256 if election else "",
            vote=shown.ELECTION_WORDS[election.state.value] if election else "",
            ballot=shown.BALLOT_WORDS.get(cycle.ballot_type, cycle.ballot_type),
            rule=shown.TALLY_WORDS.get(cycle.tally_rule, cycle.tally_rule),
            formula=shown.formula_of(cycle.budget, cycle.quota_rule, cycle.quota_options).words,
            shares=shares_shown.summary(cycle.shares),
            ceiling_count=len(ceilings),
            ceiling_sum=sum(ceilings.values()),
            project_count=len(projects),
            waiting=waiting,
            deed=_deed(cycle, election, bool(waiting)),
            deed_words=DEED_WORDS,
            deed_means=DEED_MEANS,
            may_plan=who.has(Role.CITY_OFFICIAL),
        )


def _deed(cycle: Cycle, election: Election | None, waiting: bool) -> Deed | None:
    """What a first person may ask for next."""
    if cycle.state is not CycleState.PUBLISHED or waiting or election is None:
        return None
    return _NEXT.get(election.state)


async def _waiting(cycle: Cycle, person: UUID | None) -> list[Waiting]:
    acts = [*await cycles.pending(cycle.id), *await cycles.pending(cycle.id, state=ActState.SIGNED)]
    names = await people.names_of([who for act in acts for who in (act.first, act.second) if who])
    return [_request(act, names, person) for act in acts]


def _request(act: ActRecord, names: dict[UUID, str], person: UUID | None) -> Waiting:
    deed = Deed(act.action)
    return Waiting(
        id=act.id,
        words=DEED_WORDS[deed],
        means=DEED_MEANS[deed],
        first=names.get(act.first, "?"),
        second=names.get(act.second, "") if act.second else "",
        at=act.proposed_at,
        mine=act.first == person,
        signed=act.state is ActState.SIGNED,
        digest=act.payload_sha256[:16],
    )


@post(f"{LISTED}/{{slug:str}}/ajukan", guard=CITY_OFFICIAL)
async def propose(request: Request, slug: str) -> Response:
    """The first person asks for a deed."""
    cycle, form = await cycles.by_slug(slug), await read_form(request)
    deed = form.choice("deed", [each.value for each in Deed])
    if deed is None:
        raise Refused(Web.BAD_REQUEST)
    try:
        await cycles.propose(Deed(deed), cycle.id, person_of(request), await _projects(Deed(deed), cycle))
    except Refused as no:
        return redirect(address(cycle), flash=no.sentence(), kind="bahaya")
    return redirect(address(cycle), flash=N_("Permintaan tercatat. Menunggu orang kedua menyetujui."))


async def _projects(deed: Deed, cycle: Cycle) -> list[FrozenProject]:
    return await store.frozen_projects(cycle.id) if deed is Deed.FREEZE else []


@post(f"{LISTED}/{{slug:str}}/setujui", guard=CITY_OFFICIAL)
async def confirm(request: Request, slug: str) -> Response:
    """The second person signs; the deed is done at once, or at its instant."""
    cycle = await cycles.by_slug(slug)
    act = await _act(request, cycle)
    deed = Deed(act.action)
    try:
        vote = await cycles.confirm(act.id, person_of(request), await _projects(deed, cycle))
    except Refused as no:
        return redirect(address(cycle), flash=no.sentence(), kind="bahaya")
    if deed is Deed.OPEN and vote.state is ElectionState.FROZEN:
        return redirect(address(cycle), flash=N_("Disetujui dua orang. Bilik dibuka otomatis pada waktunya."))
    return redirect(address(cycle), flash=Said(SIGNED, state=shown.ELECTION_WORDS[vote.state.value]))


@post(f"{LISTED}/{{slug:str}}/batalkan", guard=CITY_OFFICIAL)
async def withdraw(request: Request, slug: str) -> Response:
    """Take a request back before it was done."""
    cycle = await cycles.by_slug(slug)
    await board.withdraw_act((await _act(request, cycle)).id, person_of(request))
    return redirect(address(cycle), flash=N_("Permintaan dibatalkan."))


async def _act(request: Request, cycle: Cycle) -> ActRecord:
    """The act a form names, when it is one of this cycle; Refused(CHANGED) otherwise."""
    form = await read_form(request)
    waiting = [*await cycles.pending(cycle.id), *await cycles.pending(cycle.id, state=ActState.SIGNED)]
    for act in waiting:
        if str(act.id) == form.text("act"):
            return act
    raise Refused(Web.CHANGED)


HANDLERS = [cycle_page, propose, confirm, withdraw]
