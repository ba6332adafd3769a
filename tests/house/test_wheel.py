"""The wheel carries templates, static files and migrations, and serves from them."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASK = """
import asyncio, sys
import rembuk, rembuk_verify
from rembuk.settings import asset_folder
assert all("_assets" in str(asset_folder(name)) for name in ("templates", "static", "migrations")), rembuk.__file__
from rembuk.app import create_app
from rembuk.web.templates import rendered
from rembuk.database.migrating import history
app = create_app()
print(len(app.routes) > 40, len(history()) >= 2)
"""


def test_a_wheel_is_whole(tmp_path: Path) -> None:
    """House §1: templates, static and migrations travel in the wheel as rembuk/_assets, the verifier beside it."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        env={"PYTHONPATH": str(unpacked), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout.strip() == "True True", ran.stderr
