"""Which turnout cells of one kecamatan may be shown when a new table comes every day; decides, reads nothing.

Marks only grow, so two days' tables together can tell what neither tells alone: an RW shown by itself on Monday and
merged with a silent neighbour on Tuesday betrays that the neighbour is silent. Hence cells that were once apart are
never merged again: each day splits the cells of the day before or keeps them, and a day that would have to merge
keeps the table of the day before, with its date (trust.md 4.7: "also against subtraction from earlier versions").
And an RW once small stays small: told when its roll has grown, it would tell of the days before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rembuk.voting.rules import Turnout, merged, publishable

Groups = Sequence[frozenset[str]]


def published(days: Sequence[Sequence[Turnout]]) -> tuple[int, list[Turnout]]:
    """Of the figures of every day, oldest first: which day's table stands after the last one, and its cells."""
    groups: Groups = [frozenset(_areas(days[0]))] if days else []
    at, table = 0, []
    least: dict[tuple[str, ...], int] = {}
    for nth, cells in enumerate(days):
        least |= {cell.areas: min(cell.eligible, least.get(cell.areas, cell.eligible)) for cell in cells}
        told = _split(_with_newcomers(groups, cells), [replace(cell, eligible=least[cell.areas]) for cell in cells])
        if told is None:
            continue
        at, table = nth, [merged([cell for cell in cells if set(cell.areas) <= set(each.areas)]) for each in told]
        groups = [frozenset(cell.areas) for cell in told] or groups
    return at, table


def _split(groups: Groups, cells: Sequence[Turnout]) -> list[Turnout] | None:
    """Today's cells inside each group of yesterday; None when a group would have to be merged with another."""
    found: list[Turnout] = []
    for group in groups:
        told = publishable([cell for cell in cells if group.issuperset(cell.areas)])
        if not told and len(groups) > 1:
            return None
        found += told
    return sorted(found, key=lambda cell: cell.areas)


def _with_newcomers(groups: Groups, cells: Sequence[Turnout]) -> Groups:
    """An area that had nobody on the roll before stood, with nobody, in the largest group."""
    largest = max(groups, key=lambda group: (len(group), sorted(group)))
    newcomers = _areas(cells).difference(*groups)
    return [group | newcomers if group is largest else group for group in groups] if newcomers else groups


def _areas(cells: Iterable[Turnout]) -> set[str]:
    return {area for cell in cells for area in cell.areas}
