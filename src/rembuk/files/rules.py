"""What a photo must be, told from its first bytes and its measured size; pure."""

from dataclasses import dataclass
from uuid import UUID

from rembuk.errors import N_, Reason

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000
SIZES = (320, 640, 1280)
LARGEST_OUTPUT = {320: 25 * 1024, 640: 60 * 1024, 1280: 160 * 1024}
FORMATS = ("JPEG", "PNG", "WEBP")


class Refusal(Reason):
    """Why a photo is not taken."""

    EMPTY = (422, N_("Foto kosong. Pilih foto lain."))
    TOO_LARGE = (413, N_("Foto lebih dari 5 MB. Pilih foto lain atau kecilkan."))
    TOO_MANY_PIXELS = (422, N_("Foto lebih dari 20 megapiksel. Kecilkan dulu, lalu coba lagi."))
    NOT_A_PHOTO = (422, N_("Berkas ini bukan foto JPEG, PNG, atau WebP. Pilih foto lain."))
    ANIMATED = (422, N_("Gambar bergerak tidak kami terima. Pilih foto biasa."))
    BROKEN = (422, N_("Foto ini rusak atau terpotong. Ambil ulang atau pilih foto lain."))
    BUSY = (503, N_("Banyak foto sedang diperiksa. Coba lagi satu menit."))
    NO_SUCH_FILE = (404, N_("Foto ini tidak ada."))


@dataclass(frozen=True)
class StoredFile:
    """One photo as kept: its public id and the size of its largest form, in pixels."""

    id: UUID
    owner: UUID
    width: int
    height: int
    sha256: str


def kind_of(content: bytes) -> str | None:
    """JPEG, PNG or WEBP by the first bytes, never by name; None for everything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return None


def why_not_taken(content: bytes) -> Refusal | None:
    """The first reason these bytes are no photo for us, before anything is decoded; None when they may be."""
    if not content:
        return Refusal.EMPTY
    if len(content) > MOST_BYTES:
        return Refusal.TOO_LARGE
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return Refusal.ANIMATED
    return None if kind_of(content) else Refusal.NOT_A_PHOTO


def scaled(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height that fit in a square of that side, never enlarged, at least one pixel."""
    longest = max(width, height)
    if longest <= side:
        return width, height
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))
