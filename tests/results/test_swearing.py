"""Boxes that are not published: auditors alone read them, count again, and their word stands, also when it differs."""

import json
from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.clock import now
from rembuk.errors import Reason, Refused
from rembuk.people import store as people
from rembuk.people.tables import Person
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
    """trust 4.7: not before publication; the same winners in any order agree; another list is recorded as different."""
    made = await voted()
    here, there = made.districts
    auditor, other = made.second, made.first
    with refused(Unsworn.NOT_PUBLISHED):
        await store.record_recount(made.cycle.id, here, "1", auditor)
    await made.publish()
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
    leaves = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.RECOUNT)]
    assert [(leaf["area"], leaf["agrees"]) for leaf in leaves] == [(here, True), (there, True), (here, False)]
    assert leaves[0]["ballots_sha256"] == box.sha256


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
