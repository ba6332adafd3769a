"""Signing in through the pages: by phone, by code, by password and step; the account page; no way round."""

from datetime import UTC, datetime
from typing import Any

import pyotp

from rembuk import clock
from rembuk.notices.store import tell
from rembuk.people import store
from rembuk.people.store.staff import step_of
from rembuk.web.session import sessions_of
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import PASSWORD, PHONE, RW, make_code, make_cycle, make_entry

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


async def test_phone_answers_alike(client: Client) -> None:
    """trust 8: a known and an unknown number get the same status, place and body."""
    await make_entry(await make_cycle(), phone=PHONE)
    answers = [
        await client.post("/masuk", {"identitas": number, "kembali": "/akun"}) for number in (PHONE, "0811 1111 111")
    ]
    known, unknown = [(answer.status_code, answer.headers["location"], answer.content) for answer in answers]
    assert known == unknown
    assert known[:2] == (303, "/masuk/kode?kembali=%2Fakun")
    page = await client.get(known[1])
    assert "Jika nomor itu terdaftar" in page.text
    assert 'autocomplete="one-time-code"' in page.text


async def test_phone_sign_in(client: Client) -> None:
    """J1, A2: the code opens a session that leads back to where the visitor wanted to go."""
    roll = await make_entry(await make_cycle(), phone=PHONE)
    client.token()
    asked = await store.ask_one_time_code("+6281234567890", "g" * 43)
    wrong = await client.post("/masuk/kode", {"kode": "000000" if asked.digits != "000000" else "1"})
    assert wrong.status_code == 422
    assert "Kode salah atau sudah lewat waktunya" in wrong.text
    answer = await client.post("/masuk/kode", {"kode": asked.digits, "kembali": "/akun"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun")
    page = await client.get("/akun")
    assert "Warga RW 05" in page.text
    assert "tercatat" in page.text
    entry = await store.roll_entry(roll)
    assert entry and entry.person


async def test_no_way_to_another_site(client: Client) -> None:
    """trust 8: a target on another host becomes our first page."""
    await make_entry(await make_cycle(), phone=PHONE)
    client.token()
    asked = await store.ask_one_time_code("+6281234567890", "g" * 43)
    answer = await client.post("/masuk/kode", {"kode": asked.digits, "kembali": "//jahat.example/akun"})
    assert answer.headers["location"] == "/"


async def test_code_sign_in_keeps_the_key_with_its_holder(client: Client) -> None:
    """I3: the code typed at /masuk goes on to its second factor; the key waits sealed in an HttpOnly cookie."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "1234")
    step = await client.post("/masuk", {"identitas": code.printed})
    assert step.status_code == 200
    assert f'value="{code.printed}"' in step.text
    assert step.headers["cache-control"] == "no-store"
    answer = await client.post("/kode", {"kode": code.printed, "kedua": "1234"})
    assert (answer.status_code, answer.headers["location"]) in ((303, "/bilik"), (303, "/"))  # without the booth
    line = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("kunci-"))
    assert "HttpOnly" in line and code.text not in line
    gone = await client.post("/keluar")
    cleared = [text for text in gone.headers.get_list("set-cookie") if text.startswith("kunci-")]
    assert cleared and "Max-Age=0" in cleared[0]
    assert (await client.get("/akun")).headers["location"].startswith("/masuk")


async def test_code_faults_stand_beside_their_fields(client: Client) -> None:
    """I2: too short, misspelt, unknown, wrong second factor: each its own sentence, typed text kept."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "1234")
    short = await client.post("/kode", {"kode": code.printed[:6], "kedua": "1234"})
    assert "Kode kurang 11 huruf" in short.text
    assert f'value="{code.printed[:6]}"' in short.text
    wrong = await client.post("/kode", {"kode": code.printed, "kedua": "9999"})
    assert "Kode salah atau sudah tidak berlaku" in wrong.text
    empty = await client.post("/kode", {"kode": "", "kedua": ""})
    assert empty.status_code == 422
    assert empty.text.count('aria-invalid="true"') == 2


async def test_staff_need_both_steps(client: Client) -> None:
    """trust 3, 8: the password alone opens nothing; the session id changes at each step; a step opens once."""
    made = await store.create_staff("Sri Lestari", "sri", PASSWORD)
    await store.grant(made.id, "official", "32.73.27")
    answer = await client.post("/masuk/sandi", {"nama": "sri", "sandi": PASSWORD, "kembali": "/akun"})
    assert answer.headers["location"] == "/masuk/totp?kembali=%2Fakun"
    half = client.cookie("sesi")
    assert (await client.get("/akun")).status_code == 303
    digits = pyotp.TOTP(made.totp_secret).at(step_of(clock.now()) * 30)
    done = await client.post("/masuk/totp", {"kode": digits, "kembali": "/akun"})
    assert done.headers["location"] == "/akun"
    assert client.cookie("sesi") != half
    page = await client.get("/akun")
    assert "Ganti kata sandi" in page.text
    await client.post("/keluar")
    await client.post("/masuk/sandi", {"nama": "sri", "sandi": PASSWORD})
    again = await client.post("/masuk/totp", {"kode": digits})
    assert again.status_code == 422
    assert "sudah dipakai" in again.text


async def test_wrong_passwords_close_the_name(client: Client) -> None:
    """T-LIMIT: after five wrong passwords a name waits, whether anybody has it or not."""
    await store.create_staff("Sri Lestari", "sri", PASSWORD)
    for name in ("sri", "nobody"):
        for _ in range(5):
            answer = await client.post("/masuk/sandi", {"nama": name, "sandi": "salah salah salah"})
            assert answer.status_code == 422
            assert "Nama pengguna atau kata sandi salah" in answer.text
        assert (await client.post("/masuk/sandi", {"nama": name, "sandi": PASSWORD})).status_code == 429


async def test_totp_page_needs_the_first_step(client: Client) -> None:
    """Without a password just given there is no second step."""
    assert (await client.get("/masuk/totp")).headers["location"] == "/masuk/sandi"
    assert (await client.post("/masuk/totp", {"kode": "123456"})).headers["location"] == "/masuk/sandi"


async def test_account(client: Client) -> None:
    """R2, R3: messages are read on /akun, kinds can be stopped, the name changed, data taken along."""
    person = await store.add_resident("Warga RW 05", RW)
    await client.sign_in(person)
    await tell(person, "proposal", "Usulan Anda diperiksa", "Petugas mulai memeriksa.", "/usulan/1")
    first = await client.get("/akun")
    assert "Usulan Anda diperiksa" in first.text
    assert 'class="cap awas"' in first.text
    assert 'class="cap awas"' not in (await client.get("/akun")).text
    assert (await client.post("/akun/pesan", {"jenis": ["comment"]})).status_code == 303
    await tell(person, "proposal", "Tidak sampai", "", "")
    await tell(person, "moderation", "Komentar Anda ditahan", "", "")
    page = (await client.get("/akun")).text
    assert "Tidak sampai" not in page
    assert "Komentar Anda ditahan" in page
    assert (await client.post("/akun/nama", {"nama": "x"})).status_code == 422
    await client.post("/akun/nama", {"nama": "Teh Euis <b>"})
    data = await client.get("/akun/data.json")
    assert data.json()["orang"]["name"] == "Teh Euis <b>"
    assert "Teh Euis &lt;b&gt;" in (await client.get("/akun")).text


async def test_devices(client: Client) -> None:
    """A person sees the own devices and signs others out; another person's device is not found."""
    person, stranger = await store.add_resident("Warga RW 05", RW), await store.add_resident("Lain", RW)
    theirs = await client.sign_in(stranger)
    old = await client.sign_in(person)
    await client.sign_in(person)
    assert (await client.post(f"/akun/perangkat/{theirs.id}/keluar")).status_code == 404
    assert (await client.post(f"/akun/perangkat/{old.id}/keluar")).status_code == 303
    assert len(await sessions_of(person)) == 1
    assert len(await sessions_of(stranger)) == 1


async def test_roles_end_with_the_grant(client: Client) -> None:
    """trust 7: a grant that ended opens nothing any more, also in a session that is open."""
    person = await store.add_resident("Euis", RW)
    await store.grant(person, "facilitator", "32.73.27")
    session = await client.sign_in(person, Role.FACILITATOR)
    viewer = await store.viewer_of(session)
    assert viewer and viewer.has(Role.FACILITATOR, RW) and viewer.has(Role.RESIDENT)
    await store.end_grant(person, "facilitator", "32.73.27", None)
    viewer = await store.viewer_of(session)
    assert viewer and not viewer.has(Role.FACILITATOR)


async def test_forms_need_a_token(client: Client) -> None:
    """trust 8: no state changes without our own token, signed in or not."""
    data: dict[str, Any] = {"nama": "sri", "sandi": PASSWORD}
    assert (await client.post("/masuk/sandi", data, token=False)).status_code == 403
    assert (await client.post("/keluar", token=False)).status_code == 403
