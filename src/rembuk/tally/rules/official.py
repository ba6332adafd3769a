"""Official: what the META part of a Pabulib file says, so that a published election can be counted as it was."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from rembuk.tally.election import BadElection, Election
from rembuk.tally.limits import Limit
from rembuk.tally.rules import RULES, Outcome
from rembuk.tally.rules.greedy import greedy

KNOWN = {"greedy": True, "greedy-threshold": True, "greedy-no-skip": False}
PARTS = (
    ("categories", "budget_per_category", "category"),
    ("neighborhoods", "budget_per_neighborhood", "neighborhood"),
)


@RULES.put("official")
def official(election: Election) -> Outcome:
    """Greedy as META has it: skip or stop, least score, caps per category or neighbourhood; else BadElection."""
    about = election.about()
    rule = about.get("rule", "")
    if rule not in KNOWN:
        raise BadElection(f"META names the rule {rule!r}, which is not one of {', '.join(KNOWN)}")
    options = replace(election.options, skip=KNOWN[rule], threshold=least_score(election))
    return greedy(replace(election, options=options, limits=(*election.limits, *caps(election))))


def least_score(election: Election) -> int:
    """The least score META asks for, whatever the rule is called; an asked-for threshold comes first."""
    written = election.about().get("min_project_score_threshold", "").strip()
    if election.options.threshold or not written:
        return election.options.threshold
    try:
        return int(Decimal(written.replace(",", ".")).to_integral_value(rounding="ROUND_CEILING"))
    except InvalidOperation:
        raise BadElection(f"META has a min_project_score_threshold that is no number: {written!r}") from None


def caps(election: Election) -> tuple[Limit, ...]:
    """The upper bounds on money that META sets per category or neighbourhood."""
    about = election.about()
    return tuple(
        limit
        for names, budgets, column in PARTS
        if names in about and budgets in about
        for limit in _caps(election, column, about[names].split(","), about[budgets].split(","))
    )


def _caps(election: Election, column: str, names: list[str], budgets: list[str]) -> list[Limit]:
    if len(names) != len(budgets):
        raise BadElection(f"META has {len(names)} names and {len(budgets)} budgets per {column}")
    limits = []
    for name, budget in zip(names, budgets, strict=True):
        inside = frozenset(
            project.id for project in election.projects if name.strip() in _parts(dict(project.extra).get(column, ""))
        )
        limits.append(Limit(f"{column} {name.strip()}", inside, money=int(Decimal(budget) * election.unit)))
    return limits


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
