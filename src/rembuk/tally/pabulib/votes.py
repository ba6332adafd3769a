"""The VOTES part of a .pb file on its way to merged ballots."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
        fields, numbers = self.fields()
        self.check_voters(list(map(str.strip, fields("voter_id"))), numbers)
        texts = fields("vote")
        if KINDS[vote_type] == "points":
            if "points" not in self.columns:
                raise self.refuse(self.votes_at + 1, "VOTES has no column points")
            texts = [f"{vote};{points}" for vote, points in zip(texts, fields("points"), strict=True)]
        seen = Counter(texts)
        ids = {project.id: place for place, project in enumerate(self.projects)}
        try:
            return self.merge(seen, ids, vote_type)
        except _BadVote as bad:
            raise self.refuse(numbers[texts.index(bad.text)], str(bad)) from None

    def fields(self) -> tuple[Callable[[str], list[str]], Sequence[int]]:
        """The texts of a column by its name, and the line number of each row."""
        width, whole = len(self.columns), "\n".join(self.rows)
        if '"' not in whole:
            # one split for all rows: each gives its fields and then a line break, if all are as wide as the header
            flat = whole.replace("\n", ";\n;").split(";")
            if len(flat) + 1 == len(self.rows) * (width + 1) and set(flat[width :: width + 1]) <= {"\n"}:
                first = self.votes_at + 2
                return lambda name: flat[self.columns.index(name) :: width + 1], range(first, first + len(self.rows))
        table, numbers = self.table()
        return lambda name: self.texts(table, name), numbers

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
        counts = np.array(list(seen.values()), dtype=np.int64)
        lengths, chosen = _all_indexes(seen, ids)
        if vote_type == "choose-1" and max(lengths, default=0) > 1:
            raise _BadVote(list(seen)[lengths.index(max(lengths))], "a choose-1 vote names more than one project")
        owners = np.repeat(np.arange(len(lengths)), lengths)
        keys, firsts = np.unique(owners * max(len(ids), 1) + chosen, return_index=True)
        if len(keys) == len(chosen):
            return approved(len(ids), owners, chosen, counts)
        # published approval files do repeat a project within a vote (Amsterdam 604): an approval is given once
        again = np.ones(len(chosen), dtype=bool)
        again[firsts] = False
        repeats = np.zeros(len(ids), dtype=np.int64)
        np.add.at(repeats, chosen[again], counts[owners[again]])
        return replace(approved(len(ids), owners[~again], chosen[~again], counts), repeats=repeats)


class _BadVote(Exception):
    """A vote text that cannot stand; the reader finds its line."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text = text


def _all_indexes(texts: Iterable[str], ids: Mapping[str, int]) -> tuple[list[int], Ints]:
    """How many projects each text names, and all of them one after the other."""
    named = [text for text in texts if text and not text.isspace()]
    try:
        flat = list(map(ids.__getitem__, ",".join(named).split(","))) if named else []
    except KeyError:
        flat = [place for text in named for place in _indexes(text, ids)]
    lengths = [text.count(",") + 1 if text and not text.isspace() else 0 for text in texts]
    return lengths, np.array(flat, dtype=np.int64)


def _indexes(text: str, ids: Mapping[str, int]) -> list[int]:
    if not text or text.isspace():
        return []
    return [_index(name.strip(), text, ids) for name in text.split(",")]


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
