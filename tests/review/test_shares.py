"""The official's form of shares and caps: kept, previewed, refused in words, locked once frozen."""

from typing import Any

import pytest

from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.rules import Refusal
from rembuk.cycles.shares import Cap, IssueCap, Leftover, Part, Shares
from rembuk.cycles.store import Deed, Wanted
from rembuk.errors import Refused
from rembuk.people import store as people
from rembuk.people.rules import NewEntry
from rembuk.places import store as places
from rembuk.review import store
from tests.city import city
from tests.clients import Client
from tests.review.scene import open_cycle, staff

RW5 = "32.73.27.1003.005"
TYPED = {
    "floor_clean_water": "25%",
    "hard_clean_water": "1",
    "children": "5",
    "children_in": "32.73.27",
    "rw_number": "1",
    "rw_money": "400.000.000",
    "most_flood": "900.000.000",
    "area_name": "RW rawan air",
    "floor_area": "100.000.000",
    "area_list": "RW 05 Rancabolang\n32.73.02.1006",
    "leftover": "share",
    "pot": "1.000.000.000",
    "city_number": "2",
}


@pytest.fixture
async def at(client: Client) -> str:
    """The set-up page of a draft's shares, seen by a city official."""
    await places.load_pack("32.73")
    cycle = await open_cycle()
    await client.sign_in(await staff("Petugas Kota", "city_official", "32.73"))
    return f"/petugas/siklus/{cycle.slug}/jatah"


async def test_everything_typed_is_kept_and_shown_again(client: Client, at: str) -> None:
    """Q1: without JavaScript, every setting comes back as typed; the pot computes the ceilings anew."""
    saved = await client.post(at, TYPED)
    assert saved.status_code == 303, saved.text[:2000]
    assert saved.headers["location"] == f"{at}/contoh"
    cycle = (await cycles.cycles())[0]
    shares = cycle.shares
    assert [(each.name, each.floor, each.hard) for each in shares.fences] == [
        ("Air bersih", Part(percent=25), True),
        ("RW rawan air", Part(100_000_000), False),
    ]
    assert shares.fences[1].areas == ("32.73.02.1006", RW5)
    assert (shares.children, shares.children_in, shares.rw) == (5, ("32.73.27",), Cap(1, 400_000_000))
    assert shares.issues == (IssueCap("flood", Part(900_000_000)),)
    assert (shares.leftover, shares.city, cycle.pot) == (Leftover.SHARE, Cap(2), 1_000_000_000)
    assert sum((await cycles.ceilings(cycle.id)).values()) == cycle.budget - cycle.pot
    shown = (await client.get(at)).text
    for text in ('value="25%"', 'value="RW rawan air"', "RW 05 Rancabolang", 'value="1.000.000.000"'):
        assert text in shown
    again = await client.post(at, {**TYPED, "pot": ""})
    assert again.status_code == 303
    assert (await cycles.cycles())[0].pot == 0


async def test_the_preview_is_in_rupiah(client: Client, at: str) -> None:
    """Q3: after saving, one kecamatan with its amounts in rupiah; another one when asked."""
    await client.post(at, TYPED)
    cycle = (await cycles.cycles())[0]
    ceiling = (await cycles.ceilings(cycle.id))["32.73.27"]
    page = (await client.get(f"{at}/contoh?kecamatan=32.73.27")).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Artinya di Kecamatan Gedebage" in page
    assert f"Rp {Part(percent=25).of(ceiling):,}".replace(",", ".") in page
    assert "RW rawan air" in page
    elsewhere = (await client.get(f"{at}/contoh?kecamatan=32.73.01")).text
    assert "RW rawan air" not in elsewhere
    assert (await client.get(f"{at}/contoh?kecamatan=aneh")).status_code == 200


IMPOSSIBLE = [
    ({"floor_waste": "60%", "floor_flood": "50%"}, "berjumlah 110% dari pagu"),
    ({"floor_waste": "9.000.000.000"}, "melebihi pagunya"),
    ({"floor_waste": "banyak"}, "Tulis persen dari pagu, misalnya 20%"),
    ({"floor_waste": "120%"}, "Paling banyak 100%."),
    ({"children": "101"}, "Paling banyak 100."),
    ({"pot": "1.000.000.000"}, "belum punya putaran kota"),
    ({"pot": "90.000.000.000", "leftover": "share"}, "melebihi pagu kota"),
    ({"city_number": "2"}, "hanya berlaku dalam putaran kota"),
    ({"floor_area": "10%"}, "Tulis paling sedikit satu wilayah"),
    ({"floor_area": "10%", "area_list": "RW 99 Antah"}, "RW 99 Antah"),
    ({"area_list": "RW 05 Rancabolang"}, "Tulis persen dari pagu"),
    ({"rw_number": "0"}, "Paling sedikit 1."),
    ({"leftover": "aneh"}, "Pilih salah satu dari daftar."),
]
"""What is typed, and what is said of it."""


async def test_what_cannot_be_is_said_and_what_was_typed_stays(client: Client, at: str) -> None:
    """Q3: infeasible settings come back with 422, the bound in words, everything typed kept; nothing is saved."""
    for typed, said in IMPOSSIBLE:
        answer = await client.post(at, {"leftover": "none", "area_name": "Nama saya", **typed})
        assert answer.status_code == 422, typed
        assert said in answer.text, typed
        assert "Nama saya" in answer.text
    assert (await cycles.cycles())[0].shares == Shares()


async def test_only_the_city_official_sets_them(client: Client, at: str) -> None:
    """A1: an official of a kelurahan reads the page and has no button; others do not get in."""
    await client.sign_in(await staff("Lurah", "official", "32.73.27.1003"))
    assert "Simpan dan lihat artinya" not in (await client.get(at)).text
    assert (await client.post(at, TYPED)).status_code == 403
    await client.sign_out()
    assert (await client.get(at)).status_code in (303, 401)


async def test_a_formula_that_breaks_the_shares_is_refused(client: Client, at: str) -> None:
    """Q3: lower ceilings under a floor in rupiah, crossed bounds, a pot without a round: all on the ceilings' page."""
    await client.post(at, {"floor_waste": "500.000.000", "leftover": "none"})
    pagu = at.removesuffix("/jatah") + "/pagu"
    formula = {"rule": "equal", "budget": "6.000.000.000", "equal": "1", "population": "0", "poor": "0"}
    low = await client.post(pagu, formula)
    assert low.status_code == 422
    assert "jatah khusus berjumlah" in low.text
    potted = await client.post(pagu, {**formula, "budget": "60.000.000.000", "pot": "1.000.000.000"})
    assert "belum punya putaran kota" in potted.text
    crossed = {**formula, "budget": "60.000.000.000", "lowest": "3.000.000.000", "highest": "1.000.000.000"}
    said = (await client.post(pagu, crossed)).text
    assert "batas bawah Rp 3.000.000.000 melebihi batas atas Rp 1.000.000.000" in said
    over = {**formula, "budget": "60.000.000.000", "lowest": "3.000.000.000"}
    assert "Turunkan sebesar Rp 30.000.000.000." in (await client.post(pagu, over)).text
    under = {**formula, "budget": "60.000.000.000", "highest": "1.000.000.000"}
    assert "Naikkan sebesar Rp 30.000.000.000." in (await client.post(pagu, under)).text


async def test_the_threshold_is_held_against_the_roll(client: Client, at: str) -> None:
    """Q3: a threshold and the other options of the count are kept from the form behind the fold."""
    edit = at.removesuffix("/jatah") + "/ubah"
    cycle = (await cycles.cycles())[0]
    form = {
        "name": cycle.name,
        "year": "2026",
        "budget": str(cycle.budget),
        "ballot_type": "approval",
        "max_choices": "5",
        "tally_rule": "equal_shares",
        "completion": "add1u",
        "threshold": "25",
        "utility": "count",
        "step": "1.000",
        "order": "votes_per_cost",
    }
    assert (await client.post(edit, form)).status_code == 303
    kept = (await cycles.cycles())[0].tally_options
    assert dict(kept) == {"completion": "add1u", "threshold": "25", "utility": "count", "step": "1000"}
    greedy = {**form, "tally_rule": "greedy", "skip": "no", "threshold": "1"}
    assert (await client.post(edit, greedy)).status_code == 303
    assert dict((await cycles.cycles())[0].tally_options) == {"order": "votes_per_cost", "skip": "no"}
    await people.add_roll_entries(cycle.id, [NewEntry(rw=RW5)] * 3)
    high = await client.post(edit, {**greedy, "threshold": "4"})
    assert high.status_code == 422
    assert "Ambang 4 suara melebihi 3 pemilih di Gedebage." in high.text


async def test_shares_are_locked_and_checked_when_frozen(db: Any) -> None:
    """Q3, T6: after freezing nothing moves; what became infeasible since is refused before anything is frozen."""
    made = await city(2, 6)
    slip = await store.frozen_projects(made.cycle.id)
    with pytest.raises(Refused) as no:
        await cycles.set_shares(made.cycle.id, Wanted(Shares(children=50)), slip, made.first)
    assert no.value.reason is Refusal.FROZEN


async def test_freezing_checks_once_more(db: Any) -> None:
    """Q3: shares set before the projects were known are held against them when two persons freeze."""
    await places.load_pack("32.73")
    cycle = await open_cycle()
    await cycles.set_ceilings(cycle.id, None)
    await cycles.set_shares(cycle.id, Wanted(Shares(rw=Cap(money=1_000_000))), (), None)
    await cycles.name_trustees(cycle.id, "ab" * 32)
    dear = [FrozenProject("1", "Sumur", "flood", RW5, "RW 05", 40_000_000, "32.73.27")]
    with pytest.raises(Refused) as no:
        await cycles.propose(Deed.FREEZE, cycle.id, (await staff("Satu", "city_official", "32.73")), dear)
    assert no.value.reason is Refusal.INFEASIBLE
    assert "lebih kecil daripada usulan termurah" in no.value.sentence()


async def test_everybody_reads_the_shares_before_the_vote(client: Client, at: str) -> None:
    """G7, tally.md 2: what is set aside is declared to everybody, in rupiah, without a way to change it."""
    await client.post(at, TYPED)
    await client.sign_out()
    page = (await client.get("/jatah?kecamatan=32.73.27")).text
    assert "Pembagian pagu Kecamatan Gedebage" in page
    assert "RW rawan air" in page
    assert "/petugas/" not in page.split("<main")[1]
