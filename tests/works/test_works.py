"""Works on both engines: money never above the budget, steps, residents' eyes, pages."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest

from rembuk.cycles.rules import PhaseKind
from rembuk.errors import Refused
from rembuk.proposals import store as proposals
from rembuk.works import store
from rembuk.works.rules import Milestone, Refusal, WorkStatus, progress
from tests.clients import Client, open_client
from tests.proposals import scene

STEPS = (Milestone(1, "Gali", date(2026, 10, 1)), Milestone(2, "Pasang", date(2026, 11, 1)))


@pytest.fixture
async def person(db: object) -> UUID:
    """A resident whose proposal became works 1."""
    await scene.lay_out()
    cycle = await scene.cycle(PhaseKind.PROPOSALS)
    person = await scene.resident()
    number = await scene.proposal(cycle, person)
    await store.plan(number, 185_000_000, "Kelompok warga RW 05", STEPS)
    return person


@pytest.fixture
async def client(person: UUID) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


@pytest.mark.parametrize(
    ("status", "done", "total", "percent"),
    [("waiting", 0, 0, 0), ("building", 1, 3, 33), ("building", 3, 3, 99), ("finished", 0, 3, 100)],
)
def test_progress(status: str, done: int, total: int, percent: int) -> None:
    """O2: 0 to 100, and 100 only when the works are finished."""
    assert progress(WorkStatus(status), done, total) == percent


async def test_money_stays_within_the_budget(person: UUID) -> None:
    """A report above the budget is refused with both sums; late needs its reason."""
    with pytest.raises(Refused) as refused:
        await store.report(1, WorkStatus.BUILDING, 185_000_001, person)
    assert refused.value.reason is Refusal.OVERSPENT
    assert "Rp\xa0185.000.001" in refused.value.sentence()
    with pytest.raises(Refused) as late:
        await store.report(1, WorkStatus.LATE, 0, person)
    assert late.value.reason is Refusal.SAY_WHY_LATE
    await store.report(1, WorkStatus.BUILDING, 148_000_000, person)
    assert (await store.work(1)).left == 37_000_000


async def test_steps_and_lists(person: UUID) -> None:
    """O1: steps carry plan and reality; lists filter by kecamatan and state; hidden takes its works along."""
    await store.report(1, WorkStatus.BUILDING, 1, person)
    await store.finish(1, 1, date(2026, 10, 3), "Terlambat hujan.")
    work = await store.work(1)
    assert (work.card.done_count, work.card.progress) == (1, 50)
    assert [step.is_late(date(2026, 11, 2)) for step in work.milestones] == [False, True]
    assert len(await store.cards(scene.KECAMATAN, WorkStatus.BUILDING)) == 1
    assert await store.cards(scene.KECAMATAN, WorkStatus.FINISHED) == ()
    assert await store.cards("32.73.26") == ()
    assert [card.number for card in await store.lately(scene.KECAMATAN)] == [1]
    await proposals.hide((await proposals.detail(1)).id, person, "moderator", "Salah.")
    assert await store.cards() == ()


async def test_pages(client: Client, person: UUID) -> None:
    """The list and the page are public; a resident notes what they saw once the works have begun."""
    await store.report(1, WorkStatus.BUILDING, 148_000_000, person)
    assert "Saluran mampet di gang" in (await client.get("/pelaksanaan?kec=gedebage&status=dikerjakan")).text
    assert "Belum ada pekerjaan" in (await client.get("/pelaksanaan?kec=ujungberung")).text
    page = (await client.get("/pelaksanaan/1")).text
    assert all(words in page for words in ("Rp\xa0148.000.000", "Rp\xa037.000.000", "Gali", "Kelompok warga"))
    assert (await client.get("/pelaksanaan/99")).status_code == 404
    await client.sign_in(person)
    assert (await client.post("/pelaksanaan/1/lihat", {"matches": "yes", "body": ""})).status_code == 422
    seen = await client.post("/pelaksanaan/1/lihat", {"matches": "not_yet", "body": "Tutupnya belum ada."})
    assert seen.status_code == 303
    assert "Tutupnya belum ada." in (await client.get("/pelaksanaan/1")).text


async def test_nobody_has_seen_what_has_not_begun(client: Client, person: UUID) -> None:
    """A note on works that only wait is refused."""
    await client.sign_in(person)
    answer = await client.post("/pelaksanaan/1/lihat", {"matches": "yes", "body": "Sudah bagus."})
    assert answer.status_code == 409
