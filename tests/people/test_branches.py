"""Ways through the import of a roll that the other tests do not take: interrupted, asked twice, nothing there."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rembuk import clock, jobs
from rembuk.errors import Refused
from rembuk.people import rules, store
from rembuk.people.rules import CHILDREN, Kind, PersonFacts, Refusal, RollFacts
from rembuk.people.store import imports, sealed_sheet, voter_codes
from rembuk.people.store.roll import person_for
from rembuk.people.tables import Credential, RollCase, RollEntry, RollImport
from rembuk.settings import settings
from tests.people.making import make_code, make_cycle, make_entry
from tests.people.rolls import KELURAHAN, make_areas, roll_csv, take_in, two_officials


async def laid(rows: int = 3) -> tuple[UUID, UUID, UUID]:
    """A file that waits for its second official: its id, and who asked and who may sign."""
    await make_areas()
    first, second = await two_officials()
    return await imports.propose_import(await make_cycle(), roll_csv(rows), first), first, second


def sheets() -> list[str]:
    """The sealed sheets on the disk."""
    return [path.name for path in (settings().data / "roll").glob("*.sealed")]


async def test_a_file_that_cannot_be_laid_leaves_nothing(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """trust 3: when its row cannot be written, the sealed digests are gone again."""
    await make_areas()
    first, _ = await two_officials()
    with pytest.raises(Refused):
        await imports.propose_import(await make_cycle(), roll_csv(0), first)
    before = set(sheets())
    with pytest.raises(Exception):  # noqa: B017 - whatever the database says of a round that is not there
        await imports.propose_import(uuid4(), roll_csv(3), first)
    assert set(sheets()) == before and not await RollImport.exists()


async def test_an_import_nobody_knows_or_that_is_settled(db: Any) -> None:
    """trust 7: an unknown file is not found; a refused or written one is signed by nobody and written by no job."""
    with pytest.raises(Refused) as unknown:
        await imports.roll_import(uuid4())
    assert unknown.value.reason is imports.Refusal.NO_IMPORT
    id, _, second = await laid()
    await imports.write_roll({"import": str(id)})  # not signed: nothing happens
    assert not await RollEntry.exists()
    await imports.refuse_import(id, second)
    for again in (imports.approve_import, imports.refuse_import):
        with pytest.raises(Refused) as settled:
            await again(id, second)
        assert settled.value.reason is imports.Refusal.IMPORT_SETTLED


async def test_a_step_after_the_end_writes_nothing(db: Any) -> None:
    """T-KILL: a second job over the same sheet, and a step of a file taken back meanwhile, change no row."""
    await make_areas()
    first, second = await two_officials()
    cycle = await make_cycle()
    id = await imports.propose_import(cycle, roll_csv(3), first)
    sheet = sealed_sheet.open_sheet(id, (await imports.roll_import(id)).report.sha256)
    assert sheet is not None
    await imports.approve_import(id, second)
    await jobs.run_due()
    assert await RollEntry.count() == 3 and await imports.write_step(id, sheet)
    assert await RollEntry.count() == 3 and (await imports.roll_import(id)).state == "done"
    assert await take_in(cycle, roll_csv(3), first, second) and await RollEntry.count() == 3


async def test_old_sheets_without_an_import_are_swept(db: Any) -> None:
    """trust 3: digests that belong to nothing are deleted after an hour; what waits keeps its own."""
    id, _, _ = await laid()
    folder = settings().data / "roll"
    (folder / f"{uuid4()}.sealed").write_bytes((folder / f"{id}.sealed").read_bytes())
    await imports.sweep_imports()
    assert len(sheets()) >= 2
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await imports.sweep_imports()
    assert sheets() == [f"{id}.sealed"] and (await imports.roll_import(id)).state == "waiting"


async def test_a_line_that_is_not_there_has_no_account(db: Any) -> None:
    """J1: an unknown line makes nobody; a known one makes one person, once."""
    with pytest.raises(Refused) as refused:
        await person_for(uuid4())
    assert refused.value.reason is Refusal.NOT_VERIFIED
    roll = await make_entry(await make_cycle())
    assert await person_for(roll) == await person_for(roll)
    assert (await store.roll_entry(roll)).person


def test_a_child_votes_in_the_childrens_booth_only() -> None:
    """G7: by account or by line, a child is told where its booth is."""
    child = PersonFacts(uuid4(), "Anak", Kind.CHILD, None)
    adult = PersonFacts(uuid4(), "Wati", Kind.RESIDENT, None)
    line = RollFacts(uuid4(), uuid4(), "32.73.27", "32.73.27.1003.005", None, "active", None, CHILDREN)
    today = clock.now().date()
    assert rules.why_not_voter(child, None, today) is Refusal.CHILD
    assert rules.why_not_voter(adult, line, today) is Refusal.CHILD


async def test_codes_that_cannot_be_handed_out_or_voided(db: Any) -> None:
    """T15: to nobody on the roll, a serial nobody printed; voiding before any key was posted posts the root."""
    cycle = await make_cycle()
    roll = await make_entry(cycle)
    code = await make_code(cycle, roll)
    for unknown in (uuid4(), await make_entry(await make_cycle(2027))):
        with pytest.raises(Refused) as refused:
            await store.hand_out(cycle, "A-0001", unknown, "08 1985", None)
        assert refused.value.reason is Refusal.NOT_ON_ROLL
    with pytest.raises(Refused) as refused:
        await voter_codes.void_code(cycle, "Z-9999", "hilang", None)
    assert refused.value.reason is Refusal.NO_SUCH_CODE
    await Credential.update({Credential.state: "locked"}).where(Credential.cycle == cycle)
    with pytest.raises(Refused) as refused:
        await voter_codes.roll_of_code(cycle, code.printed)
    assert refused.value.reason is Refusal.CODE_LOCKED
    await voter_codes.void_code(cycle, "A-0001", "hilang", None)
    assert (await Credential.select(Credential.state).first())["state"] == "void"


async def test_a_long_file_is_written_in_steps(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-KILL: more rows than one job writes go on in the next; a NIK in two RW opens its case at the end."""
    monkeypatch.setattr(imports, "STEP", 2)
    monkeypatch.setattr(imports, "STEPS", 1)
    await make_areas()
    first, second = await two_officials()
    cycle = await make_cycle()
    again = roll_csv(1, rw=f"{KELURAHAN}.006").split(b"\r\n", 1)[1]
    id = await imports.propose_import(cycle, roll_csv(5) + again, first)
    await imports.approve_import(id, second)
    for _ in range(6):
        await jobs.run_due()
    assert (await imports.roll_import(id)).state == "done" and await RollEntry.count() == 5
    assert await RollCase.exists()


async def test_an_import_expires_once(db: Any) -> None:
    """trust 3: what was refused meanwhile does not expire a second time."""
    id, _, second = await laid()
    await imports.refuse_import(id, second)
    await imports._expire(id)
    assert (await imports.roll_import(id)).state == "refused"


async def test_a_childs_line_gets_a_nameless_account(db: Any) -> None:
    """T9: the account behind a child's line is a child's, with no right of a resident."""
    roll = await make_entry(await make_cycle(), list=CHILDREN, age_band="10-12")
    facts = await store.person_of(await person_for(roll))
    assert facts and facts.kind is Kind.CHILD
