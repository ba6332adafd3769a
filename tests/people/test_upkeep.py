"""What happens to a staff account when something was lost or somebody leaves, from the command line to the door."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner

from rembuk import clock
from rembuk.board.tables import AuditQueue
from rembuk.cli import cli
from rembuk.errors import Refused
from rembuk.people import pepper, store
from rembuk.people.rules import Refusal
from rembuk.people.store import upkeep
from rembuk.people.store.staff import step_of
from rembuk.settings import settings
from rembuk.web.session import open_session, session_of, sessions_of
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import PASSWORD, PHONE, RW, make_cycle, make_entry

NEW = "tujuh bukit empat sungai satu"


def digits(secret: str, moves: int = 0) -> str:
    return pyotp.TOTP(secret).at((step_of(clock.now()) + moves) * 30)


async def test_a_new_password_ends_what_the_old_one_opened(db: Any) -> None:
    """ASVS 6.4.3, 7.4.3: the old password and every session are gone; the authenticator is still the same."""
    made = await store.create_staff("Sri", "sri", PASSWORD)
    secret, _ = await open_session(made.id, None, Role.OFFICIAL)
    with pytest.raises(Refused, match="PASSWORD_SHORT"):
        await upkeep.give_password("sri", "pendek")
    await upkeep.give_password("SRI", NEW)
    assert await store.staff_by_password("sri", PASSWORD) is None
    assert await store.staff_by_password("sri", NEW)
    assert await session_of(secret) is None
    assert await store.use_totp(made.id, digits(made.totp_secret))


async def test_a_lost_authenticator_opens_nothing(db: Any) -> None:
    """ASVS 6.4.4, 6.5.6: the steps of the old one are refused, those of the new one are not; the password stays."""
    made = await store.create_staff("Sri", "sri", PASSWORD)
    secret = await upkeep.give_step("sri")
    assert secret != made.totp_secret
    assert not await store.use_totp(made.id, digits(made.totp_secret))
    assert await store.use_totp(made.id, digits(secret))
    assert await store.staff_by_password("sri", PASSWORD)


async def test_a_locked_account_is_nobody(db: Any) -> None:
    """ASVS 7.4.2: locked, the password opens nothing and no session stands for anybody; the audit chain says so."""
    made = await store.create_staff("Sri", "sri", PASSWORD)
    _, session = await open_session(made.id, None, Role.OFFICIAL)
    await upkeep.lock("sri")
    assert await store.staff_by_password("sri", PASSWORD) is None
    assert await store.person_of(made.id) is None
    assert await store.viewer_of(session) is None and await sessions_of(made.id) == []
    await upkeep.lock("sri", locked=False)
    assert await store.staff_by_password("sri", PASSWORD)
    acts = await AuditQueue.select(AuditQueue.action).where(AuditQueue.object == f"person:{made.id}")
    assert {"create staff", "lock account", "unlock account"} <= {act["action"] for act in acts}


async def test_sessions_end_at_an_administrators_word(db: Any) -> None:
    """ASVS 7.4.5: every session of one account, and nobody else's."""
    made, other = [await store.create_staff(name, name, PASSWORD) for name in ("sri", "budi")]
    _, mine = await open_session(made.id, None, Role.OFFICIAL)
    theirs, _ = await open_session(other.id, None, Role.OFFICIAL)
    await upkeep.sign_out("sri")
    assert await sessions_of(made.id) == [] and await session_of(theirs)
    assert mine.person == made.id
    with pytest.raises(Refused) as refused:
        await upkeep.sign_out("nobody")
    assert refused.value.reason is Refusal.NO_SUCH_STAFF


async def test_six_digits_open_no_desk(client: Client) -> None:
    """ASVS 6.3.4: who holds a role is sent to password and step, also with the right code on the right phone."""
    roll = await make_entry(await make_cycle(), phone=PHONE)
    client.token()
    asked = await store.ask_one_time_code("+6281234567890", "g" * 43)
    assert (await client.post("/masuk/kode", {"kode": asked.digits})).headers["location"] == "/"
    person = (await client.get("/akun")).status_code == 200 and await _person_behind(roll)
    await client.post("/keluar")
    await store.grant(person, "facilitator", RW)
    asked = await store.ask_one_time_code("+6281234567890", client.cookie("tamu") or "")
    answer = await client.post("/masuk/kode", {"kode": asked.digits})
    assert answer.headers["location"] == "/masuk/sandi" and await sessions_of(person) == []
    assert (await client.get("/akun")).status_code == 303


async def _person_behind(roll: Any) -> Any:
    entry = await store.roll_entry(roll)
    return entry.person


async def test_a_password_is_taken_as_it_was_typed(client: Client) -> None:
    """ASVS 6.2.8, 6.2.9: three hundred letters count to the last one, and nothing is cut, folded or trimmed."""
    long = "kuda Terbang di atas awan " * 12
    await store.create_staff("Sri", "sri", long)
    for wrong in (long[:-1], long[:200], long.casefold(), long.strip()):
        assert (await client.post("/masuk/sandi", {"nama": "sri", "sandi": wrong})).status_code == 422
    assert (await client.post("/masuk/sandi", {"nama": "sri", "sandi": long})).status_code == 303


async def test_signing_out_clears_what_the_browser_kept(client: Client) -> None:
    """ASVS 14.3.1: the session is gone on the server, the cookie and the browser's store on the device."""
    person = await store.add_resident("Wati", RW)
    await client.sign_in(person)
    answer = await client.post("/keluar")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert await sessions_of(person) == [] and (await client.get("/akun")).status_code == 303


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_settings: Any) -> Iterator[Path]:
    """The environment of a city's stand: an empty database, and secrets nobody made yet."""
    monkeypatch.setenv("REMBUK_DATA", str(sqlite_settings.data))
    monkeypatch.setenv("REMBUK_SECRETS", str(tmp_path / "secrets"))
    settings.cache_clear()
    pepper._secret.cache_clear()
    yield sqlite_settings.data
    settings.cache_clear()
    pepper._secret.cache_clear()


def test_the_commands_of_a_new_city(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/running.md: after `migrate` the first administrator gets a secret for the authenticator; then upkeep."""
    monkeypatch.delenv("REMBUK_DATABASE_URL", raising=False)

    def say(*words: str, code: int = 0) -> str:
        told = CliRunner().invoke(cli, ["admin", *words], catch_exceptions=False)
        assert told.exit_code == code, told.output
        return told.output.strip()

    admin = ("--name", "Sri", "--username", "sri", "--password", PASSWORD)
    first = say("create", *admin).rsplit(" ", 1)[1]
    second = say("step", "--username", "sri").rsplit(" ", 1)[1]
    assert len({first, second}) == 2 and len(pyotp.TOTP(second).now()) == 6
    say("account", "--name", "Budi", "--username", "budi", "--password", PASSWORD)
    assert "Locked" in say("lock", "--username", "budi")
    assert "Open" in say("lock", "--undo", "--username", "budi")
    assert "ended" in say("password", "--username", "budi", "--password", NEW)
    assert "everywhere" in say("signout", "--username", "budi")
    say("signout", "--username", "wati", code=2)
    assert asyncio.run(_roles()) == {"sri": ["admin"], "budi": []}


async def _roles() -> dict[str, list[str]]:
    from rembuk.database import close_database, open_database
    from rembuk.people.tables import Person

    await open_database()
    try:
        rows = await Person.select(Person.id, Person.username)
        return {row["username"]: [held.role for held in await store.grants_now(row["id"])] for row in rows}
    finally:
        await close_database()
