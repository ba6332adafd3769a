"""Sessions: no row for readers, a new id at every change of rights, limits by role."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rembuk import clock
from rembuk.web import session, tables
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.databases import rows
from tests.web import sample

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


async def counted() -> int:
    """Rows of the session table."""
    return len(await tables.Session.select(tables.Session.id))


async def test_reading_writes_nothing(site: Client) -> None:
    """An anonymous visitor leaves no row, gets no cookie, and not one statement writes."""
    before = await rows("SELECT total_changes() AS n")
    for path in ("/contoh", "/contoh/isian", "/tidak-ada", "/api/v1/things/3", "/contoh/warga", "/healthz"):
        await site.get(path)
    assert await counted() == 0
    assert await rows("SELECT count(*) AS n FROM throttle") == [{"n": 0}]
    assert await rows("SELECT total_changes() AS n") == before
    assert site.cookie(session.COOKIE) is None


async def test_only_a_form_brings_a_guest_cookie(site: Client) -> None:
    """Plain pages set no cookie at all."""
    assert "set-cookie" not in (await site.get("/contoh")).headers
    assert "tamu=" in (await site.get("/contoh/isian")).headers["set-cookie"]


async def test_an_id_the_visitor_invented_is_never_taken(site: Client) -> None:
    """Fixation: an unknown id is rejected and cleared, and the id after sign-in is another one."""
    planted = "A" * 43
    site.set_cookie(session.COOKIE, planted)
    answer = await site.get("/contoh/saya")
    assert answer.status_code == 303 and "/masuk" in answer.headers["location"]
    assert "sesi=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    site.set_cookie(session.COOKIE, planted)
    site.drop_cookie("tamu")
    token_owner = await site.get("/contoh/isian")
    assert token_owner.status_code == 200
    site.drop_cookie(session.COOKIE)
    await site.post("/contoh/masuk", {"peran": "resident"})
    assert site.cookie(session.COOKIE) not in (None, planted)
    assert await counted() == 1


async def test_the_id_changes_at_sign_in_step_up_and_sign_out(site: Client) -> None:
    """The old id is dead at once; the database only holds SHA-256 of the new one."""
    await site.post("/contoh/masuk", {"peran": "resident"})
    first = site.cookie(session.COOKIE) or ""
    await site.post("/contoh/masuk", {"peran": "official"})
    second = site.cookie(session.COOKIE) or ""
    assert first != second and len(second) == 43
    assert await session.session_of(first) is None
    kept = await tables.Session.select(tables.Session.id_hash, tables.Session.role)
    assert kept == [{"id_hash": hashlib.sha256(second.encode()).hexdigest(), "role": "official"}]
    assert (await site.get("/contoh/saya")).status_code == 200
    await site.post("/contoh/keluar")
    assert await session.session_of(second) is None and await counted() == 0
    site.set_cookie(session.COOKIE, second)
    assert (await site.get("/contoh/saya")).status_code == 303


async def test_a_half_signed_in_visitor_is_nobody_yet(site: Client) -> None:
    """Until the second factor is given no guard opens; afterwards the id is new."""
    await site.post("/contoh/setengah")
    half = site.cookie(session.COOKIE)
    assert (await site.get("/contoh/saya")).status_code == 303
    await site.post("/contoh/masuk", {"peran": "official"})
    assert site.cookie(session.COOKIE) != half
    assert (await site.get("/contoh/saya")).status_code == 200


async def test_cookies_are_closed_to_scripts(site: Client) -> None:
    """HttpOnly, SameSite=Lax, the whole site as path."""
    answer = await site.post("/contoh/masuk")
    line = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("sesi="))
    assert "; Path=/;" in line and "HttpOnly" in line and "SameSite=Lax" in line
    assert f"Max-Age={12 * 3600}" in line


@pytest.mark.parametrize(
    ("role", "kiosk", "idle", "whole"),
    [
        (Role.OFFICIAL, False, 15, 8 * 60),
        (Role.CITY_OFFICIAL, False, 15, 8 * 60),
        (Role.ADMIN, False, 15, 8 * 60),
        (Role.AUDITOR, False, 15, 8 * 60),
        (Role.RESIDENT, False, 30, 12 * 60),
        (Role.FACILITATOR, False, 30, 12 * 60),
        (Role.RESIDENT, True, 3, 10),
    ],
)
async def test_limits_by_role(db: Any, role: Role, kiosk: bool, idle: int, whole: int) -> None:
    """Idle and absolute limits of trust.md 8, on both databases."""
    with clock.frozen(NOON):
        secret, _ = await session.open_session(uuid4(), None, role, kiosk=kiosk)
        assert await session.session_of(secret)
    with clock.frozen(NOON + timedelta(minutes=idle, seconds=-1)):
        assert await session.session_of(secret)
    with clock.frozen(NOON + timedelta(minutes=2 * idle)):
        assert await session.session_of(secret) is None

    with clock.frozen(NOON):
        secret, _ = await session.open_session(uuid4(), None, role, kiosk=kiosk)
    step = timedelta(minutes=idle) / 2
    for count in range(1, int(timedelta(minutes=whole) / step)):
        with clock.frozen(NOON + step * count):
            assert await session.session_of(secret), count
    with clock.frozen(NOON + timedelta(minutes=whole)):
        assert await session.session_of(secret) is None


async def test_a_session_is_touched_at_most_every_five_minutes(small_db: Any) -> None:
    """Reading pages writes once in five minutes, no more."""
    with clock.frozen(NOON):
        secret, made = await session.open_session(uuid4(), None, Role.RESIDENT)
    for minutes, seen in ((4, NOON), (5, NOON + timedelta(minutes=5)), (9, NOON + timedelta(minutes=5))):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            await session.session_of(secret)
        row = await tables.Session.select(tables.Session.seen_at).where(tables.Session.id == made.id).first()
        assert row is not None and row["seen_at"] == seen


async def test_devices_can_be_seen_and_ended(db: Any) -> None:
    """My devices: newest first; end one, or all but this one; strangers' stay."""
    me, stranger = uuid4(), uuid4()
    with clock.frozen(NOON):
        _, first = await session.open_session(me, None, Role.RESIDENT, device="Chrome, Android")
        theirs, _ = await session.open_session(stranger, None, Role.RESIDENT)
    with clock.frozen(NOON + timedelta(minutes=1)):
        _, second = await session.open_session(me, None, Role.RESIDENT)
        _, third = await session.open_session(me, None, Role.RESIDENT)
        assert {one.id for one in await session.sessions_of(me)} == {first.id, second.id, third.id}
        await session.end_sessions_of(person=me, session=first.id)
        assert len(await session.sessions_of(me)) == 2
        await session.end_sessions_of(person=me, keep=third.id)
        assert [one.id for one in await session.sessions_of(me)] == [third.id]
        assert await session.session_of(theirs)


async def test_nobody_ends_everybodys_sessions_by_mistake(small_db: Any) -> None:
    """Whose sessions end must be said; a session without anyone behind it cannot be made."""
    with pytest.raises(ValueError):
        await session.end_sessions_of()
    with pytest.raises(ValueError):
        await session.open_session(None, None, Role.RESIDENT)


async def test_old_sessions_are_swept(small_db: Any) -> None:
    """Rows do not outlive their absolute limit."""
    with clock.frozen(NOON):
        await session.open_session(uuid4(), None, Role.RESIDENT)
        await session.sweep_sessions()
        assert await counted() == 1
    with clock.frozen(NOON + timedelta(hours=13)):
        await session.sweep_sessions()
    assert await counted() == 0


async def test_a_voter_code_alone_makes_a_viewer(site: Client) -> None:
    """I3: a code opens voting without an account: a roll entry, no person."""
    await site.sign_in(None, roll=sample.PERSON)
    assert (await site.get("/contoh/warga")).status_code == 200
