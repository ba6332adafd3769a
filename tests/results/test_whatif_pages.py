"""The what-if desk: a draft's settings in one click, elections of elsewhere brought in, faults in words, a table."""

import csv
import io
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import CycleText
from rembuk.cycles.shares import Leftover, Part, SetAside, Shares
from rembuk.cycles.store import Wanted
from rembuk.people.rules import Kind
from rembuk.places import store as places
from rembuk.results import store
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.results.test_rounds import MILLION, counted_city
from tests.results.test_whatif import AT, archived, someone

UTARA, SELATAN = (
    f"""META
key;value
subunit;{name}
instance;2023
budget;{budget}
vote_type;approval
rule;greedy-threshold
min_project_score_threshold;2
currency;EUR
PROJECTS
project_id;cost;name;category;neighborhood
1;{cost};Taman kota;Hijau,Sosial;Barat
2;50;Jalan setapak;Jalan;Barat
3;30;Keran umum;Air;Timur
4;25;Pos ronda;Air;Timur
VOTES
voter_id;vote
1;1,2
2;1,2
3;1,2
4;1
5;3
6;3,4
7;4
"""
    for name, budget, cost in (("Utara", "100", "40"), ("Selatan", "90.55", "40.55"))
)


async def brought_in(client: Client, *texts: str, name: str = "Kota Lain") -> str:
    """Two files sent by the form of the desk; the address of the archive they became."""
    files = [("berkas", (f"wilayah-{nth}.pb", text.encode(), "text/plain")) for nth, text in enumerate(texts)]
    sent = await client.post(f"{AT}/berkas", {"nama": name}, files=files)
    assert sent.status_code == 303, sent.text[:3000]
    return sent.headers["location"].partition("siklus=")[2]


async def test_an_official_brings_an_election_in(client: Client, tmp_path: Path) -> None:
    """M1, L9: several files become one round of several districts, whatever part of the currency each is written in."""
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    assert "Bawa pemilihan dari kota lain" in (await client.get(AT)).text
    slug = await brought_in(client, UTARA, SELATAN)
    overview = (await client.get(f"/hasil?siklus={slug}")).text
    assert "Utara" in overview and "Selatan" in overview and "EUR\xa0" in overview
    cycle = await cycles.by_slug(slug)
    assert (cycle.kind, cycle.currency, cycle.budget) == ("archive", "EUR/100", 19_055)


async def test_only_the_city_brings_elections_in(client: Client, tmp_path: Path) -> None:
    """M1: another role has no such form; a broken file is told by name and line, nothing is kept."""
    await client.sign_in(await someone(Kind.RESIDENT), Role.RESIDENT)
    assert (await client.post(f"{AT}/berkas", {"nama": "Kota Lain"})).status_code in (403, 404)
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    await archived(tmp_path)
    bad = [("berkas", ("rusak.pb", UTARA.replace("budget;100", "budget;abc").encode(), "text/plain"))]
    told = await client.post(f"{AT}/berkas", {"nama": "Rusak"}, files=bad)
    assert told.status_code == 422 and "rusak.pb" in told.text
    other = [("berkas", (f"{nth}.pb", text.encode(), "text/plain")) for nth, text in enumerate((UTARA, SELATAN))]
    other[1] = ("berkas", ("1.pb", SELATAN.replace("EUR", "PLN").encode(), "text/plain"))
    told = await client.post(f"{AT}/berkas", {"nama": "Campur"}, files=other)
    assert told.status_code == 422 and "mata uang yang berbeda" in told.text
    empty = await client.post(f"{AT}/berkas", {"nama": "x"})
    assert empty.status_code == 422 and "berkas .pb" in empty.text
    assert len(await store.finished_cycles()) == 1


async def figures(client: Client, slug: str, **fields: str) -> list[list[str]]:
    """The downloaded comparison of the file's own rule with a setting, as rows."""
    asked = {"siklus": slug, "a_rule": "", "b_rule": "", "c_rule": "-", "unduh": "csv", **fields}
    answer = await client.get(f"{AT}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.text[:3000]
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def said(rows: list[list[str]], part: str, name: str, measure: str) -> list[str]:
    """One line of the comparison."""
    return next(row[3:] for row in rows if row[:3] == [part, name, measure])


async def test_everything_can_be_tried_on_an_imported_election(client: Client) -> None:
    """L9, by hand: 1 costs 40 or 40,55 (4 votes), 2 costs 50 (3), 3 costs 30 (2), 4 costs 25 (2); ties by id.

    Utara 100 and Selatan 90,55 buy 1 and 2. Half of each for water buys 3 first, then 1; 30 left in Utara buy 4.
    """
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    slug = await brought_in(client, UTARA, SELATAN)
    rows = await figures(client, slug, b_floor_k1="50%")
    assert said(rows, "semua", "", "terpakai") == ["18055", "16555"]
    assert said(rows, "isu", "Air", "terpakai") == ["0", "8500"]
    assert said(rows, "wilayah", "Utara", "pemilih lebih untung") == ["0", "3"]
    assert said(rows, "wilayah", "Utara", "pemilih lebih rugi") == ["0", "3"]
    assert ["masuk", "Keran umum", "Selatan", "", "3000"] in rows
    assert ["keluar", "Jalan setapak", "Selatan", "", "5000"] in rows
    # ids 1 to 4 stand in both files: a city round over both needs them told apart
    rows = await figures(client, slug, b_leftover="share", b_pot="50", b_city_number="1")
    assert said(rows, "semua", "", "pagu") == ["19055", "24055"]
    assert said(rows, "semua", "", "usulan didanai") == ["4", "6"]
    rows = await figures(client, slug, b_rw_number="1")
    assert said(rows, "isu", "Air", "terpakai") == ["0", "6000"], "one in Barat, one in Timur"
    rows = await figures(client, slug, b_rule="official", c_rule="greedy", c_threshold="4")
    assert said(rows, "semua", "", "usulan didanai") == ["4", "4", "2"]
    lines = "Utara: 3.000; 1\nSelatan: 1.000; 3"
    rows = await figures(client, slug, angka=lines, b_quota="per_capita", b_total="100", b_unit="1")
    assert said(rows, "wilayah", "Utara", "pagu") == ["10000", "7500"]
    rows = await figures(client, slug, angka=lines, b_quota="need_weighted", b_poor="1", b_total="100")
    assert said(rows, "wilayah", "Utara", "pagu") == ["10000", "2500"]
    rows = await figures(client, slug, b_quota="fixed", b_ceilings="Selatan: 45")
    assert said(rows, "wilayah", "Selatan", "pagu") == ["9055", "4500"]
    rows = await figures(client, slug, b_floor_k2="50%", b_hard_k2="hard")
    assert said(rows, "isu", "Hijau,Sosial", "terpakai") == ["8055", "8055"], "a category among several"


CANNOT_BE = [
    ({"b_quota": "per_capita"}, "Data jumlah penduduk belum ada"),
    ({"b_floor_k1": "60%", "b_floor_k2": "60%"}, "paling banyak 100%"),
    ({"b_floor_k1": "95"}, "melebihi pagunya EUR\xa090,55"),
    ({"b_quota": "fixed", "b_ceilings": "Barat: 45"}, "Wilayah &#34;Barat&#34; tidak ada"),
    ({"b_quota": "fixed", "b_ceilings": "Utara 45"}, "satu wilayah per baris"),
    ({"angka": "Utara: banyak"}, "penduduk, lalu keluarga miskin"),
]


async def test_what_cannot_be_is_told_in_the_files_currency(client: Client) -> None:
    """Q4: over an imported election too, the bound that fails is named, in its own money."""
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    slug = await brought_in(client, UTARA, SELATAN)
    for fields, words in CANNOT_BE:
        asked = {"siklus": slug, "a_rule": "", "b_rule": "", "c_rule": "-", **fields}
        page = await client.get(f"{AT}?{urlencode(asked)}")
        assert page.status_code == 422 and words in page.text, fields


async def test_the_settings_of_a_draft_in_one_click(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """L9: before a round opens, its formula, shares and rule stand as B beside what the last round really did."""
    made = await counted_city()
    await made.finish()
    monkeypatch.setattr("rembuk.results.store.reading.SMALLEST_FULL", 1)
    options = {"equal": 1, "unit": MILLION}
    text = CycleText("Siklus depan", 2031, 300 * MILLION, "equal", options, "equal_shares", {}, "approval", 3)
    draft = await cycles.create(text, "32.73", made.first)
    kelurahan = (await places.children(made.districts[0]))[0]
    shares = Shares(
        fences=(
            SetAside("Air bersih", Part(percent=20), "clean_water", hard=True),
            SetAside("RW rawan air", Part(percent=10), areas=(kelurahan.code,)),
        ),
        leftover=Leftover.SHARE,
    )
    await cycles.set_shares(draft.id, Wanted(shares, 100 * MILLION), [], made.first)
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    offered = (await client.get(AT)).text
    assert "Coba pengaturan Siklus depan" in offered
    there = await client.get(f"/petugas/siklus/{draft.slug}")
    assert f"{AT}?konsep={draft.slug}" in there.text
    page = (await client.get(f"{AT}?konsep={draft.slug}")).text
    result = page.split("Perbandingan</h2>")[1]
    assert "Bagian Setara" in result and "jatah Air bersih 20%" in result and "Suara Anak" in result
    assert "simpanan kota Rp\xa0100.000.000" in result and "Rp\xa0300.000.000" in result
    for typed in ('value="20%"', 'name="b_pot" type="text" value="100.000.000"', kelurahan.name, "RW rawan air"):
        assert typed in page
    assert (await client.get(f"{AT}?konsep=tidak-ada")).status_code == 404
    slug = await brought_in(client, UTARA, SELATAN)
    other = (await client.get(f"{AT}?siklus={slug}&konsep={draft.slug}")).text
    assert "karena arsip ini memakai uang dan wilayah lain" in other
    result = other.split("Perbandingan</h2>")[1]
    assert "Bagian Setara" in result and "Putaran kota" in result and "300.000.000" not in result
