"""Pabulib .pb files in and out (Faliszewski et al., IJCAI 2023): the only reader and writer of that format.

file = read(Path("x.pb"))            BadFile with file, line and reason when anything is wrong
file.election                        ready for count(); money in smallest units, `election.unit` per currency unit
file.selected, file.voters()         ids marked selected=1; all vote rows with every column, unknown ones too
text = write(election, selected=result.winners)      re-parsed before it is given back
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rembuk.tally.election import BadElection, Election, Options, Project
from rembuk.tally.merge import approved, merged
from rembuk.tally.roots import ballot_lines
from rembuk.tally.types import Ballots, Choice, Ints

KINDS = {
    "approval": "approval",
    "choose-1": "approval",
    "cumulative": "points",
    "scoring": "points",
    "ordinal": "ranked",
}
PARTS = ("META", "PROJECTS", "VOTES")
NUMBER = re.compile(r"(\d{1,18})(?:[.,](\d{1,6}))?", re.ASCII)
MOST_MONEY = 2**62
PLACES = 3  # an ordinal file without max_length: the reference outcomes score it as a ballot of three places
OUR_COLUMNS = {"area": "area", "group": "group", "requires": "requires", "refusal": "refusal"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class BadFile(ValueError):
    """A file that is refused: which one, at which line, and why."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
        self.name = name
        self.line = line
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Pabulib:
    """A file read: the election in it, what it says was selected, and its rows as they stood."""

    election: Election
    selected: tuple[str, ...]
    project_columns: tuple[str, ...]
    vote_columns: tuple[str, ...]
    _rows: Sequence[str]

    def voters(self) -> Iterator[dict[str, str]]:
        """Every row of the VOTES part by column; a column the row lacks is empty."""
        for row in csv.reader((line for line in self._rows if line.strip()), delimiter=";"):
            padded = row + [""] * (len(self.vote_columns) - len(row))
            yield dict(zip(self.vote_columns, padded, strict=False))


def read(path: Path) -> Pabulib:
    """The file at this path; BadFile when it cannot be read as UTF-8 or is malformed."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(str(path), 1, error.strerror or "cannot be read") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadFile(str(path), line, "not UTF-8 text") from None
    return parse(text, str(path))


def parse(text: str, name: str = "<text>") -> Pabulib:
    """The same from text; `name` is the file named in errors."""
    return _Reader(name, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).file()


@dataclass(slots=True)
class _Reader:
    name: str
    lines: list[str]

    def bad(self, line: int, reason: str) -> BadFile:
        return BadFile(self.name, line, reason)

    def file(self) -> Pabulib:
        if not any(line.strip() for line in self.lines):
            raise self.bad(1, "the file is empty")
        parts, votes_at = self.parts()
        meta = self.meta(parts["META"])
        unit = self.unit(meta, parts["PROJECTS"])
        budget = self.money(*meta["budget"], unit, "budget")
        columns, projects = self.projects(parts["PROJECTS"], unit)
        vote_columns, rows = self.vote_rows(votes_at)
        kind = meta["vote_type"]
        if kind[0] not in KINDS:
            raise self.bad(kind[1], f"vote_type {kind[0]!r} is not one of {', '.join(KINDS)}")
        ballots = _Votes(self, projects, vote_columns, rows, votes_at).ballots(kind[0])
        self.check_numbers(meta, len(projects), ballots.voters)
        ballots = replace(ballots, most=self.places(meta, kind[0]))
        about = tuple((key, value) for key, (value, _) in meta.items())
        election = Election(projects, ballots, budget, options=Options(), unit=unit, meta=about)
        selected = tuple(p.id for p in projects if dict(p.extra).get("selected", "").strip() == "1")
        return Pabulib(election, selected, columns, vote_columns, rows)

    def parts(self) -> tuple[dict[str, list[tuple[int, list[str]]]], int]:
        """Records of META and PROJECTS with their line numbers, and the line where VOTES begins."""
        parts: dict[str, list[tuple[int, list[str]]]] = {}
        part = ""
        reader = csv.reader((line + "\n" for line in self.lines), delimiter=";")
        try:
            for row in reader:
                title = row[0].strip().upper() if row and not any(row[1:]) else ""
                if title in PARTS:
                    self.check_part(title, part, reader.line_num)
                    part = title
                    if part == "VOTES":
                        return parts, reader.line_num
                    parts[part] = []
                elif any(field.strip() for field in row):
                    if not part:
                        raise self.bad(reader.line_num, "the file does not begin with META")
                    parts[part].append((reader.line_num, row))
        except csv.Error as error:
            raise self.bad(reader.line_num, str(error)) from None
        missing = PARTS[PARTS.index(part) + 1] if part else "META"
        raise self.bad(len(self.lines), f"the part {missing} is missing")

    def check_part(self, title: str, part: str, line: int) -> None:
        expected = PARTS[PARTS.index(part) + 1] if part else PARTS[0]
        if title != expected:
            raise self.bad(line, f"the part {title} stands where {expected} should")

    def meta(self, records: list[tuple[int, list[str]]]) -> dict[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        for line, row in records:
            key = row[0].strip()
            if [field.strip() for field in row[:2]] == ["key", "value"]:
                continue
            if key in found:
                raise self.bad(line, f"META has {key!r} twice")
            found[key] = (";".join(row[1:]).rstrip(";"), line)
        for key in ("budget", "vote_type"):
            if key not in found:
                raise self.bad(1, f"META has no {key}")
        return found

    def unit(self, meta: Mapping[str, tuple[str, int]], records: list[tuple[int, list[str]]]) -> int:
        # the currency is split as finely as its finest amount, so that all money is whole
        column = self.column(records, "cost", "PROJECTS")
        amounts = [meta["budget"][0], *(row[column] for _, row in records[1:] if len(row) > column)]
        parts = (NUMBER.fullmatch(amount.strip()) for amount in amounts)
        return int(10 ** max((len((part[2] or "").rstrip("0")) for part in parts if part), default=0))

    def money(self, text: str, line: int, unit: int, what: str) -> int:
        found = NUMBER.fullmatch(text.strip())
        if not found:
            raise self.bad(line, f"{what} {text!r} is not an amount")
        decimals = (found[2] or "").rstrip("0")
        whole: int = int(found[1]) * unit + int(decimals or 0) * unit // 10 ** len(decimals)
        if whole > MOST_MONEY:
            raise self.bad(line, f"{what} {text!r} is too large")
        return whole

    def column(self, records: list[tuple[int, list[str]]], name: str, part: str) -> int:
        if not records:
            raise self.bad(len(self.lines), f"the part {part} is empty")
        line, header = records[0]
        names = [field.strip() for field in header]
        if name not in names:
            raise self.bad(line, f"{part} has no column {name}")
        if len(set(names)) != len(names):
            raise self.bad(line, f"{part} has a column twice")
        return names.index(name)

    def projects(self, records: list[tuple[int, list[str]]], unit: int) -> tuple[tuple[str, ...], tuple[Project, ...]]:
        self.column(records, "project_id", "PROJECTS")
        columns = tuple(field.strip() for field in records[0][1])
        found: dict[str, Project] = {}
        for line, row in records[1:]:
            project = self.project(line, dict(zip(columns, self.fitted(line, row, len(columns)), strict=True)), unit)
            if project.id in found:
                raise self.bad(line, f"project id {project.id!r} is there twice")
            found[project.id] = project
        return columns, tuple(found.values())

    def fitted(self, line: int, row: list[str], width: int) -> list[str]:
        if any(field.strip() for field in row[width:]):
            raise self.bad(line, f"{len(row)} fields where the header has {width}")
        return (row + [""] * width)[:width]

    def project(self, line: int, row: dict[str, str], unit: int) -> Project:
        identity = row["project_id"].strip()
        if not identity or "," in identity:
            raise self.bad(line, f"project id {identity!r} is empty or has a comma")
        cost = self.money(row["cost"], line, unit, "cost")
        if cost <= 0:
            raise self.bad(line, f"project {identity!r} costs nothing")
        known = ("project_id", "cost", "name")
        extra = tuple((key, value) for key, value in row.items() if key not in known)
        ours = {field: row.get(column, "").strip() for field, column in OUR_COLUMNS.items()}
        return Project(identity, cost, row.get("name", ""), issue=row.get("category", "").strip(), extra=extra, **ours)

    def vote_rows(self, votes_at: int) -> tuple[tuple[str, ...], list[str]]:
        rows = self.lines[votes_at:]
        while rows and not rows[-1].strip():
            rows.pop()
        if not rows:
            raise self.bad(votes_at, "VOTES has no header")
        header = next(csv.reader(rows[:1], delimiter=";"))
        for name in ("voter_id", "vote"):
            self.column([(votes_at + 1, header)], name, "VOTES")
        return tuple(field.strip() for field in header), rows[1:]

    def places(self, meta: Mapping[str, tuple[str, int]], vote_type: str) -> int:
        text, line = meta.get("max_length", ("", 0))
        if not text.strip():
            return PLACES if vote_type == "ordinal" else 0
        if not re.fullmatch(r"\d{1,6}", text.strip(), re.ASCII):
            raise self.bad(line, f"max_length {text!r} is not a number")
        return int(text)

    def check_numbers(self, meta: Mapping[str, tuple[str, int]], projects: int, voters: int) -> None:
        for key, found in (("num_projects", projects), ("num_votes", voters)):
            text, line = meta.get(key, ("", 0))
            if text.strip() and text.strip() != str(found):
                raise self.bad(line, f"{key} says {text.strip()}, the file has {found}")


@dataclass(slots=True)
class _Votes:
    """The VOTES part on its way to merged ballots: equal texts are merged before anything is looked up."""

    reader: _Reader
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
                raise self.reader.bad(self.votes_at + 1, "VOTES has no column points")
            texts = [f"{vote};{points}" for vote, points in zip(texts, self.texts(table, "points"), strict=True)]
        seen = Counter(texts)
        ids = {project.id: place for place, project in enumerate(self.projects)}
        try:
            return self.merge(seen, ids, vote_type)
        except _BadVote as bad:
            raise self.reader.bad(numbers[texts.index(bad.text)], str(bad)) from None

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
            table = [self.reader.fitted(line, row, width) for line, row in zip(numbers, table, strict=True)]
        return table, numbers

    def quoted(self, first: int) -> tuple[list[list[str]], list[int]]:
        reader = csv.reader((row + "\n" for row in self.rows), delimiter=";")
        try:
            pairs = [(row, first - 1 + reader.line_num) for row in reader if any(row)]
        except csv.Error as error:
            raise self.reader.bad(first - 1 + reader.line_num, str(error)) from None
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
                raise self.reader.bad(line, f"voter id {voter!r} is there twice")
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


def write(
    election: Election, *, selected: Iterable[str] = (), about: Mapping[str, str] | None = None, rule: str = ""
) -> str:
    """The election as .pb text, one row per ballot, voters numbered 1..n; it has been parsed again and compared.

    `about` adds or replaces META lines; BadElection when an id cannot be written or the text does not read back.
    """
    funded = set(selected)
    rows = [["META"], ["key", "value"], *_meta_rows(election, {**(about or {}), **({"rule": rule} if rule else {})})]
    rows += [["PROJECTS"], *_project_rows(election, funded), ["VOTES"], *_vote_rows(election)]
    text = "".join(";".join(map(_escaped, row)) + "\n" for row in rows)
    back = parse(text, "<written>")
    if _essence(back.election) != _essence(election) or set(back.selected) != funded:
        raise BadElection("the file written does not read back as the same election")
    return text


def _meta_rows(election: Election, about: Mapping[str, str]) -> list[list[str]]:
    ballots, vote_type = election.ballots, election.about().get("vote_type", "")
    if KINDS.get(vote_type) != _pabulib_kind(ballots):
        vote_type = {"approval": "approval", "points": "cumulative", "ranked": "ordinal"}[_pabulib_kind(ballots)]
    meta = {
        "description": "",
        "country": "",
        "unit": "",
        "instance": election.contest,
        **election.about(),
        **about,
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": amount(election.budget, election.unit),
        "vote_type": vote_type,
    }
    meta.setdefault("rule", election.rule)
    if ballots.most:
        meta["max_length"] = str(ballots.most)
    return [[key, value] for key, value in meta.items()]


def _project_rows(election: Election, funded: set[str]) -> list[list[str]]:
    ballots = election.ballots
    taken = ("votes", "score", "selected", "project_id", "cost", "name")
    extra = list(dict.fromkeys(key for p in election.projects for key, _ in p.extra if key not in taken))
    header = ["project_id", "cost", "votes", "score", "name", *extra, "selected"]
    rows = [header]
    for place, project in enumerate(election.projects):
        kept = dict(project.extra)
        rows.append(
            [
                project.id,
                amount(project.cost, election.unit),
                str(int(ballots.approvals[place])),
                str(int(ballots.scores[place])),
                project.name,
                *(kept.get(key, "") for key in extra),
                "1" if project.id in funded else "0",
            ]
        )
    return rows


def _vote_rows(election: Election) -> Iterator[list[str]]:
    ballots, ids = election.ballots, [project.id for project in election.projects]
    yield ["voter_id", "vote"] if ballots.points is None else ["voter_id", "vote", "points"]
    number = 0
    for row, count in enumerate(ballots.counts.tolist()):
        part = slice(int(ballots.starts[row]), int(ballots.starts[row + 1]))
        fields = [",".join(ids[place] for place in ballots.chosen[part].tolist())]
        if ballots.points is not None:
            fields.append(",".join(map(str, ballots.points[part].tolist())))
        for _ in range(count):
            number += 1
            yield [str(number), *fields]


def amount(money: int, unit: int) -> str:
    """Money in currency units: 12345 at 100 per unit as "123.45", whole amounts without a point."""
    whole, part = divmod(money, unit)
    return str(whole) if part == 0 else f"{whole}.{part:0{len(str(unit)) - 1}d}".rstrip("0")


def _pabulib_kind(ballots: Ballots) -> str:
    return "approval" if ballots.kind == "knapsack" else ballots.kind


def _escaped(field: str) -> str:
    text = _CONTROL.sub(" ", field)
    return '"' + text.replace('"', '""') + '"' if ";" in text or '"' in text else text


def _essence(election: Election) -> tuple[object, ...]:
    money = [(project.id, amount(project.cost, election.unit)) for project in election.projects]
    return money, amount(election.budget, election.unit), ballot_lines(election), election.ballots.longest
