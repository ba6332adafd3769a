"""The roll: who is on it, put there in bulk, and the account a line gets when its person first signs in."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from piccolo.query.functions import Count

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles import store as cycles
from rembuk.cycles.tables import Cycle, Election
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people.pepper import kk_mac, nik_mac, phone_mac
from rembuk.people.rules import (
    ADULTS,
    CHILDREN,
    NewEntry,
    Refusal,
    RollFacts,
    RollReport,
    box_of,
    eligible_from,
    is_nik,
    read_phone,
    resident_name,
    why_not_voter,
)
from rembuk.people.rules import Kind as AccountKind
from rembuk.people.store.accounts import add_resident, must_know
from rembuk.people.tables import Person, RollEntry

CHUNK = 500
CHILD_NAME = "Suara Anak"
T = TypeVar("T")


async def roll_of(person: UUID, cycle: UUID | None = None) -> RollFacts | None:
    """A person's line on the roll of a cycle, or of the latest cycle they are on; None when on none."""
    rows = await _lines_of(person)
    if cycle is not None:
        rows = [row for row in rows if row.cycle == cycle]
    if len(rows) < 2:
        return rows[0] if rows else None
    years = await Cycle.select(Cycle.id, Cycle.year).where(Cycle.id.is_in([row.cycle for row in rows]))
    year = {row["id"]: row["year"] for row in years}
    return max(rows, key=lambda row: year[row.cycle])


async def roll_entry(entry: UUID) -> RollFacts | None:
    """One line of the roll by its id, or None."""
    row = await RollEntry.select().where(RollEntry.id == entry).first()
    return facts_of(row) if row else None


async def entry_of_nik(cycle: UUID, nik: str) -> RollFacts | None:
    """The line of a cycle's roll with this NIK (16 digits, as a person shows it), or None."""
    row = await RollEntry.select().where(RollEntry.cycle == cycle, RollEntry.nik_mac == nik_mac(nik)).first()
    return facts_of(row) if row else None


async def entries_of(cycle: UUID, *, rw: str | None = None) -> list[RollFacts]:
    """The lines of a cycle's roll, or of one RW of it."""
    query = RollEntry.select().where(RollEntry.cycle == cycle)
    return [facts_of(row) for row in await (query.where(RollEntry.rw == rw) if rw else query)]


async def roll_counts(cycle: UUID) -> dict[str, int]:
    """How many active lines each RW has; children are counted by kecamatan, under the code of their box."""
    active = RollEntry.select(RollEntry.rw, Count()).where(RollEntry.cycle == cycle, RollEntry.status == "active")
    adults = await active.where(RollEntry.list == ADULTS).group_by(RollEntry.rw)
    return {**{row["rw"]: row["count"] for row in adults}, **await child_counts(cycle)}


async def child_counts(cycle: UUID) -> dict[str, int]:
    """How many active lines the children's list of each kecamatan has, by the code of its box."""
    active = RollEntry.select(RollEntry.kecamatan, Count()).where(
        RollEntry.cycle == cycle, RollEntry.status == "active"
    )
    children = await active.where(RollEntry.list == CHILDREN).group_by(RollEntry.kecamatan)
    return {box_of(row["kecamatan"], CHILDREN): row["count"] for row in children}


async def post_roll_totals(election: UUID, cycle: UUID) -> None:
    """Post how many may vote in each RW: before the booth opens, and again whenever the roll grew since (I14)."""
    await board.append(Kind.ROLL_TOTALS, {"election": str(election), "totals": {**await roll_counts(cycle)}})


async def refuse_non_voter(person: UUID, cycle: UUID, on: date) -> RollFacts:
    """The line a person votes by, or Refused with what is missing and where to put it right (J1, J2)."""
    facts, entry = await must_know(person), await roll_of(person, cycle)
    reason = why_not_voter(facts, entry, on)
    if reason or entry is None:
        month = entry.eligible_from.strftime("%m-%Y") if entry and entry.eligible_from else ""
        raise Refused(reason or Refusal.NOT_VERIFIED, month=month)
    return entry


async def add_roll_entries(cycle: UUID, entries: Iterable[NewEntry], *, on: date | None = None) -> RollReport:
    """Put many people on a roll, 500 at a time; a known NIK is passed over, a bad row told by number."""
    age = (await cycles.cycle(cycle)).voting_age
    added, known, faults, rows = 0, 0, [], []
    for number, entry in enumerate(entries, start=1):
        if entry.nik is not None and not is_nik(entry.nik):
            faults.append(number)
        else:
            rows.append(_row(cycle, entry, age, on))
    for chunk in chunks(rows, CHUNK):
        fresh = await _put(cycle, chunk)
        added, known = added + fresh, known + len(chunk) - fresh
    return RollReport(added, known, tuple(faults))


async def post_totals(cycle: UUID) -> None:
    """Tell everybody, RW by RW, how many are on the roll, for every vote of the cycle that is not over."""
    living = Election.state.is_in(["draft", "frozen", "open"])
    for row in await Election.select(Election.id).where(Election.cycle == cycle, living):
        await post_roll_totals(row["id"], cycle)


async def post_again(cycle: UUID) -> None:
    """Whoever comes on a roll whose totals stand on the board is told to everybody too (I14)."""
    posted = [json.loads(leaf.body)["election"] for leaf in await board.leaves_of(Kind.ROLL_TOTALS)]
    votes = await Election.select(Election.id, Election.state).where(Election.cycle == cycle)
    if any(row["state"] == "open" or str(row["id"]) in posted for row in votes):
        await post_totals(cycle)


@transaction
async def _put(cycle: UUID, rows: list[RollEntry]) -> int:
    """Insert what is not there yet; a phone number belongs to the first line that names it."""
    niks, phones = await _taken(cycle, rows)
    fresh: list[RollEntry] = []
    for row in rows:
        if row.nik_mac is not None and row.nik_mac in niks:
            continue
        niks.add(row.nik_mac)
        if row.phone_mac in phones:
            row.phone_mac = None  # a family phone: the others sign in by their codes
        phones.add(row.phone_mac)
        fresh.append(row)
    if fresh:
        await RollEntry.insert(*fresh)
        await post_again(cycle)  # together: a kill between the two would keep the box shut for ever (I14)
    return len(fresh)


async def _taken(cycle: UUID, rows: list[RollEntry]) -> tuple[set[str | None], set[str | None]]:
    niks = [row.nik_mac for row in rows if row.nik_mac]
    phones = [row.phone_mac for row in rows if row.phone_mac]
    of_cycle = RollEntry.select(RollEntry.nik_mac, RollEntry.phone_mac).where(RollEntry.cycle == cycle)
    same_nik = await of_cycle.where(RollEntry.nik_mac.is_in(niks)) if niks else []
    same_phone = (
        await RollEntry.select(RollEntry.phone_mac).where(RollEntry.cycle == cycle, RollEntry.phone_mac.is_in(phones))
        if phones
        else []
    )
    return {row["nik_mac"] for row in same_nik}, {row["phone_mac"] for row in same_phone}


@transaction
async def person_for(entry: UUID, signed_in: UUID | None = None) -> UUID:
    """The account of a line of the roll: made at its first sign-in, or the one already signed in."""
    row = await RollEntry.select().where(RollEntry.id == entry).first()
    if row is None:
        raise Refused(Refusal.NOT_VERIFIED)
    if row["person"] is not None:
        return UUID(str(row["person"]))
    person = signed_in if signed_in and await _may_join(signed_in, row) else None
    if person is None:
        person = await _account_of(row)
    await RollEntry.update({RollEntry.person: person}).where(RollEntry.id == entry)
    if row["phone_mac"] and not await Person.exists().where(Person.phone_mac == row["phone_mac"]):
        await Person.update({Person.phone_mac: row["phone_mac"]}).where(Person.id == person)
    return person


async def _account_of(row: dict[str, Any]) -> UUID:
    """A fresh account for a line; a child's is only the handle of a session, without name or rights."""
    simulated = row["source"] == "simulated"
    if row["list"] == CHILDREN:
        return await add_resident(CHILD_NAME, row["rw"], simulated=simulated, kind=AccountKind.CHILD)
    return await add_resident(resident_name(row["rw"]), row["rw"], simulated=simulated)


async def _may_join(person: UUID, row: dict[str, Any]) -> bool:
    """Whether a line may join this account: a resident of that RW, known from another cycle (I3)."""
    lines = await _lines_of(person)
    here = row["list"] == ADULTS and any(line.rw == row["rw"] for line in lines)
    return here and all(line.cycle != row["cycle"] for line in lines)


async def _lines_of(person: UUID) -> list[RollFacts]:
    return [facts_of(row) for row in await RollEntry.select().where(RollEntry.person == person)]


def _row(cycle: UUID, entry: NewEntry, age: int, on: date | None) -> RollEntry:
    ripe = eligible_from(entry.born, age) if entry.born else None
    return RollEntry(
        cycle=cycle,
        kecamatan=".".join(entry.rw.split(".")[:3]),
        rw=entry.rw,
        nik_mac=nik_mac(entry.nik) if entry.nik else None,
        kk_mac=kk_mac(entry.kk) if entry.kk else None,
        phone_mac=phone_mac(read_phone(entry.phone)) if entry.phone else None,
        eligible_from=ripe if ripe and (on is None or ripe > on) else None,
        status="active",
        source=entry.source,
        list=entry.list,
        age_band=entry.age_band,
    )


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Things in lists of at most that size."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def facts_of(row: dict[str, Any]) -> RollFacts:
    """A row as facts."""
    return RollFacts(
        row["id"],
        row["cycle"],
        row["kecamatan"],
        row["rw"],
        row["person"],
        row["status"],
        row["eligible_from"],
        row["list"],
    )
