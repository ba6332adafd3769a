"""The children's list: lines with an RW and an age band and nothing else, and the codes handed out for them."""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from rembuk.board.rules import ActRecord
from rembuk.board.store import audit, propose_act, second_act, use_act, waiting_acts
from rembuk.cycles import store as cycles
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.people.rules import AGE_BANDS, CHILDREN, NewEntry, Refusal
from rembuk.people.store.roll import add_roll_entries
from rembuk.people.store.voter_codes import hand_out
from rembuk.people.tables import Credential, RollEntry

ADD = "roll.children"
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class ChildPlace:
    """All that is known of a child who votes: the RW and the age band."""

    rw: str
    age_band: str


async def add_children(cycle: UUID, place: ChildPlace, count: int, by: UUID | None, *, source: str = "school") -> int:
    """Put so many children of an RW and age band on the list, without a number or a name; how many.

    Refused(NO_CHILDREN, BAD_CHILDREN) where the round has no Suara Anak, or for a strange band or number.
    """
    await _insist(cycle, place, count)
    line = NewEntry(rw=place.rw, list=CHILDREN, age_band=place.age_band, source=source)
    report = await add_roll_entries(cycle, [line] * count)
    await audit(by, "official" if by else "system", "add children", f"rw:{place.rw}", f"{place.age_band}: {count}")
    return report.added


async def _insist(cycle: UUID, place: ChildPlace, count: int) -> None:
    kecamatan = ".".join(place.rw.split(".")[:3])
    if not (await cycles.cycle(cycle)).shares.has_children(kecamatan):
        raise Refused(Refusal.NO_CHILDREN)
    if place.age_band not in AGE_BANDS or not 1 <= count <= MOST_AT_ONCE:
        raise Refused(Refusal.BAD_CHILDREN)


@transaction
async def propose_children(cycle: UUID, place: ChildPlace, count: int, by: UUID) -> ActRecord:
    """The first person says how many children of an RW and age band a school or Forum Anak names."""
    await _insist(cycle, place, count)
    return await propose_act(ADD, {"cycle": str(cycle), **asdict(place), "count": count}, by)


@dataclass(frozen=True)
class WaitingChildren:
    """Children that the first person named and the second has not yet confirmed."""

    act: UUID
    cycle: UUID
    place: ChildPlace
    count: int
    first: UUID


async def waiting_children(cycle: UUID | None = None) -> list[WaitingChildren]:
    """What waits for a second person, oldest first; of one cycle when given."""
    found = [_waiting(record) for record in await waiting_acts(ADD)]
    return [each for each in found if cycle in (None, each.cycle)]


def _waiting(record: ActRecord) -> WaitingChildren:
    said = json.loads(record.payload)
    place = ChildPlace(said["rw"], said["age_band"])
    return WaitingChildren(record.id, UUID(said["cycle"]), place, said["count"], record.first)


@transaction
async def confirm_children(act_id: UUID, by: UUID) -> int:
    """The second person confirms and the lines are written; how many. Refused for the same person (trust.md 7)."""
    signed = await second_act(act_id, by)
    asked = _waiting(signed)
    await use_act(act_id, ADD, json.loads(signed.payload))
    return await add_children(asked.cycle, asked.place, asked.count, by)


@transaction
async def hand_out_to_child(cycle: UUID, serial: str, place: ChildPlace, pin: str, by: UUID | None) -> None:
    """A sealed envelope goes to a child of an RW and age band, who sets a PIN; Refused(NO_CHILD_LINE, NO_SUCH_CODE).

    It takes any line of that sort that has no code yet: nobody notes which child it was.
    """
    taken = [
        row["roll"]
        for row in await Credential.select(Credential.roll).where(
            Credential.cycle == cycle, Credential.roll.list == CHILDREN, Credential.roll.rw == place.rw
        )
    ]
    mine = (
        (RollEntry.cycle == cycle)
        & (RollEntry.list == CHILDREN)
        & (RollEntry.rw == place.rw)
        & (RollEntry.age_band == place.age_band)
        & (RollEntry.status == "active")
    )
    free = RollEntry.id.not_in(taken) if taken else RollEntry.id.is_not_null()
    row = await lock_row(RollEntry.objects().where(mine & free).order_by(RollEntry.id).first())
    if row is None:
        raise Refused(Refusal.NO_CHILD_LINE)
    await hand_out(cycle, serial, row.id, pin, by)
