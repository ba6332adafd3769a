"""The fingerprint of the ballots: one hash over the sorted lines `choice;count`, whatever order they came in."""

import hashlib
from weakref import WeakKeyDictionary

import numpy as np

from rembuk.tally.election import Election
from rembuk.tally.types import Ballots

# the same ballots are counted under several rules: their root is worked out once
_KNOWN: WeakKeyDictionary[Ballots, tuple[tuple[str, ...], str]] = WeakKeyDictionary()


def ballots_root(election: Election) -> str:
    """SHA-256 over the ballot types as sorted lines (see `ballot_lines`), each ended by a newline."""
    ids = tuple(project.id for project in election.projects)
    known = _KNOWN.get(election.ballots)
    if known is None or known[0] != ids:
        root = hashlib.sha256("".join(line + "\n" for line in ballot_lines(election)).encode()).hexdigest()
        known = _KNOWN[election.ballots] = (ids, root)
    return known[1]


def ballot_lines(election: Election) -> list[str]:
    """Each ballot type as `ids joined by commas;count` (points as `id:points`), sorted as text.

    Ids on a line are sorted as text too, except on ranked ballots, where they stand best first.
    """
    ballots = election.ballots
    ids = [project.id for project in election.projects]
    names = _names(ballots, ids)
    starts = ballots.starts.tolist()
    counts = ballots.counts.tolist()
    lines = [
        f"{','.join(names[first:last])};{count}" for first, last, count in zip(starts, starts[1:], counts, strict=False)
    ]
    return sorted(lines)


def _names(ballots: Ballots, ids: list[str]) -> list[str]:
    if ballots.kind == "ranked":
        return [ids[index] for index in ballots.chosen.tolist()]
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    placed = rank[ballots.chosen]
    falls = (np.diff(placed) <= 0) & (np.diff(ballots.owners) == 0)
    # projects listed by id are sorted on every ballot already
    order = np.lexsort((placed, ballots.owners)) if falls.any() else np.arange(len(placed))
    names = [ids[index] for index in ballots.chosen[order].tolist()]
    if ballots.points is None:
        return names
    return [f"{name}:{points}" for name, points in zip(names, ballots.points[order].tolist(), strict=True)]
