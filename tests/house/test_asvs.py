"""docs/asvs.md names a test or a reason for every requirement, and docs/security.md says the figures of the code."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from rembuk.files import decoding
from rembuk.files import rules as files
from rembuk.people import rules as people
from rembuk.web import forms, gate, session, throttle
from rembuk.web.viewer import Role

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| (test|reason|none here|open) \| (.+) \|$", re.M)
ASKED = {"1": 70, "2": 183}
"""How many requirements the standard has at its first level, and how many more at its second."""


@cache
def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall((ROOT / "docs" / "asvs.md").read_text("utf-8"))


def test_every_requirement_stands_there_once() -> None:
    """ASVS: 70 and 183, each with one answer."""
    ids = [id for id, *_ in rows()]
    assert len(ids) == len(set(ids))
    assert {level: sum(row[1] == level for row in rows()) for level in ASKED} == ASKED


def test_every_test_named_is_there() -> None:
    """ASVS: an answer that names a test names one that exists."""
    named = {re.fullmatch(r"`([\w/]+\.py)::(test_\w+)`", row[3]) for row in rows() if row[2] == "test"}
    assert None not in named
    missing = [
        hit[0]
        for hit in named
        if hit and not re.search(rf"^(async )?def {hit[2]}\(", (ROOT / "tests" / hit[1]).read_text("utf-8"), re.M)
    ]
    assert not missing


def test_the_shares_are_counted() -> None:
    """ASVS: the shares the page tells are those of its rows."""
    page = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    for level, asked in ASKED.items():
        left = sum(row[1] == level and row[2] == "open" for row in rows())
        share = f"{100 * (asked - left) / asked:.1f}"
        assert f"| {level} | {asked} | " in page and f"| {left} | {share} % |" in page


def test_the_security_page_says_the_figures() -> None:
    """ASVS 2.1, 5.1, 6.1, 7.1, 15.1: what is written down for the city is what the code does."""
    page = " ".join((ROOT / "docs" / "security.md").read_text("utf-8").split())
    official, resident, kiosk = [
        session.limits(Role.OFFICIAL),
        session.limits(Role.RESIDENT),
        session.limits(Role.RESIDENT, True),
    ]
    sentences = [
        f"at least {people.PASSWORD_LENGTH} characters",
        f"fewer than {people.PASSWORD_LEFT} besides our own words ({', '.join(people.OWN_WORDS)})",
        f"One-time digits live {people.ONE_TIME_CODE_LIFE // timedelta(minutes=1)} minutes",
        f"for {people.ONE_TIME_CODE_TRIES} tries",
        f"{people.CODES_AN_HOUR} in an hour and {people.CODES_A_DAY} in a day",
        f"{throttle.FREE_STRIKES} failed tries are free",
        f"up to {throttle.LONGEST_LOCK // timedelta(minutes=1)} minutes",
        f"locks after {people.WRONG_SECOND_FACTORS} wrong second factors",
        f"| {official[0] // timedelta(minutes=1)} minutes | {official[1] // timedelta(hours=1)} hours |",
        f"| {resident[0] // timedelta(minutes=1)} minutes | {resident[1] // timedelta(hours=1)} hours |",
        f"| {kiosk[0] // timedelta(minutes=1)} minutes | {kiosk[1] // timedelta(minutes=1)} minutes |",
        f"at most {forms.MOST_FIELDS} fields",
        f"{files.MOST_BYTES // 2**20} MiB, {files.MOST_PIXELS // 10**6} megapixels",
        f"{decoding.MEMORY // 2**20} MiB and {decoding.SECONDS} seconds",
        f"{gate.PER_MINUTE} requests a minute",
        f"every handler {gate.HANDLER_SECONDS:.0f} seconds, every body {gate.BODY_SECONDS:.0f}",
        "mended or switched off in 3 days",
    ]
    assert not [sentence for sentence in sentences if sentence not in page]


@pytest.mark.parametrize("name", ["people/password.html", "people/account.html"])
def test_password_fields_are_masked_and_open_to_managers(name: str) -> None:
    """ASVS 6.2.6, 6.2.7: type=password, a purpose managers know, no limit that cuts, nothing against pasting."""
    page = (ROOT / "templates" / name).read_text("utf-8")
    fields = re.findall(r"\{\{ field\(\"sandi[^}]*\}\)", page)
    assert fields
    for field in fields:
        assert 'type="password"' in field and re.search(r'"autocomplete": "(current|new)-password"', field)
        assert "maxlength" not in field
    assert "onpaste" not in (ROOT / "static" / "rembuk.js").read_text("utf-8")


def test_the_compose_file_has_no_password() -> None:
    """ASVS 13.2.3: a stand without a password of its own does not start."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert "${REMBUK_DATABASE_PASSWORD:?" in text and not re.search(r"PASSWORD: [\"']?\w", text)
