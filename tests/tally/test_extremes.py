"""Elections at the edge: 10^15 rupiah, a million projects, and all of it through `python -m rembuk.tally` as well."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rembuk.tally import pabulib
from rembuk.tally.command import main
from rembuk.tally.pabulib import BadFile
from rembuk.tally.pabulib.layout import MOST_PROJECTS

HEAD = "META\nkey;value\nbudget;{budget}\nvote_type;approval\nPROJECTS\nproject_id;cost;name\n"
RULES = (["greedy"], ["equal_shares"], ["equal_shares", "--completion", "add1u"], ["phragmen"])


def written(folder: Path, budget: str, projects: str, votes: str) -> Path:
    """A file of these parts."""
    path = folder / "x.pb"
    path.write_text(HEAD.format(budget=budget) + projects + "VOTES\nvoter_id;vote\n" + votes, encoding="utf-8")
    return path


@pytest.mark.parametrize("rule", RULES)
def test_a_thousand_trillion_rupiah(rule: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10^15 rupiah are counted to the rupiah: one rupiah decides what fits."""
    billion = 10**15
    listed = f"a;{billion // 2};\nb;{billion // 2};\nc;{billion // 2 + 1};\n"
    path = written(tmp_path, str(billion), listed, "1;a\n2;a\n3;c\n4;c\n5;b\n6;b\n")
    assert main([str(path), "--rule", *rule, "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    spent = sum({"a": billion // 2, "b": billion // 2, "c": billion // 2 + 1}[name] for name in out["winners"])
    assert out["cost"] == str(spent)
    assert spent <= billion
    assert out["budget"] == "1000000000000000"
    if rule == ["greedy"]:
        assert out["winners"] == ["a", "b"]


def test_decimal_comma_of_large_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ "999999999999999,99" with "0,01" more is 10^15, exactly; with two hundredths it does not fit."""
    path = written(
        tmp_path, "1000000000000000", "a;999999999999999,99;\nb;0,01;\nc;0,02;\n", "1;a\n2;a\n3;c\n4;b\n5;c\n"
    )
    assert main([str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["winners"] == ["a", "b"]


def test_a_million_projects() -> None:
    """More projects than any slip could have are refused while they are read, at their line and in seconds."""
    text = HEAD.format(budget=10) + "".join(f"{n};5;\n" for n in range(1_000_000)) + "VOTES\nvoter_id;vote\n1;7\n"
    start = time.process_time()
    with pytest.raises(BadFile, match="more than") as bad:
        pabulib.parse(text, "x.pb")
    assert bad.value.line == MOST_PROJECTS + 7
    assert time.process_time() - start < 10


def test_many_projects_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten thousand projects are counted, not refused."""
    listed = "".join(f"{n};5;\n" for n in range(10_000))
    assert main([str(written(tmp_path, "10", listed, "1;7,8\n2;8\n3;\n")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["winners"] == ["8", "7"]


BAD = [
    ("10", "a;4;\na;5;\n", "1;a\n", 8, "there twice"),
    ("10", "a;4;\n", "1;a\n1;a\n", 11, "voter id '1' is there twice"),
    ("10", "a;0;\n", "1;a\n", 7, "costs nothing"),
    ("10", "a;-3;\n", "1;a\n", 7, "not an amount"),
    ("10", "a;4;\n", "1;b\n", 10, "not in PROJECTS"),
    ("9999999999999999999", "a;4;\n", "1;a\n", 3, "not an amount"),
    ("10", "", "1;a\n", 9, "not in PROJECTS"),
]


def module(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The tally run by itself, without the web parts."""
    command = [sys.executable, "-m", "rembuk.tally", str(path), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("budget", "projects", "votes", "line", "reason"), BAD)
def test_refused(budget: str, projects: str, votes: str, line: int, reason: str, tmp_path: Path) -> None:
    """Ids twice, a cost of 0 or below, votes for nobody, money without end: file, line, reason."""
    with pytest.raises(BadFile, match=reason) as bad:
        pabulib.read(written(tmp_path, budget, projects, votes))
    assert bad.value.line == line


def test_as_a_module(tmp_path: Path) -> None:
    """`python -m rembuk.tally` refuses bad files with 2, file, line and reason, counts good ones, without a trace."""
    empty = tmp_path / "empty.pb"
    empty.write_bytes(b"")
    for path, line, reason in ((empty, 1, "the file is empty"), (written(tmp_path, *BAD[0][:3]), 8, "there twice")):
        done = module(path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{path}:{line}: ")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
    done = module(written(tmp_path, "10", "a;4,5;\n", "1;a\n"), "--json")
    assert (done.returncode, json.loads(done.stdout)["cost"]) == (0, "4.5")
