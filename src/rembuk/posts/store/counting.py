"""Questions about paper in figures: who came, what lies in each box, what the counted sheets say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from piccolo.query import Select
from piccolo.query.functions import Count

from rembuk.cycles import store as cycles
from rembuk.errors import N_, Refused, Said
from rembuk.people.rules import box_of
from rembuk.people.tables import RollEntry
from rembuk.posts.figures import ChannelTurnout, channels, check_ins
from rembuk.posts.rules import (
    Balance,
    Entry,
    Reading,
    Refusal,
    audited,
    drawn,
    list_of,
    reading_of,
    settled,
)
from rembuk.posts.tables import PaperAudit, PaperBatch, PaperCheck, PaperEntry, PaperSheet, Post, PostRw
from rembuk.voting.agreement import agreed
from rembuk.voting.rules import Turnout
from rembuk.voting.seal import Choice
from rembuk.voting.tables import RollMark

BOX_OPEN = N_("Kotak kertas {post} belum ditutup.")
HALF_READ = N_("{post}: {number} lembar belum selesai dimasukkan.")
OTHER_LIST = N_("{post}: daftar hadir berubah setelah kotaknya ditutup.")
NO_DICE = N_("Dadu pemeriksaan lembar kertas belum dilempar.")
UNCHECKED = N_("{area}: {number} lembar terpilih belum diperiksa.")


@dataclass(frozen=True)
class SheetFacts:
    """A sheet with its blind readings and, once drawn, what checkers read on it."""

    id: UUID
    serial: str
    batch: UUID
    state: str
    doubted: bool
    entries: tuple[Entry, ...]
    checks: tuple[Entry, ...] = ()

    @property
    def kept(self) -> Reading | None:
        """What the entries say, or None while they do not agree."""
        return settled(self.entries, self.doubted)

    @property
    def final(self) -> Reading | None:
        """What is counted: the entries, unless two checkers read something else; None while a check is open."""
        if self.kept is None or not self.checks:
            return self.kept
        return audited(self.kept, [check.reading for check in self.checks])

    @property
    def differs(self) -> bool:
        """Whether some checker read something else than what was entered."""
        return any(check.reading != self.kept for check in self.checks)


async def not_ready(election: UUID) -> list[str]:
    """Why the box may not be opened yet, in Indonesian sentences; empty when every paper box is settled."""
    found: list[str] = []
    for box in await boxes_of(election):
        balance = await balance_of(box.post)
        if box.state != "closed":  # an unused one as well: a late list must not meet the opening
            found.append(Said(BOX_OPEN, post=box.name))
        if box.state == "closed" and balance.unresolved:
            found.append(Said(HALF_READ, post=box.name, number=balance.unresolved))
        if box.state == "closed" and balance.checkins != box.checkins:
            found.append(Said(OTHER_LIST, post=box.name))
    return found or await _unchecked(election)


async def _unchecked(election: UUID) -> list[str]:
    sheets = await sheets_in_boxes(election)
    if not any(sheets.values()):
        return []
    dice = await dice_of(election)
    if dice is None:
        return [Said(NO_DICE)]
    agreement = agreed((await cycles.election_by_id(election)).config)
    found: list[str] = []
    for district, each in sorted(sheets.items()):
        box = agreement.district(district)
        waiting = [sheet for sheet in sample_of(each, dice) if not sheet.checks or sheet.final is None]
        if waiting:
            found.append(Said(UNCHECKED, area=box.name if box else district, number=len(waiting)))
    return found


async def paper_ballots(election: UUID) -> dict[str, list[Choice]]:
    """What the valid sheets of every closed box say, by district; blank sheets among them."""
    found: dict[str, list[Choice]] = {}
    for district, sheets in (await sheets_in_boxes(election, closed=True)).items():
        readings = [sheet.final for sheet in sheets]
        valid = [reading for reading in readings if reading and reading.fault is None]
        found[district] = [Choice(reading.projects, reading.points) for reading in valid]
    return found


@dataclass(frozen=True)
class Box:
    """The paper box of a post as kept."""

    id: UUID
    post: UUID
    name: str
    district: str
    state: str
    checkins: int
    sheets: int
    destroyed: int
    explanation: str
    first: UUID | None
    second: UUID | None
    content_sha256: str


async def boxes_of(election: UUID, post: UUID | None = None) -> list[Box]:
    """The paper boxes of an election (or of one post of it), by name of the post."""
    query = PaperBatch.select(
        *PaperBatch.all_columns(exclude=[PaperBatch.salt]),
        PaperBatch.post.name.as_alias("name"),
        PaperBatch.post.district.as_alias("district"),
    ).where(PaperBatch.post.election == election)
    rows = await (query.where(PaperBatch.post == post) if post else query)
    names = Box.__dataclass_fields__
    return [Box(**{name: row[name] for name in names}) for row in sorted(rows, key=lambda row: row["name"])]


async def balance_of(post: UUID) -> Balance:
    """A post's box in figures, as it stands now."""
    row = await Post.select(Post.election, Post.district).where(Post.id == post).first()
    if row is None:
        raise Refused(Refusal.NO_SUCH_POST)
    came = await checked_in(row["election"], row["district"], await rws_of(post))
    [box] = await boxes_of(row["election"], post)
    state = PaperSheet.select(PaperSheet.state, Count()).where(PaperSheet.batch == box.id)
    states = Counter({each["state"]: each["count"] for each in await state.group_by(PaperSheet.state)})
    once, differing = await _open_entries(box.id)
    return Balance(came, sum(states.values()), states["valid"], states["invalid"], states["double"], once, differing)


async def rws_of(post: UUID) -> list[str]:
    """The RWs a post serves, by code."""
    return [row["rw"] for row in await PostRw.select(PostRw.rw).where(PostRw.post == post).order_by(PostRw.rw)]


async def _open_entries(batch: UUID) -> tuple[int, int]:
    """Sheets of a box read once only, and those whose readings differ."""
    query = PaperEntry.select(PaperEntry.sheet, Count()).where(
        (PaperEntry.sheet.batch == batch) & (PaperEntry.sheet.state == "entered")
    )
    times = [row["count"] for row in await query.group_by(PaperEntry.sheet)]
    return times.count(1), len(times) - times.count(1)


async def checked_in(election: UUID, district: str, rws: Sequence[str], *, overrides: bool = False) -> int:
    """How many of a box's people in these RWs voted on paper; with `overrides`, those who had voted online before."""
    if not rws:
        return 0
    mine = (RollMark.election == election) & (RollMark.channel == "paper") & RollMark.roll.rw.is_in(list(rws))
    mine &= RollMark.roll.list == list_of(district)
    return int(await RollMark.count().where(mine & (RollMark.seq > 0) if overrides else mine))


async def sheets_in_boxes(election: UUID, district: str = "", *, closed: bool = False) -> dict[str, list[SheetFacts]]:
    """Every sheet that was read, by district (or of one), sorted by serial; with `closed`, of closed boxes only."""
    boxes = {
        box.id: box.district
        for box in await boxes_of(election)
        if (box.state == "closed" or not closed) and district in ("", box.district)
    }
    found: dict[str, list[SheetFacts]] = {}
    for sheet in await sheets_with(election, tuple(boxes)) if boxes else ():
        if sheet.entries:
            found.setdefault(boxes[sheet.batch], []).append(sheet)
    return found


async def sheets_with(
    election: UUID, batches: Sequence[UUID] = (), *, serial: str = "", undecided: bool = False
) -> list[SheetFacts]:
    """Sheets with every reading, sorted by serial: of these boxes, of one serial, or only those still undecided."""
    which = (PaperSheet.election == election) & (PaperSheet.state != "printed")
    if serial:
        which = (PaperSheet.election == election) & (PaperSheet.serial == serial)
    if batches:
        which &= PaperSheet.batch.is_in(list(batches))
    if undecided:
        which &= PaperSheet.state == "entered"
    rows = await PaperSheet.select().where(which).order_by(PaperSheet.serial)
    ids = PaperSheet.select(PaperSheet.id).where(which)
    entries, checks = await _readings(PaperEntry, ids), await _readings(PaperCheck, ids)
    return [
        SheetFacts(
            row["id"],
            row["serial"],
            row["batch"],
            row["state"],
            bool(row["doubted"]),
            tuple(entries.get(row["id"], ())),
            tuple(checks.get(row["id"], ())),
        )
        for row in rows
    ]


async def _readings(table: type[PaperEntry] | type[PaperCheck], sheets: Select[PaperSheet]) -> dict[UUID, list[Entry]]:
    query = table.select(table.sheet, table.person, table.choices, table.entered_at)
    order = PaperEntry.nth if table is PaperEntry else PaperCheck.entered_at
    found: dict[UUID, list[Entry]] = {}
    for row in await query.where(table.sheet.is_in(sheets)).order_by(order):
        entry = Entry(row["person"], reading_of(row["choices"]), row["entered_at"])
        found.setdefault(row["sheet"], []).append(entry)
    return found


async def dice_of(election: UUID) -> str | None:
    """The public dice of the audit, or None before they were thrown."""
    row = await PaperAudit.select(PaperAudit.dice).where(PaperAudit.election == election).first()
    return row["dice"] if row else None


def sample_of(sheets: Sequence[SheetFacts], dice: str) -> list[SheetFacts]:
    """The sheets of one kecamatan to compare with their entries, in the order of the dice."""
    by_serial = {sheet.serial: sheet for sheet in sheets}
    differs = any(sheet.differs for sheet in sheets)
    return [by_serial[serial] for serial in drawn(by_serial, dice, differs)]


async def turnout_by_channel(election: UUID) -> list[ChannelTurnout]:
    """Turnout per channel and kecamatan; small cells are merged, and dropped when they still would single out (4.7)."""
    vote = await cycles.election_by_id(election)
    marks = await _marks(election)
    query = RollEntry.select(RollEntry.kecamatan, RollEntry.list, Count()).where(
        (RollEntry.cycle == vote.cycle) & (RollEntry.status == "active")
    )
    rows = await query.group_by(RollEntry.kecamatan, RollEntry.list)
    eligible = {box_of(row["kecamatan"], row["list"]): row["count"] for row in rows}
    cells = {
        channel: [Turnout((area,), marks[area, channel], count) for area, count in sorted(eligible.items())]
        for channel in ("online", "paper")
    }
    return channels(cells["online"], cells["paper"])


async def _marks(election: UUID) -> Counter[tuple[str, str]]:
    """Marks of an election by box and channel."""
    area, listed = RollMark.roll.kecamatan, RollMark.roll.list
    query = RollMark.select(RollMark.channel, area.as_alias("area"), listed.as_alias("list"), Count())
    rows = await query.where(RollMark.election == election).group_by(RollMark.channel, area, listed)
    return Counter({(box_of(row["area"], row["list"]), row["channel"]): row["count"] for row in rows})


@dataclass(frozen=True)
class PostFigures:
    """What everybody may know of a post after the close; None where it would single somebody out."""

    post: UUID
    checkins: int | None
    overrides: int | None


async def post_figures(election: UUID) -> list[PostFigures]:
    """Check-ins and replaced online ballots of every post; small cells left out (T17, 4.7)."""
    cells: dict[str, list[Turnout]] = {}
    whole: dict[str, int] = {}
    boxes, people = await boxes_of(election), await _people(election)
    for box in boxes:
        rws = await rws_of(box.post)
        came = await checked_in(election, box.district, rws)
        marks, eligible = (sum(each[rw, list_of(box.district)] for rw in rws) for each in people)
        cells.setdefault(box.district, []).append(Turnout((str(box.post),), came, eligible))
        whole[str(box.post)] = marks
    told: dict[str, int] = {}
    for each in cells.values():
        told |= check_ins(each, whole)
    found = []
    for box in boxes:
        shown = told.get(str(box.post))
        over = await checked_in(election, box.district, await rws_of(box.post), overrides=True)
        found.append(PostFigures(box.post, shown, over if shown and over < shown else None))
    return found


async def _people(election: UUID) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Marks and active people, by RW and list."""
    vote = await cycles.election_by_id(election)
    rw, listed = RollMark.roll.rw, RollMark.roll.list
    marks = RollMark.select(rw.as_alias("rw"), listed.as_alias("list"), Count()).where(RollMark.election == election)
    mine = (RollEntry.cycle == vote.cycle) & (RollEntry.status == "active")
    people = RollEntry.select(RollEntry.rw, RollEntry.list, Count()).where(mine)
    asked = (await marks.group_by(rw, listed), await people.group_by(RollEntry.rw, RollEntry.list))
    first, second = (Counter({(row["rw"], row["list"]): row["count"] for row in rows}) for rows in asked)
    return first, second
