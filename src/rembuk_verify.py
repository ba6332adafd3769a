#!/usr/bin/env python3
"""Check the published bundle of a finished Rembuk cycle (docs/bundle.md), with nothing but Python.

    python rembuk_verify.py DIR [--lang en] [--key KEY] [--checkpoint FILE] [--kode CODE]
    python rembuk_verify.py --uji FILE        recompute the receipt code of a ballot that was opened to be checked

Imports nothing of the product: its own hashes, Merkle tree (RFC 6962), ed25519 (RFC 8032), X25519 (RFC 7748),
ChaCha20-Poly1305 (RFC 8439) and its own count. Exit 0 when everything that could be checked holds, else 1.
"""

from __future__ import annotations

# fmt: off - kept short enough to be read whole by one person
import argparse
import base64
import csv
import hashlib
import hmac
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import Any

BAD = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ZERO = "0" * 64

# --- saying it ---------------------------------------------------------------------------------------------
@dataclass
class Report:
    """What holds, what does not, and what could not be checked, in the reader's language."""

    english: bool = False
    lines: list[str] = field(default_factory=list)
    broken: int = 0

    def _say(self, mark: str, text: str) -> None:
        mark_here, text_here = ((each.split(" | ") * 2)[self.english] for each in (mark, text))
        self.lines.append(f"{mark_here:<16}{text_here}")

    def check(self, holds: object, text: str) -> bool:
        """Note one check, in "Indonesian | English"; gives back whether it holds."""
        self._say("COCOK | HOLDS" if holds else "TIDAK COCOK | DOES NOT HOLD", text)
        self.broken += not holds
        return bool(holds)

    def unchecked(self, text: str) -> None:
        """Note something this tool could not recompute."""
        self._say("TIDAK DIPERIKSA | NOT CHECKED", text)

    def section(self, work: Callable[[], None], text: str) -> None:
        """Run one part; whatever cannot even be read counts as broken."""
        try:
            work()
        except BAD as fault:
            what = [f"{each}: {type(fault).__name__}" for each in text.split(" | ")]
            self.check(False, " | ".join(what))

# --- hashes and canonical JSON -----------------------------------------------------------------------------
def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()

def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, NFC, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()

def strictly(data: bytes) -> Any:
    """The JSON in these bytes; ValueError for a float, or unless they are its canonical form."""
    value = json.loads(data, parse_float=int, parse_constant=int)
    if canonical(value) != data:
        raise ValueError("not canonical")
    return value

def receipt_of(leaf_sha256: str) -> str:
    """The receipt code of a leaf hash: its first 100 bits in Crockford base32, in groups of four."""
    bits = int(leaf_sha256[:25], 16)
    return "-".join("".join(CROCKFORD[bits >> 95 - 5 * at & 31] for at in range(of, of + 4)) for of in range(0, 20, 4))

# --- RFC 6962 ----------------------------------------------------------------------------------------------
def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()

def roots_of(hashes: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The root over the first n leaf hashes, for each n asked that there is."""
    peaks: list[bytes] = []
    roots, asked = {0: hashlib.sha256(b"").digest()}, set(sizes)
    for size, leaf in enumerate(hashes):
        peaks.append(leaf)
        for _ in range((size ^ (size + 1)).bit_length() - 1):  # one merge for every one-bit at the end of the size
            right = peaks.pop()
            peaks[-1] = hashlib.sha256(b"\x01" + peaks[-1] + right).digest()
        if size + 1 in asked:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = hashlib.sha256(b"\x01" + peak + root).digest()
            roots[size + 1] = root
    return roots

# --- ed25519 (RFC 8032) and X25519 (RFC 7748) --------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]

def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P

def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 0, 0, 0)

def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether 64 bytes are the ed25519 signature of the message under a 32-byte public key."""
    key = _point(public) if len(public) == 32 else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], 1, P - key[3])
    table, total = (None, BASE, minus, _add(BASE, minus)), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = _add(total, total)
        step = table[(s >> bit & 1) + 2 * (k >> bit & 1)]
        total = _add(total, step) if step else total
    inverse = pow(total[2], P - 2, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]

def x25519(secret: bytes, public: bytes) -> bytes:
    """The shared secret (RFC 7748, 5)."""
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        now = k >> bit & 1
        if now != swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    x2, z2 = (x3, z3) if swap else (x2, z2)
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")

# --- the seal of one ballot (trust.md 4.2), for "Uji dulu" -------------------------------------------------
def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 without salt (RFC 5869)."""
    key, block, out = hmac.digest(bytes(32), secret, "sha256"), b"", b""
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]

def _chacha_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    first = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    words = first + [int.from_bytes(key[at : at + 4], "little") for at in range(0, 32, 4)]
    words += [counter] + [int.from_bytes(nonce[at : at + 4], "little") for at in range(0, 12, 4)]
    s = list(words)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in (columns + diagonals) * 10:
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] = ((s[z] ^ s[x]) << turn | (s[z] ^ s[x]) >> 32 - turn) & 0xFFFFFFFF
    return b"".join((a + b & 0xFFFFFFFF).to_bytes(4, "little") for a, b in zip(s, words, strict=True))

def chacha20_poly1305(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """The sealed text and its tag (RFC 8439, 2.8)."""
    stream = b"".join(_chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(plain), 64))
    sealed = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    once = _chacha_block(key, 0, nonce)
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = aad + bytes(-len(aad) % 16) + sealed + bytes(-len(sealed) % 16)
    padded += len(aad).to_bytes(8, "little") + len(sealed).to_bytes(8, "little")
    tag = 0
    for at in range(0, len(padded), 16):
        tag = (tag + int.from_bytes(padded[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    tag = (tag + int.from_bytes(once[16:32], "little")) & (1 << 128) - 1
    return sealed + tag.to_bytes(16, "little")

def sealed_code(opened: dict[str, Any]) -> str:
    """The receipt code that follows from a revealed seed and a ballot; every field as the booth shows it."""
    seed, public_key = bytes.fromhex(opened["seed"]), bytes.fromhex(opened["public_key"])
    ballot = {name: opened[name] for name in ("projects", "points") if name == "projects" or opened.get(name)}
    own = x25519(seed, (9).to_bytes(32, "little"))
    both = hkdf(x25519(seed, public_key), b"rembuk-amplop-v1" + own + public_key, 44)
    aad = own + opened["election"].encode() + opened["district"].encode()
    sealed = own + chacha20_poly1305(both[:32], both[32:], canonical(ballot).ljust(opened["length"]), aad)
    leaf = canonical({"kind": "envelope", "election": opened["election"], "sha256": sha(sealed)})
    return receipt_of(leaf_hash(leaf).hex())

# --- signed notes (C2SP) -----------------------------------------------------------------------------------
Key = tuple[str, bytes, int, bytes]

def parse_key(line: str) -> Key:
    """Name, 4-byte id, algorithm and 32 public bytes in a line name+id+base64; ValueError."""
    name, number, body = line.strip().split("+", 2)
    raw = base64.b64decode(body, validate=True)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if key_id.hex() != number or len(raw) != 33:
        raise ValueError("not a key")
    return name, key_id, raw[0], raw[1:]

@dataclass(frozen=True)
class Note:
    """A signed checkpoint: its text, what it says, and its signatures."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    def signed_by(self, key: Key) -> bool:
        """Whether this key signed (or, as a witness, cosigned) the text."""
        for name, blob in self.signatures:
            message, signature = self.text.encode(), blob[4:]
            if key[2] == 4:
                stamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message = f"cosignature/v1\ntime {stamp}\n".encode() + message
            if (name, blob[:4]) == key[:2] and ed25519_verifies(key[3], message, signature):
                return True
        return False

def parse_notes(text: str) -> list[Note]:
    """Signed checkpoints, one after the other; ValueError for anything else."""
    notes, lines = [], text.split("\n")
    if lines.pop() != "":
        raise ValueError("no newline at the end")
    while lines:
        origin, size, root, gap, *lines = lines
        count = next((at for at, line in enumerate(lines) if not line.startswith("— ")), len(lines))
        signed, lines = [line[2:].split(" ") for line in lines[:count]], lines[count:]
        if gap or not signed or str(int(size)) != size:
            raise ValueError("not a checkpoint")
        blobs = tuple((name, base64.b64decode(body, validate=True)) for name, body in signed)
        raw = base64.b64decode(root, validate=True)
        notes.append(Note(f"{origin}\n{size}\n{root}\n", origin, int(size), raw, blobs))
    return notes

# --- ballots (Pabulib) -------------------------------------------------------------------------------------
@dataclass
class Contest:
    """One district as it was agreed, with merged ballots; projects are numbered from 0."""

    ids: list[str]
    costs: list[int]
    budget: int
    rule: str
    options: dict[str, str]
    kind: str
    most: int
    seed: bytes
    name: str
    barred: frozenset[int] = frozenset()
    types: list[tuple[tuple[int, ...], tuple[int, ...], int]] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)
    approvals: list[int] = field(default_factory=list)

    @property
    def voters(self) -> int:
        """Ballots counted, empty ones included."""
        return sum(count for _, _, count in self.types)

    def tally(self) -> None:
        """Add up approvals and scores from the merged ballots."""
        self.approvals, self.scores = [0] * len(self.ids), [0] * len(self.ids)
        places = self.most or max((len(chosen) for chosen, _, _ in self.types), default=0)
        for chosen, points, count in self.types:
            for at, project in enumerate(chosen):
                worth = points[at] if points else places - at if self.kind == "ranked" else 1
                self.approvals[project] += count
                self.scores[project] += worth * count

    @cached_property
    def rank(self) -> list[int]:
        """Each project's place when all else is equal: approvals, cost, the lot of the dice; by id without dice."""
        def key(project: int) -> tuple[Any, ...]:
            lot = hmac.digest(self.seed, f"{self.name}|{self.ids[project]}".encode(), "sha256")
            chain = (-self.approvals[project], self.costs[project], lot) if self.seed else ()
            return *chain, self.ids[project]

        order = sorted(range(len(self.ids)), key=key)
        return [place for _, place in sorted(zip(order, range(len(order)), strict=True))]

    @cached_property
    def backers(self) -> dict[int, list[tuple[int, int, int]]]:
        """Of each project that can be bought: ballot type, how many cast it, units of utility each."""
        utility, least = self.options.get("utility", "cost"), max(1, self.number("threshold"))
        if utility not in ("cost", "count", "points", "borda") or (utility == "points") > (self.kind == "points"):
            raise ValueError("unknown utility")
        able = {each for each, score in enumerate(self.scores) if score >= least and each not in self.barred}
        found: dict[int, list[tuple[int, int, int]]] = {}
        for number, (chosen, points, voters) in enumerate(self.types):
            for at, project in enumerate(chosen):
                units = points[at] if utility == "points" else len(chosen) - 1 - at if utility == "borda" else 1
                if units and project in able:
                    found.setdefault(project, []).append((number, voters, units))
        return found

    @cached_property
    def weights(self) -> dict[int, int]:
        """Units of utility all backers of a project have together."""
        return {each: sum(n * u for _, n, u in backers) for each, backers in self.backers.items()}

    def number(self, option: str) -> int:
        """An option that is a whole number."""
        return int(self.options.get(option, "0"))

def read_pb(text: str) -> tuple[dict[str, str], dict[str, int], Counter[str]]:
    """META, cost by project and how often each `vote` (or `vote;points`) occurs; ValueError."""
    head, mark, tail = text.partition("\nVOTES\n")
    meta_text, second, projects_text = head.partition("\nPROJECTS\n")
    if not mark or not second or not meta_text.startswith("META\nkey;value\n") or not tail.endswith("\n"):
        raise ValueError("not a Pabulib file")
    rows = list(csv.reader(meta_text.split("\n")[2:], delimiter=";"))
    projects = list(csv.DictReader(projects_text.split("\n"), delimiter=";"))
    costs = {row["project_id"]: int(row["cost"]) for row in projects}
    lines = tail.split("\n")[:-1]
    if lines[0] not in ("voter_id;vote", "voter_id;vote;points") or len(costs) != len(projects):
        raise ValueError("unknown columns")
    votes: Counter[str] = Counter()
    for number, line in enumerate(lines[1:], start=1):
        voter, _, vote = line.partition(";")
        if voter != str(number):
            raise ValueError("voters are not numbered 1 to n")
        votes[vote] += 1
    return {row[0]: ";".join(row[1:]) for row in rows if row}, costs, votes

def merge(contest: Contest, votes: Counter[str]) -> None:
    """Read each different ballot once; ValueError for one that breaks the rules of its type."""
    index = {project: number for number, project in enumerate(contest.ids)}
    merged: Counter[tuple[tuple[int, ...], tuple[int, ...]]] = Counter()
    for vote, count in votes.items():
        names, _, given = vote.replace('"', "").partition(";")
        chosen = tuple(index[name] for name in names.split(",")) if names else ()
        points = tuple(int(each) for each in given.split(",")) if given else ()
        if contest.kind in ("approval", "knapsack"):
            chosen = tuple(sorted(chosen))
        if spoiled(contest, chosen, points):
            raise ValueError("a spoiled ballot")
        merged[chosen, points] += count
    contest.types = [(chosen, points, count) for (chosen, points), count in sorted(merged.items())]
    contest.tally()

def spoiled(contest: Contest, chosen: tuple[int, ...], points: tuple[int, ...]) -> bool:
    """Whether a ballot breaks the rules of its type."""
    cost, most = sum(contest.costs[each] for each in chosen), contest.most or 10**9
    bad = len(set(chosen)) != len(chosen) or (contest.kind == "knapsack" and cost > contest.budget)
    if contest.kind == "points":
        return bad or len(points) != len(chosen) or sum(points) > most or min(points, default=1) < 1
    return bad or bool(points) or len(chosen) > most

# --- the count (tally.md 1 to 3), in whole numbers and fractions only --------------------------------------
def count(contest: Contest) -> list[int]:
    """The winners in order of purchase; ValueError for a rule or option this tool does not know."""
    known = {"order", "skip", "threshold", "utility", "completion", "step"}
    completion = contest.options.get("completion", "none")
    if set(contest.options) - known or completion not in ("none", "greedy", "add1", "add1u"):
        raise ValueError("unknown option")
    return RULES[contest.rule](contest)

def greedy(contest: Contest, won: Sequence[int] = (), skip: bool | None = None) -> list[int]:
    """By score (or score per cost), take what fits; without skip, stop at the first that does not."""
    rank, scores, costs = contest.rank, contest.scores, contest.costs
    per_cost = contest.options.get("order") == "votes_per_cost"
    skip = contest.options.get("skip", "yes") == "yes" if skip is None else skip
    rest = [each for each in range(len(costs)) if each not in won and each not in contest.barred]
    rest.sort(key=lambda each: (-Fraction(scores[each], costs[each] if per_cost else 1), rank[each]))
    winners, money = list(won), contest.budget - sum(costs[each] for each in won)
    for each in rest:
        if scores[each] < contest.number("threshold"):
            continue
        if costs[each] <= money:
            winners.append(each)
            money -= costs[each]
        elif not skip:
            break
    return winners

class Purses:
    """Every ballot type's purse as a whole number over one common scale."""

    def __init__(self, contest: Contest, share: Fraction) -> None:
        self.contest, self.scale, self.backers = contest, share.denominator, dict(contest.backers)
        self.purses = [share.numerator] * len(contest.types)
        self.worth = contest.costs if contest.options.get("utility", "cost") == "cost" else [1] * len(contest.costs)
        self.floor = {each: Fraction(contest.costs[each], self.worth[each] * w) for each, w in contest.weights.items()}

    def price(self, project: int) -> Fraction | None:
        """The lowest price per unit at which its backers can pay for a project, over the scale; None if too dear."""
        cost, weight = self.contest.costs[project] * self.scale, self.contest.weights[project]
        backers, purses = self.backers[project], self.purses
        if sum(purses[each] * n for each, n, _ in backers) < cost:
            return None
        poor, rich = 0, weight
        while True:
            due = cost - poor
            short = [(each, n, u) for each, n, u in backers if purses[each] * rich < due * u]
            fewer = weight - sum(n * u for _, n, u in short)
            if fewer == rich:
                return Fraction(due, rich)
            poor, rich = sum(purses[each] * n for each, n, _ in short), fewer

    def pay(self, project: int, price: Fraction) -> None:
        """Take the price out of the purses of the backers, as far as they go."""
        self.scale *= price.denominator
        self.purses = [purse * price.denominator for purse in self.purses]
        for each, _, units in self.backers.pop(project):
            self.purses[each] = max(0, self.purses[each] - price.numerator * units)
        del self.floor[project]

    def best(self) -> tuple[int, Fraction, Fraction] | None:
        """The project of the smallest value, its price and value; projects nobody can pay for fall away."""
        least: tuple[Fraction, int] | None = None
        found = None
        for project in sorted(self.floor, key=self.floor.__getitem__):
            if least is not None and self.floor[project] > least[0]:
                break
            price = self.price(project)
            if price is None:
                del self.floor[project], self.backers[project]
                continue
            value = self.floor[project] = price / (self.scale * self.worth[project])
            if least is None or (value, self.contest.rank[project]) < least:
                least, found = (value, self.contest.rank[project]), (project, price, value)
        return found

def shares_run(contest: Contest, share: Fraction) -> list[tuple[int, Fraction]]:
    """The Method of Equal Shares at one share: winners in order with the value each was bought at."""
    purses, bought = Purses(contest, share), []
    while best := purses.best():
        purses.pay(best[0], best[1])
        bought.append((best[0], best[2]))
    return bought

def holds_until(contest: Contest, trail: list[tuple[int, Fraction]], share: Fraction) -> bool:
    """Whether every share from the trail's own up to this one buys exactly the trail."""
    # along one order of purchases purses never fall and prices never rise as the share grows: so it is enough that at
    # the far share every rival is still dearer than each winner was at the near one, and nothing is left to buy
    purses = Purses(contest, share)
    for winner, value in trail:
        for rival in [each for each, floor in purses.floor.items() if floor <= value and each != winner]:
            price = purses.price(rival)
            if price is None:
                del purses.floor[rival]
                continue
            purses.floor[rival] = price / (purses.scale * purses.worth[rival])
            if purses.floor[rival] <= value:
                return False
        price = purses.price(winner)
        if price is None:
            return False
        purses.pay(winner, price)
    return all(purses.price(rival) is None for rival in purses.floor)

def equal_shares(contest: Contest) -> list[int]:
    """Equal shares with its completion: none, greedy, add1, or add1u."""
    completion, voters = contest.options.get("completion", "none"), contest.voters
    if not voters:
        return greedy(contest, skip=True)
    share = Fraction(contest.budget, voters)
    trail = shares_run(contest, share)
    if completion in ("add1", "add1u"):
        trail = add1(contest, trail, share)
    winners = [winner for winner, _ in trail]
    return greedy(contest, winners, skip=True) if completion in ("greedy", "add1u") else winners

def add1(contest: Contest, trail: list[tuple[int, Fraction]], share: Fraction) -> list[tuple[int, Fraction]]:
    """Raise the share until nothing more fits or the next raise overspends; proven stretches are skipped."""
    thousandth = Fraction(contest.budget, contest.voters * 1000)
    step = contest.number("step") or next((each for each in (1, 10, 100) if each >= thousandth), 1000)
    stride, least = 1, max(1, contest.number("threshold"))
    while True:
        won = {winner for winner, _ in trail}
        left = contest.budget - sum(contest.costs[each] for each in won)
        rest = set(contest.backers) - won  # what nobody gains from, no share will ever buy
        if not any(contest.costs[each] <= left and contest.scores[each] >= least for each in rest):
            return trail
        if stride > 1 and holds_until(contest, trail, share + stride * step):
            share, stride = share + stride * step, stride * 2
            continue
        if stride > 1:
            stride = max(1, stride // 4)
            continue
        ahead = shares_run(contest, share + step)
        if sum(contest.costs[each] for each, _ in ahead) > contest.budget:
            return trail
        stride = 2 if [each for each, _ in ahead] == [each for each, _ in trail] else 1
        share, trail = share + step, ahead

def phragmen(contest: Contest) -> list[int]:
    """Sequential Phragmen: the smallest new largest load; stop when one of those tied for it does not fit."""
    rank, least, money = contest.rank, max(1, contest.number("threshold")), contest.budget
    loads, scale, winners = [0] * len(contest.types), 1, []
    backers: list[list[tuple[int, int]]] = [[] for _ in contest.ids]
    for number, (chosen, _, voters) in enumerate(contest.types):
        for project in chosen:
            backers[project].append((number, voters))
    able = {each for each in range(len(backers)) if contest.scores[each] >= least and backers[each]}
    able = {each for each in able - contest.barred if contest.costs[each] <= contest.budget}
    while able:
        whole = {each: sum(loads[n] * v for n, v in backers[each]) + contest.costs[each] * scale for each in able}
        after = {each: Fraction(whole[each], contest.approvals[each]) for each in able}
        smallest = min(after.values())
        tied = [each for each in able if after[each] == smallest]
        if any(contest.costs[each] > money for each in tied):
            break
        winner = min(tied, key=rank.__getitem__)
        loads, scale = [load * smallest.denominator for load in loads], scale * smallest.denominator
        for number, _ in backers[winner]:
            loads[number] = smallest.numerator
        money -= contest.costs[winner]
        winners.append(winner)
        able.remove(winner)
    return winners

RULES = {"greedy": greedy, "equal_shares": equal_shares, "phragmen": phragmen}

# --- the bundle --------------------------------------------------------------------------------------------
class Bundle:
    """The folder being checked; every file is read once and looked up by its path."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.report, self.say = report, report.check
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        self.files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
        self.manifest: dict[str, Any] = {}
        self.config: dict[str, Any] = {}
        self.leaves: list[dict[str, Any]] = []
        self.hashes: list[bytes] = []
        self.notes: list[Note] = []
        self.at: dict[str, list[int]] = {}

    def hash_of(self, path: str) -> str | None:
        """SHA-256 of a file, or None when it is not there."""
        return sha(self.files[path]) if path in self.files else None

    def leaf(self, kind: str) -> dict[str, Any]:
        """The last leaf of this kind of our election; LookupError when there is none."""
        return self.leaves[self.at[kind][-1]]

    def none(self, wrong: Iterable[object], text: str) -> None:
        """Check that nothing is wrong, naming the first few that are."""
        shown = [str(item) for item in wrong]
        named = f" ({', '.join(shown[:3])}{' …' if len(shown) > 3 else ''})" if shown else ""
        self.say(not shown, " | ".join(each + named for each in text.split(" | ")))

    def read_manifest(self) -> None:
        """Every file named has its hash, and no other file is there."""
        self.manifest = strictly(self.files["manifest.json"])
        named = self.manifest["files"]
        self.say(self.manifest["format"] == "rembuk-bundle-1", "bentuk berkas dikenal | the format is known")
        wrong = sorted(path for path in named if self.hash_of(path) != named[path])
        self.none(wrong, f"{len(named)} berkas sesuai daftar | {len(named)} files are as listed")
        self.none(sorted(set(self.files) - {*named, "manifest.json"}), "tidak ada berkas lain | no other file is there")

    def read_board(self) -> None:
        """Leaves are canonical, numbered by line, and hashed."""
        lines = self.files["board.jsonl"].split(b"\n")
        if lines.pop():
            raise ValueError("no newline at the end")
        self.leaves, self.hashes = [strictly(line) for line in lines], [leaf_hash(line) for line in lines]
        for number, leaf in enumerate(self.leaves):
            if leaf.get("election") == self.manifest["election"]:
                self.at.setdefault(leaf["kind"], []).append(number)
        self.say(True, f"{len(lines)} catatan di papan bukti | {len(lines)} leaves on the board")

    def check_signatures(self, expected_key: str | None) -> None:
        """Checkpoints are signed by the board, cosigned by witnesses, and their roots recompute."""
        keys = json.loads(self.files["keys.json"])
        board, shown = parse_key(keys["board"]), keys["board"]
        if expected_key is None:
            self.report.unchecked(
                f"kunci papan bukti {shown}: cocokkan dengan yang ditempel di kelurahan, atau pakai --key"
                f" | the board's key {shown}: compare it with the one on public display, or use --key")
        else:
            self.say(shown == expected_key.strip(), "kunci papan bukti sama | the board's key is the expected one")
        self.notes = parse_notes(self.files["checkpoints.txt"].decode())
        sizes = [note.size for note in self.notes]
        self.say(sizes == sorted(set(sizes)), "tanda tangan berurutan | checkpoints are in order")
        self.say(sizes[-1:] == [len(self.leaves)], "tanda tangan terakhir mencakup semua | the last covers all leaves")
        # with very many checkpoints about 500 signatures are tried; the roots of all are recomputed anyway
        every = max(1, len(self.notes) // 500)
        if every > 1:
            self.report.unchecked(f"tanda tangan dicoba satu dari {every} | one signature in {every} was tried")
        tried = self.notes[::every] + self.notes[-1:]
        wrong = [note.size for note in tried if note.origin != keys["origin"] or not note.signed_by(board)]
        self.none(wrong, "tanda tangan papan bukti sah | the board's signatures verify")
        roots = roots_of(self.hashes, sizes)
        false = [note.size for note in self.notes if roots.get(note.size) != note.root]
        self.none(false, "akar pohon cocok | the roots recompute")
        seen = sum(self.notes[-1].signed_by(parse_key(line)) for line in keys["witnesses"])
        quorum = self.config.get("witness_quorum", 0)
        self.say(seen >= quorum, f"{seen} saksi, perlu {quorum} | {seen} witnesses, {quorum} needed")

    def check_saved(self, text: str) -> None:
        """A checkpoint somebody kept earlier is a prefix of this board: the log was not rewritten or forked."""
        for note in parse_notes(text):
            same, text = roots_of(self.hashes, {note.size}).get(note.size) == note.root, f"{note.size}"
            self.say(same, f"papan memuat {text} catatan salinan Anda | the board holds the {text} leaves you kept")

    def check_config(self) -> None:
        """The configuration is the one on the board, before and after the vote; the order of acts is right."""
        self.config = config = strictly(self.files["config.json"])
        same = all(config[name] == self.manifest[name] for name in ("city", "cycle", "election"))
        self.say(same, "kota, siklus, pemilihan sama | city, cycle and election are the same")
        order = ["open", "close", "opened", "seed", "result"]
        places, once = [self.at[kind][-1] for kind in order], all(len(self.at[kind]) == 1 for kind in order[:4])
        before = [number for number in self.at["config"] if number < places[0]]
        self.say(places == sorted(places) and once and before, "urutan buka, tutup, hitung benar | acts are in order")
        said = {self.leaf(kind)["config_sha256"] for kind in ("open", "result")} | {self.leaves[before[-1]]["sha256"]}
        self.say(said == {self.hash_of("config.json")}, "aturan beku sejak dibuka | the configuration stayed frozen")
        envelopes = self.at.get("envelope", [])
        late = [number for number in envelopes if not places[0] < number < places[1]]
        self.none(late, "tidak ada amplop di luar waktu buka | no envelope outside the open time")
        twice = Counter(self.leaves[number]["sha256"] for number in envelopes)
        self.none([each for each, n in twice.items() if n > 1], "tidak ada amplop ganda | no envelope twice")
        total = sum(each["ceiling"] for each in config["districts"]) + config.get("city_pot", 0)
        self.say(total <= config.get("budget", total), "jumlah pagu sesuai anggaran | ceilings fit the budget")

    def check_files(self) -> None:
        """Results and project texts are the ones the result leaf commits to; projects say what was frozen."""
        committed = self.leaf("result")["files"]
        wrong = sorted(path for path in committed if self.hash_of(path) != committed[path])
        self.none(wrong, "hasil sesuai papan bukti | results are as committed")
        loose = sorted(path for path in self.files if path.startswith("results/") and path not in committed)
        self.none(loose, "tidak ada hasil lain | there is no other result")
        keys, listed = ("id", "title", "district", "cost"), json.loads(self.files["projects.json"])["projects"]
        lines = [[[each[key] for key in keys] for each in projects] for projects in (listed, self.config["projects"])]
        self.say(sorted(lines[0]) == sorted(lines[1]), "usulan sama seperti dibekukan | projects are the frozen ones")

    def check_envelopes(self) -> None:
        """Counted online ballots are at most the envelopes on the board; failed ones are on the board too."""
        opened = self.leaf("opened")
        online, failed = sum(each["online"] for each in opened["counts"].values()), opened.get("failures", [])
        posted = {self.leaves[number]["sha256"] for number in self.at.get("envelope", [])}
        self.say(online + len(failed) <= len(posted) and set(failed) <= posted,
                 f"{online} suara daring dari {len(posted)} amplop, {len(failed)} gagal dibuka"
                 f" | {online} online ballots from {len(posted)} envelopes, {len(failed)} failed to open")

    def check_audit(self) -> None:
        """The audit chain is unbroken and ends where the board says."""
        lines = self.files["audit.jsonl"].split(b"\n")[:-1]
        links = [ZERO, *(sha(line) for line in lines)]
        rows = [strictly(line) for line in lines]
        whole = all((row["idx"], row["prev"]) == (number, links[number]) for number, row in enumerate(rows))
        heads = [leaf for leaf in self.leaves if leaf["kind"] == "audit_head" and leaf["count"] <= len(rows)]
        whole = whole and all(links[leaf["count"]] == leaf["sha256"] for leaf in heads)
        self.say(whole, f"{len(rows)} catatan tindakan bersambung | {len(rows)} audit lines are chained")

    def check_districts(self) -> None:
        """Every district of the configuration, one after the other."""
        for district in self.config["districts"]:
            self.report.section(partial(self.check_district, district), district["code"])
        if self.config.get("city_round", "none") != "none":
            self.report.unchecked("putaran kota | the city round")

    def contest(self, district: dict[str, Any]) -> Contest:
        """A district as it was frozen, without ballots."""
        projects = [each for each in self.config["projects"] if each["district"] == district["code"]]
        gone = {self.leaves[number]["project"] for number in self.at.get("withdrawal", [])}
        return Contest(
            ids=[each["id"] for each in projects], costs=[each["cost"] for each in projects],
            budget=district["ceiling"], rule=self.config["rule"], options=self.config["options"],
            kind=self.config["ballot"]["type"], most=self.config["ballot"]["most"],
            seed=self.leaf("seed")["dice"].encode(), name=district["contest"],
            barred=frozenset(number for number, each in enumerate(projects) if each["id"] in gone))

    def check_district(self, district: dict[str, Any]) -> None:
        """Ballots or totals, and the winners, of one district."""
        code, name = district["code"], f"{district['code']} {district['name']}"
        contest, result = self.contest(district), json.loads(self.files[f"results/{code}.json"])
        voters = sum(self.leaf("opened")["counts"].get(code, {}).values())
        agreed = [result[key] for key in ("contest", "budget", "voters", "rule", "options")]
        same = agreed == [contest.name, contest.budget, voters, contest.rule, contest.options]
        self.say(same, f"{name}: hasil memakai aturan beku | {name}: the result uses the frozen rules")
        if f"ballots/{code}.pb" in self.files:
            self.check_ballots(contest, code, name, voters)
        else:
            self.check_totals(contest, name, result, voters)
        self.check_winners(contest, name, result)

    def check_ballots(self, contest: Contest, code: str, name: str, voters: int) -> None:
        """The ballots file is the one committed before the dice, and says what was frozen."""
        path = f"ballots/{code}.pb"
        committed = self.leaf("opened")["ballots"].get(code) == self.hash_of(path)
        self.say(committed, f"{name}: berkas suara sesuai papan | {name}: the ballots file is as committed")
        meta, costs, votes = read_pb(self.files[path].decode())
        merge(contest, votes)
        frozen = (dict(zip(contest.ids, contest.costs, strict=True)), contest.budget, voters)
        same = (costs, int(meta["budget"]), contest.voters) == frozen
        self.say(same, f"{name}: {voters} suara terbaca | {name}: {voters} ballots read")

    def check_totals(self, contest: Contest, name: str, result: dict[str, Any], voters: int) -> None:
        """A district published as totals is small enough for that, and its totals are possible."""
        small = voters < self.config["smallest_full"] or self.config["publication"] != "full"
        self.say(small, f"{name}: boleh hanya jumlah | {name}: may be totals only")
        contest.approvals = [result["approvals"][each] for each in contest.ids]
        contest.scores = [result["scores"][each] for each in contest.ids]
        bounded = all(0 <= each <= voters for each in contest.approvals)
        if contest.kind in ("approval", "knapsack"):
            most = contest.most or len(contest.ids)
            bounded = bounded and contest.scores == contest.approvals and sum(contest.approvals) <= most * voters
        self.say(bounded, f"{name}: jumlah suara masuk akal | {name}: the totals are possible")
        self.report.unchecked(f"{name}: isi {voters} suara tidak diumumkan | {name}: {voters} ballots are not public")

    def check_winners(self, contest: Contest, name: str, result: dict[str, Any]) -> None:
        """The winners follow from the ballots (or from the totals, when the rule needs no more)."""
        totals = [dict(zip(contest.ids, each, strict=True)) for each in (contest.scores, contest.approvals)]
        same = totals == [result["scores"], result["approvals"]]
        self.say(same, f"{name}: jumlah dukungan sama | {name}: the totals are the same")
        winners = [contest.ids.index(each) for each in result["winners"]]
        spent = sum(contest.costs[each] for each in winners)
        fits = spent <= contest.budget and spent == result["cost"] and len(set(winners)) == len(winners)
        self.say(fits, f"{name}: biaya pemenang di bawah pagu | {name}: the winners fit the ceiling")
        if not contest.types and contest.rule != "greedy":
            self.report.unchecked(f"{name}: pemenang tidak dihitung ulang | {name}: the winners were not recomputed")
            return
        self.say(count(contest) == winners, f"{name}: hitung ulang sama | {name}: the recount agrees")

def verify(folder: Path, report: Report, key: str | None = None, saved: str | None = None) -> Bundle:
    """Check a whole bundle, noting every line in the report."""
    bundle = Bundle(folder, report)
    report.section(bundle.read_manifest, "daftar berkas | the manifest")
    report.section(bundle.read_board, "papan bukti | the board")
    report.section(bundle.check_config, "aturan | the configuration")
    report.section(partial(bundle.check_signatures, key), "tanda tangan | signatures")
    if saved is not None:
        report.section(partial(bundle.check_saved, saved), "salinan Anda | your copy")
    report.section(bundle.check_files, "berkas hasil | result files")
    report.section(bundle.check_envelopes, "amplop | envelopes")
    if "audit.jsonl" in bundle.files:
        report.section(bundle.check_audit, "catatan tindakan | the audit chain")
    report.section(bundle.check_districts, "hitung ulang | the recount")
    return bundle

def find(bundle: Bundle, typed: str) -> None:
    """Say where the leaf of a receipt code stands."""
    plain = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(str.maketrans("OIL", "011"))
    codes = (receipt_of(node.hex()).replace("-", "") for node in bundle.hashes)
    number = next((number for number, code in enumerate(codes) if code == plain), None)
    bundle.say(number is not None, f"kode bukti di papan: {number} | the receipt is on the board, number {number}")

def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 when everything that could be checked holds, 1 otherwise, 2 when it was asked wrongly."""
    parser = argparse.ArgumentParser(prog="rembuk-verify", description="Check the bundle of a finished cycle.")
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    parser.add_argument("--lang", choices=("id", "en"), default="id")
    parser.add_argument("--key", help="the board's public key, as on public display")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="a checkpoint kept earlier")
    parser.add_argument("--kode", help="a receipt code to look up")
    parser.add_argument("--uji", type=Path, metavar="FILE", help="a sealed ballot that was opened to be checked")
    asked = parser.parse_args(arguments)
    if asked.uji:
        sys.stdout.write(sealed_code(json.loads(asked.uji.read_text("utf-8"))) + "\n")
        return 0
    if not asked.folder or not asked.folder.is_dir():
        parser.error("DIR is missing or not a folder")
    report = Report(asked.lang == "en")
    bundle = verify(asked.folder, report, asked.key, asked.checkpoint and asked.checkpoint.read_text("utf-8"))
    if asked.kode:
        find(bundle, asked.kode)
    ends = ["Semua yang dapat diperiksa cocok. | Everything that could be checked holds.",
            "ADA YANG TIDAK COCOK. | SOMETHING DOES NOT HOLD."]
    end = ends[bool(report.broken)].split(" | ")[report.english]
    sys.stdout.write("\n".join([*report.lines, end]) + "\n")
    return 1 if report.broken else 0

if __name__ == "__main__":
    sys.exit(main())
