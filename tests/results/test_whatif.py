"""What-if for officials: other rules and quotas over published ballots; compared, shared by address, never kept."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.shares import Part
from rembuk.people import store as people
from rembuk.people.rules import Kind
from rembuk.people.tables import Person
from rembuk.results import compared, store, whatif
from rembuk.results.archive import import_files
from rembuk.results.tables import BallotsFile, Count
from rembuk.results.whatif import Base, Case, ExactPart, Quota, Setting
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project, Utility
from rembuk.tally.pabulib import parse
from rembuk.web.viewer import Role
from tests.city import city
from tests.clients import Client
from tests.results.test_figures import FOUR_OF_FIVE
from tests.results.test_rounds import counted_city
from tests.strategies import elections

AT = "/petugas/uji-aturan"


async def someone(kind: Kind) -> UUID:
    """A person; of the staff: a city official."""
    person = Person(name="Rini", kind=kind.value, created_at=clock.now())
    await Person.insert(person)
    if kind is Kind.STAFF:
        await people.grant(person.id, "city_official", "32.73", by=None)
    return person.id


@settings(max_examples=50, deadline=None)
@given(elections(), elections())
def test_comparing_is_fair_to_both_sides(one: Election, other: Election) -> None:
    """What enters and leaves explains the difference in number and money; the first setting moves nobody."""
    cases = [Case("1", "Satu", one), Case("2", "Dua", other)]
    asked: list[tuple[Setting, dict[str, int]]] = [(Setting(), {}), (Setting("greedy"), {"2": 100})]
    first, second = compared.run(cases, Base(), asked)
    assert first and second
    assert (first.enters, first.leaves, first.better, first.worse) == ((), (), 0, 0)
    assert first.funded == len(count(one).winners) + len(count(other).winners)
    assert second.funded - first.funded == len(second.enters) - len(second.leaves)
    moved = sum(each.cost for each in second.enters) - sum(each.cost for each in second.leaves)
    assert second.cost - first.cost == moved
    assert second.budget == one.budget + 100
    assert sum(line.cost for line in second.districts) == second.cost <= second.budget
    assert second.better + second.worse <= second.voters == one.voters + other.voters


def test_a_rule_that_cannot_count_these_ballots_stands_empty() -> None:
    """Points are asked of ballots without points: no trial, and the others stay."""
    election = replace(elections_of_one(), rule="greedy")
    asked: list[tuple[Setting, dict[str, int]]] = [
        (Setting("equal_shares", Options(utility=Utility.POINTS)), {}),
        (Setting("equal_shares", Options(completion=Completion.ADD1U)), {}),
    ]
    none, some = compared.run([Case("1", "Satu", election)], Base(), asked)
    assert none is None and some and some.funded == 1


def elections_of_one() -> Election:
    """One project, one voter."""
    return Election.of([Project("a", 5)], [(("a",), 1)], 10)


def test_too_large_a_round_is_told() -> None:
    """30 districts of 200 projects are the most a page counts."""
    one = Case("1", "Satu", elections_of_one())
    assert not whatif.too_large([one] * 30)
    assert whatif.too_large([one] * 31)


def test_who_gains_and_who_loses() -> None:
    """Worked by hand: equal shares buys a and c in the north (share 90/8), only a in the south (90/7)."""
    texts = (FOUR_OF_FIVE + "8;c\n", FOUR_OF_FIVE)
    cases = [Case(str(nth), "x", parse(text).election) for nth, text in enumerate(texts)]
    first, second = compared.run(cases, Base(), [(Setting(), {}), (Setting("equal_shares"), {})])
    assert first and second
    assert [each.title for each in second.enters] == ["Keran umum"]
    assert [each.title for each in second.leaves] == ["Jalan setapak", "Jalan setapak"]
    assert (second.better, second.worse, second.voters) == (3, 8, 15)
    assert (first.represented, second.represented) == (8, 11)
    assert (first.mean, second.mean) == (8 * 90 // 15, (8 * 40 + 3 * 30) // 15)
    assert (first.passed_over, second.passed_over) == (1, 0)
    assert [(part.name, part.money) for part in second.issues] == [("Hijau", 80), ("Air", 30)]
    assert (first.gini, second.gini) == (47, 31), "5040 of 10800; 1880 of 6150"


async def archived(folder: Path) -> str:
    """A small archived round of two districts."""
    paths = []
    for name in ("Utara", "Selatan"):
        paths.append(folder / f"{name}.pb")
        paths[-1].write_text(FOUR_OF_FIVE.format(name=name) + ("8;c\n" if name == "Utara" else ""), "utf-8")
    return await import_files(paths, "Contoh")


async def test_two_rules_side_by_side(client: Client, tmp_path: Path) -> None:
    """Equal shares takes from a, b and gives to c; the same address gives the same page; nothing is written."""
    slug = await archived(tmp_path)
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    before = [await Count.count(), await BallotsFile.count()]
    asked = f"{AT}?siklus={slug}&a_rule=&b_rule=equal_shares&b_completion=none&c_rule=-"
    page = await client.get(asked)
    main = page.text.split("<main")[1]
    assert page.status_code == 200
    assert "Keran umum" in main and "Masuk (1)" in main and "Keluar (" in main
    assert "EUR\xa0180" in main and "1 dari 2" in main
    form = (await client.get(f"{asked}&ubah=1")).text.split("<main")[1]
    assert "Aturan berkas" in form and "Angka wilayah" in form and "Suara Anak" not in form, "an archive's own form"
    again = (await client.get(asked)).text
    assert again.split("Perbandingan</h2>")[1].split("<form")[0] == main.split("Perbandingan</h2>")[1].split("<form")[0]
    assert [await Count.count(), await BallotsFile.count()] == before
    three = (await client.get(f"{asked.removesuffix('-')}phragmen")).text
    assert "Aturan C" in three and "Phragmén" in three


async def test_who_may_try(client: Client, tmp_path: Path) -> None:
    """Officials and auditors; nobody else; before any result there is nothing to try."""
    assert (await client.get(AT)).status_code in (302, 303)
    await client.sign_in(await someone(Kind.RESIDENT), Role.RESIDENT)
    assert (await client.get(AT)).status_code in (403, 404)
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    empty = await client.get(AT)
    assert empty.status_code == 200 and "Belum ada hasil yang diumumkan" in empty.text
    assert (await client.get(f"{AT}?siklus=tidak-ada")).status_code == 404
    await archived(tmp_path)
    form = await client.get(AT)
    assert form.status_code == 200 and "Bandingkan" in form.text and "Perbandingan" not in form.text
    assert AT in (await client.get("/petugas")).text


@pytest.mark.parametrize("bad", ["a_rule=dadu", "b_rule=greedy&b_threshold=-1", "b_rule=greedy&b_utility=x"])
async def test_what_is_not_on_the_form_is_told(client: Client, tmp_path: Path, bad: str) -> None:
    """A value by hand is refused with a sentence, not counted as something else."""
    slug = await archived(tmp_path)
    await client.sign_in(await someone(Kind.STAFF), Role.CITY_OFFICIAL)
    page = await client.get(f"{AT}?siklus={slug}&{bad}")
    assert page.status_code == 422 and "Perbandingan" not in page.text
    points = await client.get(f"{AT}?siklus={slug}&a_rule=equal_shares&a_utility=points&b_rule=greedy")
    assert points.status_code == 422 and "tidak dapat menghitung surat suara jenis ini" in points.text
    assert "Perbandingan" in points.text, "the other setting is shown"


async def test_a_round_of_ours_with_another_quota(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ceilings by another formula, over districts whose ballots are published; too few ballots are left out."""
    made = await city(districts=2, proposals=6, voters=5)
    for district in made.districts:
        for roll in made.rolls[district]:
            await made.cast(roll, made.projects[district][:2])
    await made.finish()
    nothing = await store.try_settings(made.cycle, [Setting()])
    assert (nothing.trials, nothing.missing) == ([None], 2)
    monkeypatch.setattr("rembuk.results.store.reading.SMALLEST_FULL", 5)
    total = sum((await cycles.ceilings(made.cycle.id)).values())
    million = 1_000_000
    asked = [Setting(), Setting(quota=Quota("equal", total + 100 * million, unit=million))]
    found = await store.try_settings(made.cycle, asked)
    own, more = found.trials
    assert found.missing == 0 and own and more
    kept = await Count.select(Count.cost).where((Count.cycle == made.cycle.id) & (Count.official.eq(True)))
    assert own.cost == sum(row["cost"] for row in kept)
    assert own.budget == total and more.budget == total + 100 * million
    assert {line.ceiling for line in more.districts} == {more.budget // 2}
    refused = await store.try_settings(made.cycle, [Setting(), Setting(quota=Quota("need_weighted", total, poor=1))])
    assert refused.trials[0] == own and refused.trials[1] is None
    [fault] = refused.faults[1]
    assert fault.field == "quota" and "keluarga miskin" in fault.words, "nobody has that figure here"


def test_money_aside_caps_and_the_city_round() -> None:
    """L9, by hand, 100 in each district: a 70 (5 votes), w 40 for water (1 vote); b 70 (4), c 60 (3), both in one RW.

    As it is: a and b. With 50 % for water: w and b, for 60 are too little for a. With a city round of 30 + 30: c with
    3/7 comes before w with 1/6; with one per RW c is out and w gets the money.
    """
    here, there = Options(threshold=1), {"area": "3"}
    x = Election.of(
        [Project("a", 70, area="1"), Project("w", 40, area="2", issue="clean_water")],
        [(("a",), 5), (("w",), 1)],
        100,
        options=here,
    )
    y = Election.of(
        [Project("b", 70, **there), Project("c", 60, **there)], [(("b",), 4), (("c",), 3)], 100, options=here
    )
    trials = compared.run(
        [Case("x", "X", x), Case("y", "Y", y)],
        Base(contest="2025"),
        [
            (Setting(), {}),
            (Setting(floors={"clean_water": ExactPart(percent=50)}), {}),
            (Setting(leftover="share"), {}),
            (Setting(leftover="share", caps={"rw_number": 1}), {}),
        ],
    )
    assert [trial and (trial.funded, trial.cost) for trial in trials] == [(2, 140), (2, 110), (3, 200), (3, 180)]
    _, water, shared, capped = trials
    assert water and shared and capped
    assert [each.title for each in water.enters] == ["w"] and [each.title for each in water.leaves] == ["a"]
    assert (water.better, water.worse) == (1, 5)
    assert [each.title for each in shared.enters] == ["c"] and [each.title for each in capped.enters] == ["w"]
    assert shared.passed_over == 0


async def test_a_round_with_stages_is_tried_as_it_was(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """L9: its own fences, caps and city round first; without the money set aside something else is funded."""
    made = await counted_city()
    await made.finish()
    monkeypatch.setattr("rembuk.results.store.reading.SMALLEST_FULL", 1)
    own = json.loads(await store.count_document(made.cycle.id, "*"))
    dropped = Setting(floors={"flood": Part()}, children=0, leftover="none")
    found = await store.try_settings(made.cycle, [Setting(), dropped])
    assert found.missing == 0 and found.faults == [[], []]
    first, plain = found.trials
    assert first and plain
    assert (first.funded, first.cost) == (len(own["winners"]), own["spent_in_all"])
    assert plain.leaves and plain.enters
