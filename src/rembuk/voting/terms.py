"""What two persons settle about the opening key before anything is frozen: whose it is, how many open, the level."""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rembuk.board.rules import Json
from rembuk.errors import N_, Reason

MOST_TRUSTEES = 16
ORGANISATIONS = 3
"""Organisations the trustees of a city come from, at least (trust.md 4.1)."""
_KEY = re.compile(r"[0-9a-f]{64}")


class Level(StrEnum):
    """How well the box is locked: one key holder (demo, small pilots), or a quorum of several."""

    ONE_HOLDER = "L1"
    QUORUM = "L2"


class Publication(StrEnum):
    """How much of the ballots goes out: the files, the totals alone, or files for sworn auditors only."""

    FULL = "full"
    TOTALS = "totals"
    AUDITOR = "auditor"


PUBLICATION_NAMES = {
    Publication.FULL: N_("Berkas suara diumumkan, kecuali kecamatan dengan suara sedikit"),
    Publication.TOTALS: N_("Hanya jumlah yang diumumkan"),
    Publication.AUDITOR: N_("Berkas suara hanya untuk auditor tersumpah"),
}


class KeyRefusal(Reason):
    """Why a key, or a trial of it, is refused."""

    NOT_A_KEY = (422, N_("Kunci publik terdiri dari 64 angka dan huruf a sampai f."))
    NOT_A_QUORUM = (422, N_("Isi 1 dari 1, atau sedikitnya 2 dari paling banyak 16 pemegang kunci."))
    EVERY_ORGANISATION = (422, N_("Tulis lembaga tiap pemegang kunci, satu per baris: {number} baris."))
    MORE_ORGANISATIONS = (422, N_("Pemegang kunci harus dari sedikitnya 3 lembaga yang berbeda."))
    NEEDS_WITNESSES = (422, N_("Kota dengan beberapa pemegang kunci memerlukan sedikitnya satu saksi papan bukti."))
    NEEDS_AUDITORS = (
        422,
        N_("Kota dengan beberapa pemegang kunci memerlukan sedikitnya satu auditor tersumpah untuk hitung ulang."),
    )
    NO_KEY_YET = (409, N_("Kunci kotak suara belum ditetapkan dua orang."))
    NOT_A_LINE = (422, N_("Salin baris jawaban dari komputer luring, misalnya 1-2-3:0123456789abcdef."))
    WRONG_ANSWER = (422, N_("Jawaban ini bukan isi amplop uji yang sekarang. Unduh amplopnya lagi, lalu ulangi."))
    WRONG_SHARES = (422, N_("Nomor bagian kunci tidak cocok: perlu {quorum} nomor berbeda dari 1 sampai {trustees}."))


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The public key (hex), how many of how many open, their organisations, witnesses, publication, sworn recounts."""

    public_key: str
    quorum: int
    trustees: int
    organisations: tuple[str, ...]
    witness_quorum: int = 0
    publication: Publication = Publication.FULL
    auditor_quorum: int = 0

    @property
    def level(self) -> Level:
        """One holder is L1, several are L2."""
        return Level.ONE_HOLDER if self.trustees == 1 else Level.QUORUM

    @property
    def body(self) -> dict[str, Json]:
        """What the two persons sign and the board shows; organisations only, never a person's name."""
        return {**asdict(self), "organisations": list(self.organisations), "level": self.level.value}


def terms_of(body: dict[str, Any]) -> KeyTerms:
    """The terms in what was signed."""
    kept = {name: value for name, value in body.items() if name in KeyTerms.__dataclass_fields__}
    return KeyTerms(
        **{**kept, "organisations": tuple(kept["organisations"]), "publication": Publication(kept["publication"])}
    )


def why_not_settle(terms: KeyTerms) -> KeyRefusal | None:
    """The first reason these terms cannot stand, or None."""
    if not _KEY.fullmatch(terms.public_key):
        return KeyRefusal.NOT_A_KEY
    several = 2 <= terms.quorum <= terms.trustees <= MOST_TRUSTEES
    if not several and (terms.quorum, terms.trustees) != (1, 1):
        return KeyRefusal.NOT_A_QUORUM
    if len(terms.organisations) != terms.trustees or not all(each.strip() for each in terms.organisations):
        return KeyRefusal.EVERY_ORGANISATION
    if terms.level is Level.QUORUM:
        if len({" ".join(each.casefold().split()) for each in terms.organisations}) < ORGANISATIONS:
            return KeyRefusal.MORE_ORGANISATIONS
        if terms.witness_quorum < 1:
            return KeyRefusal.NEEDS_WITNESSES
        if terms.auditor_quorum < 1:
            return KeyRefusal.NEEDS_AUDITORS
    return None
