"""Whole cities: a million and two million ballots with their memory, and how the cost grows.

    .venv/bin/python -m benchmarks.city

Each figure is taken in a process of its own, whose peak memory (VmHWM) is its own; CPU seconds, median of three.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._made import ADD1U, contest, from_database, kept, masks, merged
from benchmarks._stage import goal
from rembuk.tally.count import count
from rembuk.tally.result import canonical
from rembuk.tally.stages import count_city

ROUNDS = 3
DISTRICTS, PROJECTS = 30, 20


def peak() -> float:
    """The most memory this process has had, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def million() -> dict[str, Any]:
    """1,000,000 ballots as masks, drawn district by district: merge, greedy, equal shares, both with every hash."""
    import numpy as np

    from rembuk.tally.election import Election

    spent = {"merge": 0.0, "greedy and equal shares, full record": 0.0}
    types = 0
    for nth in range(DISTRICTS):
        made = np.random.default_rng([1, nth])
        slip = contest(f"{nth:02d}", 1, PROJECTS).projects
        mask = masks(made, 1_000_000 // DISTRICTS + (nth < 1_000_000 % DISTRICTS), PROJECTS)
        start = time.process_time()
        election = Election(slip, merged(mask, PROJECTS), 1_000_000_000, seed=b"dice")
        spent["merge"] += time.process_time() - start
        types += len(election.ballots.counts)
        start = time.process_time()
        for rule in ("greedy", "equal_shares"):
            result = count(election.with_rule(rule))
            canonical({**result.document(), "steps": [step.document() for step in result.steps]})
        spent["greedy and equal shares, full record"] += time.process_time() - start
    return {"total": sum(spent.values()), "parts": spent, "types": types, "memory": peak()}


def database(path: str) -> dict[str, Any]:
    """Packed ballots out of the database, equal shares with Add1u at the default step, S1 to S5, the documents."""
    start = time.process_time()
    city = from_database(Path(path))
    read = time.process_time()
    result = count_city(city)
    counted = time.process_time()
    document = canonical(result.document())
    for envelope in result.envelopes.values():
        canonical({**envelope.result.document(), "steps": [step.document() for step in envelope.result.steps]})
    end = time.process_time()
    types = sum(len(envelope.election.ballots.counts) for envelope in city.envelopes.values())
    parts = {"read and unpack": read - start, "count": counted - read, "documents": end - counted}
    raises = [envelope.result.search.raises for envelope in result.envelopes.values() if envelope.result.search]
    return {
        "total": end - start,
        "parts": parts,
        "types": types,
        "memory": peak(),
        "raises": sum(raises),
        "bytes": len(document),
        "digest": result.digest,
    }


def grown(voters: str, projects: str) -> dict[str, Any]:
    """One district of this size: each rule once."""
    election = contest("07", int(voters), int(projects))
    spent = {}
    for name, rule, options in (
        ("greedy", "greedy", None),
        ("equal shares", "equal_shares", None),
        ("with Add1u", "equal_shares", ADD1U),
        ("phragmen", "phragmen", None),
    ):
        start = time.process_time()
        count(election.with_rule(rule, options))
        spent[name] = time.process_time() - start
    return {"total": sum(spent.values()), "parts": spent, "types": len(election.ballots.counts), "memory": peak()}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {"million": million, "database": database, "grown": grown}


def child(*words: str) -> dict[str, Any]:
    """One part in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.city", *words], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rounds(*words: str) -> tuple[dict[str, Any], float]:
    """The round with the median time, and the highest memory of all."""
    every = sorted((child(*words) for _ in range(ROUNDS)), key=lambda each: each["total"])
    return every[ROUNDS // 2], max(each["memory"] for each in every)


def said(found: dict[str, Any]) -> str:
    """The parts of a time."""
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in found["parts"].items())


def growth() -> None:
    """How one district grows with voters and projects, and a city with its districts."""
    print(f"{'one district':<28} {'types':>8} {'greedy':>8} {'MES':>8} {'Add1u':>8} {'phragmen':>9} {'MB':>6}")
    sizes = [(v, 20) for v in (5_000, 20_000, 80_000, 320_000)] + [(20_000, p) for p in (10, 40, 60)]
    for voters, projects in sizes:
        found = child("grown", str(voters), str(projects))
        times = " ".join(f"{seconds:>7.3f}s" for seconds in found["parts"].values())
        print(f"{voters:>9,} voters {projects:>3} projects {found['types']:>8,} {times} {found['memory']:>6.0f}")


def main() -> None:
    """Everything, as rows of the table of goals, then growth."""
    found, memory = rounds("million")
    goal("1 M ballots, 30 × 20: merge, greedy, MES, full record", found["total"], 0.6, "s", said(found))
    goal("  memory", memory, 150, "MB", f"{found['types']:,} different ballots")
    with tempfile.TemporaryDirectory(prefix="rembuk-bench-") as folder:
        for voters, even in ((500_000, False), (1_000_000, False), (2_000_000, False), (2_000_000, True)):
            path = Path(folder) / f"{voters}{even}.sqlite3"
            kept(path, DISTRICTS, voters, PROJECTS, even=even)
            found, memory = rounds("database", str(path))
            size = f"{found['types']:,} different ballots, {path.stat().st_size >> 10:,} kB, {found['raises']} raises"
            wanted = (5.0, 350.0) if voters == 2_000_000 else (0.0, 0.0)
            name = f"{voters:,} ballots, database to documents" + (", few equal" if even else "")
            goal(name, found["total"], wanted[0], "s", said(found))
            goal("  memory", memory, wanted[1], "MB", size)
        for districts in (5, 10, 60):
            path = Path(folder) / f"{districts}.sqlite3"
            kept(path, districts, 500_000, PROJECTS)
            found, memory = rounds("database", str(path))
            goal(f"500,000 ballots in {districts} districts", found["total"], 0, "s", f"{said(found)}; {memory:.0f} MB")
    growth()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
