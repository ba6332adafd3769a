"""A whole bundle holds; whatever one changes in it, honestly listed or not, is found."""

import ast
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rembuk_verify as verify
from rembuk.board import notes
from rembuk.board.rules import Kind as LeafKind
from rembuk.board.rules import canonical, leaf
from tests.verify import bundles

SOURCE = Path(__file__).parents[2] / "src" / "rembuk_verify.py"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest bundle."""
    return bundles.write(tmp_path_factory.mktemp("bundle"), bundles.bundle_files())


def broken(folder: Path, key: str | None = None, saved: str | None = None) -> list[str]:
    """The lines the verifier marks as not holding."""
    report = verify.Report(english=True)
    verify.verify(folder, report, key, saved)
    return [line for line in report.lines if line.startswith("DOES NOT HOLD")]


def test_the_verifier_stands_alone() -> None:
    """T-VERIFY: one file below 800 lines, standard library only, nothing of ours."""
    source = SOURCE.read_text("utf-8")
    assert len(source.splitlines()) < 800
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_an_honest_bundle_holds(whole: Path) -> None:
    """P4: everything holds; what could not be recomputed is said. Run as a stranger would, without our packages."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(SOURCE), str(whole), "--key", bundles.SIGNER.verifier.text],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "TIDAK COCOK" not in run.stdout
    assert "TIDAK DIPERIKSA 32.73.27" in run.stdout
    assert run.stdout.endswith("Semua yang dapat diperiksa cocok.\n")


def test_it_speaks_english_and_finds_receipts(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A4: a receipt code is found on the published board; a wrong one is not."""
    first = bundles.lines_of({"board.jsonl": (whole / "board.jsonl").read_bytes()})[7]
    code = verify.receipt_of(verify.leaf_hash(canonical(first)).hex())
    assert verify.main([str(whole), "--lang", "en", "--kode", code.lower()]) == 0
    assert "on the board, number 7" in capsys.readouterr().out
    assert verify.main([str(whole), "--kode", "0000-0000-0000-0000-0000"]) == 1
    assert "ADA YANG TIDAK COCOK." in capsys.readouterr().out


def test_any_changed_byte_is_found(whole: Path, tmp_path: Path) -> None:
    """T-TAMPER: one byte changed, added or taken away anywhere, 100 times. Sabotage: skip the manifest's hashes."""
    dice = random.Random(20261121)
    copy = Path(shutil.copytree(whole, tmp_path / "copy"))
    paths = sorted(path for path in copy.rglob("*") if path.is_file())
    for _ in range(100):
        path = dice.choice(paths)
        kept = path.read_bytes()
        at = dice.randrange(len(kept))
        path.write_bytes(
            kept[:at] + dice.choice([b"", b"\n", bytes([kept[at] ^ 1 << dice.randrange(8)])]) + kept[at + 1 :]
        )
        if path.read_bytes() != kept:
            assert broken(copy), f"{path.name} at {at}"
        path.write_bytes(kept)
    assert not broken(copy)


def test_a_file_taken_away_or_added_is_found(whole: Path, tmp_path: Path) -> None:
    """T-TAMPER: neither fewer nor more files than the manifest names."""
    names = [path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()]
    for number, name in enumerate(sorted(names)):
        copy = Path(shutil.copytree(whole, tmp_path / str(number)))
        (copy / name).unlink()
        assert broken(copy), name
    extra = Path(shutil.copytree(whole, tmp_path / "extra"))
    (extra / "results" / "32.73.99.json").write_text("{}")
    assert broken(extra)


Change = Callable[[dict[str, bytes]], None]


def replaced(name: str, old: bytes, new: bytes) -> Change:
    """Change the text of one file."""

    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def board(edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Change:
    """Rewrite the board and sign it again with the board's own key: an operator who forges everything."""

    def change(files: dict[str, bytes]) -> None:
        log = bundles.Log()
        for each in edit(bundles.lines_of(files)):
            posted = leaf(LeafKind(each["kind"]), each)
            log.lines.append(posted.data)
            log.edge = log.edge.appended([bytes.fromhex(posted.sha256)])
            log.sign(every=1)
        files["board.jsonl"] = b"".join(line + b"\n" for line in log.lines)
        files["checkpoints.txt"] = "".join(log.cosigned()).encode()

    return change


def moved(kind: str, before: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The board with the leaf of one kind put before that of another."""

    def edit(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        chosen = [each for each in lines if each["kind"] == kind][-1]
        rest = [each for each in lines if each is not chosen]
        at = next(number for number, each in enumerate(rest) if each["kind"] == before)
        return [*rest[:at], chosen, *rest[at:]]

    return edit


def changed(kind: str, **facts: Any) -> Change:
    """Rewrite every leaf of a kind."""
    return board(lambda lines: [{**each, **facts} if each["kind"] == kind else each for each in lines])


def added(before: str, **leaf: Any) -> Change:
    """One leaf more of our election, before the last one of a kind."""

    def edit(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        at = max(number for number, each in enumerate(lines) if each["kind"] == before)
        return [*lines[:at], {"election": str(bundles.ELECTION), **leaf}, *lines[at:]]

    return board(edit)


def a_friendly_witness(files: dict[str, bytes]) -> None:
    """A witness the operator admitted after freezing cosigns in place of the one that was named."""
    friend = notes.Signer("friend", bytes(range(3, 35)))
    key = notes.Verifier("friend", friend.verifier.public, notes.COSIGNATURE).text
    keys = json.loads(files["keys.json"])
    files["keys.json"] = canonical({**keys, "witnesses": [*keys["witnesses"], key]})
    made = []
    for note in verify.parse_notes(files["checkpoints.txt"].decode()):
        made.append(notes.with_cosignatures(bundles.SIGNER.sign(note.text), [notes.cosign(note.text, friend, 1)]))
    files["checkpoints.txt"] = "".join(made).encode()


FORGERIES: dict[str, Change] = {
    "a cost in the configuration": replaced("config.json", b'"cost":27000000', b'"cost":26000000'),
    "a title": replaced("projects.json", b"Usulan 1", b"Usulan X"),
    "a winner": replaced("results/32.73.26.json", b'"winners":["', b'"winners":["4","'),
    "a score of a small district": replaced("results/32.73.27.json", b'"6":2', b'"6":3'),
    "a ballot": replaced("ballots/32.73.26.pb", b"\n1;", b"\n1;4,"),
    "a leaf dropped": replaced("board.jsonl", b'{"election"', b'{"Election"'),
    "the key": replaced("keys.json", b"rembuk/32.73+", b"rembuk/32.74+"),
    "an audit line": replaced("audit.jsonl", b'"someone"', b'"nobody"'),
    "an envelope after close": board(moved("envelope", "opened")),
    "dice before opening": board(moved("seed", "opened")),
    "opened twice": board(lambda lines: [*lines, next(each for each in lines if each["kind"] == "opened")]),
    "an envelope twice": board(lambda lines: [*lines[:7], lines[7], *lines[7:]]),
    "no envelopes": board(lambda lines: [each for each in lines if each["kind"] != "envelope"]),
    "one trial opening only": board(lambda lines: [*lines[:2], *lines[3:]]),
    "the same quorum twice": changed("test_opening", shares=[1, 2]),
    "trial openings of another key": changed("test_opening", trustee_key="cd" * 32),
    "a key nobody settled": changed("ceremony", trustee_key="cd" * 32),
    "fewer witnesses settled": changed("ceremony", witness_quorum=0),
    "more ballots than voters": changed("roll_totals", totals={**bundles.ROLL, "32.73.26.1001.001": 12}),
    "a project withdrawn after closing": added("opened", kind="withdrawal", project="1"),
    "a successor before the result": added("result", kind="replacement", withdrawn="1", successor="", number=1),
    "a witness withdrawn before the dice": added(
        "opened", kind="witness", name="unpar", key=bundles.WITNESS_KEY.text, state="withdrawn"
    ),
    "a witness nobody named": a_friendly_witness,
    "an audit chain cut short": lambda files: files.update(
        {"audit.jsonl": b"".join(each + b"\n" for each in files["audit.jsonl"].splitlines()[:2])}
    ),
    "the words of a project": replaced("projects.json", b'"cost":', b'"area":"32.73.27.1.1","cost":'),
    "other dice": board(lambda lines: [{**e, "dice": "0"} if e["kind"] == "seed" else e for e in lines][:-1]),
}


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_a_forgery_with_a_fitting_manifest_is_found(whole: Path, tmp_path: Path, name: str) -> None:
    """T-TAMPER, T6, T7: even who rewrites the manifest (and, holding the key, the board) leaves a contradiction."""
    files = {path.relative_to(whole).as_posix(): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    del files["manifest.json"]
    FORGERIES[name](files)
    assert broken(bundles.write(tmp_path, files))


def test_a_forked_board_is_found_with_a_kept_checkpoint(whole: Path, tmp_path: Path) -> None:
    """P3: a board rewritten and signed again contradicts any copy somebody kept. Sabotage: compare sizes only."""
    kept = verify.parse_notes((whole / "checkpoints.txt").read_text("utf-8"))[1]
    lines = (whole / "checkpoints.txt").read_text("utf-8")
    saved = kept.text + "\n" + lines.split(kept.text + "\n")[1].split("\n")[0] + "\n"
    files = {path.relative_to(whole).as_posix(): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    del files["manifest.json"]
    board(lambda lines: [*lines[:8], lines[9], lines[8], *lines[10:]])(files)
    forked = bundles.write(tmp_path, files)
    assert not broken(forked)
    assert broken(forked, saved=saved)
    assert not broken(whole, saved=saved)


def test_what_the_witness_saw_is_told(whole: Path, tmp_path: Path) -> None:
    """4.4: a named witness must sign between dice and result, and again past the result; both are said in words."""
    files = {path.relative_to(whole).as_posix(): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    del files["manifest.json"]
    parts = files["checkpoints.txt"].decode().split("rembuk/32.73\n")
    for at, words in ((-1, "0 witnesses saw the result, 1 needed"), (-2, "0 witnesses saw the dice, 1 needed")):
        bare = parts[at].partition("— unpar")[0]
        made = [*parts[:at], bare, *parts[len(parts) + at + 1 :]]
        made[1] = bundles.with_witness(f"rembuk/32.73\n{parts[1]}").removeprefix("rembuk/32.73\n")  # saw no dice yet
        files["checkpoints.txt"] = "rembuk/32.73\n".join(made).encode()
        found = broken(bundles.write(tmp_path / str(-at), files))
        assert len(found) == 1 and words in found[0]


def test_what_is_not_checked_is_said(whole: Path, tmp_path: Path) -> None:
    """P3: a file more, an audit chain less, an audit chain nobody sealed: no contradiction, and never passed over."""
    files = {path.relative_to(whole).as_posix(): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    del files["manifest.json"]
    more = {**files, "README.txt": b"read me", "ballots/32.73.99.pb": b"x"}
    said = report_of(bundles.write(tmp_path / "more", more))
    assert "NOT CHECKED     sentences in result files, and other files (README.txt, ballots/32.73.99.pb)" in said
    less = {name: data for name, data in files.items() if name != "audit.jsonl"}
    assert "NOT CHECKED     0 audit lines are chained" in report_of(bundles.write(tmp_path / "less", less))
    board(lambda lines: [each for each in lines if each["kind"] != "audit_head"])(files)
    assert "NOT CHECKED     0 of them sealed by the board" in report_of(bundles.write(tmp_path / "open", files))
    assert "HOLDS           3 of them sealed by the board" in report_of(whole)


def report_of(folder: Path) -> list[str]:
    """Every line the verifier says, none of them bad."""
    report = verify.Report(english=True)
    verify.verify(folder, report)
    assert not report.broken, report.lines
    return report.lines


def test_another_key_is_found(whole: Path) -> None:
    """A board signed by a stranger holds in itself, and not against the key on public display."""
    stranger = notes.Signer("rembuk/32.73", bytes(32)).verifier.text
    assert broken(whole, key=stranger)
    assert not broken(whole, key=bundles.SIGNER.verifier.text + "\n")


def test_a_large_district_may_not_hide_its_ballots(whole: Path, tmp_path: Path) -> None:
    """4.7: totals only is for small districts; leaving a ballots file out is found."""
    files = {path.relative_to(whole).as_posix(): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    del files["manifest.json"], files["ballots/32.73.26.pb"]
    assert any("the file of 15 ballots" in line for line in broken(bundles.write(tmp_path, files)))


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format":1e5}'])
def test_rubbish_is_reported_not_crashed_on(whole: Path, tmp_path: Path, rubbish: bytes) -> None:
    """Whatever a file holds, the verifier finishes and says that it does not hold."""
    for number, name in enumerate(["manifest.json", "config.json", "board.jsonl", "checkpoints.txt", "keys.json"]):
        copy = Path(shutil.copytree(whole, tmp_path / str(number)))
        (copy / name).write_bytes(rubbish)
        assert broken(copy)
        assert json.dumps(broken(copy))
