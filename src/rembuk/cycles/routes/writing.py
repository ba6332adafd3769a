"""/petugas/siklus: the list, a new cycle, its text, publishing, archiving and deleting it."""

from uuid import UUID

from rembuk import clock
from rembuk.cycles import shown, store
from rembuk.cycles.rules import KK_CAP, VOTING_AGE, Cycle, CycleText
from rembuk.errors import N_, Refused, Said
from rembuk.settings import settings
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, OFFICIAL, TRUSTEE, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get, post

DESK = OFFICIAL | AUDITOR | TRUSTEE
LISTED = "/petugas/siklus"
MIX = {"equal": 30, "population": 40, "poor": 30}
PLAIN = {"threshold": "1", "order": "votes", "skip": "yes", "utility": "cost", "step": "0"}
"""The usual choice of every option behind the fold, as the form holds it."""


def person_of(request: Request) -> UUID:
    """The official who acts; Refused(SIGN_IN) without an account."""
    if (person := viewer(request).person) is None:
        raise Refused(Web.SIGN_IN)
    return person


def address(cycle: Cycle) -> str:
    """The page of a cycle on the desk."""
    return f"{LISTED}/{cycle.slug}"


@get(LISTED, guard=DESK)
async def list_page(request: Request) -> Response:
    """Every cycle, drafts too, with the phase it is in."""
    cycles = await store.cycles(drafts=True)
    rows = [(cycle, await store.phase(cycle.id)) for cycle in cycles]
    return page(
        request,
        "cycles/list.html",
        rows=rows,
        states=shown.STATE_WORDS,
        kinds=shown.STATE_KINDS,
        may_write=CITY_OFFICIAL.roles & {grant.role for grant in viewer(request).grants},
    )


def _form_page(
    request: Request, cycle: Cycle | None, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    return page(
        request,
        "cycles/form.html",
        status=status,
        cycle=cycle,
        values=values,
        errors=errors,
        ballots=[(name, Said(words)) for name, words in shown.BALLOT_WORDS.items()],
        rules=[(name, Said(words)) for name, words in shown.TALLY_WORDS.items()],
        completions=[(name, Said(words)) for name, words in shown.COMPLETION_WORDS.items()],
        orders=[(name, Said(words)) for name, words in shown.ORDER_WORDS.items()],
        skips=[(name, Said(words)) for name, words in shown.SKIP_WORDS.items()],
        utilities=[(name, Said(words)) for name, words in shown.UTILITY_WORDS.items()],
        advanced=any(values.get(name, plain) != plain for name, plain in PLAIN.items()),
        action=f"{address(cycle)}/ubah" if cycle else f"{LISTED}/baru",
    )


@get(f"{LISTED}/baru", guard=CITY_OFFICIAL)
async def new_page(request: Request) -> Response:
    """An empty form with the usual choices made."""
    year = clock.local(clock.now()).year
    values = {
        "name": f"Musyawarah Anggaran Warga {year}",
        "year": str(year),
        "budget": "",
        "ballot_type": "approval",
        "max_choices": "5",
        "tally_rule": "equal_shares",
        "completion": "add1u",
        "voting_age": str(VOTING_AGE),
        "kk_cap": str(KK_CAP),
        **PLAIN,
    }
    return _form_page(request, None, values, {})


@post(f"{LISTED}/baru", guard=CITY_OFFICIAL)
async def create(request: Request) -> Response:
    """Keep a new draft."""
    form = await read_form(request)
    if (text := _text(form, None)) is None:
        return _form_page(request, None, form.values, form.errors, 422)
    made = await store.create(text, settings().city, person_of(request))
    return redirect(f"{address(made)}/kalender", flash=N_("Konsep siklus tersimpan. Lanjutkan dengan kalender tahap."))


def _text(form: Form, cycle: Cycle | None) -> CycleText | None:
    """What was typed, or None when something is at fault; the formula is kept from its own page."""
    name = form.line("name", required=True, least=5, most=80)
    year = form.integer("year", required=True, least=2000, most=2100)
    budget = form.rupiah("budget", required=True, least=1_000_000)
    ballot = form.choice("ballot_type", shown.BALLOT_WORDS)
    most = form.integer("max_choices", required=True, least=0, most=100)
    if ballot == "points" and most == 0:
        form.errors.say("max_choices", N_("Tulis berapa poin yang boleh dibagikan, misalnya 10."))
    rule = form.choice("tally_rule", shown.TALLY_WORDS)
    options = _options(form, rule or "")
    age, cap = form.integer("voting_age", least=10, most=21), form.integer("kk_cap", least=1, most=99)
    if not form.valid or year is None or budget is None or most is None or not (ballot and rule):
        return None
    return CycleText(
        name=name,
        year=year,
        budget=budget,
        quota_rule=cycle.quota_rule if cycle else "need_weighted",
        quota_options=cycle.quota_options if cycle else MIX,
        tally_rule=rule,
        tally_options=options,
        ballot_type=ballot,
        max_choices=most,
        voting_age=age or (cycle.voting_age if cycle else VOTING_AGE),
        kk_cap=cap or (cycle.kk_cap if cycle else KK_CAP),
    )


def _options(form: Form, rule: str) -> dict[str, str]:
    """The options of the count that differ from the usual ones; those of another rule are left out."""
    typed = {
        "threshold": str(form.integer("threshold", least=1, most=1_000_000) or 1),
        "order": form.choice("order", shown.ORDER_WORDS, required=False) or "votes",
        "skip": form.choice("skip", shown.SKIP_WORDS, required=False) or "yes",
        "utility": form.choice("utility", shown.UTILITY_WORDS, required=False) or "cost",
        "step": str(form.rupiah("step", most=1_000_000_000) or 0),
    }
    mine = {"greedy": ("order", "skip"), "equal_shares": ("utility", "step")}.get(rule, ())
    kept = {name: typed[name] for name in ("threshold", *mine) if typed[name] != PLAIN[name]}
    completion = form.choice("completion", shown.COMPLETION_WORDS)
    return {"completion": completion or "none", **kept} if rule == "equal_shares" else kept


@get(f"{LISTED}/{{slug:str}}/ubah", guard=CITY_OFFICIAL)
async def edit_page(request: Request, slug: str) -> Response:
    """The form filled with what the cycle says now."""
    cycle = await store.by_slug(slug, drafts=True)
    values = {
        "name": cycle.name,
        "year": str(cycle.year),
        "budget": str(cycle.budget),
        "ballot_type": cycle.ballot_type,
        "max_choices": str(cycle.max_choices),
        "tally_rule": cycle.tally_rule,
        "completion": cycle.tally_options.get("completion", "none"),
        "voting_age": str(cycle.voting_age),
        "kk_cap": str(cycle.kk_cap),
        **{name: cycle.tally_options.get(name, plain) for name, plain in PLAIN.items()},
    }
    return _form_page(request, cycle, values, {})


@post(f"{LISTED}/{{slug:str}}/ubah", guard=CITY_OFFICIAL)
async def edit(request: Request, slug: str) -> Response:
    """Keep what was typed; when the total moved, the ceilings wait to be computed anew."""
    cycle, form = await store.by_slug(slug, drafts=True), await read_form(request)
    text = _text(form, cycle)
    if text:
        for fault in await store.share_faults(cycle.id, store.Wanted(cycle.shares, cycle.pot), (), text):
            if fault.field == "threshold":
                form.errors.say("threshold", fault.words)
    if text is None or not form.valid:
        return _form_page(request, cycle, form.values, form.errors, 422)
    changed = await store.change(cycle.id, text, person_of(request))
    if changed.budget != cycle.budget:
        return redirect(f"{address(changed)}/pagu", flash=N_("Pagu kota berubah. Hitung lagi pagu per kecamatan."))
    return redirect(address(changed), flash=N_("Perubahan tersimpan."))


@post(f"{LISTED}/{{slug:str}}/terbit", guard=CITY_OFFICIAL)
async def publish(request: Request, slug: str) -> Response:
    """Show the draft to everybody."""
    cycle = await store.by_slug(slug, drafts=True)
    await store.publish(cycle.id, person_of(request))
    return redirect(address(cycle), flash=N_("Siklus sudah terbit. Semua orang dapat melihatnya."))


@post(f"{LISTED}/{{slug:str}}/arsip", guard=CITY_OFFICIAL)
async def archive(request: Request, slug: str) -> Response:
    """Make the cycle readable only."""
    cycle = await store.by_slug(slug, drafts=True)
    await store.archive(cycle.id, person_of(request))
    return redirect(address(cycle), flash=N_("Siklus sekarang menjadi arsip."))


@post(f"{LISTED}/{{slug:str}}/hapus", guard=CITY_OFFICIAL)
async def delete(request: Request, slug: str) -> Response:
    """Delete an empty draft; the form asks for its name once more (Q2)."""
    cycle, form = await store.by_slug(slug, drafts=True), await read_form(request)
    if form.line("name") != cycle.name:
        flash = N_("Siklus tidak dihapus. Ketik namanya persis untuk menghapus.")
        return redirect(address(cycle), flash=flash, kind="awas")
    await store.delete(cycle.id, person_of(request))
    return redirect(LISTED, flash=N_("Konsep siklus sudah dihapus."))


HANDLERS = [list_page, new_page, create, edit_page, edit, publish, archive, delete]
