"""T-ROLL and T-LIMIT: what a cheat with envelopes, a lost code and a guesser get, played to the end in a small city."""

from datetime import date
from typing import Any

import pytest

from rembuk.errors import Refused
from rembuk.people import codes, store
from rembuk.people.casework import Outcome, Refusal, Request
from rembuk.people.rules import (
    WRONG_SECOND_FACTORS,
    NewEntry,
)
from rembuk.people.rules import Refusal as PeopleRefusal
from rembuk.people.store import NewCode, batches, cases, imports
from rembuk.people.tables import CodeEvent, RollEntry
from rembuk.voting.tables import Envelope, RollMark
from tests.city import City, city
from tests.people.making import NIK
from tests.people.rolls import roll_csv

DATE = "081985"


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def envelopes(town: City, count: int) -> list[codes.VoterCode]:
    """Sealed envelopes E-1, E-2 … at the kelurahan."""
    made = [codes.make_code() for _ in range(count)]
    keys = [codes.public_key(codes.key_seed(code, town.cycle.id)).hex() for code in made]
    new = [NewCode(f"E-{n}", key) for n, key in enumerate(keys, 1)]
    await store.load_batch(town.cycle.id, "paket E", new, town.first)
    return made


async def test_codes_of_the_absent(db: Any) -> None:
    """T1: an opened envelope opens nothing; one handed out for somebody absent shows when they come, and is undone."""
    town = await city(districts=1, proposals=3, voters=4)
    stolen, other, fresh = await envelopes(town, 3)
    (district,) = town.districts
    absent = town.rolls[district][0]
    project = town.projects[district][0]
    assert await refused(store.sign_in_with_code(stolen.text, "1234")) is PeopleRefusal.CODE_WRONG
    cheat = town.second
    await store.hand_out(town.cycle.id, "E-2", absent, "1111", cheat)
    came_in = await store.sign_in_with_code(other.text, "1111")
    await town.cast(absent, [project], seed=came_in.seed)
    again = store.hand_out(town.cycle.id, "E-1", absent, DATE, town.first)
    assert await refused(again) is PeopleRefusal.HAS_CODE
    log = [row["by"] for row in await CodeEvent.select().where(CodeEvent.serial == "E-2")]
    assert log == [cheat]
    await batches.change_code(town.cycle.id, "E-2", "E-3", DATE, reason="bukan warga yang mengambil", by=town.first)
    assert await refused(store.sign_in_with_code(other.text, "1111")) is PeopleRefusal.CODE_WRONG
    own = await store.sign_in_with_code(fresh.text, DATE)
    await town.cast(absent, [], seed=own.seed)
    assert await RollMark.count().where(RollMark.roll == absent) == 1
    assert await Envelope.count().where(Envelope.roll == absent) == 2


async def test_one_person_two_ways(db: Any) -> None:
    """T3: the same NIK by file and by request is one line; by code and by account it is one mark."""
    town = await city(districts=1, proposals=3, voters=2)
    (district,) = town.districts
    rw = f"{district}.1001.001"
    await store.add_roll_entries(town.cycle.id, [NewEntry(rw, nik=NIK)])
    await store.add_roll_entries(town.cycle.id, [NewEntry(f"{district}.1001.002", nik=NIK)])
    await cases.ask_entry(town.cycle.id, Request("Euis", NIK, f"{district}.1001.002", _born()))
    (case,) = await cases.cases([""])
    assert await refused(cases.decide_case(case.id, Outcome.MOVED, "Pindah rumah tahun lalu.", town.first)) is (
        Refusal.ONLY_KEPT
    )
    entry = await store.entry_of_nik(town.cycle.id, NIK)
    assert entry and entry.rw == rw
    (code,) = await envelopes(town, 1)
    await store.hand_out(town.cycle.id, "E-1", entry.id, DATE, town.first)
    by_code = await store.sign_in_with_code(code.text, DATE)
    await town.cast(entry.id, [], seed=by_code.seed)
    await store.person_for(entry.id)
    await town.cast(entry.id, [town.projects[district][0]], seed=by_code.seed)
    assert await RollMark.count().where(RollMark.roll == entry.id) == 1
    assert await RollEntry.count().where(RollEntry.person == by_code.person) == 1


async def test_a_lost_code_after_voting(db: Any) -> None:
    """T15: a code lost after voting is replaced; the resident votes again, the box opens with one ballot of theirs."""
    town = await city(districts=1, proposals=3, voters=3)
    (district,) = town.districts
    roll, project = town.rolls[district][0], town.projects[district][0]
    lost, fresh = await envelopes(town, 2)
    await store.hand_out(town.cycle.id, "E-1", roll, DATE, town.first)
    first = await store.sign_in_with_code(lost.text, DATE)
    await town.cast(roll, [project], seed=first.seed)
    for _ in range(WRONG_SECOND_FACTORS):
        await refused(store.sign_in_with_code(lost.text, "0000"))
    assert await refused(store.sign_in_with_code(lost.text, DATE)) is PeopleRefusal.CODE_LOCKED
    await batches.change_code(town.cycle.id, "E-1", "E-2", "2468", reason="hilang di jalan", by=town.first)
    second = await store.sign_in_with_code(fresh.text, "2468")
    assert second.person == first.person
    await town.cast(roll, [], seed=second.seed)
    await town.close()
    assert await town.open_box() == 1


async def test_no_file_comes_in_between(db: Any) -> None:
    """I14: in a city whose booth is open no file is taken, and a request needs two officials."""
    town = await city(districts=1, proposals=3, voters=2)
    (district,) = town.districts
    rw = f"{district}.1001.001"
    body = roll_csv(3, rw=rw)
    assert await refused(imports.propose_import(town.cycle.id, body, town.first)) is Refusal.VOTE_BEGAN
    await cases.ask_entry(town.cycle.id, Request("Euis", NIK, rw, _born()))
    (case,) = await cases.cases([rw.rpartition(".")[0]])
    await cases.decide_case(case.id, Outcome.ADDED, "KTP cocok, baru pindah.", town.first, nik=NIK)
    await cases.confirm_addition(case.id, town.second)
    entry = await store.entry_of_nik(town.cycle.id, NIK)
    assert entry
    (code,) = await envelopes(town, 1)
    await store.hand_out(town.cycle.id, "E-1", entry.id, DATE, town.first)
    came_in = await store.sign_in_with_code(code.text, DATE)
    await town.cast(entry.id, [town.projects[district][0]], seed=came_in.seed)
    await town.close()
    assert await town.open_box() == 1


def _born() -> date:
    return date(1985, 8, 5)
