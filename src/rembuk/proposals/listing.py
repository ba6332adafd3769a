"""What a visitor asks of the list of proposals, and the counts the answer carries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from rembuk.proposals.rules import Card, Issue, Status, status_of

# A prime above every proposal number, not 1 mod 3, so n -> (n*a + b)³ mod PRIME meets no value twice;
# the cube is there because without it the first and the last number lead too often.
PRIME = 2_097_143


class Order(StrEnum):
    """How the list is ordered; the value stands in the address."""

    RANDOM = "acak"
    ENDORSED = "dukungan"
    DISCUSSED = "komentar"
    CHEAPEST = "termurah"
    DEAREST = "termahal"
    NEWEST = "terbaru"


@dataclass(frozen=True)
class Filters:
    """Kinds joined by AND, values inside a kind by OR; `area` is a code, everything under it counts."""

    cycle: UUID
    words: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    area: str = ""
    statuses: tuple[Status, ...] = ()
    cheapest: int | None = None
    dearest: int | None = None


@dataclass(frozen=True)
class Group:
    """How many proposals share issue, state and outcome, and what they cost in whole rupiah."""

    issue: str
    state: str
    outcome: str
    count: int
    cost: int

    @property
    def status(self) -> Status:
        """The word visitors call this group by."""
        return status_of(self.state, self.outcome)


@dataclass(frozen=True)
class Counts:
    """Counts beside each filter: of its own kind alone free, all other kinds applied."""

    total: int
    cost: int
    by_issue: Mapping[Issue, int]
    by_status: Mapping[Status, int]


@dataclass(frozen=True)
class Listing:
    """One page of proposals with the counts of the whole answer."""

    cards: tuple[Card, ...]
    counts: Counts
    by_kecamatan: Mapping[str, int]
    page: int
    pages: int


def counts_of(groups: Iterable[Group], issues: Iterable[Issue], statuses: Iterable[Status]) -> Counts:
    """The counts of an answer out of its groups, taken before the issue and status filters."""
    groups, chosen_issues, chosen_statuses = tuple(groups), set(issues), set(statuses)

    def issue_fits(group: Group) -> bool:
        return not chosen_issues or group.issue in chosen_issues

    def status_fits(group: Group) -> bool:
        return not chosen_statuses or group.status in chosen_statuses

    both = [group for group in groups if issue_fits(group) and status_fits(group)]
    return Counts(
        total=sum(group.count for group in both),
        cost=sum(group.cost for group in both),
        by_issue={
            issue: sum(group.count for group in groups if group.issue == issue and status_fits(group))
            for issue in Issue
        },
        by_status={
            status: sum(group.count for group in groups if group.status == status and issue_fits(group))
            for status in Status
        },
    )


def page_count(total: int, size: int) -> int:
    """How many pages a list has; an empty one has one."""
    return max(1, -(-total // size))


def lot(visitor: str, day: str) -> tuple[int, int]:
    """Multiplier and offset of a visitor's fair order for a day: every proposal is first equally often."""
    digest = sha256(f"{visitor}\n{day}".encode()).digest()
    return int.from_bytes(digest[:8]) % (PRIME - 1) + 1, int.from_bytes(digest[8:16]) % PRIME


def place_in_lot(number: int, multiplier: int, offset: int) -> int:
    """Where a proposal stands in a fair order; the same sum the database does."""
    return ((number * multiplier + offset) % PRIME) ** 3 % PRIME
