"""Signed notes, promises, cosignatures and the key file."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.board import notes

SIGNER = notes.Signer("rembuk/32.73", bytes(range(32)))
CHECKPOINT = notes.Checkpoint("rembuk/32.73", 48_201, bytes(32))
NOTE = SIGNER.sign(CHECKPOINT.text)

# golang.org/x/mod/sumdb/note, the example of its documentation
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_signed_elsewhere_opens() -> None:
    """Our notes are everybody's notes: the example of Go's note package opens."""
    text = notes.open_note(GO_NOTE, notes.parse_verifier(GO_KEY))
    assert text.startswith("If you think cryptography")


def test_a_checkpoint_comes_back() -> None:
    """What was signed is what is read."""
    assert notes.parse_checkpoint(notes.open_note(NOTE, SIGNER.verifier)) == CHECKPOINT


@settings(deadline=None)
@given(st.integers(0, len(NOTE) - 2), st.characters(exclude_categories=["Cs"]))
def test_any_changed_character_is_found(at: int, letter: str) -> None:
    """T-TAMPER: one character changed anywhere and the note does not open. Sabotage: strip() the base64."""
    changed = NOTE[:at] + letter + NOTE[at + 1 :]
    if changed == NOTE:
        return
    with pytest.raises(notes.BadNote):
        notes.open_note(changed, SIGNER.verifier)


def test_another_key_does_not_open_it() -> None:
    """A note of the same name under another key is refused."""
    with pytest.raises(notes.BadNote):
        notes.open_note(NOTE, notes.Signer("rembuk/32.73", bytes(32)).verifier)


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\n" + "A" * 43 + "=\n", "a\n-1\nAA==\n", "a\n1\nAA==\n", "a\n1\nAA==\nmore\n"]
)
def test_a_checkpoint_is_written_in_one_way(text: str) -> None:
    """A checkpoint with a leading zero, a short root or more lines is none."""
    with pytest.raises(notes.BadNote):
        notes.parse_checkpoint(text)


def test_keys_travel_as_one_line() -> None:
    """A public key survives its line; a mistyped one is refused."""
    line = SIGNER.verifier.text
    assert notes.parse_verifier(line) == SIGNER.verifier
    with pytest.raises(notes.BadNote):
        notes.parse_verifier(line.replace("32.73", "32.74"))
    with pytest.raises(notes.BadNote):
        notes.parse_verifier("rembuk+x")


def test_a_witness_cosigns_what_it_saw() -> None:
    """A cosignature speaks of this text and this time only. Sabotage: leave the time out of the message."""
    witness = notes.Signer("unpar", bytes(range(1, 33)))
    key = notes.Verifier("unpar", witness.verifier.public, notes.COSIGNATURE)
    line = notes.cosign(CHECKPOINT.text, witness, 1_780_000_000)
    assert notes.cosignature_verifies(CHECKPOINT.text, line, key)
    assert not notes.cosignature_verifies(CHECKPOINT.text.replace("48201", "48202"), line, key)
    assert not notes.cosignature_verifies(CHECKPOINT.text, line, SIGNER.verifier)
    assert not notes.cosignature_verifies(CHECKPOINT.text, "nonsense", key)
    assert notes.open_note(notes.with_cosignatures(NOTE, [line]), SIGNER.verifier) == CHECKPOINT.text


def test_a_promise_is_no_checkpoint() -> None:
    """A promise cannot be passed off as a checkpoint, nor the other way round."""
    text = notes.promise_text("rembuk/32.73", "ab" * 32, "2026-11-29T13:00:00Z")
    assert text.split("\n")[0] != CHECKPOINT.origin
    with pytest.raises(notes.BadNote):
        notes.parse_checkpoint(text)


def test_the_key_file_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    """The signing key is never replaced; nobody else may read it. Sabotage: open(path, "w")."""
    path = tmp_path / "secrets" / "papan.key"
    verifier = notes.make_key_file(path, "rembuk/32.73")
    assert notes.read_key_file(path).verifier == verifier
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        notes.make_key_file(path, "rembuk/32.73")
    path.write_text(path.read_text().replace("rembuk/32.73", "rembuk/32.74"))
    with pytest.raises(notes.BadNote):
        notes.read_key_file(path)
