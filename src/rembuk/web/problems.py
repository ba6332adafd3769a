"""Errors for programs: RFC 9457 problem details."""

from http import HTTPStatus

import msgspec

PROBLEM_TYPE = "application/problem+json"


class Problem(msgspec.Struct, omit_defaults=False):
    """What went wrong, for a program: type, status, one sentence, the request's number, faults by field."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: dict[str, str] = msgspec.field(default_factory=dict)


def problem(status: int, detail: str, number: str, name: str = "", errors: dict[str, str] | None = None) -> Problem:
    """A problem document; `name` makes its type, "about:blank" when there is none."""
    kind = f"urn:rembuk:masalah:{name.lower().replace('_', '-')}" if name else "about:blank"
    return Problem(kind, HTTPStatus(status).phrase, status, detail, f"urn:rembuk:permintaan:{number}", errors or {})
