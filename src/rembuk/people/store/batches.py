"""Packages of voter codes: loaded from the print tool's file, counted, destroyed; changes past twenty a day by two."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from piccolo.query.functions import Count

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json
from rembuk.database import refuses, transaction
from rembuk.errors import Refused
from rembuk.people import pepper
from rembuk.people.casework import CHANGES_A_DAY
from rembuk.people.package import Package, PackageProblem, read_package
from rembuk.people.rules import Refusal, read_second_factor, without_nik
from rembuk.people.store.voter_codes import NewCode, area_of_code, load_batch, note, rebind, void_code
from rembuk.people.tables import CodeBatch, CodeEvent, Credential
from rembuk.places import store as places
from rembuk.places.rules import Level, covers

CHANGE = "codes.change"
refuses("code_batch_once", PackageProblem.LOADED)
refuses("code_batch_file_once", PackageProblem.LOADED)
refuses("credential_serial_once", PackageProblem.SERIAL_KNOWN)
refuses("credential_key_once", PackageProblem.SERIAL_KNOWN)


@dataclass(frozen=True)
class BatchFacts:
    """One package and what became of its envelopes, by state."""

    name: str
    area: str
    code_count: int
    loaded_at: datetime
    states: dict[str, int]


@dataclass(frozen=True)
class EventFacts:
    """One line of the log of envelopes."""

    serial: str
    act: str
    reason: str
    day: date


async def load_package(cycle: UUID, body: bytes, by: UUID) -> Package:
    """Load the file of one package, exactly once; Refused with a PackageProblem."""
    package = read_package(body)
    if package.cycle != str(cycle):
        raise Refused(PackageProblem.OTHER_CYCLE)
    area = await places.find(package.area)
    if area is None or area.level is not Level.KELURAHAN:
        raise Refused(PackageProblem.NO_AREA)
    new = [NewCode(code.serial, code.public_key) for code in package.codes]
    await load_batch(cycle, package.batch, new, by, area=package.area, sha256=sha256(body).hexdigest())
    return package


async def batches(cycle: UUID) -> list[BatchFacts]:
    """The packages of a cycle, by name."""
    rows = await CodeBatch.select().where(CodeBatch.cycle == cycle).order_by(CodeBatch.name)
    states: dict[str, dict[str, int]] = {}
    counts = Credential.select(Credential.batch, Credential.state, Count()).where(Credential.cycle == cycle)
    for row in await counts.group_by(Credential.batch, Credential.state):
        states.setdefault(row["batch"], {})[row["state"]] = row["count"]
    names = ("name", "area", "code_count", "loaded_at")
    return [BatchFacts(**{name: row[name] for name in names}, states=states.get(row["name"], {})) for row in rows]


async def code_events(cycle: UUID, most: int = 100) -> list[EventFacts]:
    """The last lines of the log of envelopes, the newest first."""
    rows = await CodeEvent.select().where(CodeEvent.cycle == cycle).order_by(CodeEvent.day, ascending=False).limit(most)
    return [EventFacts(row["serial"], row["act"], row["reason"], row["day"]) for row in rows]


@transaction
async def destroy_rest(cycle: UUID, batch: str, reason: str, by: UUID) -> int:
    """Every envelope of a package that was not handed out is destroyed before witnesses; how many. Logged by serial."""
    mine = (Credential.cycle == cycle) & (Credential.batch == batch) & (Credential.state == "printed")
    rows = await Credential.select(Credential.serial).where(mine).order_by(Credential.serial)
    if not rows:
        raise Refused(Refusal.NO_SUCH_CODE)
    await Credential.update({Credential.state: "void"}).where(mine)
    for row in rows:
        await note(cycle, row["serial"], "destroy", reason, by)
    serials: list[Json] = [row["serial"] for row in rows]
    await board.audit(by, "official", "destroy codes", f"batch:{batch}", without_nik(reason), after=serials)
    return len(rows)


async def changes_today(by: UUID) -> int:
    """How many codes an officer replaced or voided today."""
    today = clock.local(clock.now()).date()
    mine = (CodeEvent.by == by) & (CodeEvent.day == today) & CodeEvent.act.is_in(["void", "reissue"])
    return int(await CodeEvent.count().where(mine))


@transaction
async def change_code(cycle: UUID, lost: str, new: str, second_factor: str, *, reason: str, by: UUID) -> bool:
    """Replace a code (or void it, when `new` is empty); False when it waits for a second officer (trust.md 7)."""
    area = await area_of_code(cycle, lost)
    mac = pepper.second_factor_mac(new, read_second_factor(second_factor)) if new else ""
    said: dict[str, Json] = {
        "cycle": str(cycle),
        "area": area,
        "lost": lost,
        "new": new,
        "second_mac": mac,
        "reason": without_nik(reason),
    }
    if await changes_today(by) >= CHANGES_A_DAY:
        await board.propose_act(CHANGE, said, by)
        return False
    await _change(said, by)
    return True


@transaction
async def confirm_change(act: UUID, by: UUID) -> None:
    """A second officer of the area signs, and the code is replaced or voided."""
    signed = await board.second_act(act, by)
    said = json.loads(signed.payload)
    await board.use_act(act, CHANGE, said)
    await _change(said, by)


async def _change(said: dict[str, Any], by: UUID) -> None:
    cycle = UUID(said["cycle"])
    if said["new"]:
        await rebind(cycle, said["lost"], said["new"], said["second_mac"], reason=said["reason"], by=by)
    else:
        await void_code(cycle, said["lost"], said["reason"], by)


async def waiting_changes(scopes: tuple[str, ...]) -> list[tuple[ActRecord, dict[str, str]]]:
    """Changes of codes in some areas that wait for their second officer."""
    found = [(act, json.loads(act.payload)) for act in await board.waiting_acts(CHANGE)]
    return [(act, said) for act, said in found if any(covers(scope, said["area"]) for scope in scopes)]


def plain_serial(typed: str) -> str:
    """A serial as it was typed at a desk: upper case, without spaces."""
    return re.sub(r"\s+", "", typed).upper()


def package_file(package: Package) -> bytes:
    """The file of one package, for the print tool."""
    return msgspec.json.format(msgspec.json.encode(package), indent=1)
