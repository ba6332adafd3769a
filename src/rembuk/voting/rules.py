"""Who may cast, what a ballot must be, which turnout figures may be shown; decides, reads nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from rembuk.cycles.freezing import FrozenProject
from rembuk.errors import N_, Reason, Said
from rembuk.money import rupiah
from rembuk.review.rules import Tie, tie_sentences
from rembuk.tally.ballots import BALLOTS, Slip, Spoiled
from rembuk.voting.seal import Choice

SMALL_CELL = 10
Chosen = tuple[str, ...] | tuple[tuple[str, int], ...]
"""Ids of the projects a voter chose, best first when ranked; pairs of id and points where points are given."""


FIELD = {"ranked": "rank", "points": "points"}
"""How the fields of a form begin where each project has its own: rank-12, points-12."""


class State(StrEnum):
    """How far an election has come; its row is the phase lock (trust.md 5)."""

    DRAFT = "draft"
    FROZEN = "frozen"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    COUNTED = "counted"
    CERTIFIED = "certified"


class Refusal(Reason):
    """Why a ballot cannot be taken."""

    NOT_OPEN = (409, N_("Pemungutan suara tidak sedang dibuka. Suara ini tidak tercatat."))
    NOT_ON_ROLL = (403, N_("Anda belum ada di daftar pemilih siklus ini. Datang ke pos fasilitator RW Anda."))
    NOT_ACTIVE = (403, N_("Nama Anda tidak lagi ada di daftar pemilih. Datang ke pos fasilitator RW Anda."))
    OTHER_DISTRICT = (409, N_("Surat suara Anda ada di Kecamatan {name}."))
    CAST_ON_PAPER = (409, N_("Anda sudah memilih dengan surat suara kertas. Suara kertas yang dihitung."))
    NOT_ON_BALLOT = (422, N_("Ada pilihan yang tidak tercantum di surat suara Anda. Buka bilik lagi."))
    OVER_CEILING = (422, N_("Pilihan Anda {over} di atas pagu. Lepas satu usulan."))
    TOO_MANY = (422, N_("Paling banyak {limit} usulan boleh dipilih. Lepas {more} usulan."))
    BAD_NONCE = (422, N_("Halaman tinjau sudah tidak lengkap. Buka bilik dan tinjau lagi."))
    BURNED = (410, N_("Surat suara ini sudah dibuka untuk diuji dan tidak bisa dikirim. Tinjau lagi."))
    OTHER_BALLOT = (409, N_("Halaman ini sudah dipakai untuk surat suara lain. Buka bilik dan tinjau lagi."))
    COPIED = (409, N_("Amplop ini sudah ada di papan bukti. Buka bilik dan tinjau lagi."))
    NO_SUCH_PROJECT = (404, N_("Usulan ini tidak ada di surat suara Anda."))
    SAME_PLACE = (422, N_("Dua usulan Anda taruh di urutan yang sama. Pilih satu usulan untuk tiap urutan."))
    NOT_SIGNED = (403, N_("Masuk lagi dengan kode pemilih, lalu kirim surat suara Anda."))


_IN_THE_BOOTH: dict[Spoiled, Reason] = {
    Spoiled.NOT_ON_BALLOT: Refusal.NOT_ON_BALLOT,
    Spoiled.OVER_CEILING: Refusal.OVER_CEILING,
    Spoiled.TOO_MANY: Refusal.TOO_MANY,
}
"""Reasons that the booth can say with the voter's own numbers."""


@dataclass(frozen=True)
class Poll:
    """The frozen facts of one district's vote; money in whole rupiah, `limit` 0 means no limit."""

    election: UUID
    cycle: UUID
    state: State
    district: str
    name: str
    ballot_type: str
    limit: int
    ceiling: int
    projects: tuple[FrozenProject, ...]
    trustee_key: str
    length: int
    elsewhere: frozenset[str] = frozenset()
    """Ids of the projects on the ballots of other districts."""
    children: bool = False
    """Whether this is the children's box of a kecamatan: `name` is then its own ("Suara Anak Gedebage")."""

    @property
    def costs(self) -> Mapping[str, int]:
        """Cost by project id."""
        return {project.id: project.cost for project in self.projects}

    @property
    def slip(self) -> Slip:
        """What a ballot of this district is checked against."""
        if self.ballot_type == "points":
            return Slip(self.costs, self.ceiling, points=self.limit)
        return Slip(self.costs, self.ceiling, most=self.limit or None)

    @property
    def most(self) -> int:
        """The most a slip holds: points, places or projects."""
        return self.limit or len(self.projects)


@dataclass(frozen=True)
class Voter:
    """Who casts: the roll entry, the election, the district; a code voter brings the key that signs."""

    roll: UUID
    election: UUID
    district: str
    signing_seed: bytes | None = field(default=None, repr=False)
    by_code: bool = False

    @property
    def is_unsigned(self) -> bool:
        """Whether this voter came by a code whose key is gone: a ballot without signature would be doubted."""
        return self.by_code and self.signing_seed is None


@dataclass(frozen=True)
class Mark:
    """Whether and how this resident is marked on the roll; `seq` counts the ballots sent."""

    seq: int = 0
    on_paper: bool = False
    active: bool = True

    def advanced(self) -> "Mark":
        """The mark after one more ballot."""
        return replace(self, seq=self.seq + 1)


def shuffled(projects: Iterable[FrozenProject], roll: UUID) -> list[FrozenProject]:
    """The ballot in an order of its own for each voter, the same whenever that voter returns."""
    return sorted(projects, key=lambda project: sha256(roll.bytes + project.id.encode()).digest())


def tie_words(projects: Iterable[FrozenProject]) -> dict[str, list[Said]]:
    """What the ballot says of projects that exclude or require one another, by id; those without are left out."""
    listed = list(projects)
    ties = {each.id: Tie(each.group, each.requires) for each in listed}
    if not any(ties.values()):
        return {}
    titles = {each.id: each.title for each in listed}
    said = {id: tie_sentences(id, ties, titles) for id in ties}
    return {id: words for id, words in said.items() if words}


def canonical(chosen: Iterable[str]) -> Chosen:
    """The choices of an approval or knapsack ballot without the order they were ticked in."""
    return tuple(sorted(set(chosen)))


def ids_of(chosen: Chosen) -> tuple[str, ...]:
    """The projects a ballot names."""
    return tuple(each if isinstance(each, str) else each[0] for each in chosen)


def choice_of(chosen: Chosen, ballot_type: str) -> Choice:
    """What is sealed of these choices."""
    if ballot_type == "points":
        return Choice.of_points(each for each in chosen if not isinstance(each, str))
    return Choice(ids_of(chosen)) if ballot_type == "ranked" else Choice.of_set(ids_of(chosen))


def values_of(chosen: Chosen) -> dict[str, int]:
    """By project its points, or its place from 1 where there are none: what a form shows again."""
    return {each: place for place, each in enumerate(ids_of(chosen), 1)} | dict(
        each for each in chosen if not isinstance(each, str)
    )


def fields_of(chosen: Chosen, ballot_type: str) -> list[tuple[str, str]]:
    """The fields of a form that say these choices again."""
    if ballot_type in FIELD:
        return [(f"{FIELD[ballot_type]}-{project}", str(number)) for project, number in values_of(chosen).items()]
    return [("choice", project) for project in ids_of(chosen)]


def why_not(chosen: Chosen, poll: Poll, mark: Mark) -> Reason | None:
    """The first reason this ballot cannot be taken, or None when it can."""
    if mark.on_paper:
        return Refusal.CAST_ON_PAPER
    if poll.state is not State.OPEN:
        return Refusal.NOT_OPEN
    if not mark.active:
        return Refusal.NOT_ACTIVE
    return why_spoiled(chosen, poll)


def why_spoiled(chosen: Chosen, poll: Poll) -> Reason | None:
    """The first rule of its ballot type that these choices break, or None; no choice is a blank ballot."""
    if poll.elsewhere.intersection(ids_of(chosen)):
        return Refusal.OTHER_DISTRICT
    reason = BALLOTS[poll.ballot_type].why_spoiled(chosen, poll.slip)
    return _IN_THE_BOOTH.get(reason, reason) if reason else None


def facts(chosen: Chosen, poll: Poll) -> dict[str, object]:
    """The numbers that a refusal of these choices names."""
    return {
        "name": poll.name,
        "over": rupiah(max(0, total(chosen, poll) - poll.ceiling)),
        "limit": poll.limit,
        "more": max(0, len(chosen) - poll.limit),
        "points": poll.limit,
    }


def total(chosen: Chosen, poll: Poll) -> int:
    """What the chosen projects cost together, in rupiah."""
    costs = poll.costs
    return sum(costs.get(project, 0) for project in ids_of(chosen))


def used(chosen: Chosen, poll: Poll) -> int:
    """How much of the slip is filled: rupiah in a knapsack, points, else projects."""
    if poll.ballot_type == "knapsack":
        return total(chosen, poll)
    return sum(values_of(chosen).values()) if poll.ballot_type == "points" else len(chosen)


@dataclass(frozen=True)
class Turnout:
    """How many of an area's eligible residents have voted; `areas` are the codes it speaks for."""

    areas: tuple[str, ...]
    marks: int
    eligible: int


def is_safe(cell: Turnout) -> bool:
    """Whether a turnout figure singles nobody out."""
    return cell.eligible >= SMALL_CELL and 0 < cell.marks < cell.eligible


def publishable(cells: Sequence[Turnout], safe: Callable[[Turnout], bool] = is_safe) -> list[Turnout]:
    """The cells of one parent that may be shown: each of at least ten eligible and neither 0 nor 100 %.

    Cells that may not be shown are merged into one; while that one breaks the rule, or would give a single
    hidden cell away by subtraction from the parent, the smallest shown cell joins it (trust.md 4.7).
    """
    shown = sorted((cell for cell in cells if safe(cell)), key=lambda cell: (cell.eligible, cell.areas))
    hidden = [cell for cell in cells if not safe(cell)]
    while hidden and shown and not (len(hidden) > 1 and safe(merged(hidden))):
        hidden.append(shown.pop(0))
    rest = [merged(hidden)] if hidden and safe(merged(hidden)) else []
    return sorted(shown, key=lambda cell: cell.areas) + rest


def merged(cells: Sequence[Turnout]) -> Turnout:
    """Several cells as one."""
    areas = tuple(sorted(code for cell in cells for code in cell.areas))
    return Turnout(areas, sum(cell.marks for cell in cells), sum(cell.eligible for cell in cells))
