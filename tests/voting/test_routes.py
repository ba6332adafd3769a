"""The booth by its pages: pick, review, send, receipt, check, challenge, status; by phone and by code."""

import asyncio
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import rembuk_challenge
from rembuk.board.store import drain
from rembuk.people import store as people
from rembuk.people.codes import signed_by
from rembuk.voting.tables import BoothVisit, Burned, Envelope, RollMark
from tests.city import PIN, City, city
from tests.clients import Client

CODE = re.compile(r'class="kode-besar"[^>]*><b>([0-9A-Z-]{24})</b>')
NONCE = re.compile(r'name="nonce" value="([0-9a-f]{64})"')


async def by_phone(client: Client, made: City, roll: UUID) -> None:
    """Signed in for a line of the roll without a code."""
    person = await people.person_for(roll)
    await client.sign_in(person, roll=roll)


async def by_code(client: Client, made: City, roll: UUID) -> Any:
    """Signed in through the page of codes."""
    return await client.post("/kode", {"kode": made.codes[roll].printed, "kedua": PIN})


def code_in(text: str) -> str:
    """The receipt code on a page."""
    found = CODE.search(text)
    assert found, text[:2000]
    return found[1]


def nonce_in(text: str) -> str:
    """The nonce in a form."""
    found = NONCE.search(text)
    assert found, text[:2000]
    return found[1]


async def test_the_whole_journey(client: Client) -> None:
    """J1, A2, H1: signed out leads to sign-in and back; pick, review shows the code, send, receipt, check it."""
    made = await city()
    roll = made.rolls[made.districts[0]][0]
    projects = made.projects[made.districts[0]]
    away = await client.get("/bilik")
    assert (away.status_code, away.headers["location"]) == (303, "/masuk?kembali=/bilik")
    await by_phone(client, made, roll)
    ballot = await client.get("/bilik")
    assert ballot.status_code == 200
    assert all(f'value="{each}"' in ballot.text for each in projects)
    assert ballot.headers["cache-control"] == "no-store"
    review = await client.post("/bilik/tinjau", {"choice": projects[:2]})
    promised, nonce = code_in(review.text), nonce_in(review.text)
    assert (await BoothVisit.count(), await Envelope.count()) == (1, 0)
    back = await client.post("/bilik", {"choice": projects[:2]})
    assert back.text.count(" checked>") == 2
    form = {"choice": projects[:2], "nonce": nonce}
    for _ in range(2):
        sent = await client.post("/suara", form)
        assert (sent.status_code, sent.headers["location"]) == (303, "/bukti")
    receipt = await client.get("/bukti")
    assert code_in(receipt.text) == promised
    assert "Suara Anda sudah masuk" in receipt.text
    assert "dalam 60 detik" in receipt.text
    assert await Envelope.count() == 1
    await drain()
    await client.sign_out()
    found = await client.post("/bukti", {"kode": promised.lower().replace("-", " ")})
    assert "Lihat di papan bukti" in found.text
    strange = await client.post("/bukti", {"kode": "0" * 20})
    assert "tidak ada di papan bukti" in strange.text
    assert (await client.post("/bukti", {"kode": "abc"})).status_code == 422


async def test_the_last_ballot_sent_is_the_receipt_shown(client: Client) -> None:
    """H1, H2: a second ballot replaces the first; a blank one is reviewed, sent, and said to be blank."""
    made = await city()
    await by_phone(client, made, made.rolls[made.districts[0]][0])
    chosen = made.projects[made.districts[0]][:1]
    first = await client.post("/bilik/tinjau", {"choice": chosen})
    await client.post("/suara", {"choice": chosen, "nonce": nonce_in(first.text)})
    blank = await client.post("/bilik/tinjau", {})
    assert "Surat suara ini kosong" in blank.text
    await client.post("/suara", {"nonce": nonce_in(blank.text)})
    page = await client.get("/bukti")
    assert code_in(page.text) == code_in(blank.text) != code_in(first.text)
    assert "Anda mengirim 2 kali" in page.text
    assert "Suara kosong Anda sudah masuk" in page.text
    assert "Suara Anda sudah masuk. Kalau Anda mengirim lagi" in (await client.get("/bilik")).text


async def test_a_spoiled_ballot_comes_back_with_its_picks(client: Client) -> None:
    """G1, G5, G7: over the ceiling: 422, the picks still ticked; of another district: where mine is; nothing kept."""
    made = await city(ballot=("knapsack", 0), proposals=18)
    here, there = made.districts[:2]
    await by_phone(client, made, made.rolls[here][0])
    over = await client.post("/bilik/tinjau", {"choice": made.projects[here]})
    assert over.status_code == 422
    assert "di atas pagu" in over.text
    assert over.text.count(" checked>") == len(made.projects[here])
    foreign = await client.post("/bilik/tinjau", {"choice": made.projects[there][:1]})
    assert foreign.status_code == 409
    assert "Surat suara Anda ada di Kecamatan Coblong" in foreign.text
    nonce = "ab" * 32
    for chosen, status in ((made.projects[here], 422), (made.projects[there][:1], 409)):
        assert (await client.post("/suara", {"choice": chosen, "nonce": nonce})).status_code == status
    for broken in ("", "xyz", "ab" * 31):
        assert (await client.post("/suara", {"choice": [], "nonce": broken})).status_code == 422
    assert (await Envelope.count(), await BoothVisit.count()) == (0, 0)


async def test_a_sealing_opened_for_checking_proves_itself(client: Client, tmp_path: Path) -> None:
    """trust 4.5: the page's numbers give the promised code in the stand-alone tool, and that form is spent."""
    made = await city()
    await by_phone(client, made, made.rolls[made.districts[0]][0])
    chosen = made.projects[made.districts[0]][:2]
    review = await client.post("/bilik/tinjau", {"choice": chosen})
    form = {"choice": chosen, "nonce": nonce_in(review.text)}
    opened = await client.post("/bilik/uji", form)
    assert code_in(review.text) in opened.text
    told = re.search(r"<pre[^>]*>(.*?)</pre>", opened.text, re.S)
    assert told
    file = tmp_path / "uji.json"
    file.write_text(html.unescape(told[1]))
    assert json.loads(file.read_text())["projects"] == sorted(chosen)
    command = [sys.executable, rembuk_challenge.__file__, str(file)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert code_in(review.text) in done.stdout
    assert (await client.post("/suara", form)).status_code == 410
    assert (await Burned.count(), await Envelope.count()) == (1, 0)


async def test_a_code_signs_once_and_is_asked_again(client: Client) -> None:
    """I3, I13: by code the envelope is signed and the key forgotten; another ballot needs the code once more."""
    made = await city(with_codes=1)
    roll = next(iter(made.codes))
    assert (await by_code(client, made, roll)).headers["location"] == "/bilik"
    review = await client.post("/bilik/tinjau", {})
    form = {"nonce": nonce_in(review.text)}
    sent = await client.post("/suara", form)
    assert sent.headers["location"] == "/bukti"
    assert any(line.startswith("kunci-") and "Max-Age=0" in line for line in sent.headers.get_list("set-cookie"))
    row = await Envelope.select().first()
    key, signature = bytes.fromhex(row["signer_key"]), bytes.fromhex(row["signature"])
    assert signed_by(key, signature, made.election, row["leaf_sha256"])
    assert (await client.post("/suara", form)).headers["location"] == "/bukti", "a resend needs no key"
    again = await client.get("/bilik")
    assert (again.status_code, again.headers["location"]) == (303, "/kode?kembali=/bilik")
    assert "Masuk lagi dengan kode pemilih" in (await client.get("/kode?kembali=/bilik")).text
    for path, data in (("/bilik/tinjau", {}), ("/suara", {"nonce": "cd" * 32})):
        assert (await client.post(path, data)).headers["location"] == "/kode?kembali=/bilik"
    assert await Envelope.count() == 1
    await by_code(client, made, roll)
    review = await client.post("/bilik/tinjau", {})
    assert (await client.post("/suara", {"nonce": nonce_in(review.text)})).headers["location"] == "/bukti"
    rows = await Envelope.select()
    assert len(rows) == 2
    assert all(row["signature"] for row in rows)
    await made.close()
    assert await made.open_box() == 1


async def test_closed_paper_and_status(client: Client) -> None:
    """A5, H3, K2: after closing no ballot and a refused form; on paper the page says why; status tells the channel."""
    made = await city()
    roll, papered = made.rolls[made.districts[0]][:2]
    await by_phone(client, made, roll)
    assert "Belum ada suara yang tercatat" in (await client.get("/status-saya")).text
    review = await client.post("/bilik/tinjau", {})
    kept, late = nonce_in(review.text), "ef" * 32
    await client.post("/suara", {"nonce": kept})
    assert "Tercatat: daring" in (await client.get("/status-saya")).text
    await RollMark.insert(RollMark(election=made.election, roll=papered, channel="paper", seq=0))
    await made.close()
    closed = await client.get("/bilik")
    assert closed.status_code == 200
    assert 'name="choice"' not in closed.text
    assert (await client.post("/suara", {"nonce": late})).status_code == 409
    assert (await client.post("/bilik/tinjau", {})).status_code == 409
    assert (await client.post("/suara", {"nonce": kept})).headers["location"] == "/bukti"
    await by_phone(client, made, papered)
    assert "kertas" in (await client.get("/bilik")).text
    assert "Tercatat: kertas" in (await client.get("/status-saya")).text


async def test_who_is_not_on_the_roll_is_told(client: Client) -> None:
    """J1: an account without a line on the roll cannot vote and learns where to go."""
    made = await city()
    await client.sign_in(made.first)
    for path in ("/bilik", "/status-saya"):
        answer = await client.get(path)
        assert answer.status_code == 403
        assert "pos fasilitator" in answer.text
    assert (await client.get("/bukti")).status_code == 200


async def test_a_storm_of_one_form(client: Client) -> None:
    """T-STORM: one form sent 100 times at once through HTTP: one receipt, one envelope, no 5xx."""
    made = await city()
    await by_phone(client, made, made.rolls[made.districts[0]][0])
    review = await client.post("/bilik/tinjau", {})
    form, headers = {"nonce": nonce_in(review.text)}, {}
    answers = await asyncio.gather(*(client.post("/suara", form, headers=headers) for _ in range(100)))
    assert {answer.status_code for answer in answers} <= {303, 429}
    assert any(answer.headers.get("location") == "/bukti" for answer in answers)
    assert (await Envelope.count(), await RollMark.count()) == (1, 1)
