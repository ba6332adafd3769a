"""Works on both engines: money never above the budget, steps, residents' eyes, pages."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from httpx import Response
from PIL import Image

from rembuk import clock
from rembuk.cycles.rules import PhaseKind
from rembuk.errors import Refused
from rembuk.people.tables import RoleGrant
from rembuk.proposals import store as proposals
from rembuk.works import store
from rembuk.works.rules import Expense, Milestone, Refusal, WorkStatus, progress, why_not_spend
from tests.clients import Client, open_client
from tests.proposals import scene

TODAY = clock.local(clock.now()).date()
STEPS = (Milestone(1, "Gali", date(2026, 10, 1)), Milestone(2, "Pasang", date(2026, 11, 1)))


@pytest.fixture
async def person(db: object) -> UUID:
    """A resident whose proposal became works 1."""
    await scene.lay_out()
    cycle = await scene.cycle(PhaseKind.PROPOSALS)
    person = await scene.resident()
    number = await scene.proposal(cycle, person, cost=185_000_000)
    await proposals.write_outcomes(cycle, {number: "funded"}, {number: "Didanai."}, person)
    await store.plan(number, "Kelompok warga RW 05", STEPS, person)
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
    """A line above what is left is refused with both sums; a voided line gives its money back and stays readable."""
    with pytest.raises(Refused) as refused:
        await store.spend(1, Expense(TODAY, "Semen", 185_000_001), person)
    assert refused.value.reason is Refusal.OVERSPENT
    assert "Rp\xa0185.000.001" in refused.value.sentence()
    await store.spend(1, Expense(TODAY, "Semen", 148_000_000, 2_000_000, "Toko Sinar"), person)
    with pytest.raises(Refused):
        await store.spend(1, Expense(TODAY, "Pasir", 37_000_001), person)
    await store.spend(1, Expense(TODAY, "Pasir", 37_000_000), person)
    work = await store.work(1)
    assert (work.left, work.tax, [line.net for line in work.expenses]) == (0, 2_000_000, [146_000_000, 37_000_000])
    wrong = work.expenses[0].id
    assert wrong is not None
    with pytest.raises(Refused):
        await store.void(1, wrong, " ", person)
    await store.void(1, wrong, "Salah tulis.", person)
    with pytest.raises(Refused) as again:
        await store.void(1, wrong, "Dua kali.", person)
    assert again.value.reason is Refusal.NO_SUCH_LINE
    work = await store.work(1)
    assert (work.left, work.tax, work.expenses[0].void_reason) == (148_000_000, 0, "Salah tulis.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Expense(TODAY + timedelta(days=1), "Semen", 1), Refusal.IN_THE_FUTURE),
        (Expense(TODAY, "Semen", 5, 6), Refusal.TAX_TOO_HIGH),
        (Expense(TODAY, "Semen", 100), None),
        (Expense(TODAY, "Semen", 101), Refusal.OVERSPENT),
    ],
)
def test_why_a_line_is_refused(line: Expense, reason: Refusal | None) -> None:
    """Not tomorrow's money, no tax above the sum, exactly what is left and not one rupiah more."""
    assert why_not_spend(line, 100, TODAY) is reason


async def test_a_report_says_what_holds(person: UUID) -> None:
    """Late needs its reason; finished needs every step done, not before its day has come."""
    with pytest.raises(Refused) as late:
        await store.report(1, WorkStatus.LATE, person)
    assert late.value.reason is Refusal.SAY_WHY_LATE
    with pytest.raises(Refused) as open_steps:
        await store.report(1, WorkStatus.FINISHED, person)
    assert open_steps.value.reason is Refusal.STEPS_OPEN
    with pytest.raises(Refused) as future:
        await store.finish(1, 1, TODAY + timedelta(days=2), person)
    assert future.value.reason is Refusal.IN_THE_FUTURE
    for nth in (1, 2):
        await store.finish(1, nth, TODAY, person)
    with pytest.raises(Refused) as unknown:
        await store.finish(1, 3, TODAY, person)
    assert unknown.value.reason is Refusal.NO_SUCH_STEP
    await store.report(1, WorkStatus.FINISHED, person)
    assert (await store.work(1)).card.progress == 100


async def test_works_stop_when_their_proposal_loses_its_money(person: UUID) -> None:
    """tally.md 2, S5: after a withdrawal nothing more is built or paid; what was paid stays to be read."""
    line, cycle = Expense(TODAY, "Semen", 1_000_000), (await proposals.by_number(1)).cycle
    await store.spend(1, line, person)
    await proposals.write_outcomes(cycle, {1: "not_funded"}, {1: "Batal didanai."}, person)
    for deed in (
        store.report(1, WorkStatus.BUILDING, person),
        store.finish(1, 1, TODAY, person),
        store.spend(1, line, person),
    ):
        with pytest.raises(Refused) as refused:
            await deed
        assert refused.value.reason is Refusal.STOPPED
    kept = await store.work(1)
    assert kept.stopped and kept.card.spent == 1_000_000 and len(kept.expenses) == 1


async def test_only_funded_proposals_become_works_and_once(person: UUID) -> None:
    """Q2: nothing is built that was not funded; what was funded waits on the desk until it is planned."""
    cycle = await scene.cycle(PhaseKind.PROPOSALS)
    other = await scene.proposal(cycle, person)
    with pytest.raises(Refused) as refused:
        await store.plan(other, "Kelompok warga", STEPS, person)
    assert refused.value.reason is Refusal.NOT_FUNDED
    with pytest.raises(Refused) as twice:
        await store.plan(1, "Kelompok warga", STEPS, person)
    assert twice.value.reason is Refusal.ALREADY_PLANNED
    await proposals.write_outcomes(cycle, {other: "funded"}, {other: "Didanai."}, person)
    assert [each.number for each in await store.not_begun([scene.KECAMATAN])] == [other]
    assert await store.not_begun(["32.73.26"]) == ()
    with pytest.raises(Refused) as empty:
        await store.plan(other, "Kelompok warga", (), person)
    assert empty.value.reason is Refusal.NO_STEPS
    await store.plan(other, "Kelompok warga", STEPS, person)
    assert await store.not_begun([""]) == ()


async def test_what_is_overdue(person: UUID) -> None:
    """The desk shows works whose next step should be done by now, of one's own areas only."""
    assert await store.overdue([""], date(2026, 10, 1)) == ()
    late = await store.overdue([scene.KECAMATAN], date(2026, 10, 2))
    assert [(each.number, each.planned_on) for each in late] == [(1, date(2026, 10, 1))]
    assert await store.overdue(["32.73.26"], date(2026, 12, 1)) == ()


async def test_steps_and_lists(person: UUID) -> None:
    """O1: steps carry plan and reality; lists filter by kecamatan and state; hidden takes its works along."""
    await store.report(1, WorkStatus.BUILDING, person)
    await store.finish(1, 1, date(2026, 10, 3), person, "Terlambat hujan.")
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
    await store.report(1, WorkStatus.BUILDING, person)
    await store.spend(1, Expense(TODAY, "Semen", 148_000_000), person)
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


@pytest.fixture
async def official(client: Client, person: UUID) -> UUID:
    """The official of the kecamatan, signed in."""
    made = await scene.resident(role="official")
    await client.sign_in(made)
    return made


DESK = "/petugas/pekerjaan"


async def test_the_desk_is_for_its_own_area(client: Client, person: UUID) -> None:
    """Residents see no desk; an official elsewhere finds nothing at the address; an auditor reads the reports."""
    await client.sign_in(person)
    assert (await client.get(DESK)).status_code == 403
    auditor = await scene.resident(role="auditor")
    await client.sign_in(auditor)
    assert "Saluran mampet" in (await client.get(DESK)).text
    assert (await client.get(f"{DESK}/1/cetak/lpj")).status_code == 200
    assert (await client.post(f"{DESK}/1/keadaan", {"status": "building"})).status_code in (403, 404)
    elsewhere = await scene.resident(role="official")
    await RoleGrant.update({RoleGrant.area: "32.73.26"}).where(RoleGrant.person == elsewhere)
    await client.sign_in(elsewhere)
    assert (await client.get(f"{DESK}/1")).status_code == 404
    assert "Saluran mampet" not in (await client.get(DESK)).text


async def test_an_official_plans_reports_and_prints(client: Client, official: UUID, person: UUID) -> None:
    """O1: plan, step, state, money: entered once, seen by residents, printed for signatures."""
    cycle = await scene.cycle(PhaseKind.PROPOSALS)
    number = await scene.proposal(cycle, person, title="Sumur resapan RW 05", cost=50_000_000)
    await proposals.write_outcomes(cycle, {number: "funded"}, {number: "Didanai."}, person)
    here = f"{DESK}/{number}"
    assert "Sumur resapan" in (await client.get(f"{DESK}?daftar=baru")).text
    empty = await client.post(f"{here}/rencana", {"carried_out_by": "", "step_1": "Gali"})
    assert empty.status_code == 422
    assert 'value="Gali"' in empty.text
    planned = {"carried_out_by": "Kelompok RW 05", "step_1": "Gali", "planned_1": "2026-10-01"}
    assert (await client.post(f"{here}/rencana", planned)).status_code == 303
    assert "Sumur resapan" in (await client.get(f"{DESK}?daftar=lewat")).text
    assert "sudah direncanakan" in (await client.get(f"{DESK}?daftar=baru")).text
    bought = {"paid_on": TODAY.isoformat(), "what": "Buis beton", "gross": "50.000.001", "tax": ""}
    over = await client.post(f"{here}/belanja", bought)
    assert (over.status_code, "melebihi anggaran" in over.text, "Buis beton" in over.text) == (422, True, True)
    assert (await client.post(f"{here}/belanja", bought | {"gross": "20.000.000", "tax": "400.000"})).status_code == 303
    assert (await client.post(f"{here}/tahapan/1", {"finished_1": TODAY.isoformat()})).status_code == 303
    assert (await client.post(f"{here}/keadaan", {"status": "finished"})).status_code == 303
    shown = (await client.get(f"/pelaksanaan/{number}")).text
    assert all(words in shown for words in ("Buis beton", "Rp\xa020.000.000", "Selesai"))
    report = (await client.get(f"{here}/cetak/lpj")).text
    assert all(words in report for words in ("Kelompok RW 05", "Rp\xa019.600.000", "Lurah"))
    assert "Wakil warga" in (await client.get(f"{here}/cetak/bast")).text
    assert (await client.get(f"{here}/cetak/lain")).status_code == 404


async def test_a_wrong_line_is_voided_in_public(client: Client, official: UUID) -> None:
    """The account book forgets nothing: the voided line stays, with the reason, outside the sum."""
    await store.spend(1, Expense(TODAY, "Semen dua kali", 1_000_000), official)
    line = (await store.work(1)).expenses[0].id
    assert (await client.post(f"{DESK}/1/belanja/{line}/batal", {"void_reason": ""})).status_code == 422
    assert (await client.post(f"{DESK}/1/belanja/{line}/batal", {"void_reason": "Tercatat ganda."})).status_code == 303
    assert "dibatalkan: Tercatat ganda." in (await client.get("/pelaksanaan/1")).text
    assert (await store.work(1)).card.spent == 0


def jpeg() -> bytes:
    """A small photo."""
    out = BytesIO()
    Image.new("RGB", (800, 600), "green").save(out, "JPEG")
    return out.getvalue()


async def test_pictures_need_words(client: Client, official: UUID) -> None:
    """A picture comes with words for who cannot see it; a file that is none is refused beside the field."""
    good, address = jpeg(), f"{DESK}/1/foto"

    async def sent(alt: str, body: bytes) -> Response:
        return await client.post(address, {"moment": "before", "alt": alt}, files={"photo": ("a.jpg", body)})

    assert (await sent("", good)).status_code == 422
    fake = await sent("Gang", b"not a photo")
    assert (fake.status_code, "bukan foto" in fake.text) == (422, True)
    assert (await sent("Gang tergenang", good)).status_code == 303
    assert "Gang tergenang" in (await client.get("/pelaksanaan/1")).text
