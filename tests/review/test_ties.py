"""Exclusive groups and requirements: set at the review desk, read by everybody, frozen with the ballot."""

from typing import Any

import pytest

from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.errors import Refused
from rembuk.places import store as places
from rembuk.proposals import store as proposals
from rembuk.review import store
from rembuk.review.rules import Draft, Question, Refusal, Tie, Verdict, tie_sentences
from rembuk.review.store import set_tie
from tests.city import City, city
from tests.clients import Client
from tests.review.scene import OTHER_RW, RW, city_hall, proposal


def test_ties_are_told_in_sentences() -> None:
    """F3: rivals, what is required, and what hangs on a proposal; by number, or by title where no number is shown."""
    ties = {"4": Tie("pompa"), "12": Tie("pompa", "9"), "7": Tie("pompa")}
    assert [str(each) for each in tie_sentences("12", ties)] == [
        "Dari usulan ini dan usulan nomor 4, 7, paling banyak satu yang didanai.",
        "Hanya dapat didanai bila usulan nomor 9 juga didanai.",
    ]
    assert [str(each) for each in tie_sentences("9", ties)] == [
        "usulan nomor 12 hanya dapat didanai bila usulan ini didanai."
    ]
    named = tie_sentences("12", ties, {"4": "Pompa A", "7": "Pompa B", "9": "Saluran"})
    assert "“Pompa A”, “Pompa B”" in str(named[0])
    assert tie_sentences("1", ties) == []


async def test_a_tie_is_kept_read_and_let_go(client: Client) -> None:
    """F3, F5: the official of the area ties two proposals; desk, public page and ballot slip say so; empty lets go."""
    await places.load_pack("32.73")
    hall = await city_hall()
    for number in (1, 2):
        await proposal(hall.cycle, number, RW, hall.resident)
    await client.sign_in(hall.lurah)
    desk = "/petugas/pemeriksaan/1"
    kept = await client.post(f"{desk}/kaitan", {"group": "Bank sampah", "requires": ""})
    assert kept.status_code == 303
    assert (await client.post("/petugas/pemeriksaan/2/kaitan", {"group": "Bank sampah"})).status_code == 303
    sentence = "Dari usulan ini dan usulan nomor 2, paling banyak satu yang didanai."
    assert sentence in (await client.get(desk)).text
    assert await store.ties(hall.cycle.id, RW[:8]) == {"1": Tie("Bank sampah"), "2": Tie("Bank sampah")}
    assert (await client.post(f"{desk}/kaitan", {"group": "", "requires": "2"})).status_code == 303
    await client.sign_out()
    page = await client.get("/usulan/1", follow_redirects=True)
    assert "Hanya dapat didanai bila usulan nomor 2 juga didanai." in page.text
    await client.sign_in(hall.lurah)
    assert (await client.post(f"{desk}/kaitan", {"group": "", "requires": ""})).status_code == 303
    assert list(await store.ties(hall.cycle.id)) == ["2"]


async def test_a_tie_that_cannot_be_met_is_said(client: Client) -> None:
    """F2: itself, another kecamatan's, a ring, a rival: refused in words beside the field, what was typed kept."""
    await places.load_pack("32.73")
    hall = await city_hall()
    for number, rw in ((1, RW), (2, RW), (3, RW), (8, OTHER_RW)):
        await proposal(hall.cycle, number, rw, hall.resident)
    await set_tie(2, Tie(requires="3"), hall.planner, "city_official")
    await set_tie(3, Tie("pompa", "1"), hall.planner, "city_official")
    for tie, reason in (
        (Tie(requires="1"), Refusal.REQUIRES_ITSELF),
        (Tie(requires="8"), Refusal.NO_SUCH_REQUIRED),
        (Tie(requires="2"), Refusal.REQUIRES_IN_A_RING),
    ):
        with pytest.raises(Refused) as no:
            await set_tie(1, tie, hall.planner, "city_official")
        assert no.value.reason is reason
    with pytest.raises(Refused) as no:
        await set_tie(2, Tie("pompa", "3"), hall.planner, "city_official")
    assert no.value.reason is Refusal.REQUIRES_A_RIVAL
    await client.sign_in(hall.lurah)
    wrong = await client.post("/petugas/pemeriksaan/1/kaitan", {"group": "Nama kelompok", "requires": "2"})
    assert wrong.status_code == 422
    assert "pada akhirnya memerlukan usulan ini" in wrong.text
    assert 'value="Nama kelompok"' in wrong.text
    assert (await client.post("/petugas/pemeriksaan/8/kaitan", {"group": "x"})).status_code == 404


async def test_ties_are_frozen_with_the_ballot(db: Any) -> None:
    """F5, T6: what is on the slip holds group and requirement; once frozen, nothing moves."""
    made: City = await city(1, 3)
    number = int(made.projects[made.districts[0]][0])
    with pytest.raises(Refused) as no:
        await set_tie(number, Tie("pompa"), made.first, "city_official")
    assert no.value.reason is CycleRefusal.FROZEN


async def test_the_slip_names_the_ties(db: Any) -> None:
    """F5: a feasible proposal goes on the slip with its group and what it requires."""
    hall = await city_hall(PhaseKind.REVIEW)
    for number in (1, 2):
        await proposal(hall.cycle, number, RW, hall.resident)
        await _pass(hall.planner, number)
    await set_tie(1, Tie("pompa", "2"), hall.planner, "city_official")
    slip = {each.id: (each.group, each.requires) for each in await store.frozen_projects(hall.cycle.id)}
    assert slip == {"1": ("pompa", "2"), "2": ("", "")}


async def _pass(official: Any, number: int) -> None:
    detail = await proposals.by_number(number)
    draft = Draft(
        Verdict.FEASIBLE, "Lahan dan kewenangan sudah sesuai.", "", dict.fromkeys(Question, True), detail.lines
    )
    await store.finish(number, official, "city_official", draft)
