"""Writing a .pb file: separators, quotes and control characters escaped, the text parsed again and compared."""

import re
from collections.abc import Iterable, Iterator, Mapping

from rembuk.tally.election import BadElection, Election, Project
from rembuk.tally.pabulib.layout import KINDS, OUR_COLUMNS, amount
from rembuk.tally.pabulib.reader import parse
from rembuk.tally.roots import ballot_lines
from rembuk.tally.types import Ballots

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


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
    columns = {project.id: _columns(project) for project in election.projects}
    extra = list(dict.fromkeys(key for kept in columns.values() for key in kept if key not in taken))
    header = ["project_id", "cost", "votes", "score", "name", *extra, "selected"]
    rows = [header]
    for place, project in enumerate(election.projects):
        kept = columns[project.id]
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


def _columns(project: Project) -> dict[str, str]:
    ours = {"category": project.issue, **{column: getattr(project, column) for column in OUR_COLUMNS}}
    return {**dict(project.extra), **{column: text for column, text in ours.items() if text}}


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


def _pabulib_kind(ballots: Ballots) -> str:
    return "approval" if ballots.kind == "knapsack" else ballots.kind


def _escaped(field: str) -> str:
    text = _CONTROL.sub(" ", field)
    return '"' + text.replace('"', '""') + '"' if ";" in text or '"' in text else text


def _essence(election: Election) -> tuple[object, ...]:
    money = [(project.id, amount(project.cost, election.unit)) for project in election.projects]
    return money, amount(election.budget, election.unit), ballot_lines(election), election.ballots.longest
