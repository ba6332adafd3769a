"""What a project of a city lacked: its whole envelope, with fences, and the city round are counted again.

lacking_in_city(city, result)      {project id: Lack} for every project that lost and was not held by a limit

The votes are those of new voters of the envelope who name only this project; under Add1, where a count is long, those
of the voters served least (probe_add1.py): found on the envelope's own round and kept only if the whole agrees.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rembuk.tally.city import City, Leftover
from rembuk.tally.city_result import CityResult
from rembuk.tally.count import bare
from rembuk.tally.election import Completion, Election
from rembuk.tally.probe import Lack, joined, lacking, least
from rembuk.tally.probe_add1 import at_cost, with_support
from rembuk.tally.result import Decision
from rembuk.tally.stages import city_round, envelope_result, pool_of, rest_of

ADD1 = (Completion.ADD1, Completion.ADD1U)


def lacking_in_city(city: City, result: CityResult, code: str | None = None) -> dict[str, Lack]:
    """What every project that lost lacked (only of the envelope `code`, when it is given)."""
    return {
        name: lack
        for each in ([code] if code is not None else city.every())
        for name, lack in _of_envelope(Again(city, result, each)).items()
    }


@dataclass(frozen=True, slots=True)
class Again:
    """One envelope of a counted city, to be counted again with a change; the other envelopes stay as they were."""

    city: City
    result: CityResult
    code: str

    @property
    def election(self) -> Election:
        """The envelope's own election."""
        return self.city.every()[self.code].election

    def funds(self, changed: Election, project: str) -> bool:
        """Whether the project is funded anywhere when the envelope's election is changed to this one."""
        city = self._with(changed)
        mine = envelope_result(city, self.code, self.result.split, keep=bare)
        if project in mine.winners or city.leftover is not Leftover.CITY_ROUND:
            return project in mine.winners
        envelopes = {**self.result.envelopes, self.code: mine}
        return project in city_round(city, envelopes, pool_of(city, envelopes), keep=bare).winners

    def _with(self, changed: Election) -> City:
        envelope = replace(self.city.every()[self.code], election=changed)
        if self.code == "" and self.city.citywide is not None:
            return replace(self.city, citywide=envelope)
        return replace(self.city, envelopes={**self.city.envelopes, self.code: envelope})


def _of_envelope(again: Again) -> dict[str, Lack]:
    envelope, election = again.result.envelopes[again.code], again.election
    funded = {*envelope.winners, *again.result.city.winners}
    lost = [
        project.id
        for project in election.projects
        if project.id not in funded
        and (step := envelope.result.step_of(project.id))
        and step.decision is not Decision.HELD
    ]
    if election.rule == "equal_shares" and election.options.completion in ADD1:
        return _by_add1(again, lost)
    return {name: Lack(_more_votes(again, name), _fitting_cost(again, name)) for name in lost}


def _more_votes(again: Again, project: str) -> int | None:
    election = again.election
    if election.ballots.kind == "points":
        return None
    place = next(place for place, other in enumerate(election.projects) if other.id == project)

    def wins(votes: int) -> bool:
        return again.funds(replace(election, ballots=joined(election.ballots, place, votes)), project)

    return least(wins, max(election.voters, 1) * 2 + election.options.threshold)


def _fitting_cost(again: Again, project: str) -> int | None:
    election = again.election
    own = next(other.cost for other in election.projects if other.id == project)
    less = least(lambda off: again.funds(at_cost(election, project, own - off), project), own - 1)
    return None if less is None else own - less


def _by_add1(again: Again, lost: list[str]) -> dict[str, Lack]:
    # the envelope's own round says where to look; only what the whole envelope and the city round confirm is told
    envelope, election = again.result.envelopes[again.code], again.election
    found = {}
    for name, lack in lacking(rest_of(again.city, again.code, envelope), envelope.result).items():
        if name not in lost:
            continue

        def by_votes(votes: int, name: str = name) -> bool:
            return again.funds(with_support(election, envelope.result, name, votes), name)

        def by_cost(cost: int, name: str = name) -> bool:
            return again.funds(at_cost(election, name, cost), name)

        votes, not_enough = _confirmed(by_votes, lack.more_votes, lack.not_enough)
        cost, too_dear = _confirmed(by_cost, lack.fitting_cost, lack.too_dear)
        found[name] = Lack(votes, cost, True, not_enough, too_dear)
    return found


def _confirmed(wins: Callable[[int], bool], enough: int | None, short: int | None) -> tuple[int | None, int | None]:
    if short and wins(short):
        return None, None
    return (None, short) if not enough or not wins(enough) else (enough, short)
