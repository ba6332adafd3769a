"""The documents of a counted round as docs/bundle.md lays them down: one per district, one for the city. Pure.

documents_of(city, result, open_boxes) -> {area: Paper}      area CITY ("*") is the city's; canonical JSON in each
`open_boxes` are the boxes whose ballots are published: elsewhere no fingerprint of the ballots leaves the house.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from rembuk.cycles.shares import children_box
from rembuk.tally.city import City, Fence, Leftover
from rembuk.tally.city_result import CityResult, EnvelopeResult, FenceResult
from rembuk.tally.result import Result, canonical

CITY = "*"
"""The area under which the city's own document is kept."""
CITY_ROUND = {Leftover.CITY_ROUND: "share", Leftover.NONE: "none", Leftover.NEXT_YEAR: "next_year"}

Body = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """What must be the same at every count: the hashed part of a document, and the figures kept in its row."""

    area: str
    body: Body
    digest: str
    winners: int
    cost: int
    ceiling: int
    ballots: int


def documents_of(city: City, result: CityResult, open_boxes: Collection[str]) -> dict[str, Paper]:
    """The hashed part of every document of a round, by area."""
    papers = {
        code: _district(result.envelopes[code], city.envelopes[code].fences, code in open_boxes, open_boxes)
        for code in sorted(city.envelopes)
    }
    digests = {code: paper.digest for code, paper in papers.items()}
    return papers | {CITY: _city(city, result, digests)}


def _district(found: EnvelopeResult, fences: Sequence[Fence], shown: bool, open_boxes: Collection[str]) -> Paper:
    rest = found.result if shown else blinded(found.result)
    box = children_box(found.code)
    filled = []
    for fence, part in zip(fences, found.fences, strict=True):
        visible = box in open_boxes if fence.ballots else shown
        filled.append(_fence(fence, part, box if fence.ballots else "", visible))
    body: Body = {
        **stage_body(rest),
        "ceiling": found.ceiling,
        "all_winners": list(found.winners),
        "spent": found.cost,
        "waiting": found.waiting,
        "left": found.left,
        "fences": filled,
    }
    digests = [*(fence["digest"] for fence in filled), rest.digest]
    whole = hashlib.sha256("\n".join(digests).encode()).hexdigest() if filled else rest.digest
    return Paper(found.code, body, whole, len(found.winners), found.cost, found.ceiling, rest.voters)


def _fence(fence: Fence, found: FenceResult, box: str, shown: bool) -> Body:
    result = found.result if shown else blinded(found.result)
    body = stage_body(result)
    steps, digest = body.pop("steps"), body.pop("digest")
    return {
        "name": found.name,
        "issue": fence.issue,
        "floor": found.floor,
        "hard": found.hard,
        "ballots": box,
        "spent": result.cost,
        "waiting": found.waiting,
        "result": body,
        "steps": steps,
        "digest": digest,
    }


def stage_body(result: Result) -> Body:
    """One contest's result with every step and its digest."""
    return {**result.document(), "steps": [step.document() for step in result.steps], "digest": result.digest}


def blinded(result: Result) -> Result:
    """A result without the fingerprint of its ballots: of a few ballots it could be guessed (trust.md 4.7)."""
    return replace(result, ballots_root="")


def _city(city: City, result: CityResult, digests: Mapping[str, str]) -> Paper:
    ballots = {code: found.result.voters for code, found in result.envelopes.items()}
    body: Body = {
        "contest": result.contest,
        "city_round": CITY_ROUND[result.leftover],
        "left": {code: found.left for code, found in result.envelopes.items()},
        "waiting": {code: found.waiting for code, found in result.envelopes.items()},
        "pot": result.pot,
        "pool": result.pool,
        "funded": list(result.city.winners),
        "spent": result.city.cost,
        "unspent": result.unspent,
        "line": _line(city, result, ballots),
        "steps": [step.document() for step in result.city.steps],
        "reserve": [entry.project for entry in result.reserve],
        "waiting_for": {entry.project: entry.waiting for entry in result.reserve if entry.waiting},
        "winners": list(result.winners),
        "spent_in_all": result.cost,
        "districts": dict(digests),
    }
    digest = hashlib.sha256(canonical(body)).hexdigest()
    all_ballots = sum(ballots.values())
    return Paper(
        CITY, body | {"digest": digest}, digest, len(result.city.winners), result.city.cost, result.pool, all_ballots
    )


def _line(city: City, result: CityResult, ballots: Mapping[str, int]) -> list[Body]:
    """The projects the city round looked at, first in line first (a project may have had to wait for another)."""
    home = {project.id: code for code, each in city.envelopes.items() for project in each.election.projects}
    ranked = sorted(result.city.steps, key=lambda step: step.rank or 0)
    return [
        {
            "project": step.project,
            "district": home[step.project],
            "cost": step.cost,
            "approvals": result.city.approvals[step.project],
            "ballots": ballots[home[step.project]],
            "share": Fraction(result.city.approvals[step.project], ballots[home[step.project]]),
        }
        for step in ranked
    ]
