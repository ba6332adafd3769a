"""Why each project won or lost, as sentences to check by hand, and who is represented by what was funded.

explain(election, result)                        {project id: Explanation}; .sentence, .more_votes, .fitting_cost
explain(election, result, language="su")         the same in another language of LANGUAGES: id, su, en
explain(election, result, probe=False)           without counting again (no "needs N more", no "at Rp X")
lacks = lacking(election, result)                count again once, and tell it in several languages:
explain(election, result, language="en", lacks=lacks)
representation(election, result)                 voters with a funded choice, money per issue and area
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rembuk.tally.election import Election, Project
from rembuk.tally.languages import LANGUAGES
from rembuk.tally.probe import NOTHING, Lack, lacking
from rembuk.tally.result import Result
from rembuk.tally.words import Words


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


def explain(
    election: Election,
    result: Result,
    *,
    probe: bool = True,
    language: str = "id",
    lacks: Mapping[str, Lack] | None = None,
) -> dict[str, Explanation]:
    """One explanation per project, each number taken from the record or proven by counting again.

    `lacks`: what `lacking` found for this result, when it is told in several languages.
    """
    if lacks is None:
        lacks = lacking(election, result) if probe else {}
    words = Words(election, result, LANGUAGES[language])
    return {p.id: _explanation(words, p.id, lacks.get(p.id, NOTHING)) for p in election.projects}


def _explanation(words: Words, project: str, lack: Lack) -> Explanation:
    step = words.result.step_of(project)
    if step is None:
        return Explanation(project, False, words.language.not_counted)
    if project in words.result.winners:
        return Explanation(project, True, words.won(step))
    return Explanation(project, False, words.lost(step) + words.would(lack), lack.more_votes, lack.fitting_cost)


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
