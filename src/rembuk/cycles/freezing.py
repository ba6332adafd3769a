"""The configuration a vote is frozen with, as docs/bundle.md lays it down. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rembuk.board.rules import Json
from rembuk.cycles.rules import Cycle, Election, Phase
from rembuk.tally.election import Options

FORMAT = "rembuk-config-1"
SMALLEST_FULL = 200


@dataclass(frozen=True, slots=True)
class FrozenProject:
    """One line of the ballot slip: public number, RW code and words for the place, cost in whole rupiah."""

    id: str
    title: str
    issue: str
    area: str
    place: str
    cost: int
    district: str
    withdrawn: bool = False


def config_of(
    cycle: Cycle,
    election: Election,
    voting: Phase,
    ceilings: Mapping[str, tuple[str, int]],
    projects: Iterable[FrozenProject],
) -> dict[str, Json]:
    """The configuration as plain JSON; districts (code: name, ceiling) and projects are sorted."""
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
        "publication": election.publication,
        "smallest_full": SMALLEST_FULL,
        "districts": [_district(cycle, code, *ceilings[code]) for code in sorted(ceilings)],
        "city_pot": cycle.quota_options.get("pot", 0),
        "projects": [dict(asdict(project)) for project in listed],
        "city_round": "none",
        "trustee_key": election.trustee_key,
        "witness_quorum": 0,
        "level": election.level,
        "currency": cycle.currency,
        "budget": cycle.budget,
        "quota": {"rule": cycle.quota_rule, "options": dict(cycle.quota_options)},
        "voting": {"starts_at": _moment(voting.starts_at), "ends_at": _moment(voting.ends_at)},
    }


def options_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """Every option of the count as text: the chosen ones, the rest by default, one vote at least."""
    return {**Options(threshold=1).pairs(), **chosen}


def _district(cycle: Cycle, code: str, name: str, ceiling: int) -> Json:
    return {"code": code, "name": name, "ceiling": ceiling, "contest": f"{cycle.slug}/{code}"}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
