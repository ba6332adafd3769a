"""What may be told to a person, and which kinds a person can switch off; pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rembuk.errors import N_, Reason

STOPPABLE = {
    "proposal": N_("Perubahan usulan saya"),
    "comment": N_("Komentar dan balasan"),
    "cycle": N_("Tahap, hasil, dan pengingat"),
    "works": N_("Pekerjaan yang saya ikuti"),
}
"""Kinds a person may stop. Every other kind (receipt, account, moderation) is owed and always sent."""


class Refusal(Reason):
    """Why notices says no."""

    OWED = (422, N_("Pesan jenis ini tidak dapat dimatikan karena menyangkut hak Anda."))
    NO_SUCH_NOTICE = (404, N_("Pesan ini tidak ada."))


@dataclass(frozen=True)
class NoticeFacts:
    """One message as its reader sees it."""

    id: UUID
    kind: str
    subject: str
    body: str
    link: str
    at: datetime
    is_read: bool
