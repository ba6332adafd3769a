"""A city's count seen stage by stage: every election that was counted beside its result, and who won where. Pure.

The stages are those of `rembuk.tally.stages` (tally.md 2): a district's fences, the rest of its money, the city round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rembuk.tally.city import City, Envelope, Fence
from rembuk.tally.city_result import CityResult, EnvelopeResult
from rembuk.tally.election import BadElection, Election
from rembuk.tally.merge import narrowed
from rembuk.tally.result import Result
from rembuk.tally.rules import RULES
from rembuk.tally.stages import count_city

REST, CITY = "rest", "city"


@dataclass(frozen=True)
class Stage:
    """One stage of a district: the election exactly as it was counted, its result, and the fence if it was one."""

    election: Election
    result: Result
    fence: Fence | None = None

    @property
    def key(self) -> str:
        """How a document names this stage: "fence:<name>" or "rest"."""
        return f"fence:{self.fence.name}" if self.fence else REST


def stages_of(city: City, result: CityResult, code: str) -> list[Stage]:
    """The fences of a district in filling order, then the rest; each election is narrowed to what was still open."""
    envelope, found = city.envelopes[code], result.envelopes[code]
    funded: list[str] = []
    stages = []
    for fence, part in zip(envelope.fences, found.fences, strict=True):
        stages.append(Stage(_opened(envelope, city.seed, part.result, funded, fence), part.result, fence))
        funded += part.result.winners
    stages.append(Stage(_opened(envelope, city.seed, found.result, funded), found.result))
    return stages


def _opened(
    envelope: Envelope, seed: bytes | None, result: Result, funded: list[str], fence: Fence | None = None
) -> Election:
    whole = _with_least(envelope.election)
    kept = [index for index, project in enumerate(whole.projects) if project.id in result.costs]
    ballots = fence.ballots if fence and fence.ballots else whole.ballots
    return replace(
        whole,
        projects=tuple(whole.projects[index] for index in kept),
        ballots=narrowed(ballots, kept),
        budget=result.budget,
        seed=seed,
        contest=result.contest,
        before=tuple(project for project in whole.projects if project.id in funded),
    )


def _with_least(election: Election) -> Election:
    # as the tally does it: a project without votes is never funded (tally.md 1)
    return replace(election, options=replace(election.options, threshold=max(1, election.options.threshold)))


def whole_result(found: EnvelopeResult, from_city: tuple[str, ...], election: Election) -> Result:
    """The district's outcome in one piece, fences and the city round's gifts included; for figures, not for hashing."""
    costs = {project.id: project.cost for project in election.projects}
    return replace(found.result, budget=found.ceiling, winners=(*found.winners, *from_city), costs=costs)


def from_city_round(result: CityResult, election: Election) -> tuple[str, ...]:
    """Ids of a district's projects that the city round funded, in order."""
    ids = {project.id for project in election.projects}
    return tuple(winner for winner in result.city.winners if winner in ids)


def how(result: CityResult, code: str) -> dict[str, str]:
    """By what each project of a district got its place: "fence:<name>", "rest", "city", "reserve:<n>"; else absent."""
    found = result.envelopes[code]
    said = {winner: f"fence:{fence.name}" for fence in found.fences for winner in fence.result.winners}
    said |= dict.fromkeys(found.result.winners, REST)
    said |= {winner: CITY for winner in result.city.winners if winner in found.result.costs}
    line = enumerate(result.reserve, 1)
    return said | {each.project: f"reserve:{nth}" for nth, each in line if each.district == code}


def not_applicable(city: City, result: CityResult, code: str) -> str:
    """Why equal shares of one ceiling are no measure of a district: "fences", "limits", "city"; "" when they are."""
    envelope = city.envelopes[code]
    bound = envelope.election.limits or any(p.group or p.requires for p in envelope.election.projects)
    given = from_city_round(result, envelope.election)
    reasons = {"fences": envelope.fences, "limits": bound, "city": given}
    return " ".join(name for name, there in reasons.items() if there)


def other_rules(city: City) -> Iterator[CityResult]:
    """The whole city, S2 to S5, under every other rule on the shelf that can count these ballots."""
    own = next(iter(city.envelopes.values())).election.rule if city.envelopes else ""
    for name in RULES.names():
        if name in (own, "official"):
            continue
        try:
            yield count_city(under(city, name))
        except BadElection:
            continue


def under(city: City, rule: str) -> City:
    """The same city with another rule in every district; fences, limits and the city round stay."""
    changed = {code: replace(each, election=each.election.with_rule(rule)) for code, each in city.envelopes.items()}
    return replace(city, envelopes=changed)
