"""What a proposal is, how far its words and money may go, and who may touch it when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason, Said
from rembuk.money import LARGEST

TITLE = (8, 60)
PROBLEM = (20, 2000)
PROPOSED = (20, 2000)
BENEFICIARIES_LONGEST = 200
LANDMARK_LONGEST = 160
PHOTOS_MOST = 5
LINES_MOST = 15
DEAREST = 100_000_000_000
LAST_STEP = 5


class Issue(StrEnum):
    """The three kinds of trouble a proposal may mend."""

    WASTE = "waste"
    CLEAN_WATER = "clean_water"
    FLOOD = "flood"


ISSUE_WORDS = {Issue.WASTE: N_("Sampah"), Issue.CLEAN_WATER: N_("Air bersih"), Issue.FLOOD: N_("Banjir")}
ISSUE_IN_ADDRESS = {"sampah": Issue.WASTE, "air": Issue.CLEAN_WATER, "banjir": Issue.FLOOD}
ADDRESS_OF_ISSUE = {issue: word for word, issue in ISSUE_IN_ADDRESS.items()}


class State(StrEnum):
    """How far a proposal has come."""

    DRAFT = "draft"
    SENT = "sent"
    FEASIBLE = "feasible"
    FEASIBLE_CHANGED = "feasible_changed"
    INFEASIBLE = "infeasible"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


FEASIBLE = (State.FEASIBLE, State.FEASIBLE_CHANGED)
ARCHIVED = (State.MERGED, State.WITHDRAWN)


class Status(StrEnum):
    """What a visitor calls the state, with the outcome after publication; its value stands in addresses."""

    SENT = "diperiksa"
    ON_BALLOT = "surat-suara"
    FUNDED = "didanai"
    RESERVE = "cadangan"
    NOT_FUNDED = "belum-terpilih"
    MERGED = "digabung"
    INFEASIBLE = "tidak-lolos"
    WITHDRAWN = "ditarik"


STATUS_WORDS = {
    Status.SENT: N_("Menunggu pemeriksaan"),
    Status.ON_BALLOT: N_("Lolos pemeriksaan"),
    Status.FUNDED: N_("Didanai"),
    Status.RESERVE: N_("Cadangan"),
    Status.NOT_FUNDED: N_("Belum terpilih"),
    Status.MERGED: N_("Digabung"),
    Status.INFEASIBLE: N_("Tidak lolos"),
    Status.WITHDRAWN: N_("Ditarik"),
}


class Refusal(Reason):
    """Why something cannot be done to a proposal."""

    UNKNOWN = (404, N_("Usulan ini tidak ada."))
    NEEDS_ACCOUNT = (403, N_("Anda masuk dengan kode pemilih. Untuk ini, masuk dengan nomor HP."))
    PHASE_CLOSED = (403, N_("Tahap usulan tidak sedang dibuka. Punya masalah baru? Kirim pengaduan."))
    NOT_YOURS = (403, N_("Hanya pengusul yang dapat mengubah usulan ini."))
    SETTLED = (409, N_("Usulan ini sudah diperiksa, jadi isinya tidak dapat diubah lagi."))
    ALREADY_SENT = (409, N_("Usulan ini sudah dikirim dengan nomor {number}."))
    INCOMPLETE = (422, N_("Usulan belum lengkap. Lengkapi dulu langkah {step}."))
    CHANGED = (409, N_("Usulan ini sudah berubah sejak Anda membukanya. Muat ulang, lalu ubah lagi."))
    SUPPORT_CLOSED = (403, N_("Dukungan hanya dibuka selama tahap usulan dan musyawarah."))
    NOT_SUPPORTABLE = (409, N_("Usulan ini tidak dapat didukung lagi."))
    PHOTOS_FULL = (422, N_("Paling banyak 5 foto. Hapus satu foto dulu."))
    NOT_ALLOWED_STATE = (409, N_("Usulan ini tidak dapat berubah dari {before} menjadi {after}."))


@dataclass(frozen=True)
class CostLine:
    """One line of the costs: thousandths of a unit, whole rupiah per unit, whole rupiah in all."""

    name: str
    unit: str
    volume_milli: int
    unit_price: int
    catalogue_key: str = ""
    reason: str = ""

    @property
    def amount(self) -> int:
        """Volume times unit price, rounded half up to whole rupiah."""
        return amount_of(self.volume_milli, self.unit_price)


@dataclass(frozen=True)
class Place:
    """Where it is: area codes, a landmark in words, and micro-degrees when a point was set."""

    rw: str
    landmark: str = ""
    latitude_e6: int | None = None
    longitude_e6: int | None = None

    @property
    def kelurahan(self) -> str:
        """The code of the kelurahan the RW lies in."""
        return self.rw.rpartition(".")[0]

    @property
    def kecamatan(self) -> str:
        """The code of the kecamatan the RW lies in."""
        return self.kelurahan.rpartition(".")[0]


@dataclass(frozen=True)
class Plan:
    """What is to be done, for whom, and the costs: lines, or one rough sum in whole rupiah without lines."""

    proposed: str
    beneficiaries: str = ""
    lines: tuple[CostLine, ...] = ()
    rough: int = 0

    @property
    def cost(self) -> int:
        """The sum of the lines, or the rough sum, in whole rupiah."""
        return total_of(self.lines) if self.lines else self.rough


@dataclass(frozen=True)
class Verdict:
    """What the city's check says: the state it leads to, why, and the checked cost with its lines."""

    state: State
    reason: str
    cost: int | None = None
    lines: tuple[CostLine, ...] = ()


@dataclass(frozen=True)
class Photo:
    """A photo kept in files/, with the words that stand for it."""

    file: UUID
    nth: int
    alt: str


@dataclass(frozen=True)
class Card:
    """A proposal as lists show it; cost is the checked one when there is one, in whole rupiah."""

    id: UUID
    number: int
    title: str
    issue: Issue
    status: Status
    rw: str
    cost: int
    endorsement_count: int
    comment_count: int
    photo: UUID | None
    simulated: bool


@dataclass(frozen=True)
class Detail:
    """A proposal whole, as its page and its wizard show it."""

    id: UUID
    cycle: UUID
    number: int | None
    proposer: UUID
    helper: UUID | None
    state: State
    outcome: str
    hidden: bool
    issue: str
    title: str
    problem: str
    proposed: str
    beneficiaries: str
    place: Place
    cost: int
    reviewed_cost: int | None
    simulated: bool
    version: int
    endorsement_count: int
    comment_count: int
    created_at: datetime
    sent_at: datetime | None
    merged_into: int | None
    lines: tuple[CostLine, ...] = ()
    reviewed_lines: tuple[CostLine, ...] = ()
    photos: tuple[Photo, ...] = ()

    @property
    def status(self) -> Status:
        """What a visitor calls it."""
        return status_of(self.state, self.outcome)


@dataclass(frozen=True)
class Event:
    """One step of a proposal's way."""

    kind: str
    actor_role: str
    reason: str
    at: datetime


_BY_STATE = {
    State.SENT: Status.SENT,
    State.FEASIBLE: Status.ON_BALLOT,
    State.FEASIBLE_CHANGED: Status.ON_BALLOT,
    State.INFEASIBLE: Status.INFEASIBLE,
    State.MERGED: Status.MERGED,
    State.WITHDRAWN: Status.WITHDRAWN,
    State.DRAFT: Status.SENT,
}
_BY_OUTCOME = {"funded": Status.FUNDED, "reserve": Status.RESERVE, "not_funded": Status.NOT_FUNDED}


def status_of(state: str, outcome: str) -> Status:
    """The one word for a proposal: its outcome once published, otherwise its state."""
    return _BY_OUTCOME.get(outcome) or _BY_STATE[State(state)]


_WAYS = {
    State.DRAFT: {State.SENT},
    State.SENT: {
        State.FEASIBLE,
        State.FEASIBLE_CHANGED,
        State.INFEASIBLE,
        State.MERGED,
        State.WITHDRAWN,
    },
    State.FEASIBLE: {State.SENT, State.FEASIBLE_CHANGED, State.INFEASIBLE, State.MERGED, State.WITHDRAWN},
    State.FEASIBLE_CHANGED: {State.SENT, State.FEASIBLE, State.INFEASIBLE, State.MERGED, State.WITHDRAWN},
    State.INFEASIBLE: {State.SENT, State.FEASIBLE, State.FEASIBLE_CHANGED},
    State.MERGED: {State.SENT},
    State.WITHDRAWN: set(),
}


def may_become(before: State, after: State) -> bool:
    """Whether a proposal may step from one state to another; an objection reopens, a withdrawal is final."""
    return after in _WAYS[before]


def amount_of(volume_milli: int, unit_price: int) -> int:
    """Thousandths of a unit times whole rupiah per unit, rounded half up."""
    return (volume_milli * unit_price + 500) // 1000


def total_of(lines: tuple[CostLine, ...]) -> int:
    """The sum of all lines in whole rupiah."""
    return sum(line.amount for line in lines)


def parse_volume(text: str) -> int:
    """A typed volume ("2", "1,5", "0.25") in thousandths; ValueError when it is none or finer than that."""
    whole, _, part = text.strip().replace(",", ".").partition(".")
    if not whole.isdecimal() or not (part.isdecimal() or part == "") or len(part) > 3 or len(whole) > 9:
        raise ValueError("not a volume with at most three decimals")
    return int(whole) * 1000 + int(part.ljust(3, "0") or 0)


def volume_words(volume_milli: int) -> str:
    """A volume as people write it: 1500 thousandths as "1,5"."""
    whole, part = divmod(volume_milli, 1000)
    grouped = f"{whole:,}".replace(",", ".")
    return f"{grouped},{part:03}".rstrip("0") if part else grouped


BENEFICIARIES_LONG = N_("Siapa terbantu terlalu panjang. Paling banyak {most} huruf.")
LINES_MANY = N_("Terlalu banyak baris. Paling banyak {most}.")


def text_fault(text: str, limits: tuple[int, int], name: str, example: str) -> str | None:
    """What is wrong with a text, in the field's words, or None; limits are fewest and most letters."""
    fewest, most = limits
    if not text.strip():
        return Said(N_("{name} masih kosong. Tulis, misalnya: {example}"), name=name, example=example)
    if len(text.strip()) < fewest:
        return Said(N_("{name} terlalu pendek. Tulis paling sedikit {least} huruf."), name=name, least=fewest)
    if len(text.strip()) > most:
        words = N_("{name} terlalu panjang. Paling banyak {most} huruf, sekarang {n}.")
        return Said(words, name=name, most=most, n=len(text.strip()))
    return None


def problem_faults(issue: str, title: str, problem: str) -> dict[str, str]:
    """Step 1, field by field: what is wrong and what to do; empty when all is well."""
    faults: dict[str, str | None] = {
        "issue": None if issue in set(Issue) else Said(N_("Isu belum dipilih. Pilih sampah, air bersih atau banjir.")),
        "title": text_fault(title, TITLE, N_("Judul"), N_("Saluran mampet di RW 05.")),
        "problem": text_fault(problem, PROBLEM, N_("Uraian"), N_("Setiap hujan deras, air masuk ke 20 rumah.")),
    }
    return {field: fault for field, fault in faults.items() if fault}


def place_faults(rw_is_known: bool, landmark: str, latitude: str, longitude: str) -> dict[str, str]:
    """Step 2, field by field; the point is optional but comes whole."""
    faults: dict[str, str] = {}
    if not rw_is_known:
        faults["rw"] = Said(N_("RW belum dipilih. Pilih RW tempat masalah ini."))
    if len(landmark.strip()) > LANDMARK_LONGEST:
        faults["landmark"] = Said(N_("Patokan terlalu panjang. Paling banyak {most} huruf."), most=LANDMARK_LONGEST)
    if bool(latitude.strip()) != bool(longitude.strip()):
        faults["latitude"] = Said(N_("Isi lintang dan bujur, atau kosongkan keduanya."))
    elif latitude.strip() and parse_point(latitude, longitude) is None:
        faults["latitude"] = Said(N_("Titik harus angka, misalnya -6,94512 dan 107,69213."))
    return faults


def parse_point(latitude: str, longitude: str) -> tuple[int, int] | None:
    """A typed point in micro-degrees (latitude, longitude), or None when it is none."""
    try:
        degrees = [float(text.strip().replace(",", ".")) for text in (latitude, longitude)]
    except ValueError:
        return None
    if not (-90 <= degrees[0] <= 90 and -180 <= degrees[1] <= 180):
        return None
    return round(degrees[0] * 1_000_000), round(degrees[1] * 1_000_000)


def plan_faults(plan: Plan) -> dict[str, str]:
    """Step 4, field by field: the plan in words, and lines or one rough sum above zero."""
    faults: dict[str, str | None] = {
        "proposed": text_fault(plan.proposed, PROPOSED, N_("Yang diusulkan"), N_("Membuat 12 sumur resapan di gang.")),
        "beneficiaries": Said(
            N_("Siapa terbantu terlalu panjang. Paling banyak {most} huruf."), most=BENEFICIARIES_LONGEST
        )
        if len(plan.beneficiaries.strip()) > BENEFICIARIES_LONGEST
        else None,
        "lines": Said(N_("Terlalu banyak baris. Paling banyak {most}."), most=LINES_MOST)
        if len(plan.lines) > LINES_MOST
        else None,
        "rough": sum_fault(plan.cost),
    }
    return {field: fault for field, fault in faults.items() if fault}


def sum_fault(total: int) -> str | None:
    """What is wrong with the sum of a proposal in whole rupiah, or None."""
    if total <= 0:
        return Said(N_("Biaya masih kosong. Isi satu baris biaya, atau satu angka perkiraan, misalnya 96500000."))
    if total > min(DEAREST, LARGEST):
        return Said(N_("Biaya terlalu besar. Periksa lagi jumlah nolnya."))
    return None


def missing_step(draft: Detail, rw_is_known: bool) -> int | None:
    """The first wizard step a draft has not answered well, or None when it may be sent."""
    if problem_faults(draft.issue, draft.title, draft.problem):
        return 1
    if not rw_is_known:
        return 2
    if plan_faults(Plan(draft.proposed, draft.beneficiaries, draft.lines, draft.cost)):
        return 4
    return None


def why_not_edit(detail: Detail, editor: UUID, phase_open: bool) -> Refusal | None:
    """Why this person may not change this proposal now, or None: own ones only, while the phase is open."""
    if editor not in (detail.proposer, detail.helper):
        return Refusal.NOT_YOURS
    if detail.hidden or detail.state not in (State.DRAFT, State.SENT):
        return Refusal.SETTLED
    return None if phase_open else Refusal.PHASE_CLOSED


def why_not_endorse(state: State, hidden: bool, phase_open: bool) -> Refusal | None:
    """Why a proposal cannot be supported now, or None."""
    if hidden or state is State.DRAFT:
        return Refusal.UNKNOWN
    if not phase_open:
        return Refusal.SUPPORT_CLOSED
    return Refusal.NOT_SUPPORTABLE if state in (*ARCHIVED, State.INFEASIBLE) else None
