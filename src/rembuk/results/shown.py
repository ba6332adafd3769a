"""What the result pages show of a district and of the city: facts ready to draw, read out of kept documents. Pure."""

from dataclasses import dataclass

from rembuk.results.figures import Figures, Part, PriceSystem

Segment = tuple[str, int, str]
"""One piece of a ribbon: issue, rupiah, title."""


@dataclass(frozen=True)
class Contender:
    """One project of a district's result; `start` is the money spent before it, `how` as docs/bundle.md says.

    `fate` tells what happened after the result: "", "withdrawn", "stepped_in" or "pledged".
    """

    id: str
    number: int | None
    title: str
    issue: str
    place: str
    cost: int
    votes: int
    funded: bool
    start: int
    why: str
    more_votes: int | None = None
    fitting_cost: int | None = None
    how: str = ""
    fate: str = ""

    @property
    def reserve(self) -> int | None:
        """Its place on the reserve list, if it has one."""
        kind, _, nth = self.how.partition(":")
        return int(nth) if kind == "reserve" else None


@dataclass(frozen=True)
class Group:
    """Winners of one stage: "fence", "rest" or "city", its money and what it spent; `start` is where its strip begins.

    A fence counted from children's own ballots has their number in `children`; a hard one has money `waiting`.
    """

    kind: str
    name: str
    issue: str
    money: int
    spent: int
    waiting: int
    winners: tuple[Contender, ...]
    children: int | None = None
    hard: bool = False
    full: bool = False
    box: str = ""


@dataclass(frozen=True)
class Played:
    """One step of the replay: what was decided, in a sentence, and the ribbon after it; `stage` names the fence."""

    number: int
    project: str
    title: str
    funded: bool
    why: str
    money_before: int
    money_after: int
    segments: tuple[Segment, ...]
    stage: str = ""


@dataclass(frozen=True)
class Comparison:
    """What another rule on the shelf would have funded, fences and the city round included."""

    rule: str
    name: str
    official: bool
    funded: int
    cost: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class DistrictResult:
    """Everything the result page of a district shows; money in whole units of the cycle's currency.

    `cost` is what the district's own ceiling paid; `from_city` what the city round paid on top.
    """

    area: str
    name: str
    slug: str
    rule: str
    ceiling: int
    cost: int
    waiting: int
    ballots: int
    eligible: int
    represented: int
    digest: str
    groups: tuple[Group, ...]
    losers: tuple[Contender, ...]
    steps: tuple[Played, ...]
    comparisons: tuple[Comparison, ...]
    full: bool
    figures: Figures | None
    issues: tuple[Part, ...]
    areas: tuple[Part, ...]
    prices: PriceSystem | None
    city_round: str = ""

    @property
    def winners(self) -> tuple[Contender, ...]:
        """Every funded project, in the order the money went: fences, the rest, the city round."""
        return tuple(winner for group in self.groups for winner in group.winners)

    @property
    def fences(self) -> tuple[Group, ...]:
        """The money set aside, in filling order."""
        return tuple(group for group in self.groups if group.kind == "fence")

    @property
    def from_city(self) -> int:
        """What the city round paid for projects here."""
        return sum(group.spent for group in self.groups if group.kind == "city")

    @property
    def left(self) -> int:
        """What leaves the district: neither spent nor waiting."""
        return self.ceiling - self.cost - self.waiting

    @property
    def segments(self) -> list[Segment]:
        """The winners of the district's own money as segments of the ribbon."""
        own = (winner for group in self.groups if group.kind != "city" for winner in group.winners)
        return [(each.issue, each.cost, each.title) for each in own]


@dataclass(frozen=True)
class InLine:
    """One project in the line of the city round; `start` is the money spent before it, `approvals` of `ballots`."""

    number: int | None
    title: str
    issue: str
    place: str
    district: str
    slug: str
    cost: int
    approvals: int
    ballots: int
    why: str
    start: int = 0
    reserve: int | None = None


@dataclass(frozen=True)
class Leftover:
    """What one district left over, and what waits for its reserves."""

    name: str
    slug: str
    left: int
    waiting: int


@dataclass(frozen=True)
class CityRound:
    """The city round and the reserve list; `kind` is share, none or next_year."""

    kind: str
    pot: int
    pool: int
    spent: int
    unspent: int
    digest: str
    leftovers: tuple[Leftover, ...]
    funded: tuple[InLine, ...]
    passed: tuple[InLine, ...]
    reserve: tuple[InLine, ...]

    @property
    def segments(self) -> list[Segment]:
        """What the round funded as segments of the ribbon."""
        return [(each.issue, each.cost, each.title) for each in self.funded]
