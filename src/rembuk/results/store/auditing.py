"""What auditors look at before a box is opened or taken out: outside, keys, roll and board must fit (trust.md 4.6)."""

import asyncio
import json
from bisect import bisect_right
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles.rules import Election
from rembuk.errors import Refused
from rembuk.people.codes import keys_root
from rembuk.people.rules import box_of
from rembuk.people.store import all_code_keys, roll_counts
from rembuk.people.tables import Credential
from rembuk.results.rules import Refusal
from rembuk.voting import box as sealed_box
from rembuk.voting.box import Box, OuterEnvelope
from rembuk.voting.tables import Envelope, RollMark


async def audited_box(election: Election) -> Box:
    """The box without its outside; Refused(AUDIT_FAILS) when outside, keys or board do not fit (trust.md 4.6)."""
    chosen, marks = await outer_envelopes(election.id), await _online_marks(election.id)
    expected = dict(Counter(district for district, _ in marks.values()))
    keys = await _committed_keys(election.cycle)
    # signatures take a core for seconds: never on the loop that answers everybody else
    faults = await asyncio.to_thread(sealed_box.outer_faults, chosen, expected, keys, election.id)
    faults += sealed_box.mark_faults(chosen, marks)
    faults += [*await _uncommitted_keys(election), *await _uncommitted_voters(election)]
    faults += await _board_faults(election.id)
    box = sealed_box.boxed(election.id, chosen)
    del chosen, marks  # from here on nothing links a ballot to a person
    if faults := faults or sealed_box.inner_faults(box, await _posted(election.id), expected):
        raise Refused(Refusal.AUDIT_FAILS, words="; ".join(faults[:3]))
    return box


async def outer_envelopes(election: UUID) -> list[OuterEnvelope]:
    """The newest envelope of every roll entry that did not vote on paper afterwards."""
    rows = await Envelope.select(
        Envelope.roll, Envelope.district, Envelope.seq, Envelope.ciphertext, Envelope.signer_key, Envelope.signature
    ).where(Envelope.election == election)
    paper = await RollMark.select(RollMark.roll).where((RollMark.election == election) & (RollMark.channel == "paper"))
    return sealed_box.newest((OuterEnvelope(**row) for row in rows), {row["roll"] for row in paper})


async def _online_marks(election: UUID) -> dict[UUID, tuple[str, int]]:
    """District and seq of every mark of this election that came online, by roll entry."""
    home, which = RollMark.roll.kecamatan.as_alias("kecamatan"), RollMark.roll.list.as_alias("list")
    rows = await RollMark.select(RollMark.roll, RollMark.seq, home, which).where(
        (RollMark.election == election) & (RollMark.channel == "online")
    )
    return {row["roll"]: (box_of(row["kecamatan"], row["list"]), row["seq"]) for row in rows}


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
