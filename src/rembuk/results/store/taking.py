"""The box taken out by two persons, opened offline by the trustees, the opened file handed in by two (trust 4.6)."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, canonical, digest
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.results.store.auditing import audited_box
from rembuk.results.store.box import closed_election, insist_ready, keep_ballots, payload_of, written
from rembuk.results.store.counting import contests_of
from rembuk.voting.box import Box, Contest
from rembuk.voting.opening import BoxRefusal, NotOpened, OpenedFile, opened_faults, packed, read_opened, unpacked
from rembuk.voting.tables import BoxExport

EXPORT, HAND_IN = "box.export", "box.hand_in"
SHOWN = 16
"""Hex digits of the opened file's fingerprint the second person types from the offline machine."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The box as it was taken out: its hash, envelopes by box, and the opened file that waits, by its fingerprint."""

    sha256: str
    counts: str
    opened: str
    at: datetime


async def propose_export(cycle: UUID, person: UUID) -> ActRecord:
    """The first person asks to take the box out."""
    election = await closed_election(cycle)
    await insist_ready(election)
    return await board.propose_act(EXPORT, payload_of(election), person)


async def export_box(act: UUID, cycle: UUID, person: UUID) -> str:
    """The second person signs; audited, without its outside, in a drawn order; the box's SHA-256."""
    election = await closed_election(cycle)
    await insist_ready(election)
    salt = secrets.token_bytes(32)
    box = await _box(election, salt)
    return await _keep_export(act, election, person, salt, box)


@transaction
async def _keep_export(act: UUID, election: Election, person: UUID, salt: bytes, box: Box) -> str:
    await board.second_act(act, person)
    await board.use_act(act, EXPORT, payload_of(await closed_election(election.cycle)))
    counts = {code: len(sealed) for code, sealed in box.districts.items()}
    said: dict[str, Json] = {"sha256": box.sha256, "counts": {**counts}}
    await BoxExport.delete().where(BoxExport.election == election.id)
    row = BoxExport(election=election.id, salt=salt, sha256=box.sha256, counts=canonical({**counts}).decode(), at=now())
    await BoxExport.insert(row)
    await board.audit(person, "city_official", "box.exported", str(election.id), after=said)
    return box.sha256


async def taken(election: UUID) -> Taken | None:
    """How the box was taken out, or None while nobody did."""
    row = await BoxExport.select().where(BoxExport.election == election).first()
    return Taken(row["sha256"], row["counts"], row["opened"], row["at"]) if row else None


async def box_file(cycle: UUID, person: UUID) -> bytes:
    """The box to carry to the offline machine, the same bytes every time; each taking is on record."""
    election = await closed_election(cycle)
    box = await _taken_box(election)
    await board.audit(person, "city_official", "box.downloaded", str(election.id), after={"sha256": box.sha256})
    return box.file


async def hand_in(cycle: UUID, file: bytes, person: UUID) -> ActRecord:
    """The first person hands in the opened file; Refused(NOT_FITTING) when it does not account for every envelope."""
    election = await closed_election(cycle)
    given, box, contests = await _given(file), await _taken_box(election), await contests_of(cycle)
    await _insist_fitting(given, box, contests)
    return await _keep_handed_in(election, given, packed(unpacked(file)), person)


@transaction
async def _keep_handed_in(election: Election, given: OpenedFile, content: bytes, person: UUID) -> ActRecord:
    for waiting in await _waiting(HAND_IN, election):
        await board.withdraw_act(waiting.id, person)
    row = BoxExport
    values: dict[Any, Any] = {row.opened: given.sha256, row.content: content}
    await row.update(values).where(row.election == election.id)
    return await board.propose_act(HAND_IN, _handed(election, given), person)


async def accept(act: UUID, cycle: UUID, person: UUID, typed: str) -> int:
    """The second person signs with the fingerprint read off the offline machine; how many ballots lay in the box."""
    election = await closed_election(cycle)
    row = await BoxExport.select().where(BoxExport.election == election.id).first()
    if row is None or not row["opened"]:
        raise Refused(BoxRefusal.NOT_TAKEN)
    if "".join(typed.lower().split())[:SHOWN] != row["opened"][:SHOWN]:
        raise Refused(BoxRefusal.OTHER_FINGERPRINT)
    await insist_ready(election)
    given, box, contests = await _given(row["content"]), await _taken_box(election), await contests_of(cycle)
    await _insist_fitting(given, box, contests)
    files = await written(election, contests, given.opened)
    return await keep_ballots((act, HAND_IN, _handed(election, given)), cycle, person, (files, given.opened))


async def waiting_export(cycle: UUID) -> ActRecord | None:
    """The request to take the box out that waits for its second person, if any."""
    election = await cycles.election(cycle)
    return next(iter(await _waiting(EXPORT, election)), None)


async def waiting_hand_in(cycle: UUID) -> ActRecord | None:
    """The opened file that waits for its second person, if any."""
    return next(iter(await _waiting(HAND_IN, await cycles.election(cycle))), None)


async def _waiting(action: str, election: Election) -> list[ActRecord]:
    wanted = digest(payload_of(election))
    if action == HAND_IN:
        row = await BoxExport.select().where(BoxExport.election == election.id).first()
        wanted = digest(payload_of(election) | {"box": row["sha256"], "opened": row["opened"]}) if row else ""
    return [act for act in await board.waiting_acts(action) if act.payload_sha256 == wanted]


def _handed(election: Election, given: OpenedFile) -> dict[str, str]:
    return payload_of(election) | {"box": given.box_sha256, "opened": given.sha256}


async def _box(election: Election, salt: bytes) -> Box:
    box = await audited_box(election)
    return await asyncio.to_thread(Box(box.election, box.districts, election.config).ordered, salt)


async def _taken_box(election: Election) -> Box:
    """The box as it was taken out; Refused when it was not, or when it is another one by now."""
    row = await BoxExport.select(BoxExport.salt, BoxExport.sha256).where(BoxExport.election == election.id).first()
    if row is None:
        raise Refused(BoxRefusal.NOT_TAKEN)
    box = await _box(election, bytes(row["salt"]))
    if box.sha256 != row["sha256"]:
        raise Refused(BoxRefusal.OTHER_BOX)
    return box


async def _given(file: bytes) -> OpenedFile:
    try:
        return await asyncio.to_thread(read_opened, bytes(file))
    except NotOpened as fault:
        raise Refused(BoxRefusal.NOT_FITTING, words=str(fault)) from fault


async def _insist_fitting(given: OpenedFile, box: Box, contests: Mapping[str, Contest]) -> None:
    if faults := await asyncio.to_thread(opened_faults, given, box, contests):
        raise Refused(BoxRefusal.NOT_FITTING, words="; ".join(faults[:3]))
