"""Casting: mark, envelope and leaf in one transaction; the same form sent again gets the same receipt."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board.store import drain, lookup, promised, queue
from rembuk.cycles import store as cycles
from rembuk.database import Fixed, Row, refuses, transaction
from rembuk.errors import Refused
from rembuk.people.codes import public_key, sign
from rembuk.people.store import code_keys
from rembuk.voting import rules
from rembuk.voting.rules import Chosen, Mark, Poll, Refusal, State, Voter
from rembuk.voting.seal import Sealed, Slot, idem_key_of, seal
from rembuk.voting.store.poll import frozen_poll, mark_in
from rembuk.voting.tables import BoothVisit, Burned, Envelope

refuses("envelope_leaf_once", Refusal.COPIED)

_configs: dict[str, str] = {}
"""Frozen configurations by their SHA-256: they never change, and are too long to be read for every ballot."""


@dataclass(frozen=True)
class Receipt:
    """Proof that a ballot was taken: its code, the board's signed promise, and how many were sent so far."""

    code: str
    note: str
    leaf_sha256: str
    seq: int
    index: int | None = None


def slot_of(poll: Poll) -> Slot:
    """Where a ballot of this poll is dropped in."""
    return Slot(poll.election, poll.district, bytes.fromhex(poll.trustee_key), poll.length)


async def cast(voter: Voter, chosen: Chosen, nonce: bytes) -> Receipt:
    """Take one ballot whole: mark the roll, keep the envelope, promise its leaf; or refuse (trust.md 5).

    The booth closes at its instant even when the scheduler has not come round: then this is the first to close it.
    """
    try:
        return await _cast(voter, chosen, nonce)
    except _Due as due:
        await cycles.turn_if_due(due.cycle)
        return await _cast(voter, chosen, nonce, turned=True)


class _Due(Exception):
    """The instant to open or close the booth has come, and nobody did it yet."""

    def __init__(self, cycle: UUID) -> None:
        self.cycle = cycle


# The path of every ballot is written out: at most eight statements (trust.md 5).
_BOOTH = Fixed(
    """SELECT election.cycle, election.state, election.config_sha256, phase.starts_at, phase.ends_at
    FROM election JOIN roll_entry ON roll_entry.id = {}
    LEFT JOIN phase ON phase.cycle = election.cycle AND phase.kind = 'voting' WHERE election.id = {}""",
    locks="FOR SHARE OF election FOR UPDATE OF roll_entry",
)
_CONFIG = Fixed("SELECT config FROM election WHERE id = {}")
# asked behind the locks: a snapshot taken before them would not see the ballot one waited for
_SENT = Fixed(
    """SELECT roll_entry.status, roll_mark.seq, roll_mark.channel, burned.id AS burned,
    envelope.leaf_sha256, envelope.seq AS sent FROM roll_entry
    LEFT JOIN roll_mark ON roll_mark.election = {} AND roll_mark.roll = roll_entry.id
    LEFT JOIN burned ON burned.election = {} AND burned.idem_key = {}
    LEFT JOIN envelope ON envelope.election = {} AND envelope.roll = roll_entry.id AND envelope.idem_key = {}
    WHERE roll_entry.id = {}"""
)


_QUEUED = Fixed(
    """SELECT envelope.seq FROM envelope JOIN leaf_queue ON leaf_queue.leaf_sha256 = envelope.leaf_sha256
    WHERE envelope.election = {} AND envelope.roll = {}"""
)


@transaction(isolation="read committed")  # the rows that matter are locked by hand: election shared, roll entry
async def _cast(voter: Voter, chosen: Chosen, nonce: bytes, *, turned: bool = False) -> Receipt:
    poll = await _locked_poll(voter, turned)
    row = await _sent(voter, nonce)
    if row["burned"]:
        raise Refused(Refusal.BURNED)
    envelope = sealed(chosen, nonce, poll)
    if row["leaf_sha256"]:
        return _sent_before(row, envelope)
    mark = mark_in(row)
    if reason := rules.why_not(chosen, poll, mark):
        raise Refused(reason, **rules.facts(chosen, poll))
    await _insist_on_signature(voter)
    if mark.seq and await _QUEUED(voter.election, voter.roll):
        await drain()  # within one batch the order is random: the earlier ballot is posted before this one is queued
    return await _keep(voter, envelope, mark.advanced())


async def _locked_poll(voter: Voter, turned: bool = True) -> Poll:
    """The poll, holding the phase lock shared and the voter's line; raises _Due unless `turned` just now."""
    await cycles.hold_booth(voter.election)
    rows = await _BOOTH(voter.roll, voter.election)
    if not rows or not rows[0]["config_sha256"]:
        raise Refused(Refusal.NOT_OPEN)
    row, state = rows[0], State(rows[0]["state"])
    instant = row["ends_at"] if state is State.OPEN else row["starts_at"] if state is State.FROZEN else None
    if not turned and instant and instant <= clock.now():
        raise _Due(row["cycle"])
    config = _configs.get(row["config_sha256"])
    if config is None:
        config = (await _CONFIG(voter.election))[0]["config"]
        _configs[row["config_sha256"]] = config
    return replace(frozen_poll(config, row["cycle"], voter.district), state=state)


async def _sent(voter: Voter, nonce: bytes) -> Row:
    key, election = idem_key_of(nonce), voter.election
    rows = await _SENT(election, election, key, election, key, voter.roll)
    return rows[0]


def _sent_before(row: Row, envelope: Sealed) -> Receipt:
    """The receipt of this very form, sent before; Refused when it then carried another ballot."""
    if row["leaf_sha256"] != envelope.leaf_sha256:
        raise Refused(Refusal.OTHER_BALLOT)
    return _receipt(row["leaf_sha256"], row["sent"])


@transaction(isolation="read committed")
async def burn(voter: Voter, nonce: bytes) -> None:
    """Make a sealing that is about to be opened for checking impossible to cast."""
    await _locked_poll(voter)
    row = await _sent(voter, nonce)
    if row["leaf_sha256"]:
        raise Refused(Refusal.OTHER_BALLOT)
    if not row["burned"]:
        await Burned.insert(Burned(election=voter.election, idem_key=idem_key_of(nonce)))


async def receipt_of(voter: Voter) -> Receipt | None:
    """The receipt of the voter's newest ballot, or None before there is one."""
    row = (
        await Envelope.select(Envelope.leaf_sha256, Envelope.seq)
        .where((Envelope.election == voter.election) & (Envelope.roll == voter.roll))
        .order_by(Envelope.seq, ascending=False)
        .first()
    )
    if row is None:
        return None
    receipt = _receipt(row["leaf_sha256"], row["seq"])
    place = await lookup(receipt.code)
    return Receipt(receipt.code, receipt.note, receipt.leaf_sha256, receipt.seq, place.index if place else None)


@transaction
async def visited(voter: Voter) -> None:
    """Note that this voter reviewed a ballot and has not sent it yet."""
    mine = (BoothVisit.election == voter.election) & (BoothVisit.roll == voter.roll)
    changed = await BoothVisit.update({BoothVisit.unsent: True}).where(mine).returning(BoothVisit.id)
    if not changed:
        await BoothVisit.insert(BoothVisit(election=voter.election, roll=voter.roll))


async def has_unsent(roll: UUID, person: UUID | None = None) -> bool:
    """Whether a ballot was reviewed and not sent, by a line of the roll or a person, while it can still be sent."""
    mine = BoothVisit.roll == roll
    whose = mine | (BoothVisit.roll.person == person) if person else mine
    waiting = BoothVisit.unsent.eq(True) & (BoothVisit.election.state == State.OPEN.value)
    return await BoothVisit.exists().where(whose & waiting)


def sealed(chosen: Chosen, nonce: bytes, poll: Poll) -> Sealed:
    """The envelope these choices make with this form's nonce; Refused when they could not even be sealed."""
    if reason := rules.why_spoiled(chosen, poll):  # the length is made for sound ballots
        raise Refused(reason, **rules.facts(chosen, poll))
    try:
        return seal(rules.choice_of(chosen, poll.ballot_type), nonce, slot_of(poll))
    except ValueError as fault:
        raise Refused(Refusal.BAD_NONCE) from fault


async def _insist_on_signature(voter: Voter) -> None:
    """Refused(NOT_SIGNED) when a code voter's key is gone, or opens nothing any more."""
    seed = voter.signing_seed
    if voter.is_unsigned or (seed and public_key(seed).hex() not in await code_keys(voter.roll)):
        raise Refused(Refusal.NOT_SIGNED)


_MARKED = Fixed(
    """INSERT INTO roll_mark (id, election, roll, channel, seq) VALUES ({}, {}, {}, 'online', {})
    ON CONFLICT (election, roll) DO UPDATE SET seq = excluded.seq"""
)
_DROPPED_IN = Fixed(
    """INSERT INTO envelope
    (id, election, roll, district, seq, idem_key, ciphertext, signer_key, signature, leaf_sha256)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {})"""
)
_NOT_UNSENT = Fixed("UPDATE booth_visit SET unsent = false WHERE election = {} AND roll = {}")


async def _keep(voter: Voter, envelope: Sealed, mark: Mark) -> Receipt:
    seed, election, leaf = voter.signing_seed, voter.election, envelope.leaf_sha256
    await _MARKED(uuid4(), election, voter.roll, mark.seq)
    await _DROPPED_IN(
        uuid4(),
        election,
        voter.roll,
        voter.district,
        mark.seq,
        envelope.idem_key,
        envelope.ciphertext,
        public_key(seed).hex() if seed else None,
        sign(seed, election, leaf).hex() if seed else None,
        leaf,
    )
    await _NOT_UNSENT(election, voter.roll)
    await queue(envelope.leaf)
    return _receipt(leaf, mark.seq)


def _receipt(leaf_sha256: str, seq: int) -> Receipt:
    given = promised(leaf_sha256)
    return Receipt(given.receipt, given.note, leaf_sha256, seq)
