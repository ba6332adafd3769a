"""The figures of a result page: who is represented, who paid what; from the kept document alone."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from rembuk.results import store, words
from rembuk.results.archive import import_files
from rembuk.results.figures import figures_of, parts_of, prices_of
from rembuk.results.store.counting import documented
from rembuk.tally.count import count
from rembuk.tally.election import Election
from tests.city import city
from tests.clients import Client
from tests.strategies import elections

FOUR_OF_FIVE = """META
key;value
subunit;{name}
instance;2023
budget;90
vote_type;approval
rule;greedy
currency;EUR
PROJECTS
project_id;cost;name;category
a;40;Taman kota;Hijau
b;50;Jalan setapak;Jalan
c;30;Keran umum;Air
d;30;Pos ronda;Air
VOTES
voter_id;vote
1;a,b
2;a,b
3;a,b
4;a,b
5;c
6;c
7;d
"""


def document(election: Election) -> dict[str, Any]:
    """The count as it is kept and read back."""
    result = count(election)
    read: dict[str, Any] = json.loads(documented(result, words.told(election, result, open_ballots=True)))
    return read


@settings(max_examples=60, deadline=None)
@given(elections(rule="equal_shares", kinds=("approval", "points")))
def test_the_price_system_adds_up(election: Election) -> None:
    """Law 7: every purchase is paid exactly by purses, and no rupiah comes from nowhere; read from steps alone."""
    kept = document(election)
    prices = prices_of(kept, {project.id: (project.id, project.issue) for project in election.projects})
    if not election.voters:
        assert prices is None
        return
    assert prices is not None
    held = Fraction(prices.purses) + 1
    for each in prices.purchases:
        assert each.in_full + each.rest == each.cost
        paid = each.full_payers + each.rest_payers
        assert paid <= each.supporters, "only who supports it pays; whose purse is empty pays nothing"
        assert paid == each.supporters or each.start or election.ballots.points is not None
        if not prices.per_point:
            assert each.price * each.full_payers <= each.in_full + 1
        assert 0 <= each.left < held
        held = Fraction(each.left) + 1
    bought = sum(each.cost for each in prices.purchases)
    assert abs(prices.purses - bought - prices.left) <= 1


@settings(max_examples=60, deadline=None)
@given(elections(kinds=("approval", "points", "ranked")))
def test_each_step_speaks_of_itself(election: Election) -> None:
    """L7: one sentence per step, with the money before and after that very step, never a later outcome."""
    kept = document(election)
    assert len(kept["said"]) == len(kept["steps"])
    for step, said in zip(kept["steps"], kept["said"], strict=True):
        sentence = said["id"]
        funded = step["decision"] == "funded"
        assert sentence.startswith("Didanai: ") == funded
        assert ("turun dari" in sentence) == (step["money_before"] != step["money_after"])
        assert f"Rp\xa0{step['money_after']}." in sentence
        assert ("Seri dengan" in sentence) == ("tie" in step and (funded or step["decision"] == "does_not_fit"))
        assert "Belum terpilih" not in sentence or step["project"] not in kept["winners"]


def test_older_documents_have_no_figures() -> None:
    """A count kept before figures were is shown without them."""
    assert figures_of({"winners": []}, {}) is None
    assert parts_of({"": 4, "waste": 0, "flood": 2}) == (parts_of({"flood": 2})[0],)


async def test_who_is_represented(client: Client, tmp_path: Path) -> None:
    """L7: the page names the group passed over with its numbers, and what losers lacked as chips."""
    path = tmp_path / "x.pb"
    path.write_text(FOUR_OF_FIVE.format(name="Utara"), "utf-8")
    slug = await import_files([path], "Contoh")
    main = (await client.get(f"/hasil/utara?siklus={slug}")).text.split("<main")[1]
    assert "Ada kelompok yang terlewat" not in main, "two supporters of c hold 180/7 < 30"
    assert "Tidak ada kelompok yang terlewat" in main and "Kami memeriksa 2 usulan" in main
    assert "Perlu 3 dukungan lagi" in main
    assert "Rupiah per isu" in main and "Jalan" in main
    assert "43 dari 100" in main, "three of seven have nothing, four have 90: Gini 3/7"
    path.write_text(FOUR_OF_FIVE.format(name="Selatan") + "8;c\n", "utf-8")
    slug = await import_files([path], "Contoh lagi")
    main = (await client.get(f"/hasil/selatan?siklus={slug}")).text.split("<main")[1]
    assert "3 pendukung “Keran umum” terlewat" in main
    assert "EUR\xa033" in main and "Siapa membayar apa?" not in main


async def test_prices_of_a_round(client: Client) -> None:
    """L7: a round counted by equal shares shows its price system; few ballots hide how evenly money was spread."""
    made = await city(districts=1, proposals=4, voters=6, rule="equal_shares", options={"completion": "greedy"})
    district = made.districts[0]
    for nth, roll in enumerate(made.rolls[district]):
        await made.cast(roll, made.projects[district][: 1 + nth % 3])
    await made.finish()
    kept = json.loads(await store.count_document(made.cycle.id, district))
    assert "fairness" not in kept and len(kept["said"]) == len(kept["steps"])
    (_, slug) = (await store.named(made.cycle))[district]
    page = await client.get(f"/hasil/{slug}?siklus={made.cycle.slug}")
    main = page.text.split("<main")[1]
    assert page.status_code == 200
    assert "Siapa membayar apa?" in main and "Masih di dompet" in main
    assert "Gini" not in main and "terlalu sedikit" in main
    assert "Rupiah per kelurahan" in main and "Kulon" in main
    first = await client.get(f"/hasil/{slug}?siklus={made.cycle.slug}&langkah=1")
    assert kept["said"][0]["id"].replace("“", "")[:40] in first.text.replace("“", "")
