"""How large a campaign is: small in every test run, large when asked (REMBUK_TEST_CAMPAIGN=1)."""

import os
import time
from collections.abc import Iterator

import pytest

LARGE = os.environ.get("REMBUK_TEST_CAMPAIGN") == "1"


def sized(name: str, small: int, large: int) -> int:
    """A number of rounds: the small one, in a campaign the large one or REMBUK_TEST_<NAME>."""
    return int(os.environ.get(f"REMBUK_TEST_{name}", str(large))) if LARGE else small


def seconds_for(seconds: float) -> float:
    """How long a campaign goes on: as given, or REMBUK_TEST_SECONDS."""
    return float(os.environ.get("REMBUK_TEST_SECONDS", str(seconds)))


def patient(seconds: float) -> pytest.MarkDecorator:
    """The test may go on for so long, and eight minutes more for what it does before and after."""
    return pytest.mark.timeout(seconds_for(seconds) + 480)


def bounded(rounds: int, seconds: float) -> Iterator[int]:
    """Numbers from 0, as many as asked for and as the time allows."""
    stop = time.monotonic() + seconds_for(seconds)
    for nth in range(rounds):
        yield nth
        if time.monotonic() > stop:
            return


def said(figure: str) -> None:
    """Write a campaign's figure to the file the environment names, for docs/trust-report.md."""
    print(figure)
    if file := os.environ.get("REMBUK_TEST_FIGURES"):
        with open(file, "a", encoding="utf-8") as kept:  # noqa: PTH123
            kept.write(figure + "\n")
