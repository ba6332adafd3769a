"""The booth attacked through its pages: other rounds, other people, broken forms, and what the log keeps."""

import io
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import CycleText
from rembuk.cycles.tables import Cycle
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.rules import NewEntry
from rembuk.people.store import NewCode
from rembuk.people.tables import RollEntry
from rembuk.settings import settings
from rembuk.voting import store
from rembuk.voting.tables import Burned, Envelope, RollMark
from rembuk.web.guards import Role
from rembuk.web.logs import JsonLines
from tests.city import PIN, City, city
from tests.clients import Client
from tests.voting.test_routes import by_code, by_phone, code_in, nonce_in

PHONE = "081234567890"


async def next_round(made: City, person: UUID, rw: str) -> UUID:
    """The same person's line on the roll of a later round, which does not vote yet."""
    text = CycleText(
        name="Siklus nanti",
        year=made.cycle.year + 1,
        budget=1_000_000_000,
        quota_rule="equal",
        quota_options={},
        tally_rule="greedy",
        tally_options={},
        ballot_type="approval",
        max_choices=3,
    )
    later = await cycles.create(text, settings().city, made.first)
    await people.add_roll_entries(later.id, [NewEntry(rw=rw, phone=PHONE)])
    [entry] = await people.entries_of(later.id)
    await RollEntry.update({RollEntry.person: person}).where(RollEntry.id == entry.id)
    return entry.id


async def test_the_booth_takes_the_line_of_the_round_that_votes(client: Client) -> None:
    """I3, J1: signed in by the line of next year's roll, one votes, is marked and sees the receipt of this year's."""
    made = await city(districts=2, proposals=4)
    here = made.districts[1]
    roll = made.rolls[here][0]
    person = await people.person_for(roll)
    later = await next_round(made, person, f"{made.districts[0]}.1001.001")
    await client.sign_in(person, roll=later)
    ballot = await client.get("/bilik")
    assert all(f'value="{each}"' in ballot.text for each in made.projects[here])
    assert not any(f'value="{each}"' in ballot.text for each in made.projects[made.districts[0]])
    review = await client.post("/bilik/tinjau", {"choice": made.projects[here][:1]})
    assert await store.has_unsent(later, person), "the strip shows whichever line one came in by"
    await client.post("/suara", {"choice": made.projects[here][:1], "nonce": nonce_in(review.text)})
    assert [row["roll"] for row in await RollMark.select(RollMark.roll)] == [roll]
    assert code_in((await client.get("/bukti")).text) == code_in(review.text)
    assert "Tercatat: daring" in (await client.get("/status-saya")).text
    await made.close()
    assert code_in((await client.get("/bukti")).text) == code_in(review.text), "also after closing"


async def test_a_code_of_another_round_casts_no_ballot_here(client: Client) -> None:
    """I13, T1: an old round's code with its PIN is no way into this round's booth, though the person is the same."""
    made = await city(districts=1, proposals=2)
    roll = made.rolls[made.districts[0]][0]
    person = await people.person_for(roll)
    old = await next_round(made, person, f"{made.districts[0]}.1001.001")
    entry = await people.roll_entry(old)
    assert entry
    round_of_old = entry.cycle
    await Cycle.update({Cycle.year: made.cycle.year - 1, Cycle.state: "published"}).where(Cycle.id == round_of_old)
    code = codes.make_code()
    key = codes.public_key(codes.key_seed(code, round_of_old)).hex()
    await people.load_batch(round_of_old, "lama", [NewCode("LAMA-1", key, old, PIN)])
    came_in = await client.post("/kode", {"kode": code.printed, "kedua": PIN})
    assert came_in.headers["location"] == "/bilik"
    assert 'name="choice"' not in (await client.get("/bilik")).text
    assert (await client.post("/suara", {"nonce": "ab" * 32})).status_code == 409
    assert await Envelope.count() == 0
    await client.sign_out()
    await client.sign_in(person, roll=old)
    assert 'name="choice"' in (await client.get("/bilik")).text, "by phone the person's own line is taken"


async def test_a_code_opens_no_desk(client: Client) -> None:
    """trust 7: whoever holds a role signs in by password for it; with a voter code only the booth opens."""
    made = await city(districts=1, proposals=2, with_codes=1)
    roll = next(iter(made.codes))
    person = await people.person_for(roll)
    await people.grant(person, "city_official", "32.73", by=None)
    desk = f"/petugas/siklus/{made.cycle.slug}/hitung"
    await client.sign_in(person, Role.CITY_OFFICIAL)
    assert (await client.get(desk)).status_code == 200
    await client.sign_out()
    await by_code(client, made, roll)
    assert (await client.get("/bilik")).status_code == 200
    assert (await client.get(desk)).status_code == 403


@pytest.mark.parametrize("path", ["/bilik/uji", "/suara", "/bilik/tinjau", "/bilik"])
async def test_no_form_breaks_the_booth(client: Client, path: str) -> None:
    """G7, T-FUZZ: choices nobody printed are refused in words and leave nothing behind, not even a burned form."""
    made = await city(districts=2, proposals=4)
    await by_phone(client, made, made.rolls[made.districts[0]][0])
    for chosen in (["x" * 5_000], ["0"] * 90, made.projects[made.districts[1]], ["999999"] * 3):
        answer = await client.post(path, {"choice": chosen, "nonce": "ab" * 32})
        assert answer.status_code in (200, 303, 404, 409, 422), (chosen, answer.status_code)
        assert answer.status_code != 303
    assert (await Envelope.count(), await Burned.count()) == (0, 0)


async def test_a_receipt_is_its_voters_alone(client: Client) -> None:
    """H2, trust 4.5: another voter on the same device sees no code of the one before; nothing is stored on the way."""
    made = await city(districts=1, proposals=2)
    mine, other = made.rolls[made.districts[0]][:2]
    await by_phone(client, made, mine)
    review = await client.post("/bilik/tinjau", {})
    sent = await client.post("/suara", {"nonce": nonce_in(review.text)})
    page = await client.get("/bukti")
    code = code_in(page.text)
    for answer in (review, sent, page, await client.get("/status-saya")):
        assert answer.headers["cache-control"] == "no-store"
    await client.sign_out()
    away = await client.get("/bukti")
    assert code not in away.text and away.headers["cache-control"] == "no-store"
    await by_phone(client, made, other)
    for path in ("/bukti", "/status-saya", "/bilik", "/"):
        assert code not in (await client.get(path)).text
    assert (await client.get("/status-saya?roll=" + str(mine))).text.count("Belum ada suara yang tercatat") == 1


async def test_the_strip_goes_when_the_booth_closes(client: Client) -> None:
    """R1, L5: a ballot not sent is reminded of while it can still be sent, and not a moment longer."""
    made = await city(districts=1, proposals=2)
    roll = made.rolls[made.districts[0]][0]
    await by_phone(client, made, roll)
    await client.post("/bilik/tinjau", {})
    assert await store.has_unsent(roll)
    other = made.rolls[made.districts[0]][1]
    assert not await store.has_unsent(other, await people.person_for(other))
    await made.close()
    assert not await store.has_unsent(roll)


async def test_the_log_of_a_whole_journey_tells_nothing(client: Client) -> None:
    """T-SECRET, trust 8: no code, PIN, receipt, nonce, choice, session, roll line, phone in any line at any level."""
    text, root = io.StringIO(), logging.getLogger()
    output = logging.StreamHandler(text)
    output.setFormatter(JsonLines())
    root.addHandler(output)
    before = root.level
    root.setLevel(logging.DEBUG)
    logging.getLogger("rembuk").setLevel(logging.DEBUG)
    try:
        words = await _journey(client)
    finally:
        root.removeHandler(output)
        root.setLevel(before)
        logging.getLogger("rembuk").setLevel(logging.NOTSET)
    said = text.getvalue()
    assert '"/suara"' in said, "the journey must have been logged at all"
    assert [word for word in words if word in said] == []
    day = clock.now().date().isoformat()
    votes = [json.loads(line) for line in said.splitlines() if '"/suara"' in line]
    assert votes and all(line["day"] == day and "at" not in line and "network" not in line for line in votes)


async def _journey(client: Client) -> list[str]:
    """By code and by phone through the booth, wrongly and rightly; every word that must not be told."""
    made = await city(districts=1, proposals=2, with_codes=1)
    coded, other = made.rolls[made.districts[0]][:2]
    code, chosen = made.codes[coded], "nomor-rahasia-77"
    await client.post("/kode", {"kode": code.printed, "kedua": "9753"})
    await by_code(client, made, coded)
    review = await client.post("/bilik/tinjau", {})
    nonce, receipt = nonce_in(review.text), code_in(review.text)
    await client.post("/suara", {"choice": [chosen], "nonce": nonce})
    await client.post("/suara", {"nonce": nonce})
    await client.get("/bukti")
    await client.post("/bukti", {"kode": receipt})
    secret = client.cookie("sesi") or "-"
    await client.sign_out()
    await by_phone(client, made, other)
    await client.post("/masuk", {"nomor": PHONE, "telepon": PHONE, "phone": PHONE})
    plain = receipt.replace("-", "")
    return [code.text, code.printed, PIN, "9753", nonce, receipt, plain, chosen, secret, str(coded), str(other), PHONE]


async def test_results_stay_shut_until_they_are_published(client: Client) -> None:
    """A7, L6, M2, P4: counted and not published: no page, file, list or API tells an outcome outside the desk."""
    made = await city(districts=1, proposals=2, voters=3)
    here = made.districts[0]
    for roll in made.rolls[here]:
        await made.cast(roll, made.projects[here][:1])
    await made.close()
    await made.open_box()
    await made.count()
    slug, kecamatan = made.cycle.slug, "coblong"
    shut = [
        f"/hasil/{kecamatan}?siklus={slug}",
        f"/hasil/{kecamatan}/hasil.csv?siklus={slug}",
        f"/hasil/{kecamatan}/langkah.json?siklus={slug}",
        f"/hasil/{kecamatan}/suara.pb?siklus={slug}",
        f"/hasil?siklus={slug}",
        f"/api/v1/results/{slug}",
        f"/api/v1/results/{slug}/{kecamatan}",
    ]
    viewers: list[Any] = [None, (await people.person_for(made.rolls[here][0]), made.rolls[here][0])]
    for who in viewers:
        if who:
            await client.sign_in(who[0], roll=who[1])
        assert [path for path in shut if (await client.get(path)).status_code != 404] == []
        assert slug not in (await client.get("/api/v1/results")).text
        desk = await client.get(f"/petugas/siklus/{slug}/hitung")
        assert desk.status_code in (303, 403)
        for number in made.projects[here]:
            page = (await client.get(f"/usulan/{number}")).text
            assert "Didanai" not in page and "Tidak terdanai" not in page
            assert "didanai" not in (await client.get(f"/api/v1/proposals/{number}")).text.lower()
    listed = [(await client.get(f"/usulan?urut={order}")).text for order in ("suara", "votes", "hasil", "terbaru")]
    order = [[text.find(f"/usulan/{number}") for number in made.projects[here]] for text in listed[:3]]
    assert len({tuple(sorted(range(len(at)), key=at.__getitem__)) for at in order}) == 1
    await made.publish()
    await client.sign_out()
    assert (await client.get(shut[0])).status_code == 200


async def test_a_stale_code_session_ends_with_the_code(client: Client) -> None:
    """T15: a code reported lost while its finder sits in the booth: no ballot of that session is taken any more."""
    made = await city(districts=1, proposals=2, with_codes=1)
    coded = next(iter(made.codes))
    await by_code(client, made, coded)
    review = await client.post("/bilik/tinjau", {})
    await people.void_code(made.cycle.id, "UJI-0001", "hilang", None)
    sent = await client.post("/suara", {"nonce": nonce_in(review.text)})
    assert sent.headers["location"].startswith("/kode")
    assert await Envelope.count() == 0
    with clock.frozen(clock.now() + timedelta(hours=13)):
        assert (await client.get("/bilik")).status_code == 303
