"""Serials of sheets: ten random characters, the last one a check, on no list of names."""

import secrets

from rembuk.board.rules import CROCKFORD, plain_code
from rembuk.errors import Refused
from rembuk.people.codes import check_letter
from rembuk.posts.rules import Refusal

LENGTH = 10


def make_serial() -> str:
    """A new serial: 45 random bits and 5 bits of check."""
    data = "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH - 1))
    return data + check_letter(data)


def parse_serial(typed: str) -> str:
    """The serial in what a person typed or scanned; Refused(NOT_A_SERIAL)."""
    text = plain_code(typed)
    if len(text) != LENGTH or not set(text) <= set(CROCKFORD) or check_letter(text[:-1]) != text[-1]:
        raise Refused(Refusal.NOT_A_SERIAL)
    return text
