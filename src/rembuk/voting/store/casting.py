"""Casting: mark, envelope and leaf in one transaction; the same form sent again gets the same receipt."""

from dataclasses import dataclass
from uuid import UUID

from piccolo.querystring import QueryString

from rembuk.board.store import lookup, promise, promised
from rembuk.cycles import store as cycles
from rembuk.database import refuses, transaction
from rembuk.errors import Refused
from rembuk.people.codes import public_key, sign
from rembuk.people.store import code_keys
from rembuk.voting import rules
from rembuk.voting.rules import Chosen, Mark, Poll, Refusal, State, Voter
from rembuk.voting.seal import Choice, Sealed, Slot, idem_key_of, seal
from rembuk.voting.store.poll import cycle_of, mark_of, poll_of
from rembuk.voting.tables import BoothVisit, Burned, Envelope, RollMark

refuses("envelope_leaf_once", Refusal.COPIED)


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
    await cycles.turn_if_due(await cycle_of(voter))
    return await _cast(voter, chosen, nonce)


@transaction(isolation="read committed")  # the rows that matter are locked by hand: election shared, roll entry
async def _cast(voter: Voter, chosen: Chosen, nonce: bytes) -> Receipt:
    poll = await poll_of(voter)
    mark = await mark_of(voter, lock=True)
    if await _is_burned(voter, nonce):
        raise Refused(Refusal.BURNED)
    envelope = sealed(chosen, nonce, poll)
    if kept := await _kept(voter, envelope):
        return kept
    if reason := rules.why_not(chosen, poll, mark):
        raise Refused(reason, **rules.facts(chosen, poll))
    await _insist_on_signature(voter)
    return await _keep(voter, envelope, mark.advanced())


@transaction(isolation="read committed")
async def burn(voter: Voter, nonce: bytes) -> None:
    """Make a sealing that is about to be opened for checking impossible to cast."""
    await poll_of(voter)
    await mark_of(voter, lock=True)
    sent = Envelope.exists().where((Envelope.election == voter.election) & (Envelope.idem_key == idem_key_of(nonce)))
    if await sent:
        raise Refused(Refusal.OTHER_BALLOT)
    if not await _is_burned(voter, nonce):
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
    if not set(chosen) <= poll.costs.keys():  # the length is made for this ballot
        raise Refused(rules.why_spoiled(chosen, poll) or Refusal.NOT_ON_BALLOT, **rules.facts(chosen, poll))
    try:
        return seal(Choice.of_set(chosen), nonce, slot_of(poll))
    except ValueError as fault:
        raise Refused(Refusal.BAD_NONCE) from fault


async def _is_burned(voter: Voter, nonce: bytes) -> bool:
    return await Burned.exists().where((Burned.election == voter.election) & (Burned.idem_key == idem_key_of(nonce)))


async def _kept(voter: Voter, envelope: Sealed) -> Receipt | None:
    """The receipt of this very form, sent before; Refused when it then carried another ballot."""
    row = (
        await Envelope.select(Envelope.leaf_sha256, Envelope.seq)
        .where(
            (Envelope.election == voter.election)
            & (Envelope.roll == voter.roll)
            & (Envelope.idem_key == envelope.idem_key)
        )
        .first()
    )
    if row is None:
        return None
    if row["leaf_sha256"] != envelope.leaf_sha256:
        raise Refused(Refusal.OTHER_BALLOT)
    return _receipt(row["leaf_sha256"], row["seq"])


async def _insist_on_signature(voter: Voter) -> None:
    """Refused(NOT_SIGNED) when a code voter's key is gone, or opens nothing any more."""
    seed = voter.signing_seed
    if voter.is_unsigned or (seed and public_key(seed).hex() not in await code_keys(voter.roll)):
        raise Refused(Refusal.NOT_SIGNED)


async def _keep(voter: Voter, envelope: Sealed, mark: Mark) -> Receipt:
    await RollMark.insert(
        RollMark(election=voter.election, roll=voter.roll, channel="online", seq=mark.seq)
    ).on_conflict(
        target=(RollMark.election, RollMark.roll),
        action="DO UPDATE",
        values=[(RollMark.seq, QueryString("{}", mark.seq))],
    )
    seed = voter.signing_seed
    await Envelope.insert(
        Envelope(
            election=voter.election,
            roll=voter.roll,
            district=voter.district,
            seq=mark.seq,
            idem_key=envelope.idem_key,
            ciphertext=envelope.ciphertext,
            signer_key=public_key(seed).hex() if seed else None,
            signature=sign(seed, voter.election, envelope.leaf_sha256).hex() if seed else None,
            leaf_sha256=envelope.leaf_sha256,
        )
    )
    await BoothVisit.update({BoothVisit.unsent: False}).where(
        (BoothVisit.election == voter.election) & (BoothVisit.roll == voter.roll)
    )
    await promise(envelope.leaf)
    return _receipt(envelope.leaf_sha256, mark.seq)


def _receipt(leaf_sha256: str, seq: int) -> Receipt:
    given = promised(leaf_sha256)
    return Receipt(given.receipt, given.note, leaf_sha256, seq)
