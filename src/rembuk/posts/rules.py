"""What a sheet says, when two readings agree, which sheets the dice draw, what a post may do; reads nothing."""

import hmac
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from rembuk.board.rules import canonical
from rembuk.errors import N_, Reason, Refused
from rembuk.people.rules import ADULTS
from rembuk.tally.ballots import BALLOTS, Slip
from rembuk.tally.types import Choice

SAMPLE = 60
OVERRIDE_PERCENT = 3
MOST_IN_A_PAD = 100
SMALL_POST = 10


class Refusal(Reason):
    """Why a post says no."""

    NO_SUCH_POST = (404, N_("Pos ini tidak ada, atau Anda tidak bertugas di sana hari ini."))
    NO_VOTE = (409, N_("Siklus ini belum punya surat suara yang dikunci. Pos dibuat setelah dikunci."))
    NAME_TAKEN = (409, N_("Nama pos ini sudah dipakai. Pilih nama lain."))
    OTHER_DISTRICT = (422, N_("Semua RW satu pos harus di Kecamatan {name}."))
    RW_TAKEN = (409, N_("{rw} sudah masuk {post}. Satu RW hanya boleh punya satu pos."))
    RW_IN_USE = (409, N_("{rw} tidak bisa dilepas. Pos ini sudah menerima warga."))
    NOT_AN_OFFICER = (422, N_("Orang ini bukan fasilitator atau petugas di kecamatan ini."))
    NOT_OPEN = (409, N_("Pemungutan suara tidak sedang dibuka. Warga ini belum dicatat."))
    LIST_TOO_LATE = (409, N_("Kotak suara sudah dibuka. Daftar hadir tidak bisa ditambah lagi."))
    BATCH_CLOSED = (409, N_("Kotak kertas pos ini sudah ditutup. Tidak ada yang bisa ditambah lagi."))
    CODE_WRONG = (422, N_("Kode ini tidak berlaku. Minta KTP, lalu pakai cara dua petugas."))
    NOT_ON_ROLL = (422, N_("NIK ini tidak ada di daftar pemilih. Arahkan warga ke meja pendaftaran."))
    NOT_ACTIVE = (422, N_("Nama ini tidak lagi ada di daftar pemilih. Arahkan ke meja pendaftaran."))
    OTHER_POST = (422, N_("RW warga ini memilih di {post}."))
    NO_POST = (422, N_("RW warga ini belum punya pos. Beri tahu petugas kecamatan."))
    ALREADY_HERE = (409, N_("Warga ini sudah menerima surat suara kertas. Jangan beri lembar lagi."))
    SAME_OFFICER = (409, N_("Anda sudah memeriksa warga ini. Petugas lain harus memeriksa dari akunnya sendiri."))
    NOT_LISTED = (422, N_("Nomor ini tidak ada di daftar pos ini."))
    EMPTY_LIST = (422, N_("Tulis paling sedikit satu nomor dari daftar hadir."))
    TOO_MANY_SHEETS = (422, N_("Satu bundel paling banyak {most} lembar."))
    NOT_A_SERIAL = (422, N_("Nomor lembar berisi 10 huruf dan angka. Cocokkan lagi dengan lembarnya."))
    UNKNOWN_SERIAL = (422, N_("Nomor {serial} tidak pernah dicetak. Sisihkan lembarnya dan beri tahu petugas."))
    OTHER_BATCH = (422, N_("Lembar {serial} milik kotak {post}. Sisihkan dan serahkan ke pos itu."))
    ENTERED_BY_YOU = (409, N_("Lembar {serial} sudah Anda masukkan. Bila ada dua lembar bernomor sama, pilih ganda."))
    CHANGED = (409, N_("Lembar ini baru saja dimasukkan orang lain. Muat ulang halaman."))
    ENTERED_TWICE = (409, N_("Lembar {serial} sudah dimasukkan dua kali dan sama. Ambil lembar berikutnya."))
    ENTERED_THRICE = (409, N_("Lembar {serial} sudah diputus orang ketiga. Ambil lembar berikutnya."))
    OWN_RW = (403, N_("Pos ini menerima RW Anda sendiri. Lembarnya dimasukkan orang dari RW lain."))
    STILL_VOTING = (409, N_("Kotak kertas baru boleh dibuka setelah pemungutan suara ditutup."))
    NO_NUMBERS = (422, N_("Tulis nomor yang dicentang, atau 0 bila lembarnya kosong."))
    NOT_NUMBERS = (422, N_("Tulis angka saja, dipisah spasi, misalnya: 3 7 12."))
    NOT_POINTS = (422, N_("Tulis nomor dan poinnya, misalnya: 3:5 7:2."))
    NO_SUCH_NUMBER = (422, N_("Nomor {number} tidak ada di lembar. Nomor terakhir {last}."))
    TWICE_TYPED = (422, N_("Nomor {number} tertulis dua kali. Periksa lagi lembarnya."))
    MORE_SHEETS = (409, N_("Ada {sheets} lembar, tetapi hanya {checkins} warga yang hadir. Cari lembar berlebih dulu."))
    UNRESOLVED = (409, N_("{number} lembar belum selesai dimasukkan dua kali. Selesaikan dulu."))
    NO_EXPLANATION = (422, N_("Selisih {number} lembar belum dijelaskan. Tulis alasannya."))
    NOT_DICE = (422, N_("Tulis 20 angka hasil lemparan dadu, masing-masing 0 sampai 9."))
    DICE_THROWN = (409, N_("Dadu pemeriksaan sudah dicatat dan tidak bisa diganti."))
    NO_DICE = (409, N_("Dadu pemeriksaan belum dicatat."))
    BATCHES_OPEN = (409, N_("Semua kotak kertas harus ditutup sebelum dadu dilempar."))
    NOT_DRAWN = (422, N_("Lembar {serial} tidak terpilih untuk diperiksa."))
    YOUR_ENTRY = (403, N_("Lembar {serial} Anda sendiri yang memasukkan. Orang lain yang memeriksa."))
    CHECKED = (409, N_("Lembar {serial} sudah selesai diperiksa."))
    BOX_OPENED = (409, N_("Kotak suara sudah dibuka. Lembar tidak bisa diubah lagi."))
    NO_ANSWER = (422, N_("Tulis hasil pemeriksaan kasus ini."))


class Fault(StrEnum):
    """Why a sheet is not counted; the first are those of the ballot types, by their names there."""

    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    NAMED_TWICE = "named_twice"
    OVER_CEILING = "over_ceiling"
    TOO_MANY_POINTS = "too_many_points"
    BAD_POINTS = "bad_points"
    MARKED = "marked"
    DOUBLE = "double"


FAULT_WORDS: dict[Fault, str] = {
    Fault.UNREADABLE: N_("Tidak terbaca"),
    Fault.TOO_MANY: N_("Pilihan terlalu banyak"),
    Fault.TOO_FEW: N_("Pilihan terlalu sedikit"),
    Fault.NAMED_TWICE: N_("Satu usulan diisi dua kali"),
    Fault.OVER_CEILING: N_("Biaya melebihi pagu"),
    Fault.TOO_MANY_POINTS: N_("Poin terlalu banyak"),
    Fault.BAD_POINTS: N_("Poin bukan bilangan bulat"),
    Fault.MARKED: N_("Ada nama atau tanda pengenal"),
    Fault.DOUBLE: N_("Ganda: dua lembar bernomor sama"),
}
_BY_HAND = {
    "approval": (Fault.UNREADABLE, Fault.MARKED),
    "knapsack": (Fault.UNREADABLE, Fault.MARKED),
    "ranked": (Fault.UNREADABLE, Fault.NAMED_TWICE, Fault.MARKED),
    "points": (Fault.UNREADABLE, Fault.BAD_POINTS, Fault.MARKED),
}


def faults_of(ballot_type: str) -> tuple[Fault, ...]:
    """What the person at the keyboard says of a sheet; too many or too dear the program sees by itself."""
    return (*_BY_HAND[ballot_type], Fault.DOUBLE)


@dataclass(frozen=True)
class Reading:
    """What somebody read on a sheet: project ids (best first when ranked), points beside them, or why not counted."""

    projects: tuple[str, ...] = ()
    points: tuple[int, ...] = ()
    fault: Fault | None = None

    @property
    def state(self) -> str:
        """The state of a sheet that says this: valid, invalid or double."""
        if self.fault is Fault.DOUBLE:
            return "double"
        return "invalid" if self.fault else "valid"

    @property
    def text(self) -> str:
        """The canonical JSON that is kept and compared."""
        if self.fault:
            return canonical({"fault": self.fault.value}).decode()
        return canonical({"projects": list(self.projects), "points": list(self.points)}).decode()


def reading_of(text: str) -> Reading:
    """A reading as it was kept."""
    body = json.loads(text)
    if "fault" in body:
        return Reading(fault=Fault(body["fault"]))
    return Reading(tuple(body["projects"]), tuple(body["points"]))


def read_typed(typed: str, ballot_type: str, order: Sequence[str], slip: Slip) -> Reading:
    """What the typed numbers of a sheet mean; Refused when they cannot stand on it, a fault when they break a rule."""
    parts = [part for part in re.split(r"[\s,;]+", typed.strip()) if part]
    if not parts:
        raise Refused(Refusal.NO_NUMBERS)
    pairs = [] if parts == ["0"] else [_pair(part, ballot_type == "points") for part in parts]
    projects = _projects([number for number, _ in pairs], order)
    points = tuple(given for _, given in pairs) if ballot_type == "points" else ()
    choice: Choice = tuple(zip(projects, points, strict=True)) if ballot_type == "points" else projects
    if spoiled := BALLOTS[ballot_type].why_spoiled(choice, slip):
        return Reading(fault=Fault(spoiled.name.lower()))
    if ballot_type == "ranked":
        return Reading(projects)
    if ballot_type == "points":
        both = sorted(zip(projects, points, strict=True))
        return Reading(tuple(project for project, _ in both), tuple(given for _, given in both))
    return Reading(tuple(sorted(projects)))


def _pair(part: str, with_points: bool) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,3})(?:[:=]([0-9]{1,6}))?", part)
    if found is None or bool(found[2]) is not with_points:
        raise Refused(Refusal.NOT_POINTS if with_points else Refusal.NOT_NUMBERS)
    return int(found[1]), int(found[2] or 0)


def _projects(numbers: Sequence[int], order: Sequence[str]) -> tuple[str, ...]:
    for number in numbers:
        if not 1 <= number <= len(order):
            raise Refused(Refusal.NO_SUCH_NUMBER, number=number, last=len(order))
    if twice := [number for number, times in Counter(numbers).items() if times > 1]:
        raise Refused(Refusal.TWICE_TYPED, number=twice[0])
    return tuple(order[number - 1] for number in numbers)


@dataclass(frozen=True)
class Entry:
    """One reading of a sheet by one person."""

    person: UUID
    reading: Reading
    at: datetime


def settled(entries: Sequence[Entry], doubted: bool = False) -> Reading | None:
    """What a sheet says: two equal readings, or the third person's (I8); None while that is not known."""
    if len(entries) >= 3:
        return entries[2].reading
    same = len(entries) == 2 and entries[0].reading == entries[1].reading
    return entries[0].reading if same and not doubted else None


def why_not_enter(entries: Sequence[Entry], person: UUID, doubted: bool) -> Refusal | None:
    """The reason this person may not read this sheet into the system now, or None."""
    if any(entry.person == person for entry in entries):
        return Refusal.ENTERED_BY_YOU
    if len(entries) >= 3:
        return Refusal.ENTERED_THRICE
    return Refusal.ENTERED_TWICE if settled(entries, doubted) else None


def audited(kept: Reading, checks: Sequence[Reading]) -> Reading | None:
    """What an audited sheet says: the entry when a checker agrees, else what two checkers read; None until known."""
    votes = Counter([kept.text, *(check.text for check in checks)])
    text, times = votes.most_common(1)[0]
    return reading_of(text) if checks and times >= 2 else None


def drawn(serials: Iterable[str], dice: str, differs: bool = False) -> list[str]:
    """The sheets of a kecamatan to compare: 60 picked by the public dice, all of them once one differs (trust.md 6)."""
    listed = sorted(serials, key=lambda serial: hmac.digest(dice.encode(), serial.encode(), "sha256"))
    return listed if differs else listed[:SAMPLE]


def too_many_overrides(checkins: int, overrides: int) -> bool:
    """Whether more than 3 % of a post's check-ins replaced an online ballot."""
    return overrides * 100 > checkins * OVERRIDE_PERCENT


def noon(day: date) -> datetime:
    """A day as a moment that falls on it everywhere in Indonesia, for pages that write dates."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def kecamatan_of(district: str) -> str:
    """The kecamatan a box belongs to: itself, or that of the children."""
    return ".".join(district.split(".")[:3])


def list_of(district: str) -> str:
    """The list of the roll that votes in a box (`box_of` the other way round)."""
    return district.removeprefix(kecamatan_of(district)).removeprefix(".") or ADULTS


@dataclass(frozen=True)
class PostFacts:
    """A post as pages show it; `rws` are area codes, sorted."""

    id: UUID
    election: UUID
    district: str
    name: str
    place: str
    hours: str
    online: bool
    rws: tuple[str, ...]
    closed: bool


@dataclass(frozen=True)
class ShiftFacts:
    """Who works at a post on a day."""

    person: UUID
    name: str
    day: date

    @property
    def at(self) -> datetime:
        """Its day as pages write it."""
        return noon(self.day)


@dataclass(frozen=True)
class ListReport:
    """What came of a check-in list entered afterwards: how many were taken, and each line that does not fit, why."""

    taken: int
    conflicts: tuple[tuple[str, Reason, Mapping[str, object]], ...] = ()


@dataclass(frozen=True)
class Balance:
    """A post's box in figures: people who came, sheets by state, and what is still open."""

    checkins: int
    printed: int
    valid: int
    invalid: int
    double: int
    once: int
    differing: int

    @property
    def sheets(self) -> int:
        """Sheets found in the box, whatever became of them."""
        return self.valid + self.invalid + self.double + self.once + self.differing

    @property
    def unresolved(self) -> int:
        """Sheets that still need a second or a third reading."""
        return self.once + self.differing

    @property
    def missing(self) -> int:
        """People who came and whose sheet is not in the box."""
        return self.checkins - self.sheets


def why_not_close(balance: Balance, explanation: str) -> tuple[Refusal, dict[str, object]] | None:
    """The reason a box cannot be closed, with its numbers, or None (I8)."""
    if balance.unresolved:
        return Refusal.UNRESOLVED, {"number": balance.unresolved}
    if balance.missing < 0:
        return Refusal.MORE_SHEETS, {"sheets": balance.sheets, "checkins": balance.checkins}
    if balance.missing and not explanation:
        return Refusal.NO_EXPLANATION, {"number": balance.missing}
    return None
