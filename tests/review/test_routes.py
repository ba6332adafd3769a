"""The official's desk in the browser's place: every page, every form, and who is kept out."""

from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState, PhaseKind
from rembuk.places import store as places
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import State
from rembuk.voting.rehearsing import rehearse
from tests.clients import Client
from tests.review.scene import OTHER_RW, RW, Hall, city_hall, open_cycle, proposal, staff

DESK = ("/petugas", "/petugas/siklus", "/petugas/pemeriksaan")
GOOD = {
    "authority": "yes",
    "land": "yes",
    "overlap": "yes",
    "cost": "yes",
    "volume_1": "2",
    "price_1": "1.850.000",
    "verdict": "feasible",
    "reason": "Lahan fasum dan kewenangan kelurahan.",
    "internal_note": "Catatan rahasia lurah",
    "action": "finish",
}


@pytest.fixture
async def hall(db: Any) -> Hall:
    """City hall with two proposals, one in the lurah's kelurahan and one elsewhere."""
    await board.prepare()
    await places.load_pack("32.73")
    made = await city_hall()
    await proposal(made.cycle, 1, RW, made.resident)
    await proposal(made.cycle, 2, OTHER_RW, made.resident)
    return made


@pytest.mark.parametrize("path", DESK)
async def test_the_desk_is_for_officials(client: Client, hall: Hall, path: str) -> None:
    """F1, Q1: strangers are sent to sign in, residents are turned away, officials and auditors come in."""
    assert (await client.get(path)).status_code == 303
    await client.sign_in(hall.resident)
    assert (await client.get(path)).status_code == 403
    for person in (hall.lurah, hall.planner, hall.auditor):
        await client.sign_in(person)
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text[:500]


async def test_the_desk_counts_only_the_officials_areas(client: Client, hall: Hall) -> None:
    """F1: a lurah's queue shows the proposals of the kelurahan, the city official's all."""
    await client.sign_in(hall.lurah)
    text = (await client.get("/petugas/pemeriksaan")).text
    assert "Bank sampah nomor 1" in text
    assert "Bank sampah nomor 2" not in text
    await client.sign_in(hall.planner)
    both = (await client.get("/petugas/pemeriksaan?status=semua")).text
    assert "Bank sampah nomor 1" in both
    assert "Bank sampah nomor 2" in both
    one = (await client.get("/petugas/pemeriksaan?kecamatan=32.73.02")).text
    assert "Bank sampah nomor 1" not in one


async def test_an_auditor_reads_and_decides_nothing(client: Client, hall: Hall) -> None:
    """F4, T-AUTHZ: an auditor sees the whole queue, no internal note, and cannot open or post the form."""
    await client.sign_in(hall.auditor)
    text = (await client.get("/petugas/pemeriksaan?status=semua")).text
    assert 'href="/usulan/1"' in text
    assert 'href="/usulan/2"' in text
    assert (await client.get("/petugas/pemeriksaan/1")).status_code == 403
    assert (await client.post("/petugas/pemeriksaan/1", GOOD)).status_code == 403
    assert (await client.post(f"/petugas/siklus/{hall.cycle.slug}/tahap", {})).status_code == 403


async def test_another_areas_form_is_not_there(client: Client, hall: Hall) -> None:
    """F1: an official of another area cannot open the form nor post to it: 404."""
    await client.sign_in(hall.lurah)
    assert (await client.get("/petugas/pemeriksaan/1")).status_code == 200
    assert (await client.get("/petugas/pemeriksaan/2")).status_code == 404
    assert (await client.post("/petugas/pemeriksaan/2", GOOD)).status_code == 404
    assert (await client.get("/petugas/pemeriksaan/99")).status_code == 404
    assert (await proposals.by_number(2)).state is State.SENT


async def test_a_review_is_finished_by_the_form(client: Client, hall: Hall) -> None:
    """F2: the form finishes a review without JavaScript; the desk then counts it as done."""
    await client.sign_in(hall.lurah)
    answer = await client.post("/petugas/pemeriksaan/1", GOOD)
    assert answer.status_code == 303, answer.text[:800]
    assert answer.headers["location"] == "/petugas/pemeriksaan"
    detail = await proposals.by_number(1)
    assert detail.state is State.FEASIBLE
    assert detail.reviewed_cost == 3_700_000
    done = (await client.get("/petugas/pemeriksaan?status=selesai")).text
    assert "Bank sampah nomor 1" in done


async def test_what_is_wrong_stands_beside_its_field(client: Client, hall: Hall) -> None:
    """B1, F2: a refused review comes back with 422, the sentence and the typed text."""
    await client.sign_in(hall.lurah)
    answer = await client.post("/petugas/pemeriksaan/1", {**GOOD, "volume_1": "1", "verdict": "feasible_changed"})
    assert answer.status_code == 422
    assert "Baris 1 berubah" in answer.text
    assert 'href="#why_1"' in answer.text
    assert "Lahan fasum dan kewenangan kelurahan." in answer.text
    broken = await client.post("/petugas/pemeriksaan/1", {**GOOD, "price_1": "murah"})
    assert broken.status_code == 422
    assert "Biaya harus angka" in broken.text
    assert 'value="murah"' in broken.text


async def test_a_changed_cost_is_kept_with_its_reason(client: Client, hall: Hall) -> None:
    """F2: line-by-line correction, and a line the reviewer added, become the checked costs."""
    await client.sign_in(hall.lurah)
    changed = {
        **GOOD,
        "verdict": "feasible_changed",
        "volume_1": "1,5",
        "why_1": "Satu setengah set cukup",
        "name_2": "Papan informasi",
        "unit_2": "unit",
        "volume_2": "1",
        "price_2": "1200000",
        "why_2": "Wajib ada papan",
    }
    answer = await client.post("/petugas/pemeriksaan/1", changed)
    assert answer.status_code == 303, answer.text[:800]
    lines = (await proposals.by_number(1)).reviewed_lines
    assert [(line.name, line.amount, line.reason) for line in lines] == [
        ("Tong pilah", 2_775_000, "Satu setengah set cukup"),
        ("Papan informasi", 1_200_000, "Wajib ada papan"),
    ]


async def test_a_kept_draft_returns_to_its_writer_only(client: Client, hall: Hall) -> None:
    """F3, F4: saving half done changes nothing public; the note is shown to staff and nobody else."""
    await client.sign_in(hall.lurah)
    kept = await client.post("/petugas/pemeriksaan/1", {**GOOD, "action": "save"})
    assert kept.headers["location"] == "/petugas/pemeriksaan/1"
    assert "Catatan rahasia lurah" in (await client.get("/petugas/pemeriksaan/1")).text
    assert (await proposals.by_number(1)).state is State.SENT
    await client.post("/petugas/pemeriksaan/1", GOOD)
    await client.sign_out()
    for path in ("/usulan/1", "/api/v1/proposals/1", "/api/v1/proposals", "/usulan?q=rahasia"):
        assert "rahasia lurah" not in (await client.get(path)).text


async def test_nothing_is_checked_after_the_phase(client: Client, hall: Hall) -> None:
    """A1: with the review closed the page is read only and the form address refuses."""
    await cycles.close_phase(hall.cycle.id, PhaseKind.REVIEW, None)
    await client.sign_in(hall.lurah)
    text = (await client.get("/petugas/pemeriksaan/1")).text
    assert "Selesai dan terbitkan" not in text
    answer = await client.post("/petugas/pemeriksaan/1", GOOD)
    assert answer.status_code == 409
    assert "Tahap pemeriksaan tidak sedang dibuka" in answer.text


async def test_two_persons_freeze_by_the_page(client: Client, hall: Hall) -> None:
    """T6: the page shows "Menunggu orang kedua"; the first cannot confirm, the second can."""
    at = f"/petugas/siklus/{hall.cycle.slug}"
    await cycles.set_ceilings(hall.cycle.id, hall.planner)
    await client.sign_in(hall.lurah)
    await client.post("/petugas/pemeriksaan/1", GOOD)
    await client.sign_in(hall.planner)
    await client.post(f"{at}/ajukan", {"deed": "election.freeze"})
    assert "Pemeriksaan masih berlangsung" in (await client.get(at)).text
    await cycles.close_phase(hall.cycle.id, PhaseKind.REVIEW, hall.planner)
    await client.post(f"{at}/ajukan", {"deed": "election.freeze"})
    page = (await client.get(at)).text
    assert "Kunci kotak suara belum ditetapkan" in page
    assert f'href="{at}/kunci"' in page
    await rehearse(hall.cycle.id, hall.planner, hall.second)
    await client.post(f"{at}/ajukan", {"deed": "election.freeze"})
    page = (await client.get(at)).text
    assert "Menunggu orang kedua" in page
    assert "Setujui sebagai orang kedua" not in page
    [act] = await cycles.pending(hall.cycle.id)
    await client.post(f"{at}/setujui", {"act": str(act.id)})
    assert (await cycles.election(hall.cycle.id)).state is ElectionState.DRAFT
    await client.sign_in(hall.second)
    assert "Setujui sebagai orang kedua" in (await client.get(at)).text
    await client.post(f"{at}/setujui", {"act": str(act.id)})
    assert (await cycles.election(hall.cycle.id)).state is ElectionState.FROZEN


async def test_an_official_of_one_area_plans_nothing(client: Client, hall: Hall) -> None:
    """F1, T-AUTHZ: a lurah neither opens phases, nor changes ceilings, nor signs."""
    at = f"/petugas/siklus/{hall.cycle.slug}"
    await client.sign_in(hall.lurah)
    assert (await client.get(at)).status_code == 200
    for path in ("tahap", "pagu", "kalender", "ubah", "terbit", "ajukan", "setujui", "batalkan", "hapus", "arsip"):
        assert (await client.post(f"{at}/{path}", {})).status_code == 403, path
    assert (await client.get("/petugas/siklus/baru")).status_code == 403


async def test_a_request_can_be_taken_back(client: Client, hall: Hall) -> None:
    """T6: a request is withdrawn by its page; one of another cycle is not reached from here."""
    at = f"/petugas/siklus/{hall.cycle.slug}"
    await cycles.set_ceilings(hall.cycle.id, hall.planner)
    await rehearse(hall.cycle.id, hall.planner, hall.second)
    await client.sign_in(hall.planner)
    await client.post("/petugas/pemeriksaan/1", GOOD)
    await cycles.close_phase(hall.cycle.id, PhaseKind.REVIEW, hall.planner)
    await client.post(f"{at}/ajukan", {"deed": "election.freeze"})
    [act] = await cycles.pending(hall.cycle.id)
    assert (await client.post(f"{at}/batalkan", {"act": str(hall.cycle.id)})).status_code == 409
    assert (await client.post(f"{at}/batalkan", {"act": str(act.id)})).status_code == 303
    assert await cycles.pending(hall.cycle.id) == []


async def test_the_desk_of_an_empty_city(client: Client, db: Any) -> None:
    """Q1: without any cycle the desk invites the city official to make one."""
    planner = await staff("Petugas Kota", "city_official", "32.73")
    await client.sign_in(planner)
    for path in DESK:
        assert (await client.get(path)).status_code == 200
    assert "/petugas/siklus/baru" in (await client.get("/petugas")).text


async def test_a_second_cycle_of_the_same_name_is_refused(db: Any) -> None:
    """Q1: two cycles cannot share their short address."""
    await open_cycle()
    with pytest.raises(Exception, match="SLUG_TAKEN"):
        await open_cycle()
