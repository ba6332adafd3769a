"""The booth with points and with places: said again on every page, sealed at one length, counted as given."""

import json
from collections.abc import AsyncIterator

import pytest

from rembuk.results.tables import Count
from rembuk.voting import rules
from rembuk.voting.tables import Envelope
from tests.city import city
from tests.clients import Client, open_client
from tests.voting.test_routes import by_phone, code_in, nonce_in


@pytest.fixture
async def client(db: object) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


async def scores(area: str) -> dict[str, int]:
    """What the official count of a district found."""
    row = await Count.select(Count.document).where((Count.area == area) & Count.official.eq(True)).first()
    assert row is not None
    found: dict[str, int] = json.loads(row["document"])["scores"]
    return found


async def test_points(client: Client) -> None:
    """5.5: points are shared out, more than there are is refused with what was typed, and they count as given."""
    made = await city(districts=1, ballot=("points", 10))
    [here] = made.districts
    best, other = made.projects[here][:2]
    await by_phone(client, made, made.rolls[here][0])
    assert f'name="points-{best}"' in (await client.get("/bilik")).text
    for typed, words in (("8", "Paling banyak 10 poin"), ("x", "Poin harus berupa bilangan bulat")):
        refused = await client.post("/bilik/tinjau", {f"points-{best}": "3", f"points-{other}": typed})
        assert (refused.status_code, words in refused.text) == (422, True)
        assert 'value="3"' in refused.text
    form = {f"points-{best}": "7", f"points-{other}": "3", f"points-{made.projects[here][2]}": "0"}
    review = await client.post("/bilik/tinjau", form)
    assert all(words in review.text for words in ("7 poin", "3 poin", f'name="points-{best}" value="7"'))
    sent = await client.post("/suara", form | {"nonce": nonce_in(review.text)})
    assert sent.status_code == 303
    assert code_in((await client.get("/bukti")).text) == code_in(review.text)
    await made.cast(made.rolls[here][1])
    assert len({len(row["ciphertext"]) for row in await Envelope.select(Envelope.ciphertext)}) == 1
    await made.close()
    await made.open_box()
    await made.count()
    assert {project: score for project, score in (await scores(here)).items() if score} == {best: 7, other: 3}


async def test_places(client: Client) -> None:
    """5.5: places from the best down; two projects in one place are refused; the order counts, not the numbers."""
    made = await city(districts=1, ballot=("ranked", 3))
    [here] = made.districts
    first, second, third = made.projects[here][:3]
    await by_phone(client, made, made.rolls[here][0])
    assert f'name="rank-{first}"' in (await client.get("/bilik")).text
    same = await client.post("/bilik/tinjau", {f"rank-{first}": "1", f"rank-{second}": "1"})
    assert (same.status_code, "urutan yang sama" in same.text) == (422, True)
    form = {f"rank-{first}": "3", f"rank-{second}": "1", f"rank-{third}": ""}
    review = await client.post("/bilik/tinjau", form)
    assert review.text.index(f'name="rank-{second}" value="1"') < review.text.index(f'name="rank-{first}" value="2"')
    assert (await client.post("/suara", form | {"nonce": nonce_in(review.text)})).status_code == 303
    await made.close()
    await made.open_box()
    await made.count()
    assert {project: score for project, score in (await scores(here)).items() if score} == {second: 3, first: 2}


async def test_reading_inside_the_booth(client: Client) -> None:
    """5.5: "Baca" shows the proposal without its debate, and the picks come back to the same row."""
    made = await city()
    here, there = made.districts[:2]
    mine = made.projects[here]
    await by_phone(client, made, made.rolls[here][0])
    ballot = (await client.get("/bilik")).text
    assert f'formaction="/bilik/usulan/{mine[0]}"' in ballot
    shown = await client.post(f"/bilik/usulan/{mine[0]}", {"choice": mine[1:3]})
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert f'action="/bilik#u-{mine[0]}"' in shown.text
    assert all(f'name="choice" value="{each}"' in shown.text for each in mine[1:3])
    assert "Dukung" not in shown.text
    back = await client.post("/bilik", {"choice": mine[1:3]})
    assert back.text.count(" checked>") == 2
    assert (await client.post(f"/bilik/usulan/{made.projects[there][0]}", {})).status_code == 404


@pytest.mark.parametrize(
    ("chosen", "ballot_type", "fields"),
    [
        (("2", "1"), "approval", [("choice", "2"), ("choice", "1")]),
        (("2", "1"), "ranked", [("rank-2", "1"), ("rank-1", "2")]),
        ((("1", 4), ("2", 6)), "points", [("points-1", "4"), ("points-2", "6")]),
    ],
)
def test_a_form_says_the_choices_again(chosen: rules.Chosen, ballot_type: str, fields: list[tuple[str, str]]) -> None:
    """What a review page carries along is what was chosen."""
    assert rules.fields_of(chosen, ballot_type) == fields
