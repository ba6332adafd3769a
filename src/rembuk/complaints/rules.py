"""A complaint's clock and states: three working days to pass on, five or ten for the unit to answer. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason, Said
from rembuk.workdays import NO_HOLIDAYS, workday_after

BODY = (15, 1500)
LANDMARK_LONGEST = 160
ANSWER_LONGEST = 1500
DAYS_TO_FORWARD = 3
DAYS_TO_ANSWER = 5
DAYS_ON_SITE = 10


class State(StrEnum):
    """How far a complaint has come."""

    NEW = "new"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    CLOSED = "closed"


STATE_WORDS = {
    State.NEW: N_("Diterima"),
    State.FORWARDED: N_("Diteruskan"),
    State.ANSWERED: N_("Dijawab"),
    State.CLOSED: N_("Ditutup"),
}
UNITS = (
    "Dinas Lingkungan Hidup",
    "Dinas Sumber Daya Air dan Bina Marga",
    "Dinas Perumahan dan Kawasan Permukiman",
    "Perumda Tirtawening",
    "Badan Penanggulangan Bencana Daerah",
    "Kantor kecamatan",
)


class Refusal(Reason):
    """Why something cannot be done with a complaint."""

    UNKNOWN = (404, N_("Pengaduan ini tidak ada."))
    DONE = (409, N_("Pengaduan ini sudah dijawab atau ditutup."))
    NO_UNIT = (422, N_("Pilih dinas yang dituju."))
    NO_REASON = (422, N_("Tulis jawaban atau alasannya."))


@dataclass(frozen=True)
class Complaint:
    """One complaint with its number, clock and answer; `rw` is an area code."""

    id: UUID
    number: int
    author: UUID
    hide_name: bool
    body: str
    rw: str
    landmark: str
    photo: UUID | None
    unit: str
    state: State
    due_on: date
    answer: str
    answered_at: datetime | None
    at: datetime

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed without an answer."""
        return self.state in (State.NEW, State.FORWARDED) and today > self.due_on


@dataclass(frozen=True)
class Words:
    """What a resident writes: the trouble, the RW it lies in (area code), a landmark, and a photo when there is one."""

    body: str
    rw: str
    landmark: str = ""
    photo: UUID | None = None
    hide_name: bool = False


def due_on(state: State, day: date, on_site: bool = False, holidays: Collection[date] = NO_HOLIDAYS) -> date:
    """The last day of the present step: 3 working days to pass on, then 5 (10 when somebody must go and look)."""
    days = DAYS_TO_FORWARD if state is State.NEW else DAYS_ON_SITE if on_site else DAYS_TO_ANSWER
    return workday_after(day, days, holidays)


def faults(body: str, rw_is_known: bool, landmark: str) -> dict[str, str]:
    """What is wrong with a complaint, by field."""
    found: dict[str, str] = {}
    if not body.strip():
        found["body"] = Said(N_("Masalah masih kosong. Tulis, misalnya: Sampah tidak diangkut sejak Senin."))
    elif not BODY[0] <= len(body.strip()) <= BODY[1]:
        found["body"] = Said(N_("Tulis antara {least} dan {most} huruf."), least=BODY[0], most=BODY[1])
    if not rw_is_known:
        found["rw"] = Said(N_("RW belum dipilih. Pilih RW tempat masalah ini."))
    if len(landmark) > LANDMARK_LONGEST:
        found["landmark"] = Said(N_("Patokan terlalu panjang. Paling banyak {most} huruf."), most=LANDMARK_LONGEST)
    return found


def why_not_act(state: State) -> Refusal | None:
    """Why a complaint cannot be passed on, answered or closed any more, or None."""
    return Refusal.DONE if state in (State.ANSWERED, State.CLOSED) else None
