"""What the first page says in each phase: one question, until when, and the one main button. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rembuk.cycles.rules import PHASES, Phase, PhaseKind
from rembuk.money import thousands

FULL_NAMES = {
    PhaseKind.PROPOSALS: "Usulan",
    PhaseKind.DEBATE: "Musyawarah",
    PhaseKind.REVIEW: "Pemeriksaan",
    PhaseKind.VOTING: "Pemungutan suara",
    PhaseKind.RESULTS: "Hasil",
    PhaseKind.WORKS: "Pelaksanaan",
}
_DAYS_FOR = {
    PhaseKind.PROPOSALS: "untuk mengusulkan",
    PhaseKind.DEBATE: "untuk memberi pendapat",
    PhaseKind.REVIEW: "pemeriksaan",
    PhaseKind.VOTING: "untuk memilih",
    PhaseKind.RESULTS: "masa keberatan",
    PhaseKind.WORKS: "pemantauan",
}


@dataclass(frozen=True)
class Button:
    """A link drawn as a button."""

    words: str
    href: str
    icon: str = ""


@dataclass(frozen=True)
class Stage:
    """The dark stage of the first page: a question, one or two sentences, at most two buttons."""

    title: str
    text: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Facts:
    """What the stage counts: visible proposals, those on the ballot, funded ones, and works under way."""

    place: str
    slug: str
    proposals: int
    on_ballot: int
    funded: int
    works: int
    works_running: int
    until: str
    has_voted: bool

    @property
    def list_address(self) -> str:
        """The list of this kecamatan's proposals."""
        return f"/usulan?kec={self.slug}" if self.slug else "/usulan"


def stage_of(kind: PhaseKind | None, facts: Facts) -> Stage:
    """The stage of a phase, or of the time between phases."""
    if kind is None:
        return _between(facts)
    return {
        PhaseKind.PROPOSALS: _proposals,
        PhaseKind.DEBATE: _debate,
        PhaseKind.REVIEW: _review,
        PhaseKind.VOTING: _voted if facts.has_voted else _voting,
        PhaseKind.RESULTS: _results,
        PhaseKind.WORKS: _works,
    }[kind](facts)


def _count(number: int, what: str = "usulan") -> str:
    return f"{thousands(number)} {what}"


def _list_button(facts: Facts, number: int) -> Button:
    return Button(f"Lihat {_count(number)}", facts.list_address)


def _proposals(facts: Facts) -> Stage:
    said = f"{_count(facts.proposals)} sudah masuk" if facts.proposals else "Belum ada usulan"
    text = f"{said} di {facts.place}. Tulis usulan Anda sampai {facts.until}."
    buttons = (Button("Buat usulan", "/usulan/baru", "plus"), _list_button(facts, facts.proposals))
    return Stage("Apa yang perlu dibenahi di RW Anda?", text, buttons)


def _debate(facts: Facts) -> Stage:
    text = f"{_count(facts.proposals)} dari {facts.place} bisa ditanggapi dan didukung sampai {facts.until}."
    buttons = (Button("Baca dan tanggapi", facts.list_address, "message-circle"),)
    return Stage("Beri pendapat sebelum usulan dikunci", text, buttons)


def _review(facts: Facts) -> Stage:
    text = (
        f"{_count(facts.on_ballot)} dari {_count(facts.proposals)} sudah lolos pemeriksaan. "
        f"Pemeriksaan selesai {facts.until}."
    )
    return Stage("Petugas sedang memeriksa usulan", text, (Button("Pantau", facts.list_address, "eye"),))


def _voting(facts: Facts) -> Stage:
    text = f"{_count(facts.on_ballot)} sudah lolos pemeriksaan. Pilih yang paling Anda perlukan, sampai {facts.until}."
    buttons = (Button("Buka surat suara", "/bilik", "checklist"), _list_button(facts, facts.on_ballot))
    return Stage("Saatnya memilih usulan untuk lingkungan kita", text, buttons)


def _voted(facts: Facts) -> Stage:
    text = f"Anda masih bisa mengubahnya sampai {facts.until}. Yang dihitung hanya suara terakhir."
    buttons = (Button("Lihat bukti", "/bukti", "receipt"), Button("Ubah suara", "/bilik"))
    return Stage("Suara Anda sudah masuk", text, buttons)


def _results(facts: Facts) -> Stage:
    href = f"/hasil/{facts.slug}" if facts.slug else "/hasil"
    text = f"Hasil {facts.place} bisa dibaca, diputar ulang, dan dihitung sendiri. Masa keberatan sampai {facts.until}."
    title = f"{_count(facts.funded)} didanai" if facts.funded else "Hasil pemungutan suara"
    return Stage(title, text, (Button("Lihat hasil", href, "chart-bar"),))


def _works(facts: Facts) -> Stage:
    title = f"{thousands(facts.works_running)} dari {thousands(facts.works)} pekerjaan berjalan"
    href = f"/pelaksanaan?kec={facts.slug}" if facts.slug else "/pelaksanaan"
    text = "Lihat belanja, tahapan, dan catatan warga. Tulis apa yang Anda lihat di lapangan."
    return Stage(title if facts.works else "Pekerjaan segera dimulai", text, (Button("Pantau", href, "tools"),))


def _between(facts: Facts) -> Stage:
    text = "Tahap berikutnya belum dibuka. Usulan yang sudah masuk tetap bisa dibaca."
    return Stage("Rembuk warga untuk lingkungan kita", text, (Button("Lihat usulan", facts.list_address),))


@dataclass(frozen=True)
class Countdown:
    """The days left of a phase, as a number and the words behind it; no number on the last day."""

    number: str
    words: str


def countdown(phase: Phase, today: date, ends_on: date) -> Countdown:
    """How many days are left until the day a phase ends, in the city's own days."""
    days = (ends_on - today).days
    if days <= 0:
        return Countdown("Hari ini", f"hari terakhir {_DAYS_FOR[phase.kind]}")
    return Countdown(thousands(days), f"hari lagi {_DAYS_FOR[phase.kind]}")


def step_of(kind: PhaseKind | None, phases: Sequence[Phase]) -> int:
    """Which of the six steps runs, 1 to 6; between phases the number of those that are over."""
    if kind is not None:
        return PHASES.index(kind) + 1
    return sum(phase.is_over for phase in phases)


def coming(kind: PhaseKind, phases: Sequence[Phase]) -> tuple[PhaseKind, datetime] | None:
    """What comes next and when: the result while people vote, otherwise the next phase; None at the end."""
    later = PHASES[PHASES.index(kind) + 1 :]
    starts = {phase.kind: phase.starts_at for phase in phases}
    return next(((each, starts[each]) for each in later if each in starts), None)
