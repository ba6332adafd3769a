"""Cases of the roll: opened by an import or a request, decided at the kelurahan's desk, each step audited."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import Json
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.cycles.tables import Election
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.jobs import every
from rembuk.people import pepper
from rembuk.people.casework import (
    CaseFacts,
    CaseKind,
    Outcome,
    Refusal,
    Request,
    why_not_decide,
)
from rembuk.people.rules import RollFacts, eligible_from, without_nik
from rembuk.people.store.roll import facts_of as roll_facts
from rembuk.people.store.roll import post_again
from rembuk.people.tables import Person, RollCase, RollEntry
from rembuk.places.rules import Level, covers, cut

ADDITION = "roll.addition"
_NAME = "roll-case-name"
_CROWDED = """SELECT kk_mac, MIN(rw) AS rw FROM roll_entry WHERE cycle = {} AND status = 'active'
AND kk_mac IS NOT NULL GROUP BY kk_mac HAVING COUNT(*) > {}"""


@transaction
async def ask_entry(cycle: UUID, asked: Request) -> None:
    """A resident asks to stand on the roll: the same work and the same silence whether they do already or not."""
    nik = pepper.nik_mac(asked.nik)
    entry = await RollEntry.select(RollEntry.id).where(RollEntry.cycle == cycle, RollEntry.nik_mac == nik).first()
    open_case = await _open_case(cycle, nik)
    ripe, today = eligible_from(asked.born, (await cycles.cycle(cycle)).voting_age), clock.local(clock.now()).date()
    row = _case(
        cycle,
        CaseKind.DUPLICATE if entry else CaseKind.REQUEST,
        asked.rw,
        roll=entry["id"] if entry else None,
        nik_mac=nik,
        kk_mac=pepper.kk_mac(asked.kk) if asked.kk else None,
        phone_mac=pepper.phone_mac(asked.phone) if asked.phone else None,
        eligible_from=ripe if ripe > today else None,
        name=pepper.seal(_NAME, without_nik(asked.name).encode()).hex(),
    )
    if open_case:
        again: dict[Any, Any] = {RollCase.asked_count: open_case["asked_count"] + 1}
        await RollCase.update(again).where(RollCase.id == open_case["id"])
    else:
        await _keep(row)


async def open_duplicate(cycle: UUID, rw: str, nik_mac: str, kk_mac: str = "") -> None:
    """A NIK that stands on the roll was claimed again elsewhere: one case, however often."""
    entry = await RollEntry.select(RollEntry.id).where(RollEntry.cycle == cycle, RollEntry.nik_mac == nik_mac).first()
    if not await _open_case(cycle, nik_mac):
        roll = entry["id"] if entry else None
        await _keep(_case(cycle, CaseKind.DUPLICATE, rw, roll=roll, nik_mac=nik_mac, kk_mac=kk_mac or None))


async def open_families(cycle: UUID) -> None:
    """A case for every family card with more people than the round's cap, once; nobody is taken off for it."""
    for row in await RollEntry.raw(_CROWDED, str(cycle), (await cycles.cycle(cycle)).kk_cap):
        card = RollCase.kk_mac == row["kk_mac"]
        if not await RollCase.exists().where(RollCase.cycle == cycle, RollCase.kind == CaseKind.FAMILY.value, card):
            await _keep(_case(cycle, CaseKind.FAMILY, row["rw"], kk_mac=row["kk_mac"]))


@transaction
async def open_turnout(cycle: UUID, more: Mapping[str, int]) -> int:
    """A case for every RW with more marks than people on its roll (T1), once; how many were opened now."""
    opened = 0
    for rw, number in sorted(more.items()):
        known = (RollCase.cycle == cycle) & (RollCase.kind == CaseKind.TURNOUT.value) & (RollCase.rw == rw)
        if not await RollCase.exists().where(known):
            await _keep(_case(cycle, CaseKind.TURNOUT, rw, asked_count=number))
            opened += 1
    return opened


def _case(cycle: UUID, kind: CaseKind, rw: str, **facts: Any) -> RollCase:
    area = cut(rw, Level.KELURAHAN)
    return RollCase(cycle=cycle, kind=kind.value, area=area, rw=rw, state="open", opened_at=clock.now(), **facts)


async def _keep(row: RollCase) -> None:
    await RollCase.insert(row)
    await board.audit(None, "system", "open roll case", f"case:{row.id}", row.kind)


async def _open_case(cycle: UUID, nik_mac: str) -> dict[str, Any] | None:
    mine = (RollCase.cycle == cycle) & (RollCase.nik_mac == nik_mac) & (RollCase.state != "closed")
    found: dict[str, Any] | None = await RollCase.select().where(mine).first()
    return found


async def cases(scopes: Sequence[str], *, closed: bool = False, most: int = 200) -> list[CaseFacts]:
    """The cases of some areas ("" is everywhere), the oldest open first, or the last closed ones."""
    query = RollCase.select(*RollCase.all_columns(), RollCase.roll.rw.as_alias("roll_rw"))
    query = query.where(RollCase.state == "closed") if closed else query.where(RollCase.state != "closed")
    rows = await query.order_by(RollCase.opened_at, ascending=not closed).limit(10_000)
    mine = [row for row in rows if any(covers(scope, row["area"]) for scope in scopes)]
    return [await _facts(row) for row in mine[:most]]


async def case(id: UUID) -> CaseFacts:
    """One case; Refused(NO_CASE)."""
    query = RollCase.select(*RollCase.all_columns(), RollCase.roll.rw.as_alias("roll_rw"))
    return await _facts(await query.where(RollCase.id == id).first())


async def _facts(row: dict[str, Any] | None) -> CaseFacts:
    if row is None:
        raise Refused(Refusal.NO_CASE)
    name = pepper.unseal(_NAME, bytes.fromhex(row["name"])).decode() if row["name"] else ""
    first = (await board.act(row["act"])).first if row["act"] else None
    same = ("id", "cycle", "area", "rw", "roll", "asked_count", "state", "outcome", "reason", "act")
    return CaseFacts(
        kind=CaseKind(row["kind"]),
        roll_rw=row["roll_rw"] or "",
        name=name,
        first=first,
        eligible_from=row["eligible_from"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        **{each: row[each] for each in same},
    )


async def family_of(id: UUID) -> list[RollFacts]:
    """The lines of the family card a case is about."""
    row = await RollCase.select(RollCase.cycle, RollCase.kk_mac).where(RollCase.id == id).first()
    if row is None or row["kk_mac"] is None:
        return []
    card = (RollEntry.cycle == row["cycle"]) & (RollEntry.kk_mac == row["kk_mac"])
    return [roll_facts(each) for each in await RollEntry.select().where(card).order_by(RollEntry.rw)]


@transaction
async def decide_case(
    id: UUID, outcome: Outcome | None, reason: str, by: UUID, *, nik: str = "", lines: Sequence[UUID] = ()
) -> bool:
    """An official decides; True when it is done, False when it waits for a second one because people vote."""
    row, reason = await _locked(id), without_nik(reason)
    if row["state"] != "open":
        raise Refused(Refusal.CASE_CLOSED)
    voting = await people_vote(row["cycle"])
    if no := why_not_decide(CaseKind(row["kind"]), outcome, reason, voting):
        raise Refused(no)
    assert outcome is not None
    if outcome is Outcome.ADDED and not pepper.same(pepper.nik_mac(nik), row["nik_mac"]):
        raise Refused(Refusal.OTHER_NIK)
    if outcome is Outcome.ADDED and voting:
        act = await board.propose_act(ADDITION, _payload(row), by)
        waiting: dict[Any, Any] = {RollCase.act: act.id, RollCase.state: "proposed", RollCase.reason: reason}
        await RollCase.update(waiting).where(RollCase.id == id)
        return False
    await _apply(row, outcome, lines)
    await _close(row, outcome, reason, by)
    return True


@transaction
async def confirm_addition(id: UUID, by: UUID) -> None:
    """The second official signs, and a person comes on the roll while people vote; the totals are posted again."""
    row = await _locked(id)
    if row["state"] != "proposed":
        raise Refused(Refusal.CASE_CLOSED)
    await people_vote(row["cycle"])
    await board.second_act(row["act"], by)
    await board.use_act(row["act"], ADDITION, _payload(row))
    await _apply(row, Outcome.ADDED, ())
    await _close(row, Outcome.ADDED, row["reason"], by)


@transaction
async def withdraw_addition(id: UUID, by: UUID) -> None:
    """Either official takes the proposal back; the case is open again."""
    row = await _locked(id)
    if row["state"] != "proposed":
        raise Refused(Refusal.CASE_CLOSED)
    await board.withdraw_act(row["act"], by)
    back: dict[Any, Any] = {RollCase.act: None, RollCase.state: "open", RollCase.reason: ""}
    await RollCase.update(back).where(RollCase.id == id)


async def people_vote(cycle: UUID) -> bool:
    """Whether the booth is open; Refused(VOTE_OVER) when it was closed: the roll changes no more."""
    election = await cycles.find_election(cycle)
    if election is None or election.state in (ElectionState.DRAFT, ElectionState.FROZEN):
        return False
    if election.state is not ElectionState.OPEN:
        raise Refused(Refusal.VOTE_OVER)
    return True


async def _locked(id: UUID) -> dict[str, Any]:
    row: dict[str, Any] | None = await lock_row(RollCase.select().where(RollCase.id == id).first())
    if row is None:
        raise Refused(Refusal.NO_CASE)
    return row


def _payload(row: dict[str, Any]) -> dict[str, Json]:
    return {"case": str(row["id"]), "cycle": str(row["cycle"]), "rw": row["rw"]}


async def _apply(row: dict[str, Any], outcome: Outcome, lines: Sequence[UUID]) -> None:
    """Change the roll as decided and tell the board how many it holds now."""
    if outcome is Outcome.ADDED:
        await _add(row)
    elif outcome is Outcome.MOVED:
        await _move(row["roll"], row["rw"])
    elif outcome is Outcome.REMOVED:
        mine = {each.id for each in await family_of(row["id"])} if row["kind"] == "family" else {row["roll"]}
        chosen = sorted(mine & set(lines)) if row["kind"] == "family" else [row["roll"]]
        if not chosen or None in chosen:
            raise Refused(Refusal.NO_OUTCOME)
        await RollEntry.update({RollEntry.status: "removed"}).where(RollEntry.id.is_in(chosen))
    else:
        return
    await post_again(row["cycle"])


async def _add(row: dict[str, Any]) -> None:
    if await RollEntry.exists().where(RollEntry.cycle == row["cycle"], RollEntry.nik_mac == row["nik_mac"]):
        raise Refused(Refusal.ON_ROLL)
    phone = row["phone_mac"]
    if phone and await RollEntry.exists().where(RollEntry.cycle == row["cycle"], RollEntry.phone_mac == phone):
        phone = None  # a family phone: this person signs in by code
    entry = new_entry(row["cycle"], row["rw"], "case", row["eligible_from"])
    entry.nik_mac, entry.kk_mac, entry.phone_mac = row["nik_mac"], row["kk_mac"], phone
    await RollEntry.insert(entry)
    await RollCase.update({RollCase.roll: entry.id}).where(RollCase.id == row["id"])
    await open_families(row["cycle"])


def new_entry(cycle: UUID, rw: str, source: str, ripe: date | None) -> RollEntry:
    """A line of the roll without any number yet."""
    kecamatan = cut(rw, Level.KECAMATAN)
    return RollEntry(cycle=cycle, kecamatan=kecamatan, rw=rw, eligible_from=ripe, status="active", source=source)


async def _move(roll: UUID | None, rw: str) -> None:
    if roll is None:
        raise Refused(Refusal.NO_OUTCOME)
    there: dict[Any, Any] = {RollEntry.rw: rw, RollEntry.kecamatan: cut(rw, Level.KECAMATAN)}
    await RollEntry.update(there).where(RollEntry.id == roll)
    row = await RollEntry.select(RollEntry.person).where(RollEntry.id == roll).first()
    if row and row["person"]:
        await Person.update({Person.rw: rw}).where(Person.id == row["person"])


async def _close(row: dict[str, Any], outcome: Outcome, reason: str, by: UUID | None) -> None:
    """Close a case; the name and the phone go, and of a refused request every digest."""
    changes: dict[Any, Any] = {
        RollCase.state: "closed",
        RollCase.outcome: outcome.value,
        RollCase.reason: reason,
        RollCase.closed_at: clock.now(),
        RollCase.name: "",
        RollCase.phone_mac: None,
    }
    if outcome is Outcome.REFUSED:
        changes |= {RollCase.nik_mac: None, RollCase.kk_mac: None, RollCase.eligible_from: None}
    await RollCase.update(changes).where(RollCase.id == row["id"])
    role = "official" if by else "system"
    await board.audit(by, role, f"roll case {outcome.value}", f"case:{row['id']}", reason)


@every(86_400, "forget requests nobody decided")
async def forget_requests() -> None:
    """Requests still open when the vote is over are closed, and what they told of a person is deleted."""
    over = Election.state.not_in(["draft", "frozen", "open"])
    votes = [row["cycle"] for row in await Election.select(Election.cycle).where(over)]
    waiting = (RollCase.kind == CaseKind.REQUEST.value) & (RollCase.state != "closed")
    rows = await RollCase.select(RollCase.id).where(waiting & RollCase.cycle.is_in(votes)) if votes else []
    for row in rows:
        await _forget(row["id"])


@transaction
async def _forget(id: UUID) -> None:
    row = await _locked(id)
    if row["state"] != "closed":
        await _close(row, Outcome.REFUSED, Refusal.VOTE_OVER.sentence, None)
