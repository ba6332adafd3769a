"""Suara Anak from the children's list to the envelope: a box of its own, no number, no name, no mixed turnout."""

import json
from typing import Any

import pytest

from rembuk import clock
from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cycles import store as cycles
from rembuk.cycles.shares import Shares
from rembuk.cycles.store import Wanted
from rembuk.errors import Refused
from rembuk.people import store as people
from rembuk.people.rules import CHILDREN, NewEntry, Refusal
from rembuk.people.store import ChildPlace, NewCode
from rembuk.people.tables import Credential, Person, RollEntry
from rembuk.voting import rules, store
from rembuk.voting.tables import Envelope, RollMark
from tests.city import PIN, City, city
from tests.clients import Client

HOME, NEXT = "32.73.27", "32.73.02"
BOX = f"{HOME}.anak"
SHARES = Wanted(Shares(children=40, children_in=(HOME,)))


async def town(children: int = 3, voters: int = 4) -> City:
    """Two kecamatan with an open booth, one of them with Suara Anak."""
    return await city(2, 8, voters=voters, shares=SHARES, children=children, with_codes=1)


async def test_a_childs_ballot_lies_in_the_childrens_box(db: Any) -> None:
    """G7: mark, envelope and poll of a child carry the children's box; the ballot is over the kecamatan's projects."""
    made = await town()
    child, adult = made.rolls[BOX][0], made.rolls[HOME][0]
    poll = await store.poll_of(await store.voter_of(child))
    assert (poll.district, poll.name, poll.children, poll.ceiling) == (BOX, "Suara Anak Gedebage", True, 40_000_000)
    assert sorted(poll.costs) == sorted(made.projects[HOME])
    await made.cast(child, made.projects[HOME][:1])
    await made.cast(adult, made.projects[HOME][:1])
    rows = await Envelope.select(Envelope.roll, Envelope.district)
    assert {row["roll"]: row["district"] for row in rows} == {child: BOX, adult: HOME}
    assert await RollMark.count().where(RollMark.roll == child) == 1


async def test_children_see_no_other_districts_project(db: Any) -> None:
    """G2: a child cannot choose a project of another kecamatan."""
    made = await town(1)
    with pytest.raises(Refused) as no:
        await made.cast(made.rolls[BOX][0], made.projects[NEXT][:1])
    assert no.value.reason is rules.Refusal.OTHER_DISTRICT


async def test_the_list_holds_neither_number_nor_name(db: Any) -> None:
    """T9: RW and age band are all that is kept of a child; the database itself refuses a number."""
    made = await town(2)
    await people.add_children(made.cycle.id, ChildPlace(f"{HOME}.1001.002", "13-14"), 3, None)
    rows = await RollEntry.select().where(RollEntry.list == CHILDREN)
    assert {(row["rw"], row["age_band"]) for row in rows} >= {(f"{HOME}.1001.002", "13-14")}
    assert all(row["nik_mac"] is row["kk_mac"] is row["phone_mac"] is row["person"] is None for row in rows)
    numbered = NewEntry(rw=f"{HOME}.1001.001", nik="3273271505120001", list=CHILDREN, age_band="13-14")
    with pytest.raises(Exception, match="roll_entry_child_unnumbered"):
        await people.add_roll_entries(made.cycle.id, [numbered])


async def test_no_children_where_there_is_no_share(db: Any) -> None:
    """G7: without a declared share nobody comes on a children's list; an odd age band or number is refused."""
    made = await town(1)
    for rw, band, count, reason in (
        (f"{NEXT}.1001.001", "13-14", 1, Refusal.NO_CHILDREN),
        (f"{HOME}.1001.001", "17-18", 1, Refusal.BAD_CHILDREN),
        (f"{HOME}.1001.001", "13-14", 0, Refusal.BAD_CHILDREN),
    ):
        with pytest.raises(Refused) as no:
            await people.add_children(made.cycle.id, ChildPlace(rw, band), count, None)
        assert no.value.reason is reason


async def test_a_code_goes_to_any_line_that_has_none(db: Any) -> None:
    """I3: the desk hands an envelope to a child of an RW and band; nobody notes which; then the lines are used up."""
    made = await town(1)
    place = ChildPlace(f"{HOME}.1001.002", "15-16")
    await people.add_children(made.cycle.id, place, 2, None)
    batch = [NewCode(f"ANAK-{n}", f"{n:064x}") for n in range(1, 4)]
    await people.load_batch(made.cycle.id, "anak", batch)
    await people.hand_out_to_child(made.cycle.id, "ANAK-1", place, PIN, None)
    await people.hand_out_to_child(made.cycle.id, "ANAK-2", place, PIN, None)
    lines = await Credential.select(Credential.roll).where(Credential.batch == "anak", Credential.state == "issued")
    assert len({row["roll"] for row in lines}) == 2
    with pytest.raises(Refused) as no:
        await people.hand_out_to_child(made.cycle.id, "ANAK-3", place, PIN, None)
    assert no.value.reason is Refusal.NO_CHILD_LINE


async def test_the_roll_totals_tell_children_apart(db: Any) -> None:
    """I14: adults are posted by RW, children by kecamatan under the code of their box."""
    made = await town(3, voters=4)
    (leaf,) = [json.loads(each.body) for each in await board.leaves_of(Kind.ROLL_TOTALS)][-1:]
    totals = leaf["totals"]
    assert totals[BOX] == 3
    assert sum(count for place, count in totals.items() if not place.endswith(".anak")) == 8
    voters = await cycles.voters_by_box(made.cycle.id)
    assert {box: voters[box] for box in (HOME, NEXT, BOX)} == {HOME: 4, NEXT: 4, BOX: 3}


async def test_turnout_never_mixes_children_and_adults(db: Any) -> None:
    """L7, trust.md 4.7: adults' figures leave children out, and the children's own are hidden while they are few."""
    made = await town(12, voters=12)
    for child in made.rolls[BOX][:5]:
        await made.cast(child)
    await made.cast(made.rolls[HOME][0])
    await store.refresh_turnout(made.election)
    _, adults = await store.turnout(made.election, HOME)
    _, whole = await store.turnout(made.election)
    assert (adults.marks, adults.eligible) == (1, 12)
    assert (whole.marks, whole.eligible) == (1, 24)
    children = await store.children_turnout(made.election, HOME)
    assert children is not None
    assert (children.marks, children.eligible) == (5, 12)
    assert await store.children_turnout(made.election, NEXT) is None


async def test_few_children_have_no_figure(db: Any) -> None:
    """trust.md 4.7: fewer than ten children, or all of them, and no figure is shown."""
    made = await town(3)
    await made.cast(made.rolls[BOX][0])
    await store.refresh_turnout(made.election)
    assert await store.children_turnout(made.election, HOME) is None


async def test_a_child_comes_by_code_and_votes_in_simple_words(client: Client) -> None:
    """G1, I3: code and PIN open the booth of Suara Anak; ballot, review and receipt; nothing else is open."""
    made = await town(1)
    child = made.rolls[BOX][0]
    typed = {"kode": made.codes[child].printed, "kedua": PIN}
    came = await client.post("/kode", typed)
    assert came.headers["location"] == "/bilik"
    booth = await client.get("/bilik")
    assert '<h1 class="h2">Suara Anak Gedebage</h1>' in booth.text
    assert "Pilihanmu rahasia." in booth.text
    cheap = min(made.projects[HOME], key=int)
    seen = await client.post("/bilik/tinjau", {"choice": cheap})
    nonce = seen.text.split('name="nonce" value="')[1].split('"')[0]
    sent = await client.post("/suara", {"choice": cheap, "nonce": nonce})
    assert sent.headers["location"] == "/bukti"
    assert await Envelope.count().where(Envelope.district == BOX) == 1
    person = await Person.select(Person.kind, Person.name).where(Person.kind == "child")
    assert person == [{"kind": "child", "name": "Suara Anak"}]
    assert (await client.get("/usulan/baru")).status_code in (403, 404)
    renamed = await client.post("/akun/nama", {"nama": "Budi Kecil"})
    assert renamed.status_code < 500
    assert await Person.count().where(Person.name == "Budi Kecil") == 0


async def test_a_child_may_not_do_what_residents_do(db: Any) -> None:
    """J1: whoever came by a code of Suara Anak endorses nothing and proposes nothing."""
    made = await town(1)
    person = await people.person_for(made.rolls[BOX][0])
    with pytest.raises(Refused) as no:
        await people.refuse_non_voter(person, made.cycle.id, clock.now().date())
    assert no.value.reason is Refusal.CHILD


async def test_two_officials_name_the_children(client: Client) -> None:
    """T15, trust.md 7: one official names how many, another confirms; the first cannot confirm alone."""
    made = await town(1)
    await client.sign_in(made.first)
    typed = {"siklus": str(made.cycle.id), "rw": f"{HOME}.1001.002", "umur": "15-16", "jumlah": "25"}
    assert (await client.post("/meja/anak/tambah", typed)).status_code == 303
    (asked,) = await people.waiting_children(made.cycle.id)
    alone = await client.post("/meja/anak/setujui", {"act": str(asked.act)})
    assert alone.status_code == 303
    assert await RollEntry.count().where(RollEntry.age_band == "15-16") == 0
    await client.sign_in(made.second)
    assert "25 anak, 15-16 tahun" in (await client.get("/meja/anak")).text
    assert (await client.post("/meja/anak/setujui", {"act": str(asked.act)})).status_code == 303
    assert await RollEntry.count().where(RollEntry.age_band == "15-16", RollEntry.list == CHILDREN) == 25
    assert await people.waiting_children() == []


async def test_the_desk_hands_envelopes_to_children(client: Client) -> None:
    """I3: RW, band, serial and PIN; a fault stands beside its field and what was typed is kept, but the PIN."""
    made = await town(1)
    await people.add_children(made.cycle.id, ChildPlace(f"{HOME}.1001.002", "15-16"), 1, None)
    await people.load_batch(made.cycle.id, "anak", [NewCode("ANAK-1", "ab" * 32)])
    await client.sign_in(made.first)
    typed = {"siklus": str(made.cycle.id), "rw": "RW 02 Gedebage Kulon", "umur": "15-16", "seri": "ANAK-1", "pin": "12"}
    wrong = await client.post("/meja/anak/serahkan", typed)
    assert wrong.status_code == 422
    assert "RW 02 Gedebage Kulon" in wrong.text
    assert 'value="12"' not in wrong.text
    assert (await client.post("/meja/anak/serahkan", {**typed, "rw": "RW 99 Entah"})).status_code == 422
    assert (await client.post("/meja/anak/serahkan", {**typed, "pin": "1234"})).status_code == 303
    assert await Credential.count().where(Credential.serial == "ANAK-1", Credential.state == "issued") == 1
