"""/petugas/siklus/…/jatah: money set aside, caps and what is left over; a preview of what it means in one kecamatan."""

from collections.abc import Mapping
from typing import Any

from rembuk.cycles import shares_shown
from rembuk.cycles import store as cycles
from rembuk.cycles.routes.writing import DESK, LISTED, address, person_of
from rembuk.cycles.rules import Cycle, ElectionState, Refusal
from rembuk.cycles.shares import ISSUE_NAMES, Cap, IssueCap, Leftover, Part, SetAside, Shares
from rembuk.cycles.store import Wanted
from rembuk.errors import N_, Refused, Said
from rembuk.money import parse_rupiah, thousands
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Level
from rembuk.review import store
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import CITY_OFFICIAL, PUBLIC, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post

NOT_A_PART = N_("Tulis persen dari pagu, misalnya 20%, atau rupiah, misalnya 300.000.000.")
OVER_HUNDRED = N_("Paling banyak 100%.")
NO_AREAS = N_("Tulis paling sedikit satu wilayah, satu per baris.")
NO_SUCH_AREA = N_('"{area}" tidak ditemukan. Tulis seperti "RW 05 Rancabolang", nama kelurahan, atau kode wilayah.')
MANY_SUCH_AREAS = N_('"{area}" ada di lebih dari satu tempat. Pakai kode wilayahnya: {codes}.')
MOST_AREAS = 60
AREA_NAME = N_("Wilayah prioritas")


@get(f"{LISTED}/{{slug:str}}/jatah", guard=DESK)
async def shares_page(request: Request, slug: str) -> Response:
    """The form with what is set now."""
    cycle = await cycles.by_slug(slug, drafts=True)
    atlas = await places.atlas()
    return await _page(request, cycle, values_of(cycle, atlas), cycle.shares.children_in, {})


async def _page(
    request: Request,
    cycle: Cycle,
    values: Mapping[str, str],
    children_in: tuple[str, ...],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    election = await cycles.find_election(cycle.id)
    return page(
        request,
        "cycles/shares.html",
        status=status,
        cycle=cycle,
        values=values,
        errors=errors,
        issues=list(ISSUE_NAMES.items()),
        kecamatan=[(area.code, area.name) for area in await places.kecamatan_list()],
        children_in=children_in,
        leftovers=[(each.value, Said(words)) for each, words in shares_shown.LEFTOVER_WORDS.items()],
        advanced=_is_advanced(values) or bool(children_in),
        frozen=election is None or election.state is not ElectionState.DRAFT,
        may_save=viewer(request).has(Role.CITY_OFFICIAL),
    )


def _is_advanced(values: Mapping[str, str]) -> bool:
    """Whether something behind the fold is set, so that it stands open."""
    names = ["kelurahan_number", "kelurahan_money", "rw_money", "city_number", "city_money", "area_list"]
    names += [f"{part}_{issue}" for issue in ISSUE_NAMES for part in ("hard", "most")]
    return any(values.get(name) for name in names)


def values_of(cycle: Cycle, atlas: Atlas) -> dict[str, str]:
    """The settings as the fields of the form hold them."""
    shares = cycle.shares
    values = {"children": str(shares.children or ""), "leftover": shares.leftover.value, "pot": _number(cycle.pot)}
    for each in shares.fences:
        part = each.issue or "area"
        values |= {f"floor_{part}": _typed(each.floor), f"hard_{part}": "1" if each.hard else ""}
        if each.areas:
            values |= {"area_name": each.name, "area_list": "\n".join(_area_words(code, atlas) for code in each.areas)}
    for name, cap in (("rw", shares.rw), ("kelurahan", shares.kelurahan), ("city", shares.city)):
        values |= {f"{name}_number": _number(cap.number), f"{name}_money": _number(cap.money)}
    return values | {f"most_{each.issue}": _typed(each.most) for each in shares.issues}


def _number(number: int | None) -> str:
    return thousands(number) if number else ""


def _typed(part: Part) -> str:
    return f"{part.percent}%" if part.percent else _number(part.rupiah)


def _area_words(code: str, atlas: Atlas) -> str:
    """The area as an official would type it, or its code where the words mean more than one."""
    words = atlas.label(code)
    return words if atlas.named(words) == [code] else code


@post(f"{LISTED}/{{slug:str}}/jatah", guard=CITY_OFFICIAL)
async def set_shares(request: Request, slug: str) -> Response:
    """Keep the settings, or say beside each field which bound fails and what would mend it."""
    cycle, form = await cycles.by_slug(slug, drafts=True), await read_form(request)
    atlas = await places.atlas()
    wanted = _wanted(form, atlas)
    projects = await store.frozen_projects(cycle.id)
    chosen = tuple(form.list("children_in"))
    if form.valid:
        for fault in await cycles.share_faults(cycle.id, wanted, projects):
            form.errors.say(fault.field, fault.words)
    if not form.valid:
        return await _page(request, cycle, form.values, chosen, form.errors, status=422)
    try:
        await cycles.set_shares(cycle.id, wanted, projects, person_of(request))
    except Refused as no:
        return await _page(request, cycle, form.values, chosen, {"": no.sentence()}, status=no.reason.status)
    flash = N_("Tersimpan. Periksa di bawah ini apa artinya dalam rupiah.")
    return redirect(f"{address(cycle)}/jatah/contoh", flash=flash)


def _wanted(form: Form, atlas: Atlas) -> Wanted:
    """What was typed; faults gather in the form."""
    fences = [_issue_fence(form, issue) for issue in ISSUE_NAMES]
    caps = [(issue, part_typed(form, f"most_{issue}")) for issue in ISSUE_NAMES]
    codes = {area.code for area in atlas.at(Level.KECAMATAN)}
    chosen = {code for code in form.list("children_in") if code in codes}
    shares = Shares(
        fences=tuple(fence for fence in (*fences, _area_fence(form, atlas)) if fence),
        children=form.integer("children", least=0, most=100) or 0,
        children_in=() if chosen == codes else tuple(sorted(chosen)),
        rw=_cap(form, "rw"),
        kelurahan=_cap(form, "kelurahan"),
        issues=tuple(IssueCap(issue, most) for issue, most in caps if most),
        leftover=Leftover(form.choice("leftover", [each.value for each in Leftover]) or Leftover.NONE),
        city=_cap(form, "city"),
    )
    return Wanted(shares, form.rupiah("pot") or 0)


def _issue_fence(form: Form, issue: str) -> SetAside | None:
    floor = part_typed(form, f"floor_{issue}")
    return SetAside(ISSUE_NAMES[issue], floor, issue=issue, hard=form.ticked(f"hard_{issue}")) if floor else None


def _area_fence(form: Form, atlas: Atlas) -> SetAside | None:
    floor, lines = part_typed(form, "floor_area"), form.lines("area_list")
    if not floor:
        if lines:
            form.errors.say("floor_area", NOT_A_PART)
        return None
    if not lines:
        form.errors.say("area_list", NO_AREAS)
    name = form.line("area_name", most=60) or AREA_NAME
    return SetAside(name, floor, areas=areas_typed(form, "area_list", atlas), hard=form.ticked("hard_area"))


def areas_typed(form: Form, field: str, atlas: Atlas) -> tuple[str, ...]:
    """The codes of the areas in a field, one a line, as people say them or as codes; faults gather in the form."""
    areas = [code for line in form.lines(field)[:MOST_AREAS] if (code := _area(form, field, line, atlas))]
    return tuple(sorted(set(areas)))


def _area(form: Form, field: str, line: str, atlas: Atlas) -> str:
    found = atlas.named(line)
    if not found:
        form.errors.say(field, NO_SUCH_AREA, area=line)
    elif len(found) > 1:
        form.errors.say(field, MANY_SUCH_AREAS, area=line, codes=", ".join(found[:4]))
    return found[0] if len(found) == 1 else ""


def part_typed(form: Form, name: str) -> Part:
    """A per cent of the ceiling or an amount of rupiah, whichever was typed; faults gather in the form."""
    text = form.line(name)
    if not text or text == "0":
        return Part()
    if text.endswith("%"):
        digits = text[:-1].strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 4):
            form.errors.say(name, NOT_A_PART)
        elif int(digits) > 100:
            form.errors.say(name, OVER_HUNDRED)
        else:
            return Part(percent=int(digits))
        return Part()
    try:
        return Part(parse_rupiah(text))
    except ValueError:
        form.errors.say(name, NOT_A_PART)
        return Part()


def _cap(form: Form, name: str) -> Cap:
    return Cap(form.integer(f"{name}_number", least=1, most=1000), form.rupiah(f"{name}_money", least=1))


@get(f"{LISTED}/{{slug:str}}/jatah/contoh", guard=DESK)
async def preview_page(request: Request, slug: str, kecamatan: str = "") -> Response:
    """What the settings mean in rupiah for one kecamatan, with the projects known by now."""
    cycle = await cycles.by_slug(slug, drafts=True)
    ceilings = await cycles.ceilings_with(cycle, cycle.pot)
    code = kecamatan if kecamatan in ceilings else min(ceilings, default="")
    shown = await _preview(cycle, ceilings, code)
    return page(
        request, "cycles/shares_preview.html", cycle=cycle, staff=True, at=f"{address(cycle)}/jatah/contoh", **shown
    )


@get("/jatah", guard=PUBLIC)
async def public_page(request: Request, kecamatan: str = "") -> Response:
    """The same for everybody, of the round people look at first: shares are declared before the vote."""
    cycle = await cycles.current_cycle()
    if cycle is None:
        raise Refused(Refusal.NO_CYCLE)
    ceilings, mine = await cycles.ceilings_with(cycle, cycle.pot), viewer(request).kecamatan or ""
    code = next((each for each in (kecamatan, mine) if each in ceilings), min(ceilings, default=""))
    shown = await _preview(cycle, ceilings, code)
    return page(request, "cycles/shares_preview.html", cycle=cycle, staff=False, at="/jatah", **shown)


async def _preview(cycle: Cycle, ceilings: Mapping[str, tuple[str, int]], code: str) -> dict[str, Any]:
    name, ceiling = ceilings.get(code, ("", 0))
    projects = [each for each in await store.frozen_projects(cycle.id) if each.district == code]
    fences = shares_shown.shown_fences(cycle.shares, code, ceiling, projects)
    return {
        "name": name,
        "ceiling": ceiling,
        "chosen": code,
        "options": [(each, words) for each, (words, _) in sorted(ceilings.items(), key=lambda item: item[1][0])],
        "fences": fences,
        "rest": ceiling - sum(each.amount for each in fences),
        "caps": shares_shown.cap_sentences(cycle.shares, ceiling),
        "leftovers": shares_shown.leftover_sentences(cycle.shares, cycle.pot),
        "projects": len(projects),
    }


HANDLERS = [shares_page, set_shares, preview_page, public_page]
