"""The configuration a vote is frozen with, as docs/bundle.md lays it down. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rembuk.board.rules import Json
from rembuk.cycles.rules import Cycle, Election, Phase
from rembuk.cycles.shares import CHILDREN, Leftover, children_box, frozen_fences, frozen_limits
from rembuk.tally.election import Options

FORMAT = "rembuk-config-1"
SMALLEST_FULL = 200


@dataclass(frozen=True, slots=True)
class FrozenProject:
    """One line of the ballot slip: public number, RW code and words for the place, cost in whole rupiah.

    At most one of a `group` wins; one that `requires` another (its id) wins only with it.
    """

    id: str
    title: str
    issue: str
    area: str
    place: str
    cost: int
    district: str
    withdrawn: bool = False
    group: str = ""
    requires: str = ""
    refusal: str = ""


def config_of(
    cycle: Cycle,
    election: Election,
    voting: Phase,
    ceilings: Mapping[str, tuple[str, int]],
    projects: Iterable[FrozenProject],
    *,
    names: Mapping[str, str] | None = None,
    needs: Mapping[str, Mapping[str, int]] | None = None,
    witnesses: Iterable[str] = (),
) -> dict[str, Json]:
    """The configuration as plain JSON; districts (code: name, ceiling) and projects are sorted.

    `names` are the words for the areas (by code) that a cap names; `needs` the figures of each district that the
    formula divided by, so that strangers can divide the money again; `witnesses` the keys of those who watch the board.
    """
    listed = sorted(projects, key=lambda project: (project.district, len(project.id), project.id))
    return {
        "format": FORMAT,
        "city": cycle.city,
        "cycle": cycle.slug,
        "election": str(election.id),
        "name": cycle.name,
        "ballot": {"type": cycle.ballot_type, "most": cycle.max_choices},
        "rule": cycle.tally_rule,
        "options": dict(options_of(cycle.tally_options)),
        "smallest_full": SMALLEST_FULL,
        "districts": [
            {**_district(cycle, (code, *ceilings[code]), listed, names or {}), **(needs or {}).get(code, {})}
            for code in sorted(ceilings)
        ],
        "children": _children(cycle, ceilings),
        "projects": [dict(asdict(project)) for project in listed],
        **_city_round(cycle),
        **_trust(election, witnesses),
        **{name: getattr(cycle, name) for name in ("voting_age", "kk_cap", "currency", "budget")},
        "quota": {"rule": cycle.quota_rule, "options": dict(cycle.quota_options)},
        "voting": {"starts_at": _moment(voting.starts_at), "ends_at": _moment(voting.ends_at)},
    }


def _trust(election: Election, witnesses: Iterable[str]) -> dict[str, Json]:
    """Who holds the key, who watches (whoever is admitted later does not count), and how much is published."""
    names = ("trustee_key", "witness_quorum", "auditor_quorum", "level", "publication")
    return {name: getattr(election, name) for name in names} | {"witnesses": sorted(witnesses)}


def options_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """Every option of the count as text: the chosen ones, the rest by default, one vote at least."""
    return {**Options(threshold=1).pairs(), **chosen}


def _district(
    cycle: Cycle, line: tuple[str, str, int], projects: Iterable[FrozenProject], names: Mapping[str, str]
) -> dict[str, Json]:
    code, name, ceiling = line
    rws = [project.area for project in projects if project.district == code]
    return {
        "code": code,
        "name": name,
        "ceiling": ceiling,
        "contest": f"{cycle.slug}/{code}",
        "fences": [*frozen_fences(cycle.shares, code, ceiling)],
        "limits": [*frozen_limits(cycle.shares, ceiling, rws, names)],
    }


def _children(cycle: Cycle, ceilings: Mapping[str, tuple[str, int]]) -> list[Json]:
    return [
        {"code": children_box(code), "district": code, "name": f"{CHILDREN} {ceilings[code][0]}"}
        for code in sorted(ceilings)
        if cycle.shares.has_children(code)
    ]


def _city_round(cycle: Cycle) -> dict[str, Json]:
    shares = cycle.shares
    caps = shares.city if shares.leftover is Leftover.SHARE else None
    return {
        "city_round": shares.leftover.value,
        "city_pot": cycle.pot,
        "most_per_district": caps.number if caps else None,
        "money_per_district": caps.money if caps else None,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
