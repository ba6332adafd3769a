"""Cycles as the official's desk draws them: phases on a calendar, formulas side by side. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rembuk.cycles import rules
from rembuk.cycles.formula import MILLION, MIX, RULE_NAMES, Line, Need
from rembuk.cycles.rules import CLOSING_MEANS, OPENING_MEANS, PHASE_NAMES, Phase, PhaseKind, Refusal
from rembuk.errors import N_, Said
from rembuk.places.rules import slugged

STATE_WORDS = {"draft": N_("Konsep"), "published": N_("Terbit"), "archived": N_("Arsip")}
STATE_KINDS = {"draft": "awas", "published": "lulus", "archived": ""}
ELECTION_WORDS = {
    "draft": N_("Belum dikunci"),
    "frozen": N_("Terkunci, bilik belum dibuka"),
    "open": N_("Bilik suara dibuka"),
    "closed": N_("Bilik suara ditutup"),
    "opened": N_("Kotak suara sudah dibuka"),
    "counted": N_("Sudah dihitung"),
    "certified": N_("Sudah disahkan"),
}
BALLOT_WORDS = {
    "approval": N_("Centang: pilih beberapa usulan"),
    "knapsack": N_("Keranjang: isi sampai pagu"),
    "points": N_("Poin: bagikan sejumlah poin"),
    "ranked": N_("Peringkat: urutkan usulan"),
}
TALLY_WORDS = {
    "equal_shares": N_("Bagian Setara: setiap pemilih punya bagian yang sama"),
    "greedy": N_("Suara terbanyak yang masih muat"),
    "phragmen": N_("Phragmén: beban dibagi rata"),
}
COMPLETION_WORDS = {
    "none": N_("Tidak dilengkapi"),
    "add1u": N_("Tambah bagian sedikit demi sedikit, lalu suara terbanyak"),
    "add1": N_("Tambah bagian sedikit demi sedikit"),
    "greedy": N_("Dilengkapi dengan suara terbanyak"),
}
ORDER_WORDS = {
    "votes": N_("Jumlah suara"),
    "votes_per_cost": N_("Jumlah suara dibanding biaya"),
}
SKIP_WORDS = {
    "yes": N_("Dilewati, lalu usulan berikutnya dicoba"),
    "no": N_("Berhenti di usulan pertama yang tidak muat"),
}
UTILITY_WORDS = {
    "cost": N_("Biayanya: usulan besar dianggap lebih berarti"),
    "count": N_("Satu per usulan, besar atau kecil"),
    "points": N_("Poin yang diberikan pemilih"),
    "borda": N_("Letaknya di peringkat pemilih"),
}


@dataclass(frozen=True, slots=True)
class ShownPhase:
    """One phase on the calendar: `offset` and `length` in hours from the first start, for drawing."""

    kind: PhaseKind
    name: str
    starts_at: datetime
    ends_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    offset: int
    length: int
    state: str
    act: str
    means: str
    why_not: str

    @property
    def fill(self) -> str:
        """The colour word of its bar: open phases green, the others grey."""
        return "hijau" if self.state == "kini" else "abu"


def shown_phases(phases: Sequence[Phase]) -> list[ShownPhase]:
    """The phases of a calendar, each with the one act it allows and what that would mean."""
    kept = {phase.kind: phase for phase in phases}
    first = min((phase.starts_at for phase in phases), default=None)
    return [_shown(phase, kept, first or phase.starts_at) for phase in phases]


def _shown(phase: Phase, kept: Mapping[PhaseKind, Phase], first: datetime) -> ShownPhase:
    state = "kini" if phase.is_open else "sudah" if phase.is_over else "nanti"
    act = {"kini": "close", "sudah": "", "nanti": "open"}[state]
    fault = rules.why_not_open(phase.kind, kept) if act == "open" else None
    if fault and fault[0] is Refusal.LATER_BEGAN:
        state = "lewat"
    return ShownPhase(
        kind=phase.kind,
        name=PHASE_NAMES[phase.kind],
        starts_at=phase.starts_at,
        ends_at=phase.ends_at,
        opened_at=phase.opened_at,
        closed_at=phase.closed_at,
        offset=_hours(phase.starts_at - first),
        length=max(1, _hours(phase.ends_at - phase.starts_at)),
        state=state,
        act=act,
        means=CLOSING_MEANS[phase.kind] if act == "close" else OPENING_MEANS[phase.kind],
        why_not=Said(fault[0].sentence, **fault[1]) if fault else "",
    )


def _hours(gap: timedelta) -> int:
    return int(gap.total_seconds() // 3600)


def whole_length(phases: Sequence[ShownPhase]) -> int:
    """The hours from the first start to the last end."""
    return max((phase.offset + phase.length for phase in phases), default=1)


@dataclass(frozen=True, slots=True)
class Formula:
    """What an official asked of a quota: rule, the parts of the mix, bounds and pot; whole rupiah."""

    budget: int
    rule: str
    equal: int = 30
    population: int = 40
    poor: int = 30
    lowest: int = 0
    highest: int = 0
    pot: int = 0
    unit: int = MILLION

    @property
    def options(self) -> dict[str, int]:
        """The options as the formula takes them; only the mix that counts."""
        mix = {name: getattr(self, name) for name in MIX} if self.rule == "need_weighted" else {}
        bounds = {name: getattr(self, name) for name in ("lowest", "highest", "pot") if getattr(self, name)}
        return {**mix, **bounds, "unit": self.unit}

    @property
    def words(self) -> str:
        """The formula in words."""
        if self.rule != "need_weighted":
            return Said(RULE_NAMES.get(self.rule, self.rule))
        whole = (self.equal + self.population + self.poor) or 1
        parts = [self.equal, self.population, self.poor]
        shares = [f"{round(part * 100 / whole)}%" for part in parts]
        words = N_("{equal} sama rata, {residents} penduduk, {poor} keluarga miskin")
        return Said(words, equal=shares[0], residents=shares[1], poor=shares[2])


def formula_of(budget: int, rule: str, options: Mapping[str, int]) -> Formula:
    """The formula a cycle keeps."""
    known = ("equal", "population", "poor", "lowest", "highest", "pot", "unit")
    return Formula(budget, rule, **{name: options[name] for name in known if name in options})


@dataclass(frozen=True, slots=True)
class ShownCeiling:
    """A kecamatan in the preview: its figures, its ceiling, and the same under the other formula."""

    area: str
    name: str
    residents: int
    poor_families: int
    amount: int
    other: int | None
    per_resident: int
    raised: bool

    @property
    def slug(self) -> str:
        """The row's anchor, where the map's shapes lead."""
        return slugged(self.name)

    @property
    def gap(self) -> int | None:
        """How much more (or less) the other formula gives."""
        return None if self.other is None else self.other - self.amount


def shown_ceilings(
    lines: Sequence[Line], others: Mapping[str, int] | None, needs: Mapping[str, Need], unit: int
) -> list[ShownCeiling]:
    """The ceilings of a formula with the figures behind them; `raised` = rounded up to the next unit."""
    return [
        ShownCeiling(
            area=line.area,
            name=line.name,
            residents=needs[line.area].residents,
            poor_families=needs[line.area].poor_families,
            amount=line.amount,
            other=None if others is None else others.get(line.area),
            per_resident=line.amount // (needs[line.area].residents or 1),
            raised=bool(line.remainder) and line.amount > _exact_floor(line.exact, unit),
        )
        for line in lines
    ]


def _exact_floor(exact: str, unit: int) -> int:
    top, _, bottom = exact.partition("/")
    return int(top) // (int(bottom or 1) * unit) * unit
