"""T-LIMIT: what a guesser may hope for by arithmetic, that the limits behind it hold, and that answers tell nothing."""

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import numpy as np
import pytest
from httpx import ASGITransport, AsyncClient

from rembuk import clock
from rembuk.errors import Refused
from rembuk.people import codes, pepper, store
from rembuk.people.rules import CODES_A_DAY, ONE_TIME_CODE_TRIES, WRONG_SECOND_FACTORS, Kind, NewEntry
from rembuk.people.store.one_time import ONE_TIME_CODE_DIGITS
from rembuk.people.tables import OneTimeCode, Person
from rembuk.settings import settings
from rembuk.web import csrf
from rembuk.web.throttle import Wall
from tests.campaigns.sizes import said, sized
from tests.city import city
from tests.clients import Client

SAMPLES = sized("AUC_SAMPLES", 0, 2_000)
PASSWORDS = sized("AUC_PASSWORDS", 0, 400)
RESIDENTS = sized("BEHIND_ONE_ADDRESS", 25, 5_000)
NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_guessing_voter_codes() -> None:
    """T11: ten thousand guesses a second for a month against two million codes expect less than 1e-6 hits."""
    space = 32**codes.DATA
    guesses = 10_000 * 86_400 * 30
    expected = guesses * 2_000_000 / space * WRONG_SECOND_FACTORS / (12 * 80)
    said(f"T-LIMIT: guessing voter codes, 1e4 a second for a month: {expected:.1e} hits expected")
    assert expected < 1e-6
    assert codes.LENGTH - codes.DATA == 1 and space > 2**74


def test_guessing_one_time_codes() -> None:
    """T11: all codes one number may get in a day, all tries each allows: less than 1e-6 hits expected."""
    expected = CODES_A_DAY * ONE_TIME_CODE_TRIES / 10**ONE_TIME_CODE_DIGITS
    said(f"T-LIMIT: guessing one-time codes, per number and day: {expected:.1e} hits expected")
    assert expected < 1e-6


async def test_no_more_tries_than_counted(db: Any) -> None:
    """T11: a guesser with a fresh browser for every code gets ten codes a day for a number and five tries each."""
    await store.add_resident("Euis", "32.73.27.1003.005", phone=pepper.phone_mac("+6281234567890"))
    asked = tried = 0
    for hour in range(24):
        with clock.frozen(NOON + timedelta(hours=hour)):
            for _ in range(4):
                visitor = secrets.token_hex(8)
                try:
                    code = await store.ask_one_time_code("+6281234567890", visitor)
                except Refused:
                    continue
                asked += 1
                tried += await _tries(visitor, code.digits)
    assert (asked, tried) == (CODES_A_DAY, CODES_A_DAY * ONE_TIME_CODE_TRIES)


async def _tries(visitor: str, right: str) -> int:
    """How many wrong guesses the server weighs before even the right digits are refused."""
    for _ in range(ONE_TIME_CODE_TRIES):
        with pytest.raises(Refused):
            await store.use_one_time_code(visitor, f"{(int(right) + 1) % 10**8:08d}")
    with pytest.raises(Refused):
        await store.use_one_time_code(visitor, right)
    newest = OneTimeCode.select(OneTimeCode.attempts).order_by(OneTimeCode.asked_at, ascending=False)
    return int((await newest.first())["attempts"])


async def test_guesses_sent_at_once_are_counted_one_by_one(db: Any) -> None:
    """T11: forty wrong codes in parallel are five tries, on both databases."""
    await store.add_resident("Euis", "32.73.27.1003.005", phone=pepper.phone_mac("+6281234567890"))
    code = await store.ask_one_time_code("+6281234567890", "tamu")
    wrong = f"{(int(code.digits) + 1) % 10**8:08d}"
    found = await asyncio.gather(*(store.use_one_time_code("tamu", wrong) for _ in range(40)), return_exceptions=True)
    assert all(isinstance(each, Refused) for each in found)
    assert (await OneTimeCode.select(OneTimeCode.attempts))[0]["attempts"] == ONE_TIME_CODE_TRIES
    with pytest.raises(Refused):
        await store.use_one_time_code("tamu", code.digits)


class Door:
    """Sends a form and hears when the answer is complete: what happens behind it is no longer seen by a guesser."""

    def __init__(self, client: Client, path: str, fields: Callable[[int, bool], dict[str, str]]) -> None:
        self.client, self.path, self.fields = client, path, fields

    async def ask(self, nth: int, known: bool) -> tuple[float, tuple[int, tuple[str, ...], str]]:
        """Seconds, and what can be told apart: status, headers but their fresh values, text but fresh tokens."""
        head = {"host": settings().base_url.partition("//")[2], "origin": settings().base_url}
        head |= {"content-type": "application/x-www-form-urlencoded", csrf.HEADER: self.client.token()}
        head["cookie"] = "; ".join(f"{name}={text}" for name, text in self.client.http.cookies.items())
        body, sent, done = urlencode(self.fields(nth, known)).encode(), [], []
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": self.path, "query_string": b""}
        scope |= {
            "headers": [(name.encode(), text.encode()) for name, text in head.items()],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done.append(time.perf_counter())

        began = time.perf_counter()
        await self.client.app(scope, receive, send)  # type: ignore[arg-type]
        names = tuple(sorted(name.decode() for name, _ in sent[0]["headers"]))
        text = b"".join(each.get("body", b"") for each in sent[1:]).decode("utf-8", "replace")
        for typed in (each for each in self.fields(nth, known).values() if len(each) > 5):
            text = text.replace(typed, "#")
        told = re.sub(r"[0-9A-F]{10}|[0-9A-Za-z_.\-]{40,}", "#", text)
        return done[0] - began, (sent[0]["status"], names, told)


def _number(nth: int, known: bool) -> str:
    return f"+628{'11' if known else '22'}{nth:07d}"


def _nik(nth: int, known: bool) -> str:
    return f"327327{1 + nth % 28:02d}01{'80' if known else '90'}{1 + nth // 28:04d}"


def _request(nth: int, known: bool) -> dict[str, str]:
    words = {"nama": "Euis Komala", "lahir": "1980-05-06", "rw": "32.73.02.1001.001", "setuju": "1"}
    return {"nik": _nik(nth, known), **words}


def _name(nth: int, known: bool) -> dict[str, str]:
    return {"nama": f"{'kenal' if known else 'asing'}-{nth}", "sandi": "bukan-kata-sandinya"}


async def _doors(client: Client, rounds: int, passwords: int) -> dict[str, tuple[Door, int]]:
    """Every door that could tell whether it knows somebody, with as many known names as asked."""
    made = await city(districts=1, proposals=2, voters=2)
    known = [NewEntry(rw="32.73.02.1001.001", nik=_nik(nth, True), phone=_number(nth, True)) for nth in range(rounds)]
    await store.add_roll_entries(made.cycle.id, known)
    first = await store.create_staff("Asep", "kenal-0", "delapan-kuda-melihat-hujan", kind=Kind.STAFF)
    row = (await Person.select().where(Person.id == first.id))[0]
    more = [{**row, "id": uuid4(), "username": f"kenal-{nth}"} for nth in range(1, passwords)]
    for each in more:
        await Person.insert(Person(**each))
    return {
        "number": (Door(client, "/masuk", lambda nth, known: {"identitas": _number(nth, known)}), rounds),
        "code": (Door(client, "/masuk/kode", lambda nth, known: {"kode": "00000000"}), rounds),
        "NIK": (Door(client, "/daftar", _request), rounds),
        "user name": (
            Door(
                client, "/masuk/sandi", lambda n, known: {"nama": f"{'kenal' if known else 'asing'}-{n}", "sandi": "x"}
            ),
            passwords,
        ),
    }


async def test_known_and_unknown_hear_the_same(client: Client) -> None:
    """T11, trust 8: number, code, NIK, user name: same status, same headers, same words."""
    for name, (door, _) in (await _doors(client, 2, 2)).items():
        found = []
        for known in (True, False):
            if name == "code":
                await store.ask_one_time_code(_number(1, known), "g" * 43)
            found.append((await door.ask(1, known))[1])
        assert found[0] == found[1], name
        assert found[0][0] in (303, 422), (name, found[0][0])


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.skipif(not SAMPLES, reason="a measurement of time belongs into a campaign")
async def test_time_does_not_tell(client: Client) -> None:
    """T11: area under the curve of a guesser who looks at the time alone, below 0.55."""
    for name, (door, rounds) in (await _doors(client, SAMPLES, PASSWORDS)).items():
        took: dict[bool, list[float]] = {True: [], False: []}
        for nth in range(rounds):
            for known in (True, False) if nth % 2 else (False, True):
                if name == "code":
                    await store.ask_one_time_code(_number(nth, known), "g" * 43)
                took[known].append((await door.ask(nth, known))[0])
        area = auc(took[True], took[False])
        said(f"T-LIMIT: {name}: AUC {area:.3f} at {rounds} samples each, median {np.median(took[True]) * 1000:.1f} ms")
        assert area < 0.55, name


def auc(first: list[float], second: list[float]) -> float:
    """How often one of the first is larger than one of the second, turned to at least a half."""
    ranks = np.argsort(np.argsort(np.array(first + second))) + 1
    wins = ranks[: len(first)].sum() - len(first) * (len(first) + 1) / 2
    share = wins / (len(first) * len(second))
    return float(max(share, 1 - share))


def test_the_measure_would_see_a_difference() -> None:
    """T11: the control. A tenth of a standard deviation is no proof, one is."""
    chance = np.random.default_rng(1)
    slow, fast = chance.normal(1, 1, 2_000).tolist(), chance.normal(0, 1, 2_000).tolist()
    assert auc(slow, fast) > 0.7 and auc(fast, fast) == pytest.approx(0.5, abs=0.01)


async def test_a_crowd_behind_one_address_is_not_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-LIMIT: residents of one mobile network, more requests a minute than any address may send; all come in."""
    app: Any = client.app
    monkeypatch.setattr(app.asgi_handler, "wall", Wall(600 if RESIDENTS > 1_000 else 20))
    made = await city(districts=1, proposals=2, voters=1)
    people = [NewEntry(rw="32.73.02.1001.001", phone=_number(nth, True)) for nth in range(RESIDENTS)]
    await store.add_roll_entries(made.cycle.id, people)
    statuses: Counter[int] = Counter()
    for nth in range(RESIDENTS):
        transport = ASGITransport(app=app, client=("203.0.113.7", 1))
        async with AsyncClient(transport=transport, base_url=settings().base_url) as http:
            one = Client(http, app)
            statuses.update([(await one.get(path)).status_code for path in ("/", "/usulan", "/masuk")])
            statuses[(await one.post("/masuk", {"identitas": _number(nth, True)})).status_code] += 1
            code = await store.ask_one_time_code(_number(nth, True), one.cookie(csrf.GUEST) or "")
            statuses[(await one.post("/masuk/kode", {"kode": code.digits})).status_code] += 1
            statuses[(await one.get("/bilik")).status_code] += 1
    said(f"T-LIMIT: {RESIDENTS} residents behind one address: {dict(statuses)}")
    assert set(statuses) == {200, 303} and statuses[303] == 2 * RESIDENTS
