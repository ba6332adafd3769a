"""The only door in: an election becomes a result, the same bytes for the same election wherever it is counted.

count(election: Election) -> Result
compare(election: Election) -> dict[str, Result]      one per rule of RULES.names(), same ballots
"""

import hashlib
from dataclasses import replace

from rembuk.tally.election import BadElection, Election
from rembuk.tally.result import Result, canonical
from rembuk.tally.roots import ballots_root
from rembuk.tally.rules import RULES, Outcome


def count(election: Election) -> Result:
    """The result of one contest under its own rule; BadElection when the rule cannot count these ballots."""
    return recorded(election, outcome(election))


def outcome(election: Election) -> Outcome:
    """What the election's rule gives, without hashes; BadElection when there is no such rule."""
    if election.rule not in RULES:
        raise BadElection(f"rule {election.rule!r} is not one of {', '.join(RULES.names())}")
    return RULES[election.rule](election)


def compare(election: Election) -> dict[str, Result]:
    """The same ballots under every rule on the shelf that can count them, by the name of the rule."""
    results = {}
    for name in RULES.names():
        try:
            results[name] = count(election.with_rule(name))
        except BadElection:
            continue
    return results


def recorded(election: Election, found: Outcome) -> Result:
    """An outcome with all that identifies what was counted."""
    return replace(
        bare(election, found),
        config_hash=config_hash(election),
        projects_hash=projects_hash(election),
        ballots_root=ballots_root(election),
    )


def bare(election: Election, found: Outcome) -> Result:
    """An outcome without hashes, for a count that is made only to see who wins."""
    ids = [project.id for project in election.projects]
    return Result(
        contest=election.contest,
        rule=election.rule,
        options=election.options.pairs(),
        budget=election.budget,
        unit=election.unit,
        voters=election.voters,
        winners=found.winners,
        costs={project.id: project.cost for project in election.projects},
        scores=dict(zip(ids, map(int, election.ballots.scores), strict=True)),
        approvals=dict(zip(ids, map(int, election.ballots.approvals), strict=True)),
        steps=found.steps,
        search=found.search,
    )


def config_hash(election: Election) -> str:
    """SHA-256 of what was agreed before the vote, and the seed drawn after it."""
    agreed = {
        "before": sorted(project.id for project in election.before),
        "budget": election.budget,
        "contest": election.contest,
        "limits": [
            {"money": limit.money, "name": limit.name, "number": limit.number, "projects": sorted(limit.projects)}
            for limit in sorted(election.limits, key=lambda limit: limit.name)
        ],
        "options": election.options.pairs(),
        "rule": election.rule,
        "ties": "id" if election.seed is None else election.seed.hex(),
        "unit": election.unit,
    }
    return hashlib.sha256(canonical(agreed)).hexdigest()


def projects_hash(election: Election) -> str:
    """SHA-256 of the projects sorted by id: all that can matter to a count, names left out."""
    listed = [
        {"cost": p.cost, "group": p.group, "id": p.id, "refusal": p.refusal, "requires": p.requires}
        for p in sorted(election.projects, key=lambda project: project.id)
    ]
    return hashlib.sha256(canonical(listed)).hexdigest()
