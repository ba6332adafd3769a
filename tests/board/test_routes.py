"""The board's pages and its JSON: public, without names, with proofs a program can check."""

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rembuk.board import merkle, notes
from rembuk.board import store as board
from rembuk.board.rules import Kind, envelope_leaf
from rembuk.settings import settings
from tests.clients import Client, open_client


@pytest.fixture
def own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A secret folder of this test's own."""
    monkeypatch.setenv("REMBUK_SECRETS", str(tmp_path / "secrets"))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def visitor(db: Any, own_secrets: None, tampering: None) -> AsyncIterator[Client]:
    """A visitor of an app that has only the board's room."""
    async with open_client(rooms=("board",)) as client:
        yield client


async def test_an_empty_board_says_so(visitor: Client) -> None:
    """S3: the page stands before the first leaf."""
    answer = await visitor.get("/papan")
    assert answer.status_code == 200
    assert "Papan bukti masih kosong." in answer.text
    assert (await visitor.get("/papan/0")).status_code == 404
    assert (await visitor.get("/papan?halaman=0")).status_code in (400, 404, 422)


async def test_the_board_is_paged_newest_first(visitor: Client) -> None:
    """A4: every leaf can be reached, on a page of fifty, and looked at with its proof."""
    for number in range(61):
        await board.promise(envelope_leaf(uuid4(), str(number).encode()))
    await board.append(Kind.CLOSE, {"election": "e"})
    first, second = await visitor.get("/papan"), await visitor.get("/papan?halaman=2")
    assert "Pemungutan suara ditutup" in first.text and 'href="/papan/61"' in first.text
    assert 'href="/papan/12"' in first.text and 'href="/papan/11"' not in first.text
    assert 'href="/papan/11"' in second.text and 'href="/papan/0"' in second.text
    leaf = await visitor.get("/papan/61")
    assert leaf.status_code == 200 and "Jalan ke akar pohon" in leaf.text


async def test_the_verifier_can_be_taken_along(visitor: Client) -> None:
    """P4: the file people download is the verifier itself, and the page names its hash."""
    file = await visitor.get("/papan/rembuk_verify.py")
    assert file.status_code == 200 and b"def main(" in file.content
    assert sha256(file.content).hexdigest() in (await visitor.get("/papan")).text


async def test_a_program_can_mirror_and_prove(visitor: Client) -> None:
    """P3: leaves, checkpoints, keys and both proofs are enough to check the board from outside."""
    for number in range(5):
        await board.append(Kind.MODERATION, {"act": number})
    keys = (await visitor.get("/api/v1/board/keys")).json()
    leaves = (await visitor.get("/api/v1/board/leaves?start=0&count=1000")).json()
    hashes = [merkle.leaf_hash(each["body"].encode()) for each in leaves]
    assert [each.hex() for each in hashes] == [each["leaf_sha256"] for each in leaves]
    newest = (await visitor.get("/api/v1/board/checkpoints")).json()[0]
    text = notes.open_note(newest["note"], notes.parse_verifier(keys["board"]))
    assert notes.parse_checkpoint(text).root == merkle.root(hashes)
    proof = (await visitor.get("/api/v1/board/inclusion?index=2")).json()
    path = [bytes.fromhex(each) for each in proof["path"]]
    assert merkle.included(hashes[2], 2, 5, path, merkle.root(hashes))
    older = (await visitor.get("/api/v1/board/consistency?first=3")).json()
    path = [bytes.fromhex(each) for each in older["path"]]
    assert merkle.consistent(3, 5, path, merkle.root(hashes[:3]), merkle.root(hashes))
    assert (await visitor.get("/api/v1/board/inclusion?index=9")).status_code == 404
    assert (await visitor.get("/api/v1/board/leaves?count=5000")).status_code in (400, 422)


async def test_a_program_can_look_up_a_receipt(visitor: Client) -> None:
    """A4: found, waiting, unknown and mistyped are told apart."""
    promise = await board.promise(envelope_leaf(uuid4(), b"sealed"))
    url = f"/api/v1/board/receipts/{promise.receipt}"
    assert (await visitor.get(url)).json() == {
        "found": True,
        "index": None,
        "leaf_sha256": promise.leaf_sha256,
        "witnesses": 0,
    }
    await board.drain()
    assert (await visitor.get(url)).json()["index"] == 0
    assert (await visitor.get("/api/v1/board/receipts/0000-0000-0000-0000-0000")).json()["found"] is False
    assert (await visitor.get("/api/v1/board/receipts/short")).status_code == 422


async def test_a_witness_sends_its_cosignature(visitor: Client) -> None:
    """I5: a registered witness's line is kept and published; anybody else's is refused."""
    witness = notes.Signer("unpar", bytes(range(32)))
    await board.append(Kind.MODERATION, {"act": 1})
    [checkpoint] = await board.checkpoints()
    text = notes.open_note(checkpoint.note, board.signer().verifier)
    body = {"size": 1, "line": notes.cosign(text, witness, 1_780_000_000)}
    assert (await visitor.post("/api/v1/board/cosignatures", json=body)).status_code == 404
    await board.register_witness(notes.Verifier("unpar", witness.verifier.public, notes.COSIGNATURE).text)
    answer = await visitor.post("/api/v1/board/cosignatures", json=body)
    assert answer.status_code == 200 and answer.json()["witnesses"] == ["unpar"]
