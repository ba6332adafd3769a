"""What a finished review needs: a verdict, its public reason, a checked cost line by line. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rembuk.cycles.feasible import is_circular
from rembuk.errors import N_, Reason, Said
from rembuk.proposals.rules import CostLine, State, total_of
from rembuk.workdays import workday_after


class Verdict(StrEnum):
    """What a reviewer says of a proposal (F2)."""

    UNDECIDED = "undecided"
    FEASIBLE = "feasible"
    FEASIBLE_CHANGED = "feasible_changed"
    INFEASIBLE = "infeasible"


class Question(StrEnum):
    """The four questions of the checklist."""

    AUTHORITY = "authority"
    LAND = "land"
    OVERLAP = "overlap"
    COST = "cost"


VERDICT_WORDS = {
    Verdict.UNDECIDED: N_("Belum diputuskan"),
    Verdict.FEASIBLE: N_("Lolos"),
    Verdict.FEASIBLE_CHANGED: N_("Lolos dengan perubahan"),
    Verdict.INFEASIBLE: N_("Tidak lolos"),
}
QUESTION_WORDS = {
    Question.AUTHORITY: N_("Kewenangan kota: pekerjaan ini boleh dikerjakan kota"),
    Question.LAND: N_("Lahan: jelas pemiliknya dan boleh dipakai"),
    Question.OVERLAP: N_("Tidak tumpang tindih dengan rencana lain"),
    Question.COST: N_("RAB (rincian biaya) sudah dihitung ulang"),
}
STATE_OF = {
    Verdict.FEASIBLE: State.FEASIBLE,
    Verdict.FEASIBLE_CHANGED: State.FEASIBLE_CHANGED,
    Verdict.INFEASIBLE: State.INFEASIBLE,
}
REASON_LEAST = 20
REASON_MOST = 2000
WORKDAYS_TO_ANSWER = 10
ROUGH_LINE = N_("Perkiraan pengusul")


class Refusal(Reason):
    """Why the room of reviews says no."""

    NOT_YOURS = (404, N_("Usulan ini tidak ada di wilayah tugas Anda."))
    NOT_NOW = (409, N_("Tahap pemeriksaan tidak sedang dibuka."))
    NOT_REVIEWABLE = (409, N_("Usulan ini sudah ditarik atau digabung, jadi tidak diperiksa."))
    OWN_PROPOSAL = (403, N_("Anda pengusulnya. Pemeriksaan dilakukan petugas lain."))
    UNDECIDED = (422, N_("Pilih dulu hasilnya: lolos, lolos dengan perubahan, atau tidak lolos."))
    NO_REASON = (422, N_("Alasan masih terlalu pendek. Tulis paling sedikit 20 huruf, karena warga akan membacanya."))
    NO_COST = (422, N_("Biaya hasil pemeriksaan masih kosong. Isi paling sedikit satu baris."))
    NO_LINE_REASON = (422, N_("Baris {line} berubah. Tulis alasannya agar warga mengerti."))
    CHANGED_ANYTHING = (422, N_('Biaya berubah. Pilih "Lolos dengan perubahan" atau kembalikan angkanya.'))
    CHECKLIST = (422, N_("Daftar periksa belum lengkap. Jawab keempat pertanyaan."))
    NO_SUCH_REQUIRED = (422, N_("Usulan nomor {required} tidak ada di kecamatan dan siklus yang sama."))
    REQUIRES_ITSELF = (422, N_("Sebuah usulan tidak dapat memerlukan dirinya sendiri."))
    REQUIRES_IN_A_RING = (
        422,
        N_("Usulan nomor {required} pada akhirnya memerlukan usulan ini. Lepas dulu syarat di sana."),
    )
    REQUIRES_A_RIVAL = (
        422,
        N_("Usulan nomor {required} ada di kelompok yang sama. Hanya satu yang menang, jadi bukan syarat."),
    )
    DOUBTFUL = (422, N_('Ada jawaban "tidak" di daftar periksa. Usulan hanya lolos jika semua jawabannya "ya".'))


@dataclass(frozen=True, slots=True)
class Draft:
    """A review as written: lines hold the checked costs, answers the checklist (True = yes)."""

    verdict: Verdict = Verdict.UNDECIDED
    reason: str = ""
    internal_note: str = ""
    answers: Mapping[Question, bool] = field(default_factory=dict)
    lines: tuple[CostLine, ...] = ()

    @property
    def cost(self) -> int:
        """The checked cost in whole rupiah."""
        return total_of(self.lines)


@dataclass(frozen=True, slots=True)
class Tie:
    """How a proposal hangs together with others of its kecamatan: at most one of a group wins, one may require another.

    `requires` is the other's number as text, as on the ballot; "" is none.
    """

    group: str = ""
    requires: str = ""

    def __bool__(self) -> bool:
        return bool(self.group or self.requires)


ONE_WINS = N_("Dari usulan ini dan {others}, paling banyak satu yang didanai.")
NEEDS = N_("Hanya dapat didanai bila {other} juga didanai.")
NEEDED_BY = N_("{others} hanya dapat didanai bila usulan ini didanai.")
NUMBERED = N_("usulan nomor {number}")


def tie_sentences(number: str, ties: Mapping[str, Tie], titles: Mapping[str, str] | None = None) -> list[Said]:
    """What a resident reads about the ties of a proposal; `ties` are those of its kecamatan, by number.

    With `titles` (by number) the others are called by them, as on a ballot that shows no numbers.
    """
    mine, found = ties.get(number, Tie()), []
    rivals = [other for other, tie in ties.items() if mine.group and tie.group == mine.group and other != number]
    if rivals:
        found.append(Said(ONE_WINS, others=_named(rivals, titles)))
    if mine.requires:
        found.append(Said(NEEDS, other=_named([mine.requires], titles)))
    if hanging := [other for other, tie in ties.items() if tie.requires == number]:
        found.append(Said(NEEDED_BY, others=_named(hanging, titles)))
    return found


def _named(numbers: Iterable[str], titles: Mapping[str, str] | None) -> str:
    ordered = _in_order(numbers)
    if titles and all(number in titles for number in ordered):
        return ", ".join(
            f"\N{LEFT DOUBLE QUOTATION MARK}{titles[each]}\N{RIGHT DOUBLE QUOTATION MARK}" for each in ordered
        )
    return Said(NUMBERED, number=", ".join(ordered))


def _in_order(numbers: Iterable[str]) -> list[str]:
    return sorted(numbers, key=lambda number: (len(number), number))


def why_not_tie(number: str, tie: Tie, ties: Mapping[str, Tie], known: Iterable[str]) -> Refusal | None:
    """Why a proposal cannot be tied so, or None; `ties` and `known` numbers are those of its kecamatan."""
    if not tie.requires:
        return None
    if tie.requires == number:
        return Refusal.REQUIRES_ITSELF
    if tie.requires not in set(known):
        return Refusal.NO_SUCH_REQUIRED
    if is_circular(number, {**{other: each.requires for other, each in ties.items()}, number: tie.requires}):
        return Refusal.REQUIRES_IN_A_RING
    required = ties.get(tie.requires, Tie())
    return Refusal.REQUIRES_A_RIVAL if tie.group and tie.group == required.group else None


@dataclass(frozen=True, slots=True)
class PublicReview:
    """A finished review as everybody reads it; the internal note is not here (F3, F4)."""

    nth: int
    verdict: Verdict
    reason: str
    cost: int
    answers: Mapping[Question, bool]
    at: datetime

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return VERDICT_WORDS[self.verdict]


@dataclass(frozen=True, slots=True)
class StaffReview:
    """A review with its internal note, for reviewers and auditors only (F4)."""

    public: PublicReview
    internal_note: str
    reviewer: UUID
    finished: bool


def changed_lines(before: Sequence[CostLine], after: Sequence[CostLine]) -> list[int]:
    """The places (from 1) of lines that are not as proposed; an added line counts, a dropped one too."""
    longest = max(len(before), len(after))
    return [nth for nth in range(1, longest + 1) if _line(before, nth) != _line(after, nth)]


def _line(lines: Sequence[CostLine], nth: int) -> CostLine | None:
    return replace(lines[nth - 1], reason="", catalogue_key="") if nth <= len(lines) else None


def why_not_finish(draft: Draft, proposed: Sequence[CostLine]) -> tuple[Refusal, dict[str, object]] | None:
    """The first reason this review cannot be finished, with its facts, or None (F2)."""
    if draft.verdict is Verdict.UNDECIDED:
        return Refusal.UNDECIDED, {}
    if len(draft.reason.strip()) < REASON_LEAST:
        return Refusal.NO_REASON, {}
    if set(draft.answers) != set(Question):
        return Refusal.CHECKLIST, {}
    return None if draft.verdict is Verdict.INFEASIBLE else _why_not_feasible(draft, proposed)


def _why_not_feasible(draft: Draft, proposed: Sequence[CostLine]) -> tuple[Refusal, dict[str, object]] | None:
    if not all(draft.answers.values()):
        return Refusal.DOUBTFUL, {}
    if draft.cost <= 0:
        return Refusal.NO_COST, {}
    changed = changed_lines(proposed, draft.lines)
    if changed and draft.verdict is Verdict.FEASIBLE:
        return Refusal.CHANGED_ANYTHING, {}
    for nth in changed:
        if nth <= len(draft.lines) and not draft.lines[nth - 1].reason.strip():
            return Refusal.NO_LINE_REASON, {"line": nth}
    return None


def is_reviewable(state: State) -> bool:
    """Whether a proposal in this state can be checked: sent, or checked before and looked at again."""
    return state in (State.SENT, State.FEASIBLE, State.FEASIBLE_CHANGED, State.INFEASIBLE)


def lines_to_check(proposed: tuple[CostLine, ...], cost: int) -> tuple[CostLine, ...]:
    """The lines a reviewer corrects: those proposed, or one line that stands for a rough sum in whole rupiah."""
    return proposed or (CostLine(ROUGH_LINE, "paket", 1000, cost),)


def due_on(sent: date, opened: date | None) -> date:
    """The day an answer is owed: ten working days after the review opened, or after sending if that was later."""
    return workday_after(max(sent, opened or sent), WORKDAYS_TO_ANSWER)
