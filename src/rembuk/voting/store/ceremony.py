"""The opening key in the product: settled by two persons, tried by two quorums before the booth opens (trust 4.1)."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Kind, canonical
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.voting.ceremony import trial_file
from rembuk.voting.keys import BrokenShares, TrialOpening, ceremony_missing, make_trial, read_line
from rembuk.voting.tables import KeyCeremony, TrialRecord
from rembuk.voting.terms import KeyRefusal, KeyTerms, terms_of, why_not_settle

SETTLING = "election.key"


@dataclass(frozen=True, slots=True)
class TrialDone:
    """A trial opening on record: which shares, and when."""

    shares: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ceremony:
    """How far the ceremony of an election has come; `missing` trial openings keep the booth shut."""

    public_key: str
    quorum: int
    trustees: int
    organisations: tuple[str, ...]
    trials: tuple[TrialDone, ...]
    missing: int


async def propose_key(cycle: UUID, terms: KeyTerms, person: UUID) -> ActRecord:
    """The first person names the key and its terms; an earlier request that nobody signed is taken back."""
    _insist_draft(await cycles.election(cycle))
    if reason := why_not_settle(terms):
        raise Refused(reason, number=terms.trustees)
    _trial(terms, cycle)
    if waiting := await waiting_key(cycle):
        await board.withdraw_act(waiting[0].id, person)
    return await board.propose_act(SETTLING, {"cycle": str(cycle), **terms.body}, person)


async def waiting_key(cycle: UUID) -> tuple[ActRecord, KeyTerms] | None:
    """The key that waits for its second person, if any."""
    for act in await board.waiting_acts(SETTLING):
        body = json.loads(act.payload)
        if body["cycle"] == str(cycle):
            return act, terms_of(body)
    return None


@transaction
async def settle_key(act: UUID, cycle: UUID, person: UUID) -> None:
    """The second person signs: ballots will be sealed to this key, and a trial envelope waits for its quorums."""
    signed = await board.second_act(act, person)
    body = json.loads(signed.payload)
    election = await cycles.locked_election(cycle)
    _insist_draft(election)
    await board.use_act(act, SETTLING, {**body, "cycle": str(cycle)})
    terms = terms_of(body)
    await cycles.name_trustees(
        cycle,
        terms.public_key,
        terms.level.value,
        (terms.witness_quorum, terms.auditor_quorum),
        terms.publication.value,
    )
    await _keep(election.id, terms, cycle)
    said = {name: value for name, value in terms.body.items() if name != "public_key"}
    await board.append(Kind.CEREMONY, {"election": str(election.id), "trustee_key": terms.public_key, **said})
    await board.audit(person, "city_official", "key.settled", str(election.id), after=terms.body)


async def _keep(election: UUID, terms: KeyTerms, cycle: UUID) -> None:
    """The terms with a fresh trial envelope; those of an earlier key are forgotten, the board remembers them."""
    await TrialRecord.delete().where(TrialRecord.election == election)
    await KeyCeremony.delete().where(KeyCeremony.election == election)
    ciphertext, answer = _trial(terms, election)
    await KeyCeremony.insert(
        KeyCeremony(
            election=election,
            public_key=terms.public_key,
            quorum=terms.quorum,
            trustees=terms.trustees,
            organisations=canonical(list(terms.organisations)).decode(),
            trial=ciphertext,
            answer=answer,
        )
    )


def _trial(terms: KeyTerms, election: UUID) -> tuple[bytes, str]:
    try:
        made = make_trial(bytes.fromhex(terms.public_key), election)
    except ValueError as fault:  # not a point ballots could be sealed to
        raise Refused(KeyRefusal.NOT_A_KEY) from fault
    return made.ciphertext, made.answer


async def ceremony_of(election: UUID) -> Ceremony | None:
    """The settled key of an election with its trial openings, or None before two persons settled one."""
    row = await KeyCeremony.select().where(KeyCeremony.election == election).first()
    if row is None:
        return None
    done = await TrialRecord.select(TrialRecord.shares, TrialRecord.at).where(TrialRecord.election == election)
    trials = tuple(sorted((TrialDone(each["shares"], each["at"]) for each in done), key=lambda each: each.at))
    openings = [TrialOpening(frozenset(map(int, each.shares.split("-"))), "") for each in trials]
    return Ceremony(
        row["public_key"],
        row["quorum"],
        row["trustees"],
        tuple(json.loads(row["organisations"])),
        trials,
        ceremony_missing(openings, "", row["quorum"], row["trustees"]),
    )


async def trial_envelope(cycle: UUID) -> bytes:
    """The sealed trial envelope as a file to take to the offline machine; Refused(NO_KEY_YET)."""
    election = (await cycles.election(cycle)).id
    row = await KeyCeremony.select().where(KeyCeremony.election == election).first()
    if row is None:
        raise Refused(KeyRefusal.NO_KEY_YET)
    return trial_file(election, bytes.fromhex(row["public_key"]), row["trial"])


@transaction
async def record_trial(cycle: UUID, typed: str, person: UUID) -> int:
    """Note a trial opening by its result line; how many are still missing. Raises Refused for a wrong line."""
    election = await cycles.locked_election(cycle)
    row = await KeyCeremony.select().where(KeyCeremony.election == election.id).first()
    if row is None:
        raise Refused(KeyRefusal.NO_KEY_YET)
    opening = _opening(typed, row["answer"], row["quorum"], row["trustees"])
    shares = sorted(opening.quorum)
    await TrialRecord.insert(
        TrialRecord(election=election.id, shares="-".join(map(str, shares)), person=person, at=now())
    )
    await board.append(
        Kind.TEST_OPENING, {"election": str(election.id), "trustee_key": row["public_key"], "shares": shares}
    )
    await board.audit(person, "city_official", "key.tried", str(election.id), after=shares)
    held = await ceremony_of(election.id)
    return held.missing if held else 2


def _opening(typed: str, answer: str, quorum: int, trustees: int) -> TrialOpening:
    try:
        opening = read_line(typed, answer)
    except BrokenShares as fault:
        raise Refused(KeyRefusal.NOT_A_LINE) from fault
    if opening is None:
        raise Refused(KeyRefusal.WRONG_ANSWER)
    if len(opening.quorum) < quorum or not opening.quorum <= set(range(1, trustees + 1)):
        raise Refused(KeyRefusal.WRONG_SHARES, quorum=quorum, trustees=trustees)
    return opening


def _insist_draft(election: Election) -> None:
    if election.state is not ElectionState.DRAFT:
        raise Refused(CycleRefusal.FROZEN)
