"""The sentences kept with a count, so that a page never has to count again to say why."""

from typing import Any

from rembuk.tally.election import Election
from rembuk.tally.explain import explain, representation
from rembuk.tally.result import Result


def told(election: Election, result: Result, *, probe: bool = True) -> dict[str, Any]:
    """Per project why it won or lost, with proven numbers; and how many voters see a choice of theirs funded."""
    spoken = explain(election, result, probe=probe)
    seen = representation(election, result)
    return {
        "why": {each.project: each.sentence for each in spoken.values()},
        "more_votes": {each.project: each.more_votes for each in spoken.values() if each.more_votes is not None},
        "fitting_cost": {each.project: each.fitting_cost for each in spoken.values() if each.fitting_cost is not None},
        "represented": seen.represented,
        "money_by_issue": {name: money for name, _, money in seen.issues if name},
    }
