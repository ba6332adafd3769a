"""What a desk decides about the roll: requests, a NIK twice, crowded family cards, vouching; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rembuk.errors import N_, Reason

FEWEST_VOUCHES = 30
CALL_BACK_ONE_IN = 10
CHANGES_A_DAY = 20
"""Codes one officer replaces or voids a day alone; one more needs a second officer (trust.md 7)."""


class Refusal(Reason):
    """Why a desk of the roll says no."""

    NO_IMPORT = (404, N_("Berkas ini tidak ada."))
    NO_ROWS = (422, N_("Tidak ada baris yang dapat ditulis. Perbaiki berkas, lalu unggah lagi."))
    IMPORT_SETTLED = (409, N_("Berkas ini sudah diputuskan atau sudah lewat waktunya."))
    VOTE_BEGAN = (
        409,
        N_("Bilik suara sudah dibuka. Warga baru ditambahkan satu per satu, disetujui dua petugas."),
    )
    VOTE_OVER = (409, N_("Pemungutan suara sudah ditutup. Daftar pemilih tidak berubah lagi."))
    NO_CASE = (404, N_("Perkara ini tidak ada di wilayah Anda."))
    CASE_CLOSED = (409, N_("Perkara ini sudah diputuskan."))
    OTHER_NIK = (422, N_("NIK ini bukan NIK yang dikirim warga. Cocokkan lagi dengan KTP."))
    NO_OUTCOME = (422, N_("Pilih salah satu putusan."))
    NO_REASON = (422, N_("Tulis alasan putusan, paling sedikit 10 huruf."))
    ONLY_KEPT = (409, N_("Setelah bilik dibuka, baris daftar pemilih tidak dipindah atau dihapus."))
    AGE_FIXED = (
        409,
        N_("Daftar pemilih sudah terisi menurut umur {age} tahun. Umur memilih tidak dapat diganti lagi."),
    )
    ON_ROLL = (409, N_("Warga ini sudah ada di daftar pemilih."))
    NO_VOUCH = (404, N_("Jaminan ini tidak ada di wilayah Anda."))
    VOUCH_SETTLED = (409, N_("Jaminan ini sudah diputuskan."))
    VOUCH_CAP = (409, N_("Anda sudah menjamin {cap} orang. Minta fasilitator lain atau kelurahan."))
    SAME_VOUCHER = (409, N_("Orang kedua harus orang lain, bukan penjamin."))
    SAME_RW = (409, N_("Penegas harus dari RW lain atau dari kelurahan."))
    STATEMENT_USED = (409, N_("Surat pernyataan ini sudah dipakai untuk jaminan lain."))
    NO_STATEMENT = (422, N_("Lampirkan foto surat pernyataan. Kami hanya menyimpan sidiknya."))
    NO_VOUCH_REASON = (422, N_("Pilih alasan mengapa warga ini tidak memakai NIK."))
    NOT_RW = (422, N_("Pilih RW di wilayah tugas Anda."))
    NO_SAMPLE = (409, N_("Belum ada jaminan yang dapat ditarik contohnya."))


class CaseKind(StrEnum):
    """Why something about the roll lies before a desk."""

    REQUEST = "request"
    DUPLICATE = "duplicate"
    FAMILY = "family"
    TURNOUT = "turnout"


class Outcome(StrEnum):
    """What a desk decided."""

    ADDED = "added"
    MOVED = "moved"
    KEPT = "kept"
    REMOVED = "removed"
    REFUSED = "refused"


OUTCOMES: dict[CaseKind, tuple[Outcome, ...]] = {
    CaseKind.REQUEST: (Outcome.ADDED, Outcome.REFUSED),
    CaseKind.DUPLICATE: (Outcome.KEPT, Outcome.MOVED, Outcome.REMOVED),
    CaseKind.FAMILY: (Outcome.KEPT, Outcome.REMOVED),
    CaseKind.TURNOUT: (Outcome.KEPT,),
}
KIND_WORDS = {
    CaseKind.REQUEST: N_("Minta dicatat"),
    CaseKind.DUPLICATE: N_("NIK sudah tercatat"),
    CaseKind.FAMILY: N_("Satu KK, banyak orang"),
    CaseKind.TURNOUT: N_("Suara melebihi daftar pemilih"),
}
OUTCOME_WORDS = {
    Outcome.ADDED: N_("Catat di daftar pemilih"),
    Outcome.MOVED: N_("Pindahkan ke RW yang diminta"),
    Outcome.KEPT: N_("Biarkan seperti sekarang"),
    Outcome.REMOVED: N_("Hapus dari daftar pemilih"),
    Outcome.REFUSED: N_("Tolak"),
}
VOUCH_REASONS = {
    "lost": N_("KTP hilang atau belum jadi"),
    "never": N_("Belum pernah punya KTP"),
    "refugee": N_("Pengungsi atau pendatang tanpa dokumen"),
    "homeless": N_("Tidak punya alamat tetap"),
    "young": N_("Belum cukup umur untuk KTP"),
}
CALL_WORDS = {
    "": N_("Tidak ditarik"),
    "due": N_("Perlu didatangi"),
    "met": N_("Bertemu orangnya"),
    "away": N_("Tidak di tempat, dikenal tetangga"),
    "unknown": N_("Tidak dikenal"),
}


@dataclass(frozen=True)
class CaseFacts:
    """One case: where it lies, whom it concerns, how far it has come; the name only for the desk."""

    id: UUID
    cycle: UUID
    kind: CaseKind
    area: str
    rw: str
    roll: UUID | None
    roll_rw: str
    name: str
    asked_count: int
    state: str
    outcome: str
    reason: str
    act: UUID | None
    first: UUID | None
    eligible_from: date | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Request:
    """What a resident asks: to stand on the roll; numbers in clear here, digests everywhere else."""

    name: str
    nik: str
    rw: str
    born: date
    kk: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        """Never the numbers: they must not reach a log."""
        return "Request(…)"


@dataclass(frozen=True)
class VouchFacts:
    """One vouching: who spoke for whom to live where, and whether somebody looked."""

    id: UUID
    cycle: UUID
    roll: UUID | None
    rw: str
    voucher: UUID
    confirmer: UUID | None
    reason: str
    statement_sha256: str
    state: str
    call_back: str
    vouched_at: datetime


@dataclass(frozen=True)
class Confirmer:
    """Who offers to confirm: the own RW, facilitator grants, and whether they are an official of the kelurahan."""

    person: UUID
    rw: str | None
    facilitates: tuple[str, ...]
    official: bool


def vouch_cap(rw_roll: int) -> int:
    """How many one voucher may speak for in one cycle: 30, or 5 % of the RW's roll (trust.md 3)."""
    return max(FEWEST_VOUCHES, rw_roll * 5 // 100)


def why_not_confirm(vouch: VouchFacts, who: Confirmer) -> Refusal | None:
    """The reason this person may not be the second, or None: another RW's facilitator, or the kelurahan (T4)."""
    if vouch.state != "waiting":
        return Refusal.VOUCH_SETTLED
    if who.person == vouch.voucher:
        return Refusal.SAME_VOUCHER
    if who.official:
        return None
    elsewhere = {area for area in who.facilitates if area != vouch.rw}
    return None if elsewhere and who.rw != vouch.rw else Refusal.SAME_RW


def sample_size(vouched: int) -> int:
    """How many of the vouched are looked up again: one in ten, rounded up."""
    return -(-vouched // CALL_BACK_ONE_IN)


def shown_count(count: int) -> str:
    """A count of vouched people as it is published: small ones hidden, so that nobody is singled out (P5)."""
    return str(count) if count == 0 or count >= 10 else "1–9"


def why_not_decide(kind: CaseKind, outcome: Outcome | None, reason: str, is_open: bool) -> Refusal | None:
    """The reason a decision cannot stand, or None; once people vote nobody is moved or taken off."""
    if outcome is None or outcome not in OUTCOMES[kind]:
        return Refusal.NO_OUTCOME
    if len(reason) < 10:
        return Refusal.NO_REASON
    return Refusal.ONLY_KEPT if is_open and outcome in (Outcome.MOVED, Outcome.REMOVED) else None


def drawn(due: int, marked: Collection[str]) -> bool:
    """Whether enough call-backs were drawn and every drawn one has its answer."""
    return len(marked) >= due and "due" not in marked
