"""The doctor finds what is wrong: settings as they are in the running database, and broken invariants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rembuk import checkup, invariants
from rembuk.board.store import drain
from rembuk.cycles.tables import Election
from rembuk.database import engine, on_postgres, transaction, unsealed
from rembuk.people.store import confirm_pepper
from rembuk.results.tables import BallotsFile, Count
from rembuk.voting.tables import Burned, Envelope, RollMark
from tests.city import City, city


async def test_a_sound_installation_passes(db: Any) -> None:
    """trust 5: every setting is read and holds on SQLite; of the tests' hasty PostgreSQL the doctor says what fails."""
    made = await city(with_codes=1)
    await made.cast(made.rolls[made.districts[0]][0], [])
    await confirm_pepper()
    found = await checkup.examine(with_invariants=True)
    failing = {finding.name for finding in found if not finding.holds}
    hasty = {"fsync", "full_page_writes", "synchronous_commit", "data_checksums"} if on_postgres() else set()
    assert failing <= hasty
    names = {finding.name for finding in found}
    assert {"migrations", "pepper", "board key", "append-only", "address", "I1", "I12"} <= names
    if on_postgres():
        assert "fsync" in failing, "the tests' server does not flush, and the doctor must see it"
    else:
        assert {"journal_mode", "synchronous", "busy_timeout", "file system", "without rowid"} <= names


async def test_a_setting_that_is_off_is_found(sqlite_settings: Any) -> None:
    """trust 5: what counts is the connection that writes, not what the code wished for."""
    from rembuk.database import close_database, open_database
    from rembuk.database import sqlite as lite

    with pytest.MonkeyPatch.context() as patch:
        weaker = tuple(p.replace("synchronous=FULL", "synchronous=NORMAL") for p in lite.PRAGMAS)
        patch.setattr(lite, "PRAGMAS", weaker)
        await open_database(sqlite_settings)
    try:
        found = {finding.name: finding for finding in await checkup.examine()}
    finally:
        await close_database()
    assert not found["synchronous"].holds
    assert found["foreign_keys"].holds


async def test_a_far_file_system_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """trust 5: SQLite on a network disk is refused."""
    assert checkup._file_system(tmp_path / "a").holds
    monkeypatch.setattr(checkup, "FAR_FILES", (checkup._file_system(tmp_path).value,))
    assert not checkup._file_system(tmp_path / "a").holds


async def _mark_twice(made: City) -> None:
    await RollMark.update({RollMark.seq: 7}).where(RollMark.election == made.election)


async def _drop_a_mark(made: City) -> None:
    await RollMark.delete().where(RollMark.election == made.election)


async def _burn_what_was_sent(made: City) -> None:
    row = await Envelope.select().first()
    await Burned.insert(Burned(election=made.election, idem_key=row["idem_key"]))


async def _invent_an_envelope(made: City) -> None:
    row = await Envelope.select().first()
    other = {**row, "seq": 9, "idem_key": "0" * 64, "leaf_sha256": "1" * 64}
    await Envelope.insert(Envelope(**{name: value for name, value in other.items() if name != "id"}))


async def _change_the_config(made: City) -> None:
    await Election.update({Election.config: '{"a":1}'}).where(Election.id == made.election)


async def _other_key(made: City) -> None:
    row = await Envelope.select().first()
    found = {
        **row,
        "seq": 2,
        "idem_key": "2" * 64,
        "leaf_sha256": "3" * 64,
        "signer_key": "4" * 64,
        "signature": "5" * 128,
    }
    await Envelope.insert(Envelope(**{name: value for name, value in found.items() if name != "id"}))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("I2", _mark_twice),
        ("I2", _drop_a_mark),
        ("I3", _burn_what_was_sent),
        ("I4", _invent_an_envelope),
        ("I4", _mark_twice),
        ("I11", _change_the_config),
        ("I13", _other_key),
    ],
)
async def test_a_broken_vote_is_found(db: Any, tampering: None, name: str, broken: Callable[[City], Any]) -> None:
    """I2, I3, I4, I11, I13: each change behind our back is told by its invariant."""
    made = await city()
    roll = made.rolls[made.districts[0]][0]
    await made.cast(roll, [])
    await drain()
    assert not (await invariants.INVARIANTS[name]())
    await broken(made)
    assert await invariants.INVARIANTS[name]()


async def test_a_changed_result_is_found(db: Any, tampering: None) -> None:
    """I7, I9: a ballots file or a stored count changed after the fact no longer repeats."""
    made = await city()
    for roll in made.rolls[made.districts[0]]:
        await made.cast(roll, made.projects[made.districts[0]][:1])
    await made.finish()
    for name in ("I7", "I9"):
        assert not (await invariants.INVARIANTS[name]())
    here = made.districts[0]
    await Count.update({Count.digest: "0" * 64}).where(Count.area == here)
    assert await invariants.INVARIANTS["I9"]()
    await BallotsFile.update({BallotsFile.online_count: 3}).where(BallotsFile.area == here)
    assert await invariants.INVARIANTS["I7"]()


async def test_a_broken_log_is_found(db: Any, tampering: None) -> None:
    """I5, I6, I12: a leaf or an audit line changed in the database breaks the chain."""
    made = await city()
    await made.cast(made.rolls[made.districts[0]][0], [])
    await drain()
    assert not await invariants.board_is_whole()
    assert not await invariants.audit_is_chained()
    await _rewrite("board_leaf", "UPDATE board_leaf SET body = '{}' WHERE idx = 0")
    await _rewrite("audit", "UPDATE audit SET reason = 'lain' WHERE idx = 0")
    assert await invariants.board_is_whole()
    assert await invariants.audit_is_chained()


@transaction
async def _rewrite(table: str, sql: str) -> None:
    """Change a row of an append-only table as an operator with every right could."""
    async with unsealed(table):
        await engine().run(sql)
