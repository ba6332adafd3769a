"""`make depth`: how much of the trust modules the tests of their own room reach, branch by branch (trust.md 9).

Not part of `make test`: counting branches makes the tests three times slower. Figures and every branch nobody takes go
to standard output; the exit code is 1 while one is left.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "var" / "depth"

TRUST = {
    "seal": (
        "voting",
        ["voting/seal.py", "voting/keys.py", "voting/box.py", "voting/opening.py", "voting/ceremony.py"],
    ),
    "cast": ("voting", ["voting/rules.py", "voting/agreement.py", "voting/terms.py", "voting/store/"]),
    "board": ("board", ["board/"]),
    "roll": ("people", ["people/rules.py", "people/roll_file.py", "people/pepper.py", "people/codes.py"]),
    "roll, kept": (
        "people",
        [f"people/store/{name}.py" for name in ("imports", "roll", "sealed_sheet", "voter_codes")],
    ),
    "paper": ("posts", ["posts/rules.py", "posts/serials.py", "posts/store/"]),
    "authz": ("web", ["web/guards.py", "web/viewer.py"]),
    "tally": ("tally", ["tally/"]),
}
"""Module of trust.md 9: the room whose tests count, and its files."""


def measure(room: str) -> dict[str, dict[str, object]]:
    """The files of a room as coverage.py reports them, after the room's own tests on both databases."""
    DATA.mkdir(parents=True, exist_ok=True)
    base = ["--branch", f"--source={ROOT / 'src' / 'rembuk'}", "--concurrency=thread"]
    tests = ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", f"tests/{room}"]
    environment = os.environ | {"COVERAGE_FILE": str(DATA / f"{room}.data")}
    coverage = [sys.executable, "-m", "coverage"]
    done = subprocess.run([*coverage, "run", *base, *tests], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        print(f"{room}: its tests are not green, so the figures below say too little", file=sys.stderr)
    out = DATA / f"{room}.json"
    subprocess.run([*coverage, "json", "-q", "-o", str(out)], cwd=ROOT, env=environment, check=True)
    files: dict[str, dict[str, object]] = json.loads(out.read_text())["files"]
    return {name.partition("src/rembuk/")[2]: facts for name, facts in files.items()}


def told(name: str, wanted: list[str], files: dict[str, dict[str, object]]) -> int:
    """Print one module's line and its open branches; gives how many are open."""
    mine = {file: facts for file, facts in files.items() if any(file.startswith(part) for part in wanted)}
    sums = {key: sum(facts["summary"][key] for facts in mine.values()) for key in  # type: ignore[index]
            ("num_branches", "covered_branches", "num_statements", "covered_lines")}  # fmt: skip
    open_ones = sums["num_branches"] - sums["covered_branches"]
    missed = sums["num_statements"] - sums["covered_lines"]
    share = 100 * sums["covered_branches"] / max(1, sums["num_branches"])
    print(f"{name:12} {sums['num_branches']:5} branches {share:6.2f} %, {open_ones} open, {missed} lines never run")
    for file, facts in mine.items():
        if facts["missing_lines"] or facts["missing_branches"]:
            print(f"    {file}: lines {facts['missing_lines']}, branches {facts['missing_branches']}")
    return open_ones + missed


def main() -> None:
    """Measure every room once and tell every module."""
    rooms = {room for room, _ in TRUST.values()} & set(sys.argv[1:] or [room for room, _ in TRUST.values()])
    files = {room: measure(room) for room in sorted(rooms)}
    left = sum(told(name, wanted, files[room]) for name, (room, wanted) in TRUST.items() if room in files)
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
