"""What the settings mean in rupiah for one kecamatan, as segments and as sentences an official can check. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.shares import CHILDREN, ISSUE_NAMES, Cap, Leftover, Part, Shares
from rembuk.errors import N_, Said
from rembuk.money import rupiah, thousands

LEFTOVER_WORDS = {
    Leftover.NONE: N_("Tetap di kas kota, tidak dibelanjakan lewat putaran ini."),
    Leftover.SHARE: N_("Putaran kota: dikumpulkan untuk usulan yang belum didanai, menurut bagian pemilih."),
    Leftover.NEXT_YEAR: N_("Disimpan untuk siklus tahun depan."),
}
CHILDREN_FILL = N_("Diisi lebih dulu, dari suara anak sendiri, dengan aturan hitung yang sama.")
ISSUE_FILL = N_("Hanya untuk usulan {issue}, dari suara semua pemilih kecamatan.")
AREA_FILL = N_("Hanya untuk usulan di {n} wilayah prioritas, dari suara semua pemilih kecamatan.")
SOFT = N_("Yang tidak terpakai kembali ke pagu kecamatan.")
HARD = N_("Yang tidak terpakai ditahan untuk usulan cadangan.")
TOO_LITTLE = N_("Usulan termurah {least}, jadi jatah ini belum cukup untuk satu usulan.")
NO_PROJECT = N_("Belum ada usulan untuk jatah ini, jadi uangnya akan {then}.")
BACK, WAITS = N_("kembali ke pagu kecamatan"), N_("ditahan untuk cadangan")
BOTH = N_("Setiap {what}: paling banyak {number} usulan dan {money}.")
ONLY_NUMBER = N_("Setiap {what}: paling banyak {number} usulan.")
ONLY_MONEY = N_("Setiap {what}: paling banyak {money}.")
ISSUE_MOST = N_("{issue}: paling banyak {money} di kecamatan ini.")
CITY_POT = N_("Simpanan kota {pot} ikut dalam putaran kota.")


@dataclass(frozen=True, slots=True)
class ShownFence:
    """Money set aside in a kecamatan: its amount in rupiah, its colour word, what fills it, and a warning or ""."""

    name: str
    amount: int
    fill: str
    words: tuple[Said, ...]
    warning: Said | str = ""


def summary(shares: Shares) -> list[Said]:
    """What is set, in a few words each; empty when nothing is."""
    found = [Said("{name} {percent}%", name=CHILDREN, percent=str(shares.children))] if shares.children else []
    found += [Said("{name} {part}", name=each.name, part=_part_words(each.floor)) for each in shares.fences]
    if shares.rw or shares.kelurahan or shares.issues:
        found.append(Said(N_("ada batas per wilayah atau isu")))
    return [*found, Said(N_("putaran kota"))] if shares.leftover is Leftover.SHARE else found


def _part_words(part: Part) -> str:
    return f"{part.percent}%" if part.percent else rupiah(part.rupiah)


def shown_fences(shares: Shares, kecamatan: str, ceiling: int, projects: Sequence[FrozenProject]) -> list[ShownFence]:
    """The money set aside in a kecamatan, in filling order; `projects` are its own, as known by now."""
    costs = [each.cost for each in projects]
    floors = dict(shares.floors_in(kecamatan, ceiling))
    found = []
    if shares.has_children(kecamatan):
        money = floors[CHILDREN]
        warning = _warning(money, costs) if projects else ""
        found.append(ShownFence(CHILDREN, money, "hijau", (Said(CHILDREN_FILL), Said(SOFT)), warning))
    for each in shares.fences:
        if each.is_in(kecamatan):
            areas = each.areas_in(kecamatan)
            held = [p.cost for p in projects if _holds(areas, each.issue, p)]
            what = Said(AREA_FILL, n=len(areas)) if areas else Said(ISSUE_FILL, issue=ISSUE_NAMES[each.issue])
            words = (what, Said(HARD if each.hard else SOFT))
            warning = _warning(floors[each.name], held, hard=each.hard) if projects else ""
            found.append(ShownFence(each.name, floors[each.name], each.issue or "abu", words, warning))
    return found


def _holds(areas: Sequence[str], issue: str, project: FrozenProject) -> bool:
    near = any(project.area == code or project.area.startswith(f"{code}.") for code in areas)
    return near or bool(issue and project.issue == issue)


def _warning(money: int, costs: Sequence[int], *, hard: bool = False) -> Said | str:
    if not costs:
        return Said(NO_PROJECT, then=WAITS if hard else BACK)
    return Said(TOO_LITTLE, least=rupiah(min(costs))) if money < min(costs) else ""


def cap_sentences(shares: Shares, ceiling: int) -> list[Said]:
    """The caps inside a kecamatan with this ceiling, one sentence each."""
    return list(_caps(shares, ceiling))


def _caps(shares: Shares, ceiling: int) -> Iterator[Said]:
    for what, cap in (("RW", shares.rw), ("kelurahan", shares.kelurahan)):
        if cap:
            yield _cap(what, cap)
    for each in shares.issues:
        yield Said(ISSUE_MOST, issue=ISSUE_NAMES[each.issue], money=rupiah(each.most.of(ceiling)))


def _cap(what: str, cap: Cap) -> Said:
    if cap.number is not None and cap.money is not None:
        return Said(BOTH, what=what, number=thousands(cap.number), money=rupiah(cap.money))
    if cap.number is not None:
        return Said(ONLY_NUMBER, what=what, number=thousands(cap.number))
    return Said(ONLY_MONEY, what=what, money=rupiah(cap.money or 0))


def leftover_sentences(shares: Shares, pot: int) -> list[Said]:
    """What becomes of the rest, and what bounds each kecamatan in the city round."""
    found = [Said(LEFTOVER_WORDS[shares.leftover])]
    if shares.leftover is Leftover.SHARE and shares.city:
        found.append(_cap(N_("kecamatan dalam putaran kota"), shares.city))
    if shares.leftover is Leftover.SHARE and pot:
        found.append(Said(CITY_POT, pot=rupiah(pot)))
    return found
