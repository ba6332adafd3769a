#!/usr/bin/env python3
"""Check the published bundle of a finished Rembuk cycle (docs/bundle.md), with nothing but Python.
    python rembuk_verify.py DIR [--lang en] [--key KEY] [--checkpoint FILE] [--kode CODE]

Imports nothing of the product: its own hashes, Merkle tree (RFC 6962), ed25519 (RFC 8032) and its own count.
Exit 0 when everything that could be checked holds, 1 when something does not or cannot be read.
"""
from __future__ import annotations

# fmt: off - kept short enough to be read whole by one person
import argparse
import base64
import csv
import hmac
import json
import re
import sys
import unicodedata
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from hashlib import sha256, sha512
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import Any

BAD = ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError, csv.Error
CROCKFORD, ZERO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0" * 64
MARKS = {True: ("COCOK", "HOLDS"), False: ("TIDAK COCOK", "DOES NOT HOLD"), None: ("TIDAK DIPERIKSA", "NOT CHECKED")}
TOTALS = "approvals", "scores"
FILES = "manifest.json", "config.json", "board.jsonl", "checkpoints.txt", "keys.json", "audit.jsonl"
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
# --- canonical JSON, hashes, the tree (RFC 6962) -----------------------------------------------------------
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
# --- ed25519 (RFC 8032) -------------------------------------------------------------------------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
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
    total = NEUTRAL
    for table, scalar in ((_multiples(BASE), s), (_multiples(public), 8 * L - k)):  # 8 L times any point is nothing
        for row, digit in zip(table, scalar.to_bytes(32, "little"), strict=True):
            total = _add(total, row[digit])
    inverse = pow(total[2], P - 2, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
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
def parse_notes(text: str) -> list[Note]:
    """Signed checkpoints, one after the other; ValueError for anything else."""
    found = list(re.finditer(r"(?m)^((.+)\n(0|[1-9][0-9]*)\n(\S+)\n)\n((?:— \S+ \S+\n)+)", text))
    if not found or "".join([each[0] for each in found]) != text:
        raise ValueError("not a list of checkpoints")
    lines = [[line.split(" ") for line in each[5].split("\n")[:-1]] for each in found]
    return [Note(each[1], each[2], int(each[3]), _raw(each[4]), tuple([(name, _raw(body)) for _, name, body in signed]))
            for each, signed in zip(found, lines, strict=True)]
def signed_by(note: Note, key: tuple[str, bytes, int, bytes]) -> bool | None:
    """Whether this key signed (or, as a witness, cosigned) a note; None when no line claims so."""
    found = None
    for blob in [blob for name, blob in note.signatures if (name, blob[:4]) == key[:2]]:
        stamp, signature = (blob[4:12], blob[12:]) if key[2] == 4 else (b"", blob[4:])
        head = f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n" if stamp else ""
        found = found is not False and ed25519_verifies(key[3], (head + note.text).encode(), signature)
    return found
# --- what is counted, and its ballots (Pabulib) ------------------------------------------------------------
Row = Mapping[str, Any]  # a project as it was frozen: id, cost, issue, area, group, requires, refusal
Choice = tuple[tuple[int, ...], tuple[int, ...]]  # the projects on a ballot, and the points when points are given
Ballots = Mapping[Choice, int]  # each different ballot once, with how many cast it
Hard = list[tuple[list[str], int]]  # the projects of a hard fence, and the money that still waits for them
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
    return {"equal_shares": equal_shares, "phragmen": phragmen, "official": official}[contest.agreed["rule"]](contest)
def official(contest: Contest) -> list[int]:
    """What META of a Pabulib file says: greedy that skips or stops, a least score, caps by category or part."""
    meta, skips = contest.agreed["meta"], {"greedy": True, "greedy-threshold": True, "greedy-no-skip": False}
    for column, names in (("category", "categories"), ("neighborhood", "neighborhoods")):
        both = {names, f"budget_per_{column}"} <= {*meta}
        lists = [meta[key].split(",") for key in (names, f"budget_per_{column}") if both]
        for name, money in zip(*lists, strict=True):
            inside = [row["id"] for row in contest.rows if name.strip() in map(str.strip, row[column].split(","))]
            contest.limits = [*contest.limits, (frozenset(inside), None, int(Fraction(money)))]
    least = meta.get("min_project_score_threshold", "").strip().replace(",", ".") or 0
    contest.threshold = contest.threshold or ceil(Fraction(least))
    return take(contest, contest.line(), skip=skips[meta["rule"]])
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
        self.weights, self.classes = Counter[int](), lru_cache(maxsize=2000)(self.grouped)
        for choice, voters in contest.types.items():
            pairs = list(zip(choice[0], units_on(choice), strict=True))
            ballot = sum(units << project * self.width for project, units in pairs)
            for project, units in pairs:
                if units and contest.scores[project] >= max(1, contest.threshold):
                    self.backers.setdefault(project, []).append((ballot, voters))
                    self.weights[project] += units * voters
    def grouped(self, project: int, won: int) -> list[tuple[int, int, int]]:
        """Its backers by what they paid for: that part of the ballot, units each, how many. One purse per class."""
        found, own = dict[int, int](), self.bits[project]
        for ballot, voters in self.backers[project]:
            seen = ballot & (won | own)
            found[seen] = found.get(seen, 0) + voters
        return [(seen & won, (seen & own) >> project * self.width, voters) for seen, voters in found.items()]
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
        money, winners, funded = money - costs[winner], [*winners, winner], [*funded, contest.rows[winner]]
def quotas(config: Row) -> dict[str, int] | None:
    """The ceilings by the frozen formula (tally.md 2); None when its figures are not in the configuration."""
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
        self.folder, self.agreed, self.say = folder, agreed, report.check
        self.opened, self.code, self.fences = agreed["opened"], frozen["code"], frozen.get("fences", [])
        limits = [(frozenset(row["id"] for row in rows if lies_in(row, each["issue"], [each["area"]])), each["number"],
                   each["money"]) for each in frozen.get("limits", [])]
        self.whole = Contest(agreed, rows, frozen["ceiling"], frozen["contest"], limits=limits)
        self.costs = dict(zip(self.whole.ids, self.whole.costs, strict=True))
    def box(self, box: str, money: int) -> Ballots | None:
        """The ballots in a box's file, the one committed before the dice; None when they may stay unpublished."""
        path, voters = self.folder / f"ballots/{box}.pb", sum(self.opened["counts"].get(box, {}).values())
        if not path.is_file():
            small = voters < self.agreed["smallest_full"] or self.agreed["publication"] != "full"
            self.say(small and None, "{box}: berkas {n} suara | {box}: the file of {n} ballots", box=box, n=voters)
            return None
        data, frozen = path.read_bytes(), Contest(self.agreed, self.whole.rows, money, box)
        meta, costs, votes = read_pb(data.decode())
        found = sha256(data).hexdigest(), costs, int(meta["budget"]), votes.total()
        same = found == (self.opened["ballots"].get(box), self.costs, money, voters)
        self.say(same, "{box}: {n} suara sesuai papan | {box}: {n} ballots, as committed", box=box, n=voters)
        return merge(frozen, votes)
    def stage(self, contest: Contest, said: Row, box: str, shown: bool, fill: bool) -> list[str]:
        """The winners of one step, counted again from its ballots, or from its totals when the rule needs no more."""
        voters, name = sum(self.opened["counts"].get(box, {}).values()), contest.name
        if not shown:
            contest.approvals, contest.scores = ([said[key][each] for each in contest.ids] for key in TOTALS)
        possible = all(0 <= votes <= voters for votes in contest.approvals)
        possible &= contest.kind in ("ranked", "points") or contest.scores == contest.approvals
        winners, cost = [*map(contest.ids.index, said["winners"])], sum(self.costs[each] for each in said["winners"])
        facts = {key: dict(zip(contest.ids, getattr(contest, key), strict=True)) for key in TOTALS}
        same = possible and cost <= contest.budget and len({*winners}) == len(winners) and says(
            said, contest=name, budget=contest.budget, voters=voters, rule=contest.agreed["rule"],
            options=contest.options, cost=cost, **facts)
        self.say(same, "{name}: aturan beku, jumlah sama | {name}: frozen rules, the same totals", name=name)
        again = count(contest) if shown or contest.agreed["rule"] == "greedy" else None
        again = take(contest, contest.line(), again) if fill and again is not None else again
        same = None if again is None else again == winners
        self.say(same, "{name}: hitung ulang sama | {name}: the recount agrees", name=name)
        return list(said["winners"])
    def stages(self) -> dict[str, Any]:
        """S2 and S3: each ring-fence in turn, then the rest of the money."""
        whole, code, won, hard = self.whole, self.code, list[str](), Hard()
        result = json.loads((self.folder / f"results/{code}.json").read_bytes())
        cost, money = self.costs, Counter({code: whole.budget})
        for fence in [fence for fence in self.fences if fence["ballots"]]:
            money[fence["ballots"]] += fence["floor"]
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
            won, hard = won + found, [*hard, (held, waiting)]
        kept = sum(waiting for _, waiting in hard)
        free = whole.budget - sum(cost[each] for each in won) - kept
        rest = whole.part(whole.ids, won, boxes[code], free, whole.name)
        last = self.stage(rest, result, code, boxes[code] is not None, fill=False)
        left, won = free - sum(cost[each] for each in last), won + last
        facts = {"all_winners": won, "spent": whole.budget - left - kept, "waiting": kept, "left": left}
        same = not (self.fences or "ceiling" in result) or says(result, ceiling=whole.budget, **facts)
        self.say(same, "{code}: uangnya cocok | {code}: the money is right", code=code)
        votes = {each: n for each, n, score in zip(rest.ids, rest.approvals, rest.scores, strict=True)
                 if each not in won and score >= rest.threshold}
        return {**facts, "district": whole, "votes": votes, "voters": result["voters"], "hard": hard}
class Reserve:
    """After the result: who stands, the money that is free (by purse: "" is the city's), and who steps in for it."""
    def __init__(self, contest: Contest, line: list[str], standing: Iterable[str], free: Row, hard: Hard) -> None:
        self.contest, self.rows, self.line = contest, {row["id"]: row for row in contest.rows}, line
        self.standing, self.pledged, self.free, self.hard = {*standing}, Counter[str](), Counter[str](free), hard
    def waits_for(self, project: str) -> int:
        """What hard fences keep for a project."""
        return sum(money for held, money in self.hard if project in held)
    def follow(self, leaf: Row) -> str:
        """The reserve that must step in after this deed, or ""; ValueError when there is no such deed."""
        gone = leaf["kind"] == "replacement"
        project = self.rows[leaf["withdrawn" if gone else "project"]]
        freed, purse = project["cost"] if gone else leaf["amount"], "" if "" in self.free else project["district"]
        self.pledged[project["id"]] += 0 if gone else freed
        if project["id"] not in self.standing or freed < 1 or self.pledged[project["id"]] > project["cost"]:
            raise ValueError("money that cannot have become free")
        self.free[purse] += freed
        if gone:
            self.standing.remove(project["id"])
            self.line = [each for each in self.line if each != project["id"]]
        funded = [self.rows[each] for each in self.standing]
        for row in [self.rows[each] for each in self.line if each not in self.standing]:
            fits = row["cost"] <= self.free[purse] + self.waits_for(row["id"]) and purse in ("", row["district"])
            if fits and not self.contest.shut_out(row, funded) and not _waits(row, funded):
                return self.paid(row, purse)
        return ""
    def paid(self, row: Row, purse: str) -> str:
        """A reserve steps in: money of hard fences is used before the purse."""
        due = row["cost"]
        for at, (held, money) in enumerate(self.hard):
            used = min(due, money) if row["id"] in held else 0
            self.hard[at], due = (held, money - used), due - used
        self.free[purse] -= due
        self.standing.add(row["id"])
        return str(row["id"])
# --- the bundle --------------------------------------------------------------------------------------------
class Bundle:
    """The folder being checked."""
    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report, self.say = folder, report, report.check
        self.manifest, self.config, self.sums = dict[str, Any](), dict[str, Any](), dict[str, str]()
        self.leaves, self.at = dict[int, Any](), dict[str, list[int]]()  # leaves by number; numbers by kind, of ours
        self.posted, self.tree = set[bytes](), Tree(b"")
    def _read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()
    def _all(self, *kinds: str) -> list[tuple[int, dict[str, Any]]]:
        return [(at, self.leaves[at]) for at in sorted(at for kind in kinds for at in self.at.get(kind, []))]
    def _last(self, kind: str) -> dict[str, Any]:
        return self._all(kind)[-1][1]
    def read_manifest(self) -> None:
        """Every file named has its hash, and nothing else is there."""
        for path in self.folder.rglob("*"):
            if path.is_symlink() or not path.is_dir():
                data = path.read_bytes() if path.is_file() and not path.is_symlink() else None
                self.sums[path.relative_to(self.folder).as_posix()] = "" if data is None else sha256(data).hexdigest()
        manifest = strictly(self._read("manifest.json"))
        named, self.manifest = {**manifest["files"], "manifest.json": self.sums["manifest.json"]}, manifest
        wrong = [path for path in sorted({*named, *self.sums}) if named.get(path) != self.sums.get(path)]
        same = manifest["format"] == "rembuk-bundle-1"
        self.say(same, "{n} berkas, tepat seperti daftar | {n} files, exactly those listed", wrong, n=len(named))
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
        once = len(self.posted) == len(own)
        self.say(once, "{n} catatan, tiada amplop ganda | {n} leaves on the board, no envelope twice", n=len(hashes))
    def check_config(self) -> None:
        """The configuration is the one on the board, before and after the vote; the order of acts is right."""
        self.config = strictly(self._read("config.json"))
        same = all(self.config[name] == self.manifest[name] for name in ("city", "cycle", "election"))
        order = ("open", "close", "opened", "seed", "result")
        places, once = [self.at[kind][-1] for kind in order], all(len(self.at[kind]) == 1 for kind in order[:4])
        before = [self.leaves[number]["sha256"] for number in self.at["config"] if number < places[0]]
        said = {self._last("open")["config_sha256"], self._last("result")["config_sha256"], before[-1]}
        same = same and said == {self.sums["config.json"]}
        self.say(same, "aturan beku sejak dibuka | the configuration stayed frozen")
        late = [number for number in self.at["envelope"] if not places[0] < number < places[1]]
        late += [at for at in self.at.get("withdrawal", []) if at > places[1]]
        late += [at for at, _ in self._all("replacement", "pledge") if at < places[4]]
        once = once and places == sorted(places)
        self.say(once, "urutan tindakan benar | acts are in order, envelopes in the open time only", late)
        ceilings = {each["code"]: each["ceiling"] for each in self.config["districts"]}
        total = sum(ceilings.values()) + self.config.get("city_pot", 0)
        self.say(total == self.config.get("budget", total), "jumlah pagu sama dengan dana | ceilings are all the money")
        formula = quotas(self.config) if "quota" in self.config else None
        self.say(formula and formula == ceilings, "pagu mengikuti rumusnya | the ceilings follow their formula")
    def check_key(self) -> None:
        """The key of the box is the one settled before freezing, tried by two quorums before opening (trust.md 4.1)."""
        settled = [leaf for at, leaf in self._all("ceremony") if at < self.at["config"][0]][-1:]
        tried = [tuple(leaf["shares"]) for at, leaf in self._all("test_opening")
                 if at < self.at["open"][0] and leaf["trustee_key"] == self.config["trustee_key"]]
        for leaf in settled:
            same = all(self.config[fact] == leaf[fact] for fact in leaf if fact in self.config)
            same = same and len(tried if leaf["quorum"] == leaf["trustees"] else {*tried}) >= 2
        self.say(same if settled else None, "kunci kotak diuji | the key of the box was tried, {n} times", n=len(tried))
    def check_signatures(self, expected: str | None, kept: str | None) -> None:
        """Checkpoints are signed by the board, their roots recompute, and witnesses cosigned them."""
        keys, notes = json.loads(self._read("keys.json")), parse_notes(self._read("checkpoints.txt").decode())
        board, frozen = parse_key(keys["board"]), self.config.get("witnesses", keys["witnesses"])
        for line in (keys["board"], *frozen):
            known = expected.strip() == line if expected and line == keys["board"] else None
            self.say(known, "kunci {key} milik yang disebut | key {key} is the one its owner makes public", key=line)
        sizes, last = [note.size for note in notes], len(self.tree.levels[0]) // 32
        same = sizes == sorted({*sizes}) and sizes[-1] == last
        self.say(same, "titik periksa urut dan lengkap | checkpoints are in order up to the last leaf")
        witnesses = [parse_key(line) for line in {*frozen, *keys["witnesses"]}]
        wrong = [note.size for note in notes if note.origin != keys["origin"] or not signed_by(note, board)
                 or False in [signed_by(note, each) for each in witnesses]]
        self.say(True, "tanda tangan papan dan saksi sah | signatures of board and witnesses verify", wrong)
        wrong = [note.size for note in notes if self.tree.root(note.size) != note.root]
        self.say(True, "akar pohon cocok | the roots recompute", wrong)
        self.check_witnesses(notes, {*frozen} - {keys["board"]})
        for note in parse_notes(kept) if kept is not None else []:
            same = signed_by(note, board) and self.tree.root(note.size) == note.root
            self.say(same, "papan memuat {n} catatan simpanan Anda | the board holds your {n} leaves", n=note.size)
    def check_witnesses(self, notes: Sequence[Note], frozen: Iterable[str]) -> None:
        """As many witnesses as the frozen rules ask for signed between dice and result, and again past the result."""
        gone = {leaf["key"]: at for at, leaf in reversed(self.leaves.items())
                if leaf["kind"] == "witness" and leaf["state"] == "withdrawn"}
        seed, result, quorum = self.at["seed"][-1], self.at["result"][-1], self.config.get("witness_quorum", 0)
        signed = {(key[3], note.size > result) for line, key in [(line, parse_key(line)) for line in frozen]
                  for note in notes if seed < note.size <= gone.get(line, note.size) and signed_by(note, key)}
        for late, text in ((False, "{n} saksi melihat dadu, perlu {of} | {n} witnesses saw the dice, {of} needed"),
                           (True, "{n} saksi melihat hasil, perlu {of} | {n} witnesses saw the result, {of} needed")):
            seen = sum(late is past for _, past in signed)
            self.say(seen >= quorum, text, n=seen, of=quorum)
    def check_files(self) -> None:
        """Results and project texts are the ones the result leaf commits to; projects say what was frozen."""
        committed, rows = self._last("result")["files"], json.loads(self._read("projects.json"))["projects"]
        there = {path for path in self.sums if path.startswith("results/")}
        wrong = [path for path in sorted({*committed, *there}) if self.sums.get(path) != committed.get(path)]
        self.say(True, "berkas hasil sesuai papan bukti | result files are as committed", wrong)
        listed, frozen = ({row["id"]: row for row in each} for each in (rows, self.config["projects"]))
        wrong = [each for each, row in frozen.items() if not says(listed[each], **row)]
        same = len(rows) == len(frozen) == len(listed)
        self.say(same, "usulan sama seperti dibekukan | projects are the frozen ones", wrong)
        known = {*committed, *(f"ballots/{box}.pb" for box in self._last("opened")["ballots"]), *FILES}
        self.say(None, "kalimat di berkas hasil, berkas lain | sentences in result files, and other files",
                 sorted({*self.sums} - known))
    def check_counts(self) -> None:
        """Counted ballots are at most the envelopes, and envelopes that failed to open are on the board too."""
        opened, body = self._last("opened"), {"kind": "envelope", "election": self.manifest["election"]}
        failed = {leaf_hash(canonical({**body, "sha256": each})) for each in opened.get("failures", [])}
        online = sum(each["online"] for each in opened["counts"].values())
        of, same = len(self.posted), online + len(failed) <= len(self.posted) and failed <= self.posted
        self.say(same, "{n} suara dari {of} amplop | {n} ballots from {of} envelopes, {bad} failed", n=online, of=of,
                 bad=len(failed))
        roll, boxes = Counter[str](), opened["counts"]
        for _, leaf in self._all("roll_totals"):  # of each RW (or children's box) the most it ever had
            roll |= Counter(leaf["totals"])
        over = [box for box, each in boxes.items() if roll and sum(each.values()) > sum(
            most for area, most in roll.items() if area == box or (area not in boxes and area.startswith(f"{box}.")))]
        self.say(not over if roll else None, "suara tak melebihi daftar pemilih | no more ballots than voters", over)
        posts = {leaf["post"]: leaf for _, leaf in self._all("paper_batch")}
        paper = Counter({box: each["paper"] for box, each in opened["counts"].items()})
        for each in posts.values():
            paper[each["district"]] -= each["sheets"]["valid"]
        wrong = [each["post"] for each in posts.values() if sum(each["sheets"].values()) > each["checkins"]]
        same = not any(paper.values())
        self.say(same, "suara kertas sesuai {n} pos | paper ballots are what {n} posts report", wrong, n=len(posts))
    def check_audit(self) -> None:
        """The audit chain is unbroken and agrees with the board."""
        lines = self._read("audit.jsonl").split(b"\n")[:-1] if (kept := "audit.jsonl" in self.sums) else []
        links, rows = [ZERO, *(sha256(each).hexdigest() for each in lines)], [strictly(each) for each in lines]
        heads = {leaf["count"]: leaf["sha256"] for leaf in self.leaves.values() if leaf["kind"] == "audit_head"}
        whole = all((row["idx"], row["prev"]) == (number, links[number]) for number, row in enumerate(rows))
        whole = whole and all(links[size] == head for size, head in heads.items()) if kept else None
        self.say(whole, "{n} catatan tindakan bersambung | {n} audit lines are chained", n=len(rows))
        self.say(any(heads) or None, "{n} terkunci di papan | {n} of them sealed by the board", n=max(heads, default=0))
    def check_districts(self) -> None:
        """Every district by itself, then what they left over."""
        config, gone = self.config, {leaf["project"] for _, leaf in self._all("withdrawal")}
        least = str(max(1, int(config["options"].get("threshold", "1"))))
        agreed = {**config, **config["ballot"], "options": {**config["options"], "threshold": least},
                  "opened": self._last("opened"), "seed": self._last("seed")["dice"].encode(), "projects": ()}
        rows = [{**row, "refusal": row.get("refusal") or row.get("withdrawn") or row["id"] in gone}
                for row in config["projects"]]
        found = dict[str, dict[str, Any]]()
        for each in sorted(config["districts"], key=lambda each: each["code"]):
            own = [row for row in rows if row["district"] == each["code"]]
            district = District(self.folder, agreed, each, own, self.report)
            if result := self.report.section(district.stages, each["code"]):
                found[each["code"]] = result
        if "results/city.json" in self.sums or config.get("city_round", "none") != "none":
            self.check_city(found, agreed)
    def check_city(self, found: dict[str, dict[str, Any]], agreed: Row) -> None:
        """S4 and S5: what is left goes to the projects with the largest share of the ballots; then the reserve list."""
        said, config, rows, before, limits = json.loads(self._read("results/city.json")), self.config, [], [], []
        for code, each in found.items():
            own = [{**row, "group": row.get("group") and f"{code} {row['group']}"} for row in each["district"].rows]
            before += [row for row in own if row["id"] in each["all_winners"]]
            rows += [row for row in own if row["id"] not in each["all_winners"]]
            limits += each["district"].limits
        shared = config.get("city_round") == "share"
        votes = dict(pair for each in found.values() for pair in each["votes"].items())
        bounds = config.get("most_per_district"), config.get("money_per_district")
        caps = [(frozenset(row["id"] for row in rows if row["district"] == code), *bounds) for code in found]
        left, waiting = ({code: each[key] for code, each in found.items()} for key in ("left", "waiting"))
        pool, asked = sum(left.values()) + config.get("city_pot", 0), [row for row in rows if row["id"] in votes]
        last = Contest({**agreed, "options": {"threshold": "1"}}, asked, pool * shared, config["cycle"],
                       limits=[*limits, *caps], before=before)
        last.approvals = last.scores = [votes[each] for each in last.ids]
        share = [Fraction(votes[row["id"]], found[row["district"]]["voters"]) for row in asked]
        line = sorted(range(len(asked)), key=lambda at: (-share[at], last.tie[at]))
        won = take(last, line)
        taken, spent = [*before, *(asked[at] for at in won)], sum(last.costs[at] for at in won)
        reserve = [asked[at]["id"] for at in line if at not in won and not last.shut_out(asked[at], taken)
                   and not _waits(asked[at], taken)]
        everyone = Contest(agreed, [*before, *rows], pool, config["cycle"], limits=[*limits, *(caps if shared else ())])
        book = Reserve(everyone, reserve, [row["id"] for row in taken], {"": pool - spent} if shared else {},
                       [fence for each in found.values() for fence in each["hard"]])
        winners = [*(each for one in found.values() for each in one["all_winners"]), *(last.ids[at] for at in won)]
        may_use = {each: book.waits_for(each) for each in reserve if book.waits_for(each)}
        same = says(said, left=left, waiting=waiting, pool=pool, funded=[last.ids[at] for at in won], spent=spent,
                    unspent=pool - spent, reserve=reserve, waiting_for=may_use, winners=winners)
        self.say(same, "putaran kota dan cadangan sama | the recount of city round and reserve agrees")
        self.check_successors(book)
    def check_successors(self, book: Reserve) -> None:
        """Who stepped in after the result is who had to, deed by deed."""
        deeds = self._all("replacement", "pledge")
        wrong = [leaf["number"] for number, (_, leaf) in enumerate(deeds, 1)
                 if (number, book.follow(leaf)) != (leaf["number"], leaf["successor"])]
        self.say(True, "{n} pengganti menurut urutan | {n} deeds after the result, successors in their turn", wrong,
                 n=len(deeds))
def verify(folder: Path, report: Report, key: str | None = None, saved: str | None = None) -> Bundle:
    """Check a whole bundle, noting every line in the report."""
    bundle = Bundle(folder, report)
    for work, text in ((bundle.read_manifest, "daftar | the manifest"), (bundle.read_board, "papan bukti | the board"),
                       (bundle.check_config, "aturan | the configuration"), (bundle.check_key, "kunci | the key"),
                       (partial(bundle.check_signatures, key, saved), "tanda tangan | signatures"),
                       (bundle.check_files, "berkas hasil | result files"), (bundle.check_counts, "amplop | envelopes"),
                       (bundle.check_districts, "hitung ulang | the recount"),
                       (bundle.check_audit, "catatan tindakan | the audit chain")):
        report.section(work, text)
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
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--lang", choices=("id", "en"), default="id")
    parser.add_argument("--key", help="the board's public key, as on public display")
    parser.add_argument("--checkpoint", type=Path, help="a file with a checkpoint kept earlier")
    parser.add_argument("--kode", help="a receipt code to look up")
    asked = parser.parse_args(arguments)
    report = Report(asked.lang == "en")
    if not asked.folder.is_dir():
        parser.error("DIR is not a folder")
    saved = asked.checkpoint and report.section(partial(asked.checkpoint.read_text, "utf-8"), str(asked.checkpoint))
    bundle = verify(asked.folder, report, asked.key, saved)
    if asked.kode:
        find(bundle, asked.kode)
    end = [("Semua yang dapat diperiksa cocok.", "Everything that could be checked holds."),
           ("ADA YANG TIDAK COCOK.", "SOMETHING DOES NOT HOLD.")][report.broken > 0]
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.stdout.write("\n".join([*report.lines, end[report.english], ""]))
    return 1 if report.broken else 0
if __name__ == "__main__":
    sys.exit(main())
