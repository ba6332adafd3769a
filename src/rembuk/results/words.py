"""The sentences and figures kept with a count, so that a page never has to count again to say why."""

from typing import Any

from rembuk.cycles.freezing import SMALLEST_FULL
from rembuk.tally.election import Election
from rembuk.tally.explain import explain, representation
from rembuk.tally.fairness import Fairness, fairness
from rembuk.tally.replay import replayed
from rembuk.tally.result import Result


def told(election: Election, result: Result, *, probe: bool = True, open_ballots: bool = False) -> dict[str, Any]:
    """Per project why it won or lost, with proven numbers; a sentence per step; who is represented and how evenly.

    How evenly is left out where ballots are too few to be published one by one (trust.md 4.7), unless they are public.
    """
    spoken = explain(election, result, probe=probe)
    seen = representation(election, result)
    shown = open_ballots or election.voters >= SMALLEST_FULL
    return {
        "why": {each.project: each.sentence for each in spoken.values()},
        "said": list(replayed(election, result)),
        "more_votes": {each.project: each.more_votes for each in spoken.values() if each.more_votes is not None},
        "fitting_cost": {each.project: each.fitting_cost for each in spoken.values() if each.fitting_cost is not None},
        "represented": seen.represented,
        "money_by_issue": {name: money for name, _, money in seen.issues if name},
        "money_by_area": {name: money for name, _, money in seen.areas if name},
        **({"fairness": _plain(fairness(election, result))} if shown else {}),
    }


def _plain(seen: Fairness) -> dict[str, Any]:
    """The figures as values of canonical JSON; fractions stay exact."""
    lost = seen.overlooked
    return {
        "share": seen.share,
        "mean": seen.mean,
        "median": seen.median,
        "gini": seen.gini,
        "checked": seen.checked,
        "overlooked": lost and {name: getattr(lost, name) for name in lost.__slots__},
    }
