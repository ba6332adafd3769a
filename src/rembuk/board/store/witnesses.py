"""Witnesses: admitted and withdrawn by two persons and a leaf; the result is held back until enough of them signed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rembuk.board import notes, rules
from rembuk.board.rules import ActRecord, Kind, Refusal
from rembuk.board.store.acts import propose_act, second_act, use_act, waiting_acts
from rembuk.board.store.audit import audit
from rembuk.board.store.key import signer
from rembuk.board.store.log import append
from rembuk.board.store.proofs import leaves_of, root_at, size
from rembuk.board.tables import Checkpoint, Cosignature, Witness
from rembuk.database import refuses, transaction
from rembuk.errors import Refused

REGISTERING, WITHDRAWING = "witness.register", "witness.withdraw"
refuses("witness_name", Refusal.WITNESS_KNOWN)


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness as the board shows it: name, key, the largest board it cosigned (0 before the first)."""

    name: str
    key: str
    size: int


def witness_key(text: str) -> notes.Verifier:
    """A witness's public key as it prints it; raises Refused(NOT_A_WITNESS_KEY)."""
    try:
        key = notes.parse_verifier("".join(text.split()))
    except notes.BadNote as fault:
        raise Refused(Refusal.NOT_A_WITNESS_KEY) from fault
    if key.algorithm != notes.COSIGNATURE or not 0 < len(key.name) <= 100:
        raise Refused(Refusal.NOT_A_WITNESS_KEY)
    return key


async def propose_witness(text: str, person: UUID) -> ActRecord:
    """The first person asks to admit a witness by its public key."""
    key = witness_key(text)
    if key.name in {each.name for each in await witnesses()}:
        raise Refused(Refusal.WITNESS_KNOWN)
    if key.text in await withdrawn_keys():
        raise Refused(Refusal.WITNESS_WITHDRAWN)
    return await propose_act(REGISTERING, {"key": key.text}, person)


async def waiting_witnesses() -> list[tuple[ActRecord, notes.Verifier]]:
    """Witnesses that wait for the second person."""
    return [(act, notes.parse_verifier(json.loads(act.payload)["key"])) for act in await waiting_acts(REGISTERING)]


@transaction
async def admit_witness(act: UUID, person: UUID) -> notes.Verifier:
    """The second person signs: the witness's cosignatures are taken from now on."""
    signed = await second_act(act, person)
    key = json.loads(signed.payload).get("key", "") if signed.action == REGISTERING else ""
    await use_act(act, REGISTERING, {"key": key})
    verifier = await register_witness(key)
    await append(Kind.WITNESS, {"name": verifier.name, "key": key, "state": "admitted"})
    await audit(person, "city_official", "witness.registered", verifier.name, after={"key": key})
    return verifier


async def propose_witness_withdrawal(name: str, person: UUID) -> ActRecord:
    """The first person asks to withdraw a witness: it left, or its key is lost; Refused(NO_SUCH_WITNESS)."""
    key = next((each for each in await witnesses() if each.name == name), None)
    if key is None:
        raise Refused(Refusal.NO_SUCH_WITNESS)
    return await propose_act(WITHDRAWING, {"key": key.text}, person)


async def waiting_witness_withdrawals() -> list[tuple[ActRecord, notes.Verifier]]:
    """Withdrawals that wait for the second person."""
    return [(act, notes.parse_verifier(json.loads(act.payload)["key"])) for act in await waiting_acts(WITHDRAWING)]


@transaction
async def withdraw_witness(act: UUID, person: UUID) -> None:
    """The second person signs: a leaf tells it, and whatever the key signs from that leaf on counts for nothing.

    What a vote was frozen with stays: its quorum is not lowered, and nobody takes the place of who left.
    """
    signed = await second_act(act, person)
    key = json.loads(signed.payload).get("key", "") if signed.action == WITHDRAWING else ""
    await use_act(act, WITHDRAWING, {"key": key})
    gone = await Witness.delete().where(Witness.key == key).returning(Witness.name)
    if not gone:
        raise Refused(Refusal.NO_SUCH_WITNESS)
    await append(Kind.WITNESS, {"name": gone[0]["name"], "key": key, "state": "withdrawn"})
    await audit(person, "city_official", "witness.withdrawn", gone[0]["name"], before={"key": key})


async def withdrawn_keys() -> dict[str, int]:
    """The witness keys that were withdrawn, each with the number of the leaf that says so."""
    posted = [(leaf.index, json.loads(leaf.body)) for leaf in await leaves_of(Kind.WITNESS)]
    return {body["key"]: index for index, body in reversed(posted) if body["state"] == "withdrawn"}


@transaction
async def register_witness(key: str) -> notes.Verifier:
    """Keep a witness's public note key; raises BadNote when the line is not one."""
    verifier = notes.parse_verifier(key)
    await Witness.insert(Witness(name=verifier.name, key=verifier.text))
    return verifier


async def witnesses() -> list[notes.Verifier]:
    """The witnesses admitted, by name."""
    rows = await Witness.select(Witness.key).order_by(Witness.name)
    return [notes.parse_verifier(row["key"]) for row in rows]


async def witness_lines() -> list[WitnessLine]:
    """The witnesses with the largest board each cosigned."""
    seen: dict[str, int] = {}
    for row in await Cosignature.select(Cosignature.witness, Cosignature.size):
        seen[row["witness"]] = max(row["size"], seen.get(row["witness"], 0))
    return [WitnessLine(each.name, each.text, seen.get(each.name, 0)) for each in await witnesses()]


async def signer_of(at_size: int, line: str) -> str:
    """The registered witness whose cosignature of the checkpoint of this size the line is; else raises Refused."""
    row = await Checkpoint.select(Checkpoint.note).where(Checkpoint.size == at_size).first()
    if row is None:
        raise Refused(Refusal.OUTSIDE_BOARD)
    text = notes.open_note(row["note"], signer().verifier)
    known = {each.name: each for each in await witnesses()}
    name = line.removeprefix(notes.DASH).partition(" ")[0]
    if name not in known:
        raise Refused(Refusal.NO_SUCH_WITNESS)
    if not notes.cosignature_verifies(text, line.strip(), known[name]):
        raise Refused(Refusal.BAD_COSIGNATURE)
    return name


@transaction
async def cosign(at_size: int, line: str) -> None:
    """Keep a witness's cosignature of the checkpoint of this size, once; else raises Refused."""
    name = await signer_of(at_size, line)
    same = (Cosignature.size == at_size) & (Cosignature.witness == name)
    if not await Cosignature.exists().where(same):
        await Cosignature.insert(Cosignature(size=at_size, witness=name, line=line.strip()))


async def cosigners(index: int, keys: Sequence[str] | None = None) -> set[str]:
    """The witnesses whose signature covers the leaf of this number, each signature verified anew.

    Of the keys a vote was frozen with, when given; after its withdrawal a key signs for nothing.
    """
    named = await witnesses() if keys is None else [notes.parse_verifier(each) for each in keys]
    known, gone, found = {each.name: each for each in named}, await withdrawn_keys(), set[str]()
    columns = (Cosignature.size, Cosignature.witness, Cosignature.line)
    for row in await Cosignature.select(*columns).where(Cosignature.size > index):
        key = known.get(row["witness"])
        if key is None or key.name in found or row["size"] > gone.get(key.text, row["size"]):
            continue
        note = await Checkpoint.select(Checkpoint.note).where(Checkpoint.size == row["size"]).first()
        if note and notes.cosignature_verifies(notes.open_note(note["note"], signer().verifier), row["line"], key):
            found.add(key.name)
    return found


async def insist_cosigned(election: UUID, quorum: int, keys: Sequence[str] | None = None) -> None:
    """Refused(NOT_COSIGNED) until so many witnesses cosigned a board that holds the dice of this election.

    `keys` are the witnesses the vote was frozen with: nobody admitted later counts.
    """
    if quorum < 1:
        return
    drawn = [leaf.index for leaf in await leaves_of(Kind.SEED) if json.loads(leaf.body)["election"] == str(election)]
    signed = len(await cosigners(drawn[-1], keys)) if drawn else 0
    if signed < quorum:
        raise Refused(Refusal.NOT_COSIGNED, number=quorum, signed=signed)


async def rolled_back(note: str) -> str:
    """What contradicts a checkpoint somebody kept, in English; empty when this database holds all it says."""
    try:
        said = notes.parse_checkpoint(notes.open_note(note, signer().verifier))
    except notes.BadNote as fault:
        return f"not a checkpoint this board's key signed: {fault}"
    here = await size()
    if here < said.size:
        return f"the database is older: {here} leaves, {said.size} were signed"
    if await root_at(said.size) != said.root:
        return f"another history: the first {said.size} leaves are not those that were signed"
    return ""


async def insist_not_rolled_back(note: str) -> None:
    """Refused(ROLLED_BACK) when this database is older than, or other than, the checkpoint says."""
    if words := await rolled_back(note):
        raise Refused(rules.Refusal.ROLLED_BACK, words=words)
