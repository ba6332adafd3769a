"""What was agreed before the vote, read back from the frozen configuration (docs/bundle.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from rembuk.cycles.freezing import FrozenProject


@dataclass(frozen=True, slots=True)
class FrozenDistrict:
    """A district with its ceiling in rupiah and its projects."""

    code: str
    name: str
    ceiling: int
    contest: str
    projects: tuple[FrozenProject, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The frozen facts of an election; `most` 0 means no limit of choices."""

    city: str
    cycle: str
    election: UUID
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


@lru_cache(maxsize=8)
def agreed(config: str) -> Agreement:
    """The agreement in a frozen configuration; parsed once, for it never changes."""
    body: dict[str, Any] = json.loads(config)
    projects = [FrozenProject(**each) for each in body["projects"]]
    return Agreement(
        city=body["city"],
        cycle=body["cycle"],
        election=UUID(body["election"]),
        ballot_type=body["ballot"]["type"],
        most=body["ballot"]["most"],
        rule=body["rule"],
        options=body["options"],
        publication=body["publication"],
        trustee_key=body["trustee_key"],
        districts=tuple(_district(each, projects) for each in body["districts"]),
    )


def _district(area: dict[str, Any], projects: list[FrozenProject]) -> FrozenDistrict:
    mine = tuple(project for project in projects if project.district == area["code"])
    return FrozenDistrict(area["code"], area["name"], area["ceiling"], area["contest"], mine)
