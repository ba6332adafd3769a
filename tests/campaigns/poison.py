"""Texts that would run a script, put into every text a person can write, past the forms that would clean them."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

FIELDS: dict[str, tuple[str, ...]] = {
    "appeal": ("text", "answer"),
    "area": ("name",),
    "catalogue_item": ("name", "unit"),
    "ceiling": ("name",),
    "city_pack": ("name", "attribution"),
    "comment": ("body",),
    "complaint": ("body", "landmark", "answer", "unit"),
    "cost_line": ("name", "unit", "reason"),
    "cycle": ("name",),
    "destruction": ("place", "witnesses", "minutes"),
    "district_project": ("title", "place"),
    "expense": ("what", "payee", "void_reason"),
    "flag": ("note",),
    "milestone": ("title", "note"),
    "moderation_decision": ("public_text", "remark"),
    "notice": ("subject", "body"),
    "paper_batch": ("explanation",),
    "person": ("name",),
    "phase_event": ("reason",),
    "pledge": ("company", "reason"),
    "post": ("name", "place", "hours"),
    "post_case": ("answer",),
    "proposal": ("title", "problem", "proposed", "beneficiaries", "landmark"),
    "proposal_event": ("reason",),
    "proposal_photo": ("alt",),
    "replacement": ("reason",),
    "review": ("reason", "internal_note"),
    "roll_case": ("name", "reason"),
    "session": ("device",),
    "work": ("late_reason",),
    "work_note": ("body",),
    "work_photo": ("alt",),
}
"""Every column of free text; file names are kept nowhere, and the board's leaves are canonical JSON of our own."""


def poison(database: Path, texts: Sequence[str], turn: int) -> int:
    """Write the texts into every row of every field (other rows, other texts) and the frozen slip; how many cells."""
    done = 0
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        for table, columns in FIELDS.items():
            for nth, (row,) in enumerate(connection.execute(f'SELECT id FROM "{table}" ORDER BY id').fetchall()):
                said = [texts[(nth + turn + place) % len(texts)] for place in range(len(columns))]
                changed = ", ".join(f'"{column}" = ?' for column in columns)
                try:
                    connection.execute(f'UPDATE "{table}" SET {changed} WHERE id = ?', [*said, row])
                except sqlite3.IntegrityError:  # a table nobody may change, or two that must not be the same
                    break
                done += len(columns)
        done += _slips(connection, texts, turn)
    return done


def _slips(connection: sqlite3.Connection, texts: Sequence[str], turn: int) -> int:
    """The projects' titles and the districts' names as frozen for the booth."""
    done = 0
    for row, config in connection.execute("SELECT id, config FROM election WHERE config <> ''").fetchall():
        body = json.loads(config)
        for nth, each in enumerate(_objects(body)):
            for key in {"title", "name", "place"} & each.keys():
                if isinstance(each[key], str):
                    each[key], done = texts[(nth + turn) % len(texts)], done + 1
        connection.execute("UPDATE election SET config = ? WHERE id = ?", [json.dumps(body), row])
    return done


def _objects(body: object) -> list[dict[str, object]]:
    if isinstance(body, dict):
        return [body, *(found for value in body.values() for found in _objects(value))]
    return [found for value in body for found in _objects(value)] if isinstance(body, list) else []
