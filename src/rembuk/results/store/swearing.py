"""Boxes whose ballots are not published: sworn auditors get the file, count again, and put their word on the board."""

import json
from dataclasses import dataclass
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Json, Kind, digest
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.database import transaction
from rembuk.errors import N_, Reason, Refused
from rembuk.results.store.reading import published_boxes
from rembuk.results.tables import BallotsFile, Count
from rembuk.voting.tables import AuditorRecount

_PUBLISHED = (ElectionState.COUNTED, ElectionState.CERTIFIED)


class Unsworn(Reason):
    """Why an auditor's recount is not taken."""

    NOT_PUBLISHED = (409, N_("Hasil belum diumumkan. Hitung ulang dicatat sesudahnya."))
    NO_SUCH_BOX = (404, N_("Tidak ada berkas suara tertutup untuk wilayah ini."))
    NO_WINNERS = (
        422,
        N_("Tulis nomor usulan yang menang, dipisah koma. Tulis 0 kalau tidak ada."),
    )


@dataclass(frozen=True, slots=True)
class ClosedBox:
    """A box whose ballots only auditors see: how many counted it again, and how many of them found another result."""

    area: str
    ballots: int
    sha256: str
    agreeing: int
    differing: int


async def closed_boxes(cycle: UUID) -> list[ClosedBox]:
    """Every box that is not published ballot by ballot, with the auditors' words on it."""
    election = await cycles.election(cycle)
    shown = set(await published_boxes(cycle))
    rows = await BallotsFile.select(
        BallotsFile.area, BallotsFile.online_count, BallotsFile.paper_count, BallotsFile.sha256
    ).where(BallotsFile.cycle == cycle).order_by(BallotsFile.area)  # fmt: skip
    words = await AuditorRecount.select(AuditorRecount.area, AuditorRecount.agrees).where(
        AuditorRecount.election == election.id
    )
    said = [(row["area"], row["agrees"]) for row in words]
    return [
        ClosedBox(
            row["area"],
            row["online_count"] + row["paper_count"],
            row["sha256"],
            said.count((row["area"], True)),
            said.count((row["area"], False)),
        )
        for row in rows
        if row["area"] not in shown
    ]


async def sworn_file(cycle: UUID, area: str, person: UUID) -> str:
    """The ballots of a closed box, for an auditor's eyes; each taking is on record."""
    election = await _published(cycle)
    row = await _closed_row(cycle, area)
    await board.audit(person, "auditor", "ballots.read", f"{election.id}/{area}", after=row["sha256"])
    return str(row["content"])


@transaction
async def record_recount(cycle: UUID, area: str, typed: str, person: UUID) -> bool:
    """Note the winners an auditor found; whether they are the published ones. Either way it stands on the board."""
    election, row = await _published(cycle), await _closed_row(cycle, area)
    winners = _ids(typed)
    agrees = winners == await _official(cycle, area)
    mine = (AuditorRecount.election == election.id) & (AuditorRecount.area == area) & (AuditorRecount.person == person)
    await AuditorRecount.delete().where(mine)
    found: list[Json] = list(winners)
    await AuditorRecount.insert(
        AuditorRecount(
            election=election.id, area=area, person=person, winners_sha256=digest(found), agrees=agrees, at=now()
        )
    )
    said: dict[str, Json] = {"area": area, "ballots_sha256": row["sha256"], "winners": found, "agrees": agrees}
    await board.append(Kind.RECOUNT, {"election": str(election.id), **said})
    await board.audit(person, "auditor", "result.recounted", f"{election.id}/{area}", after=said)
    return agrees


def _ids(typed: str) -> list[str]:
    """Project numbers in any order: the order of purchase is told by the count, not by who won."""
    parts = [part.strip() for part in typed.replace(";", ",").replace("\n", ",").split(",") if part.strip()]
    if parts == ["0"]:
        return []
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
        raise Refused(Unsworn.NO_WINNERS)
    return sorted(parts, key=int)


async def _official(cycle: UUID, area: str) -> list[str]:
    row = (
        await Count.select(Count.document)
        .where((Count.cycle == cycle) & (Count.area == area) & Count.official.eq(True))
        .first()
    )
    if row is None:
        raise Refused(Unsworn.NO_SUCH_BOX)
    document = json.loads(row["document"])
    return sorted(document.get("all_winners", document["winners"]), key=int)


async def _closed_row(cycle: UUID, area: str) -> dict[str, str]:
    if area in await published_boxes(cycle):
        raise Refused(Unsworn.NO_SUCH_BOX)
    columns = (BallotsFile.content, BallotsFile.sha256)
    row = await BallotsFile.select(*columns).where((BallotsFile.cycle == cycle) & (BallotsFile.area == area)).first()
    if row is None:
        raise Refused(Unsworn.NO_SUCH_BOX)
    return dict(row)


async def _published(cycle: UUID) -> Election:
    election = await cycles.election(cycle)
    if election.state not in _PUBLISHED:
        raise Refused(Unsworn.NOT_PUBLISHED)
    return election
