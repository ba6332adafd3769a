"""Sessions: made at sign-in only, known by a hash, renewed at every change of rights, ended for good."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar.connection import ASGIConnection

from rembuk import clock
from rembuk.database import transaction
from rembuk.web import hooks, tables
from rembuk.web.addresses import cut
from rembuk.web.devices import device_name
from rembuk.web.viewer import ANONYMOUS, Role, Viewer
from rembuk.web.visit import visit

COOKIE = "sesi"
ID_BYTES = 32
_TOUCH = timedelta(minutes=5)
_OFFICIAL = (timedelta(minutes=15), timedelta(hours=8))
_RESIDENT = (timedelta(minutes=30), timedelta(hours=12))
_KIOSK = (timedelta(minutes=3), timedelta(minutes=10))
_STAFF_HOURS = frozenset({Role.OFFICIAL, Role.CITY_OFFICIAL, Role.TRUSTEE, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device as the pages know it; `complete` is False while a second factor is due."""

    id: UUID
    person: UUID | None
    roll: UUID | None
    role: Role
    complete: bool
    idle: timedelta
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    network: str
    device: str
    by_code: bool = False

    def alive(self, now: datetime) -> bool:
        """Whether neither the idle nor the absolute limit has passed."""
        return now < self.ends_at and now - self.seen_at < self.idle


def limits(role: Role, kiosk: bool = False) -> tuple[timedelta, timedelta]:
    """Idle and absolute limit of a session (trust.md 8)."""
    if kiosk:
        return _KIOSK
    return _OFFICIAL if role in _STAFF_HOURS else _RESIDENT


def hashed(secret: str) -> str:
    """What the database keeps of a session's secret id."""
    return hashlib.sha256(secret.encode()).hexdigest()


_COLUMNS = (
    tables.Session.id,
    tables.Session.person,
    tables.Session.roll,
    tables.Session.role,
    tables.Session.complete,
    tables.Session.by_code,
    tables.Session.idle_seconds,
    tables.Session.created_at,
    tables.Session.seen_at,
    tables.Session.ends_at,
    tables.Session.network,
    tables.Session.device,
)
# Asked on every request of a signed-in device: written out, because building the query costs more than running it.
_BY_HASH = f"SELECT {', '.join(column._meta.db_column_name for column in _COLUMNS)} FROM session WHERE id_hash = {{}}"  # noqa: S608


def _session(row: Mapping[str, Any]) -> Session:
    return Session(
        id=row["id"],
        person=row["person"],
        roll=row["roll"],
        role=Role(row["role"]),
        complete=bool(row["complete"]),
        by_code=bool(row["by_code"]),
        idle=timedelta(seconds=row["idle_seconds"]),
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        network=row["network"],
        device=row["device"],
    )


async def session_of(secret: str) -> Session | None:
    """The living session of a cookie, touched at most every five minutes; None for unknown or old ones."""
    if not 40 <= len(secret) <= 64:
        return None
    rows = await tables.Session.raw(_BY_HASH, hashed(secret))
    now = clock.now()
    if not rows or not (found := _session(rows[0])).alive(now):
        return None
    if now - found.seen_at >= min(_TOUCH, found.idle / 6):
        await _touch(found.id, now)
    return found


@transaction
async def _touch(session: UUID, now: datetime) -> None:
    await tables.Session.update({tables.Session.seen_at: now}).where(tables.Session.id == session)


@transaction
async def open_session(
    person: UUID | None,
    roll: UUID | None,
    role: Role,
    *,
    complete: bool = True,
    kiosk: bool = False,
    by_code: bool = False,
    network: str = "",
    device: str = "",
    instead_of: UUID | None = None,
) -> tuple[str, Session]:
    """A new session with a new secret id, in place of an older one; gives the secret and the session."""
    if person is None and roll is None:
        raise ValueError("a session needs a person or a roll entry")
    if instead_of is not None:
        await tables.Session.delete().where(tables.Session.id == instead_of)
    secret, now = secrets.token_urlsafe(ID_BYTES), clock.now()
    idle, whole = limits(role, kiosk)
    session = Session(uuid4(), person, roll, role, complete, idle, now, now, now + whole, network, device, by_code)
    await tables.Session.insert(
        tables.Session(
            id=session.id,
            id_hash=hashed(secret),
            person=person,
            roll=roll,
            role=role.value,
            complete=complete,
            by_code=by_code,
            idle_seconds=int(idle.total_seconds()),
            created_at=now,
            seen_at=now,
            ends_at=session.ends_at,
            network=network,
            device=device,
        )
    )
    return secret, session


async def start_session(
    request: ASGIConnection[Any, Any, Any, Any],
    *,
    person: UUID | None = None,
    roll: UUID | None = None,
    role: Role = Role.RESIDENT,
    complete: bool = True,
    kiosk: bool = False,
    by_code: bool = False,
) -> Session:
    """Sign in, pass a second factor, or change role: always a new id; the old session of this device ends."""
    notes = visit(request)
    secret, session = await open_session(
        person,
        roll,
        role,
        complete=complete,
        kiosk=kiosk,
        by_code=by_code,
        network=cut(notes.address),
        device=device_name(request.headers.get("user-agent", "")),
        instead_of=notes.session.id if notes.session else None,
    )
    notes.cookies = {**notes.cookies, COOKIE: secret}
    notes.remember(COOKIE, secret, int((session.ends_at - session.created_at).total_seconds()))
    await settle(request, session)
    return session


async def end_session(request: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Sign this device out: the row is deleted and the cookie cleared."""
    notes = visit(request)
    if notes.session is not None:
        await _delete(notes.session.id)
    notes.forget(COOKIE)
    notes.cookies = {name: text for name, text in notes.cookies.items() if name != COOKIE}
    notes.session, notes.viewer = None, ANONYMOUS


@transaction
async def _delete(session: UUID) -> None:
    await tables.Session.delete().where(tables.Session.id == session)


async def settle(request: ASGIConnection[Any, Any, Any, Any], session: Session | None) -> None:
    """Let this request be seen as this session's from now on; a half signed-in one is still anonymous."""
    notes = visit(request)
    notes.session = session
    notes.viewer = await viewer_of(session)


async def viewer_of(session: Session | None) -> Viewer:
    """The viewer a session stands for, asked from the hook that app.py wired."""
    if session is None or not session.complete:
        return ANONYMOUS
    return await hooks.WIRED.viewer_of(session) or ANONYMOUS


def current_session(request: ASGIConnection[Any, Any, Any, Any]) -> Session | None:
    """This device's session, also while its second factor is due."""
    return visit(request).session


async def sessions_of(person: UUID) -> list[Session]:
    """The living sessions of a person, newest first: "my devices"."""
    rows = (
        await tables.Session.select(*_COLUMNS)
        .where(tables.Session.person == person)
        .order_by(tables.Session.created_at, ascending=False)
    )
    now = clock.now()
    return [session for session in map(_session, rows) if session.alive(now)]


@transaction
async def end_sessions_of(
    *,
    person: UUID | None = None,
    roll: UUID | None = None,
    session: UUID | None = None,
    keep: UUID | None = None,
) -> None:
    """End every session of a person or a roll entry (or one of theirs), but not the one to keep."""
    if person is None and roll is None:
        raise ValueError("whose sessions end must be said")
    query = tables.Session.delete()
    if person is not None:
        query = query.where(tables.Session.person == person)
    if roll is not None:
        query = query.where(tables.Session.roll == roll)
    if session is not None:
        query = query.where(tables.Session.id == session)
    if keep is not None:
        query = query.where(tables.Session.id != keep)
    await query


@transaction
async def sweep_sessions() -> None:
    """Delete sessions whose absolute limit has passed."""
    await tables.Session.delete().where(tables.Session.ends_at < clock.now())
