"""/petugas/siklus/…/pagu: the total and the formula, a preview as table and map, two formulas side by side."""

from collections.abc import Mapping

from rembuk import money
from rembuk.cycles import formula, shown, store
from rembuk.cycles.formula import MILLION, RULE_NAMES
from rembuk.cycles.routes.writing import DESK, LISTED, address, person_of
from rembuk.cycles.rules import Cycle, ElectionState
from rembuk.cycles.shown import Formula
from rembuk.errors import N_, Refused, Said
from rembuk.places import maps
from rembuk.places import store as places
from rembuk.places.rules import Level
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import CITY_OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

RULES = ("need_weighted", "per_capita", "equal")


def _asked(form: Form, kept: Formula, prefix: str = "") -> Formula:
    """The formula in a form; what is not asked stays as kept."""
    if not form.has(f"{prefix}rule"):
        return kept
    rule = form.choice(f"{prefix}rule", RULES) or kept.rule
    parts = {name: form.integer(f"{prefix}{name}", least=0, most=1000) or 0 for name in ("equal", "population", "poor")}
    if rule == "need_weighted" and not any(parts.values()):
        form.errors.say(f"{prefix}equal", N_("Isi paling sedikit satu bobot di atas 0."))
        parts = {"equal": 1, "population": 0, "poor": 0}
    budget = form.rupiah("budget", least=MILLION) or kept.budget
    bounds = {name: form.rupiah(name) or 0 for name in ("lowest", "highest", "pot")}
    return Formula(budget, rule, **parts, **bounds, unit=kept.unit)


def _kept(cycle: Cycle) -> Formula:
    """The formula a cycle keeps; one that was typed or imported starts from the usual mix."""
    rule = cycle.quota_rule if cycle.quota_rule in RULES else RULES[0]
    return shown.formula_of(cycle.budget, rule, cycle.quota_options)


def _query(request: Request) -> Form:
    return Form({name: list(request.query_params.getall(name)) for name in request.query_params})


@get(f"{LISTED}/{{slug:str}}/pagu", guard=DESK)
async def ceilings_page(request: Request, slug: str) -> Response:
    """The preview of what was asked; nothing is kept until the button is pressed."""
    return await _page(request, await store.by_slug(slug, drafts=True), _query(request))


async def _page(request: Request, cycle: Cycle, form: Form, problem: str = "", status: int = 200) -> Response:
    kept = _kept(cycle)
    asked = _asked(form, kept)
    other = _asked(form, asked, "other_") if form.ticked("compare") else None
    lines, fault = await _lines(asked)
    others, other_fault = await _lines(other) if other else ({}, "")
    election = await store.find_election(cycle.id)
    needs = {need.area: need for need in await store.needs()}
    return page(
        request,
        "cycles/ceilings.html",
        status=status,
        cycle=cycle,
        asked=asked,
        other=other,
        rules=[(name, Said(RULE_NAMES[name])) for name in RULES],
        errors=form.errors,
        problem=problem or fault or other_fault,
        rows=shown.shown_ceilings(list(lines.values()), _amounts(others) if other else None, needs, asked.unit),
        total=sum(_amounts(lines).values()),
        other_total=sum(_amounts(others).values()),
        fields=_fields(asked),
        may_save=viewer(request).has(Role.CITY_OFFICIAL),
        map=await _map(_amounts(lines)),
        saved=await store.ceilings(cycle.id) == _amounts(lines) and asked == kept,
        frozen=election is None or election.state is not ElectionState.DRAFT,
        years={"residents": store.RESIDENTS[1], "poor": store.POOR_FAMILIES[1]},
    )


def _fields(asked: Formula) -> list[tuple[str, str]]:
    """What the button that keeps the preview sends: exactly what was previewed."""
    names = ("budget", "rule", "equal", "population", "poor", "lowest", "highest", "pot")
    return [(name, str(getattr(asked, name))) for name in names]


async def _lines(asked: Formula) -> tuple[dict[str, formula.Line], str]:
    try:
        found = await store.preview(asked.budget, asked.rule, asked.options)
    except Refused as no:
        return {}, no.sentence()
    return {line.area: line for line in found}, ""


def _amounts(lines: Mapping[str, formula.Line]) -> dict[str, int]:
    return {area: line.amount for area, line in lines.items()}


async def _map(amounts: Mapping[str, int]) -> maps.Map:
    atlas = await places.atlas()
    return maps.area_map(atlas, Level.KECAMATAN, amounts, href=lambda area: f"#{area.slug}", words=money.short_rupiah)


@post(f"{LISTED}/{{slug:str}}/pagu", guard=CITY_OFFICIAL)
async def set_ceilings(request: Request, slug: str) -> Response:
    """Keep the total and the formula and compute the ceilings by them."""
    cycle, form = await store.by_slug(slug, drafts=True), await read_form(request)
    asked = _asked(form, _kept(cycle))
    if not form.valid:
        return await _page(request, cycle, form, status=422)
    try:
        await store.set_formula(cycle.id, asked.budget, asked.rule, asked.options, person_of(request))
    except Refused as no:
        return await _page(request, cycle, form, no.sentence(), no.reason.status)
    return redirect(
        f"{address(cycle)}/pagu", flash=N_("Pagu per kecamatan tersimpan. Jumlahnya tepat sama dengan pagu kota.")
    )


HANDLERS = [ceilings_page, set_ceilings]
