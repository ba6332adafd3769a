"""The box opened as trust 4.6 says: taken out by two, opened without the server, handed in by two."""

import asyncio
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cli import cli
from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.cycles.tables import Election
from rembuk.errors import Reason, Refused
from rembuk.people import store as people
from rembuk.people.tables import Person
from rembuk.results import store
from rembuk.results.offline import opened_offline
from rembuk.results.rules import Refusal
from rembuk.results.store.contacts import decide_denied, propose_decision, waiting_decisions, wanted_of
from rembuk.results.tables import BallotsFile
from rembuk.voting.keys import BrokenShares, make_key, split
from rembuk.voting.opening import BoxRefusal, packed, read_opened
from rembuk.voting.tables import Envelope, RollMark
from rembuk.web.guards import Role
from tests.city import DICE, City, city
from tests.clients import Client


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def voted(quorum: tuple[int, int] = (2, 3)) -> City:
    """Two districts, five ballots sent by four voters, the booth closed."""
    made = await city(districts=2, proposals=6, voters=3, quorum=quorum)
    for district in made.districts:
        for roll in made.rolls[district][:2]:
            await made.cast(roll, made.projects[district][:1])
    await made.cast(made.rolls[made.districts[0]][0], made.projects[made.districts[0]][:2])
    await made.close()
    return made


async def asked(made: City) -> None:
    """The auditor asked everybody in the sample."""
    election = await cycles.election(made.cycle.id)
    wanted = await store.draw_contacts(election, DICE, made.first)
    await store.record_contacts(election, (wanted - 1, 1, 0), made.first)


async def exported(made: City) -> bytes:
    """The box as two persons take it out."""
    act = await store.propose_export(made.cycle.id, made.first)
    with refused(BoardRefusal.SAME_PERSON):
        await store.export_box(act.id, made.cycle.id, made.first)
    await store.export_box(act.id, made.cycle.id, made.second)
    return await store.box_file(made.cycle.id, made.second)


async def test_shares_of_several_never_touch_the_server(db: Any) -> None:
    """trust 4.1, L2: the in-server way is refused for asking and for opening; nothing is decrypted."""
    made = await voted()
    await Election.update({Election.level: "L1"}).where(Election.id == made.election)  # the frozen level counts
    act = await board.propose_act("box.open", {"election": "x"}, made.first)
    for way in (
        store.propose_opening(made.cycle.id, made.first),
        store.open_ballots(act.id, made.cycle.id, made.second, made.shares),
    ):
        with refused(BoxRefusal.SHARES_OFFLINE):
            await way
    assert await BallotsFile.count() == 0


async def test_from_the_box_to_the_ballots_without_the_server(db: Any, tmp_path: Path) -> None:
    """trust 4.6: sample, export, offline command, hand in, accept; any quorum gets one fingerprint; leaf says all."""
    made = await voted()
    with refused(BoxRefusal.SAMPLE_FIRST):
        await store.propose_export(made.cycle.id, made.first)
    await asked(made)
    box = await exported(made)
    assert box == await store.box_file(made.cycle.id, made.first)
    said = json.loads(box)
    rolls = [str(roll) for each in made.rolls.values() for roll in each]
    assert sorted(map(len, said["districts"].values())) == [2, 2] and not any(roll in box.decode() for roll in rolls)
    file, words, out = tmp_path / "kotak.json", tmp_path / "kata.txt", tmp_path / "terbuka.json.gz"
    file.write_bytes(box)
    words.write_text("\n".join(made.shares))
    told = CliRunner().invoke(cli, ["ceremony", "open", str(file), "--words", str(words), "--out", str(out)])
    assert told.exit_code == 0, told.output
    opened = out.read_bytes()
    fingerprint = read_opened(opened).sha256
    assert f"{made.districts[0]}: 2 ballots" in told.output and fingerprint in told.output
    act = await store.hand_in(made.cycle.id, opened, made.first)
    for typed, person, reason in (
        ("0" * 16, made.second, BoxRefusal.OTHER_FINGERPRINT),
        (fingerprint[:16], made.first, BoardRefusal.SAME_PERSON),
    ):
        with refused(reason):
            await store.accept(act.id, made.cycle.id, person, typed)
    assert await store.accept(act.id, made.cycle.id, made.second, fingerprint[:16].upper()) == 4
    assert (await cycles.election(made.cycle.id)).state is ElectionState.OPENED
    leaf = json.loads((await board.leaves_of(Kind.OPENED))[-1].body)
    assert leaf["counts"][made.districts[0]] == {"online": 2, "paper": 0} and leaf["failures"] == []
    assert leaf["contacts"] == {"asked": 4, "confirmed": 3, "unreached": 1, "denied": 0, "dice": DICE}


async def test_a_city_publishes_when_witnesses_have_signed(db: Any) -> None:
    """trust 4.4, L2: without a cosignature over the dice no result goes out; with it, it does."""
    made = await voted()
    await made.open_box()
    await made.count()
    with refused(BoardRefusal.NOT_COSIGNED):
        await made.publish()
    await made.cosign()
    await made.publish()
    assert len(await board.leaves_of(Kind.RESULT)) == 1


async def test_what_is_handed_in_must_account_for_every_envelope(db: Any) -> None:
    """T-TAMPER: a ballot dropped, added or spoiled, another box, another election: refused before anybody signs."""
    made = await voted()
    await asked(made)
    opened = opened_offline(await exported(made), made.shares)
    here, body = made.districts[0], json.loads(opened)

    def changed(**values: Any) -> bytes:
        return json.dumps(body | values).encode()

    rows = body["districts"]
    spoiled = {**rows, here: [{"projects": ["999"], "count": 2}]}
    for wrong in (
        changed(districts={**rows, here: rows[here][:1]}),
        changed(districts={**rows, here: [*rows[here], {"projects": [], "count": 1}]}),
        changed(districts=spoiled),
        changed(box_sha256="0" * 64),
        changed(failures=[{"district": here, "sha256": "0" * 64, "reason": "x"}]),
        b"\x1f\x8b" + opened,
        b"[]",
    ):
        with refused(BoxRefusal.NOT_FITTING):
            await store.hand_in(made.cycle.id, wrong, made.first)
    await store.hand_in(made.cycle.id, packed(opened), made.first)
    assert await BallotsFile.count() == 0


async def test_every_quorum_gets_the_same_file_and_two_shares_nothing(db: Any) -> None:
    """T-CEREMONY: all ten quorums of 3 of 5 open the exported box alike; two shares, and a stranger's, open nothing."""
    made = await voted((3, 5))
    await asked(made)
    box = await exported(made)
    assert len({opened_offline(box, quorum) for quorum in combinations(made.all_shares, 3)}) == 1
    for pair in combinations(made.all_shares, 2):
        with pytest.raises(BrokenShares):
            opened_offline(box, pair)
    with pytest.raises(BrokenShares, match="another key"):
        opened_offline(box, split(make_key().secret, 1, 1))


async def test_a_box_that_changed_is_taken_out_again(db: Any, tampering: None) -> None:
    """T-TAMPER: a voter marked as paper after the export makes it another box; the opened file is refused."""
    made = await voted()
    await asked(made)
    opened = opened_offline(await exported(made), made.shares)
    await RollMark.update({RollMark.channel: "paper"}).where(RollMark.roll == made.rolls[made.districts[0]][1])
    with refused(BoxRefusal.OTHER_BOX):
        await store.hand_in(made.cycle.id, opened, made.first)
    assert await Envelope.count() == 5


async def test_a_pilot_says_why_nobody_was_asked(db: Any) -> None:
    """trust 3: L1 may skip the sample with a reason, which the board shows; L2 may not; counts must add up."""
    made = await voted((1, 1))
    with refused(BoxRefusal.SAMPLE_REASON):
        await store.propose_opening(made.cycle.id, made.first, " ")
    act = await store.propose_opening(made.cycle.id, made.first, "Uji coba di satu RW")
    await store.open_ballots(act.id, made.cycle.id, made.second, made.shares)
    leaf = json.loads((await board.leaves_of(Kind.OPENED))[-1].body)
    assert leaf["contacts"] == {"asked": 0, "skipped": "Uji coba di satu RW"}
    assert [wanted_of(marked) for marked in (0, 40, 100, 9_999, 10_001, 300_000)] == [0, 40, 100, 100, 101, 3_000]


@pytest.mark.parametrize("quorum", [(2, 3), (1, 1)])
async def test_a_denied_vote_keeps_the_box_shut(db: Any, quorum: tuple[int, int]) -> None:
    """trust 3, T7: who says "I did not vote" blocks the opening until two decide with a reason; the board counts."""
    made = await voted(quorum)
    election = await cycles.election(made.cycle.id)
    with refused(BoxRefusal.NOTHING_DENIED):
        await propose_decision(election, "Tidak ada yang mengaku begitu.", made.first)
    await store.draw_contacts(election, DICE, made.first)
    await store.record_contacts(election, (2, 1, 1), made.first)
    one = quorum == (1, 1)

    async def opens() -> None:
        if one:
            act = await store.propose_opening(made.cycle.id, made.first)
            await store.open_ballots(act.id, made.cycle.id, made.second, made.shares)
        else:
            await exported(made)

    with refused(BoxRefusal.SAMPLE_DENIED):
        await opens()
    with refused(BoxRefusal.DECISION_REASON):
        await propose_decision(election, "ya", made.first)
    act = await propose_decision(election, "Warga itu lupa, tanda tangannya cocok.", made.first)
    with refused(BoardRefusal.SAME_PERSON):
        await decide_denied(act.id, election, made.first)
    await store.record_contacts(election, (1, 1, 2), made.first)  # one more: another decision
    with refused(BoardRefusal.OTHER_PAYLOAD):
        await decide_denied(act.id, election, made.second)
    act = await propose_decision(election, "Dua warga lupa, tanda tangannya cocok.", made.first)
    await decide_denied(act.id, election, made.second)
    await opens()
    leaves = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.CONTACTS)]
    assert [(leaf["denied"], leaf["decided_by"]) for leaf in leaves] == [(1, 0), (2, 0), (2, 2)]
    assert not any("lupa" in json.dumps(leaf) for leaf in leaves)


async def test_the_sample_is_drawn_by_dice_once(db: Any) -> None:
    """trust 3: nobody picks whom to ask; what they said must be the whole sample."""
    made = await voted()
    election = await cycles.election(made.cycle.id)
    for typed in ("123", ""):
        with refused(Refusal.NOT_DICE):
            await store.draw_contacts(election, typed, made.first)
    with refused(BoxRefusal.SAMPLE_NOT_DRAWN):
        await store.record_contacts(election, (4, 0, 0), made.first)
    assert await store.draw_contacts(election, DICE, made.first) == 4
    with refused(BoxRefusal.SAMPLE_DRAWN):
        await store.draw_contacts(election, DICE[::-1], made.first)
    listed = await store.contacts(made.election)
    assert len(listed) == 4 and listed == await store.contacts(made.election)
    for wrong in ((4, 1, 0), (5, -1, 0), (0, 0, 0)):
        with refused(BoxRefusal.SAMPLE_COUNT):
            await store.record_contacts(election, wrong, made.first)
    assert not (await store.sample_of(made.election)).done


async def test_opening_leaves_the_loop_free(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-STORM: decrypting runs beside the event loop, so other requests are answered meanwhile."""
    import threading

    from rembuk.voting import box as sealed_box

    seen: list[bool] = []
    real = sealed_box.open_box

    def watched(*given: Any) -> Any:
        seen.append(threading.current_thread() is threading.main_thread())
        return real(*given)

    monkeypatch.setattr(sealed_box, "open_box", watched)
    made = await voted((1, 1))
    await asyncio.gather(made.open_box(), asyncio.sleep(0))
    assert seen == [False]


async def test_the_desk_leads_through_the_offline_way(client: Client) -> None:
    """F1, trust 4.6: sample, export, download, upload and approval by their pages; a fault is told."""
    made = await voted()
    at = f"/petugas/siklus/{made.cycle.slug}/hitung"
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    page = (await client.get(at)).text
    assert "4 warga" in page and "Kata kunci pemegang kunci" not in page
    assert (await client.post(f"{at}/contoh", {"dice": "12"})).status_code == 422
    await client.post(f"{at}/contoh", {"dice": DICE})
    assert "RW" in (await client.get(at)).text
    said = {"confirmed": "2", "unreached": "1", "denied": "1"}
    assert (await client.post(f"{at}/contoh/jawaban", said)).status_code == 403
    auditor = Person(name="Auditor", kind="staff", created_at=now())
    await Person.insert(auditor)
    await people.grant(auditor.id, "auditor", "32.73", by=None)
    await client.sign_in(auditor.id, Role.AUDITOR)
    assert (await client.post(f"{at}/contoh/jawaban", {"confirmed": "1"})).status_code == 422
    await client.post(f"{at}/contoh/jawaban", said)
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "Kotak tetap tertutup" in (await client.get(at)).text
    assert (await client.post(f"{at}/contoh/putusan", {"reason": "x"})).status_code == 422
    await client.post(f"{at}/contoh/putusan", {"reason": "Warga itu lupa, tanda tangannya cocok."})
    assert (await client.post(f"{at}/ambil")).status_code == 409
    [decision] = await waiting_decisions(await cycles.election(made.cycle.id))
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    assert "tanda tangannya cocok" in (await client.get(at)).text
    assert (await client.post(f"{at}/contoh/putusan/{decision.id}")).status_code == 303
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert (await client.post(f"{at}/ambil")).headers["location"] == at
    act = await store.waiting_export(made.cycle.id) or pytest.fail("nothing waits")
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    assert (await client.post(f"{at}/ambil/{act.id}")).status_code == 303
    box = await client.get(f"{at}/kotak.json")
    assert "attachment" in box.headers["content-disposition"]
    opened = opened_offline(box.content, made.shares)
    bad = await client.post(f"{at}/terbuka", files={"opened": ("x.json", b"[]", "application/json")})
    assert bad.status_code == 422 and "tidak cocok" in bad.text
    large = opened + b" " * 6 * 2**20  # as long as a city's
    good = await client.post(f"{at}/terbuka", files={"opened": ("x.json", large, "application/json")})
    assert good.status_code == 303
    assert (
        await client.post("/petugas/pemilih/berkas", files={"berkas": ("x.csv", b" " * 6 * 2**20)})
    ).status_code == 413
    handed = await store.waiting_hand_in(made.cycle.id) or pytest.fail("nothing waits")
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "Sidik berkas terbuka" in (await client.get(at)).text
    wrong = await client.post(f"{at}/terbuka/{handed.id}", {"fingerprint": "00"})
    assert wrong.status_code == 422 and "Sidik ini tidak sama" in wrong.text
    typed = {"fingerprint": read_opened(large).sha256[:16]}
    assert (await client.post(f"{at}/terbuka/{handed.id}", typed)).status_code == 303
    assert "Kotak sudah dibuka" in (await client.get(at)).text
