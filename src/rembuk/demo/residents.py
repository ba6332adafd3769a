"""The simulated roll and its ballots: sealed, marked and promised exactly as real ones, only many at once."""

import secrets
from collections.abc import Sequence
from random import Random
from typing import Any

from rembuk.board.tables import LeafQueue
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.database import transaction
from rembuk.database.many import insert_many
from rembuk.demo.model import Option, ballot, tastes
from rembuk.demo.people import HOME, HOME_RW, Door
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.rules import ADULTS, AGE_BANDS, CHILDREN, NewEntry, box_of
from rembuk.people.store import NewCode
from rembuk.people.tables import RollEntry
from rembuk.places import store as places
from rembuk.voting import rules
from rembuk.voting.agreement import Agreement, FrozenDistrict, agreed
from rembuk.voting.rules import Voter
from rembuk.voting.seal import Choice, seal
from rembuk.voting.store import poll_of, slot_of
from rembuk.voting.tables import Envelope, RollMark

PIN = "2468"
PHONE = "081200002026"
YOUNG = 90
"""How many simulated children stand on a list."""
HOME_BOX = box_of(HOME, CHILDREN)
KEEN = 1.25
"""How much more than the average the demo's home kecamatan votes: its ballots shall be enough to publish."""


async def enrol(cycle: Cycle, rng: Random, per_kecamatan: int) -> None:
    """Put so many simulated residents of each kecamatan on the roll, spread over its RW; children where they vote."""
    entries = []
    for kecamatan in await places.kecamatan_list():
        rws = [area.code for area in await places.rw_list(kecamatan.code)]
        entries += [NewEntry(rw=rng.choice(rws), source="simulated") for _ in range(per_kecamatan)]
        young = YOUNG if cycle.shares.has_children(kecamatan.code) else 0
        entries += [_child(rng, rng.choice(rws)) for _ in range(young)]
    entries.append(NewEntry(rw=HOME_RW, phone=PHONE, source="simulated"))
    await people.add_roll_entries(cycle.id, entries)


def _child(rng: Random, rw: str) -> NewEntry:
    return NewEntry(rw=rw, list=CHILDREN, age_band=rng.choice(AGE_BANDS), source="simulated")


async def give_codes(cycle: Cycle, rng: Random) -> list[Door]:
    """Voter codes for a handful of residents near the demo's home RW; the first one can also use a phone."""
    here = [entry for entry in await people.entries_of(cycle.id, rw=HOME_RW) if entry.list == ADULTS]
    phone_first = sorted(here, key=lambda entry: entry.id not in await_phone(here))
    doors, batch = [], []
    for nth, entry in enumerate(phone_first[:5], 1):
        code = codes.make_code()
        key = codes.public_key(codes.key_seed(code, cycle.id)).hex()
        batch.append(NewCode(f"DEMO-{nth:03d}", key, entry.id, PIN))
        label = await places.label(HOME_RW)
        sign_in = {"code": code.printed, "second_factor": PIN}
        doors.append(Door("resident", f"Warga {nth} (simulasi)", label, sign_in))
    await people.load_batch(cycle.id, "demo", batch)
    return doors + await _child_door(cycle)


async def _child_door(cycle: Cycle) -> list[Door]:
    """A code for one simulated child of the home kecamatan, where children vote."""
    every = [entry for entry in await people.entries_of(cycle.id) if box_of(entry.kecamatan, entry.list) == HOME_BOX]
    if not every:
        return []
    entry, code = min(every, key=lambda each: each.rw), codes.make_code()
    key = codes.public_key(codes.key_seed(code, cycle.id)).hex()
    await people.load_batch(cycle.id, "demo-anak", [NewCode("DEMO-ANAK-1", key, entry.id, PIN)])
    sign_in = {"code": code.printed, "second_factor": PIN}
    return [Door("child", "Anak 1 (simulasi)", await places.label(entry.rw), sign_in)]


def await_phone(here: Sequence[Any]) -> set[Any]:
    """The entries that stand last in the roll of the home RW."""
    return {here[-1].id} if here else set()


async def vote_many(cycle: Cycle, rng: Random, *, share: float) -> int:
    """So large a share of the roll votes, by the model; how many ballots were cast."""
    election = await cycles.election(cycle.id)
    agreement = agreed(election.config)
    columns = (RollEntry.id, RollEntry.kecamatan, RollEntry.rw, RollEntry.list)
    rows = await RollEntry.select(*columns).where(RollEntry.cycle == cycle.id)
    rows.sort(key=lambda row: (row["rw"], str(row["id"])))
    taste = tastes(rng, sorted({row["rw"].rpartition(".")[0] for row in rows}))
    first_child = min((row["rw"] for row in rows if row["list"] == CHILDREN), default="")
    keep = {row["id"] for row in rows if row["rw"] in (HOME_RW, first_child)}
    cast = 0
    for district in agreement.boxes:
        mine = [row for row in rows if box_of(row["kecamatan"], row["list"]) == district.code]
        here = [row for row in mine if row["id"] not in keep]
        drawn = min(0.9, max(0.08, rng.gauss(share, share / 4)))
        turnout = share * KEEN if HOME in (district.code, district.parent) else drawn
        voters = rng.sample(here, round(len(here) * turnout))
        await _vote(agreement, district, voters, taste, rng)
        cast += len(voters)
    return cast


@transaction
async def _vote(
    agreement: Agreement,
    district: FrozenDistrict,
    voters: Sequence[dict[str, Any]],
    taste: dict[str, dict[str, float]],
    rng: Random,
) -> None:
    if not voters:
        return
    poll = await poll_of(Voter(voters[0]["id"], agreement.election, district.code))
    options = [
        Option(each.id, each.issue, each.area, each.cost, rng.lognormvariate(0, 0.5)) for each in district.projects
    ]
    ceiling = district.ceiling if agreement.ballot_type == "knapsack" else None
    marks, envelopes, leaves = [], [], []
    for row in voters:
        mind = taste[row["rw"].rpartition(".")[0]]
        picked = ballot(rng, row["rw"], mind, options, ceiling=ceiling, most=agreement.most or 6)
        sealed = seal(Choice.of_set(rules.ids_of(rules.canonical(picked))), secrets.token_bytes(32), slot_of(poll))
        mine = {"election": poll.election, "roll": row["id"], "seq": 1}
        marks.append({**mine, "channel": "online"})
        envelopes.append(
            {
                **mine,
                "district": district.code,
                "idem_key": sealed.idem_key,
                "ciphertext": sealed.ciphertext,
                "leaf_sha256": sealed.leaf_sha256,
            }
        )
        leaf = sealed.leaf
        leaves.append({"leaf_sha256": leaf.sha256, "kind": leaf.kind.value, "body": leaf.data.decode()})
    await insert_many(RollMark, marks)
    await insert_many(Envelope, envelopes)
    await insert_many(LeafQueue, leaves)
