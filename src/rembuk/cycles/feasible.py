"""Settings that cannot be kept, each with the bound that fails and what would mend it. Pure (tally.md §2)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.shares import CHILDREN, ISSUE_NAMES, Cap, Leftover, Part, Shares, children_box
from rembuk.errors import N_, Said
from rembuk.money import rupiah, thousands

SET_BALLOTS = ("approval", "knapsack")
"""Ballots on which a project's score is a number of people, so that a threshold can be held against the roll."""

OVER_HUNDRED = N_("Jatah khusus dan Suara Anak berjumlah {sum}% dari pagu. Kurangi menjadi paling banyak 100%.")
FLOORS_OVER = N_(
    "Di {area}, jatah khusus berjumlah {floors}, melebihi pagunya {ceiling}. Kurangi {gap}, atau pakai persen."
)
TWO_NAMES = N_('Dua jatah khusus bernama "{name}". Beri nama yang berbeda.')
ROUNDS_TO_NOTHING = N_(
    'Di {area}, jatah "{name}" sebesar {percent}% dari {ceiling} dibulatkan ke bawah menjadi Rp 0. Naikkan persennya.'
)
POT_WITHOUT_ROUND = N_(
    "Simpanan kota {pot} belum punya putaran kota untuk membelanjakannya. Pilih putaran kota, atau kosongkan simpanan."
)
POT_TOO_LARGE = N_("Simpanan kota {pot} melebihi pagu kota {budget}. Kurangi {gap}.")
CAPS_WITHOUT_ROUND = N_("Batas per kecamatan hanya berlaku dalam putaran kota. Pilih putaran kota, atau kosongkan.")
CAP_TOO_SMALL = N_("Batas {what} {cap} lebih kecil daripada usulan termurah {least}. Naikkan menjadi {least}.")
ISSUE_CAP_UNDER_FLOOR = N_(
    "Di {area}, batas {issue} {cap} lebih kecil daripada jatah khususnya {floor}. Samakan, atau turunkan jatahnya."
)
CHILDREN_TOO_LITTLE = N_(
    "Di {area}, bagian Suara Anak {share} tidak cukup untuk usulan termurah {least}. Naikkan menjadi {percent}%, "
    "atau jangan pilih kecamatan ini untuk Suara Anak."
)
THRESHOLD_TOO_HIGH = N_(
    "Ambang {threshold} suara melebihi {voters} pemilih di {area}. Turunkan menjadi paling banyak {voters}."
)
REQUIRED_MISSING = N_(
    "Usulan nomor {project} memerlukan usulan nomor {required}, yang tidak ada di surat suara {area}. "
    "Loloskan usulan itu, atau lepas syaratnya di meja pemeriksaan."
)
REQUIRED_CIRCULAR = N_(
    "Usulan nomor {project} memerlukan usulan nomor {required}, yang pada akhirnya memerlukan usulan nomor {project}. "
    "Lepas salah satu syaratnya di meja pemeriksaan."
)
REQUIRED_RIVAL = N_(
    "Usulan nomor {project} memerlukan usulan nomor {required}, tetapi dari kelompok keduanya hanya satu yang menang. "
    "Lepas syarat atau kelompoknya di meja pemeriksaan."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be kept, in words, and the field of the form that says it ("" for a project's own)."""

    field: str
    words: Said


@dataclass(frozen=True)
class Facts:
    """What the settings are held against; whole rupiah. Projects and voters are empty while they are not known.

    `ceilings` give name and money by district code, `voters` how many may vote in each box.
    """

    budget: int
    pot: int
    ceilings: Mapping[str, tuple[str, int]]
    ballot_type: str = "approval"
    threshold: int = 1
    projects: Sequence[FrozenProject] = ()
    voters: Mapping[str, int] = field(default_factory=dict)

    def costs(self, kecamatan: str = "", issue: str = "") -> list[int]:
        """What the projects cost that could be funded, in a kecamatan and of an issue when one is named."""
        return [
            each.cost
            for each in self.projects
            if not each.withdrawn and kecamatan in ("", each.district) and issue in ("", each.issue)
        ]


def faults(shares: Shares, facts: Facts) -> list[Fault]:
    """Everything that cannot be kept, in the order of the form; empty when the round can be frozen with it."""
    found = [*_floors(shares, facts), *_children(shares, facts), *_caps(shares, facts), *_city(shares, facts)]
    return [*found, *_threshold(facts), *_ties(facts)]


def _floors(shares: Shares, facts: Facts) -> Iterator[Fault]:
    names = Counter([CHILDREN.casefold(), *(each.name.casefold() for each in shares.fences)])
    for each in shares.fences:
        if names[each.name.casefold()] > 1:
            yield Fault("area_name", Said(TWO_NAMES, name=each.name))
    whole = [each.floor.percent for each in shares.fences if not each.areas]
    if (percent := sum(whole) + shares.children) > 100:
        yield Fault("floor_waste", Said(OVER_HUNDRED, sum=percent))
        return
    for code, (area, ceiling) in sorted(facts.ceilings.items()):
        floors = sum(money for _, money in shares.floors_in(code, ceiling))
        if floors > ceiling:
            said = {"floors": rupiah(floors), "ceiling": rupiah(ceiling), "gap": rupiah(floors - ceiling)}
            yield Fault("floor_waste", Said(FLOORS_OVER, area=area, **said))
            return
        for each in shares.fences:
            if each.is_in(code) and each.floor.percent and not each.floor.of(ceiling):
                said = {"percent": str(each.floor.percent), "ceiling": rupiah(ceiling)}
                yield Fault("floor_waste", Said(ROUNDS_TO_NOTHING, area=area, name=each.name, **said))
                return


def _children(shares: Shares, facts: Facts) -> Iterator[Fault]:
    for code, (area, ceiling) in sorted(facts.ceilings.items()):
        costs = facts.costs(code)
        share = Part(percent=shares.children).of(ceiling)
        if shares.has_children(code) and costs and share < min(costs):
            said = {"share": rupiah(share), "least": rupiah(min(costs))}
            yield Fault("children", Said(CHILDREN_TOO_LITTLE, area=area, percent=_enough(ceiling, min(costs)), **said))
            return


def _enough(ceiling: int, cost: int) -> int:
    """The smallest per cent of a ceiling that buys this, 100 when none does."""
    return next((percent for percent in range(1, 100) if Part(percent=percent).of(ceiling) >= cost), 100)


def _caps(shares: Shares, facts: Facts) -> Iterator[Fault]:
    least = min(facts.costs(), default=0)
    for name, what, cap in (
        ("rw_money", N_("per RW"), shares.rw),
        ("kelurahan_money", N_("per kelurahan"), shares.kelurahan),
        ("city_money", N_("per kecamatan dalam putaran kota"), shares.city),
    ):
        if cap.money is not None and cap.money < least:
            yield Fault(name, Said(CAP_TOO_SMALL, what=what, cap=rupiah(cap.money), least=rupiah(least)))
    for issue_cap in shares.issues:
        yield from _issue_cap(shares, facts, issue_cap.issue, issue_cap.most)


def _issue_cap(shares: Shares, facts: Facts, issue: str, most: Part) -> Iterator[Fault]:
    words = ISSUE_NAMES.get(issue, issue)
    for code, (area, ceiling) in sorted(facts.ceilings.items()):
        floor = sum(each.floor.of(ceiling) for each in shares.fences if each.issue == issue)
        cap = most.of(ceiling)
        if floor > cap:
            said = {"issue": words, "cap": rupiah(cap), "floor": rupiah(floor)}
            yield Fault(f"most_{issue}", Said(ISSUE_CAP_UNDER_FLOOR, area=area, **said))
            return
        least = min(facts.costs(code, issue), default=0)
        if cap < least:
            said = {"what": f"{words}, {area}", "cap": rupiah(cap), "least": rupiah(least)}
            yield Fault(f"most_{issue}", Said(CAP_TOO_SMALL, **said))
            return


def _city(shares: Shares, facts: Facts) -> Iterator[Fault]:
    if facts.pot > facts.budget:
        said = {"budget": rupiah(facts.budget), "gap": rupiah(facts.pot - facts.budget)}
        yield Fault("pot", Said(POT_TOO_LARGE, pot=rupiah(facts.pot), **said))
    if shares.leftover is Leftover.SHARE:
        return
    if facts.pot:
        yield Fault("pot", Said(POT_WITHOUT_ROUND, pot=rupiah(facts.pot)))
    if shares.city != Cap():
        yield Fault("city_number", Said(CAPS_WITHOUT_ROUND))


def _threshold(facts: Facts) -> Iterator[Fault]:
    if facts.ballot_type not in SET_BALLOTS:
        return
    names = {code: name for code, (name, _) in facts.ceilings.items()}
    names |= {children_box(code): f"{CHILDREN} {name}" for code, name in names.items()}
    for code, voters in sorted(facts.voters.items()):
        if code in names and 0 < voters < facts.threshold:
            said = {"threshold": thousands(facts.threshold), "voters": thousands(voters)}
            yield Fault("threshold", Said(THRESHOLD_TOO_HIGH, area=names[code], **said))
            return


def _ties(facts: Facts) -> Iterator[Fault]:
    there = {each.id: each for each in facts.projects}
    for each in facts.projects:
        if not each.requires:
            continue
        required = there.get(each.requires)
        said = {"project": each.id, "required": each.requires}
        if required is None or required.withdrawn or required.district != each.district:
            area = facts.ceilings.get(each.district, (each.district, 0))[0]
            yield Fault("", Said(REQUIRED_MISSING, area=area, **said))
        elif is_circular(each.id, {one.id: one.requires for one in facts.projects}):
            yield Fault("", Said(REQUIRED_CIRCULAR, **said))
        elif each.group and each.group == required.group:
            yield Fault("", Said(REQUIRED_RIVAL, **said))


def is_circular(project: str, requires: Mapping[str, str]) -> bool:
    """Whether what a project requires leads back to it, however far."""
    seen: set[str] = set()
    needed = requires.get(project, "")
    while needed and needed not in seen:
        if needed == project:
            return True
        seen.add(needed)
        needed = requires.get(needed, "")
    return False
