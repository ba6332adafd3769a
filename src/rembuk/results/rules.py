"""What a published result says of a district, and the conditions of each step on the way to it."""

import re
from collections.abc import Mapping
from enum import StrEnum

from rembuk.errors import N_, Reason
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
    NOT_STANDING = (409, N_("Usulan ini sekarang tidak didanai, jadi tidak bisa dibatalkan."))
    NO_REASON = (422, N_("Tulis alasannya, paling sedikit 10 huruf."))
    NAME_TAKEN = (409, N_("Arsip dengan nama itu sudah ada. Pilih nama lain."))


class ProjectOutcome(StrEnum):
    """How a project fared."""

    FUNDED = "funded"
    RESERVE = "reserve"
    NOT_FUNDED = "not_funded"


def outcome_of(how: str) -> ProjectOutcome:
    """The outcome of a project by the place it got (docs/bundle.md, `how`)."""
    if not how:
        return ProjectOutcome.NOT_FUNDED
    return ProjectOutcome.RESERVE if how.startswith("reserve:") else ProjectOutcome.FUNDED


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
