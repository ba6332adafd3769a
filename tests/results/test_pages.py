"""Result pages and files: nothing before publication, everything afterwards, the same for people and programs."""

import csv
import io
import json
import re
from typing import Any

import pytest

from rembuk.clock import now
from rembuk.people import store as people
from rembuk.people.tables import Person
from rembuk.results import store
from rembuk.results.routes.asked import plain
from rembuk.results.tables import DistrictProject
from rembuk.web.viewer import Role
from tests.city import CODES, DICE, City, city
from tests.clients import Client

HERE = "coblong"
PLACES = (
    f"/hasil/{HERE}",
    f"/hasil/{HERE}/hasil.csv",
    f"/hasil/{HERE}/langkah.json",
    f"/hasil/{HERE}/suara.pb",
    "/hasil/kota",
    "/hasil/kota/langkah.json",
    "/hasil/kota/urutan.csv",
    "/api/v1/results/siklus-kecil-{year}/kota",
    "/hasil?siklus=siklus-kecil-{year}",
    "/api/v1/results/siklus-kecil-{year}",
    "/api/v1/results/siklus-kecil-{year}/" + HERE,
)
"""Everything that tells a result."""


async def voted(made: City) -> City:
    """Votes in the first two districts: the first project has most."""
    for district in made.districts[:2]:
        projects = made.projects[district]
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, projects[: 1 + nth % len(projects)][:3])
    return made


async def staff(role: str) -> Any:
    """An account with a role for the whole city."""
    row = Person(name=role, kind="staff", created_at=now())
    await Person.insert(row)
    await people.grant(row.id, role, "32.73", by=None)
    return row.id


async def test_no_result_before_its_publication(client: Client) -> None:
    """M2, A7, L6: opened and counted, but not published: 404 for everybody, on every address, for programs too."""
    made = await voted(await city())
    await made.close()
    await made.open_box()
    await made.count()
    visitors = [None, made.first, *[await staff(role) for role in ("auditor", "admin", "official")]]
    for person in visitors:
        if person is not None:
            await client.sign_in(person, Role.CITY_OFFICIAL)
        for place in PLACES:
            assert (await client.get(place.format(year=made.cycle.year))).status_code == 404, place
    assert (await client.get("/api/v1/results")).json() == []
    assert "Hasil" in (await client.get("/hasil")).text
    proposal = await client.get(f"/usulan/{made.projects[made.districts[0]][0]}", follow_redirects=True)
    assert "Didanai" not in proposal.text.split("<main")[1].split("</main")[0]
    await made.publish()
    for place in PLACES:
        wanted = 404 if place.endswith(".pb") else 200
        assert (await client.get(place.format(year=made.cycle.year))).status_code == wanted, place


async def test_the_page_of_a_district(client: Client) -> None:
    """M1, M3, L7: winners in order with votes and price, what lost and why, money left, every rule compared."""
    made = await voted(await city(proposals=18))
    await made.finish()
    page = (await client.get(f"/hasil/{HERE}")).text
    titles = [f"Saluran nomor {number} di gang" for number in map(int, made.projects[made.districts[0]])]
    main = page.split("<main")[1]
    assert "3 usulan didanai di Kecamatan Coblong" in main
    won, lost = main.partition("Belum terpilih</h2>")[::2]
    positions = [won.index(title) for title in titles[:3]]
    assert positions == sorted(positions)
    assert [title for title in titles[3:] if f">{title}</a></h3>" not in lost] == []
    assert not any(f">{title}</a></h3>" in lost for title in titles[:3])
    assert "Sisa" in main and "Rp" in main
    for name in ("Suara terbanyak", "Bagian Setara", "Phragmén"):
        assert name in main
    assert main.count('class="dipakai"') == 1
    assert "kurang dari 200" in main and "suara.pb" not in main
    empty = (await client.get("/hasil/gedebage")).text
    assert "Tidak ada usulan yang didanai" in empty


async def test_a_proposal_says_why_in_the_readers_language(client: Client) -> None:
    """M3: the outcome's sentence on the page of the proposal, in Indonesian, Sundanese and English."""
    made = await voted(await city(proposals=3))
    await made.finish()
    number = made.projects[made.districts[0]][0]
    for lang, word in (("id", "Didanai"), ("su", "Dibiayaan"), ("en", "Funded")):
        await client.get(f"/bahasa/{lang}")
        page = (await client.get(f"/usulan/{number}", follow_redirects=True)).text.split("<main")[1]
        assert f"{word}:" in page, lang


async def test_replay_goes_step_by_step_by_links(client: Client) -> None:
    """pages 5.6: it starts at step 1 and every next link leads on to the last; a step that is not there is 404."""
    made = await voted(await city(proposals=18))
    await made.finish()
    address, seen = f"/hasil/{HERE}", []
    while address:
        page = (await client.get(address)).text
        part = page.split('id="putar-ulang"')[1].split("</section>")[0]
        seen.append(re.sub(r"<[^>]+>", " ", part))
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*langkah=\d+[^"]*)"', part)]
        onwards = [link for link in links if int(re.findall(r"langkah=(\d+)", link)[0]) > len(seen)]
        address = onwards[0].split("#")[0] if onwards else ""
    assert len(seen) == len(set(seen)) == 6
    assert (await client.get(f"/hasil/{HERE}?langkah=7")).status_code == 404
    assert (await client.get(f"/hasil/{HERE}?langkah=0")).status_code in (400, 404, 422)
    assert (await client.get("/hasil/tidak-ada")).status_code == 404
    assert (await client.get("/hasil?siklus=tidak-ada")).status_code == 404


async def test_tables_neutralise_formulas(client: Client) -> None:
    """P2: a title that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    made = await voted(await city())
    await made.finish()
    first = made.projects[made.districts[0]][0]
    await DistrictProject.update({DistrictProject.title: "=HYPERLINK(1)"}).where(DistrictProject.project == first)
    answer = await client.get(f"/hasil/{HERE}/hasil.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["judul"] == "'=HYPERLINK(1)"
    assert (rows[0]["biaya"], rows[0]["suara"], rows[0]["didanai"]) == ("40000000", "8", "ya")
    assert [plain(cell) for cell in ("+1", "-1", "@x", "\tx", "＝x", "a=b", 5)] == [
        *("'+1", "'-1", "'@x", "'\tx", "'＝x", "a=b", 5)
    ]


async def test_programs_read_the_same(client: Client) -> None:
    """M1: the API tells the published districts and the canonical count, whose digest is the page's."""
    made = await voted(await city())
    await made.finish()
    listed = (await client.get("/api/v1/results")).json()
    assert [line["cycle"] for line in listed] == [made.cycle.slug]
    result = (await client.get(f"/api/v1/results/{made.cycle.slug}")).json()
    assert [line["name"] for line in result["districts"]] == ["Coblong", "Gedebage", "Ujungberung"]
    assert result["districts"][0]["ballots"] == 8
    count = (await client.get(f"/api/v1/results/{made.cycle.slug}/{HERE}")).json()
    steps = json.loads((await client.get(f"/hasil/{HERE}/langkah.json")).content)
    assert count == steps
    assert count["digest"] in (await client.get(f"/hasil/{HERE}")).text
    assert count["steps"][0]["number"] == 1


async def test_pages_of_a_big_district_give_every_ballot(client: Client, tmp_path: Any) -> None:
    """P1: from 200 ballots on the .pb is there, opens in pabutools and gives the official winners again."""
    pytest.importorskip("pabutools")
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import greedy_utilitarian_welfare

    made = await city(districts=2, voters=210, proposals=10)
    here, there = made.districts
    projects = made.projects[here]
    for nth, roll in enumerate(made.rolls[here]):
        await made.cast(roll, [each for at, each in enumerate(projects) if nth % (at + 2) == 0][:3])
    for roll in made.rolls[there][:199]:
        await made.cast(roll, made.projects[there][:1])
    await made.finish()
    answer = await client.get(f"/hasil/{HERE}/suara.pb")
    assert answer.status_code == 200
    assert (await client.get("/hasil/gedebage/suara.pb")).status_code == 404
    assert f"/hasil/{HERE}/suara.pb" in (await client.get(f"/hasil/{HERE}")).text
    file = tmp_path / "suara.pb"
    file.write_bytes(answer.content)
    instance, profile = parse_pabulib(str(file))
    assert len(profile) == 210
    theirs = greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat)
    result = await store.district_result(made.cycle.id, here, "", "")
    assert sorted(project.name for project in theirs) == sorted(each.id for each in result.winners)
    assert "voter_id;vote" in answer.text


async def test_the_desk_leads_two_officials_to_the_result(client: Client) -> None:
    """L6, trust 7: each step by its page; the first person may not be the second; a resident finds no desk."""
    made = await voted(await city())
    await made.close()
    at = f"/petugas/siklus/{made.cycle.slug}/hitung"
    await client.sign_in(await people.person_for(made.rolls[CODES[0]][0]))
    assert (await client.get(at)).status_code in (403, 404)
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert (await client.post(f"{at}/kotak")).headers["location"] == at
    act = (await store.waiting_opening(made.cycle.id)) or pytest.fail("no request waits")
    assert "Menunggu orang kedua" in (await client.get(at)).text
    assert (await client.post(f"{at}/kotak/{act.id}", {"shares": "\n".join(made.shares)})).status_code == 409
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    wrong = await client.post(f"{at}/kotak/{act.id}", {"shares": "kata yang salah"})
    assert wrong.status_code == 422 and "salah atau kurang" in wrong.text
    assert (await client.post(f"{at}/kotak/{act.id}", {"shares": "\n".join(made.shares)})).status_code == 303
    few = await client.post(f"{at}/dadu", {"dice": "123"})
    assert few.status_code == 422 and 'value="123"' in few.text
    assert (await client.post(f"{at}/dadu", {"dice": DICE})).status_code == 303
    assert (await client.post(f"{at}/hitung")).status_code == 303
    assert "Coblong" in (await client.get(at)).text
    assert (await client.post(f"{at}/umumkan")).status_code == 303
    publication = (await store.waiting_publication(made.cycle.id)) or pytest.fail("no publication waits")
    assert (await client.post(f"{at}/umumkan/{publication.id}")).status_code == 409
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    done = await client.post(f"{at}/umumkan/{publication.id}")
    assert done.headers["location"] == f"/hasil?siklus={made.cycle.slug}"
    overview = await client.get(done.headers["location"])
    assert all(name in overview.text for name in ("Coblong", "Gedebage", "Ujungberung"))
