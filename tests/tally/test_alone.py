"""`python -m rembuk.tally` with the standard library and numpy alone: every other import is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import rembuk.tally
from tests.tally.test_command import FILE, city

BARE = """
import runpy, sys

class Bare:
    def find_spec(self, name, path=None, target=None):
        first = name.partition(".")[0]
        if first not in {*sys.stdlib_module_names, "numpy", "rembuk"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Bare())
sys.argv[0] = "rembuk.tally"
try:
    runpy.run_module("rembuk.tally", run_name="__main__")
finally:
    rooms = {name.split(".")[1] for name in sys.modules if name.startswith("rembuk.")}
    sys.stderr.write(" ".join(sorted(rooms)))
"""


def alone(*words: str) -> subprocess.CompletedProcess[str]:
    """The count in an interpreter where litestar, piccolo and the rest are not to be had."""
    source = str(Path(rembuk.tally.__file__).parents[2])
    command = [sys.executable, "-c", BARE, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": source})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with cents."""
    made = tmp_path / "x.pb"
    made.write_text(FILE, encoding="utf-8")
    return made


def test_a_file_and_a_city(path: Path) -> None:
    """Both kinds of count end with 0; nothing of the platform is loaded but the bedrock."""
    done = alone(str(path), "--rule", "equal_shares", "--completion", "add1u", "--json")
    assert (done.returncode, json.loads(done.stdout)["winners"]) == (0, ["a", "c"])
    assert set(done.stderr.split()) <= {"errors", "money", "shelf", "tally"}
    done = alone("--config", str(city(path.parent)), "--ballots", str(path.parent), "--json")
    assert (done.returncode, json.loads(done.stdout)["cost"]) == (0, "220")


def test_a_refusal(path: Path) -> None:
    """A city that cannot be split is refused there too, in words, with 2."""
    done = alone("--config", str(city(path.parent, total=10)), "--ballots", str(path.parent))
    assert done.returncode == 2
    assert "Rp 50" in done.stderr
    assert "Traceback" not in done.stderr
