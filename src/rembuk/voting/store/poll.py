"""The poll of a voter's district as it was frozen, and the voter's mark on the roll."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rembuk.cycles.tables import Election, PhaseRow
from rembuk.database import on_postgres
from rembuk.errors import Refused
from rembuk.people.tables import RollEntry
from rembuk.voting.agreement import agreed
from rembuk.voting.rules import Mark, Poll, Refusal, State, Voter
from rembuk.voting.seal import ballot_length
from rembuk.voting.tables import RollMark


async def voter_of(roll: UUID, signing_seed: bytes | None = None, *, by_code: bool = False) -> Voter:
    """The voter behind a roll entry, come by a code or not; raises Refused when there is no such entry."""
    row = await RollEntry.select(RollEntry.cycle, RollEntry.kecamatan).where(RollEntry.id == roll).first()
    if row is None:
        raise Refused(Refusal.NOT_ON_ROLL)
    election = await Election.select(Election.id).where(Election.cycle == row["cycle"]).first()
    if election is None:
        raise Refused(Refusal.NOT_OPEN)
    return Voter(roll, election["id"], row["kecamatan"], signing_seed, by_code or signing_seed is not None)


async def line_that_votes(person: UUID | None, roll: UUID | None) -> UUID | None:
    """Of a person's lines on the rolls of several rounds the one to vote by: where the booth is open, else was last.

    The line they signed in by, when no booth was ever open to them.
    """
    lines = (
        await RollEntry.select(RollEntry.id, RollEntry.cycle, RollEntry.cycle.year.as_alias("year"))
        .where(RollEntry.person == person)
        .order_by(RollEntry.cycle.year, ascending=False)
        if person
        else []
    )
    if len(lines) < 2:
        return lines[0]["id"] if lines and roll is None else roll
    query = Election.select(Election.cycle, Election.state).where(Election.cycle.is_in([row["cycle"] for row in lines]))
    state = {row["cycle"]: row["state"] for row in await query}
    began = [row for row in lines if state.get(row["cycle"], "draft") not in ("draft", "frozen")]
    running = [row for row in began if state[row["cycle"]] == "open"]
    found: UUID | None = next((row["id"] for row in (*running, *began)), roll)
    return found


async def cycle_of(voter: Voter) -> UUID:
    """The cycle on whose roll the voter stands; raises Refused when there is no such entry."""
    row = await RollEntry.select(RollEntry.cycle).where(RollEntry.id == voter.roll).first()
    if row is None:
        raise Refused(Refusal.NOT_ON_ROLL)
    found: UUID = row["cycle"]
    return found


async def poll_of(voter: Voter) -> Poll:
    """The frozen facts of the voter's district; inside a cast it holds the phase lock, shared."""
    query = Election.select().where(Election.id == voter.election).first()
    row = await (query.lock_rows("SHARE") if on_postgres() else query)
    if row is None or not row["config"]:
        raise Refused(Refusal.NOT_OPEN)
    return _poll(row, voter.district)


async def closing_time(poll: Poll) -> datetime | None:
    """When voting is planned to close."""
    row = (
        await PhaseRow.select(PhaseRow.ends_at)
        .where((PhaseRow.cycle == poll.cycle) & (PhaseRow.kind == "voting"))
        .first()
    )
    return row["ends_at"] if row else None


async def mark_of(voter: Voter, lock: bool = False) -> Mark:
    """How this voter is marked on the roll; `lock` makes a second cast of the same voter wait."""
    query = RollEntry.select(RollEntry.status).where(RollEntry.id == voter.roll).first()
    entry = await (query.lock_rows("UPDATE") if lock and on_postgres() else query)
    row = (
        await RollMark.select(RollMark.seq, RollMark.channel)
        .where((RollMark.election == voter.election) & (RollMark.roll == voter.roll))
        .first()
    )
    active = entry is not None and entry["status"] == "active"
    return Mark(row["seq"], row["channel"] == "paper", active) if row else Mark(active=active)


def _poll(row: dict[str, Any], district: str) -> Poll:
    frozen = agreed(row["config"])
    mine = frozen.district(district)
    if mine is None:
        raise Refused(Refusal.NOT_ON_ROLL)
    every = [project.id for each in frozen.districts for project in each.projects]
    most = frozen.most or max(len(each.projects) for each in frozen.districts)
    return Poll(
        election=row["id"],
        cycle=row["cycle"],
        state=State(row["state"]),
        district=district,
        name=mine.name,
        ballot_type=frozen.ballot_type,
        limit=frozen.most,
        ceiling=mine.ceiling,
        projects=mine.projects,
        trustee_key=frozen.trustee_key,
        length=ballot_length(every, most),
        elsewhere=frozenset(every) - {project.id for project in mine.projects},
    )
