"""What the room of voting sees to before the booth opens: the sealing key, and the roll committed on the board."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.store import Check
from rembuk.errors import N_
from rembuk.people import store as people

KEY_NAMED = N_("Kunci kotak suara sudah ditetapkan")


@cycles.before(PhaseKind.VOTING)
async def key_named(cycle_id: UUID) -> list[Check]:
    """The booth opens only when there is a key to seal ballots to."""
    election = await cycles.find_election(cycle_id)
    slug = (await cycles.cycle(cycle_id)).slug
    named = election is not None and bool(election.trustee_key)
    return [Check(KEY_NAMED, named, href=f"/petugas/siklus/{slug}/kunci")]


@cycles.upon_opening
async def roll_committed(cycle_id: UUID) -> None:
    """Post how many may vote in each RW and the root over the keys of all codes: nobody invents voters later."""
    election = await cycles.election(cycle_id)
    await people.post_roll_totals(election.id, cycle_id)
    await people.commit_roll_keys(cycle_id, "open")
