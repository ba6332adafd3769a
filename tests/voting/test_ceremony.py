"""The offline commands: sheets are printed, the trial and the box are opened, wrong words are told by their place."""

from itertools import combinations
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from rembuk.cli import cli
from rembuk.voting import keys
from rembuk.voting.box import Box, Failure, Opened
from rembuk.voting.ceremony import fingerprint, sheets, trial_file
from rembuk.voting.opening import NotOpened, opened_faults, opened_file, packed, read_opened
from rembuk.voting.seal import Choice

ELECTION = uuid4()
KEY = keys.make_key()
SHARES = keys.split(KEY.secret, 3, 5)


def run(*arguments: str, typed: str | None = None) -> Result:
    """One command, as typed on the offline machine."""
    return CliRunner().invoke(cli, list(arguments), input=typed)


@pytest.mark.parametrize("quorum", [(1, 1), (2, 3), (3, 5)])
def test_sheets_hold_words_and_never_the_secret(tmp_path: Path, quorum: tuple[int, int]) -> None:
    """T-CEREMONY: a page of minutes and one page a trustee, 33 words and a QR each; the secret is written nowhere."""
    made = run("ceremony", "make", "--quorum", str(quorum[0]), "--trustees", str(quorum[1]), "--out", str(tmp_path))
    assert made.exit_code == 0, made.output
    sheet = tmp_path / "lembar-kunci.html"
    html, public = sheet.read_text(), (tmp_path / "kunci-publik.txt").read_text().strip()
    assert html.count("<section>") == html.count("<svg") == quorum[1] + 1
    assert html.count("<li>") == 33 * quorum[1] and public in html and "http" not in html.replace("http://www.w3", "")
    words = html.replace("</li>", "").split("<li>")[1:]
    shares = [" ".join(word.split("<")[0] for word in words[nth * 33 : nth * 33 + 33]) for nth in range(quorum[1])]
    secret = keys.join(shares[: quorum[0]])
    assert keys.public_of(secret).hex() == public
    assert secret.hex() not in html and secret.hex() not in made.output
    assert sheet.stat().st_mode & 0o077 == 0
    again = run("ceremony", "make", "--quorum", "2", "--trustees", "3", "--out", str(tmp_path))
    assert again.exit_code == 2 and sheet.read_text() == html


def test_a_name_cannot_write_html() -> None:
    """The election's name is text on every sheet."""
    html = sheets("<b>Uji</b>", KEY, 3, SHARES).html
    assert "<b>Uji" not in html and "&lt;b&gt;Uji" in html and fingerprint(KEY.public) in html


def test_every_quorum_opens_the_trial_and_two_missing_shares_do_not(tmp_path: Path) -> None:
    """T-CEREMONY, T16: all ten quorums of 3 of 5 answer the same; with two shares left nothing opens."""
    trial = keys.make_trial(KEY.public, ELECTION)
    file = tmp_path / "uji.json"
    file.write_bytes(trial_file(ELECTION, KEY.public, trial.ciphertext))
    words = tmp_path / "kata.txt"
    lines = set()
    for quorum in combinations(SHARES, 3):
        words.write_text("\n".join(quorum))
        told = run("ceremony", "try", str(file), "--words", str(words))
        assert told.exit_code == 0, told.output
        lines.add(told.output.split()[-1])
    read = {keys.read_line(line, trial.answer) for line in lines}
    assert len(read) == 10 and None not in read
    assert all(keys.read_line(line, "0" * 16) is None for line in lines)
    assert keys.read_line("1-2-4:" + min(lines).partition(":")[2], trial.answer) is None
    words.write_text("\n".join(SHARES[:2]))
    few = run("ceremony", "try", str(file), "--words", str(words))
    assert few.exit_code == 2 and "rembuk:" in few.output


def test_a_mistyped_word_is_told_by_its_place(tmp_path: Path) -> None:
    """T-CEREMONY: not on the list, another word of the list, two that changed places, one left out."""
    words = SHARES[0].split()
    assert keys.typing_fault(SHARES[0]) == ""
    unknown = [*words[:4], words[4][:4] + "zzz", *words[5:]]
    assert keys.typing_fault(" ".join(unknown)) == f"word 5 ({words[4][:4]}zzz) is not on the list; is it {words[4]}?"
    other = [*words[:20], "acid" if words[20] != "acid" else "academic", *words[21:]]
    assert keys.typing_fault(" ".join(other)) == "word 21 is another one on the paper"
    assert keys.typing_fault(" ".join(words[:-1])) == "32 words, a share has 33"
    at = next(nth for nth in range(8, 30) if words[nth] != words[nth + 1])
    moved = [*words[:at], words[at + 1], words[at], *words[at + 2 :]]
    assert keys.typing_fault(" ".join(moved)) == f"words {at + 1} and {at + 2} changed places"
    file, typed = tmp_path / "uji.json", "\n".join([" ".join(unknown), *SHARES[:3]])
    trial = keys.make_trial(KEY.public, ELECTION)
    file.write_bytes(trial_file(ELECTION, KEY.public, trial.ciphertext))
    told = run("ceremony", "try", str(file), typed=f"{typed}\n")
    assert told.exit_code == 0 and "word 5" in told.output and keys.read_line(told.output.split()[-1], trial.answer)


@pytest.mark.parametrize("typed", ["", "1-2-3", "1-2-3:", "1-x:0123456789abcdef", "1-2:0123"])
def test_a_result_line_is_read_strictly(typed: str) -> None:
    """What is typed on the key page is numbers and sixteen digits, or is refused."""
    with pytest.raises(keys.BrokenShares):
        keys.read_line(typed, "0" * 16)


BOX = Box(ELECTION, {"32.73.27": (b"a" * 64, b"b" * 64, b"c" * 64)})
OPENED = Opened(
    {"32.73.27": (Choice(("2",)), Choice(("1", "2")))},
    (Failure("32.73.27", "3e744b9dc39389baf0c5a0660589b8402f3dbb49b89b3e75f2c9355852a3c677", "x"),),
)


def test_two_quorums_write_one_file() -> None:
    """trust 4.6: the opened file holds no order and nothing random, so a second opening can be compared with it."""
    backwards = Opened({code: ballots[::-1] for code, ballots in OPENED.ballots.items()}, OPENED.failures)
    file = opened_file(BOX, OPENED)
    assert file == opened_file(BOX, backwards) and packed(file) == packed(file)
    read = read_opened(packed(file))
    assert read == read_opened(file) and set(read.opened.ballots["32.73.27"]) == set(OPENED.ballots["32.73.27"])
    for broken in (b"", b"{}", b"\x1f\x8b nothing", file[:-2], b"[]", file.replace(b'"count":1', b'"count":0')):
        with pytest.raises(NotOpened):
            read_opened(broken)


def test_the_order_of_an_exported_box_is_drawn_by_its_salt() -> None:
    """trust 4.6: the same salt gives the same file to everybody; another one another order."""
    many = Box(ELECTION, {"x": tuple(bytes([n]) * 40 for n in range(50))})
    assert many.ordered(b"s" * 32) == many.ordered(b"s" * 32) != many.ordered(b"t" * 32)
    assert sorted(many.ordered(b"s" * 32).districts["x"]) == sorted(many.districts["x"]) != many.ordered(b"s").districts


def test_every_envelope_of_the_box_is_accounted_for() -> None:
    """T-TAMPER: another box, a missing ballot, an invented failure or district is found without the key."""
    from rembuk.tally.election import Options, Project
    from rembuk.voting.box import Contest

    projects = tuple(Project(each, 1_000_000, "x", "32.73.27", "", "") for each in ("1", "2"))
    contest = Contest("32.73.27", "c", 2_000_000, "approval", 2, "greedy", Options(), projects)
    contests, sha = {"32.73.27": contest}, OPENED.failures[0].sha256

    def faults(opened: Opened, box: Box = BOX) -> list[str]:
        return opened_faults(read_opened(opened_file(box, opened)), BOX, contests)

    one = OPENED.ballots["32.73.27"][:1]
    real = __import__("hashlib").sha256(b"c" * 64).hexdigest()
    failed = (Failure("32.73.27", real, "x"),)
    assert faults(Opened(OPENED.ballots, failed)) == []
    assert faults(OPENED) == [f"failure not in the box or named twice: {sha}"]
    assert "3 envelopes, 1 ballots" in faults(Opened({"32.73.27": one}, failed))[0]
    assert "named twice" in faults(Opened({"32.73.27": one}, failed * 2))[0]
    assert "no such district" in faults(Opened({**OPENED.ballots, "x": ()}, failed))[0]
    foreign = (Choice(("9",)), Choice(()))
    assert "break the rules" in faults(Opened({"32.73.27": foreign}, failed))[0]
    assert faults(OPENED, Box(ELECTION, {"32.73.27": (b"z" * 64,)})) == ["the file belongs to another box"]
