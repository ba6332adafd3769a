"""Hypothesis strategies: any election, any ballot, any ceiling."""

from dataclasses import replace

from hypothesis import strategies as st

from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.election import Completion, District, Election, Options, Order, Project, Utility
from rembuk.tally.limits import Limit
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.types import Ballots

KINDS = ("approval", "knapsack", "ranked", "points")
ISSUES = ("waste", "clean_water", "flood")
NAMES = "abcdefghij"


def options(kind: str = "approval") -> st.SearchStrategy[Options]:
    """Options a rule can use on ballots of this kind."""
    utilities = [Utility.COST, Utility.COUNT]
    utilities += {"points": [Utility.POINTS], "ranked": [Utility.BORDA]}.get(kind, [])
    return st.builds(
        Options,
        order=st.sampled_from(Order),
        skip=st.booleans(),
        threshold=st.integers(0, 3),
        utility=st.sampled_from(utilities),
        completion=st.sampled_from(Completion),
        step=st.integers(1, 5),
    )


@st.composite
def projects(draw: st.DrawFn, most: int = 7, dearest: int = 60) -> list[Project]:
    """Some projects with costs that often tie, issues, and now and then a group, a requirement or a refusal."""
    ids = NAMES[: draw(st.integers(1, most))]
    costs = st.one_of(st.integers(1, dearest), st.sampled_from([10, 20, 30]))
    return [Project(name, draw(costs), issue=draw(st.sampled_from(ISSUES))) for name in ids]


@st.composite
def choices(draw: st.DrawFn, ids: list[str], kind: str) -> object:
    """One ballot of this kind over these projects, empty now and then."""
    named = draw(st.lists(st.sampled_from(ids), unique=True, max_size=len(ids)))
    if kind == "points":
        return tuple((name, draw(st.integers(1, 9))) for name in named)
    return tuple(named)


@st.composite
def elections(
    draw: st.DrawFn, kinds: tuple[str, ...] = ("approval",), rule: str | None = None, most: int = 7, voters: int = 12
) -> Election:
    """Any election: projects, merged ballots, a budget that is often tight, options, sometimes a public seed."""
    kind = draw(st.sampled_from(kinds))
    listed = draw(projects(most=most))
    ids = [project.id for project in listed]
    types = draw(st.lists(st.tuples(choices(ids, kind), st.integers(1, 5)), max_size=voters))
    return Election.of(
        listed,
        types,
        draw(st.integers(0, 150)),
        kind=kind,
        rule=rule or draw(st.sampled_from(["greedy", "equal_shares", "phragmen"])),
        options=draw(options(kind)),
        seed=draw(st.one_of(st.none(), st.binary(min_size=1, max_size=4))),
        contest="c",
    )


@st.composite
def bounded_elections(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Election:
    """An election of any ballot type with groups, requirements, refusals and caps."""
    base = draw(elections(kinds=kinds))
    ids = [project.id for project in base.projects]
    changed = [
        Project(
            project.id,
            project.cost,
            issue=project.issue,
            group=draw(st.sampled_from(["", "", "g", "h"])),
            requires=draw(st.sampled_from(["", "", *[other for other in ids if other != project.id]])),
            refusal=draw(st.sampled_from(["", "", "", "too dear"])),
        )
        for project in base.projects
    ]
    inside = draw(st.sets(st.sampled_from(ids)))
    cap = Limit("rw", frozenset(inside), draw(st.integers(0, 3)), draw(st.integers(0, 80)))
    return Election(tuple(changed), base.ballots, base.budget, base.rule, base.options, base.seed, "c", limits=(cap,))


@st.composite
def fences(draw: st.DrawFn, name: str, listed: tuple[Project, ...], dearest: int, kind: str) -> Fence:
    """Money set aside for an issue, an area or some projects; now and then for voters of its own (Suara Anak).

    Their ballots are of the same kind as everybody's: what a rule counts by must be on them.
    """
    ids = [project.id for project in listed]
    own: Ballots | None = None
    if draw(st.integers(0, 3)) == 0:
        types = draw(st.lists(st.tuples(choices(ids, kind), st.integers(1, 4)), max_size=5))
        own = Election.of([Project(each, 1) for each in ids], types, 0, kind=kind).ballots  # type: ignore[arg-type]
    return Fence(
        name,
        draw(st.integers(0, dearest)),
        issue=draw(st.sampled_from([*ISSUES, ""])),
        areas=draw(st.sampled_from([(), (), ("1.1",), ("1",)])),
        projects=frozenset(draw(st.lists(st.sampled_from(ids), max_size=2))),
        hard=draw(st.booleans()),
        ballots=own,
    )


@st.composite
def envelopes(draw: st.DrawFn, prefix: str, dearest: int = 45) -> Envelope:
    """One district's envelope: an election with its own ids, now and then fences, a cap, groups, requirements."""
    base = draw(bounded_elections())
    named = {project.id: prefix + project.id for project in base.projects}
    renamed = tuple(
        replace(p, id=named[p.id], requires=named.get(p.requires, ""), area=draw(st.sampled_from(["1.1", "1.2"])))
        for p in base.projects
    )
    limits = tuple(replace(limit, projects=frozenset(named[p] for p in limit.projects)) for limit in base.limits)
    kind = base.ballots.kind
    inside = tuple(
        draw(fences(name, renamed, dearest, kind)) for name in ("first", "second")[: draw(st.integers(0, 2))]
    )
    return Envelope(replace(base, projects=renamed, limits=limits), inside)


@st.composite
def cities(draw: st.DrawFn) -> City:
    """A small city: one to three districts, perhaps projects of the whole city, any quota rule, any use of the rest."""
    codes = ["x", "y", "z"][: draw(st.integers(1, 3))]
    built = {code: draw(envelopes(code)) for code in codes}
    districts = tuple(
        District(code, residents=draw(st.integers(1, 50)), poor_families=draw(st.integers(1, 9)), lowest=90)
        for code in codes
    )
    pot = draw(st.integers(0, 40))
    return City(
        contest="c",
        plan=QuotaPlan(draw(st.integers(310, 600)), districts, pot=pot),
        quota=draw(st.sampled_from(["equal", "per_capita", "need_weighted"])),
        envelopes=built,
        citywide=draw(st.one_of(st.none(), envelopes("k", pot // 2))),
        seed=draw(st.one_of(st.none(), st.just(b"dice"))),
        leftover=Leftover.CITY_ROUND if pot else draw(st.sampled_from(Leftover)),
        most_per_district=draw(st.one_of(st.none(), st.integers(0, 2))),
        money_per_district=draw(st.one_of(st.none(), st.integers(0, 60))),
    )
