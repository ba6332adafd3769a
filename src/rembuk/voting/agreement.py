"""What was agreed before the vote, read back from the frozen configuration (docs/bundle.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from rembuk.cycles.freezing import FrozenProject
from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.election import Completion, District, Election, Options, Order, Project, Utility
from rembuk.tally.limits import Limit
from rembuk.tally.merge import merged
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.types import Ballots

LEFTOVERS = {"share": Leftover.CITY_ROUND, "none": Leftover.NONE, "next_year": Leftover.NEXT_YEAR}


@dataclass(frozen=True, slots=True)
class FrozenFence:
    """Money set aside in a district, for an issue or areas; `ballots` is the box that fills it, "" the district's."""

    name: str
    issue: str
    areas: tuple[str, ...]
    floor: int
    hard: bool = False
    ballots: str = ""


@dataclass(frozen=True, slots=True)
class FrozenLimit:
    """A cap on the projects of an area or an issue of a district; None means no bound of that kind."""

    name: str
    area: str = ""
    issue: str = ""
    number: int | None = None
    money: int | None = None

    def holds(self, project: FrozenProject) -> bool:
        """Whether a project counts against this cap."""
        inside = bool(self.area) and (project.area == self.area or project.area.startswith(f"{self.area}."))
        return inside or bool(self.issue and project.issue == self.issue)


@dataclass(frozen=True, slots=True)
class FrozenDistrict:
    """A box of ballots with its ceiling in rupiah and its projects: a district, or the children of one.

    `parent` is the district the children live in, "" for a district; a children's ceiling is their own share of it.
    """

    code: str
    name: str
    ceiling: int
    contest: str
    projects: tuple[FrozenProject, ...]
    fences: tuple[FrozenFence, ...] = ()
    limits: tuple[FrozenLimit, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The frozen facts of an election; `most` 0 means no limit of choices; `children` are boxes of their own."""

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
    children: tuple[FrozenDistrict, ...] = ()
    city_round: str = "none"
    city_pot: int = 0
    most_per_district: int | None = None
    money_per_district: int | None = None

    @property
    def boxes(self) -> tuple[FrozenDistrict, ...]:
        """Every box of ballots: the districts, and the children who vote apart."""
        return self.districts + self.children

    @property
    def has_stages(self) -> bool:
        """Whether the count is more than one contest per district: money set aside, caps, or a city round."""
        inside = any(each.fences or each.limits for each in self.districts)
        ties = any(project.group or project.requires for each in self.districts for project in each.projects)
        return inside or ties or self.city_round != "none"

    def district(self, code: str) -> FrozenDistrict | None:
        """The box with this code, a district's or its children's, or None."""
        return next((each for each in self.boxes if each.code == code), None)


@lru_cache(maxsize=8)
def agreed(config: str) -> Agreement:
    """The agreement in a frozen configuration; parsed once, for it never changes."""
    body: dict[str, Any] = json.loads(config)
    projects = [FrozenProject(**each) for each in body["projects"]]
    districts = {each["code"]: _district(each, projects) for each in body["districts"]}
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
        districts=tuple(districts.values()),
        children=tuple(_children(each, districts[each["district"]]) for each in body.get("children", ())),
        city_round=body.get("city_round", "none"),
        city_pot=body.get("city_pot", 0),
        most_per_district=body.get("most_per_district"),
        money_per_district=body.get("money_per_district"),
    )


def _district(area: dict[str, Any], projects: list[FrozenProject]) -> FrozenDistrict:
    return FrozenDistrict(
        code=area["code"],
        name=area["name"],
        ceiling=area["ceiling"],
        contest=area["contest"],
        projects=tuple(project for project in projects if project.district == area["code"]),
        fences=tuple(FrozenFence(**{**each, "areas": tuple(each["areas"])}) for each in area.get("fences", ())),
        limits=tuple(FrozenLimit(**each) for each in area.get("limits", ())),
    )


def _children(box: dict[str, Any], home: FrozenDistrict) -> FrozenDistrict:
    fence = next(each for each in home.fences if each.ballots == box["code"])
    contest = f"{home.contest}/{fence.name}"
    return FrozenDistrict(box["code"], box["name"], fence.floor, contest, home.projects, parent=home.code)


def city_of(agreement: Agreement, ballots: Mapping[str, Ballots], seed: bytes | None) -> City:
    """The whole round for `rembuk.tally.stages.count_city`: quotas fixed at the frozen ceilings, ballots by box code.

    A box that is not among `ballots` counts as one nobody put a ballot in.
    """
    ceilings = {each.code: each.ceiling for each in agreement.districts}
    areas = tuple(District(each.code, each.name, ceiling=each.ceiling) for each in agreement.districts)
    return City(
        contest=agreement.cycle,
        plan=QuotaPlan(sum(ceilings.values()) + agreement.city_pot, areas, agreement.city_pot),
        quota="fixed",
        envelopes={each.code: _envelope(agreement, each, ballots) for each in agreement.districts},
        seed=seed,
        leftover=LEFTOVERS[agreement.city_round],
        most_per_district=agreement.most_per_district,
        money_per_district=agreement.money_per_district,
        frozen_ceilings=ceilings,
    )


def _envelope(agreement: Agreement, district: FrozenDistrict, ballots: Mapping[str, Ballots]) -> Envelope:
    ids = [project.id for project in district.projects]
    empty = merged(ids, (), agreement.ballot_type)
    election = Election(
        projects=projects_of(district),
        ballots=ballots.get(district.code, empty),
        budget=district.ceiling,
        rule=agreement.rule,
        options=options_of(agreement.options),
        contest=district.contest,
        limits=limits_of(district),
    )
    return Envelope(election, tuple(_fence(each, ids, ballots, empty) for each in district.fences))


def _fence(fence: FrozenFence, ids: list[str], ballots: Mapping[str, Ballots], empty: Ballots) -> Fence:
    own = ballots.get(fence.ballots, empty) if fence.ballots else None
    every = frozenset(ids) if fence.ballots and not fence.issue and not fence.areas else frozenset[str]()
    return Fence(fence.name, fence.floor, fence.issue, fence.areas, every, fence.hard, own)


def projects_of(district: FrozenDistrict) -> tuple[Project, ...]:
    """The projects of a box as the tally takes them, in the order of the slip."""
    return tuple(
        Project(
            id=each.id,
            cost=each.cost,
            name=each.title,
            district=each.district,
            area=each.area,
            issue=each.issue,
            refusal=each.refusal or ("withdrawn" if each.withdrawn else ""),
            group=each.group,
            requires=each.requires,
        )
        for each in district.projects
    )


def limits_of(district: FrozenDistrict) -> tuple[Limit, ...]:
    """The caps of a district as the tally takes them."""
    return tuple(
        Limit(each.name, frozenset(p.id for p in district.projects if each.holds(p)), each.number, each.money)
        for each in district.limits
    )


def options_of(pairs: Mapping[str, str]) -> Options:
    """The frozen options of the count, as `Options.pairs()` wrote them; one that is missing is the default."""
    given = {**Options(threshold=1).pairs(), **pairs}
    return Options(
        order=Order(given["order"]),
        skip=given["skip"] == "yes",
        threshold=int(given["threshold"]),
        utility=Utility(given["utility"]),
        completion=Completion(given["completion"]),
        step=int(given["step"]),
    )
