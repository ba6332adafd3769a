"""What the room of voting sees to before the booth opens: the key that ballots are sealed to."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.store import Check
from rembuk.errors import N_

KEY_NAMED = N_("Kunci kotak suara sudah ditetapkan")


@cycles.before(PhaseKind.VOTING)
async def key_named(cycle_id: UUID) -> list[Check]:
    """The booth opens only when there is a key to seal ballots to."""
    election = await cycles.find_election(cycle_id)
    slug = (await cycles.cycle(cycle_id)).slug
    named = election is not None and bool(election.trustee_key)
    return [Check(KEY_NAMED, named, href=f"/petugas/siklus/{slug}/kunci")]
