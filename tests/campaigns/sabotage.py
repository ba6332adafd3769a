"""Plants every fault of faults.py in a copy and runs its test: `python -m tests.campaigns.sabotage [WORDS]`.

A fault whose test stays green means that a promise is not tested: exit status 1. Nothing here touches the checkout.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.campaigns.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "templates", "static", "migrations", "benchmarks", "docs", "pyproject.toml")
SECONDS = 240


def copied(to: Path) -> None:
    """The tree without what is built or kept."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        elif source.exists():
            shutil.copy(source, to / name)


def ran(tree: Path, test: str) -> int:
    """Exit status of one test in that tree: 0 green, 1 red, anything else is no answer."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", test]
    if "postgres" not in test and "test_fail" not in test:
        command += ["-k", "not postgres"]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("REMBUK_TEST_CAMPAIGN", None)
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        print(done.stdout[-1500:], done.stderr[-1500:])
    return done.returncode


def planted(tree: Path, fault: Fault) -> int:
    """Exit status of the fault's test while the fault is in; the tree is whole again afterwards."""
    path = tree / fault.file
    whole = path.read_text("utf-8")
    assert whole.count(fault.old) == 1, f"{fault.what}: {fault.file} does not hold these words once"
    path.write_text(whole.replace(fault.old, fault.new), "utf-8")
    try:
        return ran(tree, fault.test)
    finally:
        path.write_text(whole, "utf-8")


def main(words: str = "", green_first: str = "yes") -> int:
    """Plant every fault whose description holds the words; 0 when each turned its test red and nothing else did.

    With a second argument "no" the tests are not run without a fault first: for when the suite just was green.
    """
    chosen = [fault for fault in FAULTS if words in fault.what or words in fault.test]
    green: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rembuk-sabotage-") as folder:
        tree = Path(folder)
        copied(tree)
        for test in sorted({fault.test for fault in chosen} if green_first == "yes" else ()):
            if ran(tree, test):
                print(f"NOT GREEN without a fault: {test}", flush=True)
                green.append(test)
        for fault in chosen:
            status = planted(tree, fault)
            says = {0: "GREEN", 1: "red"}.get(status, f"no answer ({status})")
            print(f"| {fault.promise} | {fault.what} | `{fault.test.rpartition('/')[2]}` | {says} |", flush=True)
            if status != 1:
                green.append(fault.what)
    print(f"{len(chosen)} faults planted, {len(chosen) - len(green)} found")
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
