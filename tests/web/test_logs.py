"""The log tells what happened and never who chose what."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rembuk import clock, serving
from rembuk.web.addresses import client_address, cut, neighbourhood
from rembuk.web.logs import JsonLines, is_vote_path
from tests.clients import Client
from tests.web import sample

NIK = "3273270101900001"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the server would write."""
    text = io.StringIO()
    output = logging.StreamHandler(text)
    output.setFormatter(JsonLines())
    logger = logging.getLogger("rembuk")
    logger.addHandler(output)
    before, logger.level = logger.level, logging.INFO
    logger.manager._clear_cache()  # type: ignore[attr-defined]
    yield text
    logger.removeHandler(output)
    logger.setLevel(before)


async def test_one_line_of_json_for_each_request(site: Client, lines: io.StringIO) -> None:
    """Method, path, status, time taken, a number, the network; no query, cookie, body or full address."""
    await site.sign_in(sample.PERSON)
    secret = site.cookie("sesi") or "-"
    await site.get(f"/contoh?nik={NIK}", headers={"User-Agent": "Rahasia/1"})
    await site.post("/contoh/isian", {"judul": f"NIK saya {NIK}"})
    text = lines.getvalue()
    assert NIK not in text and secret not in text and "Rahasia" not in text and "?" not in text
    first, second = map(json.loads, text.splitlines())
    assert first.keys() == {"at", "level", "from", "number", "method", "path", "status", "ms", "network"}
    assert (first["method"], first["path"], first["status"]) == ("GET", "/contoh", 200)
    assert second["method"] == "POST" and "127.0.0.1" not in text


async def test_voting_is_logged_by_day_and_outcome_only(site: Client, lines: io.StringIO) -> None:
    """No address, no time of day, no number, no code: only the first word of the path."""
    with clock.frozen(datetime(2026, 11, 29, 9, 41, tzinfo=UTC)):
        await site.get("/bukti/7QK4-M2XD-PWH9-3TRA-B6CE")
        await site.get("/suara/apa-saja")
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert first == {"day": "2026-11-29", "level": "INFO", "from": "rembuk.access", "path": "/bukti", "status": 200}
    assert second["path"] == "/suara" and "at" not in second and "network" not in second


@pytest.mark.parametrize("path", ["/bilik", "/bilik/tinjau", "/suara", "/bukti/X", "/kode", "/status-saya"])
def test_vote_paths(path: str) -> None:
    """Every endpoint of voting, and nothing beside."""
    assert is_vote_path(path) and not is_vote_path(path.replace("/", "/x", 1))


async def test_health_checks_are_not_logged(site: Client, lines: io.StringIO) -> None:
    """A probe each second would bury the rest."""
    await site.get("/healthz")
    assert lines.getvalue() == ""


async def test_a_forged_line_stays_inside_its_own(site: Client, lines: io.StringIO) -> None:
    """CR and LF are escaped, however they come."""
    await site.get('/contoh/%0d%0a{"status": 200}')
    await site.get("/contoh/\u2028x")
    assert len(lines.getvalue().splitlines()) == 2
    for line in lines.getvalue().splitlines():
        json.loads(line)


async def test_a_fault_is_logged_without_its_message(site: Client, lines: io.StringIO) -> None:
    """The message may hold what a person typed (here: a NIK)."""
    await site.get("/contoh/rusak")
    assert NIK not in lines.getvalue() and "RuntimeError" in lines.getvalue()


def test_a_logged_exception_is_cut_too() -> None:
    """logger.exception() of any room writes kind and lines only."""
    try:
        raise ValueError(NIK)
    except ValueError:
        record = logging.LogRecord("rembuk.x", logging.ERROR, "x.py", 1, "kalimat", (), __import__("sys").exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["fault"] == "ValueError" and NIK not in json.dumps(line)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_addresses_are_cut(address: str, network: str) -> None:
    """/24 or /48."""
    assert cut(address) == network


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_forwarded_addresses_are_believed_from_listed_proxies_only(peer: str, forwarded: str, client: str) -> None:
    """Read right to left; what a client wrote further left is not believed."""
    assert client_address(peer, forwarded, ("10.0.0.0/24",)) == client


def test_an_ipv6_customer_is_one_neighbour() -> None:
    """The wall counts a /64 as one; IPv4 addresses stay apart."""
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert neighbourhood("203.0.113.7") == "203.0.113.7" and neighbourhood("a:b") == "a:b"


def test_every_worker_writes_its_lines_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server process is started by its factory, and that one sends the lines out."""
    root = logging.getLogger("rembuk")
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "propagate", True)
    monkeypatch.setattr(root, "level", root.level)
    serving.logged_app()
    [output] = root.handlers
    assert isinstance(output.formatter, JsonLines) and not root.propagate
