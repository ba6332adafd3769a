"""Reading a .pb file: META, PROJECTS and VOTES, each malformed line refused with its number and the reason."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rembuk.tally.election import Election, Options, Project
from rembuk.tally.pabulib.layout import KINDS, MOST_MONEY, MOST_PROJECTS, NUMBER, PARTS, PLACES, BadFile
from rembuk.tally.pabulib.votes import Votes, fitted


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
        ballots = Votes(self.bad, projects, vote_columns, rows, votes_at).ballots(kind[0])
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
                    if len(parts[part]) > MOST_PROJECTS + 1:
                        raise self.bad(reader.line_num, f"the part {part} has more than {MOST_PROJECTS} lines")
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
            project = self.project(
                line, dict(zip(columns, fitted(self.bad, line, row, len(columns)), strict=True)), unit
            )
            if project.id in found:
                raise self.bad(line, f"project id {project.id!r} is there twice")
            found[project.id] = project
        return columns, tuple(found.values())

    def project(self, line: int, row: dict[str, str], unit: int) -> Project:
        identity = row["project_id"].strip()
        if not identity or "," in identity:
            raise self.bad(line, f"project id {identity!r} is empty or has a comma")
        cost = self.money(row["cost"], line, unit, "cost")
        if cost <= 0:
            raise self.bad(line, f"project {identity!r} costs nothing")
        known = ("project_id", "cost", "name")
        extra = tuple((key, value) for key, value in row.items() if key not in known)
        return Project(identity, cost, row.get("name", ""), issue=row.get("category", "").strip(), extra=extra)

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
