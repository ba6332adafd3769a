"""Who comes first when the rule itself cannot tell: more approvals, lower cost, then a public seed; or the id."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rembuk.tally.election import Election
from rembuk.tally.result import Tie

KEYS = ("approvals", "cost", "seed")


@dataclass(frozen=True)
class TieBreak:
    """The chain of one election: every project's rank when all else is equal, and which key decided."""

    election: Election

    @cached_property
    def chain(self) -> list[tuple[object, ...]]:
        """Per project what it is compared by, smallest first."""
        if self.election.seed is None:
            return [(project.id,) for project in self.election.projects]
        seed, contest = self.election.seed, self.election.contest
        return [
            (-approvals, project.cost, draw(seed, contest, project.id), project.id)
            for project, approvals in zip(self.election.projects, self.election.ballots.approvals.tolist(), strict=True)
        ]

    @cached_property
    def rank(self) -> list[int]:
        """The place of each project in the chain, 0 first."""
        order = sorted(range(len(self.chain)), key=self.chain.__getitem__)
        rank = [0] * len(order)
        for place, project in enumerate(order):
            rank[project] = place
        return rank

    def first(self, tied: Iterable[int]) -> int:
        """The project that wins among those tied."""
        return min(tied, key=self.rank.__getitem__)

    def tie(self, winner: int, rivals: Iterable[int]) -> Tie | None:
        """The tie for the record, or None when nobody was tied with the winner."""
        others = sorted((rival for rival in rivals if rival != winner), key=self.rank.__getitem__)
        if not others:
            return None
        return Tie(tuple(self.election.projects[rival].id for rival in others), self._key(winner, others[0]))

    def _key(self, winner: int, rival: int) -> str:
        if self.election.seed is None:
            return "id"
        differs = (a != b for a, b in zip(self.chain[winner], self.chain[rival], strict=True))
        return next((key for key, differ in zip(KEYS, differs, strict=False) if differ), "id")


def draw(seed: bytes, contest: str, project: str) -> bytes:
    """The lot of a project: HMAC-SHA-256(seed, contest | project id); the smallest comes first (trust.md 4.6)."""
    return hmac.digest(seed, f"{contest}|{project}".encode(), "sha256")
