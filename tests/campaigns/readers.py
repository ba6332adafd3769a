"""Every reader of strangers' input: seeds to begin from, what reads them, and the refusals that are its own.

Shared by the small fuzz of every test run (test_fuzz.py) and by the long one (`python -m tests.campaigns.fuzz`).
"""

import base64
import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import rembuk_verify
from rembuk.board import notes
from rembuk.board.rules import parsed_receipt
from rembuk.catalogue.rules import BadLine, read_prices
from rembuk.debate.markdown import rendered
from rembuk.errors import Refused
from rembuk.files.rules import kind_of, why_not_taken
from rembuk.money import parse_rupiah
from rembuk.people import rules as people
from rembuk.people.codes import make_code, parse_code
from rembuk.people.package import read_package
from rembuk.people.roll_file import named, read_roll
from rembuk.posts.rules import read_typed
from rembuk.posts.serials import make_serial, parse_serial
from rembuk.proposals.rules import parse_point, parse_volume
from rembuk.tally.ballots import Slip
from rembuk.tally.pabulib import BadFile, parse
from rembuk.traces import numbers_in
from rembuk.voting.box import read_box
from rembuk.voting.keys import BrokenShares, join, make_key, read_line, split
from rembuk.voting.opening import NotOpened, read_opened
from rembuk.web import forms
from rembuk.web.addresses import client_address, cut, neighbourhood
from rembuk.web.encodings import accepted
from rembuk.web.paths import is_local
from rembuk.web.visit import read_cookies

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
PACKAGE = (
    b'{"format":"rembuk-codes-1","cycle":"0","batch":"A-001","area":"32.73.27.1003","codes":[{"serial":"A-001-0001",'
    b'"public_key":"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}]}'
)
OPENED = (
    b'{"format":"rembuk-terbuka-1","election":"00000000-0000-4000-8000-000000000000","box_sha256":"00","failures":[],'
    b'"districts":{"32.73.27":[{"count":2,"projects":["1","2"]}]}}'
)
PRICES = b"key,item,unit,unit_price_idr,issue\nu-ditch,U-ditch 40x60,m,450000,flood\n"
ORDER = ("p1", "p2", "p3", "p4")
COSTS = dict(zip(ORDER, (40, 30, 20, 10), strict=True))
FIELDS = ("a", "b", "judul")
ASKED: tuple[Callable[[forms.Form, str], Any], ...] = (
    *(forms.Form.text, forms.Form.line, forms.Form.lines, forms.Form.list, forms.Form.integer),
    *(forms.Form.rupiah, forms.Form.date),
)


@dataclass(frozen=True)
class Reader:
    """Seeds, the reading function, and the exceptions in which it refuses."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], Any]
    refusals: tuple[type[Exception], ...] = ()


def text(read: Callable[[str], Any], data: bytes) -> Any:
    """A reader of text, given what the web floor would hand it."""
    return read(data.decode("utf-8", "replace"))


def pair(read: Callable[[str, str], Any], data: bytes) -> Any:
    """A reader of two texts: what stands before and behind the first line's end."""
    first, _, second = data.decode("utf-8", "replace").partition("\n")
    return read(first, second)


def safe_html(words: str) -> None:
    """Markdown in, no tag out that could run."""
    html = str(rendered(words)).lower()
    assert "<script" not in html
    assert "javascript:" not in html.replace("&#x", "")
    assert not re.search(r"<[^>]*\son\w+=", html)


def typed_form(data: bytes) -> None:
    """A posted form: every field asked as everything it might be; a text has no direction or control character."""
    form = forms.Form(forms._urlencoded(data))
    for name in FIELDS:
        for ask in ASKED:
            ask(form, name)
        assert not set(form.text(name)) & forms._BIDI


def local_target(target: str) -> None:
    """A redirect that passes is one of our own paths, as a browser reads it."""
    if is_local(target):
        assert target.startswith("/") and target[1:2] not in ("/", "\\") and target.isascii()
        assert not re.search(r"[\x00-\x20\x7f\\]", target)


def paper_sheet(typed: str) -> None:
    """The numbers of a sheet, for each kind of ballot."""
    for kind in ("approval", "knapsack", "points", "ranked"):
        slip = Slip(COSTS, 70, points=10) if kind == "points" else Slip(COSTS, 70, most=3)
        try:
            read_typed(typed, kind, ORDER, slip)
        except Refused:
            continue


def picture(data: bytes) -> None:
    """A photo as the decoding process opens it: measured, never larger than allowed, then its pixels."""
    from PIL import Image

    if why_not_taken(data):
        return
    Image.MAX_IMAGE_PIXELS = 1_000_000
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        if image.width * image.height <= 10_000:
            image.convert("RGBA")


def addresses(peer: str, forwarded: str) -> None:
    """Whose request: with forwarded headers of a proxy, cut for the log."""
    for trusted in ((), ("127.0.0.1", "10.0.0.0/8"), (peer,)):
        found = client_address(peer, forwarded, trusted)
        neighbourhood(found)
        cut(found)


def png(width: int, height: int, body: bytes) -> bytes:
    """A PNG that claims these measures, over compressed bytes of ours."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


_KEY = make_key().secret
_NOTE = b"rembuk/32.73\n7\nAAAA\n\n\xe2\x80\x94 a AAAAAAAA\n"
_VERIFIER = b"unpar.example+5e4b1c2d+" + base64.b64encode(b"\x01" + bytes(32))
READERS: dict[str, Reader] = {
    "CSV of the roll": Reader(
        (ROLL, ROLL.replace(b";", b",")), partial(read_roll, areas=AREAS, today=date(2026, 11, 21)), (Refused,)
    ),
    "Pabulib": Reader((PB,), partial(text, parse), (BadFile,)),
    "Pabulib, verifier": Reader((PB,), partial(text, rembuk_verify.read_pb), rembuk_verify.BAD),
    "Markdown": Reader((TALK,), partial(text, safe_html)),
    "voter code": Reader((make_code().printed.encode(),), partial(text, parse_code), (Refused,)),
    "package of codes": Reader((PACKAGE,), read_package, (Refused,)),
    "price list": Reader(
        (PRICES,), partial(text, lambda words: read_prices(words.splitlines(), 2026)), (BadLine, KeyError)
    ),
    "receipt": Reader((b"7QK4-M2XD-PWH9-3TRA-B6CE",), partial(text, parsed_receipt), (Refused,)),
    "serial of a sheet": Reader((make_serial().encode(),), partial(text, parse_serial), (Refused,)),
    "numbers of a sheet": Reader((b"1 2 3", b"1:4, 2:6", b"0"), partial(text, paper_sheet)),
    "photo, first bytes": Reader((b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"), kind_of),
    "photo, taken or not": Reader((b"GIF89a", b"\xff\xd8\xff" + b"x" * 99), why_not_taken),
    "signed note": Reader((_NOTE,), partial(text, notes.split_note), (notes.BadNote,)),
    "checkpoint": Reader((b"rembuk/32.73\n7\nAAAA\n",), partial(text, notes.parse_checkpoint), (notes.BadNote,)),
    "key of a witness": Reader((_VERIFIER,), partial(text, notes.parse_verifier), (notes.BadNote,)),
    "box": Reader((b'{"districts":{"a":["AAAA"]},"election":"0","format":"rembuk-kotak-1"}',), read_box, (ValueError,)),
    "opened box": Reader((OPENED,), read_opened, (NotOpened,)),
    "share of the key": Reader(
        (split(_KEY, 1, 1)[0].encode(),), partial(text, lambda words: join([words])), (BrokenShares,)
    ),
    "trial opening": Reader(
        (b"1-2-3:0123456789abcdef",), partial(text, lambda words: read_line(words, "0" * 16)), (BrokenShares,)
    ),
    "search for NIK": Reader((b"x 3273270101900001 y",), numbers_in),
    "words without NIK": Reader((b"x 3273 2701 0190 0001 y",), partial(text, people.without_nik)),
    "NIK": Reader((b"3273270101900001",), partial(text, people.read_nik), (Refused,)),
    "phone": Reader((b"0812-3456-7890", b"+6281234567890"), partial(text, people.read_phone), (Refused,)),
    "second factor": Reader((b"1234", b"08-1990"), partial(text, people.read_second_factor), (Refused,)),
    "rupiah": Reader((b"Rp 1.250.000", b"96500000"), partial(text, parse_rupiah), (ValueError,)),
    "volume": Reader((b"1,5", b"0.25"), partial(text, parse_volume), (ValueError,)),
    "point on the map": Reader((b"-6,94512\n107,69213",), partial(pair, parse_point)),
    "form": Reader((b"a=1&b=2026-11-29&judul=Saluran+mampet&a=%C3%A9",), typed_form, (Refused,)),
    "cookies": Reader((b"sesi=abc; tamu=d%20e; lang=su",), partial(text, read_cookies)),
    "addresses": Reader((b"127.0.0.1\n203.0.113.7, 10.0.0.1", b"::1\n2001:db8::1"), partial(pair, addresses)),
    "encodings": Reader((b"gzip;q=0.5, br;q=1, *;q=0",), partial(text, accepted)),
    "redirect target": Reader((b"/usulan/12?kembali=%2Fbilik", b"//jahat.example"), partial(text, local_target)),
}
PICTURES: dict[str, Reader] = {
    "photo, decoded": Reader((png(4, 4, b"\0\1\2\3\4" * 4),), picture, ()),
}
"""Decoding happens in a process of its own that reports any fault as a broken photo; the long fuzz alone asks it."""
