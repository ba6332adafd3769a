"""What a city's round gives back: quotas, every envelope, the city round and the reserve list, under one digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from rembuk.tally.city import Leftover
from rembuk.tally.quotas import Split
from rembuk.tally.result import Result, canonical, plain


@dataclass(frozen=True, slots=True)
class FenceResult:
    """S2: what a fence funded; the rest of its money returns to the envelope, or waits for the reserve when hard."""

    name: str
    floor: int
    hard: bool
    result: Result

    @property
    def waiting(self) -> int:
        """Money kept for the reserve."""
        return self.floor - self.result.cost if self.hard else 0


@dataclass(frozen=True, slots=True)
class EnvelopeResult:
    """S2 and S3 of one envelope: its ceiling, its fences, and the count of the rest."""

    code: str
    ceiling: int
    fences: tuple[FenceResult, ...]
    result: Result

    @property
    def winners(self) -> tuple[str, ...]:
        """All projects funded, fences first, in order."""
        return (*(winner for fence in self.fences for winner in fence.result.winners), *self.result.winners)

    @property
    def cost(self) -> int:
        """Money spent, fences included."""
        return sum(fence.result.cost for fence in self.fences) + self.result.cost

    @property
    def waiting(self) -> int:
        """Money of hard fences that waits for the reserve."""
        return sum(fence.waiting for fence in self.fences)

    @property
    def left(self) -> int:
        """Money that leaves the envelope for the city round."""
        return self.ceiling - self.cost - self.waiting

    def document(self) -> dict[str, object]:
        """The envelope as plain JSON values."""
        fences = [
            {"floor": f.floor, "hard": f.hard, "name": f.name, "result": f.result.document()} for f in self.fences
        ]
        return {"ceiling": self.ceiling, "fences": fences, "left": self.left, "result": self.result.document()}


@dataclass(frozen=True, slots=True)
class Reserve:
    """S5: a project that may step in, its share of the ballots of its envelope, and hard-fence money it may use."""

    project: str
    district: str
    cost: int
    share: Fraction
    waiting: int


@dataclass(frozen=True)
class CityResult:
    """The whole round of a city."""

    contest: str
    split: Split
    pot: int
    envelopes: Mapping[str, EnvelopeResult]
    leftover: Leftover
    pool: int
    city: Result
    reserve: tuple[Reserve, ...]

    @cached_property
    def winners(self) -> tuple[str, ...]:
        """Every funded project: envelope by envelope, then the city round."""
        return (*(w for code in sorted(self.envelopes) for w in self.envelopes[code].winners), *self.city.winners)

    @property
    def cost(self) -> int:
        """All money spent."""
        return sum(envelope.cost for envelope in self.envelopes.values()) + self.city.cost

    @property
    def waiting(self) -> int:
        """All money of hard fences that waits for the reserve."""
        return sum(envelope.waiting for envelope in self.envelopes.values())

    @property
    def unspent(self) -> int:
        """Money of the pool that the city round left, or that goes to next year."""
        return self.pool - self.city.cost

    def cost_of(self, project: str) -> int:
        """What a funded project costs; KeyError when it was not funded."""
        results = [self.city]
        for envelope in self.envelopes.values():
            results += [envelope.result, *(fence.result for fence in envelope.fences)]
        costs = {winner: result.costs[winner] for result in results for winner in result.winners}
        return costs[project]

    def document(self) -> dict[str, object]:
        """The round as plain JSON values; fractions as "a/b"."""
        return {
            "city": self.city.document(),
            "contest": self.contest,
            "envelopes": {code: envelope.document() for code, envelope in self.envelopes.items()},
            "leftover": str(self.leftover),
            "pool": self.pool,
            "pot": self.pot,
            "quota": {"rule": self.split.rule, "shares": [_share(share) for share in self.split.shares]},
            "reserve": [
                {"cost": r.cost, "district": r.district, "project": r.project, "share": plain(r.share)}
                for r in self.reserve
            ],
            "unspent": self.unspent,
            "waiting": self.waiting,
            "winners": list(self.winners),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of the document."""
        return hashlib.sha256(canonical(self.document())).hexdigest()


def _share(share: object) -> dict[str, object]:
    names = ("code", "weight", "exact", "remainder", "rank", "result")
    return {name: plain(getattr(share, name)) for name in names}
