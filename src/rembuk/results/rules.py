"""What a published result says of a district, and the conditions of each step on the way to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rembuk.errors import N_, Reason
from rembuk.results.figures import Figures, Part, PriceSystem
from rembuk.tally.election import Completion, Options, Order, Utility

DICE = 20
RULE_NAMES = {
    "greedy": N_("Suara terbanyak"),
    "equal_shares": N_("Bagian Setara"),
    "phragmen": N_("Phragmén"),
    "official": N_("Aturan berkas"),
}


class Refusal(Reason):
    """Why a step towards the result cannot be taken."""

    NOT_CLOSED = (409, N_("Pemungutan suara belum ditutup. Tutup dulu sebelum membuka kotak suara."))
    NOT_OPENED = (409, N_("Kotak suara belum dibuka."))
    NO_SEED = (409, N_("Dadu pemutus seri belum dilempar."))
    SEED_DRAWN = (409, N_("Dadu pemutus seri sudah dicatat dan tidak bisa diganti."))
    NOT_DICE = (422, N_("Tulis 20 angka hasil lemparan dadu, masing-masing 0 sampai 9."))
    NOT_COUNTED = (409, N_("Suara belum dihitung."))
    ALREADY_PUBLISHED = (409, N_("Hasil sudah diumumkan."))
    BAD_SHARES = (422, N_("Kata kunci pemegang kunci salah atau kurang. Periksa urutan dan ejaannya."))
    OTHER_KEY = (422, N_("Kata kunci ini milik pemilihan lain."))
    AUDIT_FAILS = (409, N_("Kotak suara tidak cocok dengan papan bukti: {words}"))
    OTHER_BALLOTS = (409, N_("Berkas suara {area} tidak sama dengan sidik jarinya di papan bukti. Beri tahu auditor."))
    OTHER_SEED = (409, N_("Dadu pemutus seri tidak sama dengan yang tercatat di papan bukti. Beri tahu auditor."))
    OTHER_COUNT = (409, N_("Hitungan {area} tidak sama dengan hitung ulang. Hitung lagi dan beri tahu auditor."))
    NO_RESULT = (404, N_("Hasil belum diumumkan."))
    NO_SUCH_STEP = (404, N_("Langkah itu tidak ada."))
    NO_FILES = (422, N_("Berkas tidak bisa dibaca: {words}"))
    TOO_LARGE = (
        422,
        N_(
            "Siklus ini terlalu besar untuk dicoba di sini. Batasnya {districts} wilayah dan {projects} usulan "
            "per wilayah. Pakai perintah rembuk count."
        ),
    )
    NAME_TAKEN = (409, N_("Arsip dengan nama itu sudah ada. Pilih nama lain."))


class ProjectOutcome(StrEnum):
    """How a project fared."""

    FUNDED = "funded"
    NOT_FUNDED = "not_funded"


@dataclass(frozen=True)
class Contender:
    """One project of a district's result; `start` is the money spent before it, in rupiah."""

    id: str
    number: int | None
    title: str
    issue: str
    place: str
    cost: int
    votes: int
    funded: bool
    start: int
    why: str
    more_votes: int | None = None
    fitting_cost: int | None = None


@dataclass(frozen=True)
class Played:
    """One step of the replay: what was decided, in a sentence, and the ribbon after it."""

    number: int
    project: str
    title: str
    funded: bool
    why: str
    money_before: int
    money_after: int
    segments: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Comparison:
    """What another rule on the shelf would have funded."""

    rule: str
    name: str
    official: bool
    funded: int
    cost: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class DistrictResult:
    """Everything the result page of a district shows; money in whole units of the cycle's currency."""

    area: str
    name: str
    slug: str
    rule: str
    ceiling: int
    cost: int
    ballots: int
    eligible: int
    represented: int
    digest: str
    winners: tuple[Contender, ...]
    losers: tuple[Contender, ...]
    steps: tuple[Played, ...]
    comparisons: tuple[Comparison, ...]
    full: bool
    figures: Figures | None
    issues: tuple[Part, ...]
    areas: tuple[Part, ...]
    prices: PriceSystem | None

    @property
    def left(self) -> int:
        """What the winners leave of the ceiling."""
        return self.ceiling - self.cost

    @property
    def segments(self) -> list[tuple[str, int, str]]:
        """The winners as segments of the ribbon."""
        return [(each.issue, each.cost, each.title) for each in self.winners]


def dice_of(typed: str) -> str:
    """The public dice as 20 digits; ValueError when it is not that."""
    digits = re.sub(r"[\s,.-]", "", typed)
    if not re.fullmatch(rf"[0-9]{{{DICE}}}", digits):
        raise ValueError("20 throws of a ten-sided die")
    return digits


def options_of(pairs: Mapping[str, str]) -> Options:
    """The options of a rule out of their text form (`Options.pairs`)."""
    return Options(
        order=Order(pairs.get("order", "votes")),
        skip=pairs.get("skip", "yes") == "yes",
        threshold=int(pairs.get("threshold", "1")),
        utility=Utility(pairs.get("utility", "cost")),
        completion=Completion(pairs.get("completion", "none")),
        step=int(pairs.get("step", "0")),
    )
