"""What a keeper of the debate decided in the demo, so that the public record shows each kind of decision."""

from random import Random
from uuid import UUID

from rembuk.cycles.rules import Cycle
from rembuk.debate import store as debate
from rembuk.debate.rules import Position
from rembuk.demo.people import HOME, Cast
from rembuk.moderation import store as moderation
from rembuk.moderation.rules import Action, Reason, Ruling, Subject
from rembuk.proposals.tables import Proposal
from rembuk.web.viewer import Grant, Role, Viewer

CASES = (
    ("Jual tandon bekas, murah, pesan lewat pesan pribadi.", Reason.SPAM, Ruling(Action.HIDE, Reason.SPAM)),
    (
        "Yang mengusulkan ini pasti hanya cari nama.",
        Reason.RUDE,
        Ruling(Action.HIDE, Reason.RUDE, "Silakan tulis lagi tentang usulannya, bukan orangnya."),
    ),
    (
        "Mengapa bukan RW sebelah dulu yang diperbaiki?",
        Reason.OFF_TOPIC,
        Ruling(Action.KEEP, Reason.FINE, "Pertanyaan ini memang tentang usulannya."),
    ),
    (
        "Harga di rincian ini tidak masuk akal.",
        Reason.FALSE,
        Ruling(Action.REPLY, Reason.FINE, "Harga satuan diambil dari kamus usulan dan diperiksa petugas."),
    ),
)
"""A comment, why a neighbour reported it, and what was decided; all made up."""


async def keep_watch(cycle: Cycle, cast: Cast) -> None:
    """Four comments of the home kecamatan, each reported by a neighbour and decided by its facilitator."""
    rng = Random(cycle.year)  # noqa: S311 - of its own, so that the rest of the demo is drawn as before
    keeper = Viewer(person=cast.facilitator, name="Dadan", grants=(Grant(Role.MODERATOR, HOME),))
    here = await Proposal.select(Proposal.number).where(
        (Proposal.cycle == cycle.id) & (Proposal.kecamatan == HOME) & (Proposal.state != "draft")
    )
    numbers = sorted(row["number"] for row in here)
    for (body, reason, ruling), number in zip(CASES, rng.sample(numbers, len(CASES)), strict=True):
        author, neighbour = (_resident(*cast.near(rng, HOME)) for _ in range(2))
        comment = await debate.say(number, author, Position.AGAINST, body)
        await moderation.report(Subject.COMMENT, comment, neighbour, reason.value, "Laporan contoh (simulasi).")
        await moderation.decide(keeper, Subject.COMMENT, comment, ruling)


def _resident(person: UUID, home: str) -> Viewer:
    return Viewer(person=person, rw=home, grants=(Grant(Role.RESIDENT, home),))
