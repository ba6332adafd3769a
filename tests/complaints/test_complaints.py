"""Complaints on both engines: numbers, clocks, who may see and act."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from rembuk import clock
from rembuk.complaints import store
from rembuk.complaints.rules import Refusal, State, Words
from rembuk.cycles.rules import PhaseKind
from rembuk.errors import Refused
from rembuk.proposals import store as proposals
from tests.clients import Client, open_client
from tests.proposals import scene
from tests.proposals.scene import RW

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
BODY = "Sampah di depan balai RW tidak diangkut sejak Senin."


@pytest.fixture
async def resident(db: object) -> UUID:
    """Somebody who lives in the small place."""
    await scene.lay_out()
    return await scene.resident()


@pytest.fixture
async def client(resident: UUID) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


async def test_clock_runs_in_working_days(resident: UUID) -> None:
    """3 working days to pass on, then 5, or 10 when somebody must go and look."""
    with clock.frozen(FRIDAY):
        number, second = [await store.send(resident, Words(BODY, RW)) for _ in range(2)]
        assert (await store.complaint(number)).due_on == date(2026, 11, 25)
        await store.forward(number, "Dinas Lingkungan Hidup", resident)
        await store.forward(second, "Dinas Lingkungan Hidup", resident, on_site=True)
    assert (await store.complaint(number)).due_on == date(2026, 11, 27)
    assert (await store.complaint(second)).due_on == date(2026, 12, 4)
    assert (await store.complaint(second)).is_overdue(date(2026, 12, 5))


async def test_numbers_are_given_once(resident: UUID) -> None:
    """Four people complain at once: four numbers."""
    numbers = await asyncio.gather(*(store.send(resident, Words(BODY, RW)) for _ in range(4)))
    assert sorted(numbers) == [1, 2, 3, 4]


async def test_answered_is_done(resident: UUID) -> None:
    """An answer needs words, and nothing follows it."""
    number = await store.send(resident, Words(BODY, RW))
    with pytest.raises(Refused) as refused:
        await store.answer(number, State.ANSWERED, "  ", resident)
    assert refused.value.reason is Refusal.NO_REASON
    await store.answer(number, State.ANSWERED, "Sudah diangkut Selasa pagi.", resident)
    with pytest.raises(Refused) as again:
        await store.forward(number, "Dinas Lingkungan Hidup", resident)
    assert again.value.reason is Refusal.DONE


async def test_turned_into_a_draft(resident: UUID) -> None:
    """The writer gets a draft with the text and must send it; outside the phase it is refused."""
    number = await store.send(resident, Words(BODY, RW))
    helper = await scene.resident(role="facilitator")
    with pytest.raises(Refused):
        await store.make_proposal(number, helper)
    await scene.cycle(PhaseKind.PROPOSALS)
    draft = await proposals.own_draft(await store.make_proposal(number, helper), resident)
    assert (draft.problem, draft.place.rw, draft.helper, draft.number) == (BODY, RW, helper, None)


async def test_form_and_page(client: Client, resident: UUID) -> None:
    """Three fields; a fault is said beside its field with the text kept; the page is the writer's own."""
    assert "Masuk dulu" in (await client.get("/pengaduan")).text
    await client.sign_in(resident)
    wrong = await client.post("/pengaduan", {"body": "pendek", "rw": "", "landmark": "depan balai"})
    assert wrong.status_code == 422
    assert all(words in wrong.text for words in ("RW belum dipilih", "Tulis antara", "depan balai"))
    sent = await client.post("/pengaduan", {"body": BODY, "rw": RW})
    assert sent.headers["location"] == "/pengaduan/1"
    assert "menjawab paling lambat" in (await client.get("/pengaduan/1")).text
    await client.sign_in(await scene.resident())
    assert (await client.get("/pengaduan/1")).status_code == 404
    assert (await client.post("/pengaduan/1/teruskan", {"unit": "Perumda Tirtawening"})).status_code == 403


async def test_facilitator_of_the_area_acts(client: Client, resident: UUID) -> None:
    """N3: a facilitator passes on within the own area; another area's complaint is not there."""
    await store.send(resident, Words(BODY, RW))
    await store.send(resident, Words(BODY, scene.OTHER_RW))
    await client.sign_in(await scene.resident(role="facilitator"))
    assert "Menunggu Anda" in (await client.get("/pengaduan")).text
    assert (await client.post("/pengaduan/1/teruskan", {"unit": "Perumda Tirtawening"})).status_code == 303
    assert (await client.post("/pengaduan/2/teruskan", {"unit": "Perumda Tirtawening"})).status_code == 404
    assert (await client.get("/pengaduan/2")).status_code == 404
    assert (await store.complaint(1)).unit == "Perumda Tirtawening"
    assert (await client.post("/pengaduan/1/jawab", {"answer": "Sudah diperbaiki."})).status_code == 303
    assert (await store.complaint(1)).state is State.ANSWERED
