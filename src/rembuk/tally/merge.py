"""Merging: ballots as people gave them become `Ballots`, whose order never depends on the order they came in."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.types import KINDS, BadBallot, Ballots, Choice, Ints

MOST_POINTS = 10**9
_WORD = 64


def merged(ids: Sequence[str], types: Iterable[tuple[Choice, int]], kind: str = "approval") -> Ballots:
    """Ballots from (choice, count) pairs over the projects `ids`; BadBallot when one cannot stand."""
    if kind not in KINDS:
        raise BadBallot(f"ballot type {kind!r} is not one of {', '.join(KINDS)}")
    pairs = [(choice, _whole(count)) for choice, count in types if count != 0]
    if kind == "points":
        return pointed(ids, pairs)
    place = {project: index for index, project in enumerate(ids)}
    rows = [(_indexes(choice, place, len(ids)), count) for choice, count in pairs]
    if kind == "ranked":
        return ranked(len(ids), rows)
    owners = np.repeat(np.arange(len(rows)), [len(row) for row, _ in rows])
    chosen = np.array([index for row, _ in rows for index in row], dtype=np.int64)
    return approved(len(ids), owners, chosen, np.array([count for _, count in rows], dtype=np.int64), kind)


def approved(projects: int, owners: Ints, chosen: Ints, counts: Ints, kind: str = "approval") -> Ballots:
    """Sets of projects, row by row as (owners, chosen) entries, merged by equal sets; BadBallot names a repeat."""
    keys = np.sort(owners * max(projects, 1) + chosen)
    if len(keys) > 1 and (keys[1:] == keys[:-1]).any():
        again = int(keys[1:][keys[1:] == keys[:-1]][0])
        raise BadBallot(f"ballot {again // projects} names a project twice", row=again // projects)
    owners, chosen = np.divmod(keys, max(projects, 1))
    starts = np.searchsorted(owners, np.arange(len(counts) + 1))
    masks = _masks(projects, owners, chosen, len(counts))
    order = np.lexsort(masks.T[::-1]) if masks.shape[1] else np.arange(len(counts))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (masks[order[1:]] != masks[order[:-1]]).any(axis=1)
    firsts = np.flatnonzero(fresh)
    sums = np.add.reduceat(counts[order], firsts) if len(firsts) else counts[:0]
    bounds, picked = _picked(starts, chosen, order[firsts])
    return Ballots(kind, projects, sums, bounds, picked)


def narrowed(ballots: Ballots, kept: Sequence[int]) -> Ballots:
    """The same ballots about some of the projects only, renumbered in this order; a ballot left empty still counts."""
    number = np.full(ballots.projects, -1, dtype=np.int64)
    number[list(kept)] = np.arange(len(kept))
    stays = number[ballots.chosen] >= 0
    owners, chosen = ballots.owners[stays], number[ballots.chosen[stays]]
    if ballots.kind in ("approval", "knapsack"):
        return approved(len(kept), owners, chosen, ballots.counts, ballots.kind)
    starts = np.searchsorted(owners, np.arange(len(ballots.counts) + 1))
    points = None if ballots.points is None else ballots.points[stays]
    return Ballots(ballots.kind, len(kept), ballots.counts, starts, chosen, points, ballots.most)


def ranked(projects: int, rows: Iterable[tuple[tuple[int, ...], int]]) -> Ballots:
    """Orders of preference merged by equal orders."""
    merged_rows: dict[tuple[int, ...], int] = {}
    for row, count in rows:
        if len(set(row)) != len(row):
            raise BadBallot("a ballot names a project twice")
        merged_rows[row] = merged_rows.get(row, 0) + count
    return _flat("ranked", projects, sorted(merged_rows.items()))


def pointed(ids: Sequence[str], pairs: Iterable[tuple[Choice, int]]) -> Ballots:
    """Points merged by equal distributions, whatever the order the projects were named in."""
    place = {project: index for index, project in enumerate(ids)}
    merged_rows: dict[tuple[tuple[int, int], ...], int] = {}
    for choice, count in pairs:
        key = _points(choice, place)
        merged_rows[key] = merged_rows.get(key, 0) + count
    rows = sorted(merged_rows.items())
    flat = _flat("points", len(ids), [(tuple(index for index, _ in row), count) for row, count in rows])
    points = np.array([points for row, _ in rows for _, points in row], dtype=np.int64)
    return Ballots("points", len(ids), flat.counts, flat.starts, flat.chosen, points)


def _points(choice: Choice, place: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    if isinstance(choice, int):
        raise BadBallot("points need (project, points) pairs, not a mask")
    named: dict[int, int] = {}
    for item in choice:
        if isinstance(item, str) or len(item) != 2:
            raise BadBallot("points need (project, points) pairs")
        project, points = item
        if project not in place:
            raise BadBallot(f"project {project!r} is not on the ballot")
        if place[project] in named:
            raise BadBallot(f"a ballot names project {project!r} twice")
        if type(points) is not int or not 0 <= points <= MOST_POINTS:
            raise BadBallot(f"points for {project!r} are not a whole number from 0 to {MOST_POINTS}")
        named[place[project]] = points
    return tuple(sorted(named.items()))


def _indexes(choice: Choice, place: Mapping[str, int], projects: int) -> tuple[int, ...]:
    if isinstance(choice, int):
        if choice < 0 or choice >> projects:
            raise BadBallot("a mask names a project that is not on the ballot")
        return tuple(index for index in range(choice.bit_length()) if choice >> index & 1)
    try:
        return tuple([place[project] for project in choice])  # type: ignore[index]
    except KeyError as unknown:
        raise BadBallot(f"project {unknown.args[0]!r} is not on the ballot") from None


def _whole(count: object) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise BadBallot("a ballot's count is not a whole number of at least 0")
    return count


def _flat(kind: str, projects: int, rows: Sequence[tuple[tuple[int, ...], int]]) -> Ballots:
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row, _ in rows], out=starts[1:])
    chosen = np.array([index for row, _ in rows for index in row], dtype=np.int64)
    return Ballots(kind, projects, np.array([count for _, count in rows], dtype=np.int64), starts, chosen)


def _masks(projects: int, owners: Ints, chosen: Ints, rows: int) -> NDArray[np.uint64]:
    words = -(-projects // _WORD)
    masks = np.zeros(rows * words, dtype=np.uint64)
    bits = np.uint64(1) << (chosen % _WORD).astype(np.uint64)
    np.add.at(masks, owners * words + chosen // _WORD, bits)
    return masks.reshape(rows, words)


def _picked(starts: Ints, chosen: Ints, rows: Ints) -> tuple[Ints, Ints]:
    lengths = np.diff(starts)[rows]
    ends = np.cumsum(lengths)
    offsets = np.repeat(starts[rows] - (ends - lengths), lengths)
    return np.concatenate(([0], ends)), chosen[np.arange(len(offsets)) + offsets]
