"""After the close: public dice draw sheets, checkers read them again, one difference means all of them (trust.md 6)."""

import re
from dataclasses import dataclass
from uuid import UUID

from rembuk.board import store as board
from rembuk.clock import local, now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.database import lock_row, refuses, transaction
from rembuk.errors import Refused
from rembuk.posts.rules import Fault, PostFacts, Reading, Refusal, read_typed, too_many_overrides
from rembuk.posts.serials import parse_serial
from rembuk.posts.store.closing import overrides_of, post_leaf
from rembuk.posts.store.counting import (
    SheetFacts,
    boxes_of,
    dice_of,
    sample_of,
    sheets_in_boxes,
    sheets_with,
)
from rembuk.posts.store.entry import form_of, refuse_own_rw
from rembuk.posts.store.setup import post_of, posts_of
from rembuk.posts.tables import PaperAudit, PaperBatch, PaperCheck, PaperSheet, PostCase

DICE = 20

refuses("paper_audit_once", Refusal.DICE_THROWN)
refuses("paper_check_person_once", Refusal.CHECKED)


@transaction
async def throw_dice(election: UUID, typed: str, person: UUID) -> str:
    """Record the public dice that draw the sheets to compare, once, after every box was closed."""
    digits = re.sub(r"[\s,.-]", "", typed)
    if not re.fullmatch(rf"[0-9]{{{DICE}}}", digits):
        raise Refused(Refusal.NOT_DICE)
    if await dice_of(election) is not None:
        raise Refused(Refusal.DICE_THROWN)
    if any(box.state != "closed" for box in await boxes_of(election)):
        raise Refused(Refusal.BATCHES_OPEN)
    await PaperAudit.insert(PaperAudit(election=election, dice=digits, drawn_by=person, day=local(now()).date()))
    await board.audit(person, "city_official", "paper.dice", str(election), digits)
    return digits


@dataclass(frozen=True)
class Sample:
    """Where the audit of one kecamatan stands: the drawn sheets, checked ones, those that differ."""

    district: str
    sheets: int
    drawn: tuple[SheetFacts, ...]

    @property
    def done(self) -> int:
        """Drawn sheets whose check is finished."""
        return sum(bool(sheet.checks) and sheet.final is not None for sheet in self.drawn)

    @property
    def differing(self) -> tuple[SheetFacts, ...]:
        """Drawn sheets on which a checker read something else."""
        return tuple(sheet for sheet in self.drawn if sheet.differs)


async def samples_of(election: UUID, district: str = "") -> list[Sample]:
    """The audit by kecamatan (or of one); Refused(NO_DICE) before the dice were thrown."""
    dice = await dice_of(election)
    if dice is None:
        raise Refused(Refusal.NO_DICE)
    boxes = await sheets_in_boxes(election, district)
    return [Sample(district, len(each), tuple(sample_of(each, dice))) for district, each in sorted(boxes.items())]


async def check_sheet(election: UUID, serial: str, typed: str, fault: Fault | None, person: UUID) -> bool:
    """What a checker reads on a drawn sheet; whether it says what was entered. Refused with the reason in words."""
    number = parse_serial(serial)
    post = await _post_of_sheet(election, number)
    form = await form_of(post)
    reading = Reading(fault=fault) if fault else read_typed(typed, form.ballot_type, form.order, form.slip)
    return await _check(post, number, reading, person)


@transaction(isolation="read committed")
async def _check(post: PostFacts, serial: str, reading: Reading, person: UUID) -> bool:
    if (await cycles.election_by_id(post.election)).state is not ElectionState.CLOSED:
        raise Refused(Refusal.BOX_OPENED)
    await refuse_own_rw(post, person)
    query = PaperSheet.select(PaperSheet.id).where(
        (PaperSheet.election == post.election) & (PaperSheet.serial == serial)
    )
    await lock_row(query)
    [sheet] = await sheets_with(post.election, serial=serial)
    [sample] = await samples_of(post.election, post.district) or [Sample(post.district, 0, ())]
    if serial not in {each.serial for each in sample.drawn}:
        raise Refused(Refusal.NOT_DRAWN, serial=serial)
    if any(entry.person == person for entry in (*sheet.entries, *sheet.checks)):
        raise Refused(Refusal.YOUR_ENTRY, serial=serial)
    if sheet.checks and sheet.final is not None:
        raise Refused(Refusal.CHECKED, serial=serial)
    await PaperCheck.insert(PaperCheck(sheet=sheet.id, person=person, choices=reading.text, entered_at=now()))
    await _settle(post, serial)
    return reading == sheet.kept


async def _settle(post: PostFacts, serial: str) -> None:
    """When two checkers agree on something else, the sheet says that from now on, and so does the board."""
    [sheet] = await sheets_with(post.election, serial=serial)
    if sheet.final is None or sheet.final == sheet.kept:
        return
    await PaperSheet.update({PaperSheet.state: sheet.final.state}).where(PaperSheet.id == sheet.id)
    await post_leaf(post.id)


async def _post_of_sheet(election: UUID, serial: str) -> PostFacts:
    row = (
        await PaperSheet.select(PaperSheet.batch)
        .where((PaperSheet.election == election) & (PaperSheet.serial == serial))
        .first()
    )
    batch = await PaperBatch.select(PaperBatch.post).where(PaperBatch.id == row["batch"]).first() if row else None
    if batch is None:
        raise Refused(Refusal.UNKNOWN_SERIAL, serial=serial)
    return await post_of(batch["post"])


@dataclass(frozen=True)
class Case:
    """A post where more than 3 % of check-ins replaced an online ballot; `answer` empty while nobody looked into it."""

    post: UUID
    name: str
    checkins: int
    overrides: int
    answer: str


@transaction
async def open_cases(election: UUID) -> int:
    """Open a case for every post above 3 % that has none yet, once voting is over; how many were opened (T17)."""
    if (await cycles.election_by_id(election)).state is ElectionState.OPEN:
        return 0
    opened = 0
    for post in await posts_of(election):
        came, over = await overrides_of(post.id)
        if not too_many_overrides(came, over) or await PostCase.exists().where(PostCase.post == post.id):
            continue
        await PostCase.insert(PostCase(post=post.id, checkins=came, overrides=over, opened_at=now()))
        await board.audit(None, "system", "post.case", f"post:{post.id}", f"{over}/{came}")
        opened += 1
    return opened


async def cases_of(election: UUID) -> list[Case]:
    """The cases of an election by post."""
    query = PostCase.select(
        PostCase.post,
        PostCase.checkins,
        PostCase.overrides,
        PostCase.answer,
        PostCase.post.name.as_alias("name"),
    ).where(PostCase.post.election == election)
    rows = sorted(await query, key=lambda row: row["name"])
    return [Case(row["post"], row["name"], row["checkins"], row["overrides"], row["answer"]) for row in rows]


@transaction
async def answer_case(post: UUID, answer: str, person: UUID) -> None:
    """An official writes what looking into a case brought; it stays on the record."""
    if not answer:
        raise Refused(Refusal.NO_ANSWER)
    await PostCase.update({PostCase.answer: answer}).where(PostCase.post == post)
    await board.audit(person, "official", "post.case_answer", f"post:{post}", answer)
