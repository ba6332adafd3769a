"""Witnesses: the stand-alone tool finds every lie and signs none; the board takes its signature and nobody else's."""

import ast
import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import rembuk_witness as tool
from rembuk.board import merkle, notes
from rembuk.board import store as board
from rembuk.board.rules import Kind, Refusal, envelope_leaf
from rembuk.clock import now
from rembuk.errors import Reason, Refused
from rembuk.people import store as people
from rembuk.people.tables import Person
from rembuk.settings import settings
from rembuk.web.guards import Role
from tests.clients import Client, open_client

ORIGIN = "rembuk/32.73"
SOURCE = Path(tool.__file__).read_bytes()
BOARD = notes.Signer(ORIGIN, b"b" * 32)
FIRST = uuid4()


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def official(name: str) -> UUID:
    """Somebody who plans for the whole city."""
    row = Person(name=name, kind="staff", created_at=now())
    await Person.insert(row)
    await people.grant(row.id, "city_official", "32.73", by=None)
    return row.id


class Board:
    """A board in memory that answers what the tool asks, honestly or not."""

    def __init__(self, leaves: int, salt: bytes = b"") -> None:
        self.hashes = [merkle.leaf_hash(salt + bytes([n])) for n in range(leaves)]
        self.key = BOARD
        self.sent: list[dict[str, Any]] = []

    def ask(self, url: str, path: str, body: Any = None) -> Any:
        """What /api/v1/board says."""
        tree = merkle.Tree(self.hashes)
        if path == "/keys":
            return {"board": self.key.verifier.text}
        if path.startswith("/checkpoints"):
            checkpoint = notes.Checkpoint(ORIGIN, tree.size, tree.root())
            return [{"note": self.key.sign(checkpoint.text)}]
        if path == "/cosignatures":
            self.sent.append(body)
            return {}
        first, second = (int(part.partition("=")[2]) for part in path.partition("?")[2].split("&"))
        return {"path": [step.hex() for step in tree.consistency(first, second)]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness's folder with a key."""
    tool.init(tmp_path / "saksi", "unpar.ac.id")
    return tmp_path / "saksi"


def seen(monkeypatch: pytest.MonkeyPatch, folder: Path, answering: Board, *more: str) -> int:
    """One `cosign` against this board; the exit code."""
    monkeypatch.setattr(tool, "ask", answering.ask)
    try:
        tool.main(["--dir", str(folder), "cosign", "https://kota.example", *more])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def test_its_signatures_are_those_of_the_standard() -> None:
    """RFC 8032 7.1, tests 1 and 2; and the library verifies what the tool signs, the tool what the library signs."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    wanted = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert (tool.public_of(seed).hex(), tool.sign(seed, b"\x72").hex()) == (public, wanted)
    signer = notes.Signer("a", seed)
    assert signer.verifier.verifies(b"hello", tool.sign(seed, b"hello"))
    line = tool.cosignature("unpar.ac.id", seed, "x\n1\ny\n", 1_780_000_000)
    assert line == notes.cosign("x\n1\ny\n", notes.Signer("unpar.ac.id", seed), 1_780_000_000)
    signed = tool.sign(seed, b"hello")
    assert tool.verifies(bytes.fromhex(public), b"hello", signed)
    for wrong in (signed[:-1] + bytes([signed[-1] ^ 1]), bytes(64), signed[:63], b"\xff" * 64):
        assert not tool.verifies(bytes.fromhex(public), b"hello", wrong)


def test_it_is_one_short_file_of_the_standard_library() -> None:
    """A stranger reads it at a sitting and installs nothing."""
    text = SOURCE.decode()
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {
        alias.name.split(".")[0] if isinstance(node, ast.Import) else str(node.module) for node in names
        for alias in node.names
    }  # fmt: skip
    assert text.count("\n") < 360 and modules <= set(sys.stdlib_module_names)


def test_a_board_that_grows_is_cosigned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P3: first use trusts, later looks insist on a proof; the line is what the board's own library verifies."""
    witness = notes.parse_verifier(tool.key_line("unpar.ac.id", 4, tool.public_of(tool.own_key(folder)[1])))
    for leaves in (3, 3, 4, 11):
        answering = Board(leaves)
        assert seen(monkeypatch, folder, answering) == 0
        [body] = answering.sent
        text = notes.Checkpoint(ORIGIN, leaves, merkle.root(answering.hashes)).text
        assert body["size"] == leaves and notes.cosignature_verifies(text, body["line"], witness)
    assert (folder / "saksi.key").stat().st_mode & 0o077 == 0
    with pytest.raises(tool.CannotLook):
        tool.init(folder, "lain.id")


@pytest.mark.parametrize("lie", ["rollback", "fork", "longer fork", "other key", "unsigned", "given key"])
def test_a_board_that_lies_is_shouted_at(folder: Path, monkeypatch: pytest.MonkeyPatch, lie: str, capsys: Any) -> None:
    """P3, T-TAMPER: rollback, fork, another key: exit 1, both notes kept, nothing signed, nor the next time."""
    assert seen(monkeypatch, folder, Board(8)) == 0
    false = {"rollback": Board(7), "fork": Board(8, b"x"), "longer fork": Board(12, b"x")}.get(lie, Board(9))
    if lie in ("other key", "unsigned"):
        false.key = notes.Signer(ORIGIN, b"c" * 32)
    given = ["--key", false.key.verifier.text] if lie == "other key" else []
    if lie == "given key":
        given = ["--key", notes.Signer(ORIGIN, b"d" * 32).verifier.text]
    assert seen(monkeypatch, folder, false, *given) == 1
    evidence = (folder / "BUKTI.txt").read_text()
    assert false.sent == [] and evidence.count(f"{ORIGIN}\n") == 2
    assert seen(monkeypatch, folder, Board(20)) == 1


@pytest.mark.parametrize("note", ["", "x", "a\nb\nc\n\n", f"{ORIGIN}\nx\nAAAA\n\n— k AAAA\n"])
def test_nonsense_is_not_called_a_lie(folder: Path, monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    """A broken server is told from a lying one: exit 2, nothing signed, nothing accused."""
    broken = Board(2)
    monkeypatch.setattr(broken, "ask", lambda _url, path, body=None: {"board": BOARD.verifier.text}
                        if path == "/keys" else [{"note": note}])  # fmt: skip
    assert seen(monkeypatch, folder, broken) == 2
    assert not (folder / "BUKTI.txt").exists() and not broken.sent


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
    """A visitor of an app that has the board's room and its officials."""
    async with open_client(rooms=("board", "places", "people")) as client:
        yield client


async def test_the_tool_and_the_server_meet(visitor: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P3: registered by two persons, the tool's own bytes are taken without a form token; strangers' are not."""
    key = tool.key_line("unpar.ac.id", 4, tool.public_of(tool.own_key(folder)[1]))
    await board.append(Kind.MODERATION, {"act": 1})
    said = {"/keys": (await visitor.get("/api/v1/board/keys")).json()}
    said["/checkpoints?count=1"] = (await visitor.get("/api/v1/board/checkpoints?count=1")).json()
    sent: list[Any] = []
    monkeypatch.setattr(tool, "ask", lambda _url, path, body=None: sent.append(body) if body else said[path])
    tool.main(["--dir", str(folder), "cosign", "https://kota.example"])

    async def send(body: Any) -> int:
        headers = {"Content-Type": "application/json"}
        answer = await visitor.http.post("/api/v1/board/cosignatures", content=json.dumps(body), headers=headers)
        return answer.status_code

    assert await send(sent[0]) == 404
    first, second = [await official(name) for name in ("Rini", "Hendra")]
    await visitor.sign_in(first, Role.CITY_OFFICIAL)
    bad = await visitor.post("/petugas/saksi", {"key": BOARD.verifier.text})
    assert bad.status_code == 422 and "Salin kunci saksi" in bad.text
    assert (await visitor.post("/petugas/saksi", {"key": key})).status_code == 303
    [(act, _)] = await board.waiting_witnesses()
    assert (await visitor.post(f"/petugas/saksi/{act.id}")).status_code == 409
    await visitor.sign_in(second, Role.CITY_OFFICIAL)
    assert "Setujui saksi ini" in (await visitor.get("/petugas/saksi")).text
    assert (await visitor.post(f"/petugas/saksi/{act.id}")).status_code == 303
    with refused(Refusal.WITNESS_KNOWN):
        await board.propose_witness(key, FIRST)
    await visitor.sign_out()
    forged = base64.b64decode(sent[0]["line"].rpartition(" ")[2])
    line = f"— unpar.ac.id {base64.b64encode(forged[:-1] + bytes([forged[-1] ^ 1])).decode()}"
    for wrong, status in (
        ({**sent[0], "line": line}, 422),
        ({**sent[0], "line": "x" * 400}, 400),
        ({**sent[0], "more": 1}, 400),
        ({**sent[0], "size": 9}, 404),
    ):
        assert await send(wrong) == status
    assert [await send(sent[0]), await send(sent[0])] == [200, 200]
    page = (await visitor.get("/papan")).text
    assert "unpar.ac.id" in page and 'class="qr"' in page
    file = await visitor.get("/papan/rembuk_witness.py")
    assert file.content == SOURCE


PROMISED = b"a ballot's leaf"


class Promising(Board):
    """A board with one leaf that was promised, or without it."""

    def __init__(self, kept: bool, after: int = 3) -> None:
        super().__init__(after)
        self.leaf = merkle.leaf_hash(PROMISED)
        self.hashes += [self.leaf] if kept else [merkle.leaf_hash(b"another")]

    def ask(self, url: str, path: str, body: Any = None) -> Any:
        """Receipts and inclusion proofs too."""
        if path.startswith("/receipts/"):
            return {"found": True, "index": self.hashes.index(self.leaf) if self.leaf in self.hashes else None}
        if path.startswith("/inclusion"):
            tree = merkle.Tree(self.hashes)
            return {"path": [step.hex() for step in tree.inclusion(self.hashes.index(self.leaf), tree.size)]}
        return super().ask(url, path, body)


def promised(tmp_path: Path, moment: str, signer: notes.Signer = BOARD) -> Path:
    """A promise as the receipt page shows it, saved by hand (no newline at its end)."""
    text = notes.promise_text(ORIGIN, merkle.leaf_hash(PROMISED).hex(), moment)
    file = tmp_path / "janji.txt"
    file.write_text(signer.sign(text).strip())
    return file


def test_anybody_holds_a_promise_against_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """trust 4.5: a kept promise is proven leaf to root; a missing leaf is shown with evidence; a forged promise is not.

    Sabotage: take the board's word that the leaf is there, without a proof.
    """

    def held(answering: Board, file: Path) -> int:
        monkeypatch.setattr(tool, "ask", answering.ask)
        try:
            tool.main(["--dir", str(tmp_path / "orang"), "promise", "https://kota.example", str(file)])
        except SystemExit as stop:
            return stop.code if isinstance(stop.code, int) else 1
        return 0

    old = promised(tmp_path, "2026-11-29T10:00:00Z")
    assert held(Promising(kept=True), old) == 0
    assert "leaf 3 of the board" in capsys.readouterr().out
    (tmp_path / "orang" / "papan.json").unlink()
    assert held(Promising(kept=False), promised(tmp_path, "2999-01-01T00:00:00Z")) == 0
    assert "Not there yet" in capsys.readouterr().out
    assert held(Promising(kept=False), promised(tmp_path, "2026-11-20T10:00:00Z")) == 1
    evidence = (tmp_path / "orang" / "JANJI.txt").read_text()
    assert "/janji" in evidence and evidence.count(f"{ORIGIN}\n") == 1
    pretending = Promising(kept=False)
    monkeypatch.setattr(pretending, "leaf", pretending.hashes[-1])
    assert held(pretending, promised(tmp_path, "2026-11-20T10:00:00Z")) == 1
    for wrong in (promised(tmp_path, "2026-11-29T10:00:00Z", notes.Signer(ORIGIN, b"c" * 32)), tmp_path / "nowhere"):
        assert held(Promising(kept=False), wrong) == 2
    (tmp_path / "janji.txt").write_text("not a note")
    assert held(Promising(kept=False), tmp_path / "janji.txt") == 2


async def test_the_server_keeps_what_it_promised(
    visitor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """trust 4.4, 4.5: the tool finds the leaf of a real promise on the real board, once the sequencer ran."""
    promise = await board.promise(envelope_leaf(uuid4(), b"sealed"))
    await board.append(Kind.MODERATION, {"act": 1})
    (tmp_path / "janji.txt").write_text(promise.note)
    place = await board.lookup(promise.receipt)
    assert place is not None and place.index is not None
    paths = ["/keys", "/checkpoints?count=1", f"/receipts/{promise.receipt.replace('-', '')}"]
    paths.append(f"/inclusion?index={place.index}&size=2")
    said = {path: (await visitor.get(f"/api/v1/board{path}")).json() for path in paths}
    monkeypatch.setattr(tool, "ask", lambda _url, path, body=None: said[path])
    tool.main(["--dir", str(tmp_path / "orang"), "promise", "https://kota.example", str(tmp_path / "janji.txt")])
    assert "OK: promised at" in capsys.readouterr().out


async def test_a_witness_is_withdrawn_by_two_and_told(visitor: Client, folder: Path) -> None:
    """4.4: withdrawn by two persons and a leaf; its key signs no more and cannot come back; its name can."""
    key = tool.key_line("unpar.ac.id", 4, tool.public_of(tool.own_key(folder)[1]))
    await board.register_witness(key)
    first, second = [await official(name) for name in ("Rini", "Hendra")]
    await visitor.sign_in(first, Role.CITY_OFFICIAL)
    assert (await visitor.post("/petugas/saksi/cabut", {"name": "nobody"})).status_code == 404
    assert (await visitor.post("/petugas/saksi/cabut", {"name": "unpar.ac.id"})).status_code == 303
    [(act, _)] = await board.waiting_witness_withdrawals()
    assert (await visitor.post(f"/petugas/saksi/{act.id}")).status_code == 409
    await visitor.sign_in(second, Role.CITY_OFFICIAL)
    assert "Setujui pencabutan" in (await visitor.get("/petugas/saksi")).text
    assert (await visitor.post(f"/petugas/saksi/{act.id}")).status_code == 303
    assert await board.witnesses() == []
    [leaf] = await board.leaves_of(Kind.WITNESS)
    assert json.loads(leaf.body) == {"kind": "witness", "name": "unpar.ac.id", "key": key, "state": "withdrawn"}
    with refused(Refusal.WITNESS_WITHDRAWN):
        await board.propose_witness(key, FIRST)
    another = notes.Signer("unpar.ac.id", b"n" * 32)
    act = await board.propose_witness(notes.Verifier(another.name, another.verifier.public, 4).text, first)
    await board.admit_witness(act.id, second)
    assert [json.loads(each.body)["state"] for each in await board.leaves_of(Kind.WITNESS)] == ["withdrawn", "admitted"]


def test_one_route_alone_needs_no_form_token() -> None:
    """trust 8: only what a witness's own signature vouches for; every other unsafe method asks for a token."""
    from rembuk.app import create_app
    from rembuk.web.guards import SIGNED

    found = {
        route.path
        for route in create_app().routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get(SIGNED)
    }
    assert found == {"/api/v1/board/cosignatures"}


async def test_a_result_waits_for_its_witnesses(db: Any, own_secrets: None, tampering: None) -> None:
    """trust 4.4: `result` needs a quorum of cosignatures over the dice; one before them, or another's, is none."""
    election, one = uuid4(), notes.Signer("unpar.ac.id", b"1" * 32)

    async def cosign(signer: notes.Signer) -> None:
        [newest] = await board.checkpoints(1)
        text = notes.open_note(newest.note, board.signer().verifier)
        await board.cosign(newest.size, notes.cosign(text, signer, 1_780_000_000))

    await board.register_witness(notes.Verifier(one.name, one.verifier.public, notes.COSIGNATURE).text)
    await board.append(Kind.OPENED, {"election": str(election)})
    await board.insist_cosigned(election, 0)
    await cosign(one)
    await board.append(Kind.SEED, {"election": str(election), "dice": "1"})
    with refused(Refusal.NOT_COSIGNED):
        await board.insist_cosigned(election, 1)
    await cosign(one)
    await board.insist_cosigned(election, 1)
    with refused(Refusal.NOT_COSIGNED):
        await board.insist_cosigned(election, 2)
    with refused(Refusal.NOT_COSIGNED):
        await board.insist_cosigned(uuid4(), 1)
    named = [notes.Verifier(one.name, one.verifier.public, notes.COSIGNATURE).text]
    await board.insist_cosigned(election, 1, named)
    with refused(Refusal.NOT_COSIGNED):
        await board.insist_cosigned(election, 1, [])


async def test_who_was_withdrawn_signs_for_nothing(db: Any, own_secrets: None, tampering: None) -> None:
    """4.4: what a witness signed before its withdrawal stands; what its key signs afterwards does not."""
    election, one = uuid4(), notes.Signer("unpar.ac.id", b"1" * 32)
    key = notes.Verifier(one.name, one.verifier.public, notes.COSIGNATURE).text
    await board.register_witness(key)
    act = await board.propose_witness_withdrawal(one.name, FIRST)
    await board.append(Kind.SEED, {"election": str(election), "dice": "1"})
    [early] = await board.checkpoints(1)
    await board.withdraw_witness(act.id, uuid4())
    await board.append(Kind.SEED, {"election": str(election), "dice": "2"})
    await board.register_witness(key)  # as an operator would put the row back
    [late] = await board.checkpoints(1)
    for checkpoint in (early, late):
        text = notes.open_note(checkpoint.note, board.signer().verifier)
        await board.cosign(checkpoint.size, notes.cosign(text, one, 1_780_000_000))
    with refused(Refusal.NOT_COSIGNED):
        await board.insist_cosigned(election, 1, [key])


async def test_an_old_backup_is_refused(db: Any, own_secrets: None, tampering: None) -> None:
    """trust 5: a database older than a kept checkpoint, or with another history, is found and refused."""
    for number in range(3):
        await board.append(Kind.MODERATION, {"act": number})
    [newest] = await board.checkpoints(1)
    assert await board.rolled_back(newest.note) == ""
    ahead = board.signer().sign(notes.Checkpoint(board.origin(), 4, b"r" * 32).text)
    assert "older: 3 leaves, 4" in await board.rolled_back(ahead)
    other = board.signer().sign(notes.Checkpoint(board.origin(), 2, b"r" * 32).text)
    assert "another history" in await board.rolled_back(other)
    assert "not a checkpoint" in await board.rolled_back(BOARD.sign(notes.Checkpoint(ORIGIN, 2, b"r" * 32).text))
    with refused(Refusal.ROLLED_BACK):
        await board.insist_not_rolled_back(ahead)
