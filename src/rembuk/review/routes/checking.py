"""/petugas/pemeriksaan: the queue of an official, and one proposal with its checklist and its costs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Annotated

from litestar.params import QueryParameter

from rembuk.cycles import store as cycles
from rembuk.cycles.routes.writing import DESK, person_of
from rembuk.cycles.rules import PhaseKind
from rembuk.errors import N_, Refused, Said
from rembuk.places import store as places
from rembuk.places.rules import Area
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import CostLine, Detail, parse_volume, volume_words
from rembuk.review import rules, store
from rembuk.review.routes import ties
from rembuk.review.routes.desk import running_cycle, scopes_of
from rembuk.review.rules import QUESTION_WORDS, REASON_MOST, VERDICT_WORDS, Draft, Question, Tie, Verdict
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

QUEUE = "/petugas/pemeriksaan"
ADDED_LINES = 3
PAGE_SIZE = 40
PageNumber = Annotated[int, QueryParameter(ge=1, le=10_000)]
STATUSES = {"menunggu": "Menunggu", "selesai": "Selesai", "semua": "Semua"}
VERDICT_CARDS = [
    (
        Verdict.FEASIBLE.value,
        Said(VERDICT_WORDS[Verdict.FEASIBLE]),
        Said(N_("Masuk surat suara seperti diusulkan.")),
        "check",
    ),
    (
        Verdict.FEASIBLE_CHANGED.value,
        Said(VERDICT_WORDS[Verdict.FEASIBLE_CHANGED]),
        Said(N_("Masuk surat suara dengan biaya hasil pemeriksaan.")),
        "pencil",
    ),
    (Verdict.INFEASIBLE.value, Said(VERDICT_WORDS[Verdict.INFEASIBLE]), Said(N_("Tidak masuk surat suara.")), "x"),
]
NOT_A_VOLUME = N_("Volume harus angka, paling banyak tiga angka di belakang koma.")
CHECKED = N_("Usulan nomor {n}: {verdict}. Pengusul sudah diberi tahu.")


@get(QUEUE, guard=DESK)
async def queue_page(
    request: Request, status: str = "menunggu", kecamatan: str = "", halaman: PageNumber = 1
) -> Response:
    """The proposals of the official's areas, some a page; those that wait first."""
    cycle = await cycles.current_cycle(PhaseKind.REVIEW) or await running_cycle()
    items = await store.queue(cycle.id, scopes_of(viewer(request))) if cycle else []
    atlas = await places.atlas()
    fitting = [item for item in items if _fits(item, status, kecamatan)]
    shown = fitting[PAGE_SIZE * (halaman - 1) : PAGE_SIZE * halaman]
    return page(
        request,
        "review/queue.html",
        cycle=cycle,
        items=[(item, atlas.label(item.rw)) for item in shown],
        counts=store.counts(items),
        page_number=halaman,
        pages=ceil(len(fitting) / PAGE_SIZE),
        statuses=list(STATUSES.items()),
        chosen=status if status in STATUSES else "semua",
        kecamatan=kecamatan,
        kecamatan_options=_options(items, atlas.areas),
        may_check=viewer(request).has_any(OFFICIAL.roles),
        verdicts={verdict.value: words for verdict, words in VERDICT_WORDS.items()},
        open_now=await cycles.is_open(cycle.id, PhaseKind.REVIEW) if cycle else False,
    )


def typed_volume(volume_milli: int) -> str:
    """A volume as a field holds it: 1500 thousandths as "1,5", without dots between thousands."""
    return volume_words(volume_milli).replace(".", "")


def _fits(item: store.Item, status: str, kecamatan: str) -> bool:
    wanted = {"menunggu": item.waits, "selesai": not item.waits}.get(status, True)
    return wanted and kecamatan in ("", item.kecamatan)


def _options(items: Sequence[store.Item], areas: Mapping[str, Area]) -> list[tuple[str, str]]:
    codes = sorted({item.kecamatan for item in items})
    return [("", Said(N_("Semua kecamatan"))), *((code, areas[code].name if code in areas else code) for code in codes)]


async def place_of(request: Request) -> str:
    """The RW of the proposal in the address: an official of another area finds nothing there (F1)."""
    return (await proposals.by_number(int(request.path_params["number"]))).place.rw


CHECKER = OFFICIAL.within(place_of)


@get(f"{QUEUE}/{{number:int}}", guard=CHECKER)
async def review_page(request: Request, number: int) -> Response:
    """One proposal to check, with what this reviewer has written so far."""
    detail = await proposals.by_number(number)
    return await _page(request, detail, await store.draft_of(detail, person_of(request)), {})


async def _page(
    request: Request,
    detail: Detail,
    draft: Draft,
    errors: dict[str, str],
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    lines = rules.lines_to_check(detail.lines, detail.cost)
    blank = [CostLine("", "", 0, 0)] * ADDED_LINES
    written = [*draft.lines, *blank][: max(len(draft.lines), len(lines)) + ADDED_LINES]
    return page(
        request,
        "review/check.html",
        status=status,
        detail=detail,
        place=await places.label(detail.place.rw),
        kecamatan=await places.label(detail.place.kecamatan),
        ceiling=(await cycles.ceilings(detail.cycle)).get(detail.place.kecamatan, 0),
        draft=draft,
        lines=[(lines[nth] if nth < len(lines) else None, line) for nth, line in enumerate(written)],
        typed=typed or {},
        volume=typed_volume,
        verdict_cards=VERDICT_CARDS,
        extra_open=bool(errors),
        questions=[(question.value, QUESTION_WORDS[question]) for question in Question],
        answers={question.value: "yes" if yes else "no" for question, yes in draft.answers.items()},
        reviews=await store.staff_reviews(detail.id),
        **await ties.shown(detail, typed or {}),
        errors=errors,
        open_now=await cycles.is_open(detail.cycle, PhaseKind.REVIEW) and rules.is_reviewable(detail.state),
    )


@post(f"{QUEUE}/{{number:int}}", guard=CHECKER)
async def check(request: Request, number: int) -> Response:
    """Keep the review half done, or finish it and make it public."""
    detail, form = await proposals.by_number(number), await read_form(request)
    draft = _draft(form, rules.lines_to_check(detail.lines, detail.cost))
    if not form.valid:
        return await _page(request, detail, draft, form.errors, status=422, typed=form.values)
    role = _role(request, detail)
    try:
        if form.text("action") != "finish":
            await store.save(number, person_of(request), role, draft)
            return redirect(f"{QUEUE}/{number}", flash=N_("Tersimpan. Belum terlihat oleh warga."))
        await store.finish(number, person_of(request), role, draft)
    except Refused as no:
        return await _page(
            request, detail, draft, {_field(no): no.sentence()}, status=no.reason.status, typed=form.values
        )
    return redirect(QUEUE, flash=Said(CHECKED, n=number, verdict=VERDICT_WORDS[draft.verdict]))


KEPT = N_("Kaitan tersimpan. Warga membacanya di halaman usulan dan surat suara.")
GONE = N_("Usulan ini tidak lagi terkait dengan usulan lain.")


@post(f"{QUEUE}/{{number:int}}/kaitan", guard=CHECKER)
async def set_tie(request: Request, number: int) -> Response:
    """Keep an exclusive group and a requirement; both empty lets the proposal go."""
    detail, form = await proposals.by_number(number), await read_form(request)
    required = form.integer("requires", least=1)
    tie = Tie(form.line("group", most=60), str(required) if required else "")
    if form.valid:
        try:
            await store.set_tie(number, tie, person_of(request), _role(request, detail))
        except Refused as no:
            form.errors.say("requires", no.reason.sentence, **no.facts)
    if not form.valid:
        draft = await store.draft_of(detail, person_of(request))
        return await _page(request, detail, draft, form.errors, status=422, typed=form.values)
    return redirect(f"{QUEUE}/{number}#kaitan", flash=KEPT if tie else GONE)


def _role(request: Request, detail: Detail) -> str:
    """The part an official plays for this proposal, for the audit."""
    wide = viewer(request).has(Role.CITY_OFFICIAL, detail.place.rw)
    return (Role.CITY_OFFICIAL if wide else Role.OFFICIAL).value


_FIELDS = {
    rules.Refusal.UNDECIDED: "verdict",
    rules.Refusal.NO_REASON: "reason",
    rules.Refusal.CHECKLIST: "authority",
    rules.Refusal.DOUBTFUL: "authority",
    rules.Refusal.NO_COST: "volume_1",
    rules.Refusal.CHANGED_ANYTHING: "verdict",
}


def _field(no: Refused) -> str:
    """The field a refusal speaks of."""
    if no.reason is rules.Refusal.NO_LINE_REASON:
        return f"why_{no.facts['line']}"
    return next((field for reason, field in _FIELDS.items() if reason is no.reason), "verdict")


def _draft(form: Form, proposed: Sequence[CostLine]) -> Draft:
    typed = {q: form.choice(q.value, ("yes", "no"), required=False) for q in Question}
    verdict = form.choice("verdict", [each.value for each in Verdict], required=False)
    return Draft(
        verdict=Verdict(verdict or Verdict.UNDECIDED),
        reason=form.text("reason", most=REASON_MOST),
        internal_note=form.text("internal_note", most=REASON_MOST),
        answers={question: answer == "yes" for question, answer in typed.items() if answer},
        lines=tuple(_lines(form, proposed)),
    )


def _lines(form: Form, proposed: Sequence[CostLine]) -> list[CostLine]:
    """The checked lines: those proposed, in their places, then the added ones that say anything."""
    lines = []
    for nth in range(1, len(proposed) + 2 * ADDED_LINES + 1):
        base = proposed[nth - 1] if nth <= len(proposed) else CostLine("", "", 0, 0)
        line = _line(form, nth, base)
        if line.name:
            lines.append(line)
    return lines


def _line(form: Form, nth: int, base: CostLine) -> CostLine:
    if not form.has(f"volume_{nth}"):
        return base
    name = base.name or form.line(f"name_{nth}", most=120)
    unit = base.unit or form.line(f"unit_{nth}", most=30)
    price = form.rupiah(f"price_{nth}", most=10**11) or 0
    why = form.line(f"why_{nth}", most=300)
    return replace(base, name=name, unit=unit, volume_milli=_volume(form, nth), unit_price=price, reason=why)


def _volume(form: Form, nth: int) -> int:
    text = form.line(f"volume_{nth}")
    try:
        return parse_volume(text) if text else 0
    except ValueError:
        form.errors.say(f"volume_{nth}", NOT_A_VOLUME)
        return 0


HANDLERS = [queue_page, review_page, check, set_tie]
