"""Boxes that are not published: auditors alone read them, count again, and their word stands, also when it differs."""

import json
from typing import Any
from uuid import uuid4

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.clock import now
from rembuk.cycles.shares import Shares, children_box
from rembuk.cycles.store import Wanted
from rembuk.errors import Reason, Refused
from rembuk.people import store as people
from rembuk.people.tables import Person
from rembuk.results import store as results
from rembuk.results.store import swearing as store
from rembuk.results.store.swearing import Unsworn
from rembuk.web.guards import Role
from tests.city import City, city
from tests.clients import Client


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def voted() -> City:
    """Two small districts; the first project of the first wins."""
    made = await city(districts=2, proposals=4, voters=2)
    await made.cast(made.rolls[made.districts[0]][0], made.projects[made.districts[0]][:1])
    await made.close()
    await made.open_box()
    await made.count()
    return made


async def test_an_auditors_count_stands_on_the_board(db: Any) -> None:
    """trust 4.7: not before the count; the same winners in any order agree; another list is recorded as different."""
    made = await city(districts=2, proposals=4, voters=2)
    here, there = made.districts
    auditor, other = uuid4(), uuid4()
    await made.cast(made.rolls[here][0], made.projects[here][:1])
    await made.close()
    await made.open_box()
    with refused(Unsworn.NOT_COUNTED):
        await store.record_recount(made.cycle.id, here, "1", auditor)
    await made.count()
    assert [(box.area, box.ballots, box.agreeing) for box in await store.closed_boxes(made.cycle.id)] == [
        (here, 1, 0),
        (there, 0, 0),
    ]
    for wrong in ("", "x", "1;2;x"):
        with refused(Unsworn.NO_WINNERS):
            await store.record_recount(made.cycle.id, here, wrong, auditor)
    with refused(Unsworn.NO_SUCH_BOX):
        await store.record_recount(made.cycle.id, "32.73.99", "0", auditor)
    assert await store.record_recount(made.cycle.id, here, made.projects[here][0], auditor)
    assert await store.record_recount(made.cycle.id, there, "0", auditor)
    assert not await store.record_recount(made.cycle.id, here, made.projects[here][1], other)
    [box, _] = await store.closed_boxes(made.cycle.id)
    assert (box.agreeing, box.differing) == (1, 1)
    [again, _] = await store.closed_boxes(made.cycle.id, without=(auditor,))
    assert (again.agreeing, again.differing) == (0, 1)
    leaves = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.RECOUNT)]
    assert [(leaf["area"], leaf["agrees"]) for leaf in leaves] == [(here, True), (there, True), (here, False)]
    assert leaves[0]["ballots_sha256"] == box.sha256


async def test_a_citys_result_waits_for_its_sworn_auditors(db: Any) -> None:
    """trust 4.7, L2: nobody publishes before every closed box was recounted by others than the two who sign."""
    made = await city(districts=2, proposals=4, voters=2, quorum=(2, 3))
    here, there = made.districts
    await made.cast(made.rolls[here][0], made.projects[here][:1])
    await made.close()
    await made.open_box()
    await made.count()
    await made.cosign()
    with refused(Unsworn.NOT_RECOUNTED):
        await results.propose_publication(made.cycle.id, made.first)
    await made.swear(made.first)  # one who signs is nobody's sworn auditor
    with refused(Unsworn.NOT_RECOUNTED):
        await results.propose_publication(made.cycle.id, made.first)
    auditor = uuid4()
    await made.swear(auditor)
    act = await results.propose_publication(made.cycle.id, made.first)
    await store.record_recount(made.cycle.id, here, "0", auditor)  # thinks again: another result
    with refused(Unsworn.NOT_RECOUNTED):
        await results.publish(act.id, made.cycle.id, made.second)
    await made.swear(auditor)
    await store.record_recount(made.cycle.id, there, made.projects[there][0], uuid4())
    with refused(Unsworn.DIFFERS):
        await results.publish(act.id, made.cycle.id, made.second)
    with refused(Unsworn.DIFFERS):
        await results.propose_publication(made.cycle.id, made.first, "salah")
    why = "Auditor kedua membaca berkas lama."
    act = await results.propose_publication(made.cycle.id, made.first, why)
    assert (await results.waiting_publication(made.cycle.id) or act).id == act.id
    await results.publish(act.id, made.cycle.id, made.second)
    leaf = json.loads((await board.leaves_of(Kind.RESULT))[-1].body)
    assert leaf["auditor_quorum"] == 1 and leaf["explained"] == why
    assert leaf["recounts"] == {here: {"agreeing": 1, "differing": 0}, there: {"agreeing": 1, "differing": 1}}
    sworn = await store.sworn_words(made.cycle.id, [there])
    assert sworn is not None and (sworn.quorum, sworn.differing, sworn.explained) == (1, 1, why)


async def test_a_box_of_children_is_recounted_like_any_other(db: Any) -> None:
    """trust 4.7, Suara Anak: the children's winners are those of their own share."""
    shares = Shares(children=50)
    made = await city(districts=1, proposals=4, voters=2, children=2, shares=Wanted(shares, 0), quorum=(2, 3))
    [here] = made.districts
    box = children_box(here)
    await made.cast(made.rolls[box][0], made.projects[here][2:3])
    await made.close()
    await made.open_box()
    await made.count()
    assert [each.area for each in await store.closed_boxes(made.cycle.id)] == [here, box]
    assert not await store.record_recount(made.cycle.id, box, made.projects[here][0], uuid4())
    assert await store.record_recount(made.cycle.id, box, made.projects[here][2], uuid4())


async def test_the_pages_say_how_far_the_recounts_are(client: Client) -> None:
    """trust 4.7, F1: the desk waits for the auditors; the result page says who counted again, or that nobody did."""
    made = await city(districts=1, proposals=2, voters=2, quorum=(2, 3))
    [here] = made.districts
    await made.cast(made.rolls[here][0], made.projects[here][:1])
    await made.close()
    await made.open_box()
    await made.count()
    await made.cosign()
    at = f"/petugas/siklus/{made.cycle.slug}/hitung"
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "1 kotak belum dihitung ulang oleh 1 auditor" in (await client.get(at)).text
    assert (await client.post(f"{at}/umumkan")).status_code == 409
    await store.record_recount(made.cycle.id, here, "0", uuid4())
    await made.swear(uuid4())
    assert "Penjelasan bagi warga" in (await client.get(at)).text
    assert (await client.post(f"{at}/umumkan", {"explained": "x"})).status_code == 422
    why = "Auditor pertama salah berkas."
    assert (await client.post(f"{at}/umumkan", {"explained": why})).status_code == 303
    act = await results.waiting_publication(made.cycle.id) or pytest.fail("nothing waits")
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    assert why in (await client.get(at)).text
    await client.post(f"{at}/umumkan/{act.id}")
    await client.sign_out()
    page = (await client.get(f"/hasil/coblong?siklus={made.cycle.slug}")).text
    assert "1 hitungan sama, 1 berbeda" in page and why in page


async def test_a_pilot_says_that_nobody_counted_again(client: Client) -> None:
    """trust 4.7: a round without sworn auditors is possible, and its result page tells everybody."""
    made = await voted()
    await made.publish()
    page = (await client.get(f"/hasil/coblong?siklus={made.cycle.slug}")).text
    assert "Rintisan tanpa auditor tersumpah" in page


async def test_only_auditors_read_a_closed_box(client: Client) -> None:
    """P5, T-AUTHZ: officials see the list, auditors the file; every reading is on record."""
    made = await voted()
    await made.publish()
    row = Person(name="Auditor", kind="staff", created_at=now())
    await Person.insert(row)
    await people.grant(row.id, "auditor", "32.73", by=None)
    at, here = f"/petugas/siklus/{made.cycle.slug}/hitung-ulang", made.districts[0]
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    assert "Hitung ulang auditor" in (await client.get(at)).text
    assert (await client.get(f"{at}/{here}")).status_code == 403
    await client.sign_in(row.id, Role.AUDITOR)
    assert "Catat hitungan saya" in (await client.get(at)).text
    file = await client.get(f"{at}/{here}")
    assert file.status_code == 200 and "attachment" in file.headers["content-disposition"] and b"VOTES" in file.content
    assert (await client.post(f"{at}/{here}", {"winners": "?"})).status_code == 422
    assert (await client.post(f"{at}/{here}", {"winners": "999"})).status_code == 303
    assert "menemukan hasil lain" in (await client.get(at)).text
    await board.drain()
    assert "ballots.read" in [line.action for line in await board.audit_rows(0, 1_000)]
