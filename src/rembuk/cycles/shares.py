"""What an official sets about the money inside each kecamatan: money set aside, caps, what becomes of the rest. Pure.

Everything here is the same for every kecamatan of a round and is frozen before the vote (tally.md §2, S2 to S5).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rembuk.errors import N_

UNIT = 1_000_000
"""A percentage of a ceiling is rounded down to this many rupiah; what rounding leaves stays in the kecamatan."""
CHILDREN = "Suara Anak"
CHILDREN_BOX = "anak"
ISSUE_NAMES = {"waste": N_("Sampah"), "clean_water": N_("Air bersih"), "flood": N_("Banjir")}


class Leftover(StrEnum):
    """What becomes of the money no kecamatan spent."""

    NONE = "none"
    SHARE = "share"
    NEXT_YEAR = "next_year"


@dataclass(frozen=True, slots=True)
class Part:
    """Money of one kecamatan: so much rupiah, or whole per cent of its ceiling; 0 and 0 is nothing set."""

    rupiah: int = 0
    percent: int = 0

    def __bool__(self) -> bool:
        return bool(self.rupiah or self.percent)

    def of(self, ceiling: int) -> int:
        """The money in rupiah under this ceiling; a percentage is rounded down to a whole million."""
        return self.rupiah or ceiling * self.percent // 100 // UNIT * UNIT


@dataclass(frozen=True, slots=True)
class SetAside:
    """Money every kecamatan sets aside for an issue, or for flagged areas (one without such an area has none).

    What is not used goes back to the kecamatan, or (`hard`) waits for the reserve.
    """

    name: str
    floor: Part
    issue: str = ""
    areas: tuple[str, ...] = ()
    hard: bool = False

    def areas_in(self, kecamatan: str) -> tuple[str, ...]:
        """The flagged areas that lie in a kecamatan."""
        return tuple(code for code in self.areas if code == kecamatan or code.startswith(f"{kecamatan}."))

    def is_in(self, kecamatan: str) -> bool:
        """Whether this kecamatan sets money aside for it."""
        return not self.areas or bool(self.areas_in(kecamatan))


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many projects and so much rupiah; None means no bound of that kind."""

    number: int | None = None
    money: int | None = None

    def __bool__(self) -> bool:
        return self.number is not None or self.money is not None


@dataclass(frozen=True, slots=True)
class IssueCap:
    """At most so much of a kecamatan's money for one issue."""

    issue: str
    most: Part


@dataclass(frozen=True, slots=True)
class Shares:
    """Everything set for the money inside each kecamatan; as it stands, nothing is set aside and nothing capped.

    `children` is the per cent of the ceiling that children decide on, in `children_in` (no code: everywhere).
    `city` caps each kecamatan in the city round.
    """

    fences: tuple[SetAside, ...] = ()
    children: int = 0
    children_in: tuple[str, ...] = ()
    rw: Cap = Cap()
    kelurahan: Cap = Cap()
    issues: tuple[IssueCap, ...] = ()
    leftover: Leftover = Leftover.NONE
    city: Cap = Cap()

    def has_children(self, kecamatan: str) -> bool:
        """Whether children of this kecamatan decide on a share of its money."""
        return bool(self.children) and (not self.children_in or kecamatan in self.children_in)

    def floors_in(self, kecamatan: str, ceiling: int) -> list[tuple[str, int]]:
        """What is set aside in a kecamatan, by name, in the order it is filled: children first."""
        mine = [(CHILDREN, Part(percent=self.children).of(ceiling))] if self.has_children(kecamatan) else []
        return mine + [(each.name, each.floor.of(ceiling)) for each in self.fences if each.is_in(kecamatan)]


def children_box(kecamatan: str) -> str:
    """The district id that children's envelopes, marks and ballots carry."""
    return f"{kecamatan}.{CHILDREN_BOX}"


def shares_text(shares: Shares) -> str:
    """The settings as one canonical JSON text; what is not set is left out."""
    said = {name: value for name, value in asdict(shares).items() if value != asdict(Shares())[name]}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shares_of(text: str) -> Shares:
    """The settings in a text of `shares_text`."""
    said: dict[str, Any] = json.loads(text)
    return Shares(
        fences=tuple(_set_aside(each) for each in said.get("fences", ())),
        children=said.get("children", 0),
        children_in=tuple(said.get("children_in", ())),
        rw=Cap(**said.get("rw", {})),
        kelurahan=Cap(**said.get("kelurahan", {})),
        issues=tuple(IssueCap(each["issue"], Part(**each["most"])) for each in said.get("issues", ())),
        leftover=Leftover(said.get("leftover", "none")),
        city=Cap(**said.get("city", {})),
    )


def _set_aside(said: Mapping[str, Any]) -> SetAside:
    return SetAside(said["name"], Part(**said["floor"]), said["issue"], tuple(said["areas"]), said["hard"])


Frozen = dict[str, Any]


def frozen_fences(shares: Shares, kecamatan: str, ceiling: int) -> list[Frozen]:
    """The money set aside in a kecamatan as the configuration holds it, in filling order (docs/bundle.md)."""
    found = []
    if shares.has_children(kecamatan):
        floor = Part(percent=shares.children).of(ceiling)
        found.append(_fence(CHILDREN, floor, ballots=children_box(kecamatan)))
    for each in shares.fences:
        if each.is_in(kecamatan):
            areas = list(each.areas_in(kecamatan))
            found.append(_fence(each.name, each.floor.of(ceiling), each.issue, areas, hard=each.hard))
    return found


def _fence(
    name: str, floor: int, issue: str = "", areas: Iterable[str] = (), *, hard: bool = False, ballots: str = ""
) -> Frozen:
    return {"name": name, "issue": issue, "areas": list(areas), "floor": floor, "hard": hard, "ballots": ballots}


def frozen_limits(shares: Shares, ceiling: int, rws: Iterable[str], names: Mapping[str, str]) -> list[Frozen]:
    """The caps inside a kecamatan whose projects stand in these RW (codes); `names` are the words for areas."""
    here = sorted(set(rws))
    found = [_limit(names.get(rw, rw), shares.rw, area=rw) for rw in here if shares.rw]
    villages = sorted({rw.rpartition(".")[0] for rw in here})
    found += [_limit(names.get(code, code), shares.kelurahan, area=code) for code in villages if shares.kelurahan]
    for each in shares.issues:
        most = Cap(money=each.most.of(ceiling))
        found.append(_limit(ISSUE_NAMES.get(each.issue, each.issue), most, issue=each.issue))
    return found


def _limit(name: str, cap: Cap, *, area: str = "", issue: str = "") -> Frozen:
    return {"name": name, "area": area, "issue": issue, "number": cap.number, "money": cap.money}
