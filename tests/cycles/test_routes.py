"""Cycles on the official's pages and for programs."""

from dataclasses import replace
from typing import Any

import pytest

from rembuk import clock
from rembuk.cycles import rules, store
from rembuk.cycles.routes.calendar import typed_moment
from rembuk.cycles.rules import CycleState, PhaseKind
from rembuk.cycles.tables import Cycle as CycleRow
from rembuk.cycles.tables import Election, PhaseRow
from rembuk.places import store as places
from tests.clients import Client
from tests.review.scene import TEXT, open_cycle, staff

NEW = {
    "name": "Musyawarah Anggaran 2027",
    "year": "2027",
    "budget": "Rp 159.500.000.000",
    "ballot_type": "approval",
    "max_choices": "5",
    "tally_rule": "equal_shares",
    "completion": "add1u",
}
AT = "/petugas/siklus/musyawarah-anggaran-2027"
DATES = {
    "proposals": ("2027-02-01T08:00", "2027-03-14T20:00"),
    "debate": ("2027-03-01T08:00", "2027-04-04T20:00"),
    "review": ("2027-04-05T08:00", "2027-05-02T20:00"),
    "voting": ("2027-05-10T08:00", "2027-05-17T20:00"),
    "results": ("2027-05-18T08:00", "2027-06-17T20:00"),
    "works": ("2027-06-18T08:00", "2027-12-18T20:00"),
}


def dates(**moved: tuple[str, str]) -> dict[str, str]:
    """The calendar form, some phases moved."""
    both = {**DATES, **moved}
    starts = {f"{kind}_starts": pair[0] for kind, pair in both.items()}
    return starts | {f"{kind}_ends": pair[1] for kind, pair in both.items()}


@pytest.fixture
async def planner(client: Client) -> Any:
    """A city official, signed in, in a city that has its areas."""
    await places.load_pack("32.73")
    person = await staff("Petugas Kota", "city_official", "32.73")
    await client.sign_in(person)
    return person


async def test_a_cycle_from_nothing_to_published(client: Client, planner: Any) -> None:
    """Q1: typed, dated, with ceilings, published, step by step and without JavaScript."""
    assert (await client.get("/petugas/siklus/baru")).status_code == 200
    made = await client.post("/petugas/siklus/baru", NEW)
    assert made.status_code == 303, made.text[:500]
    assert made.headers["location"] == f"{AT}/kalender"
    assert "2026" not in (await client.get(f"{AT}/ubah")).text.split("Nama siklus")[1][:300]
    assert (await client.get(f"{AT}/kalender")).status_code == 200
    assert (await client.post(f"{AT}/kalender", dates())).status_code == 303
    assert (await client.get(AT)).status_code == 200
    assert (await client.post(f"{AT}/terbit", {})).status_code == 303
    cycle = await store.by_slug("musyawarah-anggaran-2027")
    assert cycle.state is CycleState.PUBLISHED
    assert cycle.budget == 159_500_000_000
    voting = next(p for p in await store.phases(cycle.id) if p.kind is PhaseKind.VOTING)
    assert clock.moment(voting.ends_at) == "Senin, 17 Mei 2027 pukul 20.00 WIB"


async def test_a_draft_is_invisible_to_the_public(client: Client, planner: Any) -> None:
    """Q1, A1: a draft is in no public answer; staff preview it; published, it is there."""
    await client.post("/petugas/siklus/baru", NEW)
    assert (await client.get(AT)).status_code == 200
    await client.sign_out()
    assert (await client.get("/api/v1/cycles")).json() == []
    assert (await client.get("/api/v1/cycles/musyawarah-anggaran-2027")).status_code == 404
    assert (await client.get("/api/v1/cycles/musyawarah-anggaran-2027/ceilings")).status_code == 404
    assert (await client.get(AT)).status_code == 303


async def test_wrong_dates_come_back_in_words(client: Client, planner: Any) -> None:
    """A10: a wrong calendar is refused with 422, the other phase named, what was typed kept."""
    await client.post("/petugas/siklus/baru", NEW)
    answer = await client.post(f"{AT}/kalender", dates(voting=("2027-04-20T08:00", "2027-05-17T20:00")))
    assert answer.status_code == 422
    assert "Tahap Suara harus dimulai setelah Pemeriksaan berakhir." in answer.text
    assert "2027-04-20T08:00" in answer.text
    empty = await client.post(f"{AT}/kalender", dates(voting=("", "besok")))
    assert empty.status_code == 422
    assert empty.text.count("Isi tanggal dan jamnya") >= 2


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Bagian ini masih kosong."),
        ("budget", "banyak", "Biaya harus angka"),
        ("year", "dua ribu", "Isi dengan angka"),
        ("tally_rule", "official", "Pilih salah satu"),
        ("ballot_type", "", "Pilih salah satu"),
    ],
)
async def test_a_faulty_cycle_form(client: Client, planner: Any, field: str, typed: str, words: str) -> None:
    """B1: each fault stands beside its field and the rest stays typed."""
    answer = await client.post("/petugas/siklus/baru", {**NEW, field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert await store.cycles(drafts=True) == []


async def test_the_ceiling_preview_keeps_nothing(client: Client, planner: Any) -> None:
    """Q3: looking at a formula changes nothing; the total is shown and the table has thirty rows."""
    await client.post("/petugas/siklus/baru", NEW)
    answer = await client.get(f"{AT}/pagu?rule=need_weighted&budget=159500000000&equal=30&population=40&poor=30")
    assert answer.status_code == 200
    assert "Rp\xa0159.500.000.000" in answer.text
    assert "Rp\xa08.518.000.000" in answer.text
    assert answer.text.count('<tr role="row" id="') == 30
    assert answer.text.count("<path") >= 30
    assert "CC BY 3.0 IGO" in answer.text
    cycle = await store.by_slug("musyawarah-anggaran-2027", drafts=True)
    assert await store.ceilings(cycle.id) == {}


async def test_two_formulas_side_by_side(client: Client, planner: Any) -> None:
    """Q3: a second formula stands beside the first, with the difference; both add up to the total."""
    await client.post("/petugas/siklus/baru", NEW)
    query = "rule=need_weighted&budget=159500000000&equal=30&population=40&poor=30&compare=1&other_rule=per_capita"
    answer = await client.get(f"{AT}/pagu?{query}&other_equal=1&other_population=0&other_poor=0")
    assert answer.status_code == 200
    assert "Selisih" in answer.text
    assert answer.text.count("Rp\xa0159.500.000.000") >= 3


async def test_saved_ceilings_are_those_previewed(client: Client, planner: Any) -> None:
    """Q3: saving keeps exactly the previewed formula, and the page says so."""
    await client.post("/petugas/siklus/baru", NEW)
    asked = {"rule": "need_weighted", "budget": "159500000000", "equal": "30", "population": "40", "poor": "30"}
    assert (await client.post(f"{AT}/pagu", asked)).status_code == 303
    cycle = await store.by_slug("musyawarah-anggaran-2027", drafts=True)
    ceilings = await store.ceilings(cycle.id)
    assert (sum(ceilings.values()), ceilings["32.73.01"]) == (159_500_000_000, 4_604_000_000)
    assert "Pembagian ini sudah tersimpan." in (await client.get(f"{AT}/pagu")).text


@pytest.mark.parametrize(
    "query",
    [
        "rule=need_weighted&equal=0&population=0&poor=0",
        "rule=per_capita&budget=159500000001",
        "rule=equal&budget=159500000000&lowest=90000000000",
        "rule=nonsense&equal=-3&budget=x",
    ],
)
async def test_impossible_formulas_are_said_in_words(client: Client, planner: Any, query: str) -> None:
    """Q3: what cannot be divided is explained on the page, and is no error of ours."""
    await client.post("/petugas/siklus/baru", NEW)
    answer = await client.get(f"{AT}/pagu?{query}")
    assert answer.status_code == 200
    assert 'class="catatan bahaya' in answer.text


async def test_phases_are_turned_by_buttons(client: Client, planner: Any) -> None:
    """A11: the page shows each phase with its dates and the one act it allows; the booth needs two persons."""
    cycle = await open_cycle()
    at = f"/petugas/siklus/{cycle.slug}"
    page = (await client.get(at)).text
    assert page.count("Buka tahap ini") == 3
    assert "Perlu persetujuan dua orang" in page
    await client.post(f"{at}/tahap", {"kind": "proposals", "action": "open", "reason": "Mulai"})
    assert await store.is_open(cycle.id, PhaseKind.PROPOSALS)
    page = (await client.get(at)).text
    assert "Tutup tahap ini" in page
    assert rules.CLOSING_MEANS[PhaseKind.PROPOSALS] in page
    await client.post(f"{at}/tahap", {"kind": "voting", "action": "open"})
    assert not await store.is_open(cycle.id, PhaseKind.VOTING)
    assert "perlu persetujuan dua orang" in (await client.get(at)).text
    await client.post(f"{at}/tahap", {"kind": "sarapan", "action": "open"})
    assert len(await store.events(cycle.id)) == 1


async def test_a_calendar_saved_untouched_moves_nothing(client: Client, planner: Any) -> None:
    """T14: saving the calendar as shown keeps every moment, seconds too, also of phases that opened."""
    cycle = await open_cycle(PhaseKind.PROPOSALS)
    before = await store.phases(cycle.id)
    typed = {f"{phase.kind}_starts": typed_moment(phase.starts_at) for phase in before}
    typed |= {f"{phase.kind}_ends": typed_moment(phase.ends_at) for phase in before}
    answer = await client.post(f"/petugas/siklus/{cycle.slug}/kalender", typed)
    assert answer.status_code == 303, answer.text[:500]
    assert await store.phases(cycle.id) == before


async def test_deleting_asks_for_the_name(client: Client, planner: Any) -> None:
    """Q2: an empty draft goes only after its name was typed."""
    await client.post("/petugas/siklus/baru", NEW)
    await client.post(f"{AT}/hapus", {"name": "salah"})
    assert len(await store.cycles(drafts=True)) == 1
    await client.post(f"{AT}/hapus", {"name": NEW["name"]})
    assert await store.cycles(drafts=True) == []


async def test_an_imported_round_is_readable_and_nothing_more(client: Client, planner: Any) -> None:
    """A9: a round imported from elsewhere, without a vote and in its own currency, opens on every page."""
    text = replace(TEXT, name="Budapest 2024", quota_rule="archive", quota_options={}, tally_rule="official")
    cycle = await store.create(text, "HU", None, kind="archive")
    await Election.delete().where(Election.cycle == cycle.id)
    await CycleRow.update({CycleRow.currency: "EUR"}).where(CycleRow.id == cycle.id)
    await store.archive(cycle.id, None)
    at = f"/petugas/siklus/{cycle.slug}"
    page = await client.get(at)
    assert page.status_code == 200
    assert "EUR" in page.text
    assert "Buka tahap ini" not in page.text
    assert (await client.get(f"{at}/pagu")).status_code == 200
    assert (await client.get("/petugas/siklus")).status_code == 200
    assert (await client.post(f"{at}/ubah", NEW)).status_code == 409
    assert (await client.get(f"/api/v1/cycles/{cycle.slug}")).json()["vote"] is None


async def test_a_finished_cycle_becomes_an_archive(client: Client, planner: Any) -> None:
    """A9: when the last phase is closed the page offers the archive; afterwards nothing is written."""
    cycle = await open_cycle()
    at = f"/petugas/siklus/{cycle.slug}"
    assert "Jadikan arsip" not in (await client.get(at)).text
    now = clock.now()
    await PhaseRow.update({PhaseRow.opened_at: now, PhaseRow.closed_at: now}).where(PhaseRow.cycle == cycle.id)
    assert "Jadikan arsip" in (await client.get(at)).text
    assert (await client.post(f"{at}/arsip", {})).status_code == 303
    assert (await store.cycle(cycle.id)).state is CycleState.ARCHIVED
    assert (await client.post(f"{at}/kalender", dates())).status_code in (409, 422)


async def test_cycles_for_programs(client: Client, planner: Any) -> None:
    """P: the API gives a published cycle with phases, vote and ceilings that add up."""
    cycle = await open_cycle(PhaseKind.PROPOSALS)
    await store.set_ceilings(cycle.id, None)
    await client.sign_out()
    [listed] = (await client.get("/api/v1/cycles")).json()
    assert (listed["slug"], listed["budget"]) == (cycle.slug, TEXT.budget)
    whole = (await client.get(f"/api/v1/cycles/{cycle.slug}")).json()
    assert (whole["phase"], len(whole["phases"])) == ("proposals", 6)
    assert whole["vote"]["state"] == "draft"
    money = (await client.get(f"/api/v1/cycles/{cycle.slug}/ceilings")).json()
    assert money["total"] == TEXT.budget == sum(each["amount"] for each in money["ceilings"])
    assert (await client.get("/api/v1/cycles/tidak-ada")).status_code == 404
