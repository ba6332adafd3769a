"""The roll of a city out of its file: a dry run, a second person, then written in the background, whole."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import Json
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.database import after_commit, lock_row, transaction
from rembuk.database.many import insert_many
from rembuk.errors import Refused
from rembuk.jobs import enqueue, every, job
from rembuk.people.casework import Refusal
from rembuk.people.roll_file import Areas, Reading, named, read_roll
from rembuk.people.store.cases import open_duplicate, open_families
from rembuk.people.store.roll import CHUNK, chunks, post_totals
from rembuk.people.store.sealed_sheet import (
    Report,
    Sheet,
    SheetRow,
    crowded,
    digested,
    forget_sheet,
    kept_sheets,
    open_sheet,
    seal_sheet,
)
from rembuk.people.tables import RollEntry, RollImport
from rembuk.places import store as places
from rembuk.places.rules import Level, cut

IMPORT = "roll.import"
LIFE = timedelta(days=7)
FAULTS_SHOWN = 200
STEP = 2_000
"""Rows written in one transaction: short enough that a ballot never waits long for its turn."""
STEPS = 10


@dataclass(frozen=True)
class ImportFacts:
    """One file of the roll: what its dry run said and how far it has come."""

    id: UUID
    cycle: UUID
    state: str
    report: Report
    line_count: int
    written: int
    added: int
    act: UUID | None
    first: UUID | None
    proposed_at: datetime
    expires_at: datetime


async def city_areas() -> Areas:
    """The RW of this city, by code and by names."""
    atlas = await places.atlas()
    return named({area.code: _names(atlas.line(area.code)) for area in atlas.at(Level.RW)})


def _names(line: Sequence[Any]) -> tuple[str, str, str]:
    kecamatan, kelurahan, rw = line[-3:]
    return kecamatan.name, kelurahan.name, rw.number


async def dry_run(cycle: UUID, body: bytes) -> tuple[Report, Sheet]:
    """Read a file and say what would happen; nothing is kept. Refused with a FileProblem or VOTE_BEGAN."""
    await insist_not_open(cycle)
    areas, today, terms = await city_areas(), clock.local(clock.now()).date(), await cycles.cycle(cycle)
    reading: Reading = await asyncio.to_thread(read_roll, body, areas, today)
    sheet = await asyncio.to_thread(digested, reading, today, terms.voting_age)
    known = len(await _rw_of(cycle, [row.nik_mac for row in sheet.rows]))
    shown = tuple((number, fault.value) for number, fault in reading.faults[:FAULTS_SHOWN])
    young = sum(row.eligible_from is not None for row in sheet.rows)
    families = crowded(sheet, terms.kk_cap)
    report = Report(reading.totals, known, len(sheet.doubles), families, shown, len(reading.faults), young)
    return report, sheet


async def insist_not_open(cycle: UUID) -> None:
    """Refused(VOTE_BEGAN) once the booth opened: from then on people are added one by one, by two officials."""
    election = await cycles.find_election(cycle)
    if election and election.state not in (ElectionState.DRAFT, ElectionState.FROZEN):
        raise Refused(Refusal.VOTE_BEGAN)


async def propose_import(cycle: UUID, body: bytes, by: UUID) -> UUID:
    """The first person lays a file before a second; digests wait sealed, the file itself is forgotten at once."""
    report, sheet = await dry_run(cycle, body)
    if not sheet.rows:
        raise Refused(Refusal.NO_ROWS)
    id = uuid4()
    sealed = await asyncio.to_thread(seal_sheet, id, sheet)
    try:
        await _lay(id, cycle, Report(**{**asdict(report), "sha256": sealed}), by)
    except BaseException:
        forget_sheet(id)
        raise
    return id


@transaction
async def _lay(id: UUID, cycle: UUID, report: Report, by: UUID) -> None:
    act = await board.propose_act(IMPORT, _payload(id, cycle, report), by)
    now = clock.now()
    row = RollImport(
        id=id,
        cycle=cycle,
        state="waiting",
        report=json.dumps(asdict(report)),
        line_count=report.line_count,
        act=act.id,
        proposed_at=now,
        expires_at=now + LIFE,
    )
    await RollImport.insert(row)


def _payload(id: UUID, cycle: UUID, report: Report) -> dict[str, Json]:
    return {"import": str(id), "cycle": str(cycle), "rows": report.line_count, "sealed_sha256": report.sha256}


async def roll_import(id: UUID) -> ImportFacts:
    """One import; Refused(NO_IMPORT)."""
    return await _facts(await RollImport.select().where(RollImport.id == id).first())


async def imports_of(cycle: UUID) -> list[ImportFacts]:
    """The imports of a cycle, the newest first."""
    rows = await RollImport.select().where(RollImport.cycle == cycle).order_by(RollImport.proposed_at, ascending=False)
    return [await _facts(row) for row in rows]


async def _facts(row: dict[str, Any] | None) -> ImportFacts:
    if row is None:
        raise Refused(Refusal.NO_IMPORT)
    said = json.loads(row["report"])
    said["faults"] = tuple((number, words) for number, words in said["faults"])
    first = (await board.act(row["act"])).first if row["act"] else None
    names = ("id", "cycle", "state", "line_count", "written", "added", "act", "proposed_at", "expires_at")
    return ImportFacts(report=Report(**said), first=first, **{name: row[name] for name in names})


@transaction
async def approve_import(id: UUID, by: UUID) -> None:
    """The second person signs; the rows are written by a job, the digests deleted when it is done."""
    found = await _waiting(id)
    await insist_not_open(found.cycle)
    assert found.act is not None
    await board.second_act(found.act, by)
    await board.use_act(found.act, IMPORT, _payload(id, found.cycle, found.report))
    await RollImport.update({RollImport.state: "approved"}).where(RollImport.id == id)
    await enqueue("write the roll", {"import": str(id)}, key=f"roll {id}")


@transaction
async def refuse_import(id: UUID, by: UUID) -> None:
    """Either person turns the file down; its digests are deleted."""
    found = await _waiting(id)
    assert found.act is not None
    await board.withdraw_act(found.act, by)
    await _end(id, "refused")


async def _waiting(id: UUID) -> ImportFacts:
    found = await _facts(await lock_row(RollImport.select().where(RollImport.id == id).first()))
    if found.state != "waiting":
        raise Refused(Refusal.IMPORT_SETTLED)
    return found


async def _end(id: UUID, state: str) -> None:
    await RollImport.update({RollImport.state: state}).where(RollImport.id == id)
    after_commit(partial(forget_sheet, id))


@job("write the roll")
async def write_roll(payload: dict[str, str]) -> None:
    """Write a signed import step by step; what was written before a crash is not written again."""
    id = UUID(payload["import"])
    found = await roll_import(id)
    if found.state != "approved":
        return
    sheet = await asyncio.to_thread(open_sheet, id, found.report.sha256)
    if sheet is None:
        await _lost(id)
        return
    for _ in range(STEPS):
        if await write_step(id, sheet):
            return
        await asyncio.sleep(0)
    await enqueue("write the roll", payload)


@transaction
async def write_step(id: UUID, sheet: Sheet) -> bool:
    """Write the next rows of an import, or its end; whether it is done. Rows and their count go together."""
    row = await lock_row(RollImport.select().where(RollImport.id == id).first())
    if row["state"] != "approved":
        return True
    await insist_not_open(row["cycle"])
    start, cycle = row["written"], row["cycle"]
    some = sheet.rows[start : start + STEP]
    if not some:
        await _finish(id, cycle, sheet)
        return True
    fresh = await _put(cycle, some)
    changes: dict[Any, Any] = {RollImport.written: start + len(some), RollImport.added: row["added"] + fresh}
    await RollImport.update(changes).where(RollImport.id == id)
    return False


async def _put(cycle: UUID, rows: Sequence[SheetRow]) -> int:
    """Insert who is not on the roll yet; a NIK that stands in another RW becomes a case."""
    there = await _rw_of(cycle, [row.nik_mac for row in rows])
    phones = await _phones_of(cycle, [row.phone_mac for row in rows if row.phone_mac])
    fresh = []
    for row in rows:
        if (rw := there.get(row.nik_mac)) is not None:
            if rw != row.rw:
                await open_duplicate(cycle, row.rw, row.nik_mac, row.kk_mac)
            continue
        fresh.append(_columns(cycle, row, phones))
        phones.add(row.phone_mac)
    await insert_many(RollEntry, fresh)
    return len(fresh)


def _columns(cycle: UUID, row: SheetRow, phones: set[str]) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "kecamatan": cut(row.rw, Level.KECAMATAN),
        "rw": row.rw,
        "nik_mac": row.nik_mac,
        "kk_mac": row.kk_mac or None,
        "phone_mac": row.phone_mac if row.phone_mac and row.phone_mac not in phones else None,
        "eligible_from": row.eligible_from,
        "status": "active",
        "source": "import",
    }


async def _rw_of(cycle: UUID, niks: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in chunks(niks, CHUNK):
        these = (RollEntry.cycle == cycle) & RollEntry.nik_mac.is_in(some)
        rows = await RollEntry.select(RollEntry.nik_mac, RollEntry.rw).where(these)
        found |= {row["nik_mac"]: row["rw"] for row in rows}
    return found


async def _phones_of(cycle: UUID, phones: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(phones, CHUNK):
        these = (RollEntry.cycle == cycle) & RollEntry.phone_mac.is_in(some)
        found |= {row["phone_mac"] for row in await RollEntry.select(RollEntry.phone_mac).where(these)}
    return found


async def _finish(id: UUID, cycle: UUID, sheet: Sheet) -> None:
    """Cases, totals on the board, a line in the audit; the digests go away with the commit."""
    for row in sheet.doubles:
        await open_duplicate(cycle, row.rw, row.nik_mac, row.kk_mac)
    await open_families(cycle)
    await post_totals(cycle)
    await _end(id, "done")
    per_kecamatan: Counter[str] = Counter(cut(row.rw, Level.KECAMATAN) for row in sheet.rows)
    await board.audit(None, "system", "import roll", f"import:{id}", json.dumps(dict(per_kecamatan)))


@transaction
async def _lost(id: UUID) -> None:
    """The sealed rows are gone or another's: nothing more can be written, and everybody sees why."""
    await board.audit(None, "system", "roll import lost", f"import:{id}")
    await _end(id, "expired")


@every(3600, "sweep roll imports")
async def sweep_imports() -> None:
    """Let files expire that nobody signed within seven days; delete digests that serve nothing any more."""
    stale = await RollImport.select(RollImport.id).where(
        RollImport.state == "waiting", RollImport.expires_at <= clock.now()
    )
    for row in stale:
        await _expire(row["id"])
    rows = await RollImport.select(RollImport.id).where(RollImport.state.is_in(["waiting", "approved"]))
    living = {row["id"] for row in rows}
    for id in kept_sheets(clock.now() - timedelta(hours=1)):
        if id not in living:
            forget_sheet(id)


@transaction
async def _expire(id: UUID) -> None:
    found = await _facts(await lock_row(RollImport.select().where(RollImport.id == id).first()))
    if found.state == "waiting":
        assert found.act is not None and found.first is not None
        await board.withdraw_act(found.act, found.first)
        await _end(id, "expired")
