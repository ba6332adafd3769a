"""T-FUZZ: bytes gone wrong in every reader of strangers' input: refused in words, never a crash, never slow."""

import random
import re
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from rembuk.board import notes
from rembuk.board.rules import parsed_receipt
from rembuk.debate.markdown import rendered
from rembuk.errors import Refused
from rembuk.files.rules import kind_of, why_not_taken
from rembuk.people.codes import make_code, parse_code
from rembuk.people.roll_file import named, read_day, read_roll
from rembuk.tally.pabulib import BadFile, parse
from rembuk.traces import numbers_in
from rembuk.voting.box import read_box
from rembuk.voting.keys import BrokenShares, join, make_key, split
from tests.campaigns.sizes import bounded, said, sized

TRIES = sized("FUZZ", 300, 200_000)
SECONDS = 25.0
SLOW = 1.0
"""Seconds of the processor: others may be using it, too."""
AREAS = named({"32.73.27.1003.005": ("Gedebage", "Rancabolang", "005")})
ROLL = b"nik;kk;rw;tanggal_lahir;telepon\n3273270101900001;3273270101900002;32.73.27.1003.005;1990-01-01;081234567890\n"
PB = b"""META
key;value
description;x
num_projects;2
num_votes;2
budget;100
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
1;40;a
2;60;b
VOTES
voter_id;vote
1;1,2
2;2
"""
TALK = (
    b"# judul\n\n- **tebal** [tautan](https://a.example/)\n- `kode`\n\n> kutip <script>alert(1)</script>\n\n1. satu\n"
)


def text(read: Callable[[str], Any], data: bytes) -> Any:
    """A reader of text, given what the web floor would hand it."""
    return read(data.decode("utf-8", "replace"))


def safe_html(words: str) -> None:
    """Markdown in, no tag out that could run."""
    html = str(rendered(words)).lower()
    assert "<script" not in html
    assert "javascript:" not in html.replace("&#x", "")
    assert not re.search(r"<[^>]*\son\w+=", html)


SHARE = split(make_key().secret, 1, 1)[0]
READERS: dict[str, tuple[list[bytes], Callable[[bytes], Any], tuple[type[Exception], ...]]] = {
    "CSV of the roll": (
        [ROLL, ROLL.replace(b";", b",")],
        partial(read_roll, areas=AREAS, today=date(2026, 11, 21)),
        (Refused,),
    ),
    "Pabulib": ([PB], partial(text, parse), (BadFile,)),
    "Markdown": ([TALK], partial(text, safe_html), ()),
    "voter code": ([make_code().printed.encode()], partial(text, parse_code), (Refused,)),
    "receipt": ([b"7QK4-M2XD-PWH9-3TRA-B6CE"], partial(text, parsed_receipt), (Refused,)),
    "photo, first bytes": ([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"], kind_of, ()),
    "photo, taken or not": ([b"GIF89a", b"\xff\xd8\xff" + b"x" * 99], why_not_taken, ()),
    "signed note": (
        [b"rembuk/32.73\n7\nAAAA\n\n\xe2\x80\x94 a AAAAAAAA\n"],
        partial(text, notes.split_note),
        (notes.BadNote,),
    ),
    "checkpoint": ([b"rembuk/32.73\n7\nAAAA\n"], partial(text, notes.parse_checkpoint), (notes.BadNote,)),
    "box": (
        [b'{"districts":{"a":["AAAA"]},"election":"0","format":"rembuk-kotak-1"}'],
        read_box,
        (ValueError,),
    ),
    "share of the key": ([SHARE.encode()], partial(text, lambda words: join([words])), (BrokenShares,)),
    "search for NIK": ([b"x 3273270101900001 y"], numbers_in, ()),
}


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
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
    seeds, read, refusals = READERS[name]
    chance, done, slowest = random.Random(name), 0, 0.0
    for _ in bounded(TRIES, SECONDS):
        data, began = mutated(seeds, chance), time.thread_time()
        try:
            read(data)
        except refusals:
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
