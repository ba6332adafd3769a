"""What the log tells of the staff's door: that somebody came in or did not, by id; never what was typed."""

import io
import json
import logging
from typing import Any

import pyotp
import pytest

from rembuk import clock
from rembuk.people import store
from rembuk.people.store.staff import step_of
from rembuk.web.logs import JsonLines
from tests.clients import Client
from tests.people.making import PASSWORD


async def test_staff_at_the_door_are_noted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 16.3.1: wrong password, wrong step and a sign-in each leave one line; no name, password or digit in it."""
    text, logger = io.StringIO(), logging.getLogger("rembuk.security")
    output = logging.StreamHandler(text)
    output.setFormatter(JsonLines())
    monkeypatch.setattr(logger, "handlers", [output])
    made = await store.create_staff("Sri Lestari", "sri.lestari", PASSWORD)
    digits = pyotp.TOTP(made.totp_secret).at(step_of(clock.now()) * 30)
    await client.post("/masuk/sandi", {"nama": "sri.lestari", "sandi": "salah sama sekali ini"})
    await client.post("/masuk/sandi", {"nama": "sri.lestari", "sandi": PASSWORD})
    await client.post("/masuk/totp", {"kode": "bukan"})
    await client.post("/masuk/totp", {"kode": digits})
    told: list[dict[str, Any]] = [json.loads(line) for line in text.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["password refused", "step refused", "signed in"]
    assert told[1]["person"] == told[2]["person"] == str(made.id) and "person" not in told[0]
    assert not [word for word in ("sri", PASSWORD, digits, "salah", "bukan") if word in text.getvalue()]
