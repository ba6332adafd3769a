"""Steps of the record as sentences of one language, each number taken from the step itself."""

from dataclasses import dataclass
from fractions import Fraction

from rembuk.tally.election import Election
from rembuk.tally.languages import Language
from rembuk.tally.pabulib import amount
from rembuk.tally.probe import Lack
from rembuk.tally.result import Decision, Result, Step


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one result, in the currency of its election and in one language."""

    election: Election
    result: Result
    language: Language

    def money(self, value: Fraction | int) -> str:
        """An amount, rounded down to a whole unit."""
        if self.election.unit == 1:
            return self.language.money(int(value))
        return amount(int(value), self.election.unit)

    def name(self, project: str) -> str:
        """What a project is called, in quotes, or its id."""
        named = next((p.name for p in self.election.projects if p.id == project), "")
        return self.language.quoted.format(named) if named else project

    def votes(self, project: str) -> str:
        """The score of a project, in votes or points."""
        scored = self.election.ballots.kind in ("points", "ranked")
        return self.language.counted(
            self.result.scores[project], self.language.points if scored else self.language.votes
        )

    def won(self, step: Step) -> str:
        """Why the project of a funding step was funded."""
        if step.price is not None:
            return self._bought(step) + self.tie(step)
        form = self.language.won_rank if step.load_after is None else self.language.won_load
        said = form.format(
            rank=step.rank,
            votes=self.votes(step.project),
            cost=self.money(step.cost),
            left=self.money(step.money_before),
            supporters=self.language.counted(step.supporters or 0, self.language.supporters),
        )
        return said + self.tie(step)

    def _bought(self, step: Step) -> str:
        language, rest = self.language, ""
        if step.rest_payers:
            people = language.counted(step.rest_payers, language.people)
            rest = language.rest.format(people=people, money=self.money(step.rest or 0))
        return language.won_price.format(
            supporters=language.counted(step.supporters or 0, language.supporters),
            cost=self.money(step.cost),
            full=language.counted(step.full_payers or 0, language.people),
            price=self.money(step.price or 0),
            each=language.each_person if self.election.ballots.points is None else language.each_point,
            rest=rest,
        )

    def lost(self, step: Step, *, yet: bool = False) -> str:
        """Why the project of any other step was not funded (`yet`: not at this step, but later)."""
        language = self.language
        begin = (language.not_yet if yet else language.lost).format(votes=self.votes(step.project))
        cost, left = self.money(step.cost), self.money(step.money_before)
        match step.decision:
            case Decision.HELD:
                return language.held.format(begin=begin, limit=self.limit(step.constraint or ""))
            case Decision.BELOW_THRESHOLD:
                least = int((step.constraint or "threshold 1").removeprefix("threshold "))
                return language.below_threshold.format(begin=begin, least=language.number(least))
            case Decision.NOT_ENOUGH_SUPPORT:
                return language.not_enough.format(begin=begin, behind=self.money(step.behind or 0), cost=cost)
            case Decision.STOPPED:
                return language.stopped.format(begin=begin)
        return language.does_not_fit.format(begin=begin, cost=cost, left=left) + self.tie(step)

    def limit(self, constraint: str) -> str:
        """What held a project, from the constraint of its step."""
        kind, _, what = constraint.partition(" ")
        if kind == "requires":
            what = self.name(what)
        return self.language.named_limit(kind, what.removeprefix("eligible: ") if kind == "not" else what)

    def would(self, lack: Lack) -> str:
        """What would have had it funded."""
        if lack.served_least:
            return self._would_by_add1(lack)
        language = self.language
        said = language.counted(lack.more_votes, language.more_votes) if lack.more_votes else ""
        return said + (language.fitting_cost.format(cost=self.money(lack.fitting_cost)) if lack.fitting_cost else "")

    def _would_by_add1(self, lack: Lack) -> str:
        language, said = self.language, ""
        less = language.number(lack.not_enough or 0)
        if lack.more_votes:
            said = language.counted(lack.more_votes, language.more_served, less=less)
        elif lack.not_enough:
            said = language.counted(lack.not_enough, language.even_votes)
        if lack.fitting_cost and lack.too_dear:
            cost, dearer = self.money(lack.fitting_cost), self.money(lack.too_dear)
            return said + language.fitting_tried.format(cost=cost, dearer=dearer)
        return said + (language.even_cost.format(cost=self.money(lack.too_dear)) if lack.too_dear else "")

    def tie(self, step: Step) -> str:
        """The tie that decided a step, or nothing."""
        if step.tie is None:
            return ""
        rivals = ", ".join(self.name(rival) for rival in step.tie.rivals[:3])
        return self.language.tie.format(rivals=rivals, key=self.language.keys[step.tie.key])

    def race(self, step: Step) -> str:
        """Equal shares: the effective votes of a step beside those of the runner-up."""
        if step.effective_votes is None:
            return ""
        own = self.language.tenths(step.effective_votes)
        if step.runner_up is None or step.runner_up_votes is None:
            return self.language.race.format(votes=own)
        return self.language.race_next.format(
            votes=own, rival=self.name(step.runner_up), rival_votes=self.language.tenths(step.runner_up_votes)
        )

    def purse(self, step: Step) -> str:
        """The money before a step and after it."""
        before, after = self.money(step.money_before), self.money(step.money_after)
        if step.money_before == step.money_after:
            return self.language.money_same.format(money=before)
        return self.language.money_falls.format(before=before, after=after)
