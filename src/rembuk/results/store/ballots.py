"""The ballots of a round as the count takes them: packed beside the .pb files, or read out of these themselves."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from rembuk.errors import Refused
from rembuk.results.rules import Refusal
from rembuk.results.tables import BallotsFile
from rembuk.tally.pabulib import parse
from rembuk.tally.packed import BadPack, pack, unpack
from rembuk.tally.types import Ballots
from rembuk.voting.agreement import Agreement, FrozenDistrict


def packed_of(text: str) -> bytes:
    """The ballots of a .pb file as bytes that are read back without looking at every line."""
    return pack(parse(text).election.ballots)


async def texts_of(cycle: UUID) -> dict[str, str]:
    """The ballots files of a cycle by box."""
    rows = await BallotsFile.select(BallotsFile.area, BallotsFile.content).where(BallotsFile.cycle == cycle)
    return {row["area"]: row["content"] for row in rows}


async def packed_ballots(cycle: UUID, agreement: Agreement) -> dict[str, Ballots]:
    """The ballots of every box as they were packed at the opening; a file without its pack is read itself."""
    rows = await BallotsFile.select(BallotsFile.area, BallotsFile.packed).where(BallotsFile.cycle == cycle)
    packs = {row["area"]: bytes(row["packed"]) for row in rows if row["packed"]}
    missing = [row["area"] for row in rows if row["area"] not in packs]
    texts = await texts_of(cycle) if missing else {}
    read = await asyncio.to_thread(parsed, agreement, {area: texts[area] for area in missing})
    return read | {area: _unpacked(area, data) for area, data in packs.items()}


def _unpacked(area: str, data: bytes) -> Ballots:
    try:
        return unpack(data)
    except BadPack as fault:
        raise Refused(Refusal.OTHER_BALLOTS, area=area) from fault


def parsed(agreement: Agreement, texts: Mapping[str, str]) -> dict[str, Ballots]:
    """The ballots of these files by box; Refused(OTHER_BALLOTS) when one lists other projects than agreed."""
    return {box.code: _ballots(box, texts[box.code]) for box in agreement.boxes if box.code in texts}


def _ballots(box: FrozenDistrict, text: str) -> Ballots:
    election = parse(text, box.contest).election
    if [project.id for project in election.projects] != [project.id for project in box.projects]:
        raise Refused(Refusal.OTHER_BALLOTS, area=box.code)
    return election.ballots


async def unlike_packs(cycle: UUID, ballots: Mapping[str, Ballots]) -> list[str]:
    """The boxes whose pack is not what their .pb file says; `ballots` were read from those files."""
    rows = await BallotsFile.select(BallotsFile.area, BallotsFile.packed).where(BallotsFile.cycle == cycle)
    packs = {row["area"]: bytes(row["packed"]) for row in rows if row["packed"]}
    return await asyncio.to_thread(_unlike, packs, ballots)


def _unlike(packs: Mapping[str, bytes], ballots: Mapping[str, Ballots]) -> list[str]:
    return sorted(area for area, data in packs.items() if area not in ballots or pack(ballots[area]) != data)
