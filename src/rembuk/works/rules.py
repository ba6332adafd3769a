"""A funded project until it stands: its states, milestones and money, and what residents saw. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason

NOTE_LONGEST = 500


class WorkStatus(StrEnum):
    """How far the works are."""

    WAITING = "waiting"
    PROCUREMENT = "procurement"
    BUILDING = "building"
    FINISHED = "finished"
    LATE = "late"


STATUS_WORDS = {
    WorkStatus.WAITING: N_("Belum mulai"),
    WorkStatus.PROCUREMENT: N_("Pengadaan"),
    WorkStatus.BUILDING: N_("Dikerjakan"),
    WorkStatus.FINISHED: N_("Selesai"),
    WorkStatus.LATE: N_("Terlambat"),
}
ADDRESS_OF_STATUS = {
    WorkStatus.WAITING: "belum",
    WorkStatus.PROCUREMENT: "pengadaan",
    WorkStatus.BUILDING: "dikerjakan",
    WorkStatus.FINISHED: "selesai",
    WorkStatus.LATE: "terlambat",
}


class Moment(StrEnum):
    """When a picture of works was taken."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


MOMENT_WORDS = {Moment.BEFORE: N_("Sebelum"), Moment.DURING: N_("Saat dikerjakan"), Moment.AFTER: N_("Sesudah")}


class Refusal(Reason):
    """Why something cannot be noted about works."""

    UNKNOWN = (404, N_("Pekerjaan ini tidak ada."))
    OVERSPENT = (422, N_("Belanja {spent} melebihi anggaran {budget}. Periksa lagi angkanya."))
    TAX_TOO_HIGH = (422, N_("Pajak tidak boleh melebihi jumlah yang dibayar."))
    ALREADY_PLANNED = (409, N_("Pekerjaan ini sudah direncanakan."))
    NOT_FUNDED = (409, N_("Usulan ini tidak didanai, jadi tidak ada pekerjaannya."))
    STOPPED = (409, N_("Usulan ini batal didanai, jadi pekerjaannya dihentikan. Buku kas tetap bisa dibaca."))
    NO_STEPS = (422, N_("Tulis paling sedikit satu tahapan dengan tanggal rencananya."))
    NO_SUCH_STEP = (404, N_("Tahapan ini tidak ada."))
    STEPS_OPEN = (409, N_("Masih ada tahapan yang belum selesai. Tandai dulu, lalu nyatakan pekerjaan selesai."))
    IN_THE_FUTURE = (422, N_("Tanggal ini belum tiba. Periksa lagi tanggalnya."))
    NO_SUCH_LINE = (404, N_("Baris buku kas ini tidak ada."))
    SAY_WHY_VOID = (422, N_("Tulis mengapa baris ini dibatalkan."))
    SAY_WHY_LATE = (422, N_("Tulis alasan keterlambatan, misalnya: menunggu izin jalan."))
    NOTE_EMPTY = (422, N_("Catatan masih kosong. Tulis apa yang Anda lihat."))
    NOTE_TOO_LONG = (422, N_("Catatan terlalu panjang. Paling banyak 500 huruf."))
    NOT_STARTED = (409, N_("Pekerjaan ini belum dimulai, jadi belum ada yang bisa dilihat."))


@dataclass(frozen=True)
class Milestone:
    """One step of the works with its planned and real date."""

    nth: int
    title: str
    planned_on: date
    finished_on: date | None = None
    note: str = ""

    def is_late(self, today: date) -> bool:
        """Whether its day has passed without it being done."""
        return self.finished_on is None and today > self.planned_on


@dataclass(frozen=True)
class Note:
    """A resident looked: it is as promised, or not yet."""

    matches: bool
    body: str
    at: datetime


@dataclass(frozen=True)
class Expense:
    """One line of the account book; money in whole rupiah, tax inside the gross sum."""

    paid_on: date
    what: str
    gross: int
    tax: int = 0
    payee: str = ""
    receipt: UUID | None = None
    id: UUID | None = None
    void_reason: str = ""

    @property
    def net(self) -> int:
        """What the payee kept."""
        return self.gross - self.tax


@dataclass(frozen=True)
class Picture:
    """A picture of the place, with words for who cannot see it."""

    file: UUID
    moment: Moment
    alt: str


@dataclass(frozen=True)
class WorkCard:
    """Works as lists show them; money in whole rupiah."""

    id: UUID
    number: int
    title: str
    issue: str
    rw: str
    year: int
    status: WorkStatus
    budget: int
    spent: int
    done_count: int
    milestone_count: int

    @property
    def progress(self) -> int:
        """Finished milestones in percent, rounded down; all of them for finished works."""
        return progress(self.status, self.done_count, self.milestone_count)


@dataclass(frozen=True)
class OverdueWork:
    """Works whose next step should be done by now."""

    number: int
    title: str
    rw: str
    carried_out_by: str
    planned_on: date


@dataclass(frozen=True)
class FundedProposal:
    """A funded proposal that has no works yet; the budget is its reviewed cost in whole rupiah."""

    number: int
    title: str
    issue: str
    rw: str
    budget: int


@dataclass(frozen=True)
class Work:
    """Works whole, as their page shows them; money in whole rupiah. Stopped: the proposal lost its money afterwards."""

    card: WorkCard
    carried_out_by: str
    late_reason: str
    updated_at: datetime
    stopped: bool
    milestones: tuple[Milestone, ...]
    notes: tuple[Note, ...]
    expenses: tuple[Expense, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def tax(self) -> int:
        """Tax in the lines that count."""
        return sum(line.tax for line in self.expenses if not line.void_reason)

    @property
    def next_step(self) -> Milestone | None:
        """The first step that is not done."""
        return next((step for step in self.milestones if step.finished_on is None), None)

    @property
    def left(self) -> int:
        """What is not spent yet."""
        return self.card.budget - self.card.spent


def progress(status: WorkStatus, done: int, total: int) -> int:
    """Finished milestones in percent (O2): 0 to 100, and 100 only when the works are finished."""
    if status is WorkStatus.FINISHED:
        return 100
    return min(done * 100 // total, 99) if total else 0


def why_not_report(status: WorkStatus, milestones: Sequence[Milestone], late_reason: str) -> Refusal | None:
    """Why a report on works cannot be taken, or None: late only with a reason, finished only with every step done."""
    if status is WorkStatus.LATE and not late_reason.strip():
        return Refusal.SAY_WHY_LATE
    open_steps = any(step.finished_on is None for step in milestones)
    return Refusal.STEPS_OPEN if status is WorkStatus.FINISHED and open_steps else None


def why_not_spend(line: Expense, left: int, today: date) -> Refusal | None:
    """Why a line cannot be written into the account book, or None: never more than what is left."""
    if line.paid_on > today:
        return Refusal.IN_THE_FUTURE
    if line.tax > line.gross:
        return Refusal.TAX_TOO_HIGH
    return Refusal.OVERSPENT if line.gross > left else None


def why_not_note(status: WorkStatus, body: str) -> Refusal | None:
    """Why a resident's note cannot be taken, or None."""
    if status in (WorkStatus.WAITING, WorkStatus.PROCUREMENT):
        return Refusal.NOT_STARTED
    if not body.strip():
        return Refusal.NOTE_EMPTY
    return Refusal.NOTE_TOO_LONG if len(body.strip()) > NOTE_LONGEST else None
