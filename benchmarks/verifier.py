"""The stand-alone verifier on made-up bundles of many ballots: time and memory of `rembuk_verify.py BUNDLE` itself.

    python -m benchmarks.verifier [BALLOTS ...]        default 100,000; the figure of tally.md 5 is 2,000,000

Thirty districts of twenty projects, up to five approvals a ballot, equal shares with add1u: a valid bundle with one
envelope leaf per ballot, checkpoints as a fortnight of voting leaves them, results counted by the product.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from rembuk.board import notes
from rembuk.board.merkle import Frontier
from rembuk.board.rules import Kind as LeafKind
from rembuk.board.rules import canonical, leaf
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project

ELECTION = "3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001"
SIGNER = notes.Signer("rembuk/32.73", bytes(range(32)))
OPTIONS = Options(threshold=1, completion=Completion.ADD1U)
DISTRICTS, PROJECTS, MOST, CEILING = 30, 20, 5, 3_000_000_000
CHECKPOINTS = 14 * 24 * 60
DICE = "46135520917764823051"
VERIFIER = Path(__file__).parents[1] / "src" / "rembuk_verify.py"


def projects_of(district: int, dice: random.Random) -> list[Project]:
    """Twenty projects of Rp 40 to 500 million."""
    first = district * PROJECTS
    costs = [dice.randrange(40, 500) * 1_000_000 for _ in range(PROJECTS)]
    return [Project(str(first + nth), cost, f"Usulan {first + nth}") for nth, cost in enumerate(costs, start=1)]


def masks_of(voters: int, dice: random.Random) -> dict[int, int]:
    """Ballots as masks with their number; some projects are liked much more than others."""
    weights = [(1 + place) ** -0.5 for place in range(PROJECTS)]
    dice.shuffle(weights)
    found: dict[int, int] = {}
    for length in dice.choices((0, 1, 2, 3, 4, MOST), (1, 8, 12, 20, 24, 35), k=voters):
        mask = 0
        for project in dice.choices(range(PROJECTS), weights, k=length):
            mask |= 1 << project
        found[mask] = found.get(mask, 0) + 1
    return found


def pb_of(projects: list[Project], masks: dict[int, int], contest: str) -> bytes:
    """The ballots file, equal ballots side by side, as rembuk.voting.box lays it down."""
    voters = sum(masks.values())
    meta = {"instance": contest, "salt": "0" * 64, "num_projects": PROJECTS, "num_votes": voters, "budget": CEILING}
    head = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items()), "vote_type;approval"]
    head += ["PROJECTS", "project_id;cost;name", *(f"{each.id};{each.cost};{each.name}" for each in projects)]
    head += ["VOTES", "voter_id;vote"]
    rows, number = [], 0
    for mask, times in sorted(masks.items()):
        text = ",".join(project.id for place, project in enumerate(projects) if mask >> place & 1)
        rows += [f"{number + nth};{text}" for nth in range(1, times + 1)]
        number += times
    return "\n".join([*head, *rows, ""]).encode()


def city(ballots: int) -> tuple[dict[str, bytes], dict[str, Any], dict[str, str], dict[str, int]]:
    """Files, frozen configuration, hashes of the ballots files and voters by district."""
    dice, files = random.Random(20_261_121), dict[str, bytes]()
    frozen: dict[str, Any] = {"districts": [], "projects": []}
    hashes, voters = dict[str, str](), dict[str, int]()
    for district in range(DISTRICTS):
        code, projects = f"32.73.{district + 1:02}", projects_of(district, dice)
        contest, masks = f"2027/{code}", masks_of(ballots // DISTRICTS, dice)
        election = Election.of(
            projects, masks.items(), CEILING, rule="equal_shares", options=OPTIONS, seed=DICE.encode(), contest=contest
        )
        frozen["districts"].append({"code": code, "name": code, "ceiling": CEILING, "contest": contest})
        frozen["projects"] += [
            {"id": each.id, "title": each.name, "district": code, "cost": each.cost} for each in projects
        ]
        files[f"results/{code}.json"] = canonical({**count(election).document()})  # type: ignore[dict-item]
        files[f"ballots/{code}.pb"] = pb_of(projects, masks, contest)
        hashes[code], voters[code] = sha256(files[f"ballots/{code}.pb"]).hexdigest(), election.voters
    return files, frozen, hashes, voters


def config_of(frozen: dict[str, Any]) -> bytes:
    """The whole configuration as docs/bundle.md has it."""
    named = {"city": "32.73", "cycle": "2027", "election": ELECTION}
    return canonical(
        {
            **named,
            **frozen,
            "format": "rembuk-config-1",
            "ballot": {"type": "approval", "most": MOST},
            "rule": "equal_shares",
            "options": OPTIONS.pairs(),
            "publication": "full",
            "smallest_full": 200,
            "budget": CEILING * DISTRICTS,
            "witness_quorum": 0,
        }
    )


def envelopes(number: int) -> Iterator[bytes]:
    """The leaves of so many sealed ballots."""
    start, end = canonical({"election": ELECTION, "kind": "envelope", "sha256": "|"}).split(b"|")
    for nth in range(number):
        yield start + sha256(b"%d" % nth).hexdigest().encode() + end


def write_board(folder: Path, files: dict[str, bytes], hashes: dict[str, str], voters: dict[str, int]) -> str:
    """The board with a checkpoint now and then, as text of all notes; leaves go to the file one by one."""
    config, total = sha256(files["config.json"]).hexdigest(), sum(voters.values())
    committed = {name: sha256(data).hexdigest() for name, data in files.items() if name.startswith(("res", "proj"))}
    before = [(LeafKind.CONFIG, {"sha256": config}), (LeafKind.OPEN, {"config_sha256": config})]
    counts = {code: {"online": number, "paper": 0} for code, number in voters.items()}
    after: list[tuple[LeafKind, dict[str, Any]]] = [
        (LeafKind.CLOSE, {}),
        (LeafKind.OPENED, {"counts": counts, "ballots": hashes, "failures": []}),
        (LeafKind.SEED, {"dice": DICE}),
        (LeafKind.RESULT, {"config_sha256": config, "files": committed}),
    ]
    edge, signed, every = Frontier(), list[str](), max(1, total // CHECKPOINTS)
    with (folder / "board.jsonl").open("wb") as file:
        for line in leaves(before, total, after):
            file.write(line + b"\n")
            edge = edge.appended([sha256(b"\0" + line).digest()])
            if edge.size % every == 0 or edge.size == total + len(before) + len(after):
                signed.append(SIGNER.sign(notes.Checkpoint("rembuk/32.73", edge.size, edge.root).text))
    return "".join(signed)


def leaves(before: list[tuple[LeafKind, Any]], total: int, after: list[tuple[LeafKind, Any]]) -> Iterator[bytes]:
    """Every leaf in order."""
    yield from (leaf(kind, {"election": ELECTION, **body}).data for kind, body in before)
    yield from envelopes(total)
    yield from (leaf(kind, {"election": ELECTION, **body}).data for kind, body in after)


def write_bundle(folder: Path, ballots: int) -> None:
    """A valid bundle of so many ballots."""
    files, frozen, hashes, voters = city(ballots)
    files["projects.json"] = canonical({"projects": frozen["projects"]})
    files["config.json"] = config_of(frozen)
    files["keys.json"] = canonical({"origin": "rembuk/32.73", "board": SIGNER.verifier.text, "witnesses": []})
    folder.mkdir(parents=True, exist_ok=True)
    files["checkpoints.txt"] = write_board(folder, files, hashes, voters).encode()
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    listed = {name: sha256(data).hexdigest() for name, data in files.items()}
    listed["board.jsonl"] = sha256((folder / "board.jsonl").read_bytes()).hexdigest()
    named = {"format": "rembuk-bundle-1", "city": "32.73", "cycle": "2027", "election": ELECTION}
    (folder / "manifest.json").write_bytes(canonical({**named, "files": listed}))


def run(folder: Path) -> tuple[float, float, float, str]:
    """Seconds by the clock, seconds of CPU, the largest process in MB, and the last line said."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(folder), "--lang", "en"]
    done = subprocess.run([sys.executable, "-c", WATCHED, *command], capture_output=True, check=False, text=True)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = json.loads(done.stdout.splitlines()[-1])
    return seconds, cpu, said["peak"] / 1024, said["last"]


# the largest memory of the verifier and of the processes it starts, by a parent that did nothing else
WATCHED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"peak": peak, "last": (done.stdout + done.stderr).splitlines()[-1]}))
"""


def main(sizes: list[int]) -> None:
    """Measure every size."""
    for ballots in sizes:
        with tempfile.TemporaryDirectory(prefix="rembuk-bench-") as name:
            start = time.perf_counter()
            write_bundle(Path(name) / "bundle", ballots)
            print(f"{ballots:>9,} ballots, bundle made in {time.perf_counter() - start:.0f} s")
            seconds, cpu, peak, last = run(Path(name) / "bundle")
            print(f"  {seconds:6.1f} s, {cpu:6.1f} s of CPU, {peak:5.0f} MB  {last}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100_000])
