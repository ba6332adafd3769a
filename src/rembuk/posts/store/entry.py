"""Blind double entry: each sheet read by two people who do not see each other, by a third when they differ (K4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.query import Select

from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import FrozenProject
from rembuk.database import lock_row, refuses, transaction
from rembuk.errors import Refused
from rembuk.people import store as people
from rembuk.posts.rules import Fault, PostFacts, Reading, Refusal, read_typed, reading_of, settled, why_not_enter
from rembuk.posts.serials import parse_serial
from rembuk.posts.store.counting import sheets_with
from rembuk.posts.store.pads import open_batch
from rembuk.posts.store.setup import agreement_of, on_duty
from rembuk.posts.tables import PaperBatch, PaperEntry, PaperSheet, Post
from rembuk.tally.ballots import Slip
from rembuk.voting.rules import State

refuses("paper_entry_person_once", Refusal.CHANGED)
refuses("paper_entry_nth_once", Refusal.CHANGED)


@dataclass(frozen=True)
class Form:
    """What is printed on a post's sheets: the projects in the frozen order, and how they may be chosen."""

    ballot_type: str
    most: int
    ceiling: int
    name: str
    projects: tuple[FrozenProject, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Ids in the order of the printed numbers, from 1."""
        return tuple(project.id for project in self.projects)

    @property
    def slip(self) -> Slip:
        """What a sheet is checked against."""
        costs = {project.id: project.cost for project in self.projects}
        if self.ballot_type == "points":
            return Slip(costs, self.ceiling, points=self.most or None)
        return Slip(costs, self.ceiling, most=self.most or None)


async def form_of(post: PostFacts) -> Form:
    """The sheet of a post, as it was frozen."""
    agreement = await agreement_of(post.election)
    district = agreement.district(post.district)
    if district is None:
        raise Refused(Refusal.NO_VOTE)
    return Form(agreement.ballot_type, agreement.most, district.ceiling, district.name, district.projects)


async def enter_sheet(post: UUID, serial: str, typed: str, fault: Fault | None, person: UUID) -> Reading:
    """What one person read on a sheet, kept for good; Refused with the reason in words."""
    facts = await on_duty(post, person)
    sheet, form = parse_serial(serial), await form_of(facts)
    reading = Reading(fault=fault) if fault else read_typed(typed, form.ballot_type, form.order, form.slip)
    await _enter(facts, sheet, reading, person)
    return reading


@transaction(isolation="read committed")
async def _enter(post: PostFacts, serial: str, reading: Reading, person: UUID) -> None:
    await refuse_own_rw(post, person)
    await _insist_closed(post.election)
    batch = await open_batch(post.id)
    sheet = await sheet_of(post, serial, batch)
    [known] = await sheets_with(post.election, serial=serial)
    reason = why_not_enter(known.entries, person, known.doubted)
    if reason is Refusal.ENTERED_BY_YOU and reading.fault is Fault.DOUBLE and len(known.entries) < 3:
        await _set(sheet, "entered", doubted=True)
        return
    if reason:
        raise Refused(reason, serial=serial)
    at = now()
    nth = len(known.entries) + 1
    await PaperEntry.insert(PaperEntry(sheet=sheet, nth=nth, person=person, choices=reading.text, entered_at=at))
    rows = await PaperEntry.select(PaperEntry.choices).where(PaperEntry.sheet == sheet).order_by(PaperEntry.nth)
    agreed = _agreed([row["choices"] for row in rows], known.doubted)
    await _set(sheet, agreed.state if agreed else "entered", known.doubted)


def _agreed(texts: Sequence[str], doubted: bool) -> Reading | None:
    """What the readings come to so far."""
    if len(texts) >= 3:
        return reading_of(texts[2])
    return reading_of(texts[0]) if len(texts) == 2 and texts[0] == texts[1] and not doubted else None


async def _set(sheet: UUID, state: str, doubted: bool) -> None:
    await PaperSheet.update({PaperSheet.state: state, PaperSheet.doubted: doubted}).where(PaperSheet.id == sheet)


async def refuse_own_rw(post: PostFacts, person: UUID) -> None:
    """Refused(OWN_RW) for somebody who lives in one of the post's RWs."""
    facts = await people.must_know(person)
    if facts.rw in post.rws:
        raise Refused(Refusal.OWN_RW)


async def _insist_closed(election: UUID) -> None:
    if (await cycles.election_by_id(election)).state.value != State.CLOSED.value:
        raise Refused(Refusal.STILL_VOTING)


async def sheet_of(post: PostFacts, serial: str, batch: UUID) -> UUID:
    """The sheet with this serial, its row held; Refused(UNKNOWN_SERIAL, OTHER_BATCH)."""
    query = PaperSheet.select(PaperSheet.id, PaperSheet.batch).where(
        (PaperSheet.election == post.election) & (PaperSheet.serial == serial)
    )
    row = await lock_row(query.first())
    if row is None:
        raise Refused(Refusal.UNKNOWN_SERIAL, serial=serial)
    if row["batch"] != batch:
        owner = await PaperBatch.select(PaperBatch.post).where(PaperBatch.id == row["batch"]).first()
        name = await Post.select(Post.name).where(Post.id == (owner or {})["post"]).first()
        raise Refused(Refusal.OTHER_BATCH, serial=serial, post=(name or {})["name"])
    found: UUID = row["id"]
    return found


@dataclass(frozen=True)
class RowReport:
    """What came of rows entered at once: how many were kept, and each row by number that was not, why."""

    kept: int
    faults: tuple[tuple[int, Refused], ...]


async def enter_rows(post: UUID, rows: Sequence[str], person: UUID) -> RowReport:
    """Many sheets at once, one a row: serial; numbers (or the reason's name); a bad row is told by its number."""
    kept, faults = 0, []
    for number, row in enumerate(rows, start=1):
        serial, _, said = row.replace("\t", ";").partition(";")
        said = said.strip().strip('"')
        fault = next((each for each in Fault if each.value == said.lower()), None)
        try:
            await enter_sheet(post, serial.strip('" '), said, fault, person)
        except Refused as refused:
            faults.append((number, refused))
        else:
            kept += 1
    return RowReport(kept, tuple(faults))


@dataclass(frozen=True)
class MyEntry:
    """A sheet this person entered, with what and when."""

    serial: str
    reading: Reading
    at: datetime


async def my_entries(post: UUID, person: UUID, most: int = 5) -> list[MyEntry]:
    """The last sheets of a post this person entered, newest first; nobody else's."""
    rows = (
        await PaperEntry.select(PaperEntry.choices, PaperEntry.entered_at, PaperEntry.sheet.serial.as_alias("serial"))
        .where((PaperEntry.person == person) & PaperEntry.sheet.batch.is_in(_box(post)))
        .order_by(PaperEntry.entered_at, ascending=False)
        .limit(most)
    )
    return [MyEntry(row["serial"], reading_of(row["choices"]), row["entered_at"]) for row in rows]


def _box(post: UUID) -> Select[PaperBatch]:
    return PaperBatch.select(PaperBatch.id).where(PaperBatch.post == post)


async def waiting_for(post: PostFacts, person: UUID) -> list[str]:
    """Serials of a post's sheets whose two readings differ and which this person may settle; never what they say."""
    batch = await _box(post.id).first()
    sheets = await sheets_with(post.election, (batch["id"],), undecided=True) if batch else []
    return [
        sheet.serial
        for sheet in sheets
        if len(sheet.entries) == 2
        and settled(sheet.entries, sheet.doubted) is None
        and all(entry.person != person for entry in sheet.entries)
    ]
