"""/meja/pendaftaran: requests, a NIK twice, crowded family cards: decided by an official of the kelurahan."""

from uuid import UUID

from rembuk.errors import N_, Refused
from rembuk.people.casework import (
    KIND_WORDS,
    OUTCOME_WORDS,
    OUTCOMES,
    CaseFacts,
    CaseKind,
    Outcome,
    Refusal,
)
from rembuk.people.routes.voters import me
from rembuk.people.rules import Refusal as PeopleRefusal
from rembuk.people.rules import read_nik
from rembuk.people.store import cases as store_of_cases
from rembuk.places import store as places
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post
from rembuk.web.throttle import forgive, may_try, strike
from rembuk.web.viewer import Viewer

LISTED = "/meja/pendaftaran"
_MISMATCH = "nik-perkara"
_FIELDS = {
    Refusal.NO_OUTCOME: "putusan",
    Refusal.ONLY_KEPT: "putusan",
    Refusal.NO_REASON: "alasan",
    Refusal.OTHER_NIK: "nik",
    PeopleRefusal.NOT_NIK: "nik",
}


def scopes_of(who: Viewer) -> tuple[str, ...]:
    """The areas whose desk a viewer sees: an official's own, everything for an auditor."""
    held = {*who.areas(Role.OFFICIAL), *who.areas(Role.CITY_OFFICIAL)}
    return ("",) if who.has(Role.AUDITOR) or "" in held else tuple(sorted(held))


@get(LISTED, guard=OFFICIAL | AUDITOR)
async def list_page(request: Request) -> Response:
    """What waits, oldest first, and what was decided last."""
    scopes, atlas = scopes_of(viewer(request)), await places.atlas()
    waiting = await store_of_cases.cases(scopes)
    closed = await store_of_cases.cases(scopes, closed=True, most=20)
    return page(
        request,
        "people/cases.html",
        waiting=waiting,
        closed=closed,
        labels={each.id: atlas.label(each.rw) for each in [*waiting, *closed]},
        kinds=KIND_WORDS,
        outcomes={outcome.value: words for outcome, words in OUTCOME_WORDS.items()},
    )


@get(f"{LISTED}/{{id:uuid}}", guard=OFFICIAL | AUDITOR)
async def case_page(request: Request, id: UUID) -> Response:
    """One case with what is known and the form to decide it."""
    return await _page(request, await _mine(request, id), Form())


async def _mine(request: Request, id: UUID) -> CaseFacts:
    """The case, when it lies in the viewer's area; Refused(NO_CASE) otherwise."""
    found, who = await store_of_cases.case(id), viewer(request)
    if not who.has(Role.AUDITOR) and not who.has_any((Role.OFFICIAL, Role.CITY_OFFICIAL), found.area):
        raise Refused(Refusal.NO_CASE)
    return found


async def _page(request: Request, found: CaseFacts, form: Form, status: int = 200) -> Response:
    atlas, who = await places.atlas(), viewer(request)
    family = await store_of_cases.family_of(found.id) if found.kind is CaseKind.FAMILY else []
    return page(
        request,
        "people/case.html",
        status=status,
        found=found,
        kind=KIND_WORDS[found.kind],
        label=atlas.label(found.rw),
        roll_label=atlas.label(found.roll_rw) if found.roll_rw else "",
        options=[(outcome.value, words) for outcome, words in OUTCOME_WORDS.items() if outcome in OUTCOMES[found.kind]],
        outcome=OUTCOME_WORDS[Outcome(found.outcome)] if found.outcome else "",
        family=[(entry.id, atlas.label(entry.rw), entry.status) for entry in family],
        may_decide=who.has_any((Role.OFFICIAL, Role.CITY_OFFICIAL), found.area),
        mine=found.first == who.person,
        values={name: text for name, text in form.values.items() if name != "nik"},
        errors=form.errors,
    )


@post(f"{LISTED}/{{id:uuid}}", guard=OFFICIAL)
async def decide(request: Request, id: UUID) -> Response:
    """Decide a case; a request is approved with the KTP at hand: its NIK must be the one that was sent."""
    found, form = await _mine(request, id), await read_form(request)
    reason = form.line("alasan", most=300)
    await may_try(_MISMATCH, str(id))
    try:
        outcome = _outcome(form)
        nik = read_nik(form.line("nik")) if outcome is Outcome.ADDED else ""
        lines = [UUID(text) for text in form.list("baris")]
        done = await store_of_cases.decide_case(id, outcome, reason, me(request), nik=nik, lines=lines)
    except ValueError as strange:
        raise Refused(Refusal.NO_CASE) from strange
    except Refused as refused:
        if refused.reason is Refusal.OTHER_NIK:
            await strike(_MISMATCH, str(id))
        if (field := next((name for why, name in _FIELDS.items() if why is refused.reason), None)) is None:
            raise
        form.errors.say(field, refused.reason.sentence, **refused.facts)
        return await _page(request, found, form, refused.reason.status)
    await forgive(_MISMATCH, str(id))
    said = N_("Putusan tercatat.") if done else N_("Bilik sudah dibuka. Petugas kedua harus menyetujui.")
    return redirect(LISTED if done else f"{LISTED}/{id}", said)


def _outcome(form: Form) -> Outcome:
    try:
        return Outcome(form.line("putusan"))
    except ValueError as strange:
        raise Refused(Refusal.NO_OUTCOME) from strange


@post(f"{LISTED}/{{id:uuid}}/setujui", guard=OFFICIAL)
async def confirm(request: Request, id: UUID) -> Response:
    """The second official signs an addition while people vote."""
    await _mine(request, id)
    await store_of_cases.confirm_addition(id, me(request))
    return redirect(LISTED, N_("Disetujui dua petugas. Warga tercatat dan jumlah RW masuk papan bukti."))


@post(f"{LISTED}/{{id:uuid}}/batalkan", guard=OFFICIAL)
async def withdraw(request: Request, id: UUID) -> Response:
    """Take the proposal back; the case is open again."""
    await _mine(request, id)
    await store_of_cases.withdraw_addition(id, me(request))
    return redirect(f"{LISTED}/{id}", N_("Permintaan dibatalkan."))


HANDLERS = [list_page, case_page, decide, confirm, withdraw]
