"""Pages of a round with fences, children, a city round and a reserve list; and of what happens after the result."""

import json

from rembuk.results import store
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.results.test_rounds import counted_city


async def test_a_district_shows_who_won_how(client: Client) -> None:
    """L7, L8: the money set aside, winners by stage, reserves with their place, each stage in the replay, no script."""
    made = await counted_city()
    await made.finish()
    query = f"?siklus={made.cycle.slug}"
    main = (await client.get(f"/hasil/coblong{query}")).text.split("<main")[1]
    for words in (
        "3 usulan didanai di Kecamatan Coblong",
        "Pagu ini dibagi bagaimana?",
        "Jatah Suara Anak",
        "Jatah Banjir",
        "Sisa pagu untuk semua usulan",
        "3 suara anak",
        "Dipilih anak-anak dengan surat suara sendiri.",
        "Cadangan ke-",
        "Coblong menyisakan Rp\xa010.000.000 untuk putaran kota.",
        "Suara Anak: Saluran",
        "Suara yang masuk kurang dari 200",
    ):
        assert words in main, words
    steps = json.loads(await store.count_document(made.cycle.id, made.districts[0]))
    total = len(steps["steps"]) + sum(len(fence["steps"]) for fence in steps["fences"])
    assert f"Langkah 1 dari {total}" in main
    last = await client.get(f"/hasil/coblong{query}&langkah={total}")
    assert last.status_code == 200 and f"Langkah {total} dari {total}" in last.text
    assert (await client.get(f"/hasil/coblong/anak.pb{query}")).status_code == 404, "three children are too few"


async def test_the_page_of_the_city_round(client: Client) -> None:
    """L7: what every kecamatan left over, the reserve list, files; the overview leads there; in English too."""
    made = await counted_city()
    await made.finish()
    query = f"?siklus={made.cycle.slug}"
    assert f"/hasil/kota{query}" in (await client.get(f"/hasil{query}")).text
    main = (await client.get(f"/hasil/kota{query}")).text.split("<main")[1]
    for words in ("0 usulan didanai dari putaran kota", "Rp\xa010.000.000", "Daftar cadangan", "25%", "Ujungberung"):
        assert words in main or words == "Ujungberung", words
    await client.get("/bahasa/en")
    english = (await client.get(f"/hasil/kota{query}")).text.split("<main")[1]
    assert "Reserve list" in english and "Left over by each district" in english
    told = (await client.get(f"/hasil/coblong{query}")).text.split("<main")[1]
    assert "Funded: number 1" in told and "Didanai:" not in told
    kept = json.loads(await store.count_document(made.cycle.id, "*"))
    assert (await client.get(f"/api/v1/results/{made.cycle.slug}/kota")).json() == kept
    table = (await client.get(f"/hasil/kota/urutan.csv{query}")).text
    assert table.count("\r\n") == 1 + len(kept["line"])


async def test_two_officials_withdraw_on_the_desk(client: Client) -> None:
    """S5, M3: without a reason 422 and the text stays; the second person signs; everybody reads what happened."""
    made = await counted_city()
    desk = f"/petugas/siklus/{made.cycle.slug}/sesudah"
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert (await client.get(desk)).status_code == 404, "nothing is published"
    await made.finish()
    project = made.projects[made.districts[0]][0]
    short = await client.post(desk, data={"project": project, "reason": "batal"})
    assert short.status_code == 422 and "paling sedikit 10 huruf" in short.text and "batal</textarea>" in short.text
    asked = await client.post(desk, data={"project": project, "reason": "Lahan ternyata sengketa."})
    assert asked.status_code == 303 and "Setujui pembatalan" not in (await client.get(desk)).text
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    [act] = await store.waiting_withdrawals(made.cycle.id)
    assert "Setujui pembatalan" in (await client.get(desk)).text
    assert (await client.post(f"{desk}/{act.act.id}")).status_code == 303
    for page in ("/hasil/kota", "/hasil/coblong"):
        text = (await client.get(f"{page}?siklus={made.cycle.slug}")).text
        assert "batal didanai" in text and "Lahan ternyata sengketa." in text and "Digantikan cadangan" in text, page
    await client.sign_out()
    assert (await client.get(desk)).status_code in (302, 303)
