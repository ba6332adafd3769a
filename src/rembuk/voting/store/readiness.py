"""What the room of voting sees to before the booth opens: the sealing key, and the roll committed on the board."""

import json
from uuid import UUID

from rembuk.board import store as board
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.store import Check
from rembuk.errors import N_
from rembuk.people import store as people
from rembuk.voting.store.ceremony import ceremony_of
from rembuk.voting.terms import Level

KEY_NAMED = N_("Kunci kotak suara sudah ditetapkan")
KEY_TRIED = N_("Amplop uji sudah dibuka dua kali, oleh susunan pemegang kunci yang berbeda")
WITNESSED = N_("Saksi papan bukti yang terdaftar cukup")


@cycles.before(PhaseKind.VOTING)
async def key_named(cycle_id: UUID) -> list[Check]:
    """The booth opens only when there is a key to seal ballots to."""
    election = await cycles.find_election(cycle_id)
    slug = (await cycles.cycle(cycle_id)).slug
    named = election is not None and bool(election.trustee_key)
    return [Check(KEY_NAMED, named, href=f"/petugas/siklus/{slug}/kunci")]


@cycles.before(PhaseKind.VOTING)
async def key_tried(cycle_id: UUID) -> list[Check]:
    """The booth opens only when two different quorums opened the trial envelope of this very key (trust.md 4.1)."""
    election = await cycles.find_election(cycle_id)
    held = await ceremony_of(election.id) if election else None
    slug = (await cycles.cycle(cycle_id)).slug
    tried = held is not None and election is not None and held.public_key == election.trustee_key and not held.missing
    return [Check(KEY_TRIED, tried, href=f"/petugas/siklus/{slug}/kunci")]


@cycles.before(PhaseKind.VOTING)
async def witnesses_there(cycle_id: UUID) -> list[Check]:
    """Where several hold the key, or the result needs witnesses: as many as it needs were frozen and still watch."""
    election = await cycles.find_election(cycle_id)
    needed = max(election.witness_quorum, int(election.level == Level.QUORUM)) if election else 0
    if election is None or not needed:
        return []
    watching = {each.text for each in await board.witnesses()}
    if election.config:
        watching &= set(json.loads(election.config).get("witnesses", ()))
    return [Check(WITNESSED, election.witness_quorum >= needed and len(watching) >= needed, href="/petugas/saksi")]


@cycles.upon_opening
async def roll_committed(cycle_id: UUID) -> None:
    """Post how many may vote in each RW and the root over the keys of all codes: nobody invents voters later."""
    election = await cycles.election(cycle_id)
    await people.post_roll_totals(election.id, cycle_id)
    await people.commit_roll_keys(cycle_id, "open")
