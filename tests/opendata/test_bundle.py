"""The bundle of a finished cycle: a stranger's tool finds everything in order, and one changed byte."""

import json
import os
import random
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import rembuk_verify
from rembuk import clock
from rembuk.board import notes
from rembuk.board import store as board
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.cycles.shares import Cap, Leftover, Part, SetAside, Shares
from rembuk.cycles.store import Wanted
from rembuk.database import close_database, open_database
from rembuk.errors import Refused
from rembuk.opendata.bundle import Refusal, exportable, write_bundle
from rembuk.review import store as review
from rembuk.settings import Settings
from tests.city import WITNESS, City, city

VERIFIER_SHA256 = sha256(Path(rembuk_verify.__file__).read_bytes()).hexdigest()


async def finished(**how: Any) -> City:
    """A finished small city with code voters and blank, replaced and full ballots."""
    made = await city(with_codes=2, **how)
    for district in made.districts:
        projects = made.projects[district]
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, [])
            await made.cast(roll, projects[: 1 + nth % len(projects)][:3])
    await made.finish()
    return made


def verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and words of the stand-alone verifier."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["rembuk-verify", str(folder), "--lang", "en"])
        try:
            code = rembuk_verify.main()
        except SystemExit as stop:
            code = stop.code
    return int(code or 0), capsys.readouterr().out


async def test_a_stranger_finds_everything_in_order(
    db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P3, P4 of trust 1, T-VERIFY: the exported bundle verifies; small districts are said to be unchecked."""
    made = await finished()
    assert await exportable() == [made.cycle.slug]
    count = await write_bundle(made.cycle.slug, tmp_path / "bundle")
    assert count == sum(path.is_file() for path in (tmp_path / "bundle").rglob("*"))
    code, said = verified(tmp_path / "bundle", capsys)
    assert code == 0, said
    assert "DOES NOT HOLD" not in said
    readme = (tmp_path / "bundle" / "BACA-SAYA.txt").read_text("utf-8")
    assert VERIFIER_SHA256 in readme and board.signer().verifier.text in readme
    assert "other files (BACA-SAYA.txt)" in said


async def test_one_changed_byte_is_found(db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """T-TAMPER: in every file of the bundle a changed byte makes the verifier exit with 1."""
    made = await finished(voters=3)
    await write_bundle(made.cycle.slug, tmp_path / "sound")
    for file in sorted(path.relative_to(tmp_path / "sound") for path in (tmp_path / "sound").rglob("*.*")):
        shutil.copytree(tmp_path / "sound", tmp_path / "changed", dirs_exist_ok=True)
        changed = bytearray((tmp_path / "changed" / file).read_bytes())
        changed[len(changed) // 2] ^= 1
        (tmp_path / "changed" / file).write_bytes(changed)
        code, _ = verified(tmp_path / "changed", capsys)
        assert code == 1, file


async def test_ballots_of_a_big_district_are_recounted(
    db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P1, I9: with 200 ballots the file is in the bundle and the verifier counts it by its own tally."""
    made = await city(districts=1, voters=200, proposals=6, rule="equal_shares", options={"completion": "greedy"})
    projects = made.projects[made.districts[0]]
    for nth, roll in enumerate(made.rolls[made.districts[0]]):
        await made.cast(roll, [each for at, each in enumerate(projects) if nth % (at + 2) == 0][:3])
    await made.finish()
    await write_bundle(made.cycle.slug, tmp_path / "bundle")
    assert (tmp_path / "bundle" / "ballots" / f"{made.districts[0]}.pb").is_file()
    code, said = verified(tmp_path / "bundle", capsys)
    assert code == 0, said


async def test_only_finished_cycles_into_empty_folders(db: Any, tmp_path: Path) -> None:
    """trust 4.6: no bundle before the publication, none over other files."""
    made = await city(voters=2)
    assert await exportable() == []
    with pytest.raises(Refused, match=Refusal.NOT_FINISHED.name):
        await write_bundle(made.cycle.slug, tmp_path / "bundle")
    await made.finish()
    (tmp_path / "used.txt").write_text("kept")
    with pytest.raises(Refused, match=Refusal.NOT_EMPTY.name):
        await write_bundle(made.cycle.slug, tmp_path)


async def test_witnesses_are_those_the_vote_was_frozen_with(db: Any, tampering: None) -> None:
    """4.4: named in the frozen configuration; whoever is admitted later does not count. Sabotage: ask the table."""
    friend = notes.Signer("friend.example", b"f" * 32)
    made = await city(districts=1, proposals=3, voters=2, quorum=(2, 3))
    key = notes.Verifier(WITNESS.name, WITNESS.verifier.public, notes.COSIGNATURE).text
    assert json.loads((await cycles.election(made.cycle.id)).config)["witnesses"] == [key]
    await board.register_witness(notes.Verifier(friend.name, friend.verifier.public, notes.COSIGNATURE).text)
    await made.close()
    await made.open_box()
    await made.count()
    [newest] = await board.checkpoints(1)
    text = notes.open_note(newest.note, board.signer().verifier)
    await board.cosign(newest.size, notes.cosign(text, friend, int(clock.now().timestamp())))
    with pytest.raises(Refused, match=BoardRefusal.NOT_COSIGNED.name):
        await made.publish()


async def test_nothing_is_frozen_without_its_witnesses(db: Any) -> None:
    """4.4: a quorum that nobody could ever fill stops the freezing, not the publication."""
    made = await city(districts=1, proposals=3, voters=2, quorum=(2, 3))
    slip = await review.frozen_projects(made.cycle.id)
    await cycles.config(made.cycle.id, slip)
    asked = await board.propose_witness_withdrawal(WITNESS.name, made.first)
    await board.withdraw_witness(asked.id, made.second)
    with pytest.raises(Refused, match=CycleRefusal.NO_WITNESSES.name):
        await cycles.config(made.cycle.id, slip)


MUTATIONS = 2_000 if os.environ.get("REMBUK_TEST_CAMPAIGN") == "1" else 40


@pytest.mark.slow
async def test_any_change_anywhere_is_found(
    sqlite_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T-TAMPER: a random bit flipped, byte dropped or line repeated in a random file: every time exit code 1."""
    await open_database(sqlite_settings)
    try:
        made = await finished(voters=3, districts=2, proposals=4)
        await write_bundle(made.cycle.slug, tmp_path / "bundle")
    finally:
        await close_database()
    rng, missed = random.Random(20_261_121), []
    files = sorted(path for path in (tmp_path / "bundle").rglob("*") if path.is_file())
    for nth in range(MUTATIONS):
        file = rng.choice(files)
        sound = file.read_bytes()
        file.write_bytes(changed(sound, rng))
        if verified(tmp_path / "bundle", capsys)[0] != 1:
            missed.append((nth, file.name))
        file.write_bytes(sound)
    assert missed == []
    assert verified(tmp_path / "bundle", capsys)[0] == 0


def changed(content: bytes, rng: random.Random) -> bytes:
    """Something else than the content, by a small change."""
    at = rng.randrange(len(content))
    ways = (
        content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :],
        content[:at] + content[at + 1 :],
        content[:at] + content[at : at + 1] + content[at:],
        content + content.rpartition(b"\n")[2] + b"\n",
    )
    return rng.choice(ways)


async def test_a_round_with_every_stage_is_recounted(
    db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """I9, T-VERIFY: fences, Suara Anak, caps, city round, three trustees, a witness; every line of it is checked."""
    fences = (SetAside("Banjir", Part(percent=30), issue="flood", hard=True),)
    shares = Shares(fences=fences, children=25, rw=Cap(number=4), leftover=Leftover.SHARE)
    made = await city(
        districts=2, proposals=12, voters=4, shares=Wanted(shares, 0), children=3, quorum=(2, 3), with_codes=1
    )
    for district in made.districts:
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, made.projects[district][: 1 + nth % 3])
        for roll in made.rolls[f"{district}.anak"]:
            await made.cast(roll, made.projects[district][4:5])
    await made.close()
    await made.open_box()
    await made.count()
    await made.cosign()
    await made.publish()
    await made.cosign()
    await write_bundle(made.cycle.slug, tmp_path / "bundle")
    code, said = verified(tmp_path / "bundle", capsys)
    assert code == 0, said
    held = [line.removeprefix("HOLDS").strip() for line in said.splitlines() if line.startswith("HOLDS")]
    assert {"1 witnesses saw the dice, 1 needed", "1 witnesses saw the result, 1 needed"} <= set(held)
    assert "the key of the box was tried, 2 times" in held and "no more ballots than voters" in held
    assert any(line.endswith("sealed by the board") for line in held)
    for district in made.districts:
        contest = f"{made.cycle.slug}/{district}"
        assert {f"{contest}/Suara Anak: the money is right", f"{contest}/Banjir: the money is right"} <= set(held)
    assert "the recount of city round and reserve agrees" in held
    assert (tmp_path / "bundle" / "results" / "city.json").is_file()
