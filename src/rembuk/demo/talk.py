"""What simulated residents say and support; every sentence is made up and general."""

from random import Random
from typing import Any
from uuid import uuid4

from rembuk import clock
from rembuk.cycles.rules import Cycle
from rembuk.database import transaction
from rembuk.database.many import insert_many
from rembuk.debate.tables import Comment
from rembuk.demo.people import Cast
from rembuk.moderation.tables import Flag
from rembuk.proposals import store as proposals
from rembuk.proposals.tables import Endorsement, Proposal

SAID = {
    "for": (
        "Setuju. Gang kami juga terdampak, semoga bisa didanai tahun ini.",
        "Warga siap ikut kerja bakti supaya biayanya cukup.",
        "Sudah lama ditunggu. Kalau jadi, anak-anak bisa lewat dengan aman.",
        "Usulan ini murah dan manfaatnya banyak.",
    ),
    "against": (
        "Biayanya besar. Apakah tidak bisa dimulai dari separuhnya dulu?",
        "Lokasinya sempit, khawatir mengganggu jalan warga.",
        "Tanpa perawatan, dua tahun lagi akan rusak.",
    ),
    "question": (
        "Siapa yang merawat setelah selesai?",
        "Kapan pengerjaannya dan berapa lama?",
        "Apakah harga satuannya sudah dicek?",
    ),
    "reply": (
        "Pengurus RW dan karang taruna, ada iuran kecil tiap bulan.",
        "Kami sudah ukur bersama warga, gambarnya ada di balai RW.",
        "Terima kasih masukannya, kami catat untuk rembug berikutnya.",
    ),
}


@transaction
async def talk(cycle: Cycle, cast: Cast, rng: Random) -> None:
    """Two to six comments under each proposal of the cycle, some answered."""
    rows: list[dict[str, Any]] = []
    counts: dict[Any, int] = {}
    for proposal in await _proposals(cycle):
        mine = _thread(proposal, cast, rng)
        counts[proposal["id"]] = len(mine)
        rows += mine
    await insert_many(Comment, rows)
    for proposal_id, count in counts.items():
        await proposals.write_comment_count(proposal_id, count)


def _thread(proposal: dict[str, Any], cast: Cast, rng: Random) -> list[dict[str, Any]]:
    rows = []
    for _ in range(rng.randint(2, 4)):
        position = rng.choices(("for", "against", "question"), (5, 2, 3))[0]
        opening = _comment(proposal, cast, rng, position)
        rows.append(opening)
        if rng.random() < 0.35:
            rows.append(_comment(proposal, cast, rng, "reply", parent=opening["id"]))
    return rows


def _comment(proposal: dict[str, Any], cast: Cast, rng: Random, position: str, parent: Any = None) -> dict[str, Any]:
    person, _ = cast.near(rng, proposal["kecamatan"])
    body = rng.choice(SAID[position])
    return {
        "id": uuid4(),
        "proposal": proposal["id"],
        "parent": parent,
        "author": person,
        "position": position,
        "body": body,
        "at": clock.now(),
    }


@transaction
async def support(cycle: Cycle, cast: Cast, rng: Random) -> None:
    """Endorsements by neighbours of each proposal, more for some than for others."""
    rows = []
    for proposal in await _proposals(cycle):
        here = [person for person, home in cast.crowd if home.startswith(f"{proposal['kecamatan']}.")]
        keen = rng.sample(here, min(len(here), rng.randint(2, len(here))))
        rows += [{"proposal": proposal["id"], "person": person, "at": clock.now()} for person in keen]
    await insert_many(Endorsement, rows)
    await proposals.recount_endorsements(cycle.id)


async def _proposals(cycle: Cycle) -> list[dict[str, Any]]:
    return await Proposal.select(Proposal.id, Proposal.kecamatan).where(
        (Proposal.cycle == cycle.id) & (Proposal.state != "draft")
    )


@transaction
async def report_some(cycle: Cycle, cast: Cast, rng: Random, kecamatan: str) -> None:
    """Three comments of a kecamatan reported by neighbours, so that its facilitator finds a queue."""
    rows = (
        await Comment.select(Comment.id, Comment.proposal.rw.as_alias("rw"))
        .where((Comment.proposal.cycle == cycle.id) & (Comment.proposal.kecamatan == kecamatan))
        .order_by(Comment.id)
    )
    for row, reason in zip(rng.sample(rows, min(3, len(rows))), ("rude", "off_topic", "false"), strict=False):
        person, _ = cast.near(rng, kecamatan)
        await Flag.insert(
            Flag(
                subject_kind="comment",
                subject=row["id"],
                kecamatan=kecamatan,
                rw=row["rw"],
                reporter=person,
                reason=reason,
                note="Laporan contoh (simulasi).",
                at=clock.now(),
            )
        )
