"""Law 11: the same bytes for any hash seed, locale, working folder and time zone."""

import os
import subprocess
import sys
from pathlib import Path

FILE = """META
key;value
budget;30
vote_type;approval
num_votes;5
PROJECTS
project_id;cost;name
é;10;Satu
b;10;Dua
10;15;Tiga
9;15;Empat
VOTES
voter_id;vote
1;é,b
2;b,10
3;9,é
4;
5;10,9,b
"""


def output(path: Path, **environment: str) -> bytes:
    """What the command prints in an environment of its own."""
    words = [
        sys.executable,
        "-m",
        "rembuk.tally",
        str(path),
        "--rule",
        "equal_shares",
        "--completion",
        "add1u",
        "--json",
    ]
    made = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, check=True)
    return made.stdout


def test_environments(tmp_path: Path) -> None:
    """Hash seeds, locales and time zones leave no trace in the output."""
    path = tmp_path / "x.pb"
    path.write_text(FILE, encoding="utf-8")
    first = output(path, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC")
    assert first == output(path, PYTHONHASHSEED="77", LC_ALL="C.UTF-8", TZ="Asia/Jakarta")
    assert b'"digest"' in first
