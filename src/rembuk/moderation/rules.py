"""Guarding the debate: why something is reported, what may be decided, and who may not decide it. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rembuk import errors
from rembuk.errors import N_

NOTE_LONGEST = 300
TEXT_LONGEST = 600
DUE = timedelta(hours=24)
UNDO_WITHIN = timedelta(minutes=10)
NEW_FOR = timedelta(days=7)
APPEAL_WITHIN = timedelta(days=7)
APPEAL_DUE = timedelta(hours=48)


class Subject(StrEnum):
    """What can be reported and decided on."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


class Action(StrEnum):
    """What a moderator can do; `reopen` takes a `keep` back."""

    KEEP = "keep"
    HIDE = "hide"
    RESTORE = "restore"
    REPLY = "reply"
    REOPEN = "reopen"


ACTION_WORDS = {
    Action.KEEP: N_("Disetujui"),
    Action.HIDE: N_("Ditahan"),
    Action.RESTORE: N_("Dipulihkan"),
    Action.REPLY: N_("Dijawab"),
    Action.REOPEN: N_("Dibuka lagi"),
}
UNDOING = {Action.HIDE: Action.RESTORE, Action.RESTORE: Action.HIDE, Action.KEEP: Action.REOPEN}


class Reason(StrEnum):
    """Why something is reported or decided; every act carries one."""

    RUDE = "rude"
    PERSONAL_DATA = "personal_data"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    FALSE = "false"
    HATE = "hate"
    OTHER = "other"
    FINE = "fine"
    MISTAKE = "mistake"


REASON_WORDS = {
    Reason.RUDE: N_("Kasar atau menyerang orang"),
    Reason.PERSONAL_DATA: N_("Memuat data pribadi"),
    Reason.SPAM: N_("Iklan atau berulang"),
    Reason.OFF_TOPIC: N_("Bukan tentang usulan"),
    Reason.FALSE: N_("Keterangan tidak benar"),
    Reason.HATE: N_("Mengancam atau menyebar kebencian"),
    Reason.OTHER: N_("Alasan lain"),
    Reason.FINE: N_("Sesuai aturan rembuk"),
    Reason.MISTAKE: N_("Keputusan sebelumnya keliru"),
}
REPORT_REASONS = tuple(
    (reason.value, words) for reason, words in REASON_WORDS.items() if reason not in (Reason.FINE, Reason.MISTAKE)
)
"""What a reporter chooses from: (value, words)."""

DECISION_REASONS = tuple((reason.value, words) for reason, words in REASON_WORDS.items())


class Refusal(errors.Reason):
    """Why a report or a decision is not taken."""

    UNKNOWN = (404, N_("Isi ini tidak ada."))
    REPORTED = (409, N_("Anda sudah melaporkan isi ini. Terima kasih, laporan Anda sedang ditinjau."))
    NO_REASON = (422, N_("Pilih satu alasan."))
    OWN_TEXT = (403, N_("Ini tulisan Anda sendiri. Penjaga lain yang memutuskan."))
    OWN_RW = (403, N_("Usulan ini dari RW Anda sendiri. Penjaga dari RW lain yang memutuskan."))
    ENDORSED = (403, N_("Anda mendukung usulan ini. Penjaga lain yang memutuskan."))
    NOT_MODERATOR = (403, N_("Hanya penjaga rembuk wilayah ini yang dapat memutuskan."))
    CLOSED = (403, N_("Siklus ini sudah menjadi arsip, jadi isinya tidak dapat diubah."))
    ALREADY = (409, N_("Isi ini sudah dalam keadaan itu. Muat ulang antrean."))
    NO_TEXT = (422, N_("Tulis jawaban yang boleh dibaca semua orang."))
    TOO_LATE = (409, N_("Keputusan hanya dapat diurungkan dalam 10 menit, dan hanya satu kali."))
    NOT_YOURS = (403, N_("Hanya penjaga yang memutuskan yang dapat mengurungkannya."))
    HIDE_REASON = (422, N_("Pilih alasan mengapa isi ini ditahan."))
    NO_APPEAL = (409, N_("Banding hanya untuk isi yang ditahan, satu kali, paling lama 7 hari sesudahnya."))
    APPEAL_EMPTY = (422, N_("Tulis mengapa keputusan itu keliru menurut Anda."))
    SAME_AREA = (403, N_("Banding diputus penjaga dari kecamatan lain."))
    ANSWERED = (409, N_("Banding ini sudah diputus."))


@dataclass(frozen=True)
class Facts:
    """What a decision needs to know of its subject."""

    kind: Subject
    id: UUID
    proposal: UUID
    cycle: UUID
    number: int
    title: str
    text: str
    author: UUID
    rw: str
    hidden: bool
    at: datetime

    @property
    def kecamatan(self) -> str:
        """The code of the kecamatan it lies in."""
        return ".".join(self.rw.split(".")[:3])

    @property
    def key(self) -> str:
        """How addresses and lists name it."""
        return f"{self.kind.value}-{self.id}"


@dataclass(frozen=True)
class Why:
    """One cause for something to stand in the queue: laporan, kata or baru, in words."""

    kind: str
    words: str


@dataclass(frozen=True)
class QueueItem:
    """One thing that waits for a decision: what, since when, and why it came."""

    facts: Facts
    since: datetime
    why: tuple[Why, ...]

    def is_late(self, now: datetime) -> bool:
        """Whether it has waited longer than a day."""
        return now - self.since > DUE

    @property
    def is_reported(self) -> bool:
        """Whether somebody reported it; such items come first."""
        return any(why.kind == "laporan" for why in self.why)


@dataclass(frozen=True)
class Ruling:
    """What a moderator decides: the act, its reason, words for everybody and words for colleagues (N4)."""

    action: Action
    reason: Reason
    public_text: str = ""
    remark: str = ""

    @property
    def said(self) -> str:
        """Reason and public words in one line, for the way of a proposal."""
        return ". ".join(part for part in (REASON_WORDS[self.reason], self.public_text) if part)


@dataclass(frozen=True)
class Decision:
    """One act of a moderator; the name is for colleagues only, the public reads the office (N4)."""

    id: UUID
    kind: Subject
    subject: UUID
    kecamatan: str
    moderator: UUID
    moderator_name: str
    action: Action
    reason: Reason
    public_text: str
    remark: str
    number: int
    undoes: UUID | None
    at: datetime


class Verdict(StrEnum):
    """How an appeal stands."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


VERDICT_WORDS = {
    Verdict.OPEN: N_("Banding menunggu"),
    Verdict.UPHELD: N_("Banding ditolak"),
    Verdict.OVERTURNED: N_("Banding diterima"),
}


@dataclass(frozen=True)
class Appeal:
    """An appeal against one decision, with what it is about."""

    id: UUID
    decision: Decision
    facts: Facts
    text: str
    verdict: Verdict
    answer: str
    at: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether it has waited longer than the 48 hours promised."""
        return self.verdict is Verdict.OPEN and now - self.at > APPEAL_DUE


def why_not_appeal(decision: Decision, facts: Facts, person: UUID | None, now: datetime, again: bool) -> Refusal | None:
    """Why a decision cannot be appealed: not the author's, not a hiding in force, too late, or a second time."""
    if person != facts.author:
        return Refusal.UNKNOWN
    in_force = decision.action is Action.HIDE and facts.hidden
    return None if in_force and not again and now - decision.at <= APPEAL_WITHIN else Refusal.NO_APPEAL


def why_not_answer(appeal: Appeal, *, moderates_there: bool, moderates: bool, person: UUID | None) -> Refusal | None:
    """Who may answer an appeal: a moderator, of another kecamatan, who did not decide and is not the author."""
    if not moderates:
        return Refusal.NOT_MODERATOR
    if moderates_there or person in (appeal.decision.moderator, appeal.facts.author):
        return Refusal.SAME_AREA
    return None if appeal.verdict is Verdict.OPEN else Refusal.ANSWERED


def why_not_decide(
    *, is_moderator: bool, may_now: bool, is_author: bool, own_rw: bool, endorsed: bool
) -> Refusal | None:
    """The first reason this person may not decide on this subject, or None (trust.md 7)."""
    causes = (
        (not is_moderator, Refusal.NOT_MODERATOR),
        (not may_now, Refusal.CLOSED),
        (is_author, Refusal.OWN_TEXT),
        (own_rw, Refusal.OWN_RW),
        (endorsed, Refusal.ENDORSED),
    )
    return next((refusal for holds, refusal in causes if holds), None)


def why_not_act(ruling: Ruling, hidden: bool) -> Refusal | None:
    """Why a decision does not fit the subject as it is: hidden twice, brought back unhidden, an empty answer."""
    if (ruling.action is Action.HIDE and hidden) or (ruling.action is Action.RESTORE and not hidden):
        return Refusal.ALREADY
    if ruling.action is Action.HIDE and ruling.reason is Reason.FINE:
        return Refusal.HIDE_REASON
    return Refusal.NO_TEXT if ruling.action is Action.REPLY and not ruling.public_text else None


def why_not_undo(decision: Decision, moderator: UUID, now: datetime, undone: bool) -> Refusal | None:
    """Why a decision cannot be taken back: another's, too old, answered, or taken back already."""
    if decision.moderator != moderator:
        return Refusal.NOT_YOURS
    is_fresh = now - decision.at <= UNDO_WITHIN
    fits = decision.action in UNDOING and decision.undoes is None
    return None if is_fresh and fits and not undone else Refusal.TOO_LATE


_RUDE = frozenset(
    (
        *("anjing", "asu", "babi", "bajingan", "bangsat", "bego", "brengsek", "goblok", "jancok"),
        *("kampret", "keparat", "kontol", "memek", "ngentot", "tolol"),
    )
)
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-]?){10,}")


def words_found(text: str) -> tuple[str, ...]:
    """What in a text asks for a second look: rude words, and numbers as long as a phone's or a NIK."""
    found = sorted(_RUDE.intersection(re.findall(r"[a-z]+", text.casefold())))
    return (*found, *(["nomor panjang"] if _LONG_NUMBER.search(text) else []))
