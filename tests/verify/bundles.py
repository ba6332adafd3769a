"""A small whole bundle, made by the product's own hands: board, notes, sealed box, count."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from rembuk.board import notes
from rembuk.board.merkle import Frontier
from rembuk.board.rules import AuditRow, Kind, canonical, leaf
from rembuk.clock import now
from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Options, Project
from rembuk.voting import box
from rembuk.voting.box import BallotsFile, Contest
from rembuk.voting.seal import Choice

ELECTION = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
SIGNER = notes.Signer("rembuk/32.73", bytes(range(32)))
WITNESS = notes.Signer("unpar", bytes(range(1, 33)))
WITNESS_KEY = notes.Verifier("unpar", WITNESS.verifier.public, notes.COSIGNATURE)
OPTIONS = Options(threshold=1, completion=Completion.ADD1U)
DICE = "46135520917764823051"
CEILINGS = {"32.73.26": 90_000_000, "32.73.27": 60_000_000}
PAPER: dict[str, Any] = {
    "post": "7b0c6f0e-0000-4000-8000-000000000001",
    "district": "32.73.26",
    "checkins": 2,
    "sheets": {"valid": 1, "invalid": 1, "double": 0},
    "destroyed": 0,
    "sha256": "0" * 64,
}
TRUSTEE_KEY = "ab" * 32
ROLL = {"32.73.26.1001.001": 14, "32.73.26.1001.002": 2, "32.73.27.1001.001": 3}
CHOICES = [["1", "2"], ["2"], [], ["3", "1"], ["4", "2", "3"], ["3"], ["2", "3"]]


def contests() -> dict[str, Contest]:
    """Two districts of four projects each; the second is too small to be published ballot by ballot."""
    listed = {}
    for nth, (code, ceiling) in enumerate(CEILINGS.items()):
        ids = [str(nth * 4 + number) for number in range(1, 5)]
        projects = tuple(Project(each, 20_000_000 + 7_000_000 * (int(each) % 4), f"Usulan {each}") for each in ids)
        rule = "equal_shares" if nth == 0 else "greedy"
        listed[code] = Contest(code, f"2025/{code}", ceiling, "approval", 3, rule, OPTIONS, projects)
    return listed


def config() -> dict[str, Any]:
    """The frozen configuration."""
    both = contests()
    return {
        "format": "rembuk-config-1",
        "city": "32.73",
        "cycle": "2025",
        "election": str(ELECTION),
        "ballot": {"type": "approval", "most": 3},
        "rule": "equal_shares",
        "options": OPTIONS.pairs(),
        "publication": "full",
        "smallest_full": 10,
        "budget": sum(CEILINGS.values()),
        "districts": [
            {"code": code, "name": f"Kecamatan {code}", "ceiling": each.ceiling, "contest": each.contest}
            for code, each in both.items()
        ],
        "projects": [
            {"id": project.id, "title": project.name, "district": code, "cost": project.cost}
            for code, each in both.items()
            for project in each.projects
        ],
        "city_round": "none",
        "trustee_key": TRUSTEE_KEY,
        "witness_quorum": 1,
        "witnesses": [WITNESS_KEY.text],
    }


def ballots() -> dict[str, BallotsFile]:
    """Fourteen online and one paper ballot in the first district, three in the second."""
    files = {}
    for nth, (code, contest) in enumerate(contests().items()):
        chosen = [Choice.of_set(str(nth * 4 + int(each)) for each in picks) for picks in CHOICES]
        same_rule = Contest(**{**contest.__dict__, "rule": "equal_shares"})
        files[code] = box.ballots_file(
            same_rule, chosen * 2 if nth == 0 else chosen[:3], chosen[:1] if nth == 0 else ()
        )
    return files


def results(files: dict[str, BallotsFile]) -> dict[str, bytes]:
    """The counts of both districts."""
    made = {}
    for code, file in files.items():
        election = pabulib.parse(file.text).election
        whole = type(election)(**{**election.__dict__, **agreed(code)})
        made[f"results/{code}.json"] = canonical({**count(whole).document()})  # type: ignore[dict-item]
    return made


def agreed(code: str) -> dict[str, Any]:
    """What a count needs beside the ballots file."""
    return {"rule": "equal_shares", "options": OPTIONS, "seed": DICE.encode(), "contest": f"2025/{code}"}


class Log:
    """The board of a test: leaves and checkpoints."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.edge = Frontier()
        self.notes: list[str] = []
        self.signed = 0

    def post(self, kind: Kind, **body: Any) -> None:
        """Append a leaf of our election and sign."""
        posted = leaf(kind, body if kind is Kind.AUDIT_HEAD else {"election": str(ELECTION), **body})
        self.lines.append(posted.data)
        self.edge = self.edge.appended([bytes.fromhex(posted.sha256)])
        self.sign(every=9)

    def sign(self, every: int) -> None:
        """Sign a checkpoint now and then, never two of one size."""
        if self.edge.size % every == 0 and self.signed < self.edge.size:
            self.signed = self.edge.size
            self.notes.append(SIGNER.sign(notes.Checkpoint("rembuk/32.73", self.edge.size, self.edge.root).text))

    def cosigned(self) -> list[str]:
        """The checkpoints, the witness's line under the last two: one holds the dice, one everything."""
        if self.edge.size % 9:
            self.sign(every=1)
        return [*self.notes[:-2], *(with_witness(note) for note in self.notes[-2:])]


def with_witness(note: str) -> str:
    """A checkpoint of our board with the witness's line."""
    text = notes.open_note(note, SIGNER.verifier)
    return notes.with_cosignatures(note, [notes.cosign(text, WITNESS, 1_780_000_000)])


def audit_lines() -> list[bytes]:
    """A short audit chain."""
    lines, prev = [], "0" * 64
    for index in range(3):
        row = AuditRow(index, now(), "someone", "official", "test", str(index), "", "", "", prev)
        lines.append(row.line)
        prev = row.sha256
    return lines


def posted(frozen: bytes, files: dict[str, BallotsFile], committed: dict[str, bytes], audit: list[bytes]) -> Log:
    """The board of the whole cycle."""
    log, hashed = Log(), sha256(frozen).hexdigest()
    log.post(Kind.CEREMONY, trustee_key=TRUSTEE_KEY, quorum=2, trustees=3, witness_quorum=1, publication="full")
    log.post(Kind.CONFIG, sha256=hashed)
    for shares in ([1, 2], [2, 3]):
        log.post(Kind.TEST_OPENING, trustee_key=TRUSTEE_KEY, shares=shares)
    log.post(Kind.ROLL_TOTALS, totals=ROLL)
    log.post(Kind.OPEN, config_sha256=hashed)
    for number in range(20):
        log.post(Kind.ENVELOPE, sha256=sha256(b"%d" % number).hexdigest())
    log.post(Kind.CLOSE)
    log.post(Kind.PAPER_BATCH, **PAPER)
    log.post(Kind.AUDIT_HEAD, count=3, sha256=sha256(audit[-1]).hexdigest())
    body = box.opened_body(ELECTION, files.values())
    log.post(Kind.OPENED, **{key: value for key, value in body.items() if key != "election"})
    log.post(Kind.SEED, dice=DICE)
    log.sign(every=1)
    log.post(Kind.RESULT, config_sha256=hashed, files={n: sha256(d).hexdigest() for n, d in committed.items()})
    return log


def bundle_files(change: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, bytes]:
    """Every file of the bundle; `change` may alter the configuration before it is frozen."""
    settled = config()
    change(settled)
    frozen, votes, audit = canonical(settled), ballots(), audit_lines()
    committed = {**results(votes), "projects.json": canonical({"projects": settled["projects"]})}
    log = posted(frozen, votes, committed, audit)
    keys = {"origin": "rembuk/32.73", "board": SIGNER.verifier.text, "witnesses": [WITNESS_KEY.text]}
    return {
        "config.json": frozen,
        "board.jsonl": b"".join(line + b"\n" for line in log.lines),
        "checkpoints.txt": "".join(log.cosigned()).encode(),
        "keys.json": canonical({**keys}),
        "audit.jsonl": b"".join(line + b"\n" for line in audit),
        "ballots/32.73.26.pb": votes["32.73.26"].text.encode(),
        **committed,
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write the files and a manifest that fits them, as an honest exporter or a careful forger would."""
    manifest = {
        "format": "rembuk-bundle-1",
        "city": "32.73",
        "cycle": "2025",
        "election": str(ELECTION),
        "files": {name: sha256(data).hexdigest() for name, data in files.items()},
    }
    for name, data in {**files, "manifest.json": canonical({**manifest})}.items():  # type: ignore[dict-item]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def lines_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The leaves of a bundle."""
    return [json.loads(line) for line in files["board.jsonl"].splitlines()]
