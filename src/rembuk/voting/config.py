"""The frozen configuration of an election, as docs/bundle.md lays it down: built once, read by everybody after."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from rembuk.board.rules import canonical
from rembuk.voting.rules import BallotProject

FORMAT = "rembuk-config-1"
SMALLEST_FULL = 200
"""Counted ballots from which a district's ballots are published one by one (trust.md 4.7)."""


@dataclass(frozen=True)
class FrozenDistrict:
    """A district with its ceiling in rupiah and its projects, as frozen."""

    code: str
    name: str
    ceiling: int
    contest: str
    projects: tuple[BallotProject, ...]


@dataclass(frozen=True)
class Agreement:
    """What was agreed before the vote; `most` 0 means no limit of choices."""

    city: str
    cycle: str
    election: UUID
    name: str
    ballot_type: str
    most: int
    rule: str
    options: Mapping[str, str]
    publication: str
    trustee_key: str
    districts: tuple[FrozenDistrict, ...]

    def district(self, code: str) -> FrozenDistrict | None:
        """The district with this code, or None."""
        return next((each for each in self.districts if each.code == code), None)


def frozen_bytes(agreement: Agreement) -> bytes:
    """The canonical JSON whose SHA-256 goes on the board."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "city": agreement.city,
        "cycle": agreement.cycle,
        "election": str(agreement.election),
        "name": agreement.name,
        "ballot": {"type": agreement.ballot_type, "most": agreement.most},
        "rule": agreement.rule,
        "options": dict(agreement.options),
        "publication": agreement.publication,
        "smallest_full": SMALLEST_FULL,
        "districts": [
            {"code": each.code, "name": each.name, "ceiling": each.ceiling, "contest": each.contest}
            for each in agreement.districts
        ],
        "projects": [
            asdict(project) | {"district": each.code}
            for each in agreement.districts
            for project in each.projects
        ],
        "city_round": "none",
        "trustee_key": agreement.trustee_key,
        "witness_quorum": 0,
    }
    return canonical(body)


@lru_cache(maxsize=8)
def agreed(config: str) -> Agreement:
    """The agreement in a frozen configuration; parsed once, for it never changes."""
    body = json.loads(config)
    projects = [(each.pop("district"), BallotProject(**each)) for each in body["projects"]]
    return Agreement(
        city=body["city"],
        cycle=body["cycle"],
        election=UUID(body["election"]),
        name=body["name"],
        ballot_type=body["ballot"]["type"],
        most=body["ballot"]["most"],
        rule=body["rule"],
        options=body["options"],
        publication=body["publication"],
        trustee_key=body["trustee_key"],
        districts=tuple(_district(each, projects) for each in body["districts"]),
    )


def _district(area: dict[str, Any], projects: Iterable[tuple[str, BallotProject]]) -> FrozenDistrict:
    mine = tuple(project for code, project in projects if code == area["code"])
    return FrozenDistrict(area["code"], area["name"], area["ceiling"], area["contest"], mine)
