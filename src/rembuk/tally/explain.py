"""Steps as sentences to check by hand, in Bahasa Indonesia, and who is represented by what was funded.

explain(election, result)                  {project id: Explanation}; .sentence, .more_votes, .fitting_cost
explain(election, result, probe=False)     the same without counting again (no "needs N more", no "at Rp X")
representation(election, result)           voters with a funded choice, money per issue and area
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from rembuk.money import rupiah, thousands
from rembuk.tally.election import Completion, Election, Project
from rembuk.tally.pabulib import amount
from rembuk.tally.result import Decision, Result, Step
from rembuk.tally.rules import RULES
from rembuk.tally.types import Ballots

LIMITS = {"cap": "batas {}", "group": "kelompok {}", "requires": "usulan {}", "not": "{}"}
ADD1 = (Completion.ADD1, Completion.ADD1U)
KEYS = {
    "approvals": "jumlah dukungan",
    "cost": "biaya yang lebih rendah",
    "seed": "undian dadu publik",
    "id": "nomor usulan",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a project won or lost; how many more votes, or which lower cost, would have had it funded (None: none)."""

    project: str
    funded: bool
    sentence: str
    more_votes: int | None = None
    fitting_cost: int | None = None


@dataclass(frozen=True, slots=True)
class Representation:
    """How many voters see at least one choice funded, and the money and number funded per issue and per area."""

    voters: int
    represented: int
    issues: tuple[tuple[str, int, int], ...]
    areas: tuple[tuple[str, int, int], ...]


def explain(election: Election, result: Result, *, probe: bool = True) -> dict[str, Explanation]:
    """One explanation per project, each number taken from the record or proven by counting again."""
    return {project.id: _explanation(election, result, project, probe) for project in election.projects}


def _explanation(election: Election, result: Result, project: Project, probe: bool) -> Explanation:
    step = result.step_of(project.id)
    words = Words(election, result)
    if step is None:
        return Explanation(project.id, False, "Usulan ini tidak ikut dihitung.")
    if project.id in result.winners:
        return Explanation(project.id, True, words.won(step))
    votes = cost = None
    if probe and step.decision is not Decision.HELD:
        votes, cost = more_votes(election, project.id), fitting_cost(election, project.id)
    return Explanation(project.id, False, words.lost(step) + words.would(votes, cost), votes, cost)


def more_votes(election: Election, project: str) -> int | None:
    """The number of new voters naming only this project that gets it funded while one fewer does not; None if none."""
    if election.ballots.kind == "points":
        return None
    place = next(i for i, other in enumerate(election.projects) if other.id == project)
    if election.projects[place].cost > election.budget:
        return None

    def wins(votes: int) -> bool:
        return _wins(replace(election, ballots=_joined(election.ballots, place, votes)), project)

    most = max(election.voters, 1) * 2 + election.options.threshold
    return _least(wins, most)


def fitting_cost(election: Election, project: str) -> int | None:
    """The largest cost below its own at which the project is funded while one more is too much; None if none.

    Under Add1, where a count is long, costs are tried in steps of about a thousandth of the project's own.
    """
    own = next(other.cost for other in election.projects if other.id == project)
    grid = 10 ** max(0, len(str(own)) - 4) if election.options.completion in ADD1 else 1

    def wins(steps: int) -> bool:
        cost = own - steps * grid
        projects = tuple(replace(p, cost=cost) if p.id == project else p for p in election.projects)
        return _wins(replace(election, projects=projects), project)

    steps = _least(wins, (own - 1) // grid)
    return None if steps is None else own - steps * grid


def _least(wins: Callable[[int], bool], most: int) -> int | None:
    """A number from 1 to `most` that wins although one less does not, by bisection; None when `most` does not win."""
    if most < 1 or not wins(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    # the claim itself is counted once more; that one less is not enough was the last thing bisection saw
    return high if wins(high) else None


def _wins(election: Election, project: str) -> bool:
    return project in RULES[election.rule](election).winners


def _joined(ballots: Ballots, place: int, votes: int) -> Ballots:
    """The ballots with some more that name only this project."""
    return Ballots(
        ballots.kind,
        ballots.projects,
        np.append(ballots.counts, votes),
        np.append(ballots.starts, ballots.starts[-1] + 1),
        np.append(ballots.chosen, place),
        None,
        ballots.most,
        ballots.repeats,
    )


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one result, in the currency of its election."""

    election: Election
    result: Result

    def money(self, value: Fraction | int) -> str:
        """An amount, rounded down to a whole unit."""
        if self.election.unit == 1:
            return rupiah(int(value))
        return amount(int(value), self.election.unit)

    def name(self, project: str) -> str:
        """What a project is called, in quotes, or its id."""
        named = next((p.name for p in self.election.projects if p.id == project), "")
        return f"“{named}”" if named else project

    def votes(self, project: str) -> str:
        """The score of a project, in votes or points."""
        kind = "poin" if self.election.ballots.kind in ("points", "ranked") else "suara"
        return f"{thousands(self.result.scores[project])} {kind}"

    def won(self, step: Step) -> str:
        """Why the project of a funding step was funded."""
        money = f"biaya {self.money(step.cost)}"
        if step.price is not None:
            text = self._bought(step)
        elif step.load_after is not None:
            text = (
                f"Didanai: {thousands(step.supporters or 0)} pendukung memikul {money}, "
                "dengan beban tertinggi yang paling kecil di antara usulan lain."
            )
        else:
            text = (
                f"Didanai: urutan ke-{step.rank} dengan {self.votes(step.project)}; {money} muat dalam "
                f"sisa pagu {self.money(step.money_before)}."
            )
        return text + self._tie(step)

    def _bought(self, step: Step) -> str:
        price = self.money(step.price or 0)
        text = (
            f"Didanai: {thousands(step.supporters or 0)} pendukung membayar bersama biaya {self.money(step.cost)}. "
            f"{thousands(step.full_payers or 0)} orang membayar penuh, sekitar {price} per orang"
        )
        if self.election.ballots.points is not None:
            text = text.replace("per orang", "per poin")
        if step.rest_payers:
            text += f"; {thousands(step.rest_payers)} orang memberikan sisa bagiannya, berjumlah sekitar "
            text += self.money(step.rest or 0)
        return text + "."

    def lost(self, step: Step) -> str:
        """Why the project of any other step was not."""
        begin = f"Belum terpilih: mendapat {self.votes(step.project)}"
        match step.decision:
            case Decision.HELD:
                return f"{begin}, tetapi tertahan oleh {_limit(step.constraint or '', self)}."
            case Decision.BELOW_THRESHOLD:
                least = (step.constraint or "threshold 1").removeprefix("threshold ")
                return f"{begin}, sedangkan syaratnya paling sedikit {thousands(int(least))}."
            case Decision.NOT_ENOUGH_SUPPORT:
                held = self.money(step.behind or 0)
                return f"{begin}, dan pendukungnya bersama hanya memegang {held} dari biaya {self.money(step.cost)}."
            case Decision.STOPPED:
                return f"{begin}, tetapi penghitungan sudah berhenti sebelum gilirannya."
        text = f"{begin}, tetapi biaya {self.money(step.cost)} melebihi sisa pagu {self.money(step.money_before)}."
        return text + self._tie(step)

    def would(self, votes: int | None, cost: int | None) -> str:
        """What would have had it funded."""
        text = f" Perlu {thousands(votes)} dukungan lagi." if votes else ""
        return text + (f" Dengan biaya {self.money(cost)}, usulan ini akan didanai." if cost else "")

    def _tie(self, step: Step) -> str:
        if step.tie is None:
            return ""
        rivals = ", ".join(self.name(rival) for rival in step.tie.rivals[:3])
        return f" Seri dengan {rivals}; diputus oleh {KEYS[step.tie.key]}."


def _limit(constraint: str, words: Words) -> str:
    kind, _, what = constraint.partition(" ")
    if kind == "requires":
        what = words.name(what)
    if kind == "not":
        what = what.removeprefix("eligible: ")
    return LIMITS.get(kind, "{}").format(what)


def representation(election: Election, result: Result) -> Representation:
    """Who is represented by the winners, and where their money goes."""
    ballots = election.ballots
    funded = np.array([project.id in set(result.winners) for project in election.projects], dtype=bool)
    served = np.zeros(len(ballots.counts), dtype=bool)
    if len(ballots.chosen):
        served[ballots.owners[funded[ballots.chosen]]] = True
    return Representation(
        voters=election.voters,
        represented=int(ballots.counts[served].sum()),
        issues=_sums(election, result, lambda project: project.issue),
        areas=_sums(election, result, lambda project: project.area),
    )


def _sums(election: Election, result: Result, of: Callable[[Project], str]) -> tuple[tuple[str, int, int], ...]:
    sums: dict[str, tuple[int, int]] = {}
    won = set(result.winners)
    for project in election.projects:
        number, money = sums.get(of(project), (0, 0))
        taken = project.id in won
        sums[of(project)] = (number + taken, money + project.cost * taken)
    return tuple((name, number, money) for name, (number, money) in sorted(sums.items()))
