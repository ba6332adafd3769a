"""Who a person is to us: numbers checked, roles, eligibility, limits on trying; pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason, Refused

ADULTS, CHILDREN = "dewasa", "anak"
AGE_BANDS = ("10-12", "13-14", "15-16")
PASSWORD_LENGTH = 15
PASSWORD_LEFT = 8
OWN_WORDS = (
    "rembuk", "rembug", "musrenbang", "bandung", "kecamatan", "kelurahan", "pemilih", "petugas", "fasilitator",
    "moderator", "auditor", "admin", "password", "sandi",
)  # fmt: skip
"""What anybody would try first here: a password must have PASSWORD_LEFT letters besides these (docs/security.md)."""
WRONG_SECOND_FACTORS = 5
ONE_TIME_CODE_LIFE = timedelta(minutes=10)
ONE_TIME_CODE_TRIES = 5
CODES_AN_HOUR, CODES_A_DAY = 3, 10
TOTP_STEP_SECONDS = 30


class Refusal(Reason):
    """Why people says no; one sentence each, the same for known and unknown numbers."""

    NO_SUCH_STAFF = (404, N_("Akun petugas dengan nama itu tidak ada."))
    NOT_NIK = (422, N_("NIK terdiri dari 16 angka. Cocokkan lagi dengan KTP atau kartu keluarga."))
    NOT_PHONE = (422, N_("Tulis nomor HP, misalnya 0812 3456 7890, atau 16 huruf kode pemilih."))
    NOT_SECOND_FACTOR = (
        422,
        N_("Tulis bulan dan tahun lahir, misalnya 08 1985, atau PIN 4 angka dari meja pendaftaran."),
    )
    CODE_WRONG = (422, N_("Kode salah atau sudah tidak berlaku. Periksa kode, lalu bulan dan tahun lahir."))
    CODE_LOCKED = (
        423,
        N_("Kode ini terkunci karena lima kali salah. Datang ke meja pendaftaran untuk kode baru."),
    )
    ONE_TIME_WRONG = (422, N_("Kode salah atau sudah lewat waktunya. Minta kode baru bila perlu."))
    TOO_OFTEN = (429, N_("Terlalu sering. Coba lagi {minutes} menit."))
    PASSWORD_WRONG = (422, N_("Nama pengguna atau kata sandi salah. Periksa huruf besar dan kecil."))
    TOTP_WRONG = (422, N_("Kode 6 angka salah atau sudah dipakai. Tunggu kode berikutnya di aplikasi Anda."))
    STEP_EXPIRED = (422, N_("Langkah masuk sudah lewat waktunya. Mulai lagi dari nama pengguna."))
    BUSY = (503, N_("Banyak orang sedang masuk. Coba lagi satu menit."))
    PASSWORD_SHORT = (422, N_("Kata sandi paling sedikit 15 huruf. Empat kata acak lebih mudah diingat."))
    PASSWORD_KNOWN = (422, N_("Kata sandi ini mudah ditebak atau pernah bocor. Pilih yang lain."))
    NAME_TAKEN = (409, N_("Nama pengguna ini sudah ada. Pilih nama lain."))
    NO_SUCH_PERSON = (404, N_("Orang ini tidak ada."))
    NO_SUCH_CODE = (404, N_("Nomor seri kode ini tidak ada."))
    NOT_ON_ROLL = (404, N_("NIK ini tidak ada di daftar pemilih wilayah Anda. Periksa lagi, atau tawarkan jaminan."))
    NO_REASON = (422, N_("Tulis alasannya, misalnya: hilang, rusak, atau terkunci."))
    HAS_CODE = (409, N_("Warga ini sudah memegang kode. Pakai Ganti kode bila kodenya hilang."))
    OTHER_BATCH = (409, N_("Amplop ini milik kelurahan lain. Ambil amplop dari paket kelurahan warga."))
    BATCH_LOADED = (409, N_("Paket kode {batch} sudah pernah dimuat. Paket hanya dimuat satu kali."))
    NOT_VERIFIED = (
        403,
        N_("Anda belum tercatat di daftar pemilih. Bawa KTP atau KK ke pos pendaftaran di kelurahan Anda."),
    )
    INSTITUTION = (403, N_("Akun lembaga tidak dapat memilih. Masuk dengan akun Anda sendiri sebagai warga."))
    STAFF_ACCOUNT = (
        403,
        N_("Akun petugas tidak dapat memilih. Masuk dengan kode pemilih Anda."),
    )
    REMOVED = (403, N_("Nama Anda tidak lagi di daftar pemilih. Tanyakan ke meja pendaftaran kelurahan."))
    TOO_YOUNG = (403, N_("Anda baru dapat memilih mulai {month}. Suara Anak terbuka bagi yang lebih muda."))
    CHILD = (403, N_("Kode Suara Anak hanya membuka bilik Suara Anak."))
    NO_CHILDREN = (404, N_("Siklus ini tidak punya Suara Anak di kecamatan itu."))
    NO_CHILD_LINE = (409, N_("Semua anak di RW dan kelompok umur ini sudah menerima kode. Tambah dulu jumlahnya."))
    BAD_CHILDREN = (422, N_("Pilih kelompok umur, lalu isi jumlah 1 sampai 200."))
    NO_SUCH_SESSION = (404, N_("Perangkat itu sudah keluar."))


class Kind(StrEnum):
    """What sort of account a person has."""

    RESIDENT = "resident"
    STAFF = "staff"
    INSTITUTION = "institution"
    CHILD = "child"


@dataclass(frozen=True)
class PersonFacts:
    """What other rooms may know of a person."""

    id: UUID
    name: str
    kind: Kind
    rw: str | None
    simulated: bool = False


@dataclass(frozen=True)
class RollFacts:
    """One line of the roll of one cycle, without any personal number."""

    id: UUID
    cycle: UUID
    kecamatan: str
    rw: str
    person: UUID | None
    status: str
    eligible_from: date | None
    list: str = ADULTS


@dataclass(frozen=True)
class NewEntry:
    """One person to be put on a roll; the numbers are in clear here and leave as keyed digests only."""

    rw: str
    nik: str | None = None
    kk: str | None = None
    phone: str | None = None
    born: date | None = None
    source: str = "import"
    list: str = ADULTS
    age_band: str = ""


@dataclass(frozen=True)
class RollReport:
    """What came of an import: rows added, rows already known, and rows at fault by their number."""

    added: int
    known: int
    faults: tuple[int, ...]


@dataclass(frozen=True)
class GrantFacts:
    """A role over an area, for a period."""

    role: str
    area: str
    unit: str
    starts_on: date
    ends_on: date | None

    def holds(self, on: date) -> bool:
        """Whether the grant is in force on that day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


def read_nik(text: str) -> str:
    """A NIK as 16 digits, or Refused; where a person lives is never read from it (trust.md 3)."""
    nik = re.sub(r"[\s.\-]", "", text)
    if not is_nik(nik):
        raise Refused(Refusal.NOT_NIK)
    return nik


def is_nik(text: str) -> bool:
    """Whether 16 digits can be a NIK: day 01-31 or 41-71, month 01-12, serial not 0000."""
    if not re.fullmatch(r"[0-9]{16}", text):
        return False
    day, month = int(text[6:8]), int(text[8:10])
    return (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12 and text[12:] != "0000"


def without_nik(text: str) -> str:
    """A free text with every run of digits that could be a NIK cut out: nobody shall write one down by habit (I10)."""

    def cut(found: re.Match[str]) -> str:
        return "[nomor]" if is_nik(re.sub(r"[^0-9]", "", found[0])) else found[0]

    return re.sub(r"(?<![0-9])[0-9](?:[\s.\-]?[0-9]){15}(?![0-9])", cut, text)


def looks_like_phone(text: str) -> bool:
    """Whether a typed identity is meant as a phone number rather than a voter code."""
    digits = re.sub(r"[\s.\-()]", "", text)
    return re.fullmatch(r"\+?[0-9]{8,15}", digits) is not None


def read_phone(text: str) -> str:
    """An Indonesian mobile number in the one form +628…, or Refused."""
    digits = re.sub(r"[\s.\-()+]", "", text)
    national = re.sub(r"^(62|0)", "", digits)
    if not re.fullmatch(r"8[0-9]{8,11}", national):
        raise Refused(Refusal.NOT_PHONE)
    return f"+62{national}"


def read_second_factor(text: str) -> str:
    """A PIN of 4 digits, or month and year of birth as MMYYYY; Refused otherwise."""
    parts = re.findall(r"[0-9]+", text)
    if len(parts) == 2 and len(parts[1]) == 4:
        parts = [parts[0].zfill(2), parts[1]]
    digits = "".join(parts)
    if len(digits) == 4 or (len(digits) == 6 and 1 <= int(digits[:2]) <= 12):
        return digits
    raise Refused(Refusal.NOT_SECOND_FACTOR)


def eligible_from(born: date, age: int) -> date:
    """First day of the month in which a person reaches the age; the birth date itself is not kept."""
    return date(born.year + age, born.month, 1)


def why_not_voter(person: PersonFacts, entry: RollFacts | None, on: date) -> Refusal | None:
    """The first reason this person may not vote on that day, or None (behaviours J1, J2)."""
    if person.kind is Kind.INSTITUTION:
        return Refusal.INSTITUTION
    if person.kind is Kind.CHILD or (entry and entry.list == CHILDREN):
        return Refusal.CHILD
    if entry is None:
        return Refusal.STAFF_ACCOUNT if person.kind is Kind.STAFF else Refusal.NOT_VERIFIED
    if entry.status != "active":
        return Refusal.REMOVED
    return None if eligible(entry, on) else Refusal.TOO_YOUNG


def eligible(entry: RollFacts, on: date) -> bool:
    """Whether a line of the roll is active and old enough on that day."""
    return entry.status == "active" and (entry.eligible_from is None or entry.eligible_from <= on)


def box_of(kecamatan: str, list: str) -> str:
    """The box a line of the roll drops its ballot in: its kecamatan's, or the one of the children there."""
    return f"{kecamatan}.{CHILDREN}" if list == CHILDREN else kecamatan


def why_not_ask(asked: list[datetime], at: datetime) -> timedelta | None:
    """How long to wait before another one-time code may be sent to a number, or None."""
    for limit, span in ((CODES_AN_HOUR, timedelta(hours=1)), (CODES_A_DAY, timedelta(days=1))):
        recent = sorted(moment for moment in asked if moment > at - span)
        if len(recent) >= limit:
            return recent[-limit] + span - at
    return None


def minutes(wait: timedelta) -> int:
    """A wait in whole minutes for a sentence, at least one."""
    return max(1, -(-int(wait.total_seconds()) // 60))


def why_not_password(password: str, username: str, breached: frozenset[str]) -> Refusal | None:
    """Why a password may not be used: too short, known, of too few letters, the name itself, or our own words."""
    if len(password) < PASSWORD_LENGTH:
        return Refusal.PASSWORD_SHORT
    folded = left = password.casefold()
    for word in OWN_WORDS:
        left = left.replace(word, "")
    if len(left) < PASSWORD_LEFT:
        return Refusal.PASSWORD_KNOWN
    if folded in breached or len(set(folded)) < 6 or username.casefold() in folded:
        return Refusal.PASSWORD_KNOWN
    return None


def may_use_step(step: int, now_step: int, last_used: int) -> bool:
    """Whether a one-time step is near enough in time and was not used before (each step once)."""
    return abs(step - now_step) <= 1 and step > last_used


def resident_name(rw: str) -> str:
    """What a resident is called until choosing a name: by RW, never by person."""
    return f"Warga RW {int(rw.rsplit('.', 1)[-1]):02d}"
