"""How much is too much: bodies, fields, addresses, headers, hosts, requests a minute, costly acts."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from rembuk import clock
from rembuk.errors import Refused
from rembuk.web import gate, throttle
from rembuk.web.throttle import Wall
from tests.clients import Client
from tests.databases import rows
from tests.web import sample

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def posted_form() -> dict[str, Any]:
    """The head of a request that posts a form, as a server hands it over."""
    given = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}
    given["content-type"] = "application/x-www-form-urlencoded"
    return {
        "type": "http",
        "method": "POST",
        "path": "/contoh/isian",
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        "client": ("10.0.0.1", 1),
    }


@pytest.mark.parametrize("path", ["/contoh/isian", "/contoh/warga"])
async def test_a_large_body_is_413(site: Client, path: str) -> None:
    """256 KiB on plain routes, said in words; the handler never runs."""
    await site.sign_in(sample.PERSON)
    answer = await site.post(path, {"judul": "x" * 300_000}, token=False)
    assert answer.status_code == 413 and "Terlalu besar" in answer.text
    answer = await site.post("/contoh/isian", {"judul": "x" * 300_000})
    assert answer.status_code == 413 and sample.SEEN["posts"] == []


async def test_a_body_that_hides_its_length_is_413(site: Client) -> None:
    """Chunked, without Content-Length: counted while it is read, and no more is read than needed."""
    sent: list[dict[str, Any]] = []
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 40_000, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    app: Any = site.app
    await app(posted_form(), receive, send)
    assert sent[0]["status"] == 413 and asked == 7


async def test_an_upload_of_five_mebibytes_passes_and_six_do_not(site: Client) -> None:
    """Only routes that say upload=True."""
    for size, status in ((5 * 1024 * 1024, 200), (6 * 1024 * 1024, 413)):
        answer = await site.post("/contoh/foto", files={"foto": ("a.jpg", b"x" * size, "image/jpeg")})
        assert answer.status_code == status


@pytest.mark.parametrize("count", [100, 101, 5000])
async def test_a_hundred_fields(site: Client, count: int) -> None:
    """More are 413, in both encodings of a form."""
    fields = {f"f{number}": "1" for number in range(count - 1)} | {"judul": "ada"}
    answer = await site.post("/contoh/isian", fields)
    assert answer.status_code == (303 if count == 100 else 413)
    parts = {name: (None, text) for name, text in fields.items()}
    answer = await site.post("/contoh/isian", files=parts)
    assert answer.status_code == (303 if count == 100 else 413)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="judul"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"judul=%ff%fe"),
        ("application/x-www-form-urlencoded", b"judul=\xff"),
    ],
)
async def test_a_body_that_cannot_be_read_is_400(site: Client, kind: str, body: bytes) -> None:
    """Never a fault of ours."""
    headers = {"Content-Type": kind, "Origin": "http://127.0.0.1:8000", "x-csrf": site.token()}
    answer = await site.http.post("/contoh/isian", content=body, headers=headers, follow_redirects=False)
    assert answer.status_code == 400


async def test_a_body_of_another_kind_is_an_empty_form(site: Client) -> None:
    """text/plain reaches no handler as if it were filled in."""
    headers = {"Content-Type": "text/plain", "Origin": "http://127.0.0.1:8000", "x-csrf": site.token()}
    answer = await site.http.post("/contoh/isian", content=b"judul=ada", headers=headers)
    assert answer.status_code == 422 and "masih kosong" in answer.text


async def test_a_long_address_is_414_and_long_headers_431(site: Client) -> None:
    """4 KiB and 16 KiB."""
    assert (await site.get("/contoh?q=" + "x" * 3000)).status_code == 200
    assert (await site.get("/contoh?q=" + "x" * 4200)).status_code == 414
    assert (await site.get("/contoh", headers={"x-long": "y" * 17_000})).status_code == 431


@pytest.mark.parametrize("path", ["/contoh%00", "/contoh/%0d%0aSet-Cookie:a=b", "/contoh?q=%00"])
async def test_control_characters_in_an_address(site: Client, path: str) -> None:
    """Refused before anything is asked."""
    answer = await site.get(path)
    assert answer.status_code in (400, 404) and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:9999", 200),
        ("jahat.example", 421),
        ("127.0.0.1.jahat.example", 421),
        ("127.0.0.1:8000.jahat.example", 421),
        ("", 421),
        ("[::1", 421),
    ],
)
async def test_hosts(site: Client, host: str, status: int) -> None:
    """Compared as whole strings; on plain loopback any port."""
    assert (await site.get("/contoh", headers={"Host": host})).status_code == status


async def test_a_private_name_may_ask_for_health(site: Client) -> None:
    """Probes use the container's address."""
    assert (await site.get("/healthz", headers={"Host": "10.0.0.7:8000"})).status_code == 200


def test_the_wall_counts_by_address() -> None:
    """Sixty a minute: the sixty-first waits, a neighbour does not."""
    wall = Wall(60)
    assert all(wall.wait("10.0.0.1") == 0 for _ in range(60))
    assert 0 < wall.wait("10.0.0.1") <= 1.1
    assert wall.wait("10.0.0.2") == 0


def test_the_wall_forgets_the_oldest() -> None:
    """Memory is bounded however many addresses come."""
    wall = Wall(600)
    for number in range(21_000):
        wall.wait(str(number))
    assert len(wall._due) == 20_000


async def test_the_wall_stands_before_the_app(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """While busy, 429 with Retry-After and a sentence; a neighbour's requests and those of this machine itself pass."""
    app: Any = site.app
    monkeypatch.setattr(app.asgi_handler, "wall", Wall(5))
    far = AsyncClient(transport=ASGITransport(app=app, client=("203.0.113.7", 1)), base_url=site.http.base_url)
    async with far:
        monkeypatch.setattr(app.asgi_handler, "under_way", gate.BUSY)
        answers = [await far.get("/contoh") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "60" and "Coba lagi 1 menit" in answers[-1].text
    assert [(await site.get("/contoh")).status_code for _ in range(7)] == [200] * 7


async def test_a_crowd_behind_one_address_is_let_in_while_there_is_room(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-LIMIT: 5,000 residents of one mobile network send more than 600 requests a minute; no honest one is refused."""
    app: Any = site.app
    monkeypatch.setattr(app.asgi_handler, "wall", Wall(5))
    far = AsyncClient(transport=ASGITransport(app=app, client=("203.0.113.7", 1)), base_url=site.http.base_url)
    async with far:
        assert {(await far.get("/contoh")).status_code for _ in range(40)} == {200}
    assert app.asgi_handler.under_way == 0


async def test_a_costly_act_is_limited(site: Client) -> None:
    """Three an hour: the fourth is 429 and says the minutes; programs get a problem."""
    assert [(await site.get("/contoh/sering")).status_code for _ in range(4)] == [200, 200, 200, 429]
    program = await site.get("/contoh/sering", headers={"Accept": "application/json"})
    assert program.status_code == 429 and program.json()["detail"] == "Terlalu sering. Coba lagi 20 menit."


async def test_gcra(db: Any) -> None:
    """Full bucket at first, then one act each third of the hour; keys do not touch; nothing readable is kept."""
    hour = timedelta(hours=1)
    with clock.frozen(NOON):
        for _ in range(3):
            await throttle.throttle("otp", "+6281234567890", 3, hour)
        with pytest.raises(Refused) as refused:
            await throttle.throttle("otp", "+6281234567890", 3, hour)
        assert refused.value.facts == {"minutes": 20}
        await throttle.throttle("otp", "+6281111111111", 3, hour)
        await throttle.throttle("masuk", "+6281234567890", 3, hour)
    with clock.frozen(NOON + timedelta(minutes=20)):
        await throttle.throttle("otp", "+6281234567890", 3, hour)
        with pytest.raises(Refused):
            await throttle.throttle("otp", "+6281234567890", 3, hour)
    keys = await rows("SELECT key FROM throttle")
    assert len(keys) == 3 and all("6281" not in row["key"] and len(row["key"]) == 64 for row in keys)


async def test_gcra_under_parallel_requests(db: Any) -> None:
    """T-LIMIT: of forty at once exactly ten pass."""

    async def one() -> bool:
        try:
            await throttle.throttle("suara", "kode", 10, timedelta(days=1))
        except Refused:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(40)))) == 10


async def test_strikes(db: Any) -> None:
    """Five failures are free, then locks double up to fifteen minutes; success forgives."""
    waits = []
    with clock.frozen(NOON):
        for _ in range(12):
            await throttle.strike("kode", "ABCD")
            waits.append((await throttle.locked_for("kode", "ABCD")).total_seconds())
        assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
        with pytest.raises(Refused):
            await throttle.may_try("kode", "ABCD")
        await throttle.may_try("kode", "WXYZ")
        await throttle.forgive("kode", "ABCD")
        await throttle.may_try("kode", "ABCD")
        await throttle.strike("kode", "WXYZ")
    with clock.frozen(NOON + timedelta(days=2)):
        await throttle.sweep_throttle()
    assert await rows("SELECT key FROM throttle") == []


async def test_a_handler_that_hangs_is_given_up(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its seconds the visitor hears that the system is busy."""
    monkeypatch.setattr(gate, "HANDLER_SECONDS", 0.05)
    monkeypatch.setattr(sample, "HANG", asyncio.Event())
    answer = await site.get("/contoh/diam")
    assert answer.status_code == 503 and "Coba lagi" in answer.text and answer.headers["retry-after"] == "5"


async def test_a_body_that_drips_is_given_up(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow loris: thirty seconds for the whole body, however many pieces it comes in; here a tenth."""
    monkeypatch.setattr(gate, "BODY_SECONDS", 0.1)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    app: Any = site.app
    await asyncio.wait_for(app(posted_form(), receive, send), 5)
    assert sent[0]["status"] == 503
