"""A cycle's phases: their order and dates, who may do what in which, when one may open. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from rembuk.cycles.shares import Shares
from rembuk.errors import N_, Reason, Said

VOTING_AGE, KK_CAP = 17, 12
"""Usual age of voters in years, usual number of people on one family card above which a case opens (trust.md 3)."""


class PhaseKind(StrEnum):
    """The six phases, in their order."""

    PROPOSALS = "proposals"
    DEBATE = "debate"
    REVIEW = "review"
    VOTING = "voting"
    RESULTS = "results"
    WORKS = "works"


PHASES = tuple(PhaseKind)
PHASE_NAMES = {
    PhaseKind.PROPOSALS: N_("Usulan"),
    PhaseKind.DEBATE: N_("Musyawarah"),
    PhaseKind.REVIEW: N_("Pemeriksaan"),
    PhaseKind.VOTING: N_("Suara"),
    PhaseKind.RESULTS: N_("Hasil"),
    PhaseKind.WORKS: N_("Pelaksanaan"),
}
OPENING_MEANS = {
    PhaseKind.PROPOSALS: N_("Warga dapat menulis, mengubah, dan mendukung usulan."),
    PhaseKind.DEBATE: N_("Warga dapat menanggapi dan mendukung usulan."),
    PhaseKind.REVIEW: N_("Petugas memeriksa usulan. Warga tidak dapat lagi mengubahnya."),
    PhaseKind.VOTING: N_("Bilik suara dibuka. Usulan, pagu, dan aturan hitung sudah terkunci."),
    PhaseKind.RESULTS: N_("Hasil dapat dibaca semua orang dan masa keberatan dimulai."),
    PhaseKind.WORKS: N_("Pekerjaan yang didanai dapat dipantau warga."),
}
CLOSING_MEANS = {
    PhaseKind.PROPOSALS: N_("Warga tidak dapat lagi menulis atau mengubah usulan."),
    PhaseKind.DEBATE: N_("Tanggapan dan dukungan berhenti."),
    PhaseKind.REVIEW: N_("Hasil pemeriksaan tidak dapat diubah lagi. Usulan yang lolos masuk surat suara."),
    PhaseKind.VOTING: N_("Bilik suara ditutup untuk semua orang. Suara yang sudah masuk dikunci."),
    PhaseKind.RESULTS: N_("Masa keberatan berakhir."),
    PhaseKind.WORKS: N_("Pemantauan pekerjaan siklus ini berakhir."),
}


# A phase that starts only when an earlier one is closed: proposals are not edited while they are checked,
# nothing is checked while people vote, and nothing is read out while the booth is open (A4, A5, A7).
AFTER = {
    PhaseKind.REVIEW: (PhaseKind.PROPOSALS, PhaseKind.DEBATE),
    PhaseKind.VOTING: (PhaseKind.PROPOSALS, PhaseKind.DEBATE, PhaseKind.REVIEW),
    PhaseKind.RESULTS: (PhaseKind.VOTING,),
    PhaseKind.WORKS: (PhaseKind.VOTING,),
}


class CycleState(StrEnum):
    """Draft: only staff see it. Published: everybody. Archived: to read only."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ElectionState(StrEnum):
    """How far a vote has come; the row that holds it is the phase lock."""

    DRAFT = "draft"
    FROZEN = "frozen"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    COUNTED = "counted"
    CERTIFIED = "certified"


class Refusal(Reason):
    """Why the room of cycles says no."""

    NO_CYCLE = (404, N_("Siklus ini tidak ada."))
    NO_ELECTION = (404, N_("Siklus ini belum punya pemungutan suara."))
    SLUG_TAKEN = (409, N_("Alamat singkat ini sudah dipakai siklus lain. Pilih nama atau tahun lain."))
    NOT_DRAFT = (
        409,
        N_("Siklus ini sudah terbit. Yang sudah terbit tidak dapat dihapus atau diganti alamatnya."),
    )
    NOT_EMPTY = (409, N_("Siklus ini sudah berisi data, jadi tidak dapat dihapus."))
    ARCHIVED = (409, N_("Siklus ini sudah menjadi arsip. Isinya hanya dapat dibaca."))
    NO_PHASES = (409, N_("Tanggal keenam tahap belum lengkap. Isi kalender dulu."))
    BAD_DATES = (422, N_("{words}"))
    PHASE_MISSING = (409, N_("Tahap {phase} belum punya tanggal."))
    PHASE_RUNNING = (409, N_("Tahap {phase} sudah dibuka."))
    PHASE_OVER = (409, N_("Tahap {phase} sudah ditutup. Tahap yang sudah ditutup tidak dibuka lagi."))
    PHASE_NOT_OPEN = (409, N_("Tahap {phase} belum dibuka."))
    NOT_PUBLISHED = (409, N_("Siklus ini belum terbit. Terbitkan dulu."))
    EARLIER_RUNNING = (409, N_("Tahap {other} masih berlangsung. Tutup dulu, lalu lanjutkan ke {phase}."))
    VOTING_FIRST = (409, N_("Tahap {phase} dibuka setelah {other} ditutup."))
    LATER_BEGAN = (409, N_("Tahap {other} sudah dimulai, jadi {phase} tidak dapat dibuka."))
    DATE_PASSED = (409, N_("Tahap {phase} sudah dibuka atau ditutup. Tanggal itu tidak dapat diubah."))
    TWO_PERSONS = (409, N_("Membuka atau menutup bilik suara perlu persetujuan dua orang."))
    CLOCK_MOVED = (409, N_("Jam server berubah. Tahap tidak dapat dibuka atau ditutup sampai server dijalankan ulang."))
    CHECK_FAILS = (409, N_("Belum bisa: {words}"))
    NOT_FROZEN = (409, N_("Pagu dan usulan belum dikunci. Kunci dulu dengan persetujuan dua orang."))
    FROZEN = (409, N_("Pagu dan usulan sudah dikunci. Isinya tidak dapat diubah lagi."))
    NO_PROJECTS = (409, N_("Belum ada usulan yang lolos pemeriksaan."))
    NO_KEY = (409, N_("Kunci kotak suara belum ditetapkan. Tetapkan dulu kunci publiknya."))
    OTHER_CONFIG = (
        409,
        N_("Kesepakatan pemungutan suara tidak sama dengan yang dikunci di papan bukti. Beri tahu auditor."),
    )
    NO_WITNESSES = (
        409,
        N_("Hasil perlu {number} saksi papan bukti, yang terdaftar baru {there}. Daftarkan saksi sebelum mengunci."),
    )
    NO_CEILINGS = (409, N_("Pagu per kecamatan belum dihitung."))
    WRONG_STATE = (409, N_("Keadaan pemungutan suara sudah berubah. Muat ulang halaman."))
    TOO_EARLY = (409, N_("Bilik suara dibuka mulai {moment}."))
    NOT_THE_TOTAL = (422, N_("Jumlah pagu kecamatan harus sama dengan pagu kota."))
    INFEASIBLE = (422, N_("{words}"))
    NOT_ALLOWED = (403, N_("Tahap sekarang tidak mengizinkan ini."))


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase as planned, and when it really opened and closed; times are aware."""

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed again."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def is_over(self) -> bool:
        """Whether it was closed."""
        return self.closed_at is not None

    @property
    def name(self) -> str:
        """The word people read, in Indonesian."""
        return PHASE_NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class Cycle:
    """One yearly process; money in whole rupiah, options as text pairs."""

    id: UUID
    slug: str
    name: str
    year: int
    city: str
    kind: str
    state: CycleState
    budget: int
    quota_rule: str
    quota_options: Mapping[str, int]
    tally_rule: str
    tally_options: Mapping[str, str]
    ballot_type: str
    max_choices: int
    simulated: bool = False
    currency: str = "IDR"
    shares: Shares = field(default_factory=Shares)
    voting_age: int = VOTING_AGE
    kk_cap: int = KK_CAP

    @property
    def pot(self) -> int:
        """What is kept for the city, in rupiah."""
        return self.quota_options.get("pot", 0)


@dataclass(frozen=True, slots=True)
class Election:
    """One vote inside a cycle, with the configuration it was frozen with."""

    id: UUID
    cycle: UUID
    name: str
    state: ElectionState
    level: str
    publication: str
    config: str = ""
    config_sha256: str = ""
    trustee_key: str = ""
    seed: str = ""
    witness_quorum: int = 0
    auditor_quorum: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """A phase was opened or closed."""

    kind: PhaseKind
    action: str
    at: datetime
    actor: UUID | None
    reason: str

    @property
    def name(self) -> str:
        """The phase's name as people read it."""
        return PHASE_NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class CycleText:
    """What an official types about a cycle; money in whole rupiah."""

    name: str
    year: int
    budget: int
    quota_rule: str
    quota_options: Mapping[str, int]
    tally_rule: str
    tally_options: Mapping[str, str]
    ballot_type: str
    max_choices: int
    voting_age: int = VOTING_AGE
    kk_cap: int = KK_CAP


def why_bad_dates(phases: Sequence[Phase]) -> list[tuple[PhaseKind, Said]]:
    """A10: what is wrong with a calendar, by phase, in words that name the other phase."""
    ordered = sorted(phases, key=lambda phase: PHASES.index(phase.kind))
    faults = [
        (phase.kind, Said(N_("Tahap {phase} harus berakhir setelah dimulai."), phase=phase.name))
        for phase in ordered
        if phase.ends_at <= phase.starts_at
    ]
    for before, after in pairwise(ordered):
        if after.starts_at <= before.starts_at:
            words = N_("Tahap {phase} harus dimulai setelah {other} dimulai.")
            faults.append((after.kind, Said(words, phase=after.name, other=before.name)))
        if before.ends_at >= after.ends_at:
            words = N_("Tahap {phase} harus berakhir sebelum {other} berakhir.")
            faults.append((before.kind, Said(words, phase=before.name, other=after.name)))
    return faults + _overlaps({phase.kind: phase for phase in phases})


def _overlaps(phases: Mapping[PhaseKind, Phase]) -> list[tuple[PhaseKind, Said]]:
    words = N_("Tahap {phase} harus dimulai setelah {other} berakhir.")
    return [
        (kind, Said(words, phase=phases[kind].name, other=phases[other].name))
        for kind, earlier in AFTER.items()
        for other in earlier
        if kind in phases and other in phases and phases[kind].starts_at < phases[other].ends_at
    ]


def current(phases: Iterable[Phase]) -> Phase | None:
    """The phase people stand in: the latest in order that is open, else None."""
    return max((p for p in phases if p.is_open), key=lambda phase: PHASES.index(phase.kind), default=None)


def why_not_open(kind: PhaseKind, phases: Mapping[PhaseKind, Phase]) -> tuple[Refusal, dict[str, str]] | None:
    """The first reason this phase may not be opened now, with the names it speaks of, or None."""
    name = PHASE_NAMES[kind]
    if kind not in phases:
        return Refusal.PHASE_MISSING, {"phase": name}
    if phases[kind].is_over:
        return Refusal.PHASE_OVER, {"phase": name}
    if phases[kind].is_open:
        return Refusal.PHASE_RUNNING, {"phase": name}
    for other in AFTER.get(kind, ()):
        if other in phases and phases[other].is_open:
            return Refusal.EARLIER_RUNNING, {"phase": name, "other": PHASE_NAMES[other]}
        if other is PhaseKind.VOTING and other in phases and not phases[other].is_over:
            return Refusal.VOTING_FIRST, {"phase": name, "other": PHASE_NAMES[other]}
    for other, needs in AFTER.items():
        if kind in needs and other in phases and phases[other].opened_at:
            return Refusal.LATER_BEGAN, {"phase": name, "other": PHASE_NAMES[other]}
    return None


def why_not_close(kind: PhaseKind, phases: Mapping[PhaseKind, Phase]) -> tuple[Refusal, dict[str, str]] | None:
    """The reason this phase may not be closed now, or None."""
    name = PHASE_NAMES[kind]
    if kind not in phases:
        return Refusal.PHASE_MISSING, {"phase": name}
    if phases[kind].is_over:
        return Refusal.PHASE_OVER, {"phase": name}
    return None if phases[kind].is_open else (Refusal.PHASE_NOT_OPEN, {"phase": name})


def why_not_move(kept: Mapping[PhaseKind, Phase], wanted: Sequence[Phase]) -> PhaseKind | None:
    """The first phase whose moved date has passed: an opened one keeps its start, a closed one its end."""
    for phase in wanted:
        old = kept.get(phase.kind)
        if old and old.opened_at and phase.starts_at != old.starts_at:
            return phase.kind
        if old and old.closed_at and phase.ends_at != old.ends_at:
            return phase.kind
    return None


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of phase that is due: what, when it was planned."""

    kind: PhaseKind
    action: str
    at: datetime


def turns_due(phases: Iterable[Phase], now: datetime) -> list[Turn]:
    """The changes of phase the calendar asks for by now, in order of their instant, closings first."""
    due: list[Turn] = []
    for phase in phases:
        if phase.opened_at is None and phase.starts_at <= now < phase.ends_at:
            due.append(Turn(phase.kind, "open", phase.starts_at))
        if phase.is_open and phase.ends_at <= now:
            due.append(Turn(phase.kind, "close", phase.ends_at))
    return sorted(due, key=lambda turn: (turn.at, turn.action, PHASES.index(turn.kind)))


def spread(first: datetime, days: Mapping[PhaseKind, int]) -> list[Phase]:
    """A calendar of phases one after the other from a first moment, each as many days long as said."""
    planned, starts = [], first
    for kind in PHASES:
        ends = starts + timedelta(days=days[kind])
        planned.append(Phase(kind, starts, ends))
        starts = ends
    return planned
