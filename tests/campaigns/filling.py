"""A city's roll and box at full size, by bulk statements: `python -m tests.campaigns.filling DATA [URL]` upgrades one.

The envelopes hold random bytes of the right length: no key opens them, everything else about them is the product's own
(leaf, queue, board, checkpoint, mark, totals of the roll).
"""

import asyncio
import hashlib
import secrets
import sys
from pathlib import Path
from typing import Any

from rembuk.board import rules as board_rules
from rembuk.board.store import drain
from rembuk.board.tables import LeafQueue
from rembuk.database import close_database, engine, migrate, on_postgres, open_database, transaction
from rembuk.database.many import insert_many
from rembuk.people.store.roll import post_totals
from rembuk.settings import Settings
from rembuk.voting.tables import Envelope, RollMark
from tests.campaigns.steps import releases
from tests.city import City

ROLL_CHUNK, BOX_CHUNK = 100_000, 5_000
_LITE = """
WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < {number})
INSERT INTO roll_entry (id, cycle, kecamatan, rw, nik_mac, list, age_band, status, source)
SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
  || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), '{cycle}', '{area}', '{area}.1001.00' || (1 + i % 2),
  lower(hex(randomblob(32))), 'dewasa', '', 'active', 'import' FROM numbers
"""
_POSTGRES = """
INSERT INTO roll_entry (id, cycle, kecamatan, rw, nik_mac, list, age_band, status, source)
SELECT gen_random_uuid(), '{cycle}', '{area}', '{area}.1001.00' || (1 + i % 2),
  encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 'dewasa', '', 'active', 'import'
FROM generate_series(1, {number}) AS i
"""
HASHED = (
    "SELECT id, rw, nik_mac, status FROM roll_entry ORDER BY id",
    "SELECT id, roll, seq, leaf_sha256 FROM envelope ORDER BY id",
    "SELECT id, roll, seq, channel FROM roll_mark ORDER BY id",
    "SELECT idx, leaf_sha256 FROM board_leaf ORDER BY idx",
)


async def fill(made: City, roll: int, envelopes: int) -> None:
    """So many more people on the roll, and a ballot of so many of them on the board; database open."""
    for area in made.districts:
        for start in range(0, roll // len(made.districts), ROLL_CHUNK):
            number = min(ROLL_CHUNK, roll // len(made.districts) - start)
            sql = _POSTGRES if on_postgres() else _LITE
            await engine().run(sql.format(number=number, cycle=made.cycle.id, area=area))
    await post_totals(made.cycle.id)
    query = f"SELECT id, kecamatan FROM roll_entry WHERE nik_mac IS NOT NULL LIMIT {envelopes}"
    rows = await engine().run(query)
    for start in range(0, len(rows), BOX_CHUNK):
        await _drop_in(made, rows[start : start + BOX_CHUNK])
        await drain()


@transaction
async def _drop_in(made: City, rows: list[dict[str, Any]]) -> None:
    sealed = [secrets.token_bytes(300) for _ in rows]
    leaves = [board_rules.envelope_leaf(made.election, each) for each in sealed]
    pairs = list(zip(rows, sealed, leaves, strict=True))
    mark = {"election": made.election, "seq": 1}
    await insert_many(RollMark, [{**mark, "roll": row["id"], "channel": "online"} for row in rows])
    await insert_many(
        Envelope,
        [
            {
                **mark,
                "roll": row["id"],
                "district": row["kecamatan"],
                "idem_key": secrets.token_hex(32),
                "ciphertext": ciphertext,
                "leaf_sha256": leaf.sha256,
            }
            for row, ciphertext, leaf in pairs
        ],
    )
    queued = [{"leaf_sha256": leaf.sha256, "kind": leaf.kind.value, "body": leaf.data.decode()} for leaf in leaves]
    await insert_many(LeafQueue, queued)


async def digests() -> list[tuple[int, str]]:
    """How many rows roll, box, marks and board have, and the hash of all of them."""
    found = []
    for sql in HASHED:
        rows, whole = await engine().run(sql), hashlib.sha256()
        for row in rows:
            whole.update("|".join(str(value) for value in row.values()).encode())
        found.append((len(rows), whole.hexdigest()))
    return found


async def main(settings: Settings) -> None:
    """Bring a database to the release to come."""
    await open_database(settings)
    print("begun", flush=True)
    await migrate(releases())
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2] if len(sys.argv) > 2 else None)))
