"""Suara Anak on one page: where children decide, on how much money, how many have voted, where the last result is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rembuk.cycles import store as cycles
from rembuk.cycles.rounds import Round, current
from rembuk.cycles.rules import Cycle, PhaseKind
from rembuk.cycles.shares import CHILDREN
from rembuk.places import store as places
from rembuk.places.rules import Area
from rembuk.results import store as results
from rembuk.voting import store as voting
from rembuk.voting.rules import Turnout


@dataclass(frozen=True)
class ChildrensShare:
    """What the children of a kecamatan decide on, in whole rupiah (None before they are set), and their turnout."""

    area: Area
    money: int | None
    turnout: Turnout | None


@dataclass(frozen=True)
class ChildrensRound:
    """A round with a children's share, by kecamatan; `day` is noon of the day the turnout stands for."""

    cycle: Cycle
    voting: bool
    shares: tuple[ChildrensShare, ...]
    day: datetime | None


async def childrens_round() -> ChildrensRound | None:
    """The round people look at when it has a children's share, else the newest that has one; None without any."""
    rounds = await cycles.rounds()
    with_children = [each for each in rounds if each.cycle.shares.children]
    chosen = current(with_children) or next(iter(with_children), None)
    return await _shown(chosen) if chosen else None


async def _shown(chosen: Round) -> ChildrensRound:
    cycle = chosen.cycle
    here = [area for area in await places.kecamatan_list() if cycle.shares.has_children(area.code)]
    election = await cycles.find_election(cycle.id)
    ceilings = await cycles.ceilings(cycle.id)
    shares = []
    for area in sorted(here, key=lambda each: each.name):
        ceiling = ceilings.get(area.code)
        money = dict(cycle.shares.floors_in(area.code, ceiling))[CHILDREN] if ceiling else None
        shares.append(
            ChildrensShare(area, money, await voting.children_turnout(election.id, area.code) if election else None)
        )
    day = (await voting.turnout(election.id))[0] if election else None
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC) if day else None
    return ChildrensRound(cycle, chosen.is_open(PhaseKind.VOTING), tuple(shares), noon)


async def childrens_results() -> tuple[Cycle, Sequence[Area]] | None:
    """The newest published round children voted in, with its kecamatan by name; None before there is one."""
    published = set(await results.finished_cycles())
    for each in await cycles.rounds():
        if each.cycle.id in published and each.cycle.shares.children:
            here = [area for area in await places.kecamatan_list() if each.cycle.shares.has_children(area.code)]
            return each.cycle, sorted(here, key=lambda area: area.name)
    return None
