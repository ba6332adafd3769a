"""A city's round from files: city.json for what was agreed, one .pb per envelope for projects and ballots.

{"contest": "2026", "quota": "need_weighted", "total": "30000000000", "pot": "0", "unit": "1000000",
 "mix": {"equal": 1, "population": 1, "poor": 1}, "rule": "greedy", "options": {"threshold": 1}, "ties": "id" or hex,
 "leftover": "city_round", "most_per_district": 2, "money_per_district": "500000000",
 "districts": [{"code": "32.73.27", "name": "Gedebage", "residents": 41000, "poor_families": 900, "lowest": "0",
   "highest": "2000000000", "ceiling": "1250000000", "ballots": "gedebage.pb",
   "fences": [{"name": "waste", "issue": "waste", "floor": "300000000", "hard": false, "ballots": "anak.pb"}],
   "limits": [{"name": "RW 05", "area": "32.73.27.1003.005", "number": 1, "money": "200000000"}]}],
 "citywide": {"ballots": "kota.pb"}}

Money is whole rupiah, as text or as a JSON integer. In a .pb the columns category, area, group, requires and refusal
(the reason why a project is not eligible) are read as tally.md §2 means them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rembuk.tally import pabulib
from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.election import BadElection, Completion, District, Election, Options, Order, Project, Utility
from rembuk.tally.limits import Limit
from rembuk.tally.pabulib import BadFile
from rembuk.tally.pabulib.layout import OUR_COLUMNS
from rembuk.tally.quotas import QUOTAS, QuotaPlan
from rembuk.tally.types import Ballots


def read_city(config: Path, ballots: Path) -> City:
    """The city in this file, with ballots from this folder; BadFile when either is malformed."""
    try:
        document = json.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(str(config), 1, error.strerror or "cannot be read") from None
    except json.JSONDecodeError as error:
        raise BadFile(str(config), error.lineno, error.msg) from None
    except UnicodeDecodeError:
        raise BadFile(str(config), 1, "not UTF-8 text") from None
    try:
        return _Reading(config, ballots, _table(document, "the file")).city()
    except (_BadValue, BadElection) as bad:
        raise BadFile(str(config), 1, str(bad)) from None


class _BadValue(ValueError):
    """A value of city.json that cannot be used."""


@dataclass(frozen=True, slots=True)
class _Reading:
    config: Path
    folder: Path
    document: Mapping[str, Any]

    def city(self) -> City:
        asked = self.document
        quota = _text(asked, "quota", "fixed")
        if quota not in QUOTAS:
            raise _BadValue(f"quota {quota!r} is not one of {', '.join(QUOTAS.names())}")
        listed = [_table(district, "a district") for district in _list(asked, "districts")]
        envelopes = {_text(district, "code"): self.envelope(district) for district in listed}
        if len(envelopes) != len(listed):
            raise _BadValue("a district code is there twice")
        return City(
            contest=_text(asked, "contest", ""),
            plan=self.plan([_district(district) for district in listed]),
            quota=quota,
            envelopes=envelopes,
            citywide=self.envelope(_table(asked["citywide"], "citywide")) if "citywide" in asked else None,
            seed=_seed(_text(asked, "ties", "id")),
            leftover=_member(Leftover, _text(asked, "leftover", "city_round")),
            most_per_district=_maybe(asked, "most_per_district"),
            money_per_district=_maybe(asked, "money_per_district"),
        )

    def plan(self, districts: list[District]) -> QuotaPlan:
        asked = self.document
        mix = {name: _whole(part, name) for name, part in _table(asked.get("mix", {}), "mix").items()}
        plan = QuotaPlan(
            _whole(asked.get("total"), "total"), tuple(districts), _maybe(asked, "pot") or 0, _maybe(asked, "unit") or 1
        )
        return replace(plan, mix=mix) if mix else plan

    def envelope(self, district: Mapping[str, Any]) -> Envelope:
        election = self.read(_text(district, "ballots"))
        limits = tuple(_limit(_table(limit, "a limit"), election) for limit in _list(district, "limits"))
        election = replace(
            election, rule=_text(self.document, "rule", "greedy"), options=_options(self.document), limits=limits
        )
        fences = [_table(fence, "a ring-fence") for fence in _list(district, "fences")]
        return Envelope(election, tuple(self.fence(fence, election) for fence in fences))

    def read(self, name: str) -> Election:
        election = pabulib.read(self.folder / name).election
        if election.unit != 1:
            raise _BadValue(f"{name} has money that is not whole rupiah")
        return replace(election, projects=tuple(_with_columns(project) for project in election.projects))

    def fence(self, asked: Mapping[str, Any], election: Election) -> Fence:
        return Fence(
            name=_text(asked, "name"),
            floor=_whole(asked.get("floor"), "floor"),
            issue=_text(asked, "issue", ""),
            areas=tuple(map(str, _list(asked, "areas"))),
            projects=frozenset(map(str, _list(asked, "projects"))),
            hard=asked.get("hard") is True,
            ballots=self.own_ballots(_text(asked, "ballots", ""), election),
        )

    def own_ballots(self, name: str, election: Election) -> Ballots | None:
        if not name:
            return None
        own = self.read(name)
        if [project.id for project in own.projects] != [project.id for project in election.projects]:
            raise _BadValue(f"{name} lists other projects than its envelope, or in another order")
        return own.ballots


def _district(asked: Mapping[str, Any]) -> District:
    return District(
        code=_text(asked, "code"),
        name=_text(asked, "name", ""),
        residents=_maybe(asked, "residents") or 0,
        poor_families=_maybe(asked, "poor_families") or 0,
        lowest=_maybe(asked, "lowest") or 0,
        highest=_maybe(asked, "highest"),
        ceiling=_maybe(asked, "ceiling"),
    )


def _with_columns(project: Project) -> Project:
    kept = dict(project.extra)
    area, group, requires, refusal = (kept.get(column, "").strip() for column in OUR_COLUMNS)
    return replace(project, area=area, group=group, requires=requires, refusal=refusal)


def _limit(asked: Mapping[str, Any], election: Election) -> Limit:
    inside = Fence("", 0, _text(asked, "issue", ""), tuple(filter(None, [_text(asked, "area", "")])))
    held = frozenset(p.id for p in election.projects if inside.holds(p.id, p.issue, p.area))
    return Limit(_text(asked, "name"), held, _maybe(asked, "number"), _maybe(asked, "money"))


def _options(document: Mapping[str, Any]) -> Options:
    asked = _table(document.get("options", {}), "options")
    return Options(
        order=_member(Order, _text(asked, "order", "votes")),
        skip=asked.get("skip", True) is True,
        threshold=_maybe(asked, "threshold") or 1,
        utility=_member(Utility, _text(asked, "utility", "cost")),
        completion=_member(Completion, _text(asked, "completion", "none")),
        step=_maybe(asked, "step") or 0,
    )


def _member(kind: Any, name: str) -> Any:
    try:
        return kind(name)
    except ValueError:
        raise _BadValue(f"{name!r} is not one of {', '.join(map(str, kind))}") from None


def _seed(text: str) -> bytes | None:
    try:
        return None if text == "id" else bytes.fromhex(text)
    except ValueError:
        raise _BadValue(f"ties {text!r} is neither id nor a seed in hexadecimal") from None


def _table(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _BadValue(f"{what} is not a JSON object")
    return value


def _list(asked: Mapping[str, Any], name: str) -> list[Any]:
    value = asked.get(name, [])
    if not isinstance(value, list):
        raise _BadValue(f"{name} is not a list")
    return value


def _text(asked: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = asked.get(name, default)
    if not isinstance(value, str):
        raise _BadValue(f"{name} is missing or not text")
    return value


def _whole(value: object, name: str) -> int:
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise _BadValue(f"{name} is not a whole number of at least 0")
    return int(text)


def _maybe(asked: Mapping[str, Any], name: str) -> int | None:
    return None if asked.get(name) is None else _whole(asked[name], name)
