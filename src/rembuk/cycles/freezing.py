"""The configuration a vote is frozen with, in the bundle's format (docs/bundle.md): built once, read ever after."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from rembuk.cycles.rules import Cycle, Election, Phase

FORMAT = "rembuk-config-1"
SMALLEST_FULL = 200
"""Counted ballots from which a district's ballots are published one by one (trust.md 4.7)."""
Json: TypeAlias = "None | bool | int | str | list[Json] | dict[str, Json]"


@dataclass(frozen=True, slots=True)
class FrozenProject:
    """One line of the ballot slip: public number, district and RW codes, place in words, cost in whole rupiah."""

    id: str
    title: str
    cost: int
    district: str
    area: str
    issue: str
    place: str = ""


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
    """What was agreed before the vote, as read back from the frozen bytes; `most` 0 means no limit of choices."""

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


def config_of(
    cycle: Cycle,
    election: Election,
    voting: Phase,
    ceilings: Mapping[str, tuple[str, int]],
    projects: Iterable[FrozenProject],
) -> dict[str, Json]:
    """The configuration as plain JSON; districts (code: name, ceiling) and projects sorted, so order is nothing."""
    listed = sorted(projects, key=lambda project: (project.district, len(project.id), project.id))
    return {
        "format": FORMAT,
        "city": cycle.city,
        "cycle": cycle.slug,
        "name": cycle.name,
        "election": str(election.id),
        "publication": election.publication,
        "smallest_full": SMALLEST_FULL,
        "currency": cycle.currency,
        "budget": cycle.budget,
        "quota": {"rule": cycle.quota_rule, "options": dict(cycle.quota_options)},
        "rule": cycle.tally_rule,
        "options": dict(cycle.tally_options),
        "ballot": {"type": cycle.ballot_type, "most": cycle.max_choices},
        "ties": ["approvals", "cost", "hmac"],
        "voting": {"starts_at": _moment(voting.starts_at), "ends_at": _moment(voting.ends_at)},
        "districts": [
            {"code": code, "name": name, "ceiling": amount, "contest": f"{cycle.slug}/{code}"}
            for code, (name, amount) in sorted(ceilings.items())
        ],
        "projects": [asdict(project) for project in listed],
        "city_round": "none",
        "trustee_key": election.trustee_key,
        "witness_quorum": 0,
    }


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


def _district(area: dict[str, Any], projects: Iterable[FrozenProject]) -> FrozenDistrict:
    mine = tuple(project for project in projects if project.district == area["code"])
    return FrozenDistrict(area["code"], area["name"], area["ceiling"], area["contest"], mine)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
