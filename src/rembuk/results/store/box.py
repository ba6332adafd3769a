"""Opening the box: the link to persons is dropped and the order shuffled before any choice is read (trust.md 4.6)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Kind, digest
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.cycles.tables import Election as ElectionRow
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people.rules import box_of
from rembuk.people.store.vouches import sample_recorded
from rembuk.people.tables import RollEntry
from rembuk.posts import store as posts
from rembuk.results.rules import Refusal, dice_of
from rembuk.results.store.auditing import audited_box, outer_envelopes
from rembuk.results.store.ballots import packed_of
from rembuk.results.store.contacts import contact_facts, insist_contacted, level_of, skip_contacts
from rembuk.results.store.counting import contests_of
from rembuk.results.tables import BallotsFile as BallotsFileRow
from rembuk.voting import box as sealed_box
from rembuk.voting.box import BallotsFile, Contest, Opened
from rembuk.voting.keys import BrokenShares, join, public_of
from rembuk.voting.opening import BoxRefusal
from rembuk.voting.terms import Level

__all__ = [
    "closed_election",
    "insist_ready",
    "keep_ballots",
    "open_ballots",
    "outer_envelopes",
    "payload_of",
    "propose_opening",
    "record_dice",
    "waiting_opening",
    "written",
]

OPENING = "box.open"
PILOT = "Rintisan dengan satu pemegang kunci"
"""The reason noted when a pilot asks nobody whether they voted, unless its officials say another one."""


async def propose_opening(cycle: UUID, person: UUID, unasked: str = PILOT) -> ActRecord:
    """The first person asks to open the box here: pilots only; `unasked` says why no sample was contacted, if none was.

    Refused(SHARES_OFFLINE) where several trustees hold the key: their words never touch the server.
    """
    election = await closed_election(cycle)
    _insist_one_holder(election)
    await skip_contacts(election, unasked, person)
    return await board.propose_act(OPENING, payload_of(election), person)


async def waiting_opening(cycle: UUID) -> ActRecord | None:
    """The request to open this cycle's box that waits for its second person, if any."""
    wanted = digest(payload_of(await cycles.election(cycle)))
    waiting = await board.waiting_acts(OPENING)
    return next((act for act in waiting if act.payload_sha256 == wanted), None)


async def open_ballots(act: UUID, cycle: UUID, person: UUID, shares: Sequence[str]) -> int:
    """The second person signs, the one share opens the box; how many ballots lay in it."""
    election = await closed_election(cycle)
    _insist_one_holder(election)
    secret = await asyncio.to_thread(_secret, shares, election.trustee_key)
    await insist_ready(election)
    box, contests = await audited_box(election), await contests_of(cycle)
    opened = await asyncio.to_thread(sealed_box.open_box, box, secret, contests)
    files = await written(election, contests, opened)
    return await keep_ballots((act, OPENING, payload_of(election)), cycle, person, (files, opened))


async def insist_ready(election: Election) -> None:
    """Refused unless the configuration is the frozen one, paper is settled, the samples are asked; posts what waits."""
    await cycles.insist_config(election)
    if waiting := await posts.not_ready(election.id):
        raise Refused(BoxRefusal.PAPER_WAITS, words="; ".join(map(str, waiting[:3])))
    await insist_contacted(election)
    if not await sample_recorded(election.cycle):
        raise Refused(BoxRefusal.VOUCHED_FIRST)
    await board.drain()


async def written(election: Election, contests: Mapping[str, Contest], opened: Opened) -> list[BallotsFile]:
    """The ballots file of every box, the valid paper sheets joined in."""
    paper = await posts.paper_ballots(election.id)

    def write() -> list[BallotsFile]:
        return [
            sealed_box.ballots_file(contest, opened.ballots.get(code, ()), paper.get(code, ()))
            for code, contest in contests.items()
        ]

    return await asyncio.to_thread(write)


@transaction
async def keep_ballots(
    signed: tuple[UUID, str, dict[str, str]], cycle: UUID, person: UUID, found: tuple[Sequence[BallotsFile], Opened]
) -> int:
    """The second signature spends the act: ballots files kept, `opened` leaf posted; how many ballots they hold."""
    (act, action, payload), (files, opened) = signed, found
    election = await closed_election(cycle)
    await board.second_act(act, person)
    await board.use_act(act, action, payload)
    eligible = await _eligible(cycle)
    rows = [
        BallotsFileRow(
            cycle=cycle,
            area=file.district,
            online_count=file.online,
            paper_count=file.paper,
            eligible_count=eligible.get(file.district, 0),
            content=file.text,
            packed=packed_of(file.text),
            sha256=file.sha256,
        )
        for file in files
    ]
    await BallotsFileRow.insert(*rows)
    body = sealed_box.opened_body(election.id, files, opened.failures)
    await board.append(Kind.OPENED, body | {"contacts": await contact_facts(election.id)})
    await cycles.advance(cycle, ElectionState.OPENED)
    await board.audit(person, "city_official", "box.opened", str(election.id), after=payload)
    return sum(file.online + file.paper for file in files)


@transaction
async def record_dice(cycle: UUID, typed: str, person: UUID) -> str:
    """Record the public dice after the ballots file is committed; the 20 digits."""
    election = await cycles.locked_election(cycle)
    if election.state is not ElectionState.OPENED:
        raise Refused(Refusal.NOT_OPENED)
    if election.seed:
        raise Refused(Refusal.SEED_DRAWN)
    try:
        dice = dice_of(typed)
    except ValueError as fault:
        raise Refused(Refusal.NOT_DICE) from fault
    await ElectionRow.update({ElectionRow.seed: dice}).where(ElectionRow.id == election.id)
    await board.append(Kind.SEED, {"election": str(election.id), "dice": dice})
    await board.audit(person, "city_official", "seed.recorded", str(election.id), after={"dice": dice})
    return dice


async def closed_election(cycle: UUID) -> Election:
    """The election whose booth is closed and whose box is shut; Refused(NOT_CLOSED)."""
    election = await cycles.election(cycle)
    if election.state is not ElectionState.CLOSED:
        raise Refused(Refusal.NOT_CLOSED)
    return election


def payload_of(election: Election) -> dict[str, str]:
    """What two persons sign of a box: whose it is, and under which configuration."""
    return {"election": str(election.id), "config_sha256": election.config_sha256}


def _insist_one_holder(election: Election) -> None:
    if level_of(election) != Level.ONE_HOLDER:
        raise Refused(BoxRefusal.SHARES_OFFLINE)


def _secret(shares: Sequence[str], trustee_key: str) -> bytes:
    try:
        secret = join(shares)
    except BrokenShares as fault:
        raise Refused(Refusal.BAD_SHARES) from fault
    if public_of(secret).hex() != trustee_key:
        raise Refused(Refusal.OTHER_KEY)
    return secret


async def _eligible(cycle: UUID) -> dict[str, int]:
    rows = await RollEntry.select(RollEntry.kecamatan, RollEntry.list).where(
        (RollEntry.cycle == cycle) & (RollEntry.status == "active")
    )
    return dict(Counter(box_of(row["kecamatan"], row["list"]) for row in rows))
