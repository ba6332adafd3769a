"""The offline print tool: makes voter codes, their slips as one page to print, and the file the server may know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from uuid import UUID

import msgspec
import segno

from rembuk.people.codes import VoterCode, key_seed, make_code, public_key
from rembuk.people.package import FORMAT, MOST, Package, PackageCode

PER_PAGE = 8
_STYLE = """
@page { size: A4; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { font: 10pt/1.35 system-ui, sans-serif; color: #000 }
main { display: grid; grid-template-columns: 105mm 105mm }
article { width: 105mm; height: 74.25mm; padding: 5mm 6mm; border: .2mm dashed #999; break-inside: avoid;
  display: grid; grid-template: auto auto 1fr auto / 1fr 27mm; gap: 1mm 3mm; overflow: hidden }
article:nth-child(8n) { break-after: page }
header { grid-column: 1 / 3; display: flex; justify-content: space-between; border-bottom: .2mm dotted #666;
  padding-bottom: 1mm; font-weight: 700 }
.fold { grid-column: 1 / 3; font-size: 7pt; color: #333 }
svg { width: 27mm; height: 27mm; display: block }
code { font: 700 14pt/1.5 ui-monospace, monospace; display: block; letter-spacing: .02em }
footer { grid-column: 1 / 3; font-size: 8pt }
"""


@dataclass(frozen=True)
class Order:
    """What shall be printed: for which cycle (its id) and kelurahan (its code), which package, how many."""

    cycle: UUID
    area: str
    package: str
    count: int
    site: str
    title: str = "Rembuk"

    @property
    def batch(self) -> str:
        """The name of the package: kecamatan and kelurahan, then the package's own number."""
        return f"{''.join(self.area.split('.')[2:4])}-{self.package}".upper()


def print_codes(order: Order, folder: Path, make: Callable[[], VoterCode] = make_code) -> tuple[Path, Path]:
    """Write `<batch>.html` (slips, secret) and `<batch>.json` (serials and public keys); raises ValueError, FileExists.

    Both are made new: a package that was printed once is never printed again with other codes.
    """
    if not 1 <= order.count <= MOST:
        raise ValueError(f"a package holds 1 to {MOST} codes")
    made = [(f"{order.batch}-{n:04d}", make()) for n in range(1, order.count + 1)]
    if len({code.text for _, code in made}) != len(made):
        raise ValueError("two codes came out the same; the source of chance is broken")
    known = [PackageCode(serial, public_key(key_seed(code, order.cycle)).hex()) for serial, code in made]
    package = Package(FORMAT, str(order.cycle), order.batch, order.area, known)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    slips, file = folder / f"{order.batch}.html", folder / f"{order.batch}.json"
    _write_new(file, msgspec.json.format(msgspec.json.encode(package), indent=1))
    _write_new(slips, sheet(order, made).encode())
    return slips, file


def _write_new(path: Path, body: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(body)


def sheet(order: Order, made: Sequence[tuple[str, VoterCode]]) -> str:
    """Every slip on one self-contained page, eight on a sheet of A4; opens without any network."""
    slips = "\n".join(_slip(order, serial, code) for serial, code in made)
    head = f"<title>{escape(order.batch)}</title><meta charset='utf-8'><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='id'><head>{head}</head><body><main>\n{slips}\n</main></body></html>\n"


def _slip(order: Order, serial: str, code: VoterCode) -> str:
    """One envelope: the serial outside, the code and its QR inside; the code stands behind "#" of the address."""
    address = f"{order.site.rstrip('/')}/kode"
    image = segno.make_qr(f"{address}#{code.text}", error="m").svg_inline(border=2, omitsize=True)
    return (
        f"<article><header><span>{escape(order.title)}</span><span>No. {serial}</span></header>"
        "<p class='fold'>Lipat ke dalam, rekatkan, jangan dibuka petugas.</p>"
        f"<div><p>Kode pemilih Anda</p><code>{code.printed[:9]}</code><code>{code.printed[10:]}</code></div>{image}"
        f"<footer>Pindai gambar, atau buka {escape(address)} dan ketik kode ini. "
        "Siapkan bulan dan tahun lahir, atau PIN dari meja pendaftaran. "
        "Kode ini hanya untuk Anda. Hilang atau terbuka? Minta ganti di kelurahan.</footer></article>"
    )
