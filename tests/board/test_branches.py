"""Ways through the board the other tests do not take: proofs of the wrong length, changed rows, keys that are none."""

import asyncio
import base64
import json
from uuid import uuid4

import pytest

from rembuk.board import merkle, notes
from rembuk.board import store as board
from rembuk.board.routes import _alone
from rembuk.board.rules import Kind, Refusal, envelope_leaf, receipt_of
from rembuk.board.store.log import sequence
from rembuk.board.store.proofs import root_at
from rembuk.board.store.witnesses import (
    WITHDRAWING,
    cosigners,
    insist_not_rolled_back,
    withdraw_witness,
    witness_key,
)
from rembuk.database import engine, transaction, unsealed
from rembuk.errors import Refused
from tests.board.test_store import ELECTION, own_secrets, some_leaf

__all__ = ["own_secrets"]
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(7)]
KEY = notes.Signer("unpar", bytes(range(32)))


def tree(size: int) -> merkle.Tree:
    made = merkle.Tree()
    for leaf in LEAVES[:size]:
        made.append(leaf)
    return made


def test_a_path_of_another_length_proves_nothing() -> None:
    """T-TAMPER: one step too many, one too few, or none: no leaf is included and no tree is a prefix."""
    whole = tree(7)
    path = whole.inclusion(2, 7)
    assert merkle.included(LEAVES[2], 2, 7, path, whole.root())
    for wrong in ([*path, path[0]], path[:-1], []):
        assert not merkle.included(LEAVES[2], 2, 7, wrong, whole.root())
    for index, size in ((-1, 7), (7, 7), (0, 0)):
        assert not merkle.included(LEAVES[2], index, size, path, whole.root())
    for first in (3, 4, 6):
        steps, old = whole.consistency(first, 7), tree(first).root()
        assert merkle.consistent(first, 7, steps, old, whole.root())
        for wrong in ([*steps, steps[0]], steps[:-1], []):
            assert not merkle.consistent(first, 7, wrong, old, whole.root())


def test_trees_of_no_size_or_the_same_size() -> None:
    """T-TAMPER: nothing is a prefix of something, a tree is one of itself only, and never of a smaller one."""
    root, other = tree(7).root(), tree(6).root()
    assert merkle.consistent(7, 7, [], root, root)
    assert not merkle.consistent(7, 7, [], other, root)
    assert not merkle.consistent(7, 7, [root], root, root)
    assert not merkle.consistent(0, 7, [], merkle.EMPTY_ROOT, root)
    assert not merkle.consistent(7, 6, [], root, other)


@pytest.mark.parametrize(
    "note",
    [
        "papan\n1\nAAAA\n",  # no empty line
        "papan\n1\nAAAA\n\n— papan AAAA",  # no end of line
        "papan\n1\nAAAA\n\npapan AAAA\n",  # no dash
        "papan\n1\nAAAA\n\n— papan\n",  # no signature
        "papan\n1\nAAAA\n\n— papan ????\n",
        "papan\n1\nAAAA\n\n— papan QR==\n",  # bits that say nothing
    ],
)
def test_what_is_no_signed_note(note: str) -> None:
    """T-TAMPER: a note has one form."""
    with pytest.raises(notes.BadNote):
        notes.split_note(note)


def test_keys_that_are_none() -> None:
    """T-TAMPER: another length, another algorithm, another number."""
    good = notes.Verifier("unpar", KEY.verifier.public, notes.COSIGNATURE)
    assert notes.parse_verifier(good.text) == good
    name, number, body = good.text.split("+", 2)
    raw = base64.b64decode(body)
    wrong = (raw[:-1], raw + b"x", bytes([99]) + raw[1:])
    bodies = [base64.b64encode(each).decode() for each in wrong]
    for text in (*(f"{name}+{number}+{each}" for each in bodies), f"{name}+00000000+{body}", "unpar", ""):
        with pytest.raises(notes.BadNote):
            notes.parse_verifier(text)


def test_a_leaf_tells_its_receipt() -> None:
    """A4: the code of a leaf is the code of its hash."""
    leaf = envelope_leaf(ELECTION, b"amplop")
    assert leaf.receipt == receipt_of(leaf.sha256)


@transaction
async def rewrite(table: str, sql: str) -> None:
    """Change an append-only table as an operator with every right could."""
    async with unsealed(table):
        await engine().run(sql)


class TestKept:
    """On both databases, under a key of this test's own."""

    pytestmark = pytest.mark.usefixtures("db", "own_secrets", "tampering")

    async def test_questions_outside_the_board(self) -> None:
        """P3: no root of nothing, none beyond the end, and no proof from a larger tree to a smaller one."""
        await board.append(Kind.MODERATION, {"act": 1})
        for question in (root_at(0), root_at(99), board.consistency_proof(0), board.consistency_proof(99)):
            with pytest.raises(Refused) as refused:
                await question
            assert refused.value.reason is Refusal.OUTSIDE_BOARD
        upto = await board.size()
        assert await root_at(upto) == bytes.fromhex((await board.consistency_proof(upto, upto)).new_root)

    async def test_a_changed_line_of_the_audit_is_found(self) -> None:
        """I12, T-TAMPER: a line with another reason, and one that was taken away."""
        for number in range(4):
            await board.audit(None, "system", "test", str(number))
        await board.drain()
        assert await board.broken_link() is None
        await rewrite("audit", "UPDATE audit SET reason = 'lain' WHERE idx = 2")
        assert await board.broken_link() == 2
        await rewrite("audit", "DELETE FROM audit WHERE idx = 1")
        assert await board.broken_link() == 1

    async def test_a_changed_leaf_or_checkpoint_is_found(self) -> None:
        """I5, T-TAMPER: a leaf's text, a checkpoint's note, and a checkpoint over leaves that are not there."""
        for number in range(3):
            await board.append(Kind.MODERATION, {"act": number})
        assert await board.broken_leaf() is None
        size = await board.size()
        [last, *_] = await board.checkpoints()
        note = last.note.replace("\n", "\nx", 1)
        await rewrite("checkpoint", f"UPDATE checkpoint SET note = '{note}' WHERE size = {size}")
        assert await board.broken_leaf() == size - 1
        await rewrite("checkpoint", f"UPDATE checkpoint SET size = {size + 5} WHERE size = {size}")
        assert await board.broken_leaf() == size + 5
        await rewrite("board_leaf", "UPDATE board_leaf SET body = '{}' WHERE idx = 0")
        assert await board.broken_leaf() == 0

    async def test_an_envelope_behind_its_close_is_found(self) -> None:
        """I6: late in its own election, in time in another's."""
        await board.promise(some_leaf(1))
        await board.append(Kind.CLOSE, {"election": str(ELECTION)})
        await board.promise(envelope_leaf(uuid4(), b"another election's"))
        await board.drain()
        assert await board.broken_leaf() is None
        await board.promise(some_leaf(2))
        await board.drain()
        assert await board.broken_leaf() == await board.size() - 1

    async def test_what_is_no_witness(self) -> None:
        """P3: a key of the board's own kind, no key at all, a name nobody could print."""
        signer = notes.Verifier("unpar", KEY.verifier.public, notes.ED25519)
        for text in ("bukan kunci", signer.text, notes.Verifier("x" * 101, signer.public, notes.COSIGNATURE).text):
            with pytest.raises(Refused) as refused:
                witness_key(text)
            assert refused.value.reason is Refusal.NOT_A_WITNESS_KEY

    async def test_only_what_stands_counts_for_a_result(self) -> None:
        """trust 4.4: a cosignature before the leaf, of a stranger, or changed in the table counts for nothing."""
        await board.append(Kind.MODERATION, {"act": 1})
        await board.register_witness(notes.Verifier("unpar", KEY.verifier.public, notes.COSIGNATURE).text)
        await board.cosign(1, await self.line(1))
        assert await cosigners(0) == {"unpar"} and await cosigners(1) == set()
        assert await cosigners(0, []) == set()
        await board.append(Kind.MODERATION, {"act": 2})
        size = await board.size()
        await board.cosign(size, await self.line(size))
        assert await cosigners(0) == await cosigners(size - 1) == {"unpar"}
        [shown] = await board.witness_lines()
        assert (shown.name, shown.size) == ("unpar", size)
        wrong = notes.cosign("lain\n", KEY, 1)
        await rewrite("cosignature", f"UPDATE cosignature SET line = '{wrong}'")
        assert await cosigners(0) == set()

    async def line(self, size: int) -> str:
        """The witness's line under the checkpoint of this size."""
        note = next(each.note for each in await board.checkpoints() if each.size == size)
        return notes.cosign(notes.open_note(note, board.signer().verifier), KEY, 1_780_000_000)

    async def test_the_head_of_the_audit_is_posted(self) -> None:
        """I12: the number of lines and the last hash stand on the board, and a later line changes both."""
        await board.audit(None, "system", "test", "1")
        first = json.loads((await board.append_audit_head()).body)
        await board.audit(None, "system", "test", "2")
        second = json.loads((await board.append_audit_head()).body)
        assert second["count"] == first["count"] + 1 and second["sha256"] != first["sha256"]

    async def test_two_readers_make_one_tree(self) -> None:
        """P3: requests that read the same leaves at the same moment agree, and no leaf is taken twice."""
        for number in range(3):
            await board.append(Kind.MODERATION, {"act": number})
        size = await board.size()
        roots = await asyncio.gather(*(root_at(size) for _ in range(4)))
        assert len(set(roots)) == 1 and await board.broken_leaf() is None

    async def test_the_sequencer_posts_what_waits(self) -> None:
        """A4: the periodic round does what a promise says."""
        await board.promise(some_leaf(1))
        await sequence()
        assert await board.size() == 1

    async def test_a_board_that_holds_what_was_seen(self) -> None:
        """trust 5: a checkpoint of this very board stops nothing."""
        await board.append(Kind.MODERATION, {"act": 1})
        [seen] = await board.checkpoints()
        await board.append(Kind.MODERATION, {"act": 2})
        await insist_not_rolled_back(seen.note)

    async def test_a_witness_leaves_once(self) -> None:
        """P3: withdrawn by two persons; a second request finds nobody, and the name's key signs for nothing."""
        first, second = uuid4(), uuid4()
        key = notes.Verifier("unpar", KEY.verifier.public, notes.COSIGNATURE).text
        await board.register_witness(key)
        acts = [await board.propose_act(WITHDRAWING, {"key": key}, first) for _ in range(2)]
        await withdraw_witness(acts[0].id, second)
        with pytest.raises(Refused) as refused:
            await withdraw_witness(acts[1].id, second)
        assert refused.value.reason is Refusal.NO_SUCH_WITNESS and await board.witness_lines() == []


def test_a_tool_that_was_not_installed_is_said() -> None:
    """P4: a missing stand-alone file is a fault in words, not an empty download."""
    assert _alone("rembuk_witness").name == "rembuk_witness.py"
    with pytest.raises(FileNotFoundError, match="rembuk_nothing"):
        _alone("rembuk_nothing")
