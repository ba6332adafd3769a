"""What the first page says in each phase: one question, until when, and the one main button. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rembuk.cycles.rules import PHASES, Phase, PhaseKind
from rembuk.errors import N_, Said
from rembuk.money import thousands

FULL_NAMES = {
    PhaseKind.PROPOSALS: N_("Usulan"),
    PhaseKind.DEBATE: N_("Musyawarah"),
    PhaseKind.REVIEW: N_("Pemeriksaan"),
    PhaseKind.VOTING: N_("Pemungutan suara"),
    PhaseKind.RESULTS: N_("Hasil"),
    PhaseKind.WORKS: N_("Pelaksanaan"),
}
_LAST_DAY = {
    PhaseKind.PROPOSALS: N_("hari terakhir untuk mengusulkan"),
    PhaseKind.DEBATE: N_("hari terakhir untuk memberi pendapat"),
    PhaseKind.REVIEW: N_("hari terakhir pemeriksaan"),
    PhaseKind.VOTING: N_("hari terakhir untuk memilih"),
    PhaseKind.RESULTS: N_("hari terakhir masa keberatan"),
    PhaseKind.WORKS: N_("hari terakhir pemantauan"),
}
_DAYS_LEFT = {
    PhaseKind.PROPOSALS: N_("hari lagi untuk mengusulkan"),
    PhaseKind.DEBATE: N_("hari lagi untuk memberi pendapat"),
    PhaseKind.REVIEW: N_("hari lagi pemeriksaan"),
    PhaseKind.VOTING: N_("hari lagi untuk memilih"),
    PhaseKind.RESULTS: N_("hari lagi masa keberatan"),
    PhaseKind.WORKS: N_("hari lagi pemantauan"),
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


def _list_button(facts: Facts, number: int) -> Button:
    return Button(Said(N_("Lihat {n} usulan"), n=thousands(number)), facts.list_address)


def _proposals(facts: Facts) -> Stage:
    if facts.proposals:
        words = N_("{n} usulan sudah masuk di {place}. Tulis usulan Anda sampai {until}.")
    else:
        words = N_("Belum ada usulan di {place}. Tulis usulan Anda sampai {until}.")
    text = Said(words, n=thousands(facts.proposals), place=facts.place, until=facts.until)
    buttons = (Button(N_("Buat usulan"), "/usulan/baru", "plus"), _list_button(facts, facts.proposals))
    return Stage(N_("Apa yang perlu dibenahi di RW Anda?"), text, buttons)


def _debate(facts: Facts) -> Stage:
    text = Said(
        N_("{n} usulan dari {place} bisa ditanggapi dan didukung sampai {until}."),
        n=thousands(facts.proposals),
        place=facts.place,
        until=facts.until,
    )
    buttons = (Button(N_("Baca dan tanggapi"), facts.list_address, "message-circle"),)
    return Stage(N_("Beri pendapat sebelum usulan dikunci"), text, buttons)


def _review(facts: Facts) -> Stage:
    text = Said(
        N_("{passed} usulan dari {n} usulan sudah lolos pemeriksaan. Pemeriksaan selesai {until}."),
        passed=thousands(facts.on_ballot),
        n=thousands(facts.proposals),
        until=facts.until,
    )
    return Stage(N_("Petugas sedang memeriksa usulan"), text, (Button(N_("Pantau"), facts.list_address, "eye"),))


def _voting(facts: Facts) -> Stage:
    text = Said(
        N_("{n} usulan sudah lolos pemeriksaan. Pilih yang paling Anda perlukan, sampai {until}."),
        n=thousands(facts.on_ballot),
        until=facts.until,
    )
    buttons = (Button(N_("Buka surat suara"), "/bilik", "checklist"), _list_button(facts, facts.on_ballot))
    return Stage(N_("Saatnya memilih usulan untuk lingkungan kita"), text, buttons)


def _voted(facts: Facts) -> Stage:
    text = Said(
        N_("Anda masih bisa mengubahnya sampai {until}. Yang dihitung hanya suara terakhir."), until=facts.until
    )
    buttons = (Button(N_("Lihat bukti"), "/bukti", "receipt"), Button(N_("Ubah suara"), "/bilik"))
    return Stage(N_("Suara Anda sudah masuk"), text, buttons)


def _results(facts: Facts) -> Stage:
    href = f"/hasil/{facts.slug}" if facts.slug else "/hasil"
    text = Said(
        N_("Hasil {place} bisa dibaca, diputar ulang, dan dihitung sendiri. Masa keberatan sampai {until}."),
        place=facts.place,
        until=facts.until,
    )
    funded = Said(N_("{n} usulan didanai"), n=thousands(facts.funded))
    title = funded if facts.funded else N_("Hasil pemungutan suara")
    return Stage(title, text, (Button(N_("Lihat hasil"), href, "chart-bar"),))


def _works(facts: Facts) -> Stage:
    running = Said(
        N_("{running} dari {n} pekerjaan berjalan"), running=thousands(facts.works_running), n=thousands(facts.works)
    )
    href = f"/pelaksanaan?kec={facts.slug}" if facts.slug else "/pelaksanaan"
    text = N_("Lihat belanja, tahapan, dan catatan warga. Tulis apa yang Anda lihat di lapangan.")
    title = running if facts.works else N_("Pekerjaan segera dimulai")
    return Stage(title, text, (Button(N_("Pantau"), href, "tools"),))


def _between(facts: Facts) -> Stage:
    text = N_("Tahap berikutnya belum dibuka. Usulan yang sudah masuk tetap bisa dibaca.")
    buttons = (Button(N_("Lihat usulan"), facts.list_address),)
    return Stage(N_("Rembuk warga untuk lingkungan kita"), text, buttons)


@dataclass(frozen=True)
class Countdown:
    """The days left of a phase, as a number and the words behind it; no number on the last day."""

    number: str
    words: str


def countdown(phase: Phase, today: date, ends_on: date) -> Countdown:
    """How many days are left until the day a phase ends, in the city's own days."""
    days = (ends_on - today).days
    if days <= 0:
        return Countdown(N_("Hari ini"), _LAST_DAY[phase.kind])
    return Countdown(thousands(days), _DAYS_LEFT[phase.kind])


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
