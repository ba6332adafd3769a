"""The sentences and figures kept with a count, so that a page never has to count again to say why."""

from collections.abc import Mapping
from typing import Any

from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.results import stages
from rembuk.tally.city import City
from rembuk.tally.city_result import CityResult
from rembuk.tally.election import Election
from rembuk.tally.explain import Explanation, explain, representation
from rembuk.tally.explain_city import explain_city
from rembuk.tally.fairness import Fairness, fairness
from rembuk.tally.languages import LANGUAGES
from rembuk.tally.probe import lacking
from rembuk.tally.probe_city import lacking_in_city
from rembuk.tally.replay import replayed
from rembuk.tally.result import Result

Told = dict[str, Any]


def told(election: Election, result: Result, *, probe: bool = True, open_ballots: bool = False) -> Told:
    """Of one contest: per project why it won or lost, with proven numbers; a sentence per step; who is represented.

    How evenly is left out where ballots are too few to be published one by one (trust.md 4.7), unless they are public.
    """
    shown = open_ballots or election.voters >= SMALLEST_FULL
    return {**spoken(election, result, probe=probe), **figures(election, result, shown=shown)}


def told_district(city: City, result: CityResult, code: str) -> Told:
    """The same of a district of a round, fences and the city round included; `how` each project got its place."""
    election = city.envelopes[code].election
    *_, rest = stages.stages_of(city, result, code)
    lacks = lacking_in_city(city, result, code)
    told = {lang: explain_city(city, result, language=lang, lacks=lacks, code=code) for lang in LANGUAGES.names()}
    whole = stages.whole_result(result.envelopes[code], stages.from_city_round(result, election), election)
    shown = election.voters >= SMALLEST_FULL
    return {
        **_reasons(told),
        "said": _said(rest.election, rest.result),
        "how": stages.how(result, code),
        **figures(election, whole, shown=shown, not_applicable=stages.not_applicable(city, result, code)),
    }


def told_city(result: CityResult, districts: Mapping[str, Told]) -> Told:
    """Why each project the city round looked at was funded or not, out of what was told of its district."""
    known = {project: why for told in districts.values() for project, why in told["why"].items()}
    said = [known[step.project] for step in result.city.steps]
    return {"why": {step.project: known[step.project] for step in result.city.steps}, "said": said}


def told_fences(city: City, result: CityResult, code: str) -> list[list[Mapping[str, str]]]:
    """A sentence for every step of every fence of a district."""
    *fences, _ = stages.stages_of(city, result, code)
    return [_said(fence.election, fence.result) for fence in fences]


def spoken(election: Election, result: Result, *, probe: bool) -> Told:
    """Why each project of a contest won or lost and what it lacked, a sentence per step; each in every language."""
    lacks = lacking(election, result) if probe else {}
    told = {lang: explain(election, result, language=lang, lacks=lacks) for lang in LANGUAGES.names()}
    return {**_reasons(told), "said": _said(election, result)}


def _reasons(told: Mapping[str, Mapping[str, Explanation]]) -> Told:
    """Sentences by project and language, and what each that lost lacked."""
    every = list(told["id"].values())
    return {
        "why": {p: {lang: sentences[p].sentence for lang, sentences in told.items()} for p in told["id"]},
        "more_votes": {each.project: each.more_votes for each in every if each.more_votes is not None},
        "fitting_cost": {each.project: each.fitting_cost for each in every if each.fitting_cost is not None},
    }


def _said(election: Election, result: Result) -> list[Mapping[str, str]]:
    told = {lang: replayed(election, result, language=lang) for lang in LANGUAGES.names()}
    return [dict(zip(told, step, strict=True)) for step in zip(*told.values(), strict=True)]


def figures(election: Election, result: Result, *, shown: bool, not_applicable: str = "") -> Told:
    """Who is represented by what was funded, where the money goes, and (when `shown`) how evenly it serves voters."""
    seen = representation(election, result)
    return {
        "represented": seen.represented,
        "money_by_issue": {name: money for name, _, money in seen.issues if name},
        "money_by_area": {name: money for name, _, money in seen.areas if name},
        **({"fairness": _plain(fairness(election, result), not_applicable)} if shown else {}),
    }


def _plain(seen: Fairness, not_applicable: str) -> Told:
    """The figures as values of canonical JSON; fractions stay exact; no certificate where it would mean nothing."""
    lost = None if not_applicable else seen.overlooked
    return {
        "share": seen.share,
        "mean": seen.mean,
        "median": seen.median,
        "gini": seen.gini,
        "checked": seen.checked,
        "overlooked": lost and {name: getattr(lost, name) for name in lost.__slots__},
        "not_applicable": not_applicable,
    }
