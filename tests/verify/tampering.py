"""Ways to tamper with a bundle: by anybody, by somebody who lists everything anew, and by who holds the board's key.

Each way gets the files of an honest bundle (without manifest) and dice, and gives the files changed, or None when these
dice changed nothing.
"""

import base64
import json
import random
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from rembuk.board import notes
from rembuk.board.rules import Kind as LeafKind
from rembuk.board.rules import canonical, leaf
from tests.verify import bundles

Files = dict[str, bytes]
Way = Callable[[Files, random.Random], Files | None]
THIEF = notes.Signer("rembuk/32.73", bytes(range(7, 39)))
FULL = "32.73.26"
FACTS = ("winners", "scores", "approvals", "cost", "budget", "voters", "contest")


def byte(files: Files, dice: random.Random) -> Files | None:
    """One byte changed, dropped or doubled, anywhere."""
    name = dice.choice(sorted(files))
    data = files[name]
    at = dice.randrange(len(data))
    other = bytes([data[at] ^ 1 << dice.randrange(8)])
    changed = data[:at] + dice.choice([b"", other, data[at : at + 1] * 2, b"\n"]) + data[at + 1 :]
    return {**files, name: changed}


def line(files: Files, dice: random.Random) -> Files | None:
    """A line dropped, doubled, emptied, or two lines swapped, anywhere."""
    name = dice.choice(sorted(files))
    lines = files[name].split(b"\n")
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at] = b""
        case _:
            lines[at], lines[other] = lines[other], lines[at]
    return {**files, name: b"\n".join(lines)}


def removed(files: Files, dice: random.Random) -> Files | None:
    """A file away (the audit chain may be left out by the city itself)."""
    name = dice.choice([each for each in sorted(files) if each != "audit.jsonl"])
    return {each: data for each, data in files.items() if each != name}


def added(files: Files, dice: random.Random) -> Files | None:
    """A result more than was committed to."""
    return {**files, f"results/{dice.choice(('city', '32.73.28', 'x/y'))}.json": b"{}"}


def value(files: Files, dice: random.Random) -> Files | None:
    """One value of a JSON file."""
    name = dice.choice(["config.json", "projects.json", f"results/{FULL}.json", "results/32.73.27.json"])
    read = json.loads(files[name])
    if name == "projects.json":
        project = dice.choice(read["projects"])
        key = dice.choice(["id", "title", "district", "cost"])
        project[key] = altered(project[key], dice)
    else:
        read = altered(read, dice)
    return {**files, name: canonical(read)}


def altered(read: Any, dice: random.Random) -> Any:
    """The value with something in it changed, at a random depth."""
    match read:
        case bool() | None:
            return not read
        case int():
            return read + dice.choice((-1, 1, 10**6))
        case str():
            return read + "x" if dice.random() < 0.7 or not read else read[:-1]
        case list():
            if not read or dice.random() < 0.3:
                return [*read, "9"]
            at = dice.randrange(len(read))
            return [*read[:at], *([altered(read[at], dice)] if dice.random() < 0.8 else []), *read[at + 1 :]]
        case _:
            if not read or dice.random() < 0.1:
                return {**read, "tambahan": 1}
            key = dice.choice(sorted(read))
            if dice.random() < 0.1:
                return {each: kept for each, kept in read.items() if each != key}
            return {**read, key: altered(read[key], dice)}


def ballot(files: Files, dice: random.Random) -> Files | None:
    """A ballot changed, taken out or put in, and all renumbered."""
    name = f"ballots/{FULL}.pb"
    head, rows = files[name].decode().split("voter_id;vote\n")
    votes = [row.partition(";")[2] for row in rows.split("\n")[:-1]]
    at = dice.randrange(len(votes))
    other = ",".join(sorted(dice.sample(["1", "2", "3", "4"], dice.randint(0, 3))))
    changed = [votes[:at] + votes[at + 1 :], [*votes[:at], other, *votes[at:]], [*votes[:at], other, *votes[at + 1 :]]]
    text = "".join(f"{number};{vote}\n" for number, vote in enumerate(dice.choice(changed), start=1))
    return {**files, name: f"{head}voter_id;vote\n{text}".encode()}


def leaves(files: Files, dice: random.Random) -> Files | None:
    """A leaf dropped, swapped, repeated, made up or changed, without new signatures."""
    lines = moved(bundles.lines_of(files), dice)
    return {**files, "board.jsonl": b"".join(canonical(each) + b"\n" for each in lines)}


def moved(lines: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """The board with one leaf dropped, swapped with another, repeated, made up or changed."""
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(5):
        case 0:
            return [*lines[:at], *lines[at + 1 :]]
        case 1:
            lines[at], lines[other] = lines[other], lines[at]
            return lines
        case 2:
            return [*lines[:other], lines[at], *lines[other:]]
        case 3:
            fake = {"election": str(bundles.ELECTION), "kind": "envelope", "sha256": dice.randbytes(32).hex()}
            return [*lines[:at], fake, *lines[at:]]
        case _:
            return [*lines[:at], altered(lines[at], dice), *lines[at + 1 :]]


def signature(files: Files, dice: random.Random) -> Files | None:
    """A signature of board or witness zeroed, changed by a bit, taken away, or a root changed."""
    lines = files["checkpoints.txt"].decode().split("\n")
    at = dice.choice([nth for nth, each in enumerate(lines) if each.startswith("— ") or each.endswith("=")])
    name, _, body = lines[at].rpartition(" ")
    data = bytearray(base64.b64decode(body))
    keep = 4 if name else 0
    match dice.randrange(3):
        case 0:
            data[keep:] = bytes(len(data) - keep)
        case 1:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        case _:
            return {**files, "checkpoints.txt": "\n".join([*lines[:at], *lines[at + 1 :]]).encode()}
    lines[at] = f"{name} {base64.b64encode(data).decode()}".strip()
    return {**files, "checkpoints.txt": "\n".join(lines).encode()}


def forked_note(files: Files, dice: random.Random) -> Files | None:
    """A second checkpoint of one size with another root, signed by the board itself."""
    text = files["checkpoints.txt"].decode()
    starts = [at for at in range(len(text)) if text.startswith("rembuk/32.73\n", at)]
    at = dice.choice(starts)
    size = int(text[at:].split("\n")[1])
    fork = bundles.SIGNER.sign(notes.Checkpoint("rembuk/32.73", size, dice.randbytes(32)).text)
    return {**files, "checkpoints.txt": (text[:at] + fork + text[at:]).encode()}


def another_key(files: Files, dice: random.Random) -> Files | None:
    """A whole other board under a key of one's own: only the key on public display tells."""
    made = signed_again(files, moved(bundles.lines_of(files), dice), THIEF)
    keys = json.loads(files["keys.json"])
    return {**made, "keys.json": canonical({**keys, "board": THIEF.verifier.text})}


def audit(files: Files, dice: random.Random) -> Files | None:
    """A line of the audit chain dropped, swapped, repeated or changed, canonical as before."""
    lines = [json.loads(each) for each in files["audit.jsonl"].splitlines()]
    changed = moved(lines, dice)
    return {**files, "audit.jsonl": b"".join(canonical(each) + b"\n" for each in changed)}


def outcome(files: Files, dice: random.Random) -> Files | None:
    """The operator publishes another outcome, commits to it and signs: the recount tells."""
    name = f"results/{FULL}.json"
    document = json.loads(files[name])
    key = dice.choice(FACTS)
    document[key] = document[key][::-1] if key == "winners" and dice.random() < 0.5 else altered(document[key], dice)
    return committed({**files, name: canonical(document)})


def box(files: Files, dice: random.Random) -> Files | None:
    """The operator changes a ballot after the fact, commits to the new file and signs: totals and recount tell."""
    changed = ballot(files, dice)
    return committed(changed) if changed else None


def fork(files: Files, dice: random.Random) -> Files | None:
    """The operator rewrites the board among the envelopes and signs it again: a checkpoint kept by anybody tells."""
    lines = bundles.lines_of(files)
    sealed = [nth for nth, each in enumerate(lines) if each["kind"] == "envelope"]
    at, other = dice.sample(sealed, 2)
    if dice.random() < 0.5:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = {**lines[at], "sha256": dice.randbytes(32).hex()}
    return signed_again(files, lines, bundles.SIGNER)


def committed(files: Files) -> Files:
    """The same files with a board that commits to them, signed again."""
    lines = bundles.lines_of(files)
    for each in lines:
        if each["kind"] == "result":
            each["files"] = {name: sha256(files[name]).hexdigest() for name in each["files"]}
        if each["kind"] == "opened":
            each["ballots"][FULL] = sha256(files[f"ballots/{FULL}.pb"]).hexdigest()
    return signed_again(files, lines, bundles.SIGNER)


def signed_again(files: Files, lines: list[dict[str, Any]], signer: notes.Signer) -> Files:
    """The board of these leaves with new checkpoints, the last one cosigned by the witness."""
    log, signed = bundles.Log(), []
    for each in lines:
        data = leaf(LeafKind(each["kind"]), each).data if each.get("kind") in set(LeafKind) else canonical({**each})
        log.lines.append(data)
        log.edge = log.edge.appended([sha256(b"\0" + data).digest()])
        if log.edge.size % 9 == 0 or log.edge.size >= len(lines) - 1:
            signed.append(signer.sign(notes.Checkpoint("rembuk/32.73", log.edge.size, log.edge.root).text))
    for at in (-2, -1):
        text = notes.open_note(signed[at], signer.verifier)
        signed[at] = notes.with_cosignatures(signed[at], [notes.cosign(text, bundles.WITNESS, 1_780_000_000)])
    board = b"".join(each + b"\n" for each in log.lines)
    return {**files, "board.jsonl": board, "checkpoints.txt": "".join(signed).encode()}


RAW: tuple[Way, ...] = (byte, line, removed, added)
"""Without touching the manifest."""
LISTED: tuple[Way, ...] = (removed, added, value, ballot, leaves, signature, forked_note, another_key, audit)
"""With a manifest that fits: everything listed anew, nothing signed (or signed by a key of one's own)."""
SIGNED: tuple[Way, ...] = (outcome, box, fork)
"""By who holds the board's key, and signs a board that fits."""
