"""Invariant I8 and the paper half of I7, asked of a live, restored or migrated database."""

from collections import Counter, defaultdict
from uuid import UUID

from piccolo.query.functions import Sum

from rembuk.posts.store.counting import Box, SheetFacts, balance_of, boxes_of, sheets_with
from rembuk.posts.tables import CheckInCount, Post
from rembuk.voting.tables import Destruction


async def paper_faults() -> list[str]:
    """What is wrong with the paper of any election: sheets beyond check-ins, readings that settle nothing, counts."""
    found: list[str] = []
    gone = {row["election"] for row in await Destruction.select(Destruction.election)}
    for row in await Post.select(Post.election).group_by(Post.election):
        if row["election"] in gone:  # what the sheets said is destroyed with the envelopes
            continue
        boxes = await boxes_of(row["election"])
        sheets: dict[UUID, list[SheetFacts]] = defaultdict(list)
        for sheet in await sheets_with(row["election"]) if boxes else ():
            sheets[sheet.batch].append(sheet)
        for box in boxes:
            found += [f"{box.name}: {fault}" for fault in await _faults(box, sheets[box.id])]
    return found


async def _faults(box: Box, sheets: list[SheetFacts]) -> list[str]:
    balance = await balance_of(box.post)
    found = _badly_read(sheets)
    if box.state == "closed" and balance.sheets > balance.checkins:
        found.append(f"{balance.sheets} sheets, {balance.checkins} check-ins")
    if box.state == "closed" and balance.unresolved:
        found.append(f"{balance.unresolved} sheets of a closed box are not settled")
    counted = await CheckInCount.select(Sum(CheckInCount.number)).where(CheckInCount.post == box.post).first()
    noted = (counted or {})["sum"] or 0
    if noted != balance.checkins:
        found.append(f"{noted} check-ins counted, {balance.checkins} marks on paper")
    return found


def _badly_read(sheets: list[SheetFacts]) -> list[str]:
    """Sheets whose state is not what two people, or a third, read on them."""
    faults: Counter[str] = Counter()
    for sheet in sheets:
        people = [entry.person for entry in sheet.entries]
        said = sheet.final or sheet.kept
        faults["read twice by one person"] += len(set(people)) != len(people)
        if sheet.state in ("valid", "invalid", "double"):
            faults["counted without two equal readings or a third"] += said is None
            faults["counted as something else than was read"] += said is not None and said.state != sheet.state
        if sheet.state == "destroyed":
            faults["read and destroyed"] += bool(sheet.entries)
    return [f"{number} sheets {what}" for what, number in faults.items() if number]


async def paper_marks(election: UUID) -> dict[str, int]:
    """How many came to the posts of each box of ballots, for I7: equals its marks on paper where posts are used."""
    found: Counter[str] = Counter()
    for box in await boxes_of(election):
        found[box.district] += (await balance_of(box.post)).checkins
    return dict(found)
