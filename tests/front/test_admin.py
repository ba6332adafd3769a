"""/admin: staff and rights by two persons, the audit log; closed to residents."""

from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.people import store as people
from rembuk.people.rules import Kind
from rembuk.places import store as places
from rembuk.web.viewer import Role

WORDS = "delapan-kuda-melihat-hujan"


@pytest.fixture
async def staff(db: Any) -> dict[str, Any]:
    """Two admins and one account without rights."""
    await places.load_pack("32.73")
    made = {name: await people.create_staff(name, name, WORDS, kind=Kind.STAFF) for name in ("asep", "budi", "cici")}
    for name in ("asep", "budi"):
        await people.grant(made[name].id, "admin", "32.73", by=None)
    return made


async def test_a_right_needs_two_persons(client: Any, staff: dict[str, Any]) -> None:
    """Trust §7: a role is asked for by one admin and given by another; the same one is refused."""
    await client.sign_in(staff["asep"].id, Role.ADMIN)
    asked = await client.post("/admin/hak", {"username": "cici", "role": "auditor", "area": "32.73"})
    assert asked.status_code == 303
    act = (await board.waiting_acts("role.grant"))[0]
    assert (await client.post(f"/admin/hak/{act.id}", {})).status_code == 409
    assert await people.grants_now(staff["cici"].id) == ()
    await client.sign_in(staff["budi"].id, Role.ADMIN)
    assert (await client.get("/admin")).text.count("Setujui") == 1
    assert (await client.post(f"/admin/hak/{act.id}", {})).status_code == 303
    assert [each.role for each in await people.grants_now(staff["cici"].id)] == ["auditor"]


async def test_a_wrong_area_keeps_what_was_typed(client: Any, staff: dict[str, Any]) -> None:
    """B1: the error stands beside the field and nothing typed is lost."""
    await client.sign_in(staff["asep"].id, Role.ADMIN)
    answer = await client.post("/admin/hak", {"username": "cici", "role": "auditor", "area": "99.99"})
    assert answer.status_code == 422
    assert "Wilayah ini tidak ada" in answer.text
    assert 'value="cici"' in answer.text


@pytest.mark.parametrize("role", ["city_official", "trustee", "auditor", "admin"])
async def test_a_role_of_the_city_is_held_over_the_city_or_not_at_all(client: Any, staff: Any, role: str) -> None:
    """T-AUTHZ, trust §7: a grant on one kecamatan opens no desk of the whole city, and cannot be asked for."""
    await client.sign_in(staff["asep"].id, Role.ADMIN)
    answer = await client.post("/admin/hak", {"username": "cici", "role": role, "area": "32.73.27"})
    assert answer.status_code == 422 and "untuk seluruh kota" in answer.text
    await people.grant(staff["cici"].id, role, "32.73.27", by=None)
    held = await people.viewer_of(await client.sign_in(staff["cici"].id, Role(role)))
    assert held and held.grants == ()
    await people.grant(staff["cici"].id, role, "32.73", by=None)
    held = await people.viewer_of(client.session)
    assert held and held.has(Role(role), "32.73.27")


async def test_the_log_says_who_did_what(client: Any, staff: dict[str, Any]) -> None:
    """N5: acts stand in the log with their actor, newest first, and the chain is checked."""
    await board.audit(staff["asep"].id, "admin", "tidy", "room/1", "alasan yang dicatat")
    await board.drain()
    await client.sign_in(staff["asep"].id, Role.ADMIN)
    page = (await client.get("/admin/catatan")).text
    assert "alasan yang dicatat" in page
    assert "Rantai utuh" in page
    assert "asep" in page


async def test_residents_stay_out(client: Any, staff: dict[str, Any]) -> None:
    """A1: the desk is not for residents, the log not for officials."""
    await client.sign_in(staff["cici"].id, Role.RESIDENT)
    assert (await client.get("/admin")).status_code == 403
    assert (await client.get("/admin/catatan")).status_code == 403
