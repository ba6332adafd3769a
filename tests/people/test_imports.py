"""The roll of a city: dry run, two persons, written whole, totals on the board, the file gone; no NIK anywhere."""

import json
import logging
import os
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest

from rembuk import clock, jobs
from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles.store import MAIN_ELECTION
from rembuk.cycles.tables import Election
from rembuk.errors import Refused
from rembuk.people import store
from rembuk.people.casework import CaseKind, Refusal
from rembuk.people.store import cases, imports, readiness, sealed_sheet
from rembuk.people.tables import RollEntry, RollImport
from rembuk.piccolo_app import all_tables
from rembuk.settings import settings
from tests.people.making import make_cycle
from tests.people.rolls import KELURAHAN, OTHER, make_areas, nik_of, roll_csv, take_in, two_officials

RW = f"{KELURAHAN}.005"
KK = "3273271508850777"


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def make_election(cycle: UUID, state: str = "draft") -> UUID:
    """The vote of a cycle."""
    row = Election(cycle=cycle, name=MAIN_ELECTION, state=state)
    await Election.insert(row)
    return UUID(str(row.id))


async def test_a_dry_run_keeps_nothing(db: Any) -> None:
    """trust 3: counts per RW, people not yet of age, faults by line; nothing is written."""
    await make_areas()
    cycle = await make_cycle()
    body = roll_csv(5) + f"{nik_of(9)};;{RW};2011-01-02;\r\nx;;{RW};1985-01-01;\r\n".encode()
    report, _ = await imports.dry_run(cycle, body)
    assert report.totals == {RW: 6}
    assert (report.known, report.too_young, report.fault_count) == (0, 1, 1)
    assert report.faults[0][0] == 8
    assert not await RollEntry.exists() and not await RollImport.exists()


async def test_two_persons_then_written_whole(db: Any) -> None:
    """trust 7: one official asks, another signs; rows are written, totals posted, the sealed digests deleted."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    election = await make_election(cycle)
    id = await imports.propose_import(cycle, roll_csv(30), first)
    sealed = settings().data / "roll" / f"{id}.sealed"
    assert sealed.is_file() and sealed.stat().st_mode & 0o077 == 0
    assert await refused(imports.approve_import(id, first)) is BoardRefusal.SAME_PERSON
    await jobs.run_due()
    assert not await RollEntry.exists()
    await imports.approve_import(id, second)
    await jobs.run_due()
    done = await imports.roll_import(id)
    assert (done.state, done.written, done.added) == ("done", 30, 30)
    assert await store.roll_counts(cycle) == {RW: 30}
    assert not sealed.exists()
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.ROLL_TOTALS)]
    assert [(body["election"], body["totals"]) for body in bodies] == [(str(election), {RW: 30})]
    assert await refused(imports.approve_import(id, second)) is Refusal.IMPORT_SETTLED


async def test_no_number_anywhere(db: Any, caplog: pytest.LogCaptureFixture) -> None:
    """I10: no NIK, KK or phone in any table, log line, error, sealed file or audit, also when rows are at fault."""
    caplog.set_level(logging.DEBUG)
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    body = (
        roll_csv(3, kk=KK)
        + f"{nik_of(7)};{KK};xx;1985-01-01;\r\n{nik_of(8)};{KK};{RW};1985-01-01;081234567890".encode()
    )
    id = await imports.propose_import(cycle, body, first)
    sealed = (settings().data / "roll" / f"{id}.sealed").read_bytes()
    sheet = sealed_sheet.open_sheet(id, (await imports.roll_import(id)).report.sha256)
    await imports.approve_import(id, second)
    await jobs.run_due()
    numbers = [KK, "81234567890", *(nik_of(n) for n in (1, 2, 3, 7, 8))]
    seen = caplog.text + repr(sealed) + repr(sheet)
    for table in all_tables():
        seen += repr(await table.select())
    assert not [number for number in numbers if number in seen]
    assert "roll.import" in seen and "import roll" in seen


async def test_a_second_file_adds_who_is_new(db: Any) -> None:
    """T3, I5: a known NIK in the same RW is passed over; in another RW it opens one case for that desk."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    await take_in(cycle, roll_csv(10), first, second)
    await take_in(cycle, roll_csv(12), first, second)
    assert await store.roll_counts(cycle) == {RW: 12}
    assert await cases.cases([""]) == []
    for _ in range(2):
        await take_in(cycle, roll_csv(1, rw=f"{OTHER}.002"), first, second)
    (found,) = await cases.cases([OTHER])
    assert (found.kind, found.rw, found.roll_rw) == (CaseKind.DUPLICATE, f"{OTHER}.002", RW)
    assert await cases.cases([KELURAHAN]) == []
    assert await store.roll_counts(cycle) == {RW: 12}


async def test_a_crowded_family_card(db: Any) -> None:
    """trust 3: thirteen people on one family card come on the roll and open one case; twelve open none."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    report, _ = await imports.dry_run(cycle, roll_csv(13, kk=KK))
    assert report.families == 1
    await take_in(cycle, roll_csv(12, kk=KK), first, second)
    assert await cases.cases([""]) == []
    await take_in(cycle, roll_csv(1, kk=KK, start=50), first, second)
    (found,) = await cases.cases([KELURAHAN])
    assert found.kind is CaseKind.FAMILY
    assert len(await cases.family_of(found.id)) == 13


async def test_a_broken_import_goes_on_where_it_stopped(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-KILL: rows and their count are one transaction, so a second run writes nobody twice and loses nobody."""
    monkeypatch.setattr(imports, "STEP", 10)
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    id = await imports.propose_import(cycle, roll_csv(35), first)
    await imports.approve_import(id, second)
    sheet = sealed_sheet.open_sheet(id, (await imports.roll_import(id)).report.sha256)
    assert sheet is not None
    for _ in range(2):
        assert not await imports.write_step(id, sheet)
    assert (await imports.roll_import(id)).written == 20
    await jobs.run_due()
    assert await store.roll_counts(cycle) == {RW: 35}
    assert await imports.write_step(id, sheet)


async def test_turned_down_or_expired(db: Any) -> None:
    """trust 3: a refused file, and one nobody signed for seven days, leave no digest behind."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    one = await imports.propose_import(cycle, roll_csv(3), first)
    await imports.refuse_import(one, second)
    two = await imports.propose_import(cycle, roll_csv(3), first)
    with clock.frozen(clock.now() + timedelta(days=8)):
        await imports.sweep_imports()
        assert await refused(imports.approve_import(two, second)) is Refusal.IMPORT_SETTLED
    assert [(await imports.roll_import(id)).state for id in (one, two)] == ["refused", "expired"]
    assert not list((settings().data / "roll").glob(f"{one}*")) + list((settings().data / "roll").glob(f"{two}*"))


async def test_a_swapped_file_is_not_written(db: Any) -> None:
    """T6: what is written is what two persons signed; other sealed bytes end the import without a row."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    id = await imports.propose_import(cycle, roll_csv(3), first)
    other = await imports.propose_import(cycle, roll_csv(9), first)
    folder = settings().data / "roll"
    (folder / f"{id}.sealed").write_bytes((folder / f"{other}.sealed").read_bytes())
    await imports.approve_import(id, second)
    await jobs.run_due()
    assert (await imports.roll_import(id)).state == "expired"
    assert not await RollEntry.exists()


async def test_not_while_people_vote(db: Any) -> None:
    """I14: once the booth opened nobody comes on the roll by file, also not by one that waited."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    await make_election(cycle)
    id = await imports.propose_import(cycle, roll_csv(3), first)
    await Election.update({Election.state: "open"}, force=True)
    assert await refused(imports.propose_import(cycle, roll_csv(3), first)) is Refusal.VOTE_BEGAN
    assert await refused(imports.approve_import(id, second)) is Refusal.VOTE_BEGAN
    assert await refused(imports.dry_run(cycle, b"")) is Refusal.VOTE_BEGAN


async def test_the_booth_waits_for_the_file(db: Any) -> None:
    """I14: while a file waits or is written the booth does not open; an empty roll is said and blocks nothing."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    assert [(check.passed, check.blocks) for check in await readiness.roll_ready(cycle)] == [
        (False, False),
        (True, True),
    ]
    id = await imports.propose_import(cycle, roll_csv(3), first)
    assert [check.passed for check in await readiness.roll_ready(cycle)] == [False, False]
    await imports.approve_import(id, second)
    assert [check.passed for check in await readiness.roll_ready(cycle)] == [False, False]
    await jobs.run_due()
    assert [check.passed for check in await readiness.roll_ready(cycle)] == [True, True]


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("REMBUK_TEST_CAMPAIGN"), reason="the long campaign: make campaign")
async def test_a_hundred_thousand(db: Any) -> None:
    """I10, figures: 100,000 residents are read, digested and written within two minutes, both databases."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    head = b"nik;kk;rw;tanggal_lahir;hp\r\n"
    rows = (
        f"3273{n // 9_000:02d}150885{n % 9_000 + 1:04d};3273{n // 9_000:02d}150886{n % 9_000 // 4 + 1:04d};"
        f"{KELURAHAN}.{n % 8 + 1:03d};1985-08-15;0812{n:07d}\r\n"
        for n in range(100_000)
    )
    began = perf_counter()
    await take_in(cycle, head + "".join(rows).encode(), first, second)
    took = perf_counter() - began
    assert sum((await store.roll_counts(cycle)).values()) == 100_000
    assert took < 120, took
