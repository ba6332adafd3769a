"""Check-in: a mark on the roll becomes paper, counted by post, day and officers, never by person (K1, K2)."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord
from rembuk.board.rules import Refusal as Board
from rembuk.clock import local, now
from rembuk.cycles import store as cycles
from rembuk.database import Fixed, transaction
from rembuk.errors import Reason, Refused
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.rules import RollFacts, read_nik
from rembuk.people.tables import Credential, RollEntry
from rembuk.posts.rules import ListReport, PostFacts, Refusal, list_of
from rembuk.posts.store.pads import open_batch
from rembuk.posts.store.setup import on_duty
from rembuk.posts.tables import CheckInCount, IdentitySeen, PostRw
from rembuk.voting import store as voting
from rembuk.voting.rules import State, Voter
from rembuk.voting.tables import BoothVisit, RollMark

FRESH = "read committed"
LIST = "post.list"
# the phase lock shared and the voter's line, as a cast takes them: a cast and a check-in of one person meet here
_HELD = Fixed(
    "SELECT election.state, roll_entry.rw FROM election JOIN roll_entry ON roll_entry.id = {} WHERE election.id = {}",
    locks="FOR SHARE OF election FOR UPDATE OF roll_entry",
)


async def check_in_by_code(post: UUID, typed: str, officer: UUID) -> None:
    """The voter's code was shown: from now on this person votes on paper; Refused with the reason."""
    facts = await on_duty(post, officer)
    cycle = (await cycles.election_by_id(facts.election)).cycle
    key = codes.public_key(codes.key_seed(codes.parse_code(typed), cycle)).hex()
    row = (
        await Credential.select(Credential.roll)
        .where((Credential.cycle == cycle) & (Credential.public_key == key) & (Credential.state == "issued"))
        .first()
    )
    if row is None or row["roll"] is None:
        raise Refused(Refusal.CODE_WRONG)
    await _check_in(facts, row["roll"], officer, officer)


async def check_in_by_identity(post: UUID, nik: str, officer: UUID) -> bool:
    """An identity card was shown: the first officer is noted (False), the second one completes it (True) (T17)."""
    facts = await on_duty(post, officer)
    cycle = (await cycles.election_by_id(facts.election)).cycle
    entry = await people.entry_of_nik(cycle, read_nik(nik))
    if entry is None:
        raise Refused(Refusal.NOT_ON_ROLL)
    return await _seen(facts, entry, officer)


@transaction(isolation=FRESH)
async def _seen(post: PostFacts, entry: RollFacts, officer: UUID) -> bool:
    batch = await open_batch(post.id)  # two officers at once meet here
    assert batch
    await _refuse(post, entry.id)
    today = local(now()).date()
    await IdentitySeen.delete().where((IdentitySeen.post == post.id) & (IdentitySeen.day != today))
    mine = (IdentitySeen.post == post.id) & (IdentitySeen.roll == entry.id)
    before = await IdentitySeen.select(IdentitySeen.officer).where(mine).first()
    if before is None:
        await IdentitySeen.insert(IdentitySeen(post=post.id, roll=entry.id, officer=officer, day=today))
        return False
    if before["officer"] == officer:
        raise Refused(Refusal.SAME_OFFICER)
    await IdentitySeen.delete().where(mine)
    await _check_in(post, entry.id, before["officer"], officer)
    return True


@transaction(isolation=FRESH)
async def _check_in(post: PostFacts, roll: UUID, first: UUID, second: UUID) -> None:
    """Mark one resident; the answer is the same whether an online ballot was there or not (K2)."""
    await open_batch(post.id)
    await _refuse(post, roll)
    await _mark(post, roll)
    await _count(post, first, second)


async def _refuse(post: PostFacts, roll: UUID, *, listed: bool = False) -> None:
    """Refused unless this resident may get a sheet here now; the phase lock and the roll line are held."""
    voter = await voting.voter_of(roll)
    if voter.election != post.election:
        raise Refused(Refusal.CODE_WRONG)
    row = (await _HELD(roll, post.election))[0]
    if not listed and row["state"] != State.OPEN:
        raise Refused(Refusal.NOT_OPEN)
    if listed and row["state"] not in (State.OPEN, State.CLOSED):
        raise Refused(Refusal.LIST_TOO_LATE)
    mark = await voting.mark_of(voter)
    if not mark.active:
        raise Refused(Refusal.NOT_ACTIVE)
    if voter.district != post.district or row["rw"] not in post.rws:
        raise await _elsewhere(voter, row["rw"])
    if mark.on_paper:
        raise Refused(Refusal.ALREADY_HERE)


async def _elsewhere(voter: Voter, rw: str) -> Refused:
    mine = (PostRw.election == voter.election) & (PostRw.district == voter.district) & (PostRw.rw == rw)
    row = await PostRw.select(PostRw.post.name.as_alias("name")).where(mine).first()
    return Refused(Refusal.OTHER_POST, post=row["name"]) if row else Refused(Refusal.NO_POST)


async def _mark(post: PostFacts, roll: UUID) -> None:
    mark = RollMark(election=post.election, roll=roll, channel="paper", seq=0)
    await RollMark.insert(mark).on_conflict(
        target=(RollMark.election, RollMark.roll), action="DO UPDATE", values=[RollMark.channel]
    )
    mine = (BoothVisit.election == post.election) & (BoothVisit.roll == roll)
    await BoothVisit.update({BoothVisit.unsent: False}).where(mine)


async def _count(post: PostFacts, first: UUID, second: UUID, number: int = 1) -> None:
    pair, today = sorted((first, second)), local(now()).date()
    c = CheckInCount
    mine = (c.post == post.id) & (c.day == today) & (c.first == pair[0]) & (c.second == pair[1])
    if not await c.update({c.number: c.number + number}).where(mine).returning(c.id):
        await c.insert(c(post=post.id, day=today, first=pair[0], second=pair[1], number=number))


async def came_today(post: UUID) -> int:
    """How many were checked in at a post today."""
    return sum(number for day, number in await check_ins_by_day(post) if day == local(now()).date())


async def check_ins_by_day(post: UUID) -> list[tuple[date, int]]:
    """Check-ins of a post by day, and nothing finer."""
    days: dict[date, int] = {}
    for row in await CheckInCount.select(CheckInCount.day, CheckInCount.number).where(CheckInCount.post == post):
        days[row["day"]] = days.get(row["day"], 0) + row["number"]
    return sorted(days.items())


async def waiting_identities(post: UUID) -> int:
    """How many residents wait at a post for the second officer today."""
    mine = (IdentitySeen.post == post) & (IdentitySeen.day == local(now()).date())
    return int(await IdentitySeen.count().where(mine))


async def propose_list(post: UUID, lines: Sequence[str], officer: UUID) -> ActRecord:
    """The first officer lays a post's check-in list before a second one; Refused(EMPTY_LIST)."""
    facts = await on_duty(post, officer)
    listed = sorted({typed for line in lines if (typed := "".join(line.upper().split()))})
    if not listed:
        raise Refused(Refusal.EMPTY_LIST)
    # a random word, so that digests left behind in the audit chain name nobody once the list is destroyed
    salt = secrets.token_hex(16)
    return await board.propose_act(LIST, {"post": str(facts.id), "lines": listed, "salt": salt}, officer)


async def waiting_lists(post: UUID) -> list[tuple[ActRecord, list[str]]]:
    """Lists of a post that wait for their second officer, with their lines."""
    acts = [(act, json.loads(act.payload)) for act in await board.waiting_acts(LIST)]
    return [(act, said["lines"]) for act, said in acts if said["post"] == str(post)]


@transaction(isolation=FRESH)
async def confirm_list(act: UUID, officer: UUID) -> ListReport:
    """The second officer compared the list with the paper: who fits is marked, what does not fit is told."""
    signed = await board.second_act(act, officer)
    if signed.action != LIST:
        raise Refused(Board.NO_SUCH_ACT)
    said = json.loads(signed.payload)
    post = await on_duty(UUID(said["post"]), officer)
    await board.use_act(act, LIST, said)
    await open_batch(post.id)
    report = await _take(post, said["lines"])
    if report.taken:
        await _count(post, signed.first, officer, report.taken)
    outcome = f"{report.taken} + {len(report.conflicts)}"
    await board.audit(officer, "officer", "post.list", f"post:{post.id}", outcome)
    return report


async def _take(post: PostFacts, lines: Sequence[str]) -> ListReport:
    known = await _lines_of(post)
    taken: set[UUID] = set()
    conflicts: list[tuple[str, Reason, Mapping[str, object]]] = []
    for typed in lines:
        try:
            roll = known.get(typed) or await _foreign(post, typed)
            await _refuse(post, roll, listed=True)
        except Refused as refused:
            conflicts.append((typed, refused.reason, refused.facts))
        else:
            await _mark(post, roll)
            taken.add(roll)
    return ListReport(len(taken), tuple(conflicts))


async def _lines_of(post: PostFacts) -> dict[str, UUID]:
    """The people of a post's RWs by what stands on the printed list: code serial and line number."""
    return {name: line.roll for line in await check_in_list(post) for name in (line.serial, line.number) if name}


async def _foreign(post: PostFacts, typed: str) -> UUID:
    """The roll line of a code that is not on this post's list; Refused with why when there is none."""
    cycle = (await cycles.election_by_id(post.election)).cycle
    row = (
        await Credential.select(Credential.roll, Credential.state)
        .where((Credential.cycle == cycle) & (Credential.serial == typed))
        .first()
    )
    if row is None or row["roll"] is None or row["state"] == "void":
        raise Refused(Refusal.NOT_LISTED)
    found: UUID = row["roll"]
    return found


@dataclass(frozen=True)
class ListLine:
    """One line of the printed check-in list: its number, the serial of the voter's envelope, the RW; no name."""

    roll: UUID
    rw: str
    serial: str

    @property
    def number(self) -> str:
        """The roll line's number, eight letters and digits out of its random id."""
        return self.roll.hex[:8].upper()


async def check_in_list(post: PostFacts) -> list[ListLine]:
    """Everybody of a post's RWs by RW, then serial, then line number."""
    if not post.rws:
        return []
    cycle = (await cycles.election_by_id(post.election)).cycle
    mine = (RollEntry.cycle == cycle) & RollEntry.rw.is_in(list(post.rws)) & (RollEntry.status == "active")
    mine &= RollEntry.list == list_of(post.district)
    rows: list[dict[str, Any]] = await RollEntry.select(RollEntry.id, RollEntry.rw).where(mine)
    given = await Credential.select(Credential.roll, Credential.serial).where(
        (Credential.cycle == cycle) & (Credential.state == "issued") & Credential.roll.rw.is_in(list(post.rws))
    )
    serial = {row["roll"]: row["serial"].upper() for row in given}
    lines = [ListLine(row["id"], row["rw"], serial.get(row["id"], "")) for row in rows]
    return sorted(lines, key=lambda line: (line.rw, line.serial or "~", line.number))
