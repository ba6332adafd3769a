"""Somebody with the database in hand changes what was voted: every way is found before a result goes out."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from rembuk import invariants
from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.cycles.store import Deed
from rembuk.cycles.tables import Election
from rembuk.database import engine, transaction
from rembuk.database.sealing import unsealed
from rembuk.errors import Reason, Refused
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.rules import NewEntry
from rembuk.people.tables import Credential, RollEntry
from rembuk.results import store
from rembuk.results.rules import Refusal
from rembuk.results.tables import BallotsFile, Count
from rembuk.voting import rules
from rembuk.voting.seal import Choice, seal
from rembuk.voting.store import poll_of, slot_of, voter_of
from rembuk.voting.tables import Envelope, RollMark
from tests.city import DICE, City, city

NONCE = b"n" * 32


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


@transaction
async def tampered(sql: str, *arguments: Any) -> None:
    """One statement on the envelopes, past the triggers, as the master of the database can."""
    async with unsealed("envelope"):
        await engine().run(sql.replace("?", "$1") if engine().engine_type != "sqlite" else sql, arguments)


async def voted() -> City:
    """One district: the first two voters sent a ballot, the first of them twice; the third stayed at home."""
    made = await city(districts=1, proposals=4, voters=3, with_codes=1)
    here = made.districts[0]
    first, second, _ = made.rolls[here]
    await made.cast(first, made.projects[here][:1])
    await made.cast(first, made.projects[here][1:2])
    await made.cast(second, made.projects[here][:2])
    return made


async def drop_the_newest(made: City) -> None:
    """The older ballot of a voter would count again."""
    await tampered("DELETE FROM envelope WHERE seq = ?", 2)


async def drop_the_newest_and_its_mark(made: City) -> None:
    """The older ballot would count, and the mark agrees."""
    await drop_the_newest(made)
    await RollMark.update({RollMark.seq: 1}).where(RollMark.election == made.election)


async def drop_a_voter(made: City) -> None:
    """A voter's ballot and mark are gone, as if that person had stayed at home."""
    second = made.rolls[made.districts[0]][1]
    await tampered("DELETE FROM envelope WHERE roll = ?", second if engine().engine_type != "sqlite" else str(second))
    await RollMark.delete().where(RollMark.roll == second)


async def give_a_ballot_to_another(made: City) -> None:
    """The numbers of the district stay right, but the ballot stands for somebody who sent none."""
    _, second, third = made.rolls[made.districts[0]]
    there = str(third) if engine().engine_type == "sqlite" else third
    await tampered("UPDATE envelope SET roll = ? WHERE signature IS NULL", there)
    assert await Envelope.exists().where(Envelope.roll == third)
    assert not await Envelope.exists().where(Envelope.roll == second)


async def count_the_first_again(made: City) -> None:
    """The two ballots of one voter change places: numbers, leaves and marks all agree."""
    for old, new in ((1, 3), (2, 1), (3, 2)):
        await tampered(f"UPDATE envelope SET seq = {new} WHERE seq = ? AND signature IS NOT NULL", old)


async def invent_a_voter(made: City) -> None:
    """A ballot, sealed as a real one, and a mark for the voter who stayed at home; no leaf was ever posted."""
    voter = await voter_of(made.rolls[made.districts[0]][2])
    poll = await poll_of(voter)
    sealed = seal(Choice.of_set(rules.canonical(())), NONCE, slot_of(poll))
    await RollMark.insert(RollMark(election=made.election, roll=voter.roll, channel="online", seq=1))
    await Envelope.insert(
        Envelope(
            election=made.election,
            roll=voter.roll,
            district=poll.district,
            seq=1,
            idem_key=sealed.idem_key,
            ciphertext=sealed.ciphertext,
            leaf_sha256=sealed.leaf_sha256,
        )
    )


async def enrol_a_ghost(made: City) -> None:
    """Somebody nobody put on the roll votes like everybody else: mark, envelope and leaf are all in order."""
    here = made.districts[0]
    ghost = RollEntry(cycle=made.cycle.id, kecamatan=here, rw=f"{here}.1001.001", status="active", source="import")
    await RollEntry.insert(ghost)
    await made.cast(ghost.id, [])


async def add_a_key(made: City) -> None:
    """A key of one's own among the keys of the codes, without a leaf."""
    key = codes.public_key(b"k" * 32).hex()
    await Credential.insert(Credential(cycle=made.cycle.id, serial="X-1", public_key=key, state="void", batch="x"))


async def swap_a_key(made: City) -> None:
    """A key of one's own in place of the one a voter was given."""
    await Credential.update({Credential.public_key: codes.public_key(b"k" * 32).hex()}).where(
        Credential.cycle == made.cycle.id
    )


Sabotage = Callable[[City], Awaitable[None]]
ON_THE_BOX: list[Sabotage] = [
    drop_the_newest,
    drop_the_newest_and_its_mark,
    drop_a_voter,
    give_a_ballot_to_another,
    count_the_first_again,
    invent_a_voter,
    enrol_a_ghost,
    add_a_key,
    swap_a_key,
]


@pytest.mark.parametrize("sabotage", ON_THE_BOX)
async def test_a_touched_box_is_not_opened(db: Any, tampering: None, sabotage: Sabotage) -> None:
    """P1, P3, I2, I4, I7, I13: whatever was dropped, added or moved, the box stays shut and words say why."""
    made = await voted()
    await board.drain()
    await sabotage(made)
    await made.close()
    with refused(Refusal.AUDIT_FAILS) as refusal:
        await made.open_box()
    assert not any(str(roll) in refusal.value.sentence() for rolls in made.rolls.values() for roll in rolls)
    assert await BallotsFile.count() == 0


async def test_an_untouched_box_is_opened(db: Any) -> None:
    """The same city without sabotage: two ballots, one of them sent twice."""
    made = await voted()
    await made.close()
    assert await made.open_box() == 2


async def test_the_doctor_sees_a_ghost(db: Any, tampering: None) -> None:
    """I14: one more on the roll of an RW than the board was told."""
    made = await voted()
    assert (await invariants.faults())["I14"] == []
    await enrol_a_ghost(made)
    assert (await invariants.faults())["I14"] == [f"{made.districts[0]}.1001.001: 1 more on the roll than posted"]


async def test_who_comes_on_the_roll_late_is_told_to_everybody(db: Any) -> None:
    """I14, T4: people put on the roll by its own door while the booth is open: a new leaf, and they may vote."""
    made = await voted()
    here = made.districts[0]
    await people.add_roll_entries(made.cycle.id, [NewEntry(rw=f"{here}.1001.001")])
    [late] = [each.id for each in await people.entries_of(made.cycle.id) if each.id not in made.rolls[here]]
    await made.cast(late, [])
    posted = [json.loads(leaf.body)["totals"] for leaf in await board.leaves_of(Kind.ROLL_TOTALS)]
    assert [sum(totals.values()) for totals in posted] == [3, 4]
    await made.close()
    assert await made.open_box() == 3


async def _cheaper(made: City) -> None:
    row = await Election.select(Election.config).where(Election.id == made.election).first()
    assert row is not None
    changed = json.loads(row["config"])
    changed["projects"][0]["cost"] -= 1
    text = json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    await Election.update({Election.config: text}).where(Election.id == made.election)


async def test_a_changed_agreement_is_found(db: Any, tampering: None) -> None:
    """I11, T6: a cost moved by one rupiah after freezing: neither box nor count nor publication."""
    made = await voted()
    await made.close()
    row = await Election.select(Election.config).where(Election.id == made.election).first()
    assert row is not None
    untouched = Election.update({Election.config: row["config"]}).where(Election.id == made.election)
    await _cheaper(made)
    with refused(CycleRefusal.OTHER_CONFIG):
        await made.open_box()
    await untouched
    await made.open_box()
    await _cheaper(made)
    with refused(CycleRefusal.OTHER_CONFIG):
        await made.count()
    await untouched
    await store.count_cycle(made.cycle.id, made.first)
    await _cheaper(made)
    with refused(CycleRefusal.OTHER_CONFIG):
        await made.publish()


async def test_changed_ballots_are_found(db: Any, tampering: None) -> None:
    """I9, P3: a vote moved in the ballots file, with its hash, is found before the count and before publication."""
    made = await voted()
    await made.close()
    await made.open_box()
    row = await BallotsFile.select(BallotsFile.content, BallotsFile.sha256).first()
    assert row is not None
    untouched = BallotsFile.update({BallotsFile.content: row["content"]}).where(BallotsFile.cycle == made.cycle.id)
    changed = BallotsFile.update({BallotsFile.content: row["content"] + "\n", BallotsFile.sha256: "0" * 64}).where(
        BallotsFile.cycle == made.cycle.id
    )
    await changed
    with refused(Refusal.OTHER_BALLOTS):
        await made.count()
    await untouched
    await store.count_cycle(made.cycle.id, made.first)
    await changed
    with refused(Refusal.OTHER_BALLOTS):
        await made.publish()


async def test_changed_dice_are_found(db: Any, tampering: None) -> None:
    """P3: the dice of the board decide ties, not those of the database."""
    made = await voted()
    await made.close()
    await made.open_box()
    await store.record_dice(made.cycle.id, DICE, made.first)
    await Election.update({Election.seed: DICE[::-1]}).where(Election.id == made.election)
    with refused(Refusal.OTHER_SEED):
        await store.count_cycle(made.cycle.id, made.first)


@pytest.mark.parametrize("what", ["winners", "approvals", "digest", "a district"])
async def test_a_changed_count_is_not_published(db: Any, tampering: None, what: str) -> None:
    """P3, I9: a stored count that is not what the ballots say is refused, however consistently it was changed."""
    made = await voted()
    await made.close()
    await made.open_box()
    await made.count()
    official = Count.official.eq(True)
    row = await Count.select(Count.document, Count.digest).where(official).first()
    assert row is not None
    document = json.loads(row["document"])
    if what == "winners":
        document["winners"] = document["winners"][::-1] or ["1"]
    elif what == "approvals":
        document["approvals"] = {name: votes + 1 for name, votes in document["approvals"].items()}
    digest = "0" * 64 if what == "digest" else row["digest"]
    await Count.update({Count.document: json.dumps(document), Count.digest: digest}).where(official)
    if what == "a district":
        await Count.update({Count.official: False}).where(official)
        await Count.update({Count.official: True}).where(Count.rule == "phragmen")
    act = await store.propose_publication(made.cycle.id, made.first)
    with refused(Refusal.OTHER_COUNT):
        await store.publish(act.id, made.cycle.id, made.second)
    assert not await Count.exists().where(Count.published.eq(True))


async def test_the_roll_is_on_the_board_before_the_booth_opens(db: Any) -> None:
    """trust 3, I13, I14: eligible residents of every RW and the root of the codes' keys stand before `open`."""
    made = await city(districts=1, proposals=2, voters=5, with_codes=2)
    leaves = [(leaf.index, leaf.kind, json.loads(leaf.body)) for leaf in await board.leaves(0, 1_000)]
    at = {kind: index for index, kind, _ in leaves}
    assert at[Kind.ROLL_TOTALS] < at[Kind.OPEN] and at[Kind.ROLL_KEYS] < at[Kind.OPEN]
    [totals] = [body for _, kind, body in leaves if kind is Kind.ROLL_TOTALS]
    assert totals["election"] == str(made.election)
    assert totals["totals"] == await people.roll_counts(made.cycle.id) and sum(totals["totals"].values()) == 5
    keys = [body for _, kind, body in leaves if kind is Kind.ROLL_KEYS]
    assert [body["cause"] for body in keys] == ["batch uji", "open"]
    assert {(body["count"], body["root"]) for body in keys} == {
        (2, codes.keys_root(await people.all_code_keys(made.cycle.id)))
    }


async def test_an_altered_agreement_does_not_open(db: Any, tampering: None) -> None:
    """I11: what two persons sign for at opening is what was frozen, or nothing is opened."""
    made = await city(districts=1, proposals=2, voters=1)
    await Election.update({Election.state: "frozen"}).where(Election.id == made.election)
    await _cheaper(made)
    with refused(CycleRefusal.OTHER_CONFIG):
        await cycles.propose(Deed.OPEN, made.cycle.id, made.first)
