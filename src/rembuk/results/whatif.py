"""What another rule or quota would have done with the ballots of a finished round: counted, never kept. Pure.

A setting says only what it changes: every field left as it stands is as the round itself had it. Money in whole units.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.shares import ISSUE_NAMES, Cap, IssueCap, Leftover, Part, SetAside, Shares, frozen_limits
from rembuk.results.stages import from_city_round, whole_result
from rembuk.tally.city import City, Envelope, Fence
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, District, Election, Options, Project
from rembuk.tally.fairness import satisfaction
from rembuk.tally.limits import Limit
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.result import Result
from rembuk.tally.rules.official import KNOWN, caps, least_score
from rembuk.tally.stages import count_city
from rembuk.tally.types import Ballots, Ints
from rembuk.voting.agreement import LEFTOVERS

MOST_DISTRICTS = 30
MOST_PROJECTS = 200
AREA = "area"
"""The key of the money set aside for flagged areas, beside the keys of the issues."""
CAPS = ("rw_number", "rw_money", "kelurahan_number", "kelurahan_money", "city_number", "city_money")


@dataclass(frozen=True, slots=True)
class ExactPart(Part):
    """A part of money of elsewhere, where a million is no unit: a percentage is rounded down to the smallest coin."""

    def of(self, ceiling: int) -> int:
        """The money under this ceiling."""
        return self.rupiah or ceiling * self.percent // 100


@dataclass(frozen=True, slots=True)
class Case:
    """One district of a finished round: its election as it was counted, rule, options, ceiling and limits included.

    `kept` are limits that stand whatever is tried: those of a Pabulib file's META.
    """

    area: str
    name: str
    election: Election
    fences: tuple[Fence, ...] = ()
    kept: tuple[Limit, ...] = ()

    @property
    def young(self) -> Ballots | None:
        """The ballots of the district's children, if they voted apart."""
        return next((fence.ballots for fence in self.fences if fence.ballots), None)


@dataclass(frozen=True, slots=True)
class Base:
    """What the round itself agreed beside its districts; as it stands, nothing was (an archive).

    `issues` are the keys and names of what money may be set aside for; `young`: whether children voted apart.
    """

    contest: str = ""
    shares: Shares = field(default_factory=Shares)
    pot: int = 0
    issues: Mapping[str, str] = field(default_factory=lambda: dict(ISSUE_NAMES))
    young: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """How the money is divided: `rule` "" as the round did; `total` None shares what the round shared, its pot too.

    `ceilings` are typed ones by area, for "fixed"; an area that is not among them keeps its own.
    """

    rule: str = ""
    total: int | None = None
    equal: int = 0
    population: int = 0
    poor: int = 0
    lowest: int = 0
    highest: int = 0
    unit: int = 1
    ceilings: Mapping[str, int] = field(default_factory=dict)

    def plan(self, own: Mapping[str, int], shared: int, pot: int) -> tuple[int, dict[str, int]]:
        """Total and options for `cycles.formula.shares`; `own` ceilings by area, `shared` in all by the round."""
        options = {"lowest": self.lowest, "highest": self.highest, "pot": pot, "unit": self.unit}
        if self.rule == "fixed":
            typed = {**own, **self.ceilings}
            total = sum(typed.values()) + pot if self.total is None else self.total
            return total, {**typed, **options}
        mix = {"equal": self.equal, "population": self.population, "poor": self.poor}
        return shared if self.total is None else self.total, {**options, **mix}


@dataclass(frozen=True, slots=True)
class Setting:
    """What to try. `rule` "" is the round's own with its options; a part, cap or pot of 0 drops the round's own.

    `floors` and `hard` go by issue or AREA, `areas` are those flagged, `most` ceilings by issue, `caps` by CAPS name.
    """

    rule: str = ""
    options: Options = field(default_factory=lambda: Options(threshold=1))
    quota: Quota = field(default_factory=Quota)
    floors: Mapping[str, Part] = field(default_factory=dict)
    hard: Mapping[str, bool] = field(default_factory=dict)
    area_name: str = ""
    areas: tuple[str, ...] = ()
    children: int | None = None
    caps: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, Part] = field(default_factory=dict)
    leftover: str = ""
    pot: int | None = None

    def shares(self, base: Base) -> Shares:
        """What is set about the money inside the districts, once this setting has changed what the round had."""
        own = base.shares
        leftover = Leftover(self.leftover) if self.leftover else own.leftover
        city = self._cap("city", own.city if leftover is Leftover.SHARE else Cap())
        return replace(
            own,
            fences=tuple(self._fences(base)),
            children=(own.children if self.children is None else self.children) if base.young else 0,
            rw=self._cap("rw", own.rw),
            kelurahan=self._cap("kelurahan", own.kelurahan),
            issues=tuple(self._issue_caps(base)),
            leftover=leftover,
            city=city,
        )

    def pot_of(self, base: Base) -> int:
        """What is kept for the city: as set here, else the round's own where a city round can spend it."""
        if self.pot is not None:
            return self.pot
        return base.pot if self.shares(base).leftover is Leftover.SHARE else 0

    def is_as_used(self, base: Base) -> bool:
        """Whether it changes nothing of the round."""
        own = Setting()
        same = self.shares(base) == own.shares(base) and self.pot_of(base) == own.pot_of(base)
        return same and not self.rule and not self.quota.rule

    def _cap(self, name: str, own: Cap) -> Cap:
        number, money = self.caps.get(f"{name}_number", own.number), self.caps.get(f"{name}_money", own.money)
        return Cap(number or None, money or None)

    def _fences(self, base: Base) -> Iterator[SetAside]:
        named = {**base.issues, **{each.issue: each.name for each in base.shares.fences if each.issue}}
        for issue, name in named.items():
            own = next((each for each in base.shares.fences if each.issue == issue), None)
            yield from self._fence(issue, own or SetAside(name, Part(), issue=issue))
        own = next((each for each in base.shares.fences if each.areas), SetAside("", Part()))
        areas = self.areas or own.areas
        if areas:
            yield from self._fence(AREA, replace(own, name=self.area_name or own.name, areas=areas))

    def _fence(self, key: str, own: SetAside) -> Iterator[SetAside]:
        if floor := self.floors.get(key, own.floor):
            yield replace(own, floor=floor, hard=self.hard.get(key, own.hard))

    def _issue_caps(self, base: Base) -> Iterator[IssueCap]:
        own = {each.issue: each.most for each in base.shares.issues}
        for issue in {**base.issues, **own}:
            if most := self.most.get(issue, own.get(issue, Part())):
                yield IssueCap(issue, most)


@dataclass(frozen=True, slots=True)
class Tried:
    """One district under one setting."""

    case: Case
    election: Election
    result: Result
    worth: Ints

    @property
    def counts(self) -> Ints:
        """How many voters cast each type of ballot."""
        return self.election.ballots.counts


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole round under one setting: its districts, and what was kept for the city."""

    districts: tuple[Tried, ...]
    pot: int = 0


def too_large(cases: Sequence[Case]) -> bool:
    """Whether a round is more than a page may count while somebody waits."""
    return len(cases) > MOST_DISTRICTS or any(len(case.election.projects) > MOST_PROJECTS for case in cases)


def tried(cases: Sequence[Case], base: Base, setting: Setting, ceilings: Mapping[str, int]) -> Outcome:
    """Every district counted under a setting; `ceilings` by area replace its own; BadElection for impossible ones."""
    shares = setting.shares(base)
    asked = [_changed(case, base, setting, ceilings.get(case.area, case.election.budget)) for case in cases]
    if shares.leftover is not Leftover.SHARE and not any(case.fences for case in asked):
        # a plain archive is counted by its file's own rule, projects without votes included
        return Outcome(tuple(_tried(case, case.election, count(case.election)) for case in asked))
    city = _city(asked, base.contest, shares, setting.pot_of(base))
    result = count_city(city)
    found = []
    for case in asked:
        election = city.envelopes[case.area].election
        whole = whole_result(result.envelopes[case.area], from_city_round(result, election), election)
        found.append(_tried(case, election, whole))
    return Outcome(tuple(found), city.plan.pot)


def _tried(case: Case, election: Election, result: Result) -> Tried:
    return Tried(case, election, result, satisfaction(election, result))


def _changed(case: Case, base: Base, setting: Setting, ceiling: int) -> Case:
    election = _under(case.election, setting)
    shares = setting.shares(base)
    if shares == Setting().shares(base) and ceiling == election.budget:
        return replace(case, election=election)
    limits = (*case.kept, *_limits(shares, ceiling, election.projects))
    election = replace(election, budget=ceiling, limits=limits)
    return replace(case, election=election, fences=tuple(_fences(case, shares, ceiling)))


def _under(election: Election, setting: Setting) -> Election:
    if setting.rule == "official":
        return by_file(election, setting.options.threshold)
    return election.with_rule(setting.rule, setting.options) if setting.rule else election


def by_file(election: Election, threshold: int = 0) -> Election:
    """The election under what its META says, as a greedy count that later stages can continue; else BadElection."""
    rule = election.about().get("rule", "")
    if rule not in KNOWN:
        raise BadElection(f"META names the rule {rule!r}, which is not one of {', '.join(KNOWN)}")
    asked = least_score(replace(election, options=Options(threshold=threshold)))
    return election.with_rule("greedy", Options(skip=KNOWN[rule], threshold=asked))


def in_unit(election: Election, unit: int) -> Election:
    """The same election with its money in a finer part of the currency: hundredths, say, where its file has none."""
    times = unit // election.unit
    projects = tuple(replace(each, cost=each.cost * times) for each in election.projects)
    return replace(election, projects=projects, budget=election.budget * times, unit=unit)


def of_file(area: str, name: str, election: Election, rule: str, options: Options) -> Case:
    """A Pabulib election as a district: ids made unique in the round, categories as issues, its neighbourhood as area.

    `rule` and `options` are those of its official count; caps that its META sets are kept.
    """
    projects = tuple(
        replace(
            each,
            id=f"{area}/{each.id}",
            name=each.name or each.id,
            area=dict(each.extra).get("neighborhood", "").partition(",")[0].strip(),
        )
        for each in election.projects
    )
    plain = replace(election, projects=projects, contest=area)
    if rule != "official":
        return Case(area, name, plain.with_rule(rule, options))
    kept = caps(plain)
    return Case(area, name, replace(by_file(plain, options.threshold), limits=kept), kept=kept)


def issues_of(project: Project) -> tuple[str, ...]:
    """The issues of a project; a Pabulib file may name several categories."""
    return tuple(each.strip() for each in project.issue.split(",") if each.strip())


def _fences(case: Case, shares: Shares, ceiling: int) -> Iterator[Fence]:
    for own in case.fences:
        if own.ballots and shares.has_children(case.area):
            yield replace(own, floor=Part(percent=shares.children).of(ceiling))
    for each in shares.fences:
        if each.is_in(case.area):
            ids = frozenset(p.id for p in case.election.projects if each.issue and each.issue in issues_of(p))
            areas = each.areas_in(case.area)
            yield Fence(each.name, each.floor.of(ceiling), areas=areas, projects=ids, hard=each.hard)


def _limits(shares: Shares, ceiling: int, projects: Sequence[Project]) -> Iterator[Limit]:
    for cap in frozen_limits(shares, ceiling, {p.area for p in projects if p.area}, {}):
        inside = Fence(cap["name"], 0, areas=(cap["area"],) if cap["area"] else ())
        ids = (p.id for p in projects if inside.holds(p.id, "", p.area) or cap["issue"] in issues_of(p))
        yield Limit(cap["name"], frozenset(ids), cap["number"], cap["money"])


def _city(cases: Sequence[Case], contest: str, shares: Shares, pot: int) -> City:
    districts = tuple(District(case.area, case.name, ceiling=case.election.budget) for case in cases)
    return City(
        contest=contest,
        plan=QuotaPlan(sum(case.election.budget for case in cases) + pot, districts, pot),
        quota="fixed",
        envelopes={case.area: Envelope(case.election, case.fences) for case in cases},
        seed=cases[0].election.seed,
        leftover=LEFTOVERS[shares.leftover.value],
        most_per_district=shares.city.number,
        money_per_district=shares.city.money,
    )


def on_slip(cases: Iterable[Case]) -> list[FrozenProject]:
    """Every project as the checks of a round's set-up take it, once for each of its issues."""
    return [
        FrozenProject(
            each.id,
            each.name,
            issue,
            each.area,
            "",
            each.cost,
            case.area,
            withdrawn=bool(each.refusal),
            group=each.group,
            requires=each.requires,
        )
        for case in cases
        for each in case.election.projects
        for issue in issues_of(each) or ("",)
    ]
