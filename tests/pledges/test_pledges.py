"""TJSL: a company pays for a project that won; votes, order and winners stay, freed money goes to the reserve."""

import json
from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.errors import Reason, Refused
from rembuk.pledges import store
from rembuk.pledges.rules import Offer, Refusal, why_not
from rembuk.proposals import store as proposals
from rembuk.results import store as results
from rembuk.results.documents import CITY
from rembuk.results.tables import Count
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.results.test_rounds import MILLION, counted_city

WHY = "Dana TJSL tahun ini."


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        (Offer("1", "PT Maju", 5 * MILLION, WHY), None),
        (Offer("1", "PT", 5 * MILLION, WHY), Refusal.NO_COMPANY),
        (Offer("1", "PT Maju", 5 * MILLION, "ya"), Refusal.NO_REASON),
        (Offer("1", "PT Maju", 999_999, WHY), Refusal.TOO_LITTLE),
        (Offer("1", "PT Maju", 5 * MILLION + 1, WHY), Refusal.TOO_MUCH),
    ],
)
def test_what_may_be_pledged(offer: Offer, reason: Refusal | None) -> None:
    """S6: a name, a reason, at least a million, never more than what is open of the cost."""
    assert why_not(offer, funded=True, open_cost=5 * MILLION) is reason
    assert why_not(offer, funded=False, open_cost=0) is Refusal.NOT_FUNDED


async def test_a_pledge_frees_money_for_the_reserve(db: Any) -> None:
    """S6: 20 are unspent, a pledge of 5 makes 25: the first reserve costs 25 and steps in; no count changes."""
    made = await counted_city()
    await made.finish()
    project = made.projects[made.districts[0]][0]
    documents = [row["document"] for row in await Count.select(Count.document).order_by(Count.id)]
    first, second = json.loads(await results.count_document(made.cycle.id, CITY))["reserve"]
    offer = Offer(project, "PT Maju", 5 * MILLION, WHY)
    act = await store.propose_pledge(made.cycle.id, offer, made.first)
    with refused(BoardRefusal.SAME_PERSON):
        await store.accept(act.id, made.cycle.id, made.first)
    assert await store.accept(act.id, made.cycle.id, made.second) == first
    assert (await proposals.by_number(int(first))).outcome == "funded"
    assert (await proposals.by_number(int(project))).outcome == "funded", "the project itself stays"
    rest = Offer(project, "PT Lain", 36 * MILLION, WHY)
    with refused(Refusal.TOO_MUCH):
        await store.propose_pledge(made.cycle.id, rest, made.first)
    act = await store.propose_pledge(made.cycle.id, Offer(project, "PT Lain", 35 * MILLION, WHY), made.first)
    assert await store.accept(act.id, made.cycle.id, made.second) == second
    assert (await results.book(made.cycle.id)).free == {"": 10 * MILLION}, "20 + 5 + 35 - 25 - 25"
    assert [(each.company, each.successor) for each in await store.pledges(made.cycle.id)] == [
        ("PT Maju", first),
        ("PT Lain", second),
    ]
    assert [row["document"] for row in await Count.select(Count.document).order_by(Count.id)] == documents
    await board.drain()
    assert [json.loads(leaf.body)["amount"] for leaf in await board.leaves_of(Kind.PLEDGE)] == [
        5 * MILLION,
        35 * MILLION,
    ]


async def test_pages_of_pledges(client: Client) -> None:
    """S6: two officials record it, everybody reads it on /tjsl, on the district's and on the city's page."""
    made = await counted_city()
    await made.finish()
    desk = f"/petugas/siklus/{made.cycle.slug}/janji"
    project = made.projects[made.districts[0]][0]
    typed = {"project": project, "company": "PT Maju", "amount": "5.000.000", "reason": WHY}
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    short = await client.post(desk, data=typed | {"amount": "nol"})
    assert short.status_code == 422 and "Janji dana paling sedikit" in short.text and "PT Maju" in short.text
    assert (await client.post(desk, data=typed)).status_code == 303
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    [asked] = await store.waiting_pledges(made.cycle.id)
    assert (await client.post(f"{desk}/{asked.act.id}")).status_code == 303
    await client.sign_out()
    for path in ("/tjsl", f"/hasil/coblong?siklus={made.cycle.slug}", f"/hasil/kota?siklus={made.cycle.slug}"):
        text = (await client.get(path)).text
        assert "PT Maju" in text or "dibayar perusahaan" in text, path
    assert "Cadangan yang menunggu" in (await client.get("/tjsl")).text


async def test_the_page_is_there_before_any_result(client: Client) -> None:
    """S6: without a published round it says so."""
    answer = await client.get("/tjsl")
    assert answer.status_code == 200 and "Belum ada hasil yang diumumkan." in answer.text
