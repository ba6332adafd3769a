"""Boxes whose ballots are not published: sworn auditors get the file, count again, and put their word on the board.

Where a round has sworn auditors its result waits for them (trust.md 4.7); one without, a pilot, says so on its pages.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Json, Kind, digest
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.database import transaction
from rembuk.errors import N_, Reason, Refused
from rembuk.people.rules import CHILDREN
from rembuk.results.store.reading import published_boxes
from rembuk.results.tables import BallotsFile, Count
from rembuk.voting.tables import AuditorRecount

_COUNTED = (ElectionState.OPENED, ElectionState.COUNTED, ElectionState.CERTIFIED)
SHORTEST_REASON = 10


class Unsworn(Reason):
    """Why an auditor's recount is not taken, or why a result waits for one."""

    NOT_COUNTED = (409, N_("Suara belum dihitung. Hitung ulang dicatat sesudahnya."))
    NO_SUCH_BOX = (404, N_("Tidak ada berkas suara tertutup untuk wilayah ini."))
    NO_WINNERS = (
        422,
        N_("Tulis nomor usulan yang menang, dipisah koma. Tulis 0 kalau tidak ada."),
    )
    NOT_RECOUNTED = (
        409,
        N_("Hasil menunggu auditor tersumpah: {number} kotak tertutup belum dihitung ulang oleh {quorum} auditor."),
    )
    DIFFERS = (
        422,
        N_("Ada auditor yang menemukan hasil lain. Periksa dulu, lalu tulis penjelasannya, paling sedikit 10 huruf."),
    )


@dataclass(frozen=True, slots=True)
class ClosedBox:
    """A box whose ballots only auditors see: how many counted it again, and how many of them found another result."""

    area: str
    ballots: int
    sha256: str
    agreeing: int
    differing: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How far the sworn recounts of a round have come: how many each closed box needs, which boxes, who differs."""

    quorum: int
    boxes: tuple[ClosedBox, ...]

    @property
    def lacking(self) -> int:
        """Closed boxes that too few auditors found the same result for."""
        return sum(box.agreeing < self.quorum for box in self.boxes)

    @property
    def differing(self) -> int:
        """Words of auditors who found another result."""
        return sum(box.differing for box in self.boxes)


async def closed_boxes(cycle: UUID, without: Collection[UUID] = ()) -> list[ClosedBox]:
    """Every box that is not published ballot by ballot, with the auditors' words on the result as it stands now.

    Words of the persons in `without` do not count: nobody is sworn auditor of a result they sign.
    """
    election = await cycles.election(cycle)
    shown = set(await published_boxes(cycle))
    rows = await BallotsFile.select(
        BallotsFile.area, BallotsFile.online_count, BallotsFile.paper_count, BallotsFile.sha256
    ).where(BallotsFile.cycle == cycle).order_by(BallotsFile.area)  # fmt: skip
    columns = (AuditorRecount.area, AuditorRecount.person, AuditorRecount.winners_sha256)
    words = [
        row
        for row in await AuditorRecount.select(*columns).where(AuditorRecount.election == election.id)
        if row["person"] not in without
    ]
    official = {row["area"]: digest([*await official_winners(cycle, row["area"])]) for row in words}
    said = [(row["area"], row["winners_sha256"] == official[row["area"]]) for row in words]
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


async def watch_of(cycle: UUID, without: Collection[UUID] = ()) -> Watch:
    """What the result of a round waits for; the quorum is the frozen one."""
    config = (await cycles.election(cycle)).config
    quorum = json.loads(config).get("auditor_quorum", 0) if config else 0
    return Watch(quorum, tuple(await closed_boxes(cycle, without)))


@dataclass(frozen=True, slots=True)
class Sworn:
    """What the result page says of closed boxes: auditors the round asked for, words that agree, that differ, why."""

    quorum: int
    agreeing: int
    differing: int
    explained: str


async def sworn_words(cycle: UUID, areas: Collection[str]) -> Sworn | None:
    """The auditors' words on the closed ones of these boxes of a published round; None when all of them are open."""
    election = await cycles.find_election(cycle)
    closed = set(areas) - set(await published_boxes(cycle))
    if election is None or not closed:
        return None
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.RESULT)]
    said: dict[str, Any] = next((body for body in reversed(bodies) if body["election"] == str(election.id)), {})
    query = AuditorRecount.select(AuditorRecount.agrees).where(
        (AuditorRecount.election == election.id) & AuditorRecount.area.is_in(sorted(closed))
    )
    words = [row["agrees"] for row in await query]
    return Sworn(said.get("auditor_quorum", 0), words.count(True), words.count(False), said.get("explained", ""))


async def insist_sworn(cycle: UUID, reason: str, without: Collection[UUID] = ()) -> dict[str, Json]:
    """What the `result` leaf says of the recounts; Refused(NOT_RECOUNTED) while one lacks, (DIFFERS) unexplained."""
    watch = await watch_of(cycle, without)
    if watch.lacking:
        raise Refused(Unsworn.NOT_RECOUNTED, number=watch.lacking, quorum=watch.quorum)
    if watch.differing and len(reason.strip()) < SHORTEST_REASON:
        raise Refused(Unsworn.DIFFERS)
    words: dict[str, Json] = {box.area: {"agreeing": box.agreeing, "differing": box.differing} for box in watch.boxes}
    return {"auditor_quorum": watch.quorum, "recounts": words, "explained": reason.strip()[:300]}


async def sworn_file(cycle: UUID, area: str, person: UUID) -> str:
    """The ballots of a box, for an auditor's eyes; each taking is on record. Open boxes too: a round is one count."""
    election = await _counted(cycle)
    row = await _row(cycle, area)
    await board.audit(person, "auditor", "ballots.read", f"{election.id}/{area}", after=row["sha256"])
    return str(row["content"])


@transaction
async def record_recount(cycle: UUID, area: str, typed: str, person: UUID) -> bool:
    """Note the winners an auditor found; whether they are the official ones. Either way it stands on the board."""
    election, row = await _counted(cycle), await _row(cycle, area)
    if area in await published_boxes(cycle):
        raise Refused(Unsworn.NO_SUCH_BOX)
    winners = _ids(typed)
    agrees = winners == await official_winners(cycle, area)
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


async def official_winners(cycle: UUID, area: str) -> list[str]:
    """Who won in a box: in a district everybody its money paid; in a box of children the winners of their share."""
    home = area.removesuffix(f".{CHILDREN}")
    row = (
        await Count.select(Count.document)
        .where((Count.cycle == cycle) & (Count.area == home) & Count.official.eq(True))
        .first()
    )
    if row is None:
        raise Refused(Unsworn.NOT_COUNTED)
    document = json.loads(row["document"])
    if home == area:
        return sorted(document.get("all_winners", document["winners"]), key=int)
    return sorted(next(each["result"]["winners"] for each in document["fences"] if each["ballots"] == area), key=int)


async def _row(cycle: UUID, area: str) -> dict[str, str]:
    columns = (BallotsFile.content, BallotsFile.sha256)
    row = await BallotsFile.select(*columns).where((BallotsFile.cycle == cycle) & (BallotsFile.area == area)).first()
    if row is None:
        raise Refused(Unsworn.NO_SUCH_BOX)
    return dict(row)


async def is_counted(cycle: UUID) -> bool:
    """Whether there is a count an auditor can repeat."""
    state = (await cycles.election(cycle)).state
    return state in _COUNTED and await Count.exists().where(Count.cycle == cycle)


async def _counted(cycle: UUID) -> Election:
    election = await cycles.election(cycle)
    if not await is_counted(cycle):
        raise Refused(Unsworn.NOT_COUNTED)
    return election
