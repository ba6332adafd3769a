"""Why each project of a city won or lost: in a ring-fence, in its envelope, in the city round, or as a reserve.

explain_city(city, result)                      {project id: Explanation} of all envelopes
explain_city(city, result, language="en", code="32.73.27", probe=False)      one envelope, without counting again
lacks = lacking_in_city(city, result)           count again once, and tell it in several languages with `lacks=lacks`
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rembuk.tally.city import City, Leftover
from rembuk.tally.city_result import CityResult, EnvelopeResult, FenceResult
from rembuk.tally.election import Election
from rembuk.tally.explain import Explanation
from rembuk.tally.languages import LANGUAGES, Language
from rembuk.tally.probe import NOTHING, Lack
from rembuk.tally.probe_city import lacking_in_city
from rembuk.tally.result import Decision, Step
from rembuk.tally.words import Words


def explain_city(
    city: City,
    result: CityResult,
    *,
    probe: bool = True,
    language: str = "id",
    lacks: Mapping[str, Lack] | None = None,
    code: str | None = None,
) -> dict[str, Explanation]:
    """One explanation per project (of one envelope, when `code` is given), each number proven as in `explain`."""
    if lacks is None:
        lacks = lacking_in_city(city, result, code) if probe else {}
    told: dict[str, Explanation] = {}
    for each in [code] if code is not None else city.every():
        told |= _Teller(city, result, each, LANGUAGES[language]).all_told(lacks)
    return told


@dataclass(frozen=True, slots=True)
class _Teller:
    """The words of one envelope."""

    city: City
    result: CityResult
    code: str
    language: Language

    @property
    def election(self) -> Election:
        return self.city.every()[self.code].election

    @property
    def envelope(self) -> EnvelopeResult:
        return self.result.envelopes[self.code]

    def all_told(self, lacks: Mapping[str, Lack]) -> dict[str, Explanation]:
        names = [project.id for project in self.election.projects]
        return {name: self.told(name, lacks.get(name, NOTHING)) for name in names}

    def told(self, project: str, lack: Lack) -> Explanation:
        for place, fence in enumerate(self.envelope.fences):
            if project in fence.result.winners:
                return Explanation(project, True, self.in_fence(project, place, fence))
        words = Words(self.election, self.envelope.result, self.language)
        step = self.envelope.result.step_of(project)
        if step is None:
            return Explanation(project, False, self.language.not_counted)
        if project in self.envelope.result.winners:
            return Explanation(project, True, words.won(step))
        last = self.result.city.step_of(project)
        if project in self.result.city.winners and last:
            return Explanation(project, True, self.in_city(last, words))
        said = words.lost(step) + self.lost_in_city(last, words) + self.place(project) + words.would(lack)
        return Explanation(project, False, said, lack.more_votes, lack.fitting_cost)

    def in_fence(self, project: str, place: int, fence: FenceResult) -> str:
        """Won inside a fence, counted from the fence's own ballots when it has any."""
        own = self.city.every()[self.code].fences[place].ballots
        election = replace(self.election, ballots=own) if own else self.election
        words = Words(election, fence.result, self.language)
        step = fence.result.step_of(project)
        if step is None:
            return self.language.not_counted
        said = words.won(step) + self.language.from_fence.format(fence=fence.name, floor=words.money(fence.floor))
        return said + (self.language.fence_rest if step.part == "floor" else "")

    def in_city(self, step: Step, words: Words) -> str:
        """Won in the city round."""
        votes = self.language.counted(self.result.city.approvals[step.project], self.language.votes)
        return self.language.won_city.format(
            rank=step.rank,
            votes=votes,
            share=self.language.percent(step.score or 0),
            cost=words.money(step.cost),
            left=words.money(step.money_before),
        ) + words.tie(step)

    def lost_in_city(self, step: Step | None, words: Words) -> str:
        """Why not in the city round either; nothing where there was none, or where it waits for another."""
        if step is None or self.city.leftover is not Leftover.CITY_ROUND or not self.result.pool:
            return ""
        begin = self.language.city_begin.format(rank=step.rank, share=self.language.percent(step.score or 0))
        if step.decision is Decision.HELD:
            return begin + self.language.city_held.format(limit=self.limit(step.constraint or "", words))
        cost, left = words.money(step.cost), words.money(step.money_before)
        return begin + self.language.city_dear.format(cost=cost, left=left) + words.tie(step)

    def limit(self, constraint: str, words: Words) -> str:
        """What held a project in the city round, where limits and groups carry the code of their envelope."""
        kind, _, what = constraint.partition(" ")
        named = what.removeprefix(self.code).strip() if kind in ("cap", "group") else what
        if (kind, named) == ("cap", "city round"):
            district = next((each for each in self.city.plan.districts if each.code == self.code), None)
            return self.language.city_cap.format(area=(district and district.name) or self.code)
        return words.limit(f"{kind} {named}")

    def place(self, project: str) -> str:
        """Its place on the reserve list, when it is on it."""
        order = [entry.project for entry in self.result.reserve]
        if project not in order:
            return ""
        return self.language.reserve.format(place=self.language.number(order.index(project) + 1))
