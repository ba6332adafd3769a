"""Casting on both databases: whole or not at all, once however often it is sent, unreadable afterwards."""

import asyncio
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rembuk.board.store import drain, lookup
from rembuk.board.tables import BoardLeaf, LeafQueue
from rembuk.clock import frozen, now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState, PhaseKind
from rembuk.database import engine, on_postgres
from rembuk.errors import Reason, Refused
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.codes import signed_by
from rembuk.people.tables import RollEntry
from rembuk.voting import store
from rembuk.voting.rules import Refusal, State, Turnout, Voter
from rembuk.voting.store import casting
from rembuk.voting.tables import BoothVisit, Burned, Envelope, RollMark
from tests.city import City, city


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def someone(made: City) -> tuple[UUID, list[str]]:
    """The first voter of the first district, and its projects."""
    district = made.districts[0]
    return made.rolls[district][0], made.projects[district]


async def state_of() -> tuple[int, int, int, int]:
    """How many marks, envelopes, queued leaves and posted envelopes there are."""
    posted = await BoardLeaf.count().where(BoardLeaf.kind == "envelope")
    return await RollMark.count(), await Envelope.count(), await LeafQueue.count(), posted


async def test_a_cast_writes_mark_envelope_and_leaf(db: Any) -> None:
    """trust 5: one cast, three rows; the leaf stands on the board after the next round."""
    made = await city()
    roll, projects = await someone(made)
    before = await state_of()
    receipt = await made.cast(roll, projects[:2])
    assert tuple(now - then for now, then in zip(await state_of(), before, strict=True)) == (1, 1, 1, 0)
    row = await Envelope.select().first()
    assert (row["seq"], row["leaf_sha256"], row["signature"]) == (1, receipt.leaf_sha256, None)
    assert await lookup(receipt.code) == await lookup(receipt.code.lower())
    await drain()
    place = await lookup(receipt.code)
    assert place and not place.waiting
    mine = await store.receipt_of(await store.voter_of(roll))
    assert mine and (mine.code, mine.seq, mine.index) == (receipt.code, 1, place.index)


async def test_a_fault_leaves_nothing_behind(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """trust 5: when the last write of a cast fails, mark and envelope are gone as well."""
    made = await city()
    roll, projects = await someone(made)
    before = await state_of()

    async def broken(leaf: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(casting, "queue", broken)
        await made.cast(roll, projects[:1])
    assert await state_of() == before
    assert (await made.cast(roll, projects[:1])).seq == 1


async def test_the_same_form_sent_again_gets_the_same_receipt(db: Any) -> None:
    """S1, I3: a resend changes nothing, before and after closing; another ballot with its nonce is refused."""
    made = await city()
    roll, projects = await someone(made)
    nonce = secrets.token_bytes(32)
    first = await made.cast(roll, projects[:2], nonce)
    again = await made.cast(roll, projects[:2], nonce)
    assert (again.code, again.leaf_sha256, again.seq) == (first.code, first.leaf_sha256, 1)
    with refused(Refusal.OTHER_BALLOT):
        await made.cast(roll, projects[:1], nonce)
    await made.close()
    assert (await made.cast(roll, projects[:2], nonce)).code == first.code
    with refused(Refusal.OTHER_BALLOT):
        await made.cast(roll, [], nonce)
    assert await Envelope.count() == 1


async def test_only_the_last_ballot_counts_and_none_after_closing(db: Any) -> None:
    """H1, H3, P1 of trust 1: replaced until the close, refused after it, and opened as the last one."""
    made = await city()
    roll, projects = await someone(made)
    assert (await made.cast(roll, projects[:3])).seq == 1
    assert (await made.cast(roll, [])).seq == 2
    assert (await made.cast(roll, projects[:1])).seq == 3
    await made.close()
    with refused(Refusal.NOT_OPEN):
        await made.cast(roll, projects[:2])
    assert await made.open_box() == 1
    assert (await RollMark.select(RollMark.seq).first())["seq"] == 3


async def test_a_burned_sealing_can_never_be_cast(db: Any) -> None:
    """trust 4.5: opened for checking is spent; sent is not opened; another voter's sending does not matter."""
    made = await city()
    roll, projects = await someone(made)
    voter, nonce, sent = await store.voter_of(roll), secrets.token_bytes(32), secrets.token_bytes(32)
    await store.burn(voter, nonce)
    await store.burn(voter, nonce)
    with refused(Refusal.BURNED):
        await made.cast(roll, projects[:1], nonce)
    await made.cast(roll, projects[:1], sent)
    with refused(Refusal.OTHER_BALLOT):
        await store.burn(voter, sent)
    assert (await Burned.count(), await Envelope.count()) == (1, 1)


async def test_paper_removal_and_strangers_are_refused(db: Any) -> None:
    """K2, J2, G5, G7: a paper mark, a removed entry, an unknown one, another district's project."""
    made = await city()
    here, there = made.districts[:2]
    papered, removed, other = made.rolls[here][:3]
    await RollMark.insert(RollMark(election=made.election, roll=papered, channel="paper", seq=0))
    with refused(Refusal.CAST_ON_PAPER):
        await made.cast(papered, made.projects[here][:1])
    await RollEntry.update({RollEntry.status: "removed"}).where(RollEntry.id == removed)
    with refused(Refusal.NOT_ACTIVE):
        await made.cast(removed, made.projects[here][:1])
    with refused(Refusal.OTHER_DISTRICT):
        await made.cast(other, made.projects[there][:1])
    with refused(Refusal.NOT_ON_ROLL):
        await made.cast(uuid4(), [])
    with refused(Refusal.NOT_ON_BALLOT):
        await made.cast(other, ["x" * 100_000])
    assert await Envelope.count() == 0


async def test_a_code_voter_signs_every_ballot(db: Any) -> None:
    """I13: the signature verifies under the key given out; without it, or with a voided one, nothing is taken."""
    made = await city(with_codes=2)
    (roll, code), (other, stolen) = list(made.codes.items())[:2]
    await made.cast(roll, [])
    row = await Envelope.select().first()
    key, signature = bytes.fromhex(row["signer_key"]), bytes.fromhex(row["signature"])
    assert signed_by(key, signature, made.election, row["leaf_sha256"])
    assert key.hex() in await people.code_keys(roll)
    with refused(Refusal.NOT_SIGNED):
        await store.cast(await store.voter_of(roll, by_code=True), (), secrets.token_bytes(32))
    with refused(Refusal.NOT_SIGNED):
        await made.cast(roll, [], seed=codes.key_seed(stolen, made.cycle.id))
    await people.void_code(made.cycle.id, "UJI-0002", "hilang", None)
    with refused(Refusal.NOT_SIGNED):
        await made.cast(other, [])
    phone = await store.voter_of(other)
    assert (await store.cast(phone, (), secrets.token_bytes(32))).seq == 1
    assert code.text not in repr(await Envelope.select())


async def test_somebody_elses_ciphertext_cannot_be_copied(db: Any) -> None:
    """trust 5: one leaf stands for one envelope of an election, whoever sends it."""
    made = await city()
    roll, other = made.rolls[made.districts[0]][:2]
    nonce = secrets.token_bytes(32)
    await made.cast(roll, [], nonce)
    with refused(Refusal.COPIED):
        await made.cast(other, [], nonce)
    assert await RollMark.count() == 1


@pytest.mark.parametrize("ballots", [50])
async def test_a_storm_of_one_voter_leaves_one_ballot(db: Any, ballots: int) -> None:
    """T-STORM, S1: 1,000 parallel casts of one voter, each ballot sent many times: one mark, one counted ballot."""
    made = await city()
    roll, projects = await someone(made)
    nonces = [secrets.token_bytes(32) for _ in range(ballots)]
    sendings = [(nonce, projects[: nth % 3]) for nth, nonce in enumerate(nonces)] * (1_000 // ballots)
    secrets.SystemRandom().shuffle(sendings)
    codes_by_nonce: dict[bytes, set[str]] = {}

    async def send(nonce: bytes, chosen: list[str]) -> None:
        codes_by_nonce.setdefault(nonce, set()).add((await made.cast(roll, chosen, nonce)).code)

    async def stubborn(nonce: bytes, chosen: list[str]) -> None:
        for _ in range(20):
            with suppress(Refused):
                return await send(nonce, chosen)
        raise AssertionError("refused twenty times")

    await asyncio.gather(*(stubborn(*sending) for sending in sendings))
    assert all(len(found) == 1 for found in codes_by_nonce.values())
    marks = await RollMark.select(RollMark.seq)
    seqs = sorted(row["seq"] for row in await Envelope.select(Envelope.seq))
    assert seqs == list(range(1, ballots + 1))
    assert [mark["seq"] for mark in marks] == [ballots]
    await made.close()
    assert await made.open_box() == 1


async def test_a_copy_of_the_database_tells_no_choice(db: Any, database_settings: Any) -> None:
    """T-SECRET: every envelope has one length; no ballot in clear, no nonce, no digest of one in dump or WAL."""
    made = await city(proposals=6, voters=4)
    nonces = []
    for district in made.districts:
        for nth, roll in enumerate(made.rolls[district]):
            nonces.append(secrets.token_bytes(32))
            await made.cast(roll, made.projects[district][: nth % 3], nonces[-1])
    lengths = {len(row["ciphertext"]) for row in await Envelope.select(Envelope.ciphertext)}
    assert len(lengths) == 1
    copy = await dumped(database_settings)
    assert made.cycle.slug.encode() in copy, "the dump must hold what is not secret"
    plain = b'{"projects":'
    assert not any(form in copy for form in (plain, plain.hex().encode(), plain.replace(b'"', b'\\"')))
    for nonce in nonces:
        assert nonce not in copy and nonce.hex().encode() not in copy
    for columns in (Envelope, RollMark):
        names = {column._meta.name for column in columns.all_columns()}
        assert not any(word in name for name in names for word in ("at", "time", "day") if name.endswith(word))


async def dumped(settings: Any) -> bytes:
    """Everything that lies in the database and beside it; on PostgreSQL every row of the room's tables as text."""
    if not on_postgres():
        files = sorted(settings.data.glob("rembuk.sqlite3*"))
        return b"".join(file.read_bytes() for file in files)
    found = []
    names = await engine().run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    for name in (row["tablename"] for row in names if row["tablename"] != "election"):
        rows = await engine().run(f'SELECT row_to_json(t)::text AS row FROM "{name}" t')
        found += [row["row"] for row in rows]
    return "\n".join(found).encode()


async def test_an_unsent_ballot_leaves_only_its_visit(db: Any) -> None:
    """R1, L5: a review is noted once without its choices, and forgotten once the ballot is sent."""
    made = await city()
    roll, projects = await someone(made)
    voter = await store.voter_of(roll)
    await store.visited(voter)
    await store.visited(voter)
    assert await BoothVisit.count() == 1
    assert await store.has_unsent(roll)
    await made.cast(roll, projects[:1])
    assert not await store.has_unsent(roll)


async def test_turnout_is_a_daily_figure(db: Any) -> None:
    """S2, P4: counted once a day with its day; small RW are merged, and a lone one is not told at all."""
    made = await city(voters=30)
    here = made.districts[0]
    for roll in made.rolls[here][:7]:
        await made.cast(roll, [])
    day = await store.refresh_turnout(made.election)
    await made.cast(made.rolls[here][7], [])
    assert await store.refresh_turnout(made.election) == day
    assert await store.turnout(made.election, here) == (day, Turnout((here,), 7, 30))
    assert (await store.turnout(made.election))[1].eligible == 90
    told = (await store.turnout_by_rw(made.election, here))[1]
    assert sum(cell.marks for cell in told) == 7
    assert all(cell.eligible >= 10 for cell in told)
    assert (await store.turnout_by_rw(made.election, made.districts[1]))[1] == []


async def test_the_poll_is_what_was_frozen(db: Any) -> None:
    """G5, I11: district, ceiling, projects and key come from the frozen configuration."""
    made = await city()
    roll, projects = await someone(made)
    poll = await store.poll_of(await store.voter_of(roll))
    assert (poll.state, poll.ceiling, poll.limit) == (State.OPEN, 100_000_000, 3)
    assert sorted(poll.costs) == sorted(projects)
    lost = Voter(roll, made.election, "32.73.99")
    with refused(Refusal.NOT_ON_ROLL):
        await store.poll_of(lost)
    assert await store.closing_time(poll)


async def test_the_booth_closes_on_time_without_the_scheduler(db: Any) -> None:
    """A5: a ballot sent after the end is refused and closes the booth, though nobody turned the phase before."""
    made = await city()
    roll, projects = await someone(made)
    nonce = secrets.token_bytes(32)
    kept = await made.cast(roll, projects[:1], nonce)
    [voting] = [phase for phase in await cycles.phases(made.cycle.id) if phase.kind is PhaseKind.VOTING]
    with frozen(voting.ends_at):
        with refused(Refusal.NOT_OPEN):
            await made.cast(roll, projects[:2])
        again = await made.cast(roll, projects[:1], nonce)
        assert (again.code, again.seq) == (kept.code, kept.seq), "a resend still gets its receipt"
    assert (await cycles.election(made.cycle.id)).state is ElectionState.CLOSED
    assert await Envelope.count() == 1


async def test_turnout_is_counted_without_being_asked(db: Any) -> None:
    """S2: the hourly round counts open votes, once a day, and leaves closed ones alone."""
    from rembuk.voting.jobs import count_turnout

    made = await city(voters=12)
    await made.cast(made.rolls[made.districts[0]][0], [])
    await count_turnout()
    day, whole = await store.turnout(made.election)
    assert day and whole.marks == 1
    await made.cast(made.rolls[made.districts[0]][1], [])
    await count_turnout()
    assert (await store.turnout(made.election))[1].marks == 1
    with frozen(now() + timedelta(days=1)):
        await count_turnout()
        assert (await store.turnout(made.election))[1].marks == 2
