"""Who is looking: roles, grants with an area, and the viewer of one request. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The nine parts a person can play (trust.md 7)."""

    PUBLIC = "public"
    RESIDENT = "resident"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    OFFICIAL = "official"
    CITY_OFFICIAL = "city_official"
    TRUSTEE = "trustee"
    AUDITOR = "auditor"
    ADMIN = "admin"


_MAIN_FIRST = (
    Role.ADMIN,
    Role.CITY_OFFICIAL,
    Role.OFFICIAL,
    Role.AUDITOR,
    Role.TRUSTEE,
    Role.MODERATOR,
    Role.FACILITATOR,
    Role.RESIDENT,
)


OF_THE_CITY = frozenset({Role.CITY_OFFICIAL, Role.TRUSTEE, Role.AUDITOR, Role.ADMIN})
"""Roles whose deeds touch every kecamatan: a grant on a part of the city gives nothing."""


def covers(scope: str, area: str) -> bool:
    """Whether an area lies in a scope: the same code, or below it at a dot; the empty scope is everywhere."""
    return scope in ("", area) or area.startswith(f"{scope}.")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one area; the area "" means everywhere."""

    role: Role
    area: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person (or code) behind a request and what they may do; `session` is the row, never the secret."""

    person: UUID | None = None
    roll: UUID | None = None
    name: str = ""
    rw: str | None = None
    grants: tuple[Grant, ...] = ()
    session: UUID | None = None

    @property
    def signed_in(self) -> bool:
        """Whether a person or a voter code stands behind this request."""
        return self.person is not None or self.roll is not None

    @property
    def kecamatan(self) -> str | None:
        """The code of the viewer's kecamatan, out of the RW code."""
        return ".".join(self.rw.split(".")[:3]) if self.rw else None

    @property
    def kelurahan(self) -> str | None:
        """The code of the viewer's kelurahan, out of the RW code."""
        return ".".join(self.rw.split(".")[:4]) if self.rw else None

    @property
    def role(self) -> Role:
        """The main role: the one that opens most desks."""
        held = {grant.role for grant in self.grants}
        return next((role for role in _MAIN_FIRST if role in held), Role.PUBLIC)

    def has(self, role: Role, area: str = "") -> bool:
        """Whether this role is held; with an area, whether a grant covers it."""
        return any(grant.role == role and (not area or covers(grant.area, area)) for grant in self.grants)

    def has_any(self, roles: Iterable[Role], area: str = "") -> bool:
        """Whether one of these roles is held (in the area, when one is given)."""
        return any(self.has(role, area) for role in roles)

    def areas(self, role: Role) -> tuple[str, ...]:
        """The areas this role is held in."""
        return tuple(grant.area for grant in self.grants if grant.role == role)


ANONYMOUS = Viewer()
