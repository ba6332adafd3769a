"""/laporkan for people who signed in, and /penjagaan, where everybody reads what was decided."""

from datetime import timedelta
from uuid import UUID

from rembuk.errors import N_, Refused
from rembuk.moderation import rules, store
from rembuk.moderation.rules import (
    ACTION_WORDS,
    NOTE_LONGEST,
    REASON_WORDS,
    REPORT_REASONS,
    VERDICT_WORDS,
    Facts,
    Refusal,
    Subject,
)
from rembuk.places import store as places
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import PUBLIC, SIGNED_IN
from rembuk.web.pages import page, redirect
from rembuk.web.paths import local_path
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.throttle import throttle

_PAGE = 30
_REPORTS, _WINDOW = 20, timedelta(hours=1)


def subject_kind(name: str) -> Subject:
    """The kind an address names; Refused(UNKNOWN) for any other word."""
    try:
        return Subject(name)
    except ValueError as strange:
        raise Refused(Refusal.UNKNOWN) from strange


@get("/laporkan/{kind:str}/{subject:uuid}", guard=SIGNED_IN)
async def report_page(request: Request, kind: str, subject: UUID) -> Response:
    """Why one reports something, in one form."""
    found = await store.facts(subject_kind(kind), subject)
    if found.hidden:
        raise Refused(Refusal.UNKNOWN)
    return _report_page(request, found, Form())


@post("/laporkan/{kind:str}/{subject:uuid}", guard=SIGNED_IN)
async def report(request: Request, kind: str, subject: UUID) -> Response:
    """Report something once, with a reason (N1)."""
    form, who = await read_form(request), viewer(request)
    reason = form.choice("reason", [value for value, _ in REPORT_REASONS])
    note = form.line("note", most=NOTE_LONGEST)
    if not form.valid or reason is None:
        return _report_page(request, await store.facts(subject_kind(kind), subject), form, 422)
    await throttle("laporkan", str(who.person), _REPORTS, _WINDOW)
    found = await store.report(subject_kind(kind), subject, who, reason, note)
    back = local_path(form.line("kembali", most=1024), _address(found))
    return redirect(back, N_("Terima kasih. Laporan Anda masuk antrean dan ditinjau dalam 24 jam."))


def _report_page(request: Request, found: Facts, form: Form, status: int = 200) -> Response:
    return page(
        request,
        "moderation/report.html",
        status=status,
        found=found,
        back=_address(found),
        reasons=REPORT_REASONS,
        errors=form.errors,
        values=form.values,
    )


def _address(found: Facts) -> str:
    tail = f"/rembuk#k-{found.id}" if found.kind is Subject.COMMENT else ""
    return f"/usulan/{found.number}{tail}"


@get("/penjagaan", guard=PUBLIC)
async def record_page(request: Request) -> Response:
    """Every act of moderation with its reason and public words; the office, never a name (N4, N5)."""
    atlas, asked = await places.atlas(), request.query_params
    chosen = await places.by_slug(asked.get("kec", "")) if asked.get("kec") else None
    number = asked.get("halaman", "1")
    at = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    decisions, total = await store.published(chosen.code if chosen else "", at, _PAGE)
    return page(
        request,
        "moderation/record.html",
        public=True,
        decisions=decisions,
        total=total,
        page=at,
        pages=max(1, -(-total // _PAGE)),
        chosen=chosen,
        kecamatan=sorted(await places.kecamatan_list(), key=lambda area: area.name),
        label=atlas.label,
        actions=ACTION_WORDS,
        reasons=REASON_WORDS,
        verdicts=await store.verdicts([each.id for each in decisions]),
        verdict_words=VERDICT_WORDS,
        comment=rules.Subject.COMMENT,
    )


HANDLERS = [report_page, report, record_page]
