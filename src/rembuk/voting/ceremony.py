"""The key ceremony on a machine without a network: sheets to print, and the trial envelope as a file."""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any
from uuid import UUID

import segno

from rembuk.board.rules import canonical
from rembuk.voting.keys import KeyPair, TrialOpening, open_trial

TRIAL_FORMAT = "rembuk-uji-1"
_STYLE = """
@page { size: A4; margin: 18mm } * { box-sizing: border-box }
body { font: 12pt/1.45 "DejaVu Sans", Arial, sans-serif; margin: 0; color: #000 }
section { break-after: page; padding: 8mm } h1 { font-size: 20pt; margin: 0 0 4mm } p { margin: 0 0 3mm }
ol { columns: 3; font: 12pt/1.7 "DejaVu Sans Mono", monospace; padding-left: 12mm; border: 1px solid #000;
  padding-block: 4mm } svg { width: 52mm; height: 52mm } .kunci { font: 11pt/1.5 "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere } table { border-collapse: collapse; width: 100% } td { border: 1px solid #000;
  padding: 4mm 3mm } .meta { font-size: 10pt }
"""


@dataclass(frozen=True)
class Sheets:
    """What is printed at a ceremony: the election's name, the public key, how many shares open, the word shares."""

    name: str
    public: bytes
    quorum: int
    shares: tuple[str, ...]

    @property
    def html(self) -> str:
        """One file, nothing fetched: a page of minutes with the public key, then one page for each trustee."""
        pages = [self._minutes(), *(self._sheet(nth, share) for nth, share in enumerate(self.shares, 1))]
        title = escape(f"Upacara kunci: {self.name}")
        head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        return f'<!doctype html>\n<html lang="id"><head>{head}</head><body>{"".join(pages)}</body></html>\n'

    def _minutes(self) -> str:
        rows = "".join(
            f"<tr><td>Pemegang kunci {nth}</td><td>Lembaga:</td><td>Nama dan tanda tangan:</td></tr>"
            for nth in range(1, len(self.shares) + 1)
        )
        return (
            f"<section><h1>Berita acara upacara kunci</h1><p>{escape(self.name)}</p>"
            f"<p>Kotak dibuka oleh {self.quorum} dari {len(self.shares)} pemegang kunci.</p>"
            f'<p>Kunci publik (salin ke formulir petugas):</p><p class="kunci">{self.public.hex()}</p>'
            f"<p>Sidik: <b>{fingerprint(self.public)}</b></p>{_qr(self.public.hex())}"
            f"<table>{rows}<tr><td>Saksi</td><td>Lembaga:</td><td>Nama dan tanda tangan:</td></tr></table>"
            '<p class="meta">Setelah dicetak, hapus berkas ini dan matikan komputer ini.</p></section>'
        )

    def _sheet(self, nth: int, share: str) -> str:
        words = "".join(f"<li>{escape(word)}</li>" for word in share.split())
        return (
            f"<section><h1>Pemegang kunci {nth} dari {len(self.shares)}</h1><p>{escape(self.name)}</p>"
            f"<p>{self.quorum} lembar seperti ini membuka kotak suara. Simpan dalam amplop tertutup, jangan difoto, "
            f"jangan diketik di komputer yang tersambung ke jaringan.</p><ol>{words}</ol>{_qr(share)}"
            f"<p>Sidik kunci publik: <b>{fingerprint(self.public)}</b></p></section>"
        )


def fingerprint(public: bytes) -> str:
    """A public key's SHA-256, its first sixteen hex digits in groups of four, to be compared by eye."""
    digits = sha256(public).hexdigest()[:16]
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def sheets(name: str, pair: KeyPair, quorum: int, shares: tuple[str, ...]) -> Sheets:
    """The sheets of a ceremony; of the pair only the public half goes in."""
    return Sheets(name, pair.public, quorum, shares)


def _qr(text: str) -> str:
    drawn: str = segno.make_qr(text, error="m").svg_inline(border=4)
    return drawn


def trial_file(election: UUID, public: bytes, ciphertext: bytes) -> bytes:
    """The sealed trial envelope as a file to carry to the offline machine."""
    sealed = base64.b64encode(ciphertext).decode()
    return canonical(
        {"format": TRIAL_FORMAT, "election": str(election), "public_key": public.hex(), "ciphertext": sealed}
    )


def try_file(file: bytes, shares: list[str]) -> TrialOpening:
    """Open a trial file with these shares; raises BrokenShares, or ValueError when it is no trial file."""
    body: Any = json.loads(file)
    if not isinstance(body, dict) or body.get("format") != TRIAL_FORMAT:
        raise ValueError(f"not a file of format {TRIAL_FORMAT}")
    ciphertext, public = base64.b64decode(body["ciphertext"], validate=True), bytes.fromhex(body["public_key"])
    return open_trial(ciphertext, shares, public, UUID(body["election"]))
