"""Money that became free after the result, by a withdrawal or a company's pledge, and the reserve it goes to. Pure.

Nothing is counted again (tally.md 2, S5): the list, the money and the limits are those of the published documents.
With a city round the freed money and what is unspent serve the whole city; without it each district keeps its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from rembuk.cycles.freezing import FrozenProject
from rembuk.tally.election import Project
from rembuk.tally.limits import Limit, Watch
from rembuk.voting.agreement import Agreement, FrozenDistrict, FrozenFence, limits_of, projects_of


class Cause(StrEnum):
    """Why money became free after the result."""

    WITHDRAWAL = "withdrawal"
    PLEDGE = "pledge"


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed after the result: whose money became free, how much of it, and the reserve that got it ("": none)."""

    cause: Cause
    project: str
    freed: int
    successor: str = ""


@dataclass(frozen=True)
class Book:
    """Where money and list stand after the deeds so far: `free` rupiah by purse, `waiting` by district and fence."""

    agreement: Agreement
    shared: bool
    reserve: tuple[str, ...]
    own: frozenset[str]
    free: Mapping[str, int]
    waiting: Mapping[tuple[str, str], int]
    standing: frozenset[str]
    gone: frozenset[str] = field(default=frozenset())

    def purse(self, project: str) -> str:
        """Which purse pays for a project: the city's "", or its district's."""
        return "" if self.shared else self._home(project).code

    def cost(self, project: str) -> int:
        """What a project of the ballot costs, in rupiah."""
        return next(each.cost for each in self._home(project).projects if each.id == project)

    def waits_for(self, project: str) -> int:
        """What hard fences still keep for a project, in rupiah."""
        return sum(self.waiting.get(key, 0) for key in self._fences(project))

    def successor(self, cause: Cause, project: str, freed: int) -> str:
        """The first reserve that fits the freed money of a project, what is free and what waits for it; "" if none."""
        purse = self.purse(project)
        money = self.free.get(purse, 0) + freed
        left = self.standing - {project} if cause is Cause.WITHDRAWAL else self.standing
        after = replace(self, standing=left)
        for each in self.reserve:
            if each in self.standing or each in self.gone or each == project or self.purse(each) != purse:
                continue
            if self.cost(each) <= money + self.waits_for(each) and not after.why_not(each):
                return each
        return ""

    def why_not(self, project: str) -> str:
        """What shuts a reserve out now: its refusal, its group, a requirement or a limit; "" when nothing does."""
        home = self._home(project)
        known = {each.id: each for each in projects_of(home)}
        watch = Watch.after(
            [*limits_of(home), *self._city_caps(home)],
            [known[each.id] for each in home.projects if each.id in self.standing],
        )
        asked: Project = known[project]
        return watch.why_never(asked) or watch.why_not_yet(asked)

    def after(self, deed: Deed) -> "Book":
        """The book with one more deed in it; money of hard fences is used before the purse."""
        free, waiting = dict(self.free), dict(self.waiting)
        purse = self.purse(deed.project)
        free[purse] = free.get(purse, 0) + deed.freed
        withdrawn = deed.cause is Cause.WITHDRAWAL
        standing = self.standing - ({deed.project} if withdrawn else set())
        if deed.successor:
            open_cost = self.cost(deed.successor)
            for key in self._fences(deed.successor):
                used = min(open_cost, waiting.get(key, 0))
                waiting[key] = waiting.get(key, 0) - used
                open_cost -= used
            free[purse] -= open_cost
            standing |= {deed.successor}
        gone = self.gone | {deed.project} if withdrawn else self.gone
        return replace(self, free=free, waiting=waiting, standing=standing, gone=gone)

    def _home(self, project: str) -> FrozenDistrict:
        return next(d for d in self.agreement.districts if any(each.id == project for each in d.projects))

    def _fences(self, project: str) -> list[tuple[str, str]]:
        home = self._home(project)
        asked = next(each for each in home.projects if each.id == project)
        return [(home.code, fence.name) for fence in home.fences if fence.hard and _holds(fence, asked)]

    def _city_caps(self, home: FrozenDistrict) -> Iterable[Limit]:
        number, money = self.agreement.most_per_district, self.agreement.money_per_district
        if self.shared and (number is not None or money is not None):
            yield Limit("city round", frozenset(p.id for p in home.projects) - self.own, number, money)


def _holds(fence: FrozenFence, project: FrozenProject) -> bool:
    near = any(project.area == code or project.area.startswith(f"{code}.") for code in fence.areas)
    every = bool(fence.ballots) and not fence.issue and not fence.areas
    return near or every or bool(fence.issue and project.issue == fence.issue)


def book_of(
    agreement: Agreement, city: Mapping[str, Any], districts: Mapping[str, Mapping[str, Any]], deeds: Sequence[Deed]
) -> Book:
    """The book of a published round: its city document, its district documents by code, and the deeds in order."""
    shared = city["city_round"] == "share"
    book = Book(
        agreement=agreement,
        shared=shared,
        reserve=tuple(city["reserve"]),
        own=frozenset(winner for document in districts.values() for winner in document["all_winners"]),
        free={"": city["unspent"]} if shared else {},
        waiting={
            (code, fence["name"]): fence["waiting"]
            for code, document in districts.items()
            for fence in document["fences"]
        },
        standing=frozenset(city["winners"]),
    )
    for deed in deeds:
        book = book.after(deed)
    return book
