"""A funded project until it stands: its states, milestones and money, and what residents saw. Pure."""

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


class Refusal(Reason):
    """Why something cannot be noted about works."""

    UNKNOWN = (404, N_("Pekerjaan ini tidak ada."))
    OVERSPENT = (422, N_("Belanja {spent} melebihi anggaran {budget}. Periksa lagi angkanya."))
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
class Work:
    """Works whole, as their page shows them; money in whole rupiah."""

    card: WorkCard
    carried_out_by: str
    late_reason: str
    updated_at: datetime
    milestones: tuple[Milestone, ...]
    notes: tuple[Note, ...]

    @property
    def left(self) -> int:
        """What is not spent yet."""
        return self.card.budget - self.card.spent


def progress(status: WorkStatus, done: int, total: int) -> int:
    """Finished milestones in percent (O2): 0 to 100, and 100 only when the works are finished."""
    if status is WorkStatus.FINISHED:
        return 100
    return min(done * 100 // total, 99) if total else 0


def why_not_report(status: WorkStatus, spent: int, budget: int, late_reason: str) -> Refusal | None:
    """Why a report on works cannot be taken, or None: never more than the budget, late only with a reason."""
    if not 0 <= spent <= budget:
        return Refusal.OVERSPENT
    return Refusal.SAY_WHY_LATE if status is WorkStatus.LATE and not late_reason.strip() else None


def why_not_note(status: WorkStatus, body: str) -> Refusal | None:
    """Why a resident's note cannot be taken, or None."""
    if status in (WorkStatus.WAITING, WorkStatus.PROCUREMENT):
        return Refusal.NOT_STARTED
    if not body.strip():
        return Refusal.NOTE_EMPTY
    return Refusal.NOTE_TOO_LONG if len(body.strip()) > NOTE_LONGEST else None
