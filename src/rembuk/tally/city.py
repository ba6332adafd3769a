"""A whole city's round: what was agreed for the quotas, every envelope with its fences and caps, and the city round.

    city = City(contest="2026", plan=QuotaPlan(...), quota="need_weighted", envelopes={"32.73.27": Envelope(election)})
    result = rembuk.tally.stages.count_city(city)       S0 to S5 of tally.md §2

An envelope's election brings projects, ballots, rule, options and limits; its budget is replaced by the ceiling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rembuk.tally.election import BadElection, Election
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.types import Ballots


class Leftover(StrEnum):
    """What becomes of the money no envelope spent."""

    CITY_ROUND = "city_round"
    NONE = "none"
    NEXT_YEAR = "next_year"


@dataclass(frozen=True, slots=True)
class Fence:
    """Money set aside for some projects of an envelope: those of an issue, of some areas, or listed by id.

    What it leaves returns to the envelope (soft) or waits for the reserve (hard). `ballots` are its own, when a group
    votes apart (Suara Anak); they are over the envelope's projects.
    """

    name: str
    floor: int
    issue: str = ""
    areas: tuple[str, ...] = ()
    projects: frozenset[str] = frozenset()
    hard: bool = False
    ballots: Ballots | None = None

    def holds(self, project: str, issue: str, area: str) -> bool:
        """Whether a project may be funded from this fence."""
        near = any(area == code or area.startswith(f"{code}.") for code in self.areas)
        return project in self.projects or near or bool(self.issue and issue == self.issue)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One district's contest and the fences inside it, in the order they are filled."""

    election: Election
    fences: tuple[Fence, ...] = ()


@dataclass(frozen=True)
class City:
    """Everything frozen before the vote (S0), and the ballots; `citywide` is the envelope of the city pot."""

    contest: str
    plan: QuotaPlan
    quota: str
    envelopes: Mapping[str, Envelope]
    citywide: Envelope | None = None
    seed: bytes | None = None
    leftover: Leftover = Leftover.CITY_ROUND
    most_per_district: int | None = None
    money_per_district: int | None = None
    frozen_ceilings: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if reason := _why_bad(self):
            raise BadElection(reason)

    def every(self) -> dict[str, Envelope]:
        """All envelopes by code, the citywide one under "", sorted."""
        whole = dict(self.envelopes)
        if self.citywide is not None:
            whole[""] = self.citywide
        return dict(sorted(whole.items()))


def _why_bad(city: City) -> str:
    if set(city.envelopes) != {district.code for district in city.plan.districts}:
        return "envelopes and districts of the quota plan are not the same"
    if city.plan.pot and city.citywide is None and city.leftover is not Leftover.CITY_ROUND:
        return "there is a city pot but neither a citywide envelope nor a city round to spend it"
    seen: set[str] = set()
    for code, envelope in city.every().items():
        ids = {project.id for project in envelope.election.projects}
        if twice := seen & ids:
            return f"project {min(twice)!r} is in two envelopes"
        if missing := {p.requires for p in envelope.election.projects if p.requires} - ids:
            return f"project {min(missing)!r} is required in {code or 'the city'} but not there"
        if any(fence.floor < 0 for fence in envelope.fences):
            return f"a ring-fence of {code or 'the city'} is below 0"
        if any(f.ballots and f.ballots.projects != len(envelope.election.projects) for f in envelope.fences):
            return f"ballots of a ring-fence of {code or 'the city'} are over other projects"
        seen |= ids
    return ""
