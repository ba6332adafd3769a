"""Who may vote is a setting of the round: its age and its family cap, shown at set-up and frozen (trust.md 3)."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import CycleText
from rembuk.cycles.tables import Cycle, Election
from rembuk.errors import Refused
from rembuk.people import store
from rembuk.people.casework import Refusal
from rembuk.people.rules import NewEntry
from rembuk.people.store import cases, imports
from rembuk.people.tables import RollCase, RollEntry
from rembuk.web.viewer import Role
from tests.city import city
from tests.clients import Client
from tests.people.rolls import KELURAHAN, make_areas, nik_of, two_officials

RW = f"{KELURAHAN}.005"
KK = "3273270508850009"
TEXT = CycleText("Siklus umur", 2027, 1_000_000_000, "equal", {}, "greedy", {}, "approval", 3, voting_age=16, kk_cap=2)


async def test_the_age_and_the_cap_of_the_round_hold(db: Any) -> None:
    """trust 3: who is 16 votes where the round says 16; three on one card are a case where the round says two."""
    await make_areas()
    cycle = (await cycles.create(TEXT, "32.73", uuid4())).id
    today = clock.local(clock.now()).date()
    sixteen = date(today.year - 16, today.month, 1)
    rows = [f"{nik_of(n)},{KK},{RW},{sixteen:%d-%m-%Y}" for n in (1, 2, 3)]
    body = "\n".join(("nik,kk,rw,tanggal_lahir", *rows)).encode()
    report, _ = await imports.dry_run(cycle, body)
    assert (report.line_count, report.too_young, report.families) == (3, 0, 1)
    born = [NewEntry(RW, nik=nik_of(n), kk=KK, born=sixteen) for n in (1, 2, 3)]
    await store.add_roll_entries(cycle, born, on=today)
    assert not await RollEntry.exists().where(RollEntry.eligible_from.is_not_null())
    await cases.open_families(cycle)
    assert await RollCase.count() == 1
    await Cycle.update({Cycle.voting_age: 17, Cycle.kk_cap: 3}).where(Cycle.id == cycle)
    report, _ = await imports.dry_run(cycle, body)
    assert (report.too_young, report.families) == (3, 0)


async def test_the_age_stands_once_the_roll_is_filled(db: Any) -> None:
    """T6: nobody changes who may vote under a roll that was read by another age; the rest may still change."""
    cycle = await cycles.create(TEXT, "32.73", uuid4())
    older = CycleText(**{**{name: getattr(TEXT, name) for name in CycleText.__slots__}, "voting_age": 17})
    await cycles.change(cycle.id, older, uuid4())
    await store.add_roll_entries(cycle.id, [NewEntry(RW)])
    with pytest.raises(Refused) as said:
        await cycles.change(cycle.id, TEXT, uuid4())
    assert said.value.reason is Refusal.AGE_FIXED and "17 tahun" in said.value.sentence()
    assert (await cycles.change(cycle.id, older, uuid4())).voting_age == 17


async def test_both_are_frozen(db: Any) -> None:
    """T6, A5: the configuration says the age, the cap and how many sworn auditors, so that they cannot move."""
    made = await city(districts=1, proposals=2, voters=1)
    row = await Election.select(Election.config).where(Election.id == made.election).first()
    body = json.loads((row or {})["config"])
    assert (body["voting_age"], body["kk_cap"], body["auditor_quorum"]) == (17, 12, 0)


async def test_the_form_asks_for_them(client: Client) -> None:
    """F1: shown with the usual values, kept as typed, refused outside sense."""
    official, _ = await two_officials()
    await client.sign_in(official, Role.CITY_OFFICIAL)
    page = (await client.get("/petugas/siklus/baru")).text
    assert 'name="voting_age"' in page and 'value="17"' in page and 'value="12"' in page
    form = {"name": "Siklus umur", "year": "2027", "budget": "1000000000", "ballot_type": "approval"}
    form |= {"max_choices": "3", "tally_rule": "greedy", "completion": "none", "voting_age": "16", "kk_cap": "8"}
    assert (await client.post("/petugas/siklus/baru", form | {"voting_age": "3"})).status_code == 422
    assert (await client.post("/petugas/siklus/baru", form)).status_code == 303
    [kept] = [each for each in await cycles.cycles(drafts=True) if each.name == "Siklus umur"]
    assert (kept.voting_age, kept.kk_cap) == (16, 8)
