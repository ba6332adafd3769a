"""The invariants of the vote (trust.md 5), asked of a live, restored or migrated database; each tells its faults.

I10 is asked of the tables here, of dumps, logs, exports and backups by `rembuk doctor --search`. Once the envelopes of
an election were destroyed, nothing that rests on them is asked of it any more.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles.tables import Election
from rembuk.database import engine
from rembuk.people.codes import keys_root, signed_by
from rembuk.people.rules import box_of
from rembuk.people.store import all_code_keys, roll_counts
from rembuk.people.tables import Credential
from rembuk.posts.store import paper_faults, paper_marks
from rembuk.results.store import recount_faults
from rembuk.results.tables import BallotsFile, Count
from rembuk.traces import in_tables
from rembuk.voting.tables import Envelope, RollMark

Faults = list[str]
Checker = Callable[[], Awaitable[Faults]]
INVARIANTS: dict[str, Checker] = {}

_TWO_MARKS = "SELECT count(*) AS n FROM (SELECT 1 FROM roll_mark GROUP BY election, roll HAVING count(*) > 1) AS twice"
_OTHER_SEQ = """
SELECT count(*) AS n FROM roll_mark AS m WHERE m.seq <> COALESCE(
  (SELECT max(e.seq) FROM envelope AS e WHERE e.election = m.election AND e.roll = m.roll), 0)
AND NOT EXISTS (SELECT 1 FROM destruction AS d WHERE d.election = m.election)
"""
_UNMARKED = """
SELECT count(*) AS n FROM envelope AS e WHERE NOT EXISTS
  (SELECT 1 FROM roll_mark AS m WHERE m.election = e.election AND m.roll = e.roll)
"""
_SENT_TWICE = """
SELECT count(*) AS n FROM (SELECT 1 FROM envelope GROUP BY election, roll, idem_key HAVING count(*) > 1) AS twice
"""
_BURNED_AND_SENT = """
SELECT count(*) AS n FROM burned AS b JOIN envelope AS e ON e.election = b.election AND e.idem_key = b.idem_key
"""
_WITHOUT_LEAF = """
SELECT count(*) AS n FROM (SELECT leaf_sha256 FROM envelope
  EXCEPT SELECT leaf_sha256 FROM board_leaf EXCEPT SELECT leaf_sha256 FROM leaf_queue) AS bare
"""
_SHEETS = """
SELECT p.election AS election, p.district AS district, count(*) AS n FROM paper_sheet AS s
JOIN paper_batch AS b ON b.id = s.batch JOIN post AS p ON p.id = b.post
WHERE s.state = 'valid' GROUP BY p.election, p.district
"""
_FIGURES = """
SELECT (SELECT count(*) FROM envelope) AS envelopes, (SELECT COALESCE(sum(seq), 0) FROM roll_mark) AS sent,
  (SELECT COALESCE(sum(m.seq), 0) FROM roll_mark AS m
    WHERE NOT EXISTS (SELECT 1 FROM destruction AS d WHERE d.election = m.election)) AS living,
  (SELECT count(*) FROM board_leaf WHERE kind = 'envelope') AS posted,
  (SELECT count(*) FROM leaf_queue WHERE kind = 'envelope') AS queued,
  (SELECT count(*) FROM envelope AS e JOIN destruction AS d ON d.election = e.election) AS undead,
  (SELECT count(*) FROM destruction) - (SELECT count(*) FROM board_leaf WHERE kind = 'destroyed') AS untold
"""


def invariant(name: str) -> Callable[[Checker], Checker]:
    """Decorator: an invariant by its name in trust.md."""

    def put(checker: Checker) -> Checker:
        INVARIANTS[name] = checker
        return checker

    return put


async def faults() -> dict[str, Faults]:
    """Every invariant with what is wrong; an empty list means that it holds."""
    return {name: await checker() for name, checker in INVARIANTS.items()}


@invariant("I1")
async def one_mark() -> Faults:
    """One mark for each roll entry of an election."""
    return _counted(await _number(_TWO_MARKS), "roll entries with two marks")


@invariant("I2")
async def seq_is_the_newest() -> Faults:
    """A mark's seq is that of its newest envelope, and no envelope is without a mark."""
    return [
        *_counted(await _number(_OTHER_SEQ), "marks whose seq is not that of the newest envelope"),
        *_counted(await _number(_UNMARKED), "envelopes without a mark"),
    ]


@invariant("I3")
async def every_form_once() -> Faults:
    """A form was taken once, and none that was opened for checking."""
    return [
        *_counted(await _number(_SENT_TWICE), "forms taken twice"),
        *_counted(await _number(_BURNED_AND_SENT), "forms both opened for checking and taken"),
    ]


@invariant("I4")
async def leaves_equal_envelopes() -> Faults:
    """Envelope leaves, posted or queued, are as many as the sum of all seq, and envelopes until they are destroyed."""
    row = (await engine().run(_FIGURES))[0]
    leaves, envelopes, sent = row["posted"] + row["queued"], row["envelopes"], row["sent"]
    equal = leaves == sent and envelopes == row["living"]
    found = [] if equal else [f"{leaves} leaves, {envelopes} envelopes, {sent} sent"]
    found += _counted(row["undead"], "envelopes of a destroyed box")
    found += _counted(abs(row["untold"]), "destructions that row and leaf do not both tell")
    return found + _counted(await _number(_WITHOUT_LEAF), "envelopes without a leaf")


@invariant("I5, I6")
async def board_is_whole() -> Faults:
    """The log has no gap, every checkpoint signs a prefix of the next, no envelope follows its close."""
    broken = await board.broken_leaf()
    return [] if broken is None else [f"the board breaks at leaf {broken}"]


@invariant("I7")
async def opened_equals_marks() -> Faults:
    """Ballots opened, with envelopes that gave none, are as many as the marks; on paper, the valid sheets; by box."""
    found: Faults = []
    for vote in await _votes():
        files = await BallotsFile.select(BallotsFile.area, BallotsFile.online_count, BallotsFile.paper_count).where(
            BallotsFile.cycle == vote["cycle"]
        )
        if not files:
            continue
        marks, sheets = await _marks(vote["id"]), await _sheets(vote["id"])
        failed = len((await _leaf_bodies(Kind.OPENED, vote["id"]))[-1]["failures"])
        for row in files:
            short = marks[row["area"], "online"] - row["online_count"]
            if not 0 <= short <= failed:
                found.append(f"{row['area']}: {row['online_count']} online, {marks[row['area'], 'online']} marks")
            if row["paper_count"] != sheets[row["area"]]:
                found.append(f"{row['area']}: {row['paper_count']} on paper, {sheets[row['area']]} valid sheets")
        came = {(area, "paper"): number for area, number in (await paper_marks(vote["id"])).items() if number}
        online = sum(row["online_count"] for row in files) + failed
        if online != sum(n for (_, channel), n in marks.items() if channel == "online"):
            found.append(f"{online} ballots and failures online, {sum(marks.values())} marks")
        if came != {box: n for box, n in marks.items() if box[1] == "paper"}:
            found.append("marks on paper are not the check-ins of the posts")
    return found


@invariant("I8")
async def paper_fits() -> Faults:
    """No more sheets than check-ins; every sheet counts as two people, or a third, read it."""
    return await paper_faults()


@invariant("I9")
async def counts_repeat() -> Faults:
    """The frozen configuration, the ballots by their hash and the dice give the stored official counts again."""
    found: Faults = []
    for vote in await _votes():
        files = {row["area"]: row for row in await BallotsFile.select().where(BallotsFile.cycle == vote["cycle"])}
        rows = await Count.select(Count.area, Count.digest).where(
            (Count.cycle == vote["cycle"]) & (Count.official.eq(True))
        )
        opened = await _leaf_bodies(Kind.OPENED, vote["id"]) if files else []
        for area, file in files.items() if rows else ():
            digest = sha256(file["content"].encode()).hexdigest()
            if not digest == file["sha256"] == opened[-1]["ballots"][area]:
                found.append(f"{area}: the ballots are not those of the opened leaf")
        if rows:
            found += [f"{area}: another result than the stored one" for area in await recount_faults(vote["cycle"])]
    return found


@invariant("I10")
async def no_number_of_a_person() -> Faults:
    """No text of any table holds 16 digits that could be a NIK."""
    return await in_tables()


@invariant("I11")
async def config_is_the_frozen_one() -> Faults:
    """The configuration has the hash that stands in the leaves of freezing, opening, closing and of the result."""
    found: Faults = []
    for vote in await _votes():
        if sha256(vote["config"].encode()).hexdigest() != vote["config_sha256"]:
            found.append(f"{vote['id']}: the configuration has another hash than noted")
        for kind, name in ((Kind.CONFIG, "sha256"), (Kind.OPEN, "config_sha256"), (Kind.RESULT, "config_sha256")):
            bodies = await _leaf_bodies(kind, vote["id"])
            found += [
                f"{vote['id']}: another hash at {kind.value}" for body in bodies[-1:] if _differs(body, name, vote)
            ]
    return found


@invariant("I12")
async def audit_is_chained() -> Faults:
    """Every line of the audit chain follows from the one before."""
    broken = await board.broken_link()
    return [] if broken is None else [f"the audit chain breaks at line {broken}"]


@invariant("I13")
async def signatures_hold() -> Faults:
    """Every signature verifies under a code's key that was committed, and a key signs for one roll entry only."""
    found: Faults = []
    for vote in await _votes():
        rows = await Envelope.select(
            Envelope.roll, Envelope.signer_key, Envelope.signature, Envelope.leaf_sha256
        ).where((Envelope.election == vote["id"]) & Envelope.signer_key.is_not_null())
        owners = dict(await _owners(vote["cycle"]))
        found += [f"a bad signature by {row['signer_key']}" for row in rows if not _signed(row, vote["id"])]
        found += [f"a foreign key {row['signer_key']}" for row in rows if owners.get(row["signer_key"]) != row["roll"]]
        found += await _uncommitted(vote)
    return found


@invariant("I14")
async def voters_are_committed() -> Faults:
    """No RW has more people on its roll than the board was told last, since the booth opened."""
    found: Faults = []
    for vote in await _votes():
        if posted := await _leaf_bodies(Kind.ROLL_TOTALS, vote["id"]):
            more = Counter(await roll_counts(vote["cycle"])) - Counter(posted[-1]["totals"])
            found += [f"{rw}: {n} more on the roll than posted" for rw, n in more.items()]
    return found


async def _uncommitted(vote: dict[str, Any]) -> Faults:
    keys = await all_code_keys(vote["cycle"])
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.ROLL_KEYS)]
    posted = [(body["root"], body["count"]) for body in bodies if body["cycle"] == str(vote["cycle"])]
    if posted[-1:] == [(keys_root(keys), len(keys))] or not (keys or posted):
        return []
    return [f"{vote['id']}: the keys of the voter codes are not those committed last on the board"]


def _differs(body: dict[str, Any], name: str, vote: dict[str, Any]) -> bool:
    return bool(body[name] != vote["config_sha256"])


def _signed(row: dict[str, Any], election: UUID) -> bool:
    key, signature = bytes.fromhex(row["signer_key"]), bytes.fromhex(row["signature"] or "")
    return signed_by(key, signature, election, row["leaf_sha256"])


async def _owners(cycle: UUID) -> list[tuple[str, UUID]]:
    rows = await Credential.select(Credential.public_key, Credential.roll).where(Credential.cycle == cycle)
    return [(row["public_key"], row["roll"]) for row in rows]


async def _votes() -> list[dict[str, Any]]:
    """The elections that were frozen."""
    return await Election.select().where(Election.config != "")


async def _marks(election: UUID) -> Counter[tuple[str, str]]:
    """Marks of an election by box and channel."""
    rows = await RollMark.select(
        RollMark.channel, RollMark.roll.kecamatan.as_alias("district"), RollMark.roll.list.as_alias("list")
    ).where(RollMark.election == election)
    return Counter((box_of(row["district"], row["list"]), row["channel"]) for row in rows)


async def _sheets(election: UUID) -> Counter[str]:
    """Valid sheets of an election by box."""
    rows = await engine().run(_SHEETS)
    return Counter({row["district"]: row["n"] for row in rows if str(row["election"]) == str(election)})


async def _leaf_bodies(kind: Kind, election: UUID) -> list[dict[str, Any]]:
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(kind)]
    return [body for body in bodies if body.get("election") == str(election)]


async def _number(sql: str) -> int:
    return int((await engine().run(sql))[0]["n"])


def _counted(number: int, what: str) -> Faults:
    return [f"{number} {what}"] if number else []
