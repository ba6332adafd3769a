"""Destruction: after the objections, by two, whole or not at all; everything that proves the vote still stands."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import rembuk_verify
from rembuk import clock, invariants
from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.checkup import examine
from rembuk.database import engine
from rembuk.database.faults import faults
from rembuk.errors import Reason, Refused
from rembuk.opendata.bundle import write_bundle
from rembuk.people.tables import Credential
from rembuk.results.store import destroying as store
from rembuk.results.store.destroying import Kept, Plan
from rembuk.voting import store as voting
from rembuk.voting.tables import Destruction, Envelope, RollMark
from rembuk.web.guards import Role
from tests.city import City, city
from tests.clients import Client

PLAN = Plan("Balai kota", "Universitas dan koran", 1)


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def finished() -> City:
    """A published result; three voters of the one district voted, one with a code."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2)
    here = made.districts[0]
    for roll in made.rolls[here][:3]:
        await made.cast(roll, made.projects[here][:1])
    await made.finish()
    return made


def later(days: int = 31) -> Any:
    """So many days after now."""
    return clock.frozen(clock.now() + timedelta(days=days))


async def destroyed(made: City) -> str:
    """Asked by one and done by the other, after the objections."""
    act = await store.propose_destruction(made.cycle.id, PLAN, made.first)
    return await store.destroy(act.id, made.cycle.id, made.second)


async def test_not_before_the_objections_end_and_not_by_one(db: Any) -> None:
    """trust 4.6, T6: unpublished, within the window, by the same person, with shares left: refused; nothing is gone."""
    made = await city(districts=1, proposals=2, voters=2)
    with refused(Kept.NOT_COUNTED):
        await store.propose_destruction(made.cycle.id, PLAN, made.first)
    await made.cast(made.rolls[made.districts[0]][0], [])
    await made.finish()
    with later(29), refused(Kept.OBJECTIONS):
        await store.propose_destruction(made.cycle.id, PLAN, made.first)
    with later():
        for wrong, reason in (
            (Plan("", "x", 1), Kept.SAY_WHERE),
            (Plan("x", " ", 1), Kept.SAY_WHERE),
            (Plan("x", "y", 0), Kept.EVERY_SHARE),
        ):
            with refused(reason):
                await store.propose_destruction(made.cycle.id, wrong, made.first)
        act = await store.propose_destruction(made.cycle.id, PLAN, made.first)
        with refused(BoardRefusal.SAME_PERSON):
            await store.destroy(act.id, made.cycle.id, made.first)
    with refused(Kept.OBJECTIONS):
        await store.destroy(act.id, made.cycle.id, made.second)
    assert await Envelope.count() == 1


async def test_envelopes_go_and_proofs_stay(db: Any, tmp_path: Path, capsys: Any) -> None:
    """trust 4.6: no envelope, no owner of a code key is left; minutes, invariants and the stranger's check hold."""
    made = await finished()
    with later():
        digest = await destroyed(made)
        with refused(Kept.GONE):
            await store.propose_destruction(made.cycle.id, PLAN, made.first)
    assert await Envelope.count() == 0 and await RollMark.count() == 3
    assert not await Credential.exists().where(Credential.roll.is_not_null())
    leaf = json.loads((await board.leaves_of(Kind.DESTROYED))[-1].body)
    minutes = await store.minutes_of(made.cycle.id)
    assert leaf["minutes_sha256"] == digest == sha256(minutes.text.encode()).hexdigest() == minutes.sha256
    assert (leaf["envelopes"], leaf["code_keys"]) == (3, 2) and "Amplop tersegel yang dihapus: 3" in minutes.text
    assert {name: said for name, said in (await invariants.faults()).items() if said} == {}
    await write_bundle(made.cycle.slug, tmp_path / "bundle")
    assert rembuk_verify.main([str(tmp_path / "bundle")]) == 0, capsys.readouterr().out
    voter = await voting.voter_of(made.rolls[made.districts[0]][0])
    assert (await voting.mark_of(voter)).seq == 1 and await voting.receipt_of(voter) is None


async def test_no_file_of_the_database_holds_what_was_destroyed(db: Any) -> None:
    """trust 4.6 step 7, P2: after the destruction the sealed bytes lie in no file of the database, log emptied too."""
    made = await finished()
    rows = await Envelope.select(Envelope.ciphertext)
    sealed = [bytes(row["ciphertext"])[:24] for row in rows]
    assert await _found_in_files(sealed) == 3
    with later():
        await destroyed(made)
        assert await store.rewritten_at(made.election) is None
        assert "1 wait to be written anew" in [found.value for found in await examine()]
        await store.rewrite()
        assert await store.rewritten_at(made.election) is not None
    assert await _found_in_files(sealed) == 0
    assert "none waits" in [found.value for found in await examine()]


async def _found_in_files(needles: list[bytes]) -> int:
    """How many of these byte strings lie in some file of the database."""
    if engine().engine_type == "sqlite":
        [row] = await engine().run("PRAGMA database_list")
        return _found(Path(row["file"]).parent, needles)
    await engine().run("CHECKPOINT")
    home = "current_setting('data_directory')"
    [row] = await engine().run(f"SELECT {home} AS home, oid FROM pg_database WHERE datname = current_database()")
    return _found(Path(row["home"], "base", str(row["oid"])), needles)


def _found(folder: Path, needles: list[bytes]) -> int:
    content = [file.read_bytes() for file in folder.iterdir() if file.is_file()]
    return sum(any(needle in each for each in content) for needle in needles)


async def test_the_triggers_are_back_afterwards(db: Any) -> None:
    """T6: only the act of two lifts the append-only rule, and only inside its transaction."""
    made = await finished()
    other = await engine().run("SELECT count(*) AS n FROM envelope")
    with pytest.raises(faults()):
        await engine().run("DELETE FROM envelope")
    with later():
        await destroyed(made)
    assert other[0]["n"] == 3
    for table in ("board_leaf", "checkpoint", "audit"):
        with pytest.raises(faults()):
            await engine().run(f"DELETE FROM {table}")
    triggers = "SELECT count(*) AS n FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'envelope'"
    if engine().engine_type != "sqlite":
        triggers = "SELECT count(*) AS n FROM pg_trigger WHERE tgrelid = 'envelope'::regclass AND tgenabled = 'O'"
    assert (await engine().run(triggers))[0]["n"] >= 2


async def test_a_destruction_that_fails_leaves_everything(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-KILL: whole or not at all: the leaf that cannot be posted brings every envelope back, triggers too."""
    made = await finished()

    async def broken(*_given: Any) -> None:
        raise Refused(BoardRefusal.NO_KEY)

    with later():
        act = await store.propose_destruction(made.cycle.id, PLAN, made.first)
        with monkeypatch.context() as patch:
            patch.setattr(board, "append", broken)
            with refused(BoardRefusal.NO_KEY):
                await store.destroy(act.id, made.cycle.id, made.second)
        assert await Envelope.count() == 3 and await Destruction.count() == 0
        with pytest.raises(faults()):
            await engine().run("DELETE FROM envelope")
        await store.destroy(act.id, made.cycle.id, made.second)
    assert await Envelope.count() == 0


async def test_the_pages_lead_to_printed_minutes(client: Client) -> None:
    """F1: asked, signed, read by everybody; before that the minutes are not there and the date is told."""
    made = await finished()
    at = f"/petugas/siklus/{made.cycle.slug}/pemusnahan"
    assert (await client.get(f"/pemusnahan/{made.cycle.slug}")).status_code == 404
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "Boleh dimusnahkan mulai" in (await client.get(at)).text
    form = {"place": "Balai kota", "witnesses": "Kampus", "shares": "1"}
    assert (await client.post(at, form)).status_code == 409
    with later():
        await client.sign_in(made.first, Role.CITY_OFFICIAL)
        bad = await client.post(at, form | {"shares": "3"})
        assert bad.status_code == 422 and "Semua 1 bagian" in bad.text and 'value="Balai kota"' in bad.text
        assert (await client.post(at, form)).status_code == 303
        waiting = await store.waiting_destruction(made.cycle.id) or pytest.fail("nothing waits")
        assert (await client.post(f"{at}/{waiting[0].id}")).status_code == 409
        await client.sign_in(made.second, Role.CITY_OFFICIAL)
        assert "Ini tidak bisa dibatalkan" in (await client.get(at)).text
        done = await client.post(f"{at}/{waiting[0].id}")
        assert done.headers["location"] == f"/pemusnahan/{made.cycle.slug}"
        assert "sudah dimusnahkan" in (await client.get(at)).text
    await client.sign_out()
    page = (await client.get(f"/pemusnahan/{made.cycle.slug}")).text
    assert "BERITA ACARA PEMUSNAHAN" in page and "Balai kota" in page
