"""T-FUZZ: bytes gone wrong in every reader of strangers' input: refused in words, never a crash, never slow."""

import random
import time
from collections.abc import Sequence

import pytest

from rembuk.people.roll_file import read_day
from rembuk.voting.box import read_box
from tests.campaigns.readers import READERS
from tests.campaigns.sizes import bounded, said, sized

TRIES = sized("FUZZ", 60, 20_000)
SECONDS = 25.0
SLOW = 1.0
"""Seconds of the processor: others may be using it, too."""


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """A seed with a few things wrong: bytes changed, cut, doubled, moved, or strange ones put in."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 16, 200)))
        act = chance.randrange(6)
        if act == 0:
            data[at:at] = chance.choice(STRANGE)
        elif act == 1:
            del data[at:end]
        elif act == 2:
            data[at:at] = data[at:end] * chance.choice((1, 2, 50))
        elif act == 3:
            data[at:end] = chance.randbytes(end - at)
        elif act == 4:
            data[at:end] = bytes(reversed(data[at:end]))
        elif data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
    return bytes(data[:200_000])


STRANGE = (
    *(b"\0", b"\r", b"\n\n", b'"', b"'", b";", b",,,,", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae"),
    *("٣".encode(), "Ⅷ".encode(), b"1e999", b"-1", b"9" * 400, b"NaN", b"=cmd|' /C calc'!A0", b"META", b"VOTES\n"),
    *(b"[" * 3_000, b"*" * 3_000, b"`" * 500, b"<!--", b"{}" * 99, b"![](x" * 300, b"> " * 800),
)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", READERS)
def test_bytes_gone_wrong_are_refused_in_words(name: str) -> None:
    """T-FUZZ, T12: only the reader's own refusals come out, and each within a second."""
    reader = READERS[name]
    chance, done, slowest = random.Random(name), 0, 0.0
    for _ in bounded(TRIES, SECONDS):
        data, began = mutated(reader.seeds, chance), time.thread_time()
        try:
            reader.read(data)
        except reader.refusals:
            pass
        except Exception as fault:  # noqa: BLE001 - the very thing looked for; told with its input
            pytest.fail(f"{name}: {type(fault).__name__}: {fault} on {data[:300]!r}")
        slowest = max(slowest, time.thread_time() - began)
        assert slowest < SLOW, f"{name}: {slowest:.2f} s on {data[:300]!r}"
        done += 1
    said(f"T-FUZZ: {name}: {done} inputs, 0 crashes, slowest {slowest * 1000:.0f} ms")


def test_what_the_fuzz_found_stays_mended() -> None:
    """T-FUZZ: a day with a number of fifty digits is a row error; a box of brackets is no box."""
    assert read_day("1990-0" + "1" * 50 + "-01") is None
    with pytest.raises(ValueError, match="damaged"):
        read_box(b'{"districts":' + b"[" * 3_000)
