"""Opening the box: the link to persons is dropped and the order shuffled before any choice is read (trust.md 4.6)."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Kind, digest
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.cycles.tables import Election as ElectionRow
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people.codes import keys_root
from rembuk.people.store import all_code_keys, roll_counts
from rembuk.people.tables import Credential, RollEntry
from rembuk.results.rules import Refusal, dice_of
from rembuk.results.store.counting import contests_of
from rembuk.results.tables import BallotsFile as BallotsFileRow
from rembuk.voting import box as sealed_box
from rembuk.voting.box import BallotsFile, Box, Failure, OuterEnvelope
from rembuk.voting.keys import BrokenShares, join, public_of
from rembuk.voting.tables import Envelope, RollMark

OPENING = "box.open"


async def propose_opening(cycle: UUID, person: UUID) -> ActRecord:
    """The first person asks to open the box."""
    election = await _closed(cycle)
    return await board.propose_act(OPENING, {**_payload(election)}, person)


async def waiting_opening(cycle: UUID) -> ActRecord | None:
    """The request to open this cycle's box that waits for its second person, if any."""
    election = await cycles.election(cycle)
    wanted = digest({**_payload(election)})
    waiting = await board.waiting_acts(OPENING)
    return next((act for act in waiting if act.payload_sha256 == wanted), None)


async def open_ballots(act: UUID, cycle: UUID, person: UUID, shares: Sequence[str]) -> int:
    """The second person signs, the trustees' shares open the box; how many ballots lay in it."""
    election = await _closed(cycle)
    secret = _secret(shares, election.trustee_key)
    await cycles.insist_config(election)
    await board.drain()
    box = await _audited_box(election)
    contests = await contests_of(cycle)
    opened = sealed_box.open_box(box, secret, contests)
    files = [sealed_box.ballots_file(contest, opened.ballots.get(code, ())) for code, contest in contests.items()]
    return await _keep(act, cycle, person, files, opened.failures)


async def _audited_box(election: Election) -> Box:
    """The box without its outside; Refused(AUDIT_FAILS) when outside, keys or board do not fit (trust.md 4.6)."""
    chosen, marks = await outer_envelopes(election.id), await _online_marks(election.id)
    expected = dict(Counter(district for district, _ in marks.values()))
    faults = sealed_box.outer_faults(chosen, expected, await _committed_keys(election.cycle), election.id)
    faults += sealed_box.mark_faults(chosen, marks)
    faults += [*await _uncommitted_keys(election), *await _uncommitted_voters(election)]
    faults += await _board_faults(election.id)
    box = sealed_box.boxed(election.id, chosen)
    del chosen, marks  # from here on nothing links a ballot to a person
    if faults := faults or sealed_box.inner_faults(box, await _posted(election.id), expected):
        raise Refused(Refusal.AUDIT_FAILS, words="; ".join(faults[:3]))
    return box


@transaction
async def _keep(act: UUID, cycle: UUID, person: UUID, files: Sequence[BallotsFile], failures: Sequence[Failure]) -> int:
    election = await _closed(cycle)
    await board.second_act(act, person)
    await board.use_act(act, OPENING, {**_payload(election)})
    eligible = await _eligible(cycle)
    rows = [
        BallotsFileRow(
            cycle=cycle,
            area=file.district,
            online_count=file.online,
            paper_count=file.paper,
            eligible_count=eligible.get(file.district, 0),
            content=file.text,
            sha256=file.sha256,
        )
        for file in files
    ]
    await BallotsFileRow.insert(*rows)
    await board.append(Kind.OPENED, sealed_box.opened_body(election.id, files, failures))
    await cycles.advance(cycle, ElectionState.OPENED)
    await board.audit(person, "city_official", "box.opened", str(election.id), after={**_payload(election)})
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


async def outer_envelopes(election: UUID) -> list[OuterEnvelope]:
    """The newest envelope of every roll entry that did not vote on paper afterwards."""
    rows = await Envelope.select(
        Envelope.roll, Envelope.district, Envelope.seq, Envelope.ciphertext, Envelope.signer_key, Envelope.signature
    ).where(Envelope.election == election)
    paper = await RollMark.select(RollMark.roll).where((RollMark.election == election) & (RollMark.channel == "paper"))
    return sealed_box.newest((OuterEnvelope(**row) for row in rows), {row["roll"] for row in paper})


async def _closed(cycle: UUID) -> Election:
    election = await cycles.election(cycle)
    if election.state is not ElectionState.CLOSED:
        raise Refused(Refusal.NOT_CLOSED)
    return election


def _secret(shares: Sequence[str], trustee_key: str) -> bytes:
    try:
        secret = join(shares)
    except BrokenShares as fault:
        raise Refused(Refusal.BAD_SHARES) from fault
    if public_of(secret).hex() != trustee_key:
        raise Refused(Refusal.OTHER_KEY)
    return secret


def _payload(election: Election) -> dict[str, str]:
    return {"election": str(election.id), "config_sha256": election.config_sha256}


async def _online_marks(election: UUID) -> dict[UUID, tuple[str, int]]:
    """District and seq of every mark of this election that came online, by roll entry."""
    rows = await RollMark.select(RollMark.roll, RollMark.seq, RollMark.roll.kecamatan.as_alias("district")).where(
        (RollMark.election == election) & (RollMark.channel == "online")
    )
    return {row["roll"]: (row["district"], row["seq"]) for row in rows}


async def _eligible(cycle: UUID) -> dict[str, int]:
    rows = await RollEntry.select(RollEntry.kecamatan).where(
        (RollEntry.cycle == cycle) & (RollEntry.status == "active")
    )
    return dict(Counter(row["kecamatan"] for row in rows))


async def _committed_keys(cycle: UUID) -> set[str]:
    rows = await Credential.select(Credential.public_key).where(Credential.cycle == cycle)
    return {row["public_key"] for row in rows}


async def _posted(election: UUID) -> dict[str, int]:
    """Index on the board of every envelope of this election, by its ciphertext's SHA-256."""
    leaves = await board.leaves_of(Kind.ENVELOPE)
    bodies = ((json.loads(leaf.body), leaf.index) for leaf in leaves)
    return {body["sha256"]: index for body, index in bodies if body["election"] == str(election)}


async def _uncommitted_keys(election: Election) -> list[str]:
    """A fault when the keys of the codes are not those whose root was posted last: somebody added or swapped one."""
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.ROLL_KEYS)]
    posted = [(body["root"], body["count"]) for body in bodies if body["cycle"] == str(election.cycle)]
    keys = await all_code_keys(election.cycle)
    return [] if posted[-1:] == [(keys_root(keys), len(keys))] else ["the keys of the codes are not those committed"]


async def _uncommitted_voters(election: Election) -> list[str]:
    """A fault for every RW with more people on the roll than the board says: somebody invented voters (T1, T7)."""
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.ROLL_TOTALS)]
    posted = [Counter(body["totals"]) for body in bodies if body["election"] == str(election.id)]
    more = Counter(await roll_counts(election.cycle)) - (posted[-1] if posted else Counter())
    return [f"{rw}: {n} more on the roll than on the board" for rw, n in sorted(more.items())]


async def _board_faults(election: UUID) -> list[str]:
    """What differs between all envelopes and their leaves: gone, never posted, or somebody's later one posted first."""
    batches = sorted(each.size for each in await board.checkpoints(None))
    posted = {sha: bisect_right(batches, index) for sha, index in (await _posted(election)).items()}
    query = Envelope.select(Envelope.roll, Envelope.ciphertext).where(Envelope.election == election)
    rows = await query.order_by(Envelope.roll).order_by(Envelope.seq)
    sent = [(row["roll"], sha256(row["ciphertext"]).hexdigest()) for row in rows]
    kept = {sha for _, sha in sent}
    swapped = sum(
        roll == other and posted.get(earlier, 0) > posted.get(later, 0)
        for (roll, earlier), (other, later) in pairwise(sent)
    )
    faults = {
        "posted envelopes are gone": len(posted.keys() - kept),
        "envelopes were never posted": len(kept - posted.keys()),
        "ballots stand before an earlier one of the same voter": swapped,
    }
    return [f"{number} {what}" for what, number in faults.items() if number]
