"""The VOTES part of a .pb file on its way to merged ballots."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rembuk.tally.election import Project
from rembuk.tally.merge import approved, merged
from rembuk.tally.pabulib.layout import KINDS, BadFile
from rembuk.tally.types import Ballots, Choice, Ints

Refuse = Callable[[int, str], BadFile]


def fitted(refuse: Refuse, line: int, row: list[str], width: int) -> list[str]:
    """A row as wide as its header; more fields than that, unless empty, are refused."""
    if any(field.strip() for field in row[width:]):
        raise refuse(line, f"{len(row)} fields where the header has {width}")
    return (row + [""] * width)[:width]


@dataclass(slots=True)
class Votes:
    """The VOTES part on its way to merged ballots: equal texts are merged before anything is looked up."""

    refuse: Refuse
    projects: Sequence[Project]
    columns: Sequence[str]
    rows: Sequence[str]
    votes_at: int

    def ballots(self, vote_type: str) -> Ballots:
        table, numbers = self.table()
        self.check_voters([row[self.columns.index("voter_id")].strip() for row in table], numbers)
        texts = self.texts(table, "vote")
        if KINDS[vote_type] == "points":
            if "points" not in self.columns:
                raise self.refuse(self.votes_at + 1, "VOTES has no column points")
            texts = [f"{vote};{points}" for vote, points in zip(texts, self.texts(table, "points"), strict=True)]
        seen = Counter(texts)
        ids = {project.id: place for place, project in enumerate(self.projects)}
        try:
            return self.merge(seen, ids, vote_type)
        except _BadVote as bad:
            raise self.refuse(numbers[texts.index(bad.text)], str(bad)) from None

    def table(self) -> tuple[list[list[str]], Sequence[int]]:
        first, width = self.votes_at + 2, len(self.columns)
        if not any('"' in row for row in self.rows):
            table = [row.split(";") for row in self.rows if row.strip()]
            numbers: Sequence[int] = range(first, first + len(table))
            if len(table) != len(self.rows):
                numbers = [first + place for place, row in enumerate(self.rows) if row.strip()]
        else:
            table, numbers = self.quoted(first)
        if any(len(row) > width for row in table):
            table = [fitted(self.refuse, line, row, width) for line, row in zip(numbers, table, strict=True)]
        return table, numbers

    def quoted(self, first: int) -> tuple[list[list[str]], list[int]]:
        reader = csv.reader((row + "\n" for row in self.rows), delimiter=";")
        try:
            pairs = [(row, first - 1 + reader.line_num) for row in reader if any(row)]
        except csv.Error as error:
            raise self.refuse(first - 1 + reader.line_num, str(error)) from None
        return [row for row, _ in pairs], [line for _, line in pairs]

    def texts(self, table: list[list[str]], name: str) -> list[str]:
        column = self.columns.index(name)
        return [row[column] if len(row) > column else "" for row in table]

    def check_voters(self, voters: list[str], numbers: Sequence[int]) -> None:
        if len(set(voters)) == len(voters):
            return
        seen: set[str] = set()
        for voter, line in zip(voters, numbers, strict=True):
            if voter in seen:
                raise self.refuse(line, f"voter id {voter!r} is there twice")
            seen.add(voter)

    def merge(self, seen: Mapping[str, int], ids: Mapping[str, int], vote_type: str) -> Ballots:
        names = list(ids)
        if KINDS[vote_type] != "approval":
            read_text = _points if KINDS[vote_type] == "points" else _ranking
            return merged(names, ((read_text(text, ids), n) for text, n in seen.items()), KINDS[vote_type])
        # published approval files do repeat a project within a vote (Amsterdam 604): an approval is given once
        found = [_indexes(text, ids) for text in seen]
        repeats = None
        if any(len(set(row)) != len(row) for row in found):
            repeats = _repeats(found, list(seen.values()), len(ids))
            found = [list(dict.fromkeys(row)) for row in found]
        lengths = [len(row) for row in found]
        if vote_type == "choose-1" and max(lengths, default=0) > 1:
            raise _BadVote(list(seen)[lengths.index(max(lengths))], "a choose-1 vote names more than one project")
        owners = np.repeat(np.arange(len(found)), lengths)
        chosen = np.array([place for row in found for place in row], dtype=np.int64)
        ballots = approved(len(ids), owners, chosen, np.array(list(seen.values()), dtype=np.int64))
        return replace(ballots, repeats=repeats)


class _BadVote(Exception):
    """A vote text that cannot stand; the reader finds its line."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text = text


def _indexes(text: str, ids: Mapping[str, int]) -> list[int]:
    if not text or text.isspace():
        return []
    try:
        return [ids[name] for name in text.split(",")]
    except KeyError:
        return [_index(name.strip(), text, ids) for name in text.split(",")]


def _repeats(rows: list[list[int]], counts: list[int], projects: int) -> Ints:
    again = np.zeros(projects, dtype=np.int64)
    for row, count in zip(rows, counts, strict=True):
        for place, times in Counter(row).items():
            again[place] += (times - 1) * count
    return again


def _index(name: str, text: str, ids: Mapping[str, int]) -> int:
    if name not in ids:
        raise _BadVote(text, f"a vote names project {name!r}, which is not in PROJECTS")
    return ids[name]


def _ranking(text: str, ids: Mapping[str, int]) -> Choice:
    places = _indexes(text, ids)
    if len(set(places)) != len(places):
        raise _BadVote(text, "a vote names a project twice")
    names = list(ids)
    return tuple(names[place] for place in places)


def _points(text: str, ids: Mapping[str, int]) -> Choice:
    vote, _, points = text.partition(";")
    ranking = _ranking_of_points(vote, text, ids)
    numbers = [part.strip() for part in points.split(",")] if points.strip() else []
    if len(numbers) != len(ranking):
        raise _BadVote(text, f"{len(numbers)} points for {len(ranking)} projects")
    if not all(re.fullmatch(r"\d{1,9}(\.0+)?", number, re.ASCII) for number in numbers):
        raise _BadVote(text, f"points {points!r} are not whole numbers")
    return tuple((name, int(number.partition(".")[0])) for name, number in zip(ranking, numbers, strict=True))


def _ranking_of_points(vote: str, text: str, ids: Mapping[str, int]) -> list[str]:
    try:
        return [str(name) for name in _ranking(vote, ids)]  # type: ignore[union-attr]
    except _BadVote as bad:
        raise _BadVote(text, str(bad)) from None
