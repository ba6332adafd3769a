"""The desk for voter codes: handed out by NIK, replaced, voided; only in the officer's area, twenty a day."""

from rembuk.people import codes, store
from rembuk.people.store import NewCode, batches
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import NIK, RW, make_code, make_cycle, make_entry


async def officer(client: Client, area: str = "32.73.27") -> None:
    """Sign in as a facilitator of an area."""
    person = await store.add_resident("Euis", "32.73.27.1003.006")
    await store.grant(person, "facilitator", area)
    await client.sign_in(person, Role.FACILITATOR)


async def test_hand_out_by_nik(client: Client) -> None:
    """I5, T-ROLL: the NIK finds the line and is not shown again; the envelope then opens for its holder."""
    cycle, code = await make_cycle(), codes.make_code()
    roll = await make_entry(cycle, nik=NIK)
    key = codes.public_key(codes.key_seed(code, cycle)).hex()
    await store.load_batch(cycle, "paket 1", [NewCode("A-1", key)])
    await officer(client)
    form = {"siklus": str(cycle), "nik": NIK, "seri": "A-1", "kedua": "08 1985"}
    assert "Serahkan amplop" in (await client.get("/meja/kode")).text
    wrong = await client.post("/meja/kode/serahkan", {**form, "nik": "3273270508850002"})
    assert wrong.status_code == 404
    assert "tidak ada di daftar pemilih" in wrong.text and "3273270508850002" not in wrong.text
    assert (await client.post("/meja/kode/serahkan", {**form, "kedua": "x"})).status_code == 422
    assert (await client.post("/meja/kode/serahkan", form)).status_code == 303
    assert (await store.sign_in_with_code(code.text, "081985")).roll == roll
    again = await client.post("/meja/kode/serahkan", form)
    assert again.status_code == 409
    assert "sudah memegang kode" in again.text


async def test_replace_and_void(client: Client) -> None:
    """T15: a lost code is replaced or voided with a reason; another area's code is not found."""
    cycle, fresh = await make_cycle(), codes.make_code()
    roll = await make_entry(cycle)
    await make_code(cycle, roll, "1234", "A-1")
    key = codes.public_key(codes.key_seed(fresh, cycle)).hex()
    await store.load_batch(cycle, "paket 2", [NewCode("B-1", key)])
    form = {"siklus": str(cycle), "seri": "A-1", "baru": "B-1", "kedua": "4321", "alasan": "hilang"}
    await officer(client, "32.73.26")
    assert (await client.post("/meja/kode/ganti", form)).status_code == 404
    await officer(client)
    assert (await client.post("/meja/kode/ganti", {**form, "alasan": ""})).status_code == 422
    assert (await client.post("/meja/kode/ganti", form)).status_code == 303
    assert (await store.sign_in_with_code(fresh.text, "4321")).roll == roll
    gone = {"siklus": str(cycle), "seri": "B-1", "alasan": "rusak"}
    assert (await client.post("/meja/kode/batalkan", gone)).status_code == 303
    assert await store.code_keys(roll) == frozenset()
    assert (await client.post("/meja/kode/hapus", gone)).status_code == 404


async def test_residents_stay_out(client: Client) -> None:
    """N3: a resident opens no desk."""
    await client.sign_in(await store.add_resident("Warga RW 05", RW))
    assert (await client.get("/meja/kode")).status_code == 403
    assert (await client.post("/meja/kode/batalkan", {"seri": "A-1"})).status_code == 403


async def test_twenty_a_day(client: Client) -> None:
    """trust 7, T1: the 21st code voided or replaced in a day waits for a second officer, who is not the first."""
    cycle = await make_cycle()
    fresh = [(f"V-{n}", codes.make_code()) for n in range(1, 23)]
    keys = [NewCode(serial, codes.public_key(codes.key_seed(code, cycle)).hex()) for serial, code in fresh]
    await store.load_batch(cycle, "paket", keys)
    for serial, _ in fresh[:21]:
        await store.hand_out(cycle, serial, await make_entry(cycle), "1234", None)
    await officer(client)
    form = {"siklus": str(cycle), "alasan": "hilang", "baru": "V-22", "kedua": "4321"}
    for n in range(1, 21):
        assert (await client.post("/meja/kode/batalkan", {**form, "seri": f"v-{n}"})).status_code == 303
    assert (await client.post("/meja/kode/ganti", {**form, "seri": "V-21"})).status_code == 303
    ((act, said),) = await batches.waiting_changes(("32.73.27",))
    assert (said["lost"], said["new"]) == ("V-21", "V-22") and "4321" not in act.payload
    assert (await client.post(f"/meja/kode/setujui/{act.id}")).status_code == 409
    assert (await store.sign_in_with_code(fresh[20][1].text, "1234")).roll
    await officer(client, "32.73.26")
    assert (await client.post(f"/meja/kode/setujui/{act.id}")).status_code == 404
    await officer(client)
    assert "V-22" in (await client.get("/meja/kode")).text
    assert (await client.post(f"/meja/kode/setujui/{act.id}")).status_code == 303
    assert (await store.sign_in_with_code(fresh[21][1].text, "4321")).roll


async def test_the_desk_is_no_oracle(client: Client) -> None:
    """T-LIMIT: after five numbers that are not on the roll the desk of this officer waits."""
    cycle = await make_cycle()
    await officer(client)
    form = {"siklus": str(cycle), "seri": "X", "kedua": "1234"}
    answers = [
        (await client.post("/meja/kode/serahkan", {**form, "nik": f"32732705088500{n:02d}"})).status_code
        for n in range(1, 7)
    ]
    assert answers == [404] * 5 + [429]


async def test_an_envelope_stays_in_its_kelurahan(client: Client) -> None:
    """trust 3, T1: a package belongs to a kelurahan; its envelopes are not handed out elsewhere."""
    cycle, code = await make_cycle(), codes.make_code()
    await make_entry(cycle, nik=NIK)
    key = codes.public_key(codes.key_seed(code, cycle)).hex()
    await store.load_batch(cycle, "paket 1", [NewCode("A-1", key)], area="32.73.27.1001")
    await officer(client)
    answer = await client.post(
        "/meja/kode/serahkan", {"siklus": str(cycle), "nik": NIK, "seri": "A-1", "kedua": "08 1985"}
    )
    assert answer.status_code == 409
    assert "milik kelurahan lain" in answer.text
