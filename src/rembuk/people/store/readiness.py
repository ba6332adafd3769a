"""What the roll must be before the booth opens, and what vouching owes before results: checks other people see."""

from uuid import UUID

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleText, PhaseKind
from rembuk.cycles.store import Check
from rembuk.errors import N_, Refused
from rembuk.people.casework import Refusal
from rembuk.people.store.roll import roll_counts
from rembuk.people.store.vouches import sample_recorded
from rembuk.people.tables import RollImport

ROLL_LOADED = N_("Daftar pemilih sudah diisi")
ROLL_SETTLED = N_("Tidak ada berkas daftar pemilih yang menunggu atau sedang ditulis")
SAMPLE_RECORDED = N_("Satu dari sepuluh warga yang dijamin sudah didatangi lagi")


@cycles.before(PhaseKind.VOTING)
async def roll_ready(cycle_id: UUID) -> list[Check]:
    """The booth opens only when no file of the roll is under way (I14); an empty roll is shown, and blocks nothing."""
    slug = (await cycles.cycle(cycle_id)).slug
    page = f"/petugas/pemilih?siklus={slug}"
    living = RollImport.state.is_in(["waiting", "approved"])
    settled = not await RollImport.exists().where(RollImport.cycle == cycle_id, living)
    loaded = bool(await roll_counts(cycle_id))
    return [Check(ROLL_LOADED, loaded, blocks=False, href=page), Check(ROLL_SETTLED, settled, href=page)]


@cycles.before_change
async def age_stands(kept: Cycle, text: CycleText) -> None:
    """Refused(AGE_FIXED) once somebody stands on the roll: who may vote was settled by the age of then (trust.md 3)."""
    if kept.voting_age != text.voting_age and await roll_counts(kept.id):
        raise Refused(Refusal.AGE_FIXED, age=kept.voting_age)


@cycles.before(PhaseKind.RESULTS)
async def sample_ready(cycle_id: UUID) -> list[Check]:
    """Results open only when the vouchings that were drawn have their answers (T4)."""
    return [Check(SAMPLE_RECORDED, await sample_recorded(cycle_id), href="/meja/jaminan")]
