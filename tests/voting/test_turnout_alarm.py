"""T1: an RW with more marks than people on its roll becomes a case of its kelurahan, and the doctor says so."""

from typing import Any

from rembuk.checkup import examine
from rembuk.people.casework import CaseKind, Outcome
from rembuk.people.store import cases
from rembuk.people.tables import RollEntry
from rembuk.voting import store
from rembuk.voting.jobs import alarm
from rembuk.web.guards import Role
from tests.city import city
from tests.clients import Client


async def _said() -> str:
    return next(found.value for found in await examine() if found.name == "turnout")


async def test_more_marks_than_people_is_a_case(db: Any, tampering: None) -> None:
    """T1: two voted, one line is taken off behind the desk's back: alarm once, decided with a reason, never silent."""
    made = await city(districts=1, proposals=2, voters=4)
    [here] = made.districts
    for roll in made.rolls[here][:3:2]:
        await made.cast(roll, [])
    await alarm()
    assert await cases.cases([""]) == [] and await _said() == "within the roll"
    rw = f"{here}.1001.001"
    gone = RollEntry.id.is_in([made.rolls[here][0]])
    await RollEntry.update({RollEntry.status: "removed"}).where(gone)
    assert await store.beyond_the_roll(made.election) == {rw: 1}
    await alarm()
    await alarm()
    [case] = await cases.cases([here])
    assert (case.kind, case.rw, case.asked_count, case.state) == (CaseKind.TURNOUT, rw, 1, "open")
    assert await _said() == f"above the roll in {rw}"
    await cases.decide_case(case.id, Outcome.KEPT, "Satu warga pindah setelah memilih, surat pindah ada.", made.first)
    await alarm()
    assert [each.state for each in await cases.cases([""], closed=True)] == ["closed"]


async def test_the_desk_of_the_kelurahan_sees_it(client: Client, tampering: None) -> None:
    """T1, F1: on the list of cases and on its own page, with the number."""
    made = await city(districts=1, proposals=2, voters=1)
    [here] = made.districts
    await cases.open_turnout(made.cycle.id, {f"{here}.1001.001": 7})
    [case] = await cases.cases([here])
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "Suara melebihi daftar pemilih" in (await client.get("/meja/pendaftaran")).text
    assert "7 tanda memilih lebih banyak" in (await client.get(f"/meja/pendaftaran/{case.id}")).text
