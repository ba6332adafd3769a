#!/usr/bin/env python3
"""Check the published bundle of a finished Rembuk cycle (docs/bundle.md), with nothing but Python.
    python rembuk_verify.py DIR [--lang en] [--key KEY] [--checkpoint FILE] [--kode CODE] [--cores N]
    python rembuk_verify.py --uji FILE        recompute the receipt code of a ballot that was opened to be checked

Imports nothing of the product: its own hashes, Merkle tree (RFC 6962), ed25519 (RFC 8032), X25519 (RFC 7748),
ChaCha20-Poly1305 (RFC 8439) and its own count. Exit 0 when everything that could be checked holds, else 1.
"""
from __future__ import annotations

# fmt: off - kept short enough to be read whole by one person
import argparse
import base64
import csv
import hmac
import json
import multiprocessing
import re
import struct
import sys
import unicodedata
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from hashlib import sha256, sha512
from itertools import accumulate
from pathlib import Path
from typing import Any

BAD = ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError, csv.Error
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ZERO = "0" * 64
MARKS = {True: ("COCOK", "HOLDS"), False: ("TIDAK COCOK", "DOES NOT HOLD"), None: ("TIDAK DIPERIKSA", "NOT CHECKED")}
TOTALS = "approvals", "scores"
MANY = 100_000  # envelopes from which the districts are shared out among the cores
# --- saying it ---------------------------------------------------------------------------------------------
class Report:
    """What holds, what does not, and what could not be checked; texts are "Indonesian | English" with {facts}."""
    def __init__(self, english: bool = False) -> None:
        self.english, self.lines, self.broken = english, list[str](), 0

    def check(self, holds: object, text: str, wrong: Sequence[object] = (), **facts: object) -> None:
        """Note that something holds or not, naming the first few that are wrong; None when it could not be checked."""
        verdict = None if holds is None else bool(holds) and not wrong
        named = f" ({', '.join(map(str, wrong[:3]))}{' …' if len(wrong) > 3 else ''})" if wrong else ""
        # what the bundle says can neither break the line nor look like another
        shown = {key: "".join(c if c.isprintable() else "?" for c in str(fact)[:300])
                 for key, fact in {**facts, "named": named}.items()}
        said = (text.split(" | ")[self.english] + "{named}").format(**shown)
        self.lines.append(f"{MARKS[verdict][self.english]:<16}{said}")
        self.broken += verdict is False

    def section(self, work: Callable[[], Any], text: str) -> Any:
        """Run one part; whatever cannot even be read counts as broken."""
        try:
            return work()
        except BAD as fault:
            part = f"{(text.split(' | ') * 2)[self.english]} ({type(fault).__name__})"
            return self.check(False, "{part}: tidak terbaca | {part}: cannot be read", part=part)
# --- hashes and canonical JSON -----------------------------------------------------------------------------
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
    return sha256(b"\x00" + data).digest()
class Tree:
    """A Merkle tree over leaf hashes laid end to end; every finished subtree is kept, so any root costs log n."""
    def __init__(self, leaves: bytes) -> None:
        self.levels = [leaves]
        while len(row := self.levels[-1]) > 32:
            pairs = range(0, len(row) - 63, 64)
            self.levels.append(b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in pairs]))
    def root(self, size: int) -> bytes | None:
        """The root over the first leaves; None when there are not so many."""
        if not 0 <= size <= len(self.levels[0]) // 32:
            return None
        root = b""
        for height, row in enumerate(self.levels):
            if size >> height & 1:  # one finished subtree for every one-bit of the size
                at = ((size >> height) - 1) * 32
                root = sha256(b"\x01" + row[at : at + 32] + root).digest() if root else row[at : at + 32]
        return root or sha256(b"").digest()
# --- ed25519 (RFC 8032) and X25519 (RFC 7748) --------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, P - 2, P) % P).to_bytes(32, "little")
NEUTRAL = (0, 1, 1, 0)
def _add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P
def _point(data: bytes) -> tuple[int, ...] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - square) % P else x
    if len(data) != 32 or y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P
@lru_cache(maxsize=64)
def _multiples(data: bytes) -> list[list[tuple[int, ...]]]:
    # 0 to 255 times a point, times 256 to the power of 0 to 31; made once per key, it makes every signature quick
    point, rows = _point(data), []
    while point and len(rows) < 32:
        *row, point = accumulate([NEUTRAL] + [point] * 256, _add)
        rows.append(row)
    return rows
def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether 64 bytes are the ed25519 signature of the message under a 32-byte public key."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L or not _multiples(public):
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    total = []
    for table, scalar in ((_multiples(BASE), s), (_multiples(public), k)):
        total.append(NEUTRAL)
        for row, digit in zip(table, scalar.to_bytes(32, "little"), strict=True):
            total[-1] = _add(total[-1], row[digit])
    x, y, z, t = total[1]
    x, y, z, t = _add(total[0], (P - x, y, z, P - t))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
def x25519(secret: bytes, public: bytes) -> bytes:
    """The shared secret (RFC 7748, 5)."""
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        if k >> bit & 1 != swap:
            x2, x3, z2, z3, swap = x3, x2, z3, z2, 1 - swap
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    x2, z2 = (x3, z3) if swap else (x2, z2)
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")
# --- the seal of one ballot (trust.md 4.2), for "Uji dulu" -------------------------------------------------
def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 without salt (RFC 5869), for at most 64 bytes."""
    key = hmac.digest(bytes(32), secret, "sha256")
    first = hmac.digest(key, info + b"\x01", "sha256")
    return (first + hmac.digest(key, first + info + b"\x02", "sha256"))[:length]
def _chacha_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    words = struct.unpack("<16I", b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce)
    s = list(words)
    columns = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
    for a, b, c, d in (*columns, (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)) * 10:
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] = ((s[z] ^ s[x]) << turn | (s[z] ^ s[x]) >> 32 - turn) & 0xFFFFFFFF
    return struct.pack("<16I", *[a + b & 0xFFFFFFFF for a, b in zip(s, words, strict=True)])
def chacha20_poly1305(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """The sealed text and its tag (RFC 8439, 2.8)."""
    stream = b"".join(_chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(plain), 64))
    sealed = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    once = _chacha_block(key, 0, nonce)
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = aad + bytes(-len(aad) % 16) + sealed + bytes(-len(sealed) % 16) + struct.pack("<QQ", len(aad), len(sealed))
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
    leaf = {"kind": "envelope", "election": opened["election"], "sha256": sha256(sealed).hexdigest()}
    return receipt_of(leaf_hash(canonical(leaf)).hex())
# --- signed notes (C2SP) -----------------------------------------------------------------------------------
def _raw(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("stray bits")
    return data
def parse_key(line: str) -> tuple[str, bytes, int, bytes]:
    """Name, 4-byte id, algorithm and 32 public bytes in a line name+id+base64; ValueError."""
    name, number, body = line.strip().split("+", 2)
    key_id = sha256(name.encode() + b"\n" + _raw(body)).digest()[:4]
    if key_id.hex() != number or len(_raw(body)) != 33:
        raise ValueError("not a key")
    return name, key_id, _raw(body)[0], _raw(body)[1:]
Note = namedtuple("Note", "text origin size root signatures")  # signatures: pairs of a name and its bytes
def signed_by(note: Note, key: tuple[str, bytes, int, bytes]) -> bool | None:
    """Whether this key signed (or, as a witness, cosigned) a checkpoint; None when no line claims so."""
    found = None
    for blob in [blob for name, blob in note.signatures if (name, blob[:4]) == key[:2]]:
        stamp, signature = (blob[4:12], blob[12:]) if key[2] == 4 else (b"", blob[4:])
        head = f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n" if stamp else ""
        found = found is not False and ed25519_verifies(key[3], (head + note.text).encode(), signature)
    return found
def parse_notes(text: str) -> list[Note]:
    """Signed checkpoints, one after the other; ValueError for anything else."""
    found = list(re.finditer(r"(?m)^((.+)\n(0|[1-9][0-9]*)\n(\S+)\n)\n((?:— \S+ \S+\n)+)", text))
    if not found or "".join([each[0] for each in found]) != text:
        raise ValueError("not a list of checkpoints")
    lines = [[line.split(" ") for line in each[5].split("\n")[:-1]] for each in found]
    return [Note(each[1], each[2], int(each[3]), _raw(each[4]), tuple([(name, _raw(body)) for _, name, body in signed]))
            for each, signed in zip(found, lines, strict=True)]
# --- what is counted, and its ballots (Pabulib) ------------------------------------------------------------
Row = Mapping[str, Any]  # a project as it was frozen: id, cost, issue, area, group, requires, refusal
Choice = tuple[tuple[int, ...], tuple[int, ...]]  # the projects on a ballot, and the points when points are given
Ballots = Mapping[Choice, int]  # each different ballot once, with how many cast it
Limit = tuple[frozenset[str], int | None, int | None]  # of these projects at most so many, for at most so much money
class Contest:
    """One count as it was agreed, with merged ballots; projects are numbered from 0, `before` were funded earlier."""
    def __init__(self, agreed: Row, rows: Sequence[Row], budget: int, name: str, *, limits: Sequence[Limit] = (),
                 before: Sequence[Row] = (), types: Ballots | None = None) -> None:
        self.agreed, self.rows, self.budget, self.name = agreed, rows, budget, name
        self.limits, self.before, self.types, self.options = limits, before, types or {}, agreed["options"]
        self.kind, self.most, self.seed = agreed["type"], agreed["most"], agreed["seed"]
        self.ids, self.costs = [row["id"] for row in rows], [row["cost"] for row in rows]
        self.threshold, self.voters = int(self.options["threshold"]), sum(self.types.values())  # empty ballots included
        self.approvals, self.scores = [0] * len(rows), [0] * len(rows)
        places = self.most or max((len(chosen) for chosen, _ in self.types), default=0)
        for (chosen, points), count in self.types.items():
            for at, project in enumerate(chosen):
                self.approvals[project] += count
                self.scores[project] += count * (points[at] if points else places - at if self.kind == "ranked" else 1)
    def part(self, held: Iterable[str], won: Sequence[str], types: Ballots | None, money: int, name: str) -> Contest:
        """The count over the projects held that are not won yet, each ballot cut down to them."""
        kept = [self.ids.index(each) for each in held if each not in won]
        place, merged = {at: new for new, at in enumerate(kept)}, Counter[Choice]()
        for (chosen, points), count in (types or {}).items():
            stay = [nth for nth, at in enumerate(chosen) if at in place]
            cut = tuple([place[chosen[nth]] for nth in stay]), tuple([points[nth] for nth in stay] if points else ())
            merged[cut] += count
        return Contest(self.agreed, [self.rows[at] for at in kept], money, name, limits=self.limits, types=merged,
                       before=[row for row in self.rows if row["id"] in won])
    @cached_property
    def tie(self) -> list[Any]:
        """What comes first when all else is equal: approvals, cost, the lot of the dice; the id when there are none."""
        lots = [hmac.digest(self.seed, f"{self.name}|{each}".encode(), "sha256") for each in self.ids]
        chain = zip([-votes for votes in self.approvals], self.costs, lots, self.ids, strict=True)
        return list(chain) if self.seed else self.ids
    def line(self) -> list[int]:
        """The projects by score, or score per cost, best first."""
        per_cost = self.options.get("order") == "votes_per_cost"
        worth = [Fraction(s, cost if per_cost else 1) for s, cost in zip(self.scores, self.costs, strict=True)]
        return sorted(range(len(worth)), key=lambda each: (-worth[each], self.tie[each]))
    def shut_out(self, row: Row, funded: Sequence[Row]) -> bool:
        """Whether, after these, a project can no longer be funded: refused, one of a group, a limit."""
        mine = [limit for limit in self.limits if row["id"] in limit[0]]
        taken = [[each["cost"] for each in funded if each["id"] in ids] for ids, _, _ in mine]
        full = [(most is not None and len(costs) >= most) or (money is not None and sum(costs) + row["cost"] > money)
                for (_, most, money), costs in zip(mine, taken, strict=True)]
        groups = {each.get("group") for each in funded} - {"", None}
        return bool(row.get("refusal")) or row.get("group") in groups or any(full)
def _waits(row: Row, funded: Iterable[Row]) -> bool:  # for another project, which is not among these
    return bool(row.get("requires")) and all(each["id"] != row["requires"] for each in funded)
def read_pb(text: str) -> tuple[dict[str, str], dict[str, int], Counter[str]]:
    """META, cost by project and how often each `vote` (or `vote;points`) occurs; ValueError."""
    head, mark, tail = text.partition("\nVOTES\n")
    meta_text, second, projects_text = head.partition("\nPROJECTS\n")
    if not mark or not second or not meta_text.startswith("META\nkey;value\n") or not tail.endswith("\n"):
        raise ValueError("not a Pabulib file")
    rows = list(csv.reader(meta_text.split("\n")[2:], delimiter=";"))
    projects = list(csv.DictReader(projects_text.split("\n"), delimiter=";"))
    costs = {row["project_id"]: int(row["cost"]) for row in projects}
    title, *lines = tail.split("\n")[:-1]
    if title not in ("voter_id;vote", "voter_id;vote;points") or len(costs) != len(projects):
        raise ValueError("unknown columns")
    split = [line.partition(";") for line in lines]
    if [voter for voter, _, _ in split] != [str(number) for number in range(1, len(lines) + 1)]:
        raise ValueError("voters are not numbered 1 to n")
    return {row[0]: ";".join(row[1:]) for row in rows if row}, costs, Counter([vote for _, _, vote in split])
def merge(contest: Contest, votes: Mapping[str, int]) -> Ballots:
    """The ballots, each different one read once; ValueError for one its type does not allow."""
    index, merged = {project: number for number, project in enumerate(contest.ids)}, Counter[Choice]()
    most, kind = contest.most or 10**9, contest.kind
    for vote, count in votes.items():
        names, _, given = vote.replace('"', "").partition(";")
        chosen = tuple([index[name] for name in names.split(",")]) if names else ()
        points = tuple([int(each) for each in given.split(",")]) if given else ()
        over = kind == "knapsack" and sum(contest.costs[each] for each in chosen) > contest.budget
        bad = len(points) != len(chosen) or sum(points) > most or min(points, default=1) < 1
        if over or len({*chosen}) != len(chosen) or (bad if kind == "points" else points or len(chosen) > most):
            raise ValueError("a spoiled ballot")
        merged[chosen if kind in ("ranked", "points") else tuple(sorted(chosen)), points] += count
    return merged
# --- the count (tally.md 1 to 3), in whole numbers and fractions only --------------------------------------
def count(contest: Contest) -> list[int]:
    """The winners in order of purchase; LookupError or ValueError for a rule or option this tool does not know."""
    unknown = {*contest.options} - {"order", "skip", "threshold", "utility", "completion", "step"}
    if unknown or contest.options.get("completion", "none") not in ("none", "greedy", "add1", "add1u"):
        raise ValueError("unknown option")
    if contest.agreed["rule"] == "greedy":
        return take(contest, contest.line(), skip=contest.options.get("skip", "yes") == "yes")
    return {"equal_shares": equal_shares, "phragmen": phragmen}[contest.agreed["rule"]](contest)
def take(contest: Contest, line: Iterable[int], won: Sequence[int] = (), skip: bool = True) -> list[int]:
    """Fund what fits in the order of this line, after what is won; who waits is called again after each purchase."""
    rows, winners, rest = contest.rows, list(won), [each for each in line if each not in won]
    funded, money = [*contest.before, *(rows[each] for each in won)], contest.budget - sum(rows[w]["cost"] for w in won)
    while (first := next((each for each in rest if not _waits(rows[each], funded)), None)) is not None:
        rest.remove(first)
        if contest.scores[first] < contest.threshold or contest.shut_out(rows[first], funded):
            continue
        if contest.costs[first] <= money:
            winners, funded, money = [*winners, first], [*funded, rows[first]], money - contest.costs[first]
        elif not skip:
            break
    return winners
class Market:
    """Who gains how much from which project; a ballot is one number, with `width` bits of units for each project."""
    def __init__(self, contest: Contest) -> None:
        self.contest, utility = contest, contest.options.get("utility", "cost")
        if utility not in ("cost", "count", {"points": "points", "ranked": "borda"}.get(contest.kind)):
            raise ValueError("a utility these ballots do not give")
        def units_on(choice: Choice) -> Sequence[int]:
            places = range(len(choice[0]))
            return choice[1] if utility == "points" else places[::-1] if utility == "borda" else [1 for _ in places]
        self.width = max(max(units_on(choice), default=1) for choice in contest.types).bit_length() or 1
        self.worth = contest.costs if utility == "cost" else [1] * len(contest.costs)
        self.bits = [(1 << self.width) - 1 << each * self.width for each in range(len(contest.costs))]
        self.backers: dict[int, list[tuple[int, int]]] = {}
        self.weights, self.known = Counter[int](), dict[tuple[int, int], list[tuple[int, int, int]]]()
        for choice, voters in contest.types.items():
            pairs = list(zip(choice[0], units_on(choice), strict=True))
            ballot = sum(units << project * self.width for project, units in pairs)
            for project, units in pairs:
                if units and contest.scores[project] >= max(1, contest.threshold):
                    self.backers.setdefault(project, []).append((ballot, voters))
                    self.weights[project] += units * voters
    def classes(self, project: int, won: int) -> list[tuple[int, int, int]]:
        """Its backers by what they paid for: that part of the ballot, units each, how many. One purse per class."""
        if (project, won) not in self.known:
            found, own = dict[int, int](), self.bits[project]
            for ballot, voters in self.backers[project]:
                seen = ballot & (won | own)
                found[seen] = found.get(seen, 0) + voters
            if len(self.known) > 2000:
                self.known.clear()
            units = {seen: (seen & own) >> project * self.width for seen in found}
            self.known[project, won] = [(seen & won, units[seen], voters) for seen, voters in found.items()]
        return self.known[project, won]
class Purses:
    """What every class of voters has left, as whole numbers over one common scale."""
    def __init__(self, market: Market, share: Fraction) -> None:
        self.market, self.contest, self.funded = market, market.contest, [*market.contest.before]
        self.purses, self.scale, self.won = {0: share.numerator}, share.denominator, 0
        # no value can be below its floor; a float is enough to put off a price, for rounding keeps the order
        self.floor = {p: self.contest.costs[p] / (market.worth[p] * w) for p, w in market.weights.items()}
    def offer(self, project: int) -> tuple[Fraction, Fraction] | None:
        """Lowest price per unit its backers can pay, over the scale, and value; None, for good, if they cannot."""
        due, rich, shut = self.contest.costs[project] * self.scale, self.market.weights[project], self.contest.shut_out
        held = [(self.purses[seen], units, n) for seen, units, n in self.market.classes(project, self.won)]
        if sum([purse * n for purse, _, n in held]) < due or shut(self.contest.rows[project], self.funded):
            del self.floor[project]
            return None
        while True:  # who cannot pay in full gives all; the others share the rest, until nobody more falls short
            needed = {units: -(-due * units // rich) for units in {units for _, units, _ in held}}
            short = [each for each in held if each[0] < needed[each[1]]]
            if not short:
                break
            held = [each for each in held if each[0] >= needed[each[1]]]
            due -= sum([purse * n for purse, _, n in short])
            rich -= sum([units * n for _, units, n in short])
        value = Fraction(due, rich * self.scale * self.market.worth[project])
        self.floor[project] = float(value)
        return Fraction(due, rich), value
    def pay(self, project: int, price: Fraction) -> None:
        """Take the price out of the purses of the backers, as far as they go."""
        self.scale *= price.denominator
        self.purses = {seen: purse * price.denominator for seen, purse in self.purses.items()}
        self.purses |= {seen | units << project * self.market.width: max(0, self.purses[seen] - price.numerator * units)
                        for seen, units, _ in self.market.classes(project, self.won)}
        self.won |= self.market.bits[project]
        self.funded.append(self.contest.rows[project])
        del self.floor[project]
    def ready(self, most: float = float("inf")) -> list[int]:
        """Projects that wait for no other and may have a value up to this one, by what is known of it."""
        free = [each for each in self.floor if not _waits(self.contest.rows[each], self.funded)]
        return sorted([each for each in free if self.floor[each] <= most], key=self.floor.__getitem__)

Trail = list[tuple[int, Fraction]]  # winners in order, with the value each was bought at
def shares_run(market: Market, share: Fraction) -> Trail:
    """The Method of Equal Shares at one share: always the project of the smallest value."""
    purses, bought = Purses(market, share), Trail()
    while True:
        best: tuple[Fraction, int, int, Fraction] | None = None
        for project in purses.ready():
            if best and purses.floor[project] > float(best[0]):
                break
            if offer := purses.offer(project):
                here = offer[1], market.contest.tie[project], project, offer[0]
                best = min(best or here, here)
        if best is None:
            return bought
        purses.pay(best[2], best[3])
        bought.append((best[2], best[0]))
def proven(market: Market, trail: Trail, share: Fraction) -> Trail | None:
    """The trail at this larger share, when every share between surely buys the same; None when that is not sure."""
    # along one order of purchases purses never fall and prices never rise as the share grows: so it is enough that at
    # the far share every rival is still dearer than each winner was at the near one, and nothing is left to buy
    purses, again = Purses(market, share), Trail()
    for winner, value in trail:
        rivals = [each for each in purses.ready(float(value)) if each != winner]
        if any(offer and offer[1] <= value for offer in map(purses.offer, rivals)):
            return None
        price, there = purses.offer(winner)  # who could pay at the near share can pay at the far one
        purses.pay(winner, price)
        again.append((winner, there))
    return None if any(map(purses.offer, purses.ready())) else again
def equal_shares(contest: Contest) -> list[int]:
    """Equal shares with its completion: none, greedy, add1, or add1u."""
    completion, winners = contest.options.get("completion", "none"), list[int]()
    if contest.voters:
        market, share = Market(contest), Fraction(contest.budget, contest.voters)
        trail = shares_run(market, share)
        winners = [each for each, _ in (add1(market, trail, share) if completion.startswith("add1") else trail)]
    complete = completion in ("greedy", "add1u") or not contest.voters
    return take(contest, contest.line(), winners) if complete else winners
def add1(market: Market, trail: Trail, share: Fraction) -> Trail:
    """Raise the share until nothing more fits or the next raise overspends; proven stretches are skipped."""
    contest, stride = market.contest, 1
    step = int(contest.options.get("step", "0")) or next((each for each in (1, 10, 100) if each >= share / 1000), 1000)
    while True:
        won = [winner for winner, _ in trail]
        if take(contest, market.backers, won) == won:  # what nobody gains from, no share will ever buy
            return trail
        if stride > 1:
            far = proven(market, trail, share + stride * step)
            share, trail = (share, trail) if far is None else (share + stride * step, far)
            stride = max(1, stride // 4) if far is None else stride * 2
            continue
        ahead = shares_run(market, share + step)
        if sum(contest.costs[each] for each, _ in ahead) > contest.budget:
            return trail
        stride = 2 if [each for each, _ in ahead] == won else 1
        share, trail = share + step, ahead
def phragmen(contest: Contest) -> list[int]:
    """Sequential Phragmen: the smallest new largest load; stop when one of those tied for it does not fit."""
    money, costs, funded, winners = contest.budget, contest.costs, [*contest.before], list[int]()
    loads, scale, backers = [0] * len(contest.types), 1, [list[tuple[int, int]]() for _ in costs]
    for number, ((chosen, _), voters) in enumerate(contest.types.items()):
        for project in chosen:
            backers[project].append((number, voters))
    able = [p for p, score in enumerate(contest.scores) if score >= max(1, contest.threshold) and costs[p] <= money]
    while True:
        rest = [each for each in able if each not in winners and not _waits(contest.rows[each], funded)]
        ready = [each for each in rest if not contest.shut_out(contest.rows[each], funded)]
        whole = {each: sum(loads[n] * v for n, v in backers[each]) + costs[each] * scale for each in ready}
        after = {each: Fraction(whole[each], contest.approvals[each]) for each in ready}
        smallest = min(after.values(), default=Fraction(0))
        tied = [each for each in ready if after[each] == smallest]
        if not tied or any(costs[each] > money for each in tied):
            return winners
        winner = min(tied, key=contest.tie.__getitem__)
        loads, scale = [load * smallest.denominator for load in loads], scale * smallest.denominator
        for number, _ in backers[winner]:
            loads[number] = smallest.numerator
        money -= costs[winner]
        winners.append(winner)
        funded.append(contest.rows[winner])
# --- quotas (tally.md 2) -----------------------------------------------------------------------------------
def quotas(config: Row) -> dict[str, int] | None:
    """The ceilings that follow from the frozen formula; None when its figures are not in the configuration."""
    asked, listed, total = config["quota"]["options"], config["districts"], config["budget"] - config.get("city_pot", 0)
    mixes = {"equal": {"equal": 1}, "per_capita": {"population": 1}, "need_weighted": asked}
    names = {"equal": "", "population": "residents", "poor": "poor_families"}
    mix = {name: part for name, part in mixes.get(config["quota"]["rule"], {}).items() if part and name in names}
    figures = {name: [each.get(names[name], None if names[name] else 1) for each in listed] for name in mix}
    if not mix or any(None in column for column in figures.values()):
        return None
    weights = {each["code"]: sum(Fraction(part * figures[name][at], sum(figures[name])) for name, part in mix.items())
               for at, each in enumerate(listed)}
    unit = asked.get("unit", 1_000_000)
    lowest, highest = -(-asked.get("lowest", 0) // unit) * unit, (asked.get("highest") or total) // unit * unit
    return apportioned(total, weights, lowest, highest, unit)
def apportioned(total: int, weights: Mapping[str, Any], lowest: int, highest: int, unit: int) -> dict[str, int]:
    """The total by weight within bounds, in whole units; units left over go to the largest remainders."""
    def exact(level: Any) -> dict[str, Any]:
        return {code: min(max(level * weight, Fraction(lowest)), Fraction(highest)) for code, weight in weights.items()}
    bends = {Fraction(bound) / weight for weight in weights.values() if weight for bound in (lowest, highest)}
    below = max([bend for bend in bends if sum(exact(bend).values()) < total], default=Fraction(0))
    growing = sum(weight for weight in weights.values() if lowest <= below * weight < highest)
    quota = exact(below + (total - sum(exact(below).values())) / growing if growing else below)
    whole = {code: int(each // unit) * unit for code, each in quota.items()}
    order = sorted(quota, key=lambda code: (whole[code] - quota[code], -weights[code], code))
    return {code: whole[code] + unit * (code in order[: (total - sum(whole.values())) // unit]) for code in quota}
# --- one district, and the city round (docs/bundle.md, "The count of a city") ------------------------------
def lies_in(row: Row, issue: str, areas: Iterable[str]) -> bool:
    """Whether a project is of this issue, or lies in one of these areas."""
    area = row.get("area", "")
    return row.get("issue") == (issue or None) or any(area == a or area.startswith(f"{a}.") for a in areas if a)
def says(document: Row, **facts: Any) -> bool:
    """Whether a published document says exactly these facts."""
    return canonical({key: document[key] for key in facts}) == canonical(facts)
class District:
    """A district as it was frozen, to be compared with its published result; it needs to know of no other."""
    def __init__(self, folder: Path, agreed: Row, frozen: Row, rows: list[Row], report: Report) -> None:
        self.folder, self.agreed, self.report, self.say = folder, agreed, report, report.check
        self.opened, self.code, self.fences = agreed["opened"], frozen["code"], frozen.get("fences", [])
        limits = [(frozenset(row["id"] for row in rows if lies_in(row, each["issue"], [each["area"]])), each["number"],
                   each["money"]) for each in frozen.get("limits", [])]
        self.whole = Contest(agreed, rows, frozen["ceiling"], frozen["contest"], limits=limits)
        self.costs = dict(zip(self.whole.ids, self.whole.costs, strict=True))
    def counted(self) -> tuple[Report, dict[str, Any] | None]:
        """What was found, and what the city round needs of it; None when it cannot be read."""
        return self.report, self.report.section(self.stages, self.code)
    def box(self, box: str, money: int) -> Ballots | None:
        """The ballots in a box's file, the one committed before the dice; None when they may stay unpublished."""
        path, voters = self.folder / f"ballots/{box}.pb", sum(self.opened["counts"].get(box, {}).values())
        if not path.is_file():
            small = voters < self.agreed["smallest_full"] or self.agreed["publication"] != "full"
            self.say(small and None, "{box}: berkas {n} suara | {box}: the file of {n} ballots", box=box, n=voters)
            return None
        data, frozen = path.read_bytes(), Contest(self.agreed, self.whole.rows, money, box)
        meta, costs, votes = read_pb(data.decode())
        same = self.opened["ballots"].get(box) == sha256(data).hexdigest() and costs == self.costs
        same = same and (int(meta["budget"]), votes.total()) == (money, voters)
        self.say(same, "{box}: {n} suara sesuai papan | {box}: {n} ballots, as committed", box=box, n=voters)
        return merge(frozen, votes)
    def stage(self, contest: Contest, said: Row, box: str, shown: bool, fill: bool) -> list[str]:
        """The winners of one step, counted again from its ballots, or from its totals when the rule needs no more."""
        voters, name = sum(self.opened["counts"].get(box, {}).values()), contest.name
        if not shown:
            contest.approvals, contest.scores = ([said[key][each] for each in contest.ids] for key in TOTALS)
        possible = max(contest.approvals, default=0) <= voters and min(contest.approvals, default=0) >= 0
        possible &= contest.kind in ("ranked", "points") or contest.scores == contest.approvals
        winners = [contest.ids.index(each) for each in said["winners"]]
        cost, totals = sum(self.costs[each] for each in said["winners"]), (contest.approvals, contest.scores)
        facts = {key: dict(zip(contest.ids, each, strict=True)) for key, each in zip(TOTALS, totals, strict=True)}
        same = says(said, contest=name, budget=contest.budget, voters=voters, rule=contest.agreed["rule"],
                    options=contest.options, cost=cost, **facts)
        fits = cost <= contest.budget and len({*winners}) == len(winners)
        same = same and fits and possible
        self.say(same, "{name}: aturan beku, jumlah sama | {name}: frozen rules, the same totals", name=name)
        again = count(contest) if shown or contest.agreed["rule"] == "greedy" else None
        again = take(contest, contest.line(), again) if fill and again is not None else again
        same = None if again is None else again == winners
        self.say(same, "{name}: hitung ulang sama | {name}: the recount agrees", name=name)
        return list(said["winners"])
    def stages(self) -> dict[str, Any]:
        """S2 and S3: each ring-fence in turn, then the rest of the money."""
        whole, code, won, kept = self.whole, self.code, list[str](), Counter[str]()
        result = json.loads((self.folder / f"results/{code}.json").read_bytes())
        cost, money = self.costs, {code: whole.budget}
        for fence in self.fences:
            money |= {fence["ballots"]: money.get(fence["ballots"], 0) + fence["floor"]} if fence["ballots"] else {}
        boxes = {box: self.box(box, floor) for box, floor in money.items()}
        for fence, said in zip(self.fences, result.get("fences", []), strict=True):
            box, inside = fence["ballots"] or code, (fence["issue"], fence["areas"])
            held = [row["id"] for row in whole.rows if lies_in(row, *inside) or (fence["ballots"] and not any(inside))]
            part = whole.part(held, won, boxes[box], fence["floor"], f"{whole.name}/{fence['name']}")
            found = self.stage(part, said["result"], box, boxes[box] is not None, fill=True)
            spent = sum(cost[each] for each in found)
            facts = {key: fence[key] for key in ("name", "floor", "hard", "ballots")}
            waiting = fence["floor"] - spent if fence["hard"] else 0
            same = says(said, **facts, spent=spent, waiting=waiting)
            self.say(same, "{name}: uangnya cocok | {name}: the money is right", name=part.name)
            won, kept = won + found, kept + Counter(dict.fromkeys(["", *held], waiting))
        free = whole.budget - sum(cost[each] for each in won) - kept[""]
        rest = whole.part(whole.ids, won, boxes[code], free, whole.name)
        last = self.stage(rest, result, code, boxes[code] is not None, fill=False)
        left, won = free - sum(cost[each] for each in last), won + last
        facts = {"all_winners": won, "spent": whole.budget - left - kept[""], "waiting": kept[""], "left": left}
        same = not (self.fences or "ceiling" in result) or says(result, ceiling=whole.budget, **facts)
        self.say(same, "{code}: uangnya cocok | {code}: the money is right", code=code)
        votes = {each: n for each, n, score in zip(rest.ids, rest.approvals, rest.scores, strict=True)
                 if each not in won and score >= rest.threshold}
        return {**facts, "district": whole, "votes": votes, "voters": result["voters"], "kept": kept}
# --- the bundle --------------------------------------------------------------------------------------------
class Bundle:
    """The folder being checked."""
    def __init__(self, folder: Path, report: Report, cores: int = 1) -> None:
        self.folder, self.report, self.say, self.cores = folder, report, report.check, cores
        self.manifest, self.config, self.sums = dict[str, Any](), dict[str, Any](), dict[str, str]()
        self.leaves, self.at = dict[int, Any](), dict[str, list[int]]()  # leaves by number; numbers by kind, of ours
        self.posted, self.tree = set[bytes](), Tree(b"")
    def _read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()
    def _last(self, kind: str) -> dict[str, Any]:
        return self.leaves[self.at[kind][-1]]
    def read_manifest(self) -> None:
        """Every file named has its hash, and nothing else is there."""
        for path in self.folder.rglob("*"):
            if path.is_symlink() or not path.is_dir():
                data = path.read_bytes() if path.is_file() and not path.is_symlink() else None
                self.sums[path.relative_to(self.folder).as_posix()] = "" if data is None else sha256(data).hexdigest()
        manifest = strictly(self._read("manifest.json"))
        named, self.manifest = {**manifest["files"], "manifest.json": self.sums["manifest.json"]}, manifest
        wrong = [path for path in sorted({*named, *self.sums}) if named.get(path) != self.sums.get(path)]
        self.say(self.manifest["format"] == "rembuk-bundle-1", "{n} berkas sesuai daftar, tanpa yang lain"
                 " | {n} files are as listed, and no other", wrong, n=len(named))
    def read_board(self) -> None:
        """Leaves are canonical and hashed line by line; envelopes, by far the most, are kept as hashes only."""
        envelope = re.compile(rb'{"election":"([0-9a-f-]{36})","kind":"envelope","sha256":"[0-9a-f]{64}"}\n').fullmatch
        ours, hashes, own = self.manifest["election"], list[bytes](), self.at.setdefault("envelope", [])
        with (self.folder / "board.jsonl").open("rb") as file:
            for number, line in enumerate(file):
                hashes.append(leaf_hash(line[:-1]))
                if found := envelope(line):
                    own += [number] if found[1] == ours.encode() else []
                elif line[-1:] != b"\n" or (leaf := strictly(line[:-1]))["kind"] == "envelope":
                    raise ValueError("a leaf is cut off, or an envelope says more than a hash")
                else:
                    self.leaves[number] = leaf
                    self.at.setdefault(leaf["kind"] if leaf.get("election") == ours else "", []).append(number)
        self.tree, self.posted = Tree(b"".join(hashes)), {hashes[number] for number in own}
        self.say(len(self.posted) == len(own), "{n} catatan di papan bukti, tidak ada amplop ganda"
                 " | {n} leaves on the board, no envelope twice", n=len(hashes))
    def check_config(self) -> None:
        """The configuration is the one on the board, before and after the vote; the order of acts is right."""
        self.config = strictly(self._read("config.json"))
        same = all(self.config[name] == self.manifest[name] for name in ("city", "cycle", "election"))
        order = ["open", "close", "opened", "seed", "result"]
        places, once = [self.at[kind][-1] for kind in order], all(len(self.at[kind]) == 1 for kind in order[:4])
        before = [self.leaves[number]["sha256"] for number in self.at["config"] if number < places[0]]
        said = {self._last("open")["config_sha256"], self._last("result")["config_sha256"], before[-1]}
        same = same and said == {self.sums["config.json"]}
        self.say(same, "aturan beku sejak dibuka | the configuration stayed frozen")
        late = [number for number in self.at["envelope"] if not places[0] < number < places[1]]
        self.say(places == sorted(places) and once, "urutan tindakan benar, amplop hanya saat dibuka"
                 " | acts are in order, envelopes in the open time only", late)
        ceilings = {each["code"]: each["ceiling"] for each in self.config["districts"]}
        total = sum(ceilings.values()) + self.config.get("city_pot", 0)
        self.say(total == self.config.get("budget", total), "jumlah pagu sama dengan dana | ceilings are all the money")
        formula = quotas(self.config) if "quota" in self.config else None
        self.say(formula and formula == ceilings, "pagu mengikuti rumusnya | the ceilings follow their formula")
    def check_signatures(self, expected: str | None, kept: str | None) -> None:
        """Checkpoints are signed by the board, cosigned by witnesses, and their roots recompute."""
        keys, notes = json.loads(self._read("keys.json")), parse_notes(self._read("checkpoints.txt").decode())
        board, witnesses = parse_key(keys["board"]), [parse_key(line) for line in keys["witnesses"]]
        given = expected and expected.strip() == keys["board"]
        for line, known in ((keys["board"], given), *((line, None) for line in keys["witnesses"])):
            self.say(known, "kunci {key} sama dengan yang diumumkan pemiliknya"
                     " | key {key} is the one its owner makes public", key=line)
        sizes, last = [note.size for note in notes], len(self.tree.levels[0]) // 32
        self.say(sizes == sorted({*sizes}) and sizes[-1] == last, "titik periksa berurutan sampai catatan terakhir"
                 " | checkpoints are in order up to the last leaf")
        wrong = [note.size for note in notes if note.origin != keys["origin"] or not signed_by(note, board)
                 or False in [signed_by(note, each) for each in witnesses]]
        self.say(True, "tanda tangan papan dan saksi sah | signatures of board and witnesses verify", wrong)
        wrong = [note.size for note in notes if self.tree.root(note.size) != note.root]
        self.say(True, "akar pohon cocok | the roots recompute", wrong)
        after = [note for note in notes if note.size > self.at["result"][-1]]
        seen = max(len({each[3] for each in witnesses if signed_by(note, each)} - {board[3]}) for note in after)
        self.say(seen >= (quorum := self.config.get("witness_quorum", 0)), "{n} saksi melihat hasil, perlu {of}"
                 " | {n} witnesses saw the result, {of} needed", n=seen, of=quorum)
        for note in parse_notes(kept) if kept is not None else []:
            same = signed_by(note, board) and self.tree.root(note.size) == note.root
            self.say(same, "papan memuat {n} catatan simpanan Anda | the board holds your {n} leaves", n=note.size)
    def check_files(self) -> None:
        """Results and project texts are the ones the result leaf commits to; projects say what was frozen."""
        committed, keys = self._last("result")["files"], ("id", "title", "district", "cost")
        there = {path for path in self.sums if path.startswith("results/")}
        wrong = [path for path in sorted({*committed, *there}) if self.sums.get(path) != committed.get(path)]
        self.say(True, "berkas hasil sesuai papan bukti | result files are as committed", wrong)
        both = (json.loads(self._read("projects.json"))["projects"], self.config["projects"])
        listed = [sorted([each[key] for key in keys] for each in rows) for rows in both]
        self.say(listed[0] == listed[1], "usulan sama seperti dibekukan | projects are the frozen ones")
    def check_counts(self) -> None:
        """Counted ballots are at most the envelopes, and envelopes that failed to open are on the board too."""
        opened, body = self._last("opened"), {"kind": "envelope", "election": self.manifest["election"]}
        failed = {leaf_hash(canonical({**body, "sha256": each})) for each in opened.get("failures", [])}
        online = sum(each["online"] for each in opened["counts"].values())
        self.say(online + len(failed) <= len(self.posted) and failed <= self.posted,
                 "{n} suara dari {of} amplop, {bad} gagal dibuka | {n} ballots from {of} envelopes, {bad} failed",
                 n=online, of=len(self.posted), bad=len(failed))
        posts = {self.leaves[at]["post"]: self.leaves[at] for at in self.at.get("paper_batch", [])}
        paper = Counter({box: each["paper"] for box, each in opened["counts"].items()})
        for each in posts.values():
            paper[each["district"]] -= each["sheets"]["valid"]
        wrong = [each["post"] for each in posts.values() if sum(each["sheets"].values()) > each["checkins"]]
        self.say(not any(paper.values()), "suara kertas sama dengan laporan {n} pos, tidak melebihi yang datang"
                 " | paper ballots are what {n} posts report, no more than came", wrong, n=len(posts))
    def check_audit(self) -> None:
        """The audit chain is unbroken and agrees with the board."""
        lines = self._read("audit.jsonl").split(b"\n")[:-1]
        links, rows = [ZERO, *(sha256(line).hexdigest() for line in lines)], [strictly(line) for line in lines]
        whole = all((row["idx"], row["prev"]) == (number, links[number]) for number, row in enumerate(rows))
        heads = [leaf for leaf in self.leaves.values() if leaf["kind"] == "audit_head"]
        whole = whole and all(links[leaf["count"]] == leaf["sha256"] for leaf in heads)
        self.say(whole, "{n} catatan tindakan bersambung | {n} audit lines are chained", n=len(rows))
    def check_districts(self) -> None:
        """Every district by itself, on as many cores as there are; then what they left over."""
        config, gone = self.config, {self.leaves[at]["project"] for at in self.at.get("withdrawal", [])}
        least = str(max(1, int(config["options"].get("threshold", "1"))))
        agreed = {**config, **config["ballot"], "options": {**config["options"], "threshold": least},
                  "opened": self._last("opened"), "seed": self._last("seed")["dice"].encode(), "projects": ()}
        rows = [{**row, "refusal": row.get("refusal") or row.get("withdrawn") or row["id"] in gone}
                for row in config["projects"]]
        jobs = [District(self.folder, agreed, each, [row for row in rows if row["district"] == each["code"]],
                         Report(self.report.english)) for each in config["districts"]]
        if self.cores > 1 and len(self.posted) > MANY:
            with multiprocessing.Pool(self.cores) as pool:
                done = pool.map(District.counted, jobs, chunksize=1)
        else:
            done = [job.counted() for job in jobs]
        for report, _ in done:
            self.report.lines += report.lines
            self.report.broken += report.broken
        found = {job.code: result for job, (_, result) in zip(jobs, done, strict=True)}
        if "results/city.json" in self.sums or config.get("city_round", "none") != "none":
            self.check_city({code: result for code, result in sorted(found.items()) if result}, agreed)
    def check_city(self, found: dict[str, dict[str, Any]], agreed: Row) -> None:
        """S4 and S5: what is left goes to the projects with the largest share of the ballots; then the reserve list."""
        said, config, rows, before, limits = json.loads(self._read("results/city.json")), self.config, [], [], []
        caps = config.get("most_per_district"), config.get("money_per_district")
        for code, each in found.items():
            own = [{**row, "group": row.get("group") and f"{code} {row['group']}"} for row in each["district"].rows]
            before += [row for row in own if row["id"] in each["all_winners"]]
            rows += [row for row in own if row["id"] in each["votes"]]
            limits += [*each["district"].limits, (frozenset(each["votes"]), *caps)]
        left, waiting = ({code: each[key] for code, each in found.items()} for key in ("left", "waiting"))
        pool, options = sum(left.values()) + config.get("city_pot", 0), {"threshold": "1"}
        money = pool * (config.get("city_round") == "share")
        last = Contest({**agreed, "options": options}, rows, money, config["cycle"], limits=limits, before=before)
        home = {row["id"]: found[row["district"]] for row in rows}
        last.approvals = last.scores = [home[each]["votes"][each] for each in last.ids]
        share = [Fraction(home[each]["votes"][each], home[each]["voters"]) for each in last.ids]
        line = sorted(range(len(rows)), key=lambda at: (-share[at], last.tie[at]))
        won = take(last, line)
        taken, spent = [*before, *(rows[at] for at in won)], sum(last.costs[at] for at in won)
        reserve = [row["id"] for row in (rows[at] for at in line if at not in won)
                   if not last.shut_out(row, taken) and not _waits(row, taken)]
        may_use = {each: home[each]["kept"][each] for each in reserve if home[each]["kept"][each]}
        same = says(said, left=left, waiting=waiting, pool=pool, funded=[last.ids[at] for at in won], spent=spent,
                    unspent=pool - spent, reserve=reserve, waiting_for=may_use)
        self.say(same, "putaran kota dan cadangan sama | the recount of city round and reserve agrees")
        later = [self.leaves[at] for kind in ("replacement", "pledge") for at in self.at.get(kind, [])]
        used = [leaf["successor"] for leaf in later if leaf["successor"]]
        fair = len({*used}) == len(used) and {*used} <= {*reserve}
        self.say(fair, "{n} pengganti dari cadangan | {n} successors, from the reserve, each once", n=len(used))
def verify(folder: Path, report: Report, key: str | None = None, saved: str | None = None, cores: int = 1) -> Bundle:
    """Check a whole bundle, noting every line in the report."""
    bundle = Bundle(folder, report, cores)
    for work, text in ((bundle.read_manifest, "daftar | the manifest"), (bundle.read_board, "papan bukti | the board"),
                       (bundle.check_config, "aturan | the configuration"),
                       (partial(bundle.check_signatures, key, saved), "tanda tangan | signatures"),
                       (bundle.check_files, "berkas hasil | result files"), (bundle.check_counts, "amplop | envelopes"),
                       (bundle.check_districts, "hitung ulang | the recount")):
        report.section(work, text)
    if "audit.jsonl" in {*bundle.sums, *bundle.manifest.get("files", ())}:
        report.section(bundle.check_audit, "catatan tindakan | the audit chain")
    return bundle
def find(bundle: Bundle, typed: str) -> None:
    """Say where the leaf of a receipt code stands."""
    plain = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(str.maketrans("OIL", "011"))
    nodes, code = bundle.tree.levels[0], "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))
    number = next((at // 32 for at in range(0, len(nodes), 32) if receipt_of(nodes[at : at + 13].hex()) == code), None)
    bundle.say(number is not None, "kode bukti di papan: {n} | the receipt is on the board, number {n}", n=number)

def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 when everything that could be checked holds, 1 otherwise, 2 when it was asked wrongly."""
    parser = argparse.ArgumentParser(prog="rembuk-verify", description="Check the bundle of a finished cycle.")
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    parser.add_argument("--lang", choices=("id", "en"), default="id")
    parser.add_argument("--cores", type=int, default=multiprocessing.cpu_count(), help="districts to count at a time")
    for name, kind, about in (("--key", str, "the board's public key, as on public display"),
                              ("--checkpoint", Path, "a file with a checkpoint kept earlier"),
                              ("--kode", str, "a receipt code to look up"),
                              ("--uji", Path, "a file with a sealed ballot that was opened to be checked")):
        parser.add_argument(name, type=kind, help=about)
    asked = parser.parse_args(arguments)
    report = Report(asked.lang == "en")
    if asked.uji:
        code = report.section(lambda: sealed_code(json.loads(asked.uji.read_text("utf-8"))), str(asked.uji))
        sys.stdout.write((code or report.lines[0]) + "\n")
        return report.broken
    if not asked.folder or not asked.folder.is_dir():
        parser.error("DIR is missing or not a folder")
    saved = asked.checkpoint and report.section(partial(asked.checkpoint.read_text, "utf-8"), str(asked.checkpoint))
    bundle = verify(asked.folder, report, asked.key, saved, asked.cores)
    if asked.kode:
        find(bundle, asked.kode)
    end = "ADA YANG TIDAK COCOK. | SOMETHING DOES NOT HOLD." if report.broken else (
        "Semua yang dapat diperiksa cocok. | Everything that could be checked holds.")
    text, coding = "\n".join([*report.lines, end.split(" | ")[report.english], ""]), sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(coding, "replace").decode(coding))
    return 1 if report.broken else 0

if __name__ == "__main__":
    sys.exit(main())
