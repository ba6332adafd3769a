"""The board on both engines: what is promised appears, numbered and signed; nothing is taken back."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rembuk.board import merkle, notes
from rembuk.board import store as board
from rembuk.board.rules import ActState, Kind, Leaf, Refusal, envelope_leaf, receipt_of
from rembuk.board.tables import Audit, BoardLeaf, LeafQueue
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.settings import settings

ELECTION = uuid4()
# leaves here stand for envelopes that no voter sent, under a key of the test's own: `hold` asks what can hold
pytestmark = pytest.mark.usefixtures("db", "own_secrets", "tampering")


@pytest.fixture
def own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A secret folder of this test's own."""
    monkeypatch.setenv("REMBUK_SECRETS", str(tmp_path / "secrets"))
    settings.cache_clear()
    yield tmp_path / "secrets"
    monkeypatch.undo()
    settings.cache_clear()


def some_leaf(number: int) -> Leaf:
    """The leaf of some envelope."""
    return envelope_leaf(ELECTION, f"ciphertext {number}".encode())


async def hold() -> None:
    """The board's own invariants."""
    assert await board.broken_leaf() is None
    assert await board.broken_link() is None


async def test_a_promise_is_kept() -> None:
    """A4, I4: a promised leaf is found by its receipt code: waiting first, then at its place."""
    promise = await board.promise(some_leaf(1))
    waiting = await board.lookup(promise.receipt)
    assert waiting and waiting.waiting
    assert await board.drain() == 1
    place = await board.lookup(promise.receipt.lower())
    assert place and place.index == 0 and place.size == 1
    proof = await board.inclusion_proof(0)
    path = [bytes.fromhex(step) for step in proof.path]
    assert merkle.included(bytes.fromhex(promise.leaf_sha256), 0, proof.size, path, bytes.fromhex(proof.root))
    text = notes.open_note(promise.note, board.signer().verifier)
    assert text.split("\n")[:2] == [f"{board.origin()}/janji", promise.leaf_sha256]
    await hold()


async def test_what_was_never_promised_is_not_found() -> None:
    """A receipt code nobody was given is not on the board."""
    assert await board.lookup("0000-0000-0000-0000-0000") is None


async def test_a_refused_transaction_promises_nothing() -> None:
    """P1: the leaf is queued inside the caller's transaction. Sabotage: one of its own."""

    @transaction
    async def cast_and_fail() -> None:
        await board.promise(some_leaf(1))
        raise Refused(Refusal.NO_SUCH_ACT)

    with pytest.raises(Refused):
        await cast_and_fail()
    assert await board.drain() == 0
    assert await board.size() == 0


async def test_a_leaf_is_queued_once() -> None:
    """T-STORM: promising the same leaf twice breaks a named constraint, it never doubles the leaf."""
    await board.promise(some_leaf(1))
    with pytest.raises(Refused) as refused:
        await board.promise(some_leaf(1))
    assert refused.value.reason is Refusal.QUEUED
    assert await board.drain() == 1


async def test_the_order_of_a_batch_is_random() -> None:
    """T-SECRET: the board does not keep the order of arrival. Sabotage: leave the shuffle out."""
    leaves = [some_leaf(number) for number in range(40)]
    for leaf in leaves:
        await board.promise(leaf)
    await board.drain()
    posted = [leaf.leaf_sha256 for leaf in await board.leaves()]
    assert sorted(posted) == sorted(leaf.sha256 for leaf in leaves)
    assert posted != [leaf.sha256 for leaf in leaves]
    await hold()


async def test_a_named_leaf_comes_after_all_that_was_promised() -> None:
    """I6: `close` stands behind every envelope promised before it. Sabotage: append without drain."""
    for number in range(5):
        await board.promise(some_leaf(number))
    closed = await board.append(Kind.CLOSE, {"election": str(ELECTION)})
    assert closed.index == 5
    kinds = [leaf.kind for leaf in await board.leaves()]
    assert kinds == [Kind.ENVELOPE] * 5 + [Kind.CLOSE]
    assert json.loads(closed.body) == {"election": str(ELECTION), "kind": "close"}
    assert await board.leaves_of(Kind.CLOSE) == [closed]
    await hold()


async def test_every_checkpoint_is_a_prefix_of_the_next() -> None:
    """I5: signed roots recompute and are consistent with each other."""
    for number in range(7):
        await board.promise(some_leaf(number))
        await board.append(Kind.MODERATION, {"act": number})
    signed = await board.checkpoints(None)
    assert signed[0].size == 14
    for each in signed:
        said = notes.parse_checkpoint(notes.open_note(each.note, board.signer().verifier))
        assert (said.size, said.root.hex()) == (each.size, each.root)
        proof = await board.consistency_proof(each.size)
        path = [bytes.fromhex(step) for step in proof.path]
        old, new = bytes.fromhex(each.root), bytes.fromhex(signed[0].root)
        assert merkle.consistent(each.size, 14, path, old, new)
    await hold()


async def test_many_writers_number_every_leaf_once() -> None:
    """T-STORM: promises, drains and named leaves at once: no gap, no double, no loss. Sabotage: no pen."""
    await asyncio.gather(
        *(board.promise(some_leaf(number)) for number in range(30)),
        *(board.append(Kind.MODERATION, {"act": number}) for number in range(10)),
        *(board.drain() for _ in range(5)),
        *(board.audit(None, "system", "test", str(number)) for number in range(10)),
    )
    await board.drain()
    posted = await board.leaves(0, 1_000)
    assert [leaf.index for leaf in posted] == list(range(40))
    assert len({leaf.leaf_sha256 for leaf in posted}) == 40
    assert len(await board.audit_rows()) == 10
    await hold()


@pytest.mark.parametrize("outside", [(-1, None), (3, None), (0, 9)])
async def test_proofs_outside_the_board_are_refused(outside: tuple[int, int | None]) -> None:
    """A question about a leaf that does not exist gets a sentence, not a fault."""
    for number in range(3):
        await board.append(Kind.MODERATION, {"act": number})
    with pytest.raises(Refused):
        await board.inclusion_proof(*outside)
    with pytest.raises(Refused):
        await board.consistency_proof(0, 9)


async def test_audit_rows_are_chained_in_order() -> None:
    """I12: each line carries the hash of the one before; digests only, never the thing itself."""
    actor = uuid4()
    for number in range(3):
        await board.audit(actor, "official", "cost.correct", str(number), "harga baru", before=1, after=number)
    head = await board.append_audit_head()
    rows = await board.audit_rows()
    assert [row.object for row in rows] == ["0", "1", "2"]
    assert rows[1].prev_sha256 == rows[0].sha256 and rows[0].actor == str(actor)
    assert json.loads(head.body) == {"kind": "audit_head", "count": 3, "sha256": rows[2].sha256}
    assert await board.broken_link() is None


async def test_two_persons_sign_one_deed_once() -> None:
    """T-AUTHZ: proposed by one, signed by another, used once, and every step in the audit chain."""
    first, second = uuid4(), uuid4()
    act = await board.propose_act("election.open", {"election": "e"}, first)
    assert await board.waiting_acts("election.open") == [act]
    with pytest.raises(Refused) as refused:
        await board.second_act(act.id, first)
    assert refused.value.reason is Refusal.SAME_PERSON
    with pytest.raises(Refused):
        await board.use_act(act.id, "election.open", {"election": "e"})
    signed = await board.second_act(act.id, second)
    assert (signed.state, signed.second) == (ActState.SIGNED, second)
    with pytest.raises(Refused) as refused:
        await board.use_act(act.id, "election.open", {"election": "other"})
    assert refused.value.reason is Refusal.OTHER_PAYLOAD
    used = await board.use_act(act.id, "election.open", {"election": "e"})
    assert used.state is ActState.USED
    with pytest.raises(Refused):
        await board.use_act(act.id, "election.open", {"election": "e"})
    with pytest.raises(Refused):
        await board.withdraw_act(act.id, first)
    await board.drain()
    assert [row.action for row in await board.audit_rows()] == [
        "act.propose.election.open",
        "act.sign.election.open",
    ]
    assert await board.waiting_acts() == []


async def test_an_act_can_be_withdrawn_and_strangers_have_none() -> None:
    """A withdrawn deed can no longer be signed; an unknown one is not found."""
    act = await board.propose_act("roll.import", {"file": "x"}, uuid4())
    assert (await board.withdraw_act(act.id, act.first)).state is ActState.WITHDRAWN
    with pytest.raises(Refused):
        await board.second_act(act.id, uuid4())
    with pytest.raises(Refused) as refused:
        await board.act(uuid4())
    assert refused.value.reason is Refusal.NO_SUCH_ACT


async def test_witnesses_cosign_what_stands() -> None:
    """I5: a cosignature is kept only from an admitted witness and only for our own checkpoint."""
    witness = notes.Signer("unpar", bytes(range(32)))
    await board.append(Kind.MODERATION, {"act": 1})
    [checkpoint] = await board.checkpoints()
    text = notes.open_note(checkpoint.note, board.signer().verifier)
    line = notes.cosign(text, witness, 1_780_000_000)
    with pytest.raises(Refused) as refused:
        await board.cosign(1, line)
    assert refused.value.reason is Refusal.NO_SUCH_WITNESS
    await board.register_witness(notes.Verifier("unpar", witness.verifier.public, notes.COSIGNATURE).text)
    with pytest.raises(Refused) as refused:
        await board.cosign(1, notes.cosign(text + "x", witness, 1))
    assert refused.value.reason is Refusal.BAD_COSIGNATURE
    with pytest.raises(Refused):
        await board.cosign(7, line)
    await board.cosign(1, line)
    await board.cosign(1, line)
    [checkpoint] = await board.checkpoints()
    assert checkpoint.witnesses == ("unpar",) and checkpoint.note.endswith(f"{line}\n")
    place = await board.lookup(receipt_of((await board.leaves())[0].leaf_sha256))
    assert place and place.witnesses == 1


async def test_the_key_is_never_recreated(own_secrets: Path) -> None:
    """Start-up refuses a missing or changed signing key once there is a board. Sabotage: always make one."""
    await board.append(Kind.MODERATION, {"act": 1})
    key = board.key_path()
    assert key.parent == own_secrets
    kept = key.rename(key.with_suffix(".away"))
    with pytest.raises(Refused) as refused:
        await board.prepare()
    assert refused.value.reason is Refusal.NO_KEY
    assert not key.exists()
    notes.make_key_file(key, board.origin())
    for writing in (board.prepare, lambda: board.append(Kind.MODERATION, {"act": 2})):
        with pytest.raises(Refused) as refused:
            await writing()
        assert refused.value.reason is Refusal.NO_KEY
    kept.replace(key)
    assert await board.prepare() == board.signer().verifier


async def test_a_changed_row_is_found() -> None:
    """T-TAMPER: the checker names the first leaf or line that was changed behind our back."""
    for number in range(3):
        await board.append(Kind.MODERATION, {"act": number})
        await board.audit(None, "system", "test", str(number))
    await board.drain()
    tampered = await behind_our_back(
        BoardLeaf.update({BoardLeaf.body: '{"act":9,"kind":"moderation"}'}).where(BoardLeaf.idx == 1),
        Audit.update({Audit.reason: "lain"}).where(Audit.idx == 2),
    )
    if tampered:
        assert await board.broken_leaf() == 1
        assert await board.broken_link() == 2


async def behind_our_back(*changes: Any) -> bool:
    """Change rows as an operator would; False when the database's own triggers refuse it."""
    from rembuk.database.faults import faults

    try:
        for change in changes:
            await change
    except faults():
        return False
    return True


async def test_an_empty_queue_writes_no_checkpoint() -> None:
    """The sequencer leaves no trace when there is nothing to do."""
    assert await board.drain() == 0
    assert await board.checkpoints() == []
    assert await LeafQueue.count() == 0
