"""Every malformed .pb is refused with file, line and reason, on the command line with exit 2 and never a trace."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally import pabulib
from rembuk.tally.command import main
from rembuk.tally.pabulib import BadFile

GOOD = '''META
key;value
budget;100
vote_type;approval
rule;greedy
num_projects;2
num_votes;3
PROJECTS
project_id;cost;name;colour
7;40;Satu;red
07;70,5;"Dua; ""besar""";blue
VOTES
voter_id;vote;age
a;7;30
b;7,07;
c;
'''

BAD = [
    ("", 1, "empty"),
    ("\n\n", 1, "empty"),
    (GOOD.replace("META\n", ""), 1, "META"),
    (GOOD.replace("PROJECTS\n", ""), 11, "VOTES stands where PROJECTS should"),
    (GOOD[: GOOD.index("VOTES")], 12, "VOTES is missing"),
    (GOOD[: GOOD.index("voter_id")], 12, "no header"),
    (GOOD.replace("budget;100\n", ""), 1, "no budget"),
    (GOOD.replace("vote_type;approval\n", ""), 1, "no vote_type"),
    (GOOD.replace("budget;100", "budget;lots"), 3, "not an amount"),
    (GOOD.replace("budget;100", "budget;-5"), 3, "not an amount"),
    (GOOD.replace("budget;100", "budget;٣"), 3, "not an amount"),
    (GOOD.replace("budget;100", "budget;100\nbudget;200"), 4, "twice"),
    (GOOD.replace("vote_type;approval", "vote_type;shouting"), 4, "vote_type"),
    (GOOD.replace("07;70,5", "7;70,5"), 11, "project id '7' is there twice"),
    (GOOD.replace("7;40;", "7;0;"), 10, "costs nothing"),
    (GOOD.replace("7;40;", "7;-4;"), 10, "not an amount"),
    (GOOD.replace("7;40;", "7;;"), 10, "not an amount"),
    (GOOD.replace("7;40;", "7;nan;"), 10, "not an amount"),
    (GOOD.replace("7;40;", "7;1e5;"), 10, "not an amount"),
    (GOOD.replace("7;40;", "7;9999999999999999999;"), 10, "not an amount"),
    (GOOD.replace("7;40;", "7;900000000000000000;"), 10, "too large"),
    (GOOD.replace("project_id;cost", "project_id;price"), 9, "no column cost"),
    (GOOD.replace("voter_id;vote;age", "voter_id;voice;age"), 13, "no column vote"),
    (GOOD.replace("voter_id;vote;age", "voter;vote;age"), 13, "no column voter_id"),
    (GOOD.replace("name;colour", "name;name"), 9, "column twice"),
    (GOOD.replace("7;40;Satu;red", "7;40;Satu;red;more"), 10, "fields"),
    (GOOD.replace("a;7;30", "a;7;30;4"), 14, "fields"),
    (GOOD.replace("a;7;30", "a;8;30"), 14, "names project '8'"),
    (GOOD.replace("b;7,07;", "b;7,;"), 15, "names project ''"),
    (GOOD.replace("c;", "a;"), 16, "voter id 'a' is there twice"),
    (GOOD.replace("num_votes;3", "num_votes;4"), 7, "num_votes says 4"),
    (GOOD.replace("num_projects;2", "num_projects;9"), 6, "num_projects says 9"),
    (GOOD.replace("approval", "choose-1"), 15, "more than one"),
    (GOOD.replace("approval", "cumulative"), 13, "no column points"),
    (GOOD.replace("approval", "ordinal").replace("b;7,07", "b;7,7"), 15, "twice"),
    (GOOD.replace("approval", "cumulative").replace(";age", ";points").replace("a;7;30", "a;7;1,2"), 14, "2 points"),
    (GOOD.replace("approval", "cumulative").replace(";age", ";points").replace("a;7;30", "a;7;-1"), 14, "not whole"),
]


@pytest.mark.parametrize(("text", "line", "reason"), BAD)
def test_refused(text: str, line: int, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each refusal names the line and the reason; the command answers 2 with the same."""
    with pytest.raises(BadFile) as bad:
        pabulib.parse(text, "x.pb")
    assert reason in bad.value.reason
    assert bad.value.line == line
    path = tmp_path / "x.pb"
    path.write_text(text, encoding="utf-8")
    assert main([str(path), "--json"]) == 2
    assert capsys.readouterr() == ("", f"{path}:{line}: {bad.value.reason}\n")


def test_good_file() -> None:
    """Decimal comma, quotes, unknown columns, empty votes, CRLF and a byte order mark are all read."""
    file = pabulib.parse(GOOD.replace("\n", "\r\n"), "x.pb")
    assert [(p.id, p.cost, p.name) for p in file.election.projects] == [("7", 400, "Satu"), ("07", 705, 'Dua; "besar"')]
    assert (file.election.budget, file.election.unit, file.election.voters) == (1000, 10, 3)
    assert file.election.ballots.approvals.tolist() == [2, 1]
    assert dict(file.election.projects[1].extra)["colour"] == "blue"
    assert [row["age"] for row in file.voters()] == ["30", "", ""]


def test_not_text_and_not_there(tmp_path: Path) -> None:
    """A file that is not UTF-8, a folder and a missing file are refused, not traces."""
    path = tmp_path / "x.pb"
    path.write_bytes(b"META\nkey;value\nunit;\xff\n")
    for place, line in ((path, 3), (tmp_path, 1), (tmp_path / "none.pb", 1)):
        with pytest.raises(BadFile) as bad:
            pabulib.read(place)
        assert bad.value.line == line


@given(st.lists(st.sampled_from([*GOOD.splitlines(), "", ";;", '"', "VOTES", "a;b;c;d;e"]), max_size=22))
@settings(max_examples=150, deadline=None)
def test_any_lines(lines: list[str]) -> None:
    """Lines in any order are read or refused; nothing else is raised."""
    refused_or_read("\n".join(lines))


@given(st.integers(0, len(GOOD)), st.text(max_size=4), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_any_damage(at: int, put: str, drop: int) -> None:
    """A file damaged anywhere is read or refused; nothing else is raised."""
    refused_or_read(GOOD[:at] + put + GOOD[at + drop :])


def refused_or_read(text: str) -> None:
    """Read it, or be told where it is wrong."""
    try:
        pabulib.parse(text, "x.pb")
    except BadFile as bad:
        assert bad.line >= 1
        assert bad.reason


OPTIONS = [
    ["--rule", "dictator"],
    ["--threshold", "-1"],
    ["--threshold", "1.5"],
    ["--step", "x"],
    ["--ties", "zz"],
    ["--ties", ""],
    ["--utility", "joy"],
    ["--bogus"],
    ["--config", "c.json"],
    ["--rule", "equal_shares", "--utility", "points"],
    ["--rule", "equal_shares", "--utility", "borda"],
]


@pytest.mark.parametrize("options", OPTIONS)
def test_options_refused(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that cannot be used is refused with 2 and a sentence."""
    path = tmp_path / "x.pb"
    path.write_text(GOOD, encoding="utf-8")
    assert main([str(path), *options]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)


def test_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    """No file at all is refused with what to do."""
    assert main([]) == 2
    assert "FILE.pb" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["semi;colon", 'quo"te', "line\nbreak", "tab\tstop", "=1+1", "’", "\u2028", ""])
def test_writer_escapes(name: str) -> None:
    """P1: names with separators, quotes and control characters are written so that they read back harmless."""
    election = pabulib.parse(GOOD).election
    named = replace(election, projects=(replace(election.projects[0], name=name), election.projects[1]))
    text = pabulib.write(named, selected=["07"])
    back = pabulib.parse(text)
    assert back.selected == ("07",)
    assert back.election.projects[0].name == name.replace("\n", " ").replace("\t", " ").replace("\u2028", " ")
    assert back.election.ballots.approvals.tolist() == [2, 1]
