"""Voter codes as the server knows them: serials, public keys, second factors; loaded, handed out, voided."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.board import rules as board
from rembuk.board.store import append, audit, leaves_of
from rembuk.cycles.tables import Cycle
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.people import codes, pepper
from rembuk.people.rules import WRONG_SECOND_FACTORS, Refusal, RollFacts, read_second_factor, without_nik
from rembuk.people.store.roll import CHUNK, chunks, person_for, roll_entry
from rembuk.people.tables import CodeBatch, CodeEvent, Credential
from rembuk.places.rules import covers


@dataclass(frozen=True)
class NewCode:
    """What the print tool tells of one code: its serial and public key (hex); perhaps already whose it is."""

    serial: str
    public_key: str
    roll: UUID | None = None
    second_factor: str = ""


@dataclass(frozen=True)
class SignedIn:
    """Who came in: the account, the line of the roll, its cycle, and by code the signing key's seed."""

    person: UUID
    roll: UUID | None
    cycle: UUID | None
    seed: bytes = b""


@transaction
async def load_batch(
    cycle: UUID, batch: str, new: Sequence[NewCode], by: UUID | None = None, *, area: str = "", sha256: str = ""
) -> int:
    """Load one package of codes, once (I5); Refused(BATCH_LOADED) the second time. Gives their number."""
    if await Credential.exists().where(Credential.cycle == cycle, Credential.batch == batch):
        raise Refused(Refusal.BATCH_LOADED, batch=batch)
    package = CodeBatch(
        cycle=cycle,
        name=batch,
        area=area,
        sha256=sha256 or codes.keys_root([bytes.fromhex(code.public_key) for code in new]),
        code_count=len(new),
        loaded_by=by,
        loaded_at=clock.now(),
    )
    await CodeBatch.insert(package)
    for chunk in chunks(new, CHUNK):
        await Credential.insert(*(_row(cycle, batch, code) for code in chunk))
    await audit(by, "official" if by else "system", "load codes", f"batch:{batch}", str(len(new)))
    await commit_roll_keys(cycle, f"batch {batch}")
    return len(new)


@transaction
async def hand_out(cycle: UUID, serial: str, roll: UUID, second_factor: str, by: UUID | None) -> None:
    """A sealed envelope goes to a person of the roll, who sets a second factor; logged by serial."""
    mac = pepper.second_factor_mac(serial, read_second_factor(second_factor))
    await bind(cycle, serial, roll, mac, by)
    await note(cycle, serial, "issue", "", by)


async def bind(cycle: UUID, serial: str, roll: UUID, second_mac: str, by: UUID | None) -> None:
    """Tie a printed envelope to a line of the roll that holds none, of the kelurahan the package belongs to."""
    await _insist_bindable(cycle, serial, roll)
    changes: dict[Any, Any] = {
        Credential.roll: roll,
        Credential.second_factor_mac: second_mac,
        Credential.failures: 0,
        Credential.state: "issued",
    }
    mine = (Credential.cycle == cycle) & (Credential.serial == serial) & (Credential.state == "printed")
    if not await Credential.update(changes).where(mine).returning(Credential.id):
        raise Refused(Refusal.NO_SUCH_CODE)
    await audit(by, "facilitator" if by else "system", "hand out code", f"serial:{serial}")


async def _insist_bindable(cycle: UUID, serial: str, roll: UUID) -> None:
    entry = await roll_entry(roll)
    if entry is None or entry.cycle != cycle or entry.status != "active":
        raise Refused(Refusal.NOT_ON_ROLL)
    if await Credential.exists().where(Credential.roll == roll, Credential.state.is_in(["issued", "locked"])):
        raise Refused(Refusal.HAS_CODE)
    query = Credential.select(Credential.batch).where(Credential.cycle == cycle, Credential.serial == serial)
    found = await query.first()
    package = CodeBatch.select(CodeBatch.area).where(CodeBatch.cycle == cycle)
    batch = await package.where(CodeBatch.name == found["batch"]).first() if found else None
    if batch and not covers(batch["area"], entry.rw):
        raise Refused(Refusal.OTHER_BATCH)


@transaction
async def void_code(cycle: UUID, serial: str, reason: str, by: UUID | None) -> None:
    """A code is lost or spoiled and opens nothing any more; logged by serial with the reason."""
    await _void(cycle, serial, reason, by)
    await note(cycle, serial, "void", reason, by)


async def _void(cycle: UUID, serial: str, reason: str, by: UUID | None) -> None:
    gone = (
        await Credential.update({Credential.state: "void"})
        .where(Credential.cycle == cycle, Credential.serial == serial, Credential.state != "void")
        .returning(Credential.id)
    )
    if not gone:
        raise Refused(Refusal.NO_SUCH_CODE)
    await audit(by, "facilitator" if by else "system", "void code", f"serial:{serial}", without_nik(reason))
    await _repeat_roll_keys(cycle, "void")


@transaction
async def reissue(cycle: UUID, lost: str, new: str, second_factor: str, *, reason: str, by: UUID | None) -> None:
    """Void a lost or locked code and hand a fresh envelope to the same line of the roll (T15)."""
    await rebind(
        cycle, lost, new, pepper.second_factor_mac(new, read_second_factor(second_factor)), reason=reason, by=by
    )


async def rebind(cycle: UUID, lost: str, new: str, second_mac: str, *, reason: str, by: UUID | None) -> None:
    """The same with the second factor as its digest already: what a second officer signs holds no factor."""
    row = await _issued(cycle, lost)
    await _void(cycle, lost, reason, by)
    await bind(cycle, new, row.roll, second_mac, by)
    await note(cycle, lost, "reissue", reason, by)
    await note(cycle, new, "issue", reason, by)


async def note(cycle: UUID, serial: str, act: str, reason: str, by: UUID | None) -> None:
    """Add a line to the log of an envelope."""
    day = clock.local(clock.now()).date()
    await CodeEvent.insert(CodeEvent(cycle=cycle, serial=serial, act=act, reason=without_nik(reason), by=by, day=day))


async def roll_of_code(cycle: UUID, typed: str) -> RollFacts:
    """The line of the roll whose code a person shows at a post; Refused with CodeProblem, CODE_WRONG or CODE_LOCKED.

    The second factor is not asked: the person stands there. Count wrong tries where you call it.
    """
    key = codes.public_key(codes.key_seed(codes.parse_code(typed), cycle)).hex()
    row = await Credential.select().where(Credential.cycle == cycle, Credential.public_key == key).first()
    if row and row["state"] == "locked":
        raise Refused(Refusal.CODE_LOCKED)
    entry = await roll_entry(row["roll"]) if row and row["state"] == "issued" and row["roll"] else None
    if entry is None or entry.status != "active":
        raise Refused(Refusal.CODE_WRONG)
    return entry


async def area_of_code(cycle: UUID, serial: str) -> str:
    """The RW of the person who holds a code; Refused(NO_SUCH_CODE) when nobody does."""
    return (await _issued(cycle, serial)).rw


@dataclass(frozen=True)
class _Issued:
    roll: UUID
    rw: str


async def _issued(cycle: UUID, serial: str) -> _Issued:
    row = (
        await Credential.select(Credential.roll, Credential.roll.rw.as_alias("rw"))
        .where(Credential.cycle == cycle, Credential.serial == serial, Credential.state != "void")
        .first()
    )
    if row is None or row["roll"] is None:
        raise Refused(Refusal.NO_SUCH_CODE)
    return _Issued(row["roll"], row["rw"])


async def commit_roll_keys(cycle: UUID, cause: str) -> None:
    """Post a leaf with the root over every key of a cycle: nobody can invent a code's ballot later (trust.md 3)."""
    keys = await all_code_keys(cycle)
    body: dict[str, board.Json] = {
        "cycle": str(cycle),
        "count": len(keys),
        "root": codes.keys_root(keys),
        "cause": cause,
        "moment": clock.now().isoformat(timespec="microseconds"),
    }
    await append(board.Kind.ROLL_KEYS, body)


async def _repeat_roll_keys(cycle: UUID, cause: str) -> None:
    """Post the last root again: voiding a code changes no key, so a city's million are not read for it."""
    posted = [json.loads(leaf.body) for leaf in await leaves_of(board.Kind.ROLL_KEYS)]
    last = next((body for body in reversed(posted) if body["cycle"] == str(cycle)), None)
    if last is None:
        await commit_roll_keys(cycle, cause)
        return
    moment = clock.now().isoformat(timespec="microseconds")
    same = {name: last[name] for name in ("cycle", "count", "root")}
    await append(board.Kind.ROLL_KEYS, {**same, "cause": cause, "moment": moment})


async def code_keys(roll: UUID) -> frozenset[str]:
    """The public keys (hex) whose signature counts for a line of the roll."""
    rows = await Credential.select(Credential.public_key).where(Credential.roll == roll, Credential.state == "issued")
    return frozenset(row["public_key"] for row in rows)


async def all_code_keys(cycle: UUID) -> list[bytes]:
    """Every public key of a cycle, lost ones too: what they signed before must verify; a `roll_keys` leaf's keys."""
    rows = await Credential.select(Credential.public_key).where(Credential.cycle == cycle)
    return sorted(bytes.fromhex(row["public_key"]) for row in rows)


async def sign_in_with_code(typed: str, second_factor: str, signed_in: UUID | None = None) -> SignedIn:
    """Let the holder of a code in; Refused with CodeProblem, CODE_WRONG or CODE_LOCKED. Wrong tries count."""
    code, digits = codes.parse_code(typed), read_second_factor(second_factor)
    for cycle in await _open_cycles():
        seed = codes.key_seed(code, cycle)
        answer = await _tried(cycle, codes.public_key(seed).hex(), digits)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        if answer is not None:
            return SignedIn(await person_for(answer, signed_in), answer, cycle, seed)
    raise Refused(Refusal.CODE_WRONG)


@transaction
async def _tried(cycle: UUID, public_key: str, digits: str) -> UUID | Refusal | None:
    """The line behind a key, a refusal whose count must stay, or None when the key is unknown here."""
    query = Credential.select().where(Credential.cycle == cycle, Credential.public_key == public_key)
    row = await lock_row(query.limit(1))
    if not row:
        return None
    found = row[0]
    if found["state"] == "locked":
        return Refusal.CODE_LOCKED
    if found["state"] != "issued" or found["roll"] is None:
        return Refusal.CODE_WRONG
    if pepper.same(pepper.second_factor_mac(found["serial"], digits), found["second_factor_mac"]):
        await Credential.update({Credential.failures: 0}).where(Credential.id == found["id"])
        return UUID(str(found["roll"]))
    return await _count_failure(found["id"], found["failures"] + 1)


async def _count_failure(credential: UUID, failures: int) -> Refusal:
    """Note one more wrong second factor; the fifth in a row locks the code until the desk reissues it."""
    locked = failures >= WRONG_SECOND_FACTORS
    changes: dict[Any, Any] = {
        Credential.failures: failures,
        Credential.state: "locked" if locked else "issued",
    }
    await Credential.update(changes).where(Credential.id == credential)
    return Refusal.CODE_LOCKED if locked else Refusal.CODE_WRONG


async def _open_cycles() -> list[UUID]:
    """Cycles a code may belong to: published rounds, the newest first."""
    rows = (
        await Cycle.select(Cycle.id)
        .where(Cycle.kind == "round", Cycle.state == "published")
        .order_by(Cycle.year, ascending=False)
    )
    return [row["id"] for row in rows]


def _row(cycle: UUID, batch: str, code: NewCode) -> Credential:
    mac = pepper.second_factor_mac(code.serial, read_second_factor(code.second_factor)) if code.second_factor else ""
    return Credential(
        id=uuid.uuid4(),
        cycle=cycle,
        roll=code.roll,
        serial=code.serial,
        public_key=code.public_key,
        second_factor_mac=mac,
        state="issued" if code.roll and mac else "printed",
        batch=batch,
    )
