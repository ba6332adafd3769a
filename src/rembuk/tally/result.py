"""What a count gives back: the winners in order, every step that led to them, and the bytes anybody can hash.

result = count(election)
result.winners        ("p3", "p1", ...)      ids in order of purchase
result.cost           730000000              rupiah spent (int, smallest unit of the election)
result.left           270000000
result.scores["p3"]   312                    score under the rule's ballot type
result.approvals["p3"]                       ballots naming it
result.steps          (Step, ...)            the replay; step.number counts from 1
result.search         Search | None          how Add1 found its share
result.document()     dict for JSON;  result.canonical() -> bytes;  result.digest -> 64 hex characters
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

VERSION = "rembuk-tally-1"


class Decision(StrEnum):
    """What a step decided about its project."""

    FUNDED = "funded"
    DOES_NOT_FIT = "does_not_fit"
    STOPPED = "stopped"
    BELOW_THRESHOLD = "below_threshold"
    NOT_ENOUGH_SUPPORT = "not_enough_support"
    HELD = "held"
    RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie that decided something: with whom, and by which key (approvals, cost, seed or id)."""

    rivals: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the record; what a rule has nothing to say about stays None and is left out of the JSON.

    All rules: `number` from 1, `project`, `decision`, `cost`, `money_before`, `money_after`, `tie`, `constraint`
    (the cap, group, requirement or threshold that decided), `part` ("rule", "completion", or a stage).
    Greedy: `rank` and `score`. Equal shares: `supporters`, `full_payers` who pay `price` each (the price of one
    unit of utility, times what the project is worth to them), `rest_payers` who give `rest` together,
    `effective_votes`, `runner_up` with `runner_up_votes`; a dropped project has `behind`, the money behind it.
    Phragmén: `load_before` (of its supporters together) and `load_after` (the new largest load).
    """

    number: int
    project: str
    decision: Decision
    cost: int
    money_before: int
    money_after: int
    part: str = "rule"
    rank: int | None = None
    score: Fraction | None = None
    supporters: int | None = None
    price: Fraction | None = None
    full_payers: int | None = None
    rest_payers: int | None = None
    rest: Fraction | None = None
    effective_votes: Fraction | None = None
    runner_up: str | None = None
    runner_up_votes: Fraction | None = None
    behind: Fraction | None = None
    load_before: Fraction | None = None
    load_after: Fraction | None = None
    constraint: str | None = None
    tie: Tie | None = None

    @property
    def is_funded(self) -> bool:
        """Whether this step spent money."""
        return self.decision is Decision.FUNDED

    def document(self) -> dict[str, object]:
        """The step as plain JSON values, empty ones left out."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: plain(value) for name, value in named if value is not None}


@dataclass(frozen=True, slots=True)
class Search:
    """How Add1 went: shares as money per voter, how many raises, and why it stopped."""

    start: Fraction
    step: int
    final: Fraction
    raises: int
    stopped: str


@dataclass(frozen=True)
class Result:
    """The outcome of one contest and the whole way to it."""

    contest: str
    rule: str
    options: Mapping[str, str]
    budget: int
    unit: int
    voters: int
    winners: tuple[str, ...]
    costs: Mapping[str, int]
    scores: Mapping[str, int]
    approvals: Mapping[str, int]
    steps: tuple[Step, ...]
    search: Search | None = None
    config_hash: str = ""
    projects_hash: str = ""
    ballots_root: str = ""
    version: str = VERSION

    @cached_property
    def cost(self) -> int:
        """What the winners cost together."""
        return sum(self.costs[winner] for winner in self.winners)

    @property
    def left(self) -> int:
        """What the winners leave of the budget."""
        return self.budget - self.cost

    @cached_property
    def head(self) -> str:
        """The last link of the hash chain over the steps."""
        link = hashlib.sha256(self.version.encode()).digest()
        for step in self.steps:
            link = hashlib.sha256(link + canonical(step.document())).digest()
        return link.hex()

    def step_of(self, project: str) -> Step | None:
        """The step that settled a project: the one that funded it, else the last that speaks of it."""
        about = [step for step in self.steps if step.project == project]
        return next((step for step in about if step.is_funded), about[-1] if about else None)

    def document(self) -> dict[str, object]:
        """The result as plain JSON values, without the steps (they are sealed by `head`)."""
        return {
            "approvals": dict(self.approvals),
            "ballots_root": self.ballots_root,
            "budget": self.budget,
            "config_hash": self.config_hash,
            "contest": self.contest,
            "cost": self.cost,
            "head": self.head,
            "options": dict(self.options),
            "projects_hash": self.projects_hash,
            "rule": self.rule,
            "scores": dict(self.scores),
            "search": plain(self.search),
            "version": self.version,
            "voters": self.voters,
            "winners": list(self.winners),
        }

    def canonical(self) -> bytes:
        """The bytes that are hashed: sorted keys, NFC, integers and fractions in lowest terms, no floats, no time."""
        return canonical(self.document())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, as 64 hexadecimal characters."""
        return hashlib.sha256(self.canonical()).hexdigest()


def plain(value: object) -> object:
    """A value of the record as JSON: fractions as "a/b", tuples as lists; TypeError for a float."""
    match value:
        case None | bool() | int() | str():
            return str(value) if isinstance(value, StrEnum) else value
        case Fraction():
            return fraction_text(value)
        case tuple() | list():
            return [plain(item) for item in value]
        case Tie() | Search():
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def fraction_text(value: Fraction) -> str:
    """A fraction in lowest terms: "7/3", or "5" when it is whole."""
    return str(value)


def canonical(document: object) -> bytes:
    """Canonical JSON in UTF-8: keys sorted, text in NFC, no spaces; TypeError for a float."""
    text = json.dumps(plain(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()
