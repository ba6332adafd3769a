"""The poll of a voter's district as it was frozen, and the voter's mark on the roll."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from rembuk.cycles.tables import Election, PhaseRow
from rembuk.database import Fixed
from rembuk.errors import Refused
from rembuk.people.rules import box_of
from rembuk.voting.agreement import agreed
from rembuk.voting.rules import Mark, Poll, Refusal, State, Voter
from rembuk.voting.seal import ballot_length

_LINE = """SELECT roll_entry.id, roll_entry.kecamatan, roll_entry.list, election.id AS election, election.state
    FROM roll_entry JOIN cycle ON cycle.id = roll_entry.cycle LEFT JOIN election ON election.cycle = cycle.id
    WHERE {} ORDER BY cycle.year DESC, roll_entry.id"""
_BY_ROLL = Fixed(_LINE.replace("{}", "roll_entry.id = {}"))
_BY_PERSON = Fixed(_LINE.replace("{}", "roll_entry.id = {} OR roll_entry.person = {}"))


async def voter_of(roll: UUID, signing_seed: bytes | None = None, *, by_code: bool = False) -> Voter:
    """The voter behind a roll entry, come by a code or not; raises Refused when there is no such entry."""
    return _voter(await _BY_ROLL(roll), signing_seed, by_code or signing_seed is not None)


async def voter_for(person: UUID | None, roll: UUID | None) -> Voter | None:
    """The voter behind a person who did not come by a code; None when they stand on no roll.

    Of their lines on the rolls of several rounds it is the one whose booth is open, else was open last, else the
    line they signed in by.
    """
    lines = await _BY_PERSON(roll, person)
    began = [line for line in lines if line["state"] not in (None, State.DRAFT, State.FROZEN)]
    running = [line for line in began if line["state"] == State.OPEN]
    own = [line for line in lines if line["id"] == roll]
    found = (*running, *began, *own, *lines)[:1]
    return _voter(found, None, by_code=False) if found else None


def _voter(lines: Sequence[Mapping[str, Any]], seed: bytes | None, by_code: bool) -> Voter:
    if not lines:
        raise Refused(Refusal.NOT_ON_ROLL)
    if lines[0]["election"] is None:
        raise Refused(Refusal.NOT_OPEN)
    box = box_of(lines[0]["kecamatan"], lines[0]["list"])
    return Voter(lines[0]["id"], lines[0]["election"], box, seed, by_code)


async def poll_of(voter: Voter) -> Poll:
    """The frozen facts of the voter's district."""
    query = Election.select(Election.id, Election.cycle, Election.state, Election.config)
    row = await query.where(Election.id == voter.election).first()
    if row is None or not row["config"]:
        raise Refused(Refusal.NOT_OPEN)
    return replace(frozen_poll(row["config"], row["cycle"], voter.district), state=State(row["state"]))


async def closing_time(poll: Poll) -> datetime | None:
    """When voting is planned to close."""
    row = (
        await PhaseRow.select(PhaseRow.ends_at)
        .where((PhaseRow.cycle == poll.cycle) & (PhaseRow.kind == "voting"))
        .first()
    )
    return row["ends_at"] if row else None


async def mark_of(voter: Voter) -> Mark:
    """How this voter is marked on the roll."""
    rows = await _MARK(voter.election, voter.roll)
    return mark_in(rows[0]) if rows else Mark(active=False)


_MARK = Fixed(
    """SELECT roll_entry.status, roll_mark.seq, roll_mark.channel FROM roll_entry
    LEFT JOIN roll_mark ON roll_mark.election = {} AND roll_mark.roll = roll_entry.id WHERE roll_entry.id = {}"""
)


def mark_in(row: Mapping[str, Any]) -> Mark:
    """The mark in a row with `status`, `seq` and `channel`; the last two are NULL before the first ballot."""
    return Mark(row["seq"] or 0, row["channel"] == "paper", row["status"] == "active")


@lru_cache(maxsize=512)
def frozen_poll(config: str, cycle: UUID, district: str) -> Poll:
    """What was frozen for one district, as if the booth were open; Refused(NOT_ON_ROLL) when there is no such."""
    frozen = agreed(config)
    mine = frozen.district(district)
    if mine is None:
        raise Refused(Refusal.NOT_ON_ROLL)
    every = [project.id for each in frozen.districts for project in each.projects]
    points = frozen.most if frozen.ballot_type == "points" else None
    most = (0 if points else frozen.most) or max(len(each.projects) for each in frozen.districts)
    return Poll(
        election=frozen.election,
        cycle=cycle,
        state=State.OPEN,
        district=district,
        name=mine.name,
        ballot_type=frozen.ballot_type,
        limit=frozen.most,
        ceiling=mine.ceiling,
        projects=mine.projects,
        trustee_key=frozen.trustee_key,
        length=ballot_length(every, most, points),
        elsewhere=frozenset(every) - {project.id for project in mine.projects},
        children=bool(mine.parent),
    )
