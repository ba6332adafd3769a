"""Reads what a person typed: text as text, lists as lists, errors beside their fields."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from rembuk.errors import N_, Refused, Said
from rembuk.money import parse_rupiah
from rembuk.web.i18n import gettext
from rembuk.web.reasons import Web
from rembuk.web.visit import visit

MOST_FIELDS = 100
LONGEST = 20_000
_LARGEST_INTEGER = 2**63 - 1
_INVISIBLE = {"Cc", "Cs", "Co"}
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

EMPTY = N_("Bagian ini masih kosong.")
TOO_LONG = N_("Terlalu panjang. Paling banyak {most} huruf.")
TOO_SHORT = N_("Terlalu pendek. Paling sedikit {least} huruf.")
NOT_NUMBER = N_("Isi dengan angka tanpa huruf, misalnya 12.")
NOT_MONEY = N_("Biaya harus angka tanpa huruf, misalnya 96500000.")
NOT_DATE = N_("Tulis tanggal seperti 2026-11-29.")
NOT_LISTED = N_("Pilih salah satu dari daftar.")
TOO_SMALL = N_("Paling sedikit {least}.")
TOO_BIG = N_("Paling banyak {most}.")

Texts = list[str]


class Errors(dict[str, str]):
    """What is wrong, by field: one sentence each, the first one found."""

    def say(self, name: str, sentence: str, **facts: object) -> None:
        """Note a fault of a field, translated, unless it already has one."""
        self.setdefault(name, gettext(Said(sentence, **facts) if facts else sentence))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; its name and kind are claims, not facts."""

    name: str
    kind: str
    body: bytes


Uploads = list[Upload]


def cleaned(text: str) -> str:
    """Text as it may be kept: NFC, plain line ends, no control or direction characters, no outer space."""
    if text.isascii() and text.isprintable():  # codes, numbers, tokens: most fields of most forms
        return text.strip()
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        letter
        for letter in plain
        if letter in "\n\t" or (letter not in _BIDI and unicodedata.category(letter) not in _INVISIBLE)
    ).strip()


@dataclass(slots=True)
class Form:
    """A posted form; asking for a field also checks it, and faults gather in `errors`."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    uploads: Mapping[str, list[Upload]] = field(default_factory=dict)
    errors: Errors = field(default_factory=Errors)

    @property
    def values(self) -> dict[str, str]:
        """The typed text by field (the last value of each), to show the form again."""
        return {name: texts[-1] for name, texts in self.fields.items() if not name.startswith("_")}

    @property
    def valid(self) -> bool:
        """Whether nothing asked so far was at fault."""
        return not self.errors

    def has(self, name: str) -> bool:
        """Whether the field came with the form at all."""
        return name in self.fields

    def text(
        self, name: str, *, required: bool = False, least: int = 0, most: int = LONGEST, empty: str = EMPTY
    ) -> str:
        """One field as cleaned text; "" when it is missing."""
        text = cleaned(self.fields.get(name, [""])[-1])
        if required and not text:
            self.errors.say(name, empty)
        elif text and len(text) < least:
            self.errors.say(name, TOO_SHORT, least=least)
        elif len(text) > most:
            self.errors.say(name, TOO_LONG, most=most)
        return text

    def line(self, name: str, *, required: bool = False, least: int = 0, most: int = 200, empty: str = EMPTY) -> str:
        """One field as a single line: line ends become spaces."""
        text = self.text(name, required=required, least=least, most=most, empty=empty)
        return " ".join(text.split())

    def lines(self, name: str) -> Texts:
        """One field as its lines that are not empty."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]

    def list(self, name: str) -> Texts:
        """Every value of a field: one ticked box is a list of one."""
        return [text for text in map(cleaned, self.fields.get(name, [])) if text]

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.list(name))

    def choice(self, name: str, among: Iterable[str], *, required: bool = True) -> str | None:
        """One of the listed values; None (and a fault, when required or strange) otherwise."""
        text = self.text(name)
        if text in set(among):
            return text
        if text or required:
            self.errors.say(name, NOT_LISTED)
        return None

    def integer(
        self, name: str, *, required: bool = False, least: int | None = None, most: int | None = None
    ) -> int | None:
        """A whole number, with or without dots between thousands; None when empty or at fault."""
        text = self.text(name).replace(" ", "").replace(".", "")
        if not text:
            self._missing(name, required)
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            self.errors.say(name, NOT_NUMBER)
            return None
        return self._between(name, int(text), least, most)

    def rupiah(
        self, name: str, *, required: bool = False, least: int | None = 0, most: int | None = None
    ) -> int | None:
        """An amount of rupiah as people type it; None when empty or at fault."""
        text = self.text(name)
        if not text:
            self._missing(name, required)
            return None
        try:
            return self._between(name, parse_rupiah(text), least, most)
        except ValueError:
            self.errors.say(name, NOT_MONEY)
            return None

    def date(self, name: str, *, required: bool = False) -> date | None:
        """A day typed as 2026-11-29 (what a date field sends); None when empty or at fault."""
        text = self.text(name)
        if not text:
            self._missing(name, required)
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.errors.say(name, NOT_DATE)
            return None

    def file(self, name: str) -> Upload | None:
        """The first file sent under a name."""
        return next(iter(self.files(name)), None)

    def files(self, name: str) -> Uploads:
        """The files sent under a name, empty ones left out."""
        return [upload for upload in self.uploads.get(name, []) if upload.body]

    def _missing(self, name: str, required: bool) -> None:
        if required:
            self.errors.say(name, EMPTY)

    def _between(self, name: str, number: int, least: int | None, most: int | None) -> int | None:
        low = -_LARGEST_INTEGER if least is None else least
        high = _LARGEST_INTEGER if most is None else most
        if number < low:
            self.errors.say(name, TOO_SMALL, least=low)
        elif number > high:
            self.errors.say(name, TOO_BIG, most=high)
        else:
            return number
        return None


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form of this request, read once; another kind of body is an empty form. Raises Refused."""
    notes = visit(request)
    if notes.form is None:
        kind, _ = request.content_type
        if kind == "multipart/form-data":
            notes.form = await _multipart(request)
        elif kind == "application/x-www-form-urlencoded":
            notes.form = Form(_urlencoded(await request.body()))
        else:
            notes.form = Form()
    return notes.form


def _urlencoded(body: bytes) -> dict[str, list[str]]:
    if body.count(b"&") >= MOST_FIELDS:
        raise Refused(Web.TOO_MANY_FIELDS)
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as fault:
        raise Refused(Web.BAD_REQUEST) from fault
    for name, text in pairs:
        fields.setdefault(name, []).append(text)
    return fields


async def _multipart(request: Request[Any, Any, Any]) -> Form:
    try:
        posted = await request.form()
    except ClientException as fault:
        too_many = "Too Large" in fault.detail
        raise Refused(Web.TOO_MANY_FIELDS if too_many else Web.BAD_REQUEST) from fault
    except (ValueError, LookupError) as fault:
        raise Refused(Web.BAD_REQUEST) from fault
    fields: dict[str, list[str]] = {}
    uploads: dict[str, list[Upload]] = {}
    for name, sent in posted.multi_items():
        if isinstance(sent, UploadFile):
            uploads.setdefault(name, []).append(Upload(sent.filename, sent.content_type, await sent.read()))
        else:
            fields.setdefault(name, []).append(str(sent))
    return Form(fields, uploads)
