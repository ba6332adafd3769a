"""The import doors of docs/decisions and pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_door_opens_the_right_way() -> None:
    """House §2: a room opens the doors to its right, never to its left; rules are pure."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_tally_runs_without_the_web_parts() -> None:
    """House §2: the bedrock needs numpy and the standard library alone."""
    code = (
        "import sys; import rembuk.tally.count, rembuk.tally.pabulib; "
        "print([m for m in ('litestar','piccolo','jinja2','cryptography') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
