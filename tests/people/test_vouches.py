"""Vouching: two persons of two RW, a cap, a paper used once, one in ten looked up, small numbers hidden."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from rembuk.errors import Refused
from rembuk.people import casework, store
from rembuk.people.casework import Confirmer, Refusal, sample_size, shown_count, vouch_cap
from rembuk.people.store import readiness, vouches
from rembuk.people.tables import RollEntry, Vouch
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import make_cycle
from tests.people.rolls import KELURAHAN, OTHER, make_areas, two_officials

RW, NEXT = f"{KELURAHAN}.005", f"{KELURAHAN}.006"


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


def paper(n: int) -> str:
    """The hash of the n-th statement."""
    return sha256(f"surat {n}".encode()).hexdigest()


async def facilitator(rw: str, name: str = "Asep") -> UUID:
    """A facilitator of one RW who lives there."""
    person = await store.add_resident(name, rw)
    await store.grant(person, "facilitator", rw)
    return person


async def confirmed(cycle: UUID, voucher: UUID, count: int, start: int = 0) -> list[UUID]:
    """So many vouchings, each confirmed by the kelurahan."""
    lurah = await store.add_resident("Lurah", None)
    made = [await vouches.offer_vouch(cycle, RW, voucher, "lost", paper(start + n)) for n in range(count)]
    for each in made:
        await vouches.confirm_vouch(each, Confirmer(lurah, None, (), True))
    return made


def test_the_figures() -> None:
    """trust 3: cap max(30, 5 % of the RW's roll); one in ten rounded up; counts below ten are not told."""
    assert [vouch_cap(n) for n in (0, 600, 620, 2000)] == [30, 30, 31, 100]
    assert [sample_size(n) for n in (0, 1, 10, 11, 100)] == [0, 1, 1, 2, 10]
    assert [shown_count(n) for n in (0, 1, 9, 10)] == ["0", "1–9", "1–9", "10"]
    assert casework.drawn(1, ["met"]) and not casework.drawn(1, []) and not casework.drawn(1, ["due"])


async def test_two_persons_of_two_rw(db: Any) -> None:
    """T4: not the voucher, not the same RW; another RW's facilitator or the kelurahan; once."""
    cycle, asep, dadan = await make_cycle(), await facilitator(RW), await facilitator(RW, "Dadan")
    neighbour = await facilitator(NEXT, "Neneng")
    id = await vouches.offer_vouch(cycle, RW, asep, "never", paper(1))
    assert await refused(vouches.confirm_vouch(id, Confirmer(asep, RW, (RW,), False))) is Refusal.SAME_VOUCHER
    assert await refused(vouches.confirm_vouch(id, Confirmer(dadan, RW, (RW,), False))) is Refusal.SAME_RW
    assert await refused(vouches.confirm_vouch(id, Confirmer(dadan, RW, (RW, NEXT), False))) is Refusal.SAME_RW
    assert not await RollEntry.exists()
    line = await vouches.confirm_vouch(id, Confirmer(neighbour, NEXT, (NEXT,), False))
    entry = await store.roll_entry(line)
    assert entry and (entry.rw, entry.status) == (RW, "active")
    assert await refused(vouches.confirm_vouch(id, Confirmer(neighbour, NEXT, (NEXT,), False))) is Refusal.VOUCH_SETTLED
    assert await vouches.vouched_line(cycle, vouches.vouch_number(id).lower()) == line
    assert await vouches.vouched_line(cycle, "J-00000000") is None


async def test_a_paper_and_a_reason(db: Any) -> None:
    """T4: one statement serves once; without a statement or a reason nobody is vouched for."""
    cycle, asep = await make_cycle(), await facilitator(RW)
    id = await vouches.offer_vouch(cycle, RW, asep, "lost", paper(1))
    assert await refused(vouches.offer_vouch(cycle, RW, asep, "lost", paper(1))) is Refusal.STATEMENT_USED
    assert await refused(vouches.offer_vouch(cycle, RW, asep, "lost", "")) is Refusal.NO_STATEMENT
    assert await refused(vouches.offer_vouch(cycle, RW, asep, "friend", paper(2))) is Refusal.NO_VOUCH_REASON
    await vouches.refuse_vouch(id, asep)
    assert await refused(vouches.refuse_vouch(id, asep)) is Refusal.VOUCH_SETTLED


async def test_thirty_and_no_more(db: Any) -> None:
    """T4: the 31st vouching of one voucher is refused; what was turned down frees a place; another voucher may."""
    cycle, asep = await make_cycle(), await facilitator(RW)
    made = [await vouches.offer_vouch(cycle, RW, asep, "lost", paper(n)) for n in range(30)]
    assert await refused(vouches.offer_vouch(cycle, RW, asep, "lost", paper(31))) is Refusal.VOUCH_CAP
    await vouches.refuse_vouch(made[0], asep)
    await vouches.offer_vouch(cycle, RW, asep, "lost", paper(32))
    await vouches.offer_vouch(cycle, RW, await facilitator(RW, "Dadan"), "lost", paper(33))


async def test_one_in_ten_is_looked_up(db: Any) -> None:
    """T4: drawn by chance, recorded by a third person; somebody unknown comes off the roll before the vote."""
    cycle, asep = await make_cycle(), await facilitator(RW)
    first, second = await two_officials()
    await confirmed(cycle, asep, 12)
    assert not await vouches.sample_recorded(cycle)
    assert await vouches.draw_sample(cycle, first) == 2
    assert await refused(vouches.draw_sample(cycle, first)) is Refusal.NO_SAMPLE
    due = [each for each in await vouches.vouches(cycle) if each.call_back == "due"]
    assert len(due) == 2 and not await vouches.sample_recorded(cycle)
    assert await refused(vouches.record_call(due[0].id, "met", asep)) is Refusal.SAME_VOUCHER
    assert await refused(vouches.record_call(due[0].id, "perhaps", second)) is Refusal.VOUCH_SETTLED
    await vouches.record_call(due[0].id, "met", second)
    await vouches.record_call(due[1].id, "unknown", second)
    assert await vouches.sample_recorded(cycle)
    assert await store.roll_counts(cycle) == {RW: 11}
    assert await vouches.vouched_counts(cycle) == {RW: 12}


async def test_the_pages(client: Client) -> None:
    """T4, P5: a facilitator vouches with a photo that is not kept; another confirms; in public nobody stands out."""
    await make_areas()
    cycle = await make_cycle()
    asep, neneng = await facilitator(RW), await facilitator(NEXT, "Neneng")
    stranger = await facilitator(f"{OTHER}.001", "Ujang")
    await client.sign_in(asep, Role.FACILITATOR)
    assert "Jamin warga ini" in (await client.get("/meja/jaminan")).text
    photo = {"pernyataan": ("surat.jpg", b"\xff\xd8 surat", "image/jpeg")}
    form = {"rw": RW, "alasan": "homeless"}
    assert (await client.post("/meja/jaminan", form)).status_code == 422
    assert (await client.post("/meja/jaminan", {**form, "rw": NEXT}, files=photo)).status_code == 422
    assert (await client.post("/meja/jaminan", form, files=photo)).status_code == 303
    (waiting,) = await vouches.vouches(cycle)
    assert waiting.statement_sha256 == sha256(b"\xff\xd8 surat").hexdigest()
    assert (await client.post(f"/meja/jaminan/{waiting.id}/tegaskan")).status_code == 409
    await client.sign_in(stranger, Role.FACILITATOR)
    assert (await client.post(f"/meja/jaminan/{waiting.id}/tegaskan")).status_code == 404
    await client.sign_in(neneng, Role.FACILITATOR)
    assert vouches.vouch_number(waiting.id) in (await client.get("/meja/jaminan")).text
    assert (await client.post(f"/meja/jaminan/{waiting.id}/tegaskan")).status_code == 303
    assert (await client.post("/meja/jaminan/contoh")).status_code == 403
    official, _ = await two_officials()
    await client.sign_in(official, Role.CITY_OFFICIAL)
    assert (await client.post("/meja/jaminan/contoh")).status_code == 303
    assert (await client.post(f"/meja/jaminan/{waiting.id}/datangi", {"hasil": "met"})).status_code == 303
    await client.sign_out()
    public = (await client.get("/jaminan")).text
    assert "RW 05 Rancabolang" in public and "1–9" in public and "Asep" not in public
    row = await Vouch.select().first()
    assert row and b"surat" not in repr(row).encode()


async def test_results_wait_for_the_sample(db: Any) -> None:
    """T4: results do not open while a drawn vouching has no answer; without vouchings nothing is owed."""
    cycle, asep = await make_cycle(), await facilitator(RW)
    first, second = await two_officials()
    assert [check.passed for check in await readiness.sample_ready(cycle)] == [True]
    await confirmed(cycle, asep, 3)
    assert [check.passed for check in await readiness.sample_ready(cycle)] == [False]
    await vouches.draw_sample(cycle, first)
    (due,) = [each for each in await vouches.vouches(cycle) if each.call_back == "due"]
    assert [check.passed for check in await readiness.sample_ready(cycle)] == [False]
    await vouches.record_call(due.id, "away", second)
    assert [check.passed for check in await readiness.sample_ready(cycle)] == [True]
