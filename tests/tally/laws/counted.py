"""A city counted, or nothing when its quotas or fences cannot be met: what the laws about cities begin with."""

from rembuk.errors import Refused
from rembuk.tally.city import City, Fence
from rembuk.tally.city_result import CityResult
from rembuk.tally.election import BadElection, Project
from rembuk.tally.stages import count_city


def counted(city: City) -> CityResult | None:
    """The result, or None when quotas or fences cannot be met."""
    try:
        return count_city(city)
    except (Refused, BadElection):
        return None


def projects_of(city: City) -> dict[str, Project]:
    """Every project by id."""
    return {p.id: p for envelope in city.every().values() for p in envelope.election.projects}


def held_by(fence: Fence, project: Project) -> bool:
    """Whether a project may be paid from a fence, said apart from the code: by issue, by area, or by id."""
    places = [project.area[: len(code)] == code and project.area[len(code) :][:1] in ("", ".") for code in fence.areas]
    return any(places) or project.id in fence.projects or (fence.issue != "" and project.issue == fence.issue)
