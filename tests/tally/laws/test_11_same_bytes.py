"""Law 11: the same bytes for any hash seed, locale, time zone, number of processes and Python version."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

import rembuk.tally
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project
from rembuk.tally.packed import pack, unpack

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


def elections() -> list[Election]:
    """Six small districts under equal shares with Add1u."""
    listed = [[Project(f"{d}{name}", 10 + 7 * place + d) for place, name in enumerate("abcd")] for d in range(6)]
    options = Options(threshold=1, completion=Completion.ADD1U, step=1)
    return [
        Election.of(
            slip,
            [((slip[0].id, slip[1].id), 3), ((slip[2].id,), 2 + place), ((slip[3].id, slip[1].id), 1)],
            40,
            rule="equal_shares",
            options=options,
            seed=b"dice",
            contest=str(place),
        )
        for place, slip in enumerate(listed)
    ]


@pytest.mark.parametrize("processes", [2, 3])
def test_number_of_processes(processes: int) -> None:
    """Districts counted in two or three processes give the bytes of one."""
    alone = [count(election).canonical() for election in elections()]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        assert [result.canonical() for result in pool.map(count, elections())] == alone


def test_threads_and_packed() -> None:
    """Three threads at once, and ballots that went through their packed bytes, give the bytes of one."""
    alone = [count(election).canonical() for election in elections()]
    packed = [replace(election, ballots=unpack(pack(election.ballots))) for election in elections()]
    with ThreadPoolExecutor(3) as pool:
        assert [result.canonical() for result in pool.map(count, packed)] == alone


def others() -> list[str]:
    """Other interpreters on this machine, 3.11 or later, that have numpy; REMBUK_PYTHONS names more, with colons."""
    found = [path for path in os.environ.get("REMBUK_PYTHONS", "").split(":") if path]
    for minor in range(11, 16):
        path = shutil.which(f"python3.{minor}")
        here = f"{sys.version_info.major}.{sys.version_info.minor}" == f"3.{minor}"
        if path and not here:
            has = subprocess.run([path, "-c", "import numpy"], capture_output=True, check=False).returncode == 0
            found += [path] * has
    return found


def test_other_versions(tmp_path: Path) -> None:
    """Every other Python found here that has numpy prints the same bytes."""
    if not others():
        pytest.skip("no other Python with numpy on this machine")
    path = tmp_path / "x.pb"
    path.write_text(FILE, encoding="utf-8")
    words = ["-m", "rembuk.tally", str(path), "--rule", "equal_shares", "--completion", "add1u", "--json"]
    source = str(Path(rembuk.tally.__file__).parents[2])
    for python in others():
        made = subprocess.run(
            [python, *words], env={**os.environ, "PYTHONPATH": source}, capture_output=True, check=True
        )
        assert made.stdout == output(path)
